//! The identities of mock clients: they belong to no account, and need neither a file nor a
//! network.

use aws_lc_rs::digest;

use crate::{ClientKeySigner, Credential, Error};

/// Returns an access key.
pub(crate) fn credential() -> Credential {
    Credential::access_key("mock-access-key", "mock-access-key-secret")
}

/// A client key whose signature of a message is its SHA-256: quick and deterministic.
#[derive(Debug)]
pub(crate) struct MockClientKey;

impl ClientKeySigner for MockClientKey {
    fn key_id(&self) -> &str {
        "KAAP.mock"
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        Ok(digest::digest(&digest::SHA256, message).as_ref().to_vec())
    }
}
