//! The operating system's certificate store, read once per process.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::lock::lock;
use crate::{Error, ErrorKind};

/// Certificates that are read when a connection needs them, and then kept.
pub(in crate::transport) struct NativeRoots {
    load: fn() -> Loaded,
    store: OnceLock<Arc<RootCertStore>>,
    loading: Mutex<()>,
}

/// The certificates found, and the errors of those that could not be read.
pub(in crate::transport) type Loaded = (Vec<CertificateDer<'static>>, Vec<String>);

impl NativeRoots {
    /// Returns the system's store, which all transports of the process share.
    pub(in crate::transport) fn system() -> &'static Self {
        static SYSTEM: NativeRoots = NativeRoots::new(load_system);
        &SYSTEM
    }

    pub(in crate::transport) const fn new(load: fn() -> Loaded) -> Self {
        Self { load, store: OnceLock::new(), loading: Mutex::new(()) }
    }

    /// Returns the store, or a `Tls` error if it is empty; the next connection then tries again.
    ///
    /// Reads files, so it runs on a thread that may block.
    pub(super) async fn store(&'static self) -> Result<Arc<RootCertStore>, Error> {
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let loaded = tokio::task::spawn_blocking(|| self.load()).await;
        loaded.unwrap_or_else(|error| Err(empty().with_source(error)))
    }

    fn load(&self) -> Result<Arc<RootCertStore>, Error> {
        let _once = lock(&self.loading);
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let (certificates, unread) = (self.load)();
        let mut store = RootCertStore::empty();
        let (_, unusable) = store.add_parsable_certificates(certificates);
        if store.is_empty() {
            return Err(empty().with_source(Nothing { unread, unusable }));
        }
        for error in unread {
            tracing::debug!("a part of the system's certificate store cannot be read: {error}");
        }
        Ok(Arc::clone(self.store.get_or_init(|| Arc::new(store))))
    }
}

fn load_system() -> Loaded {
    let result = rustls_native_certs::load_native_certs();
    (result.certs, result.errors.iter().map(ToString::to_string).collect())
}

fn empty() -> Error {
    Error::new(
        ErrorKind::Tls,
        "the system's certificate store holds no CA: install the package ca-certificates, or give \
         a CA with .tls(TlsOptions::ca_file(..))",
    )
}

/// Why a store is empty.
#[derive(Debug)]
struct Nothing {
    unread: Vec<String>,
    unusable: usize,
}

impl fmt::Display for Nothing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.unread.as_slice(), self.unusable) {
            ([], 0) => f.write_str("no certificates were found"),
            ([], unusable) => write!(f, "none of the {unusable} certificates found can be used"),
            (unread, _) => f.write_str(&unread.join("; ")),
        }
    }
}

impl std::error::Error for Nothing {}
