//! What an encryption context is to the cipher, in each mode.

use alibabacloud_kms::__private::context_aad;
use alibabacloud_kms::Pairs;
use alibabacloud_kms::middleware::Charset;
use alibabacloud_kms::{ContextAad, Error};

use super::Context;
use crate::engine::Fault;

impl Context<'_> {
    /// What is authenticated beside what the RPC dialect encrypts: what clients of the instance's
    /// dialect send for the same context.
    pub(super) fn aad(&self, pairs: Option<&Pairs>) -> Result<Vec<u8>, Fault> {
        let octets = context_aad(pairs, self.context_aad, false, Charset::default());
        octets
            .map(Option::unwrap_or_default)
            .map_err(|_: Error| Fault::invalid("EncryptionContext"))
    }

    /// What may have been authenticated beside what the RPC dialect decrypts.
    pub(super) fn possible_aads(&self, pairs: Option<&Pairs>) -> Result<Vec<Vec<u8>>, Fault> {
        let mut aads = vec![self.aad(pairs)?];
        // The Python client's older operations authenticate the JSON text as it is.
        if self.context_aad == ContextAad::Python
            && let Some(text) = self.encryption_context
        {
            aads.push(text.as_bytes().to_vec());
        }
        Ok(aads)
    }
}
