//! The trait of loaders of credentials, and the result of a load.

use std::fmt;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::{Credential, Error, Identity};

/// A credential with the time until which the service accepts it.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Temporary {
    /// The credential.
    pub credential: Credential,
    /// The time at which it expires, or `None` if that is unknown. It is then loaded again every
    /// minute, so that a rotated file takes effect.
    pub expires_at: Option<SystemTime>,
}

impl Temporary {
    /// Creates a credential that is accepted until `expires_at`.
    pub fn new(credential: Credential, expires_at: impl Into<Option<SystemTime>>) -> Self {
        Self { credential, expires_at: expires_at.into() }
    }
}

/// Loads a credential from a server, a file or a program.
///
/// Wrapped in [`Cached`](super::Cached), it is a provider. In each load, read again everything that
/// can change: files, tokens, the output of programs.
///
/// ```
/// use alibabacloud_kms::credential::{Cached, Environment, LoadCredential, Temporary};
/// use alibabacloud_kms::{Credential, Error};
///
/// #[derive(Debug)]
/// struct Vault;
///
/// #[async_trait::async_trait]
/// impl LoadCredential for Vault {
///     fn name(&self) -> &'static str {
///         "vault"
///     }
///
///     async fn load(&self) -> Result<Temporary, Error> {
///         let credential = Credential::access_key("id", "secret");
///         Ok(Temporary::new(credential, None))
///     }
/// }
///
/// let provider = Cached::new(Vault, &Environment::from_process());
/// # let _ = provider;
/// ```
#[async_trait]
pub trait LoadCredential: fmt::Debug + Send + Sync + 'static {
    /// Returns its name in events and explanations, such as `ram_role`.
    fn name(&self) -> &'static str;

    /// Loads a credential.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential): there is none, or it could not be
    /// loaded.
    async fn load(&self) -> Result<Temporary, Error>;

    /// Returns the caller's identity, as
    /// [`ProvideCredential::identity`](crate::ProvideCredential::identity) does (default `None`).
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// Returns why there is nothing to load, such as a variable that is not set. A chain then skips
    /// this provider (default `None`).
    fn not_applicable(&self) -> Option<String> {
        None
    }

    /// Returns where the last load looked, such as a profile's name and file, if there is a choice.
    /// It appears in explanations and must not be secret (default `None`).
    fn origin(&self) -> Option<String> {
        None
    }

    /// Returns `true` if a chain tries this loader although no setting names it. The chain then
    /// also skips it if its source is unreachable (default `false`).
    fn is_implicit(&self) -> bool {
        false
    }

    /// Returns the time limit of a load (default 20 s).
    fn limit(&self) -> Duration {
        Duration::from_secs(20)
    }
}
