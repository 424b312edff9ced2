//! Signatures and public keys.

use alibabacloud_kms::api::values::MessageType;
use alibabacloud_kms::native::signature::{
    GetPublicKeyRequest, GetPublicKeyResponse, SignRequest, SignResponse, VerifyRequest,
    VerifyResponse,
};
use secrecy::ExposeSecret;

use super::super::{Context, Handle, Handler, HandlerReply, optional};
use super::bytes;
use crate::engine::{Fault, Message, SigningAlgorithm};

const RAW: &str = "RAW";
const DIGEST: &str = "DIGEST";

/// The operations of this family.
pub(super) const OPERATIONS: &[Handler] = &[
    Handler::new::<GetPublicKeyRequest>(),
    Handler::new::<SignRequest>(),
    Handler::new::<VerifyRequest>(),
];

impl Handle for SignRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<SignResponse>, Fault> {
        let algorithm = SigningAlgorithm::parse(self.algorithm.as_str())?;
        let (message_type, message) = message(
            self.message_type.as_ref(),
            self.message.expose_secret(),
            self.digest.as_ref(),
        )?;
        let done = context.engine.sign(&self.key_id, context.key_version_id, algorithm, message)?;
        let response = payload!(SignResponse {
            key_id: done.key_id,
            signature: done.value,
            algorithm: algorithm.as_str().into(),
            message_type: message_type.into(),
        });
        Ok(HandlerReply::with_version(response, done.key_version_id))
    }
}

impl Handle for VerifyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<VerifyResponse>, Fault> {
        let algorithm = SigningAlgorithm::parse(self.algorithm.as_str())?;
        let (message_type, message) = message(
            self.message_type.as_ref(),
            self.message.expose_secret(),
            self.digest.as_ref(),
        )?;
        let done = context.engine.verify(
            &self.key_id,
            context.key_version_id,
            algorithm,
            message,
            &self.signature,
        )?;
        let response = payload!(VerifyResponse {
            key_id: done.key_id,
            value: done.value,
            algorithm: algorithm.as_str().into(),
            message_type: message_type.into(),
        });
        Ok(HandlerReply::with_version(response, done.key_version_id))
    }
}

impl Handle for GetPublicKeyRequest {
    fn handle(&self, context: &Context<'_>) -> Result<HandlerReply<GetPublicKeyResponse>, Fault> {
        let done = context.engine.public_key(&self.key_id, context.key_version_id)?;
        let response =
            payload!(GetPublicKeyResponse { key_id: done.key_id, public_key: done.value });
        Ok(HandlerReply::with_version(response, done.key_version_id))
    }
}

/// Returns the input of a signature. Old clients send a digest in a separate field.
fn message<'a>(
    message_type: Option<&MessageType>,
    message: &'a [u8],
    digest: Option<&'a Vec<u8>>,
) -> Result<(&'static str, Message<'a>), Fault> {
    let digest = bytes(digest);
    match optional(message_type) {
        None if message.is_empty() && !digest.is_empty() => Ok((DIGEST, Message::Digest(digest))),
        None | Some(RAW) => Ok((RAW, Message::Raw(message))),
        Some(DIGEST) if message.is_empty() => Ok((DIGEST, Message::Digest(digest))),
        Some(DIGEST) => Ok((DIGEST, Message::Digest(message))),
        Some(_) => Err(Fault::invalid("MessageType")),
    }
}
