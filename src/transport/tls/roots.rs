//! The operating system's certificate store, read once per process.

mod system;

use std::fmt;
use std::sync::{Arc, Mutex, OnceLock};

use rustls::RootCertStore;

pub(in crate::transport) use self::system::Loaded;
use crate::lock::lock;
use crate::{Error, ErrorKind};

/// Certificates that are read when a connection needs them, and then kept.
pub(in crate::transport) struct NativeRoots {
    load: fn() -> Loaded,
    store: OnceLock<Arc<RootCertStore>>,
    loading: Mutex<()>,
}

/// Why no certificate of a store can be used.
#[derive(Debug)]
pub(in crate::transport) struct NoRoots {
    unread: Vec<String>,
    unusable: usize,
    variables: Option<&'static str>,
}

impl NativeRoots {
    /// Returns the system's store, which all transports of the process share.
    pub(in crate::transport) fn system() -> &'static Self {
        static SYSTEM: NativeRoots =
            NativeRoots::new(|| system::load(|name| std::env::var_os(name)));
        &SYSTEM
    }

    pub(in crate::transport) const fn new(load: fn() -> Loaded) -> Self {
        Self { load, store: OnceLock::new(), loading: Mutex::new(()) }
    }

    /// Returns the store, or why it is empty; the next connection then tries again.
    ///
    /// Reads files, so it runs on a thread that may block.
    pub(super) async fn store(&'static self) -> Result<Arc<RootCertStore>, NoRoots> {
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let loaded = tokio::task::spawn_blocking(|| self.load()).await;
        loaded.unwrap_or_else(|_| {
            let unread = vec!["reading it was interrupted".to_owned()];
            Err(NoRoots { unread, unusable: 0, variables: None })
        })
    }

    pub(in crate::transport) fn load(&self) -> Result<Arc<RootCertStore>, NoRoots> {
        let _once = lock(&self.loading);
        if let Some(store) = self.store.get() {
            return Ok(Arc::clone(store));
        }
        let Loaded { certificates, unread, variables } = (self.load)();
        let mut store = RootCertStore::empty();
        let (_, unusable) = store.add_parsable_certificates(certificates);
        if store.is_empty() {
            return Err(NoRoots { unread, unusable, variables });
        }
        for error in unread {
            match variables {
                Some(_) => tracing::warn!("{error}: its certificates are not trusted"),
                None => tracing::debug!(
                    "a part of the system's certificate store cannot be read: {error}"
                ),
            }
        }
        Ok(Arc::clone(self.store.get_or_init(|| Arc::new(store))))
    }
}

impl From<NoRoots> for Error {
    fn from(nothing: NoRoots) -> Self {
        const OR_GIVE_ONE: &str = "or give a CA with .tls(TlsOptions::ca_file(..))";
        match nothing.variables {
            Some(variables) => {
                let message = format!("{nothing}: correct or unset {variables}, {OR_GIVE_ONE}");
                Self::new(ErrorKind::Tls, message)
            }
            None => {
                let message = format!(
                    "the system's certificate store holds no CA: install the package \
                     ca-certificates, {OR_GIVE_ONE}"
                );
                Self::new(ErrorKind::Tls, message).with_source(nothing)
            }
        }
    }
}

impl fmt::Display for NoRoots {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.unread.as_slice(), self.unusable) {
            ([], 0) => f.write_str("no certificates were found"),
            ([], unusable) => write!(f, "none of the {unusable} certificates found can be used"),
            (unread, _) => f.write_str(&unread.join("; ")),
        }
    }
}

impl std::error::Error for NoRoots {}
