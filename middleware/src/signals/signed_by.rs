//! The credential that signed a request.

use crate::identity::Identity;

/// The credential that signed a request: an extension of the response that refuses it.
///
/// The layer that signs inserts it into responses with a status of 400 to 499. The codec adds it to
/// the error ([`Error::signed_by`](crate::Error::signed_by)), so that
/// [`RenewCredential`](crate::retry::RenewCredential) can report the refused credential to its
/// provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SignedBy(Identity);

impl SignedBy {
    /// Creates the signal from the [identity](crate::ProvideCredential::identity) of the
    /// credential.
    pub fn new(credential: Identity) -> Self {
        Self(credential)
    }

    /// Returns the identity of the credential.
    pub fn identity(self) -> Identity {
        self.0
    }
}
