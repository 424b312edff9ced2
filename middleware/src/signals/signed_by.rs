//! The credential that signed a request.

use secrecy::SecretString;

use crate::identity::Identity;

/// The credential that signed a request: an extension of the response that refuses it.
///
/// The layer that signs inserts it into responses without success. The codec adds the identity to
/// the error ([`Error::signed_by`](crate::Error::signed_by)), so that
/// [`RenewCredential`](crate::retry::RenewCredential) can report the refused credential to its
/// provider, and removes the token from the error's texts. With a token it is in responses with
/// success too, since these can contain an error.
#[derive(Debug, Clone)]
pub struct SignedBy {
    identity: Identity,
    token: Option<SecretString>,
}

impl SignedBy {
    /// Creates the signal from the [identity](crate::ProvideCredential::identity) of the
    /// credential.
    pub fn new(credential: Identity) -> Self {
        Self { identity: credential, token: None }
    }

    /// Sets the token that the request contains, such as the security token of STS (default none).
    /// A service may quote it in its messages.
    #[must_use]
    pub fn with_token(mut self, token: impl Into<Option<SecretString>>) -> Self {
        self.token = token.into();
        self
    }

    /// Returns the identity of the credential.
    pub fn identity(&self) -> Identity {
        self.identity
    }

    pub(crate) fn token(&self) -> Option<&SecretString> {
        self.token.as_ref()
    }
}
