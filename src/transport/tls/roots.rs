//! The operating system's certificate store, read once per process.

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use crate::lock::lock;
use crate::{Error, ErrorKind};

/// Certificates that are read when a connection needs them, and kept.
pub(in crate::transport) struct NativeRoots {
    load: fn() -> Loaded,
    store: OnceLock<Arc<RootCertStore>>,
    loading: Mutex<()>,
}

/// What was found, and what could not be read.
pub(in crate::transport) type Loaded = (Vec<CertificateDer<'static>>, Vec<String>);

impl NativeRoots {
    /// The system's, shared by all transports of the process.
    pub(in crate::transport) fn system() -> &'static Self {
        static SYSTEM: NativeRoots = NativeRoots::new(load_system);
        &SYSTEM
    }

    pub(in crate::transport) const fn new(load: fn() -> Loaded) -> Self {
        Self { load, store: OnceLock::new(), loading: Mutex::new(()) }
    }

    /// Returns the store, or a `Tls` error if it is empty; then the next connection tries again.
    ///
    /// Files are read, so it happens on a thread where that may take its time.
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
            tracing::debug!("the system's certificate store is read in part: {error}");
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
            ([], 0) => f.write_str("no certificate was found"),
            ([], unusable) => write!(f, "no certificate is usable, of {unusable} that were found"),
            (unread, _) => f.write_str(&unread.join("; ")),
        }
    }
}

impl std::error::Error for Nothing {}
