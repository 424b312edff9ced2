//! Turns a typed request into a typed response: one file per family, a [`Handle`] per action.
//!
//! Handlers are between the dialects, which decode requests and encode answers, and the engine,
//! which does neither. The files mirror [`api`](alibabacloud_kms::api); those of [`native`] mirror
//! [`native`](alibabacloud_kms::native).

/// Creates a payload with these fields, and all others empty: payloads are `non_exhaustive`.
macro_rules! payload {
    ($type:ident { $($field:ident: $value:expr),* $(,)? }) => {{
        let mut payload = $type::default();
        $(payload.$field = $value;)*
        payload
    }};
}

mod access_policy;
mod account;
mod alias;
mod asymmetric;
mod certificate;
mod certificate_request;
mod challenge;
mod checks;
mod client_key;
mod context;
mod crypto;
mod data_key;
mod export;
mod handler;
mod instance;
mod key;
mod key_deletion;
mod key_material;
mod key_policy;
#[cfg(test)]
mod key_states;
mod key_version;
mod mac;
mod managed_data_key;
mod native;
mod network;
mod own;
mod secret;
mod secret_fields;
mod secret_rotation;
mod secret_value;
mod tag;

use alibabacloud_kms::middleware::payload::{FieldInfo, Payload, Required, Value};
use alibabacloud_kms::middleware::wire::parameters;
use alibabacloud_kms::{ActionInfo, Gateway};

use self::checks::{optional, plaintext, required, unsupported};
pub(super) use self::context::Context;
pub(super) use self::handler::HandlerReply;
use self::handler::{Handle, Handler};
pub(super) use self::own::{OwnHandler, OwnHandlers};
use super::engine::Fault;

/// The actions of the RPC dialect that are served, by family.
const ACTIONS: &[&[Handler]] = &[
    access_policy::ACTIONS,
    account::ACTIONS,
    alias::ACTIONS,
    asymmetric::ACTIONS,
    certificate::ACTIONS,
    certificate_request::ACTIONS,
    challenge::ACTIONS,
    client_key::ACTIONS,
    crypto::ACTIONS,
    data_key::ACTIONS,
    export::ACTIONS,
    key::ACTIONS,
    key_deletion::ACTIONS,
    key_material::ACTIONS,
    key_policy::ACTIONS,
    key_version::ACTIONS,
    mac::ACTIONS,
    managed_data_key::ACTIONS,
    instance::ACTIONS,
    network::ACTIONS,
    secret::ACTIONS,
    secret_rotation::ACTIONS,
    secret_value::ACTIONS,
    tag::ACTIONS,
];

/// The action of that name, if it is served.
pub(super) fn find(name: &str) -> Option<&'static ActionInfo> {
    let mut handlers = ACTIONS.iter().copied().flatten();
    handlers.find(|handler| handler.action.name == name).map(|handler| handler.action)
}

/// Answers a request of the RPC dialect.
pub(super) fn action(
    action: &ActionInfo,
    request: &dyn Payload,
    context: &Context<'_>,
) -> Result<HandlerReply, Fault> {
    if is_given(request, "Recipient") {
        return Err(unsupported("attest enclaves: Recipient"));
    }
    let is_dry_run = is_dry_run(request)?;
    let answer = dispatch(ACTIONS, action, request, context)?;
    // A dry run always fails: its code says whether the call would have succeeded.
    if is_dry_run {
        let message = "The request would have succeeded, if DryRun had not been set.";
        return Err(Fault::new(400, "DryRunOperationError", message));
    }
    Ok(answer)
}

/// Answers a request of the instance's dialect.
pub(super) fn operation(
    operation: &ActionInfo,
    request: &dyn Payload,
    context: &Context<'_>,
) -> Result<HandlerReply, Fault> {
    dispatch(native::OPERATIONS, operation, request, context)
}

fn dispatch(
    families: &[&[Handler]],
    action: &ActionInfo,
    request: &dyn Payload,
    context: &Context<'_>,
) -> Result<HandlerReply, Fault> {
    let handler = families
        .iter()
        .copied()
        .flatten()
        .find(|handler| handler.action.name == action.name)
        .ok_or_else(|| unsupported(action.name))?;
    let is_unconditional = |info: &FieldInfo| !is_conditional(action.name, info.name);
    if let Some(field) =
        parameters::missing(request, Gateway::Instance).filter(|it| is_unconditional(it))
    {
        return Err(Fault::missing(field.name));
    }
    // A plaintext and a description may be empty, and a switch off, but they have to come.
    let is_missing = |info: &FieldInfo| {
        matches!(info.required, Required::Always | Required::OnShared)
            && is_unconditional(info)
            && !context.is_given(info.name)
    };
    if let Some((field, _)) = request.fields().find(|(info, _)| is_missing(info)) {
        return Err(Fault::missing(field.name));
    }
    (handler.handle)(request, context)
}

/// Returns `true` for a parameter that the service declares to be required, and needs only with
/// some values of others: its handler checks it. It must be declared last, since
/// `parameters::missing` returns only the first that is missing.
fn is_conditional(action: &str, parameter: &str) -> bool {
    (action, parameter) == ("UpdateSecretRotationPolicy", "RotationInterval")
}

fn is_given(request: &dyn Payload, name: &str) -> bool {
    text(request, name).is_some_and(|text| !text.is_empty())
}

fn is_dry_run(request: &dyn Payload) -> Result<bool, Fault> {
    let given = text(request, "DryRun").unwrap_or_default();
    let is = |value: &str| given.eq_ignore_ascii_case(value);
    match is("true") {
        false if !given.is_empty() && !is("false") => Err(Fault::invalid("DryRun")),
        is_dry_run => Ok(is_dry_run),
    }
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

    use alibabacloud_kms::transfer::{ContextAad, TransferInfo};
    use alibabacloud_kms::{Clock, api, native as declared_native};

    use super::native::OPERATIONS;
    use super::*;
    use crate::engine::{Config, Engine};

    #[test]
    fn every_declared_action_is_served_and_every_served_one_is_declared() {
        let serve: fn(&ActionInfo, &dyn Payload, &Context<'_>) -> _ = action;
        for (declared, families, serve) in
            [(api::ALL, ACTIONS, serve), (declared_native::ALL, OPERATIONS, operation)]
        {
            let handlers = || families.iter().copied().flatten();
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
                given: None,
            };
            for info in declared {
                let fault = serve(info, &*(info.new_request)(), &context).err();
                let code = fault.map(|fault| fault.code);
                assert_ne!(code, Some("UnsupportedOperation"), "{info:?}");
                assert_ne!(code, Some("InternalFailure"), "{info:?}");
            }
            let undeclared = certificate_request::ACTIONS.iter().map(|it| it.action.name);
            let undeclared: Vec<_> = undeclared.collect();
            for handler in handlers().filter(|it| !undeclared.contains(&it.action.name)) {
                assert!(declared.contains(&handler.action), "{:?}", handler.action);
            }
        }
    }

    #[test]
    fn what_the_client_makes_of_a_served_action_is_served_too() {
        let actions = ACTIONS.iter().copied().flatten();
        let transfers = actions.filter_map(|it| TransferInfo::from_action(it.action));
        let operations: Vec<_> = transfers.flat_map(TransferInfo::operations).collect();
        assert!(!operations.is_empty());
        for operation in operations {
            let mut served = OPERATIONS.iter().copied().flatten();
            let is_served = served.any(|it| it.action == operation.action());
            assert!(is_served, "{operation:?}");
        }
    }
}
