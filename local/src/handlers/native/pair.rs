//! Data key pairs: the private key is always encrypted, and two operations also return it in
//! plaintext.

use alibabacloud_kms::api::values::KeyFormat as Format;
use alibabacloud_kms::native::advance::{
    AdvanceGenerateDataKeyPairRequest, AdvanceGenerateDataKeyPairResponse,
    AdvanceGenerateDataKeyPairWithoutPlaintextRequest,
    AdvanceGenerateDataKeyPairWithoutPlaintextResponse,
};
use alibabacloud_kms::native::classic::{
    GenerateDataKeyPairRequest, GenerateDataKeyPairResponse,
    GenerateDataKeyPairWithoutPlaintextRequest, GenerateDataKeyPairWithoutPlaintextResponse,
};
use secrecy::SecretSlice;

use super::super::{Context, Handle, Handler, HandlerReply, optional};
use super::{bytes, mode};
use crate::engine::{DataKeyPair, Fault, KeyAction, KeyFormat, Mode, SealedParts};

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] = &[
    Handler::new::<AdvanceGenerateDataKeyPairRequest>(),
    Handler::new::<AdvanceGenerateDataKeyPairWithoutPlaintextRequest>(),
    Handler::new::<GenerateDataKeyPairRequest>(),
    Handler::new::<GenerateDataKeyPairWithoutPlaintextRequest>(),
];

impl Handle for GenerateDataKeyPairRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GenerateDataKeyPairResponse>, Fault> {
        let mode = mode(self.algorithm.as_ref(), None)?;
        let pair = pair(self.key_pair_spec.as_str(), self.key_format.as_ref())?;
        let sealed = seal(context, &self.key_id, mode, &pair, self.aad.as_ref())?;
        let response = payload!(GenerateDataKeyPairResponse {
            key_id: sealed.key_id,
            iv: sealed.iv,
            key_pair_spec: pair.spec.as_str().into(),
            private_key_plaintext: SecretSlice::from(pair.private_key.to_vec()),
            private_key_ciphertext_blob: sealed.ciphertext_and_tag,
            public_key: pair.public_key,
            algorithm: sealed.algorithm.into(),
        });
        Ok(HandlerReply::with_version(response, sealed.key_version_id))
    }
}

impl Handle for GenerateDataKeyPairWithoutPlaintextRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<GenerateDataKeyPairWithoutPlaintextResponse>, Fault> {
        let mode = mode(self.algorithm.as_ref(), None)?;
        let pair = pair(self.key_pair_spec.as_str(), self.key_format.as_ref())?;
        let sealed = seal(context, &self.key_id, mode, &pair, self.aad.as_ref())?;
        let response = payload!(GenerateDataKeyPairWithoutPlaintextResponse {
            key_id: sealed.key_id,
            iv: sealed.iv,
            key_pair_spec: pair.spec.as_str().into(),
            private_key_ciphertext_blob: sealed.ciphertext_and_tag,
            public_key: pair.public_key,
            algorithm: sealed.algorithm.into(),
        });
        Ok(HandlerReply::with_version(response, sealed.key_version_id))
    }
}

impl Handle for AdvanceGenerateDataKeyPairRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<AdvanceGenerateDataKeyPairResponse>, Fault> {
        let pair = pair(self.key_pair_spec.as_str(), self.key_format.as_ref())?;
        let sealed = seal(context, &self.key_id, Mode::default(), &pair, self.aad.as_ref())?;
        let response = payload!(AdvanceGenerateDataKeyPairResponse {
            private_key_ciphertext_blob: sealed.advance_blob(),
            key_id: sealed.key_id,
            iv: sealed.iv,
            key_pair_spec: pair.spec.as_str().into(),
            private_key_plaintext: SecretSlice::from(pair.private_key.to_vec()),
            public_key: pair.public_key,
            algorithm: sealed.algorithm.into(),
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

impl Handle for AdvanceGenerateDataKeyPairWithoutPlaintextRequest {
    fn handle(
        &self,
        context: &Context<'_>,
    ) -> Result<HandlerReply<AdvanceGenerateDataKeyPairWithoutPlaintextResponse>, Fault> {
        let pair = pair(self.key_pair_spec.as_str(), self.key_format.as_ref())?;
        let sealed = seal(context, &self.key_id, Mode::default(), &pair, self.aad.as_ref())?;
        let response = payload!(AdvanceGenerateDataKeyPairWithoutPlaintextResponse {
            private_key_ciphertext_blob: sealed.advance_blob(),
            key_id: sealed.key_id,
            iv: sealed.iv,
            key_pair_spec: pair.spec.as_str().into(),
            public_key: pair.public_key,
            algorithm: sealed.algorithm.into(),
            key_version_id: sealed.key_version_id,
        });
        Ok(response.into())
    }
}

fn pair(spec: &str, format: Option<&Format>) -> Result<DataKeyPair, Fault> {
    let format = KeyFormat::parse(optional(format).unwrap_or_default())?;
    DataKeyPair::generate(spec, format)
}

/// Encrypts the private key in its encoded form.
fn seal(
    context: &Context<'_>,
    key: &str,
    mode: Mode,
    pair: &DataKeyPair,
    aad: Option<&Vec<u8>>,
) -> Result<SealedParts, Fault> {
    let action = KeyAction::GenerateDataKeyPair;
    context.engine.encrypt_in(action, key, mode, b"", &pair.private_key, bytes(aad))
}
