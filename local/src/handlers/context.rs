//! The context of a handler, and the additional authenticated data for an encryption context.

use alibabacloud_kms::__private::context_aad;
use alibabacloud_kms::transfer::ContextAad;
use alibabacloud_kms::{Charset, Error, Pairs};

use crate::engine::{Engine, Fault};

/// Everything that a handler needs in addition to the request.
pub(crate) struct Context<'a> {
    pub(crate) engine: &'a Engine,
    pub(crate) context_aad: ContextAad,
    /// The text of the parameter `EncryptionContext`.
    pub(crate) encryption_context: Option<&'a str>,
    /// The key version from the header of the instance's dialect.
    pub(crate) key_version_id: Option<&'a str>,
    /// The names of the parameters in a request of the RPC dialect; `None` in the instance's
    /// dialect, which cannot tell an absent field from an empty one.
    pub(crate) given: Option<Vec<&'a str>>,
}

impl Context<'_> {
    /// Returns `true` if the request has the parameter, even an empty one.
    pub(super) fn is_given(&self, name: &str) -> bool {
        let is_of = |given: &&str| given.split('.').next() == Some(name);
        self.given.as_ref().is_none_or(|given| given.iter().any(is_of))
    }

    /// Returns the additional authenticated data of the RPC dialect's ciphertexts: the same that
    /// clients of the instance's own dialect send for this context.
    pub(super) fn aad(&self, pairs: Option<&Pairs>) -> Result<Vec<u8>, Fault> {
        let bytes = context_aad(pairs, self.context_aad, false, Charset::default());
        bytes.map(Option::unwrap_or_default).map_err(|_: Error| Fault::invalid("EncryptionContext"))
    }

    /// Returns the additional authenticated data to try when the RPC dialect decrypts.
    pub(super) fn possible_aads(&self, pairs: Option<&Pairs>) -> Result<Vec<Vec<u8>>, Fault> {
        let mut aads = vec![self.aad(pairs)?];
        // The Python client's older operations authenticate the unchanged JSON text.
        if self.context_aad == ContextAad::Python
            && let Some(text) = self.encryption_context
        {
            aads.push(text.as_bytes().to_vec());
        }
        Ok(aads)
    }
}
