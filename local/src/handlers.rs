//! From a typed request to a typed response: one file per family, a [`Handle`] per action.
//!
//! Between the dialects, which read requests and write answers, and the engine, which knows
//! neither. Files here mirror [`api`](alibabacloud_kms::api); those of [`native`] mirror
//! [`instance_api`](alibabacloud_kms::instance_api).

/// A payload with these fields, all others empty: payloads are `non_exhaustive`.
macro_rules! payload {
    ($type:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let mut payload = $type::default();
        $(payload.$field = $value;)*
        payload
    }};
}

mod account;
mod alias;
mod asymmetric;
mod context;
mod crypto;
mod data_key;
mod key;
mod native;
mod secret;
mod tag;

use alibabacloud_kms::api::account::DescribeRegionsRequest;
use alibabacloud_kms::api::alias::CreateAliasRequest;
use alibabacloud_kms::api::asymmetric::{
    AsymmetricDecryptRequest, AsymmetricEncryptRequest, AsymmetricSignRequest,
    AsymmetricVerifyRequest, GetPublicKeyRequest,
};
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::{
    GenerateDataKeyRequest, GenerateDataKeyWithoutPlaintextRequest,
};
use alibabacloud_kms::api::key::{
    CreateKeyRequest, DescribeKeyRequest, DisableKeyRequest, EnableKeyRequest, ListKeysRequest,
};
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, GetSecretValueRequest, PutSecretValueRequest,
};
use alibabacloud_kms::api::tag::{ListTagResourcesRequest, TagResourcesRequest};
use alibabacloud_kms::instance_api::{
    advance, classic, random, secret as native_secret, signature,
};
use alibabacloud_kms::middleware::payload::Value;
use alibabacloud_kms::middleware::wire::parameters;
use alibabacloud_kms::{Action, ActionInfo, ContextAad, Gateway, Payload};

use super::engine::{Engine, Fault, MAX_PLAINTEXT};

/// The actions of the RPC dialect that are served.
const ACTIONS: &[Handler] = &[
    Handler::of::<AsymmetricDecryptRequest>(),
    Handler::of::<AsymmetricEncryptRequest>(),
    Handler::of::<AsymmetricSignRequest>(),
    Handler::of::<AsymmetricVerifyRequest>(),
    Handler::of::<CreateAliasRequest>(),
    Handler::of::<CreateKeyRequest>(),
    Handler::of::<CreateSecretRequest>(),
    Handler::of::<DecryptRequest>(),
    Handler::of::<DescribeKeyRequest>(),
    Handler::of::<DescribeRegionsRequest>(),
    Handler::of::<DisableKeyRequest>(),
    Handler::of::<EnableKeyRequest>(),
    Handler::of::<EncryptRequest>(),
    Handler::of::<GenerateDataKeyRequest>(),
    Handler::of::<GenerateDataKeyWithoutPlaintextRequest>(),
    Handler::of::<GetPublicKeyRequest>(),
    Handler::of::<GetSecretValueRequest>(),
    Handler::of::<ListKeysRequest>(),
    Handler::of::<ListTagResourcesRequest>(),
    Handler::of::<PutSecretValueRequest>(),
    Handler::of::<TagResourcesRequest>(),
];

/// The operations of the instance's dialect that are served.
const OPERATIONS: &[Handler] = &[
    Handler::of::<advance::AdvanceDecryptRequest>(),
    Handler::of::<advance::AdvanceEncryptRequest>(),
    Handler::of::<advance::AdvanceGenerateDataKeyRequest>(),
    Handler::of::<classic::DecryptRequest>(),
    Handler::of::<classic::EncryptRequest>(),
    Handler::of::<classic::GenerateDataKeyRequest>(),
    Handler::of::<native_secret::GetSecretValueRequest>(),
    Handler::of::<random::GenerateRandomRequest>(),
    Handler::of::<signature::GetPublicKeyRequest>(),
    Handler::of::<signature::SignRequest>(),
    Handler::of::<signature::VerifyRequest>(),
];

/// What a handler knows beside the request.
pub(super) struct Context<'a> {
    pub(super) engine: &'a Engine,
    pub(super) context_aad: ContextAad,
    /// The text of the parameter `EncryptionContext`.
    pub(super) encryption_context: Option<&'a str>,
    /// The key version in the header of the instance's dialect.
    pub(super) key_version_id: Option<&'a str>,
}

/// A response, its request's id still to be set.
pub(super) struct Answer<R = Box<dyn Payload>> {
    pub(super) response: R,
    /// For the header of the instance's dialect.
    pub(super) key_version_id: Option<String>,
}

impl<R> From<R> for Answer<R> {
    fn from(response: R) -> Self {
        Self { response, key_version_id: None }
    }
}

/// How a request is answered.
trait Handle: Action {
    fn handle(&self, context: &Context<'_>) -> Result<Answer<Self::Response>, Fault>;
}

/// Answers a request of the RPC dialect.
pub(super) fn action(
    action: &ActionInfo,
    request: &dyn Payload,
    context: &Context<'_>,
) -> Result<Answer, Fault> {
    if is_given(request, "Recipient") {
        return Err(unsupported("attest enclaves: Recipient"));
    }
    let answer = dispatch(ACTIONS, action, request, context)?;
    // A dry run always fails, and says how.
    match is_dry_run(request) {
        true => {
            let message = "The request would have succeeded, if DryRun had not been set.";
            Err(Fault::new(400, "DryRunOperationError", message))
        }
        false => Ok(answer),
    }
}

/// Answers a request of the instance's dialect.
pub(super) fn operation(
    operation: &ActionInfo,
    request: &dyn Payload,
    context: &Context<'_>,
) -> Result<Answer, Fault> {
    dispatch(OPERATIONS, operation, request, context)
}

fn dispatch(
    handlers: &[Handler],
    action: &ActionInfo,
    request: &dyn Payload,
    context: &Context<'_>,
) -> Result<Answer, Fault> {
    let handler = handlers
        .iter()
        .find(|handler| handler.action.name == action.name)
        .ok_or_else(|| unsupported(action.name))?;
    // What only the shared gateway requires is for the handlers to say: CreateKey's instance, which
    // a local gateway has not, is no such thing.
    if let Some(field) = parameters::missing(request, Gateway::Instance) {
        return Err(Fault::missing(field.name));
    }
    (handler.handle)(request, context)
}

type HandleFn = fn(&dyn Payload, &Context<'_>) -> Result<Answer, Fault>;

/// A [`Handle`], whatever its type.
struct Handler {
    action: &'static ActionInfo,
    handle: HandleFn,
}

impl Handler {
    const fn of<A: Handle>() -> Self {
        Self {
            action: A::INFO,
            handle: |request, context| {
                let request: &A = request.downcast_ref().ok_or_else(Fault::internal)?;
                let Answer { response, key_version_id } = request.handle(context)?;
                Ok(Answer { response: Box::new(response), key_version_id })
            },
        }
    }
}

/// What the local gateway does not do.
fn unsupported(what: &str) -> Fault {
    let message = format!("The local gateway does not {what}.");
    Fault::new(400, "UnsupportedOperation", message)
}

/// A parameter that the RPC dialect must have.
fn required<'a>(value: Option<&'a String>, name: &str) -> Result<&'a str, Fault> {
    optional(value).ok_or_else(|| Fault::missing(name))
}

/// A parameter that may be left out, or empty, which is the same.
fn optional<T: AsRef<str>>(value: Option<&T>) -> Option<&str> {
    value.map(AsRef::as_ref).filter(|value| !value.is_empty())
}

/// A plaintext that is not too long to be encrypted.
fn plaintext(octets: &[u8]) -> Result<&[u8], Fault> {
    match octets.len() <= MAX_PLAINTEXT {
        true => Ok(octets),
        false => Err(Fault::invalid("Plaintext")),
    }
}

fn is_given(request: &dyn Payload, name: &str) -> bool {
    text(request, name).is_some_and(|text| !text.is_empty())
}

fn is_dry_run(request: &dyn Payload) -> bool {
    text(request, "DryRun").is_some_and(|text| text.eq_ignore_ascii_case("true"))
}

fn text<'a>(request: &'a dyn Payload, name: &str) -> Option<&'a str> {
    let (_, field) = request.fields().find(|(info, _)| info.name == name)?;
    match field.value() {
        Value::Text(text) => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use alibabacloud_kms::transfer::TransferInfo;
    use alibabacloud_kms::{Clock, api, instance_api};

    use super::*;
    use crate::engine::Config;

    #[test]
    fn every_declared_action_is_served_or_refused_as_unsupported() {
        let serve: fn(&ActionInfo, &dyn Payload, &Context<'_>) -> _ = action;
        for (declared, handlers, serve) in
            [(&*api::ALL, ACTIONS, serve), (&*instance_api::ALL, OPERATIONS, operation)]
        {
            let engine = Engine::new(Config {
                region: "cn-hangzhou".to_owned(),
                account_id: "123456".to_owned(),
                clock: Clock::fixed(SystemTime::UNIX_EPOCH),
            });
            let context = Context {
                engine: &engine,
                context_aad: ContextAad::Digest,
                encryption_context: None,
                key_version_id: None,
            };
            for info in declared {
                let is_served = handlers.iter().any(|handler| handler.action.name == info.name);
                let fault = serve(info, &*(info.new_request)(), &context).err();
                let code = fault.map(|fault| fault.code);
                assert_eq!(code == Some("UnsupportedOperation"), !is_served, "{info:?}");
                assert_ne!(code, Some("InternalFailure"), "{info:?}");
            }
            for handler in handlers {
                assert!(
                    declared.iter().any(|info| std::ptr::eq(*info, handler.action)),
                    "{:?}",
                    handler.action
                );
            }
        }
    }

    #[test]
    fn what_the_client_makes_of_a_served_action_is_served_too() {
        let transfers = ACTIONS.iter().filter_map(|it| TransferInfo::from_action(it.action));
        let operations: Vec<_> = transfers.flat_map(TransferInfo::operations).collect();
        assert!(!operations.is_empty());
        for operation in operations {
            let is_served = OPERATIONS.iter().any(|it| std::ptr::eq(it.action, operation.action()));
            assert!(is_served, "{operation:?}");
        }
    }
}
