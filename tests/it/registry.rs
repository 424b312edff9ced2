//! The registries against the specifications, both ways: what they say, flattened to lines.

use std::collections::BTreeSet;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::instance::GetKmsInstanceResponse;
use alibabacloud_kms::api::secret::{
    BatchGetSecretValueRequest, ListSecretsResponse, SecretExtendedConfig, SecretToGet,
    UpdateSecretRequest,
};
use alibabacloud_kms::api::values::{InstanceStatus, SecretType};
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::payload::{
    FieldInfo, FieldKind, PayloadInfo, Position, Required,
};
use alibabacloud_kms::middleware::wire::parameters::{Parameter, Parameters};
use alibabacloud_kms::{Action, ActionInfo, Dialect, Gateway, JsonObject, api, native};
use alibabacloud_kms_tests::repository;
use serde_json::Value;

const OPEN_API: &str = include_str!("../data/spec/kms-20160120.json");
const INSTANCE: &str = include_str!("../data/spec/kms-instance.json");
const DOCUMENTATION: &str = "https://www.alibabacloud.com/help/en/kms/developer-reference/api-";

#[test]
fn the_actions_are_those_of_the_open_api_field_by_field() {
    let spec: Value = serde_json::from_str(OPEN_API).expect("JSON");
    let mut specified = Lines::default();
    for action in list(&spec["actions"]) {
        let name = text(&action["action"]);
        let is_deprecated = action["deprecated"] == true;
        specified.action(name, text(&action["method"]), is_deprecated);
        specified.specified(&format!("{name} >"), &action["parameters"]);
        specified.specified(&format!("{name} <"), &action["response"]);
    }
    let mut declared = Lines::default();
    for action in api::ALL.iter() {
        declared.action(action.name, action.method.as_str(), action.deprecated);
        declared.declared(&format!("{} >", action.name), action.request, true);
        declared.declared(&format!("{} <", action.name), action.response, false);
    }
    assert_same(&specified, &declared);
}

#[test]
fn the_operations_are_those_of_the_instance_number_by_number() {
    let spec: Value = serde_json::from_str(INSTANCE).expect("JSON");
    let mut specified = BTreeSet::new();
    for name in list(&spec["apis"]).iter().map(text) {
        for (direction, suffix) in [('>', "Request"), ('<', "Response")] {
            for field in list(&spec["messages"][format!("{name}{suffix}")]) {
                let repeated = field["repeated"] == true;
                let kind = text(&field["type"]);
                let (field, number) = (text(&field["name"]), &field["number"]);
                specified.insert(message_line(name, direction, field, kind, repeated, number));
            }
        }
    }
    let mut declared = BTreeSet::new();
    for operation in native::ALL.iter() {
        for (direction, message) in [('>', operation.request), ('<', operation.response)] {
            for field in message.fields {
                let (kind, repeated) = match field.kind {
                    FieldKind::String => ("string", false),
                    FieldKind::StringList => ("string", true),
                    FieldKind::Bytes => ("bytes", false),
                    FieldKind::Integer => ("int32", false),
                    FieldKind::Boolean => ("bool", false),
                    kind => panic!("no message has {kind:?}"),
                };
                declared.insert(message_line(
                    operation.name,
                    direction,
                    field.name,
                    kind,
                    repeated,
                    field.number,
                ));
            }
        }
    }
    assert_same(&Lines(specified), &Lines(declared));
}

#[test]
fn an_action_says_where_it_goes_and_an_operation_goes_to_the_instance() {
    let version = |text: &str| {
        let spec: Value = serde_json::from_str(text).expect("JSON");
        let version = spec.get("version").or(spec.get("api_version"));
        version.and_then(Value::as_str).map(str::to_owned)
    };
    for action in api::ALL.iter() {
        assert_eq!(Some(action.version), version(OPEN_API).as_deref());
        assert_eq!(action.dialect, Dialect::Rpc, "{}", action.name);
        assert_eq!(action.gateways[0], Gateway::Shared, "{}", action.name);
    }
    for operation in native::ALL.iter() {
        assert_eq!(Some(operation.version), version(INSTANCE).as_deref());
        assert_eq!(operation.dialect, Dialect::Protobuf, "{}", operation.name);
        assert_eq!(operation.gateways, [Gateway::Instance]);
    }
    let transferred: Vec<_> = api::ALL
        .iter()
        .filter(|action| action.gateways.contains(&Gateway::Instance))
        .map(|action| action.name)
        .collect();
    assert_eq!(
        transferred,
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
        ]
    );
}

/// They are constants, so addresses say nothing.
#[test]
fn descriptions_are_equal_if_name_and_version_are() {
    let another = ActionInfo::new::<EncryptRequest>("Encrypt", EncryptRequest::INFO.version);
    assert_eq!(&another, EncryptRequest::INFO);
    let operation = native::find("Encrypt").expect("an operation of the same name");
    assert_ne!(operation, EncryptRequest::INFO);
    let all: Vec<_> = api::ALL.iter().chain(native::ALL).collect();
    for (place, action) in all.iter().enumerate() {
        let first = all.iter().position(|other| other == action);
        assert_eq!(first, Some(place), "{}", action.name);
    }
}

#[test]
fn what_not_every_call_needs_is_no_argument() {
    let mut setters = BTreeSet::new();
    for action in api::ALL.iter() {
        for field in action.request.fields {
            if field.required == Required::OnShared {
                setters.insert(format!("{}.{}", action.name, field.name));
            }
            if field.required == Required::ByService {
                setters.insert(format!("{}.{} by service", action.name, field.name));
            }
        }
    }
    let expected = [
        "AsymmetricDecrypt.KeyVersionId",
        "AsymmetricEncrypt.KeyVersionId",
        "AsymmetricSign.KeyVersionId",
        "AsymmetricVerify.KeyVersionId",
        "CreateKey.DKMSInstanceId by service",
        "CreateKey.RotationInterval by service",
        "GetPublicKey.KeyVersionId",
        "UpdateKeyDescription.Description",
    ];
    assert!(setters.iter().eq(expected), "{setters:#?}");
}

#[test]
fn every_action_has_a_summary_and_a_link() {
    for action in api::ALL.iter().chain(native::ALL.iter()) {
        assert!(action.summary.ends_with('.'), "{}: {:?}", action.name, action.summary);
    }
    for action in api::ALL.iter() {
        let page = format!("{DOCUMENTATION}{}", action.name.to_ascii_lowercase());
        assert_eq!(action.doc_url, page);
    }
}

#[test]
fn every_family_asks_for_examples() {
    for (folder, client) in [("src/api", "client"), ("src/native", "client.instance()")] {
        for entry in std::fs::read_dir(repository(folder)).expect("the families") {
            let path = entry.expect("an entry").path();
            let text = std::fs::read_to_string(&path).expect("a family");
            let has_actions = text.contains("pub action ") || text.contains("pub operation ");
            let examples = format!("examples = \"{client}\";");
            assert_eq!(text.contains(&examples), has_actions, "{}", path.display());
        }
    }
}

#[test]
fn nested_parameters_travel_as_one_json_text_or_flattened() {
    let names = ["db", "缓存"];
    let request = BatchGetSecretValueRequest::new()
        .secrets_list(names.map(|name| SecretToGet::new(name).version_stage("ACSCurrent")));
    let sent = sent(&request);
    let list = r#"[{"SecretName":"db","VersionStage":"ACSCurrent"},{"SecretName":"缓存","VersionStage":"ACSCurrent"}]"#;
    assert_eq!(sent, [("SecretsList".to_owned(), list.to_owned())]);

    let mut data = JsonObject::new();
    data.insert("owner".to_owned(), "ops".into());
    let config = SecretExtendedConfig::new().custom_data(data);
    let request = UpdateSecretRequest::new("db").extended_config(config);
    let name = "ExtendedConfig.CustomData.owner".to_owned();
    assert!(self::sent(&request).contains(&(name, "ops".to_owned())));
}

#[test]
fn nested_answers_are_typed_and_their_wrappers_gone() {
    let secrets: ListSecretsResponse = serde_json::from_str(
        r#"{"SecretList": {"Secret": [
            {"SecretName": "db", "SecretType": "Rds", "Tags": {"Tag": [{"TagKey": "env"}]}},
            {"SecretName": "app", "SecretType": "Newer"}
        ]}, "TotalCount": 2}"#,
    )
    .expect("a response");
    let [db, app] = &secrets.secret_list[..] else {
        panic!("{secrets:?}");
    };
    assert_eq!(db.secret_type, Some(SecretType::Rds));
    assert_eq!(db.tags[0].tag_key.as_deref(), Some("env"));
    assert_eq!(app.secret_type, Some(SecretType::Other("Newer".to_owned())));

    let instance: GetKmsInstanceResponse = serde_json::from_str(
        r#"{"KmsInstance": {"Status": "Connected", "VswitchIds": ["vsw-1"],
            "BindVpcs": {"BindVpc": [{"VSwitchId": "vsw-2"}]}}}"#,
    )
    .expect("a response");
    let instance = instance.kms_instance;
    assert_eq!(instance.status, Some(InstanceStatus::Connected));
    assert_eq!(instance.vswitch_ids, ["vsw-1"]);
    assert_eq!(instance.bind_vpcs[0].v_switch_id.as_deref(), Some("vsw-2"));
}

fn sent(request: &dyn Payload) -> Vec<(String, String)> {
    let parameters = Parameters::new(request);
    assert!(parameters.form.is_empty());
    let pair = |parameter: Parameter| (parameter.name, parameter.value.to_string());
    parameters.query.into_iter().map(pair).collect()
}

/// What a registry or a specification says, a line for each fact.
#[derive(Default)]
struct Lines(BTreeSet<String>);

impl Lines {
    fn action(&mut self, name: &str, method: &str, is_deprecated: bool) {
        let deprecated = if is_deprecated { " deprecated" } else { "" };
        self.0.insert(format!("{name} {method}{deprecated}"));
    }

    fn specified(&mut self, path: &str, fields: &Value) {
        for field in list(fields) {
            let path = format!("{path} {}", text(&field["name"]));
            let mut line = format!("{path}: {}", text(&field["type"]));
            if field["type"] == "array" && field["items"].is_string() {
                line += &format!(" of {}", text(&field["items"]));
            }
            if field["required"] == true {
                line += " required";
            }
            if field["in"] == "body" {
                line += " in body";
            }
            if let Some(encoding) = field["encoding"].as_str() {
                line += &format!(" as {encoding}");
            }
            self.0.insert(line);
            if field["fields"].is_array() {
                self.specified(&path, &field["fields"]);
            }
        }
    }

    fn declared(&mut self, path: &str, payload: &PayloadInfo, is_request: bool) {
        for field in payload.fields {
            let path = format!("{path} {}", field.name);
            let (kind, nested) = kind(field);
            let mut notes = String::new();
            if is_request && field.required != Required::No {
                notes += " required";
            }
            if field.position == Position::Body {
                notes += " in body";
            }
            if field.json {
                notes += " as json";
            }
            let path = match field.each {
                None => path,
                Some(each) => {
                    self.0.insert(format!("{path}: object"));
                    format!("{path} {each}")
                }
            };
            self.0.insert(format!("{path}: {kind}{notes}"));
            if let Some(nested) = nested {
                self.declared(&path, nested, is_request);
            }
        }
    }
}

fn kind(field: &FieldInfo) -> (&'static str, Option<&'static PayloadInfo>) {
    match field.kind {
        FieldKind::String => ("string", None),
        FieldKind::Integer => ("integer", None),
        FieldKind::Boolean => ("boolean", None),
        FieldKind::Bytes => ("bytes", None),
        FieldKind::Map => ("map", None),
        FieldKind::StringList => ("array of string", None),
        FieldKind::Object(object) => ("object", Some(object)),
        FieldKind::ObjectList(object) => ("array", Some(object)),
    }
}

fn message_line(
    operation: &str,
    direction: char,
    field: &str,
    kind: &str,
    is_repeated: bool,
    number: impl std::fmt::Display,
) -> String {
    let repeated = if is_repeated { "repeated " } else { "" };
    format!("{operation} {direction} {repeated}{kind} {field} = {number}")
}

fn assert_same(Lines(specified): &Lines, Lines(declared): &Lines) {
    assert!(!specified.is_empty(), "an empty specification");
    let undeclared: Vec<_> = specified.difference(declared).collect();
    let unspecified: Vec<_> = declared.difference(specified).collect();
    assert!(
        undeclared.is_empty() && unspecified.is_empty(),
        "specified and not declared: {undeclared:#?}\ndeclared and not specified: {unspecified:#?}"
    );
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().expect("a list")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}
