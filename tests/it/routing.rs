//! Which gateway a call goes to, for every combination of what can be said and what is configured.

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::DescribeKeyRequest;
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::native::random::GenerateRandomRequest;
use alibabacloud_kms::transfer::{Native, Operation, Transfer};
use alibabacloud_kms::{
    Action, BoxError, Call, Dialect, Error, ErrorKind, Gateway, KmsClient, Reply, Router, Routing,
    SecretBytes, api, kms_api,
};

use Gateway::{Instance, Shared};

fn router(shared: bool, instance: bool, routing: Routing) -> Router {
    let unasked = || {
        tower::service_fn(|_: Call| async {
            Err::<Reply, BoxError>("routed and not called".into())
        })
    };
    match (shared, instance) {
        (true, true) => Router::new(unasked(), unasked(), routing),
        (true, false) => Router::only_shared(unasked(), routing),
        (false, _) => Router::only_instance(unasked(), routing),
    }
}

fn with_option(mut call: Call, gateway: Option<Gateway>) -> Call {
    call.options_mut().gateway = gateway;
    call
}

/// The rule, spelled out a second time as a table: option, flag, named, shared?, instance?
fn expected(
    option: Option<Gateway>,
    flag: Option<bool>,
    named: bool,
    configured: (bool, bool),
) -> Result<Gateway, ErrorKind> {
    let said = option
        .or(flag.map(|shared| if shared { Shared } else { Instance }))
        .or(named.then_some(Shared));
    match (configured, said, option) {
        ((true, true), said, _) => Ok(said.unwrap_or(Instance)),
        ((true, false), _, Some(Instance)) => Err(ErrorKind::Route),
        ((true, false), ..) => Ok(Shared),
        ((false, _), Some(Shared), _) => Err(ErrorKind::Route),
        ((false, _), ..) => Ok(Instance),
    }
}

#[test]
fn an_action_that_both_serve_follows_option_then_flag_then_names_then_the_default() {
    for option in [None, Some(Shared), Some(Instance)] {
        for flag in [None, Some(true), Some(false)] {
            for named in [false, true] {
                for configured in [(true, true), (true, false), (false, true)] {
                    let names = named.then_some("Encrypt");
                    let mut routing = Routing::new().default_kms_api_names(names).expect("a name");
                    if let Some(flag) = flag {
                        routing = routing.use_shared_gateway(flag);
                    }
                    let router = router(configured.0, configured.1, routing);
                    let call = Call::new(EncryptRequest::new("key", "text"));
                    let given = router.route(&with_option(call, option));
                    let given = given.map_err(|error| error.kind());
                    assert_eq!(
                        given,
                        expected(option, flag, named, configured),
                        "{option:?} {flag:?} {named} {configured:?}",
                    );
                }
            }
        }
    }
}

#[test]
fn the_ten_actions_go_to_the_instance_and_all_others_to_the_shared_gateway() {
    let router = router(true, true, Routing::new());
    let mut to_instance = Vec::new();
    for action in api::ALL.iter() {
        let call = Call::from_parts(action, (action.new_request)().into());
        if router.route(&call).expect("a gateway") == Instance {
            to_instance.push(action.name);
        }
    }
    assert_eq!(
        to_instance,
        [
            "AsymmetricDecrypt",
            "AsymmetricEncrypt",
            "AsymmetricSign",
            "AsymmetricVerify",
            "Decrypt",
            "Encrypt",
            "GenerateDataKey",
            "GenerateDataKeyWithoutPlaintext",
            "GetPublicKey",
            "GetSecretValue",
        ],
    );
}

#[test]
fn a_management_action_goes_to_the_shared_gateway_whatever_the_flag_says() {
    for flag in [true, false] {
        let router = router(true, true, Routing::new().use_shared_gateway(flag));
        let call = Call::new(DescribeKeyRequest::new("key"));
        assert_eq!(router.route(&call).expect("a gateway"), Shared);
    }
}

#[test]
fn a_management_action_without_a_shared_gateway_is_an_error_that_names_it() {
    let router = router(false, true, Routing::new());
    let error = router.route(&Call::new(DescribeKeyRequest::new("key"))).expect_err("no gateway");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Route, Some("DescribeKey")));
    assert_eq!(error.attempts(), 0);
}

#[test]
fn a_management_action_sent_to_the_instance_by_its_option_is_an_error() {
    let router = router(true, true, Routing::new());
    let call = with_option(Call::new(DescribeKeyRequest::new("key")), Some(Instance));
    assert_eq!(router.route(&call).expect_err("not served").kind(), ErrorKind::Route);
}

#[test]
fn native_operations_go_to_the_instance_whatever_is_said() {
    let operation =
        || Call::new(AdvanceEncryptRequest::new("key", SecretBytes::from(b"text".to_vec())));
    let both = router(true, true, Routing::new().use_shared_gateway(true));
    assert_eq!(both.route(&operation()).expect("a gateway"), Instance);
    let shared_only = router(true, false, Routing::new());
    assert_eq!(shared_only.route(&operation()).expect_err("none").kind(), ErrorKind::Route);
}

#[test]
fn no_gateway_and_unknown_names_are_errors_at_build() {
    let neither = KmsClient::builder().build();
    assert_eq!(neither.expect_err("no gateway").kind(), ErrorKind::Config);
    let unknown = Routing::new().default_kms_api_names(["Encrypt", "Encript"]);
    let error = unknown.expect_err("no such action");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert!(error.to_string().contains("`Encript`"));
}

#[test]
fn an_unknown_name_is_answered_with_the_nearest_and_one_near_to_none_with_what_to_do() {
    let refusal = |name: &str| {
        let refused = Routing::new().actions(OWN).default_kms_api_names([name]);
        refused.expect_err("no such action").to_string()
    };
    for (name, nearest) in [
        ("getSecretValue", "`GetSecretValue`"),
        ("get_secret_value", "`GetSecretValue`"),
        ("GenerateDatKey", "`GenerateDataKey`"),
        ("Specal", "`Special`"),
    ] {
        let error = refusal(name);
        assert!(error.contains(name) && error.contains(nearest), "{error}");
    }
    for name in ["", "x", "Launch the missiles"] {
        let error = refusal(name);
        assert!(!error.contains("did you mean") && error.contains("actions(..)"), "{error}");
    }
    assert!(refusal(&"x".repeat(10_000)).len() < 300);
}

#[test]
fn an_action_of_the_users_can_be_named_once_it_is_known() {
    let unknown = Routing::new().default_kms_api_names(["Shareable"]);
    assert_eq!(unknown.expect_err("not known").kind(), ErrorKind::Config);
    let known = Routing::new().actions(OWN).default_kms_api_names(["Encrypt", "Shareable"]);
    let router = router(true, true, known.expect("names of actions"));
    let gateway = |call: Call| router.route(&call).expect("a gateway");
    assert_eq!(gateway(Call::new(ShareableRequest::new())), Shared);
    assert_eq!(gateway(Call::new(EncryptRequest::new("key", "text"))), Shared);
    assert_eq!(gateway(Call::new(SpecialRequest::new())), Instance);
    let client = KmsClient::builder().actions(&[ShareableRequest::INFO]);
    assert!(client.default_kms_api_names(["Shareable"]).is_ok());
}

#[test]
fn an_instance_spoken_to_in_rpc_serves_data_plane_actions_and_no_native_operation() {
    let router = router(false, true, Routing::new()).instance_dialect(Dialect::Rpc);
    let call = Call::new(EncryptRequest::new("key", "text"));
    assert_eq!(router.route(&call).expect("a gateway"), Instance);
    let management = router.route(&Call::new(DescribeKeyRequest::new("key")));
    assert_eq!(management.expect_err("not served").kind(), ErrorKind::Route);
    let operation = AdvanceEncryptRequest::new("key", SecretBytes::from(b"text".to_vec()));
    let native = router.route(&Call::new(operation));
    assert_eq!(native.expect_err("not served").kind(), ErrorKind::Route);
}

kms_api! {
    version = "2016-01-20";
    registry OWN;

    /// What an instance alone serves.
    action Special {
        gateways: instance;
        idempotent: true;
        request {}
        response {}
    }

    /// What both gateways serve.
    action Shareable {
        gateways: shared, instance;
        idempotent: true;
        request {}
        response {}
    }
}

impl Transfer for ShareableRequest {
    const OPERATIONS: &'static [Operation] = &[Operation::new::<GenerateRandomRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<ShareableResponse, Error> {
        native.send(GenerateRandomRequest::new(1)).await?;
        Ok(ShareableResponse::default())
    }
}

impl Transfer for SpecialRequest {
    const OPERATIONS: &'static [Operation] = &[Operation::new::<GenerateRandomRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<SpecialResponse, Error> {
        native.send(GenerateRandomRequest::new(1)).await?;
        Ok(SpecialResponse::default())
    }
}

#[test]
fn every_refusal_says_what_would_be_right() {
    let encrypt = || Call::new(EncryptRequest::new("key", "text"));
    let describe = || Call::new(DescribeKeyRequest::new("key"));
    let special = || Call::new(SpecialRequest::new());
    let native =
        || Call::new(AdvanceEncryptRequest::new("key", SecretBytes::from(b"text".to_vec())));
    let (none, shared, instance) = (Routing::new, (true, false), (false, true));
    let both = (true, true);
    let (protobuf, rpc) = (Dialect::Protobuf, Dialect::Rpc);
    let flagged = || Routing::new().use_shared_gateway(true);
    let named = || Routing::new().default_kms_api_names(["Encrypt"]).expect("a name");
    let add_shared = "the shared gateway is not configured: add a shared gateway to the client, or \
                      send the call to the instance gateway";
    let add_instance =
        "the instance gateway is not configured: add an instance gateway to the client";
    let to_shared = "the instance gateway does not serve it: send the call to the shared gateway";
    let with_client_key = "the instance gateway does not serve it: give the instance gateway a \
                           client key instead of a credential";
    let rows = [
        (
            encrypt(),
            shared,
            protobuf,
            none(),
            Some(Instance),
            format!("{add_instance}, or send the call to the shared gateway"),
        ),
        (encrypt(), instance, protobuf, none(), Some(Shared), add_shared.to_owned()),
        (encrypt(), instance, protobuf, flagged(), None, add_shared.to_owned()),
        (encrypt(), instance, protobuf, named(), None, add_shared.to_owned()),
        (
            describe(),
            shared,
            protobuf,
            none(),
            Some(Instance),
            "the instance gateway is not configured: send the call to the shared gateway"
                .to_owned(),
        ),
        (describe(), both, protobuf, none(), Some(Instance), to_shared.to_owned()),
        (describe(), both, rpc, none(), Some(Instance), to_shared.to_owned()),
        (
            describe(),
            instance,
            protobuf,
            none(),
            None,
            "the instance gateway does not serve it: add a shared gateway to the client".to_owned(),
        ),
        (
            describe(),
            instance,
            protobuf,
            flagged(),
            None,
            "the shared gateway is not configured: add a shared gateway to the client".to_owned(),
        ),
        (
            special(),
            shared,
            protobuf,
            none(),
            None,
            "the shared gateway does not serve it: add an instance gateway to the client"
                .to_owned(),
        ),
        (
            special(),
            shared,
            protobuf,
            none(),
            Some(Shared),
            "the shared gateway does not serve it: add an instance gateway to the client"
                .to_owned(),
        ),
        (special(), shared, protobuf, none(), Some(Instance), add_instance.to_owned()),
        (
            special(),
            both,
            protobuf,
            none(),
            Some(Shared),
            "the shared gateway does not serve it: send the call to the instance gateway"
                .to_owned(),
        ),
        (
            special(),
            instance,
            protobuf,
            flagged(),
            None,
            "the shared gateway is not configured: send the call to the instance gateway"
                .to_owned(),
        ),
        (native(), shared, protobuf, none(), None, add_instance.to_owned()),
        (native(), instance, rpc, none(), None, with_client_key.to_owned()),
        (native(), both, rpc, flagged(), Some(Shared), with_client_key.to_owned()),
    ];
    for (call, configured, dialect, routing, option, expected) in rows {
        let shown = format!("{} {configured:?} {dialect:?} {option:?}", call.action().name);
        let name = call.action().name;
        let router = router(configured.0, configured.1, routing).instance_dialect(dialect);
        let error = router.route(&with_option(call, option)).expect_err("refused");
        assert_eq!(error.kind(), ErrorKind::Route, "{shown}");
        assert_eq!(error.to_string(), format!("{name}: {expected}"), "{shown}");
    }
}

#[test]
fn what_the_instance_alone_serves_goes_there_whatever_the_flag_says() {
    for flag in [true, false] {
        let router = router(true, true, Routing::new().use_shared_gateway(flag));
        assert_eq!(router.route(&Call::new(SpecialRequest::new())).expect("a gateway"), Instance);
    }
}
