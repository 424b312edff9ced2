//! What loads credentials, and what it gives.

use std::fmt;
use std::time::{Duration, SystemTime};

use async_trait::async_trait;

use crate::{Credential, Error, Identity};

/// A credential, and until when the service accepts it.
#[derive(Debug, Clone)]
pub struct Temporary {
    /// The credential.
    pub credential: Credential,
    /// When it expires; none if it does not say. It is then loaded again every minute, so that a
    /// file that was rotated is picked up.
    pub expires_at: Option<SystemTime>,
}

/// Loads a credential from somewhere: a server, a file, a process.
///
/// Wrapped into [`Cached`](super::Cached) it is a provider. Everything that can change is read anew
/// with each load: files, tokens, processes.
#[async_trait]
pub trait LoadCredential: fmt::Debug + Send + Sync + 'static {
    /// What it is called in events and explanations, such as `ram_role`.
    fn name(&self) -> &'static str;

    /// Loads one.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`](crate::ErrorKind::Credential): none could be had.
    async fn load(&self) -> Result<Temporary, Error>;

    /// Who this is, as [`ProvideCredential::identity`](crate::ProvideCredential::identity) says it.
    fn identity(&self) -> Option<Identity> {
        None
    }

    /// Why there is nothing to load here, such as a variable that is not set: what a chain passes over.
    fn absent(&self) -> Option<String> {
        None
    }

    /// Where the last load found what it gave or was to give, such as a profile's name and file, if
    /// there is a choice: for explanations. Nothing in it is secret.
    fn origin(&self) -> Option<String> {
        None
    }

    /// Whether a chain tries it although nobody asked for it: that it cannot be reached means then
    /// that it is not there.
    fn is_guess(&self) -> bool {
        false
    }

    /// How long a load may take; 20 s unless told.
    fn limit(&self) -> Duration {
        Duration::from_secs(20)
    }
}
