//! What answers must have: the table of the fields that responses promise, and that no answer without
//! one of them is a success.

use std::fmt::Write as _;
use std::future::ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, PayloadInfo, Required};
use alibabacloud_kms::middleware::wire::{json, protobuf};
use alibabacloud_kms::{
    Action, ActionInfo, Body, BoxError, Call, Credential, Dialect, Endpoint, Error, ErrorKind,
    Gateway, KmsClient, OpenApiGateway, Outcome, Reply, api, native,
};
use http::{Request, Response};
use serde_json::{Value, json};
use tower::{Layer as _, ServiceExt as _, service_fn};

const TABLE: &str = include_str!("../data/promised_fields.txt");

fn all() -> impl Iterator<Item = &'static ActionInfo> {
    api::ALL.iter().chain(native::ALL.iter()).copied()
}

fn endpoint() -> Endpoint {
    "kms.invalid".parse().expect("an endpoint")
}

/// A field that a response promises, or an object in it.
struct Promised {
    /// Its names from the outermost, as errors give them.
    path: String,
    /// A JSON pointer to the object that has it.
    parent: String,
    info: &'static FieldInfo,
}

fn promised(payload: &'static PayloadInfo) -> Vec<Promised> {
    let mut out = Vec::new();
    add_promised(&mut out, payload, "", "");
    out
}

fn add_promised(out: &mut Vec<Promised>, payload: &PayloadInfo, path: &str, parent: &str) {
    for info in payload.fields {
        if info.required == Required::Always && !matches!(info.kind, FieldKind::Integer) {
            let path = format!("{path}{}", info.name);
            out.push(Promised { path, parent: parent.to_owned(), info });
        }
        let path = format!("{path}{}.", info.name);
        let each = info.each.map(|each| format!("/{each}")).unwrap_or_default();
        match info.kind {
            FieldKind::Object(object) => {
                add_promised(out, object, &path, &format!("{parent}/{}", info.name));
            }
            FieldKind::ObjectList(object) => {
                add_promised(out, object, &path, &format!("{parent}/{}{each}/0", info.name));
            }
            _ => {}
        }
    }
}

/// A line for each action: what its answers must have. RequestId is not among them: what was asked for
/// is there without it.
#[test]
fn the_fields_that_answers_promise_are_those_of_the_table() {
    let mut table = String::new();
    for action in all() {
        let dialect = if action.dialect == Dialect::Protobuf { "instance " } else { "" };
        let fields =
            promised(action.response).into_iter().map(|Promised { path, info, .. }| {
                let empty = if info.may_be_empty { " or empty" } else { "" };
                let instead = info.instead.map(|name| format!(" or {name}")).unwrap_or_default();
                format!("{path}{empty}{instead}")
            });
        let fields: Vec<String> = fields.collect();
        writeln!(table, "{dialect}{}: {}", action.name, fields.join(", ")).expect("a text");
    }
    let table: Vec<&str> = table.lines().map(str::trim_end).collect();
    let committed: Vec<&str> = TABLE.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(committed, table, "the table is not what is declared:\n{}", table.join("\n"));
}

/// A value of every field.
fn whole(payload: &PayloadInfo) -> Value {
    let field = |info: &FieldInfo| {
        let value = match info.kind {
            FieldKind::String | FieldKind::Bytes => json!("QQ=="),
            FieldKind::Integer => json!(1),
            FieldKind::Boolean => json!(true),
            FieldKind::Map => json!({"a": "b"}),
            FieldKind::StringList => json!(["a"]),
            FieldKind::Object(object) => whole(object),
            FieldKind::ObjectList(object) => json!([whole(object)]),
        };
        let wrapped = info.each.map(|each| json!({ each: value }));
        (info.name.to_owned(), wrapped.unwrap_or(value))
    };
    Value::Object(payload.fields.iter().map(field).collect())
}

/// What a call becomes that is answered like this, with status 200.
async fn reply_to(action: &'static ActionInfo, answer: &Value) -> Result<Reply, Error> {
    let mut request = (action.new_request)();
    let parameters = whole(action.request).to_string();
    json::decode(parameters.as_bytes(), &mut *request).expect("a request");
    let call = Call::from_parts(action, Arc::from(request));
    let text = answer.to_string();
    let body = match action.dialect {
        Dialect::Protobuf => {
            let mut response = (action.new_response)();
            json::decode(text.as_bytes(), &mut *response).expect("a response");
            protobuf::encode(&*response).to_vec()
        }
        _ => text.into_bytes(),
    };
    let transport = service_fn(move |_: Request<Body>| {
        ready(Ok::<_, BoxError>(Response::new(Body::from(body.clone()))))
    });
    let reply = match action.dialect {
        Dialect::Protobuf => {
            EncodeProtobufLayer::new(endpoint()).layer(transport).oneshot(call).await
        }
        _ => {
            let layer = EncodeRpcLayer::new(Gateway::Shared, endpoint());
            layer.layer(transport).oneshot(call).await
        }
    };
    reply.map_err(Error::from_boxed)
}

#[tokio::test]
async fn an_answer_with_every_field_is_a_success_and_one_without_a_promised_field_is_none() {
    for action in all() {
        let answer = whole(action.response);
        reply_to(action, &answer).await.unwrap_or_else(|error| panic!("{error}"));
        for Promised { path, parent, info } in promised(action.response) {
            let is_flag = matches!(info.kind, FieldKind::Boolean);
            if is_flag && action.dialect == Dialect::Protobuf {
                // Proto3 does not write what is false.
                continue;
            }
            for (what, value) in
                [("absent", None), ("null", Some(json!(null))), ("empty", Some(json!("")))]
            {
                let is_text = matches!(info.kind, FieldKind::String | FieldKind::Bytes);
                let may_be =
                    info.may_be_empty && (what == "empty" || action.dialect == Dialect::Protobuf);
                if what == "empty" && !is_text
                    || what == "null" && action.dialect == Dialect::Protobuf
                {
                    continue;
                }
                let mut answer = answer.clone();
                let object = answer.pointer_mut(&parent).and_then(Value::as_object_mut);
                let object = object.expect("the object that has it");
                match value {
                    Some(value) => drop(object.insert(info.name.to_owned(), value)),
                    None => drop(object.remove(info.name)),
                }
                if let Some(instead) = info.instead {
                    let with = reply_to(action, &answer).await;
                    assert!(with.is_ok(), "{}: {path} {what}, {instead} is there", action.name);
                    let object = answer.pointer_mut(&parent).and_then(Value::as_object_mut);
                    object.expect("the object that has it").remove(instead);
                }
                let reply = reply_to(action, &answer).await;
                if may_be {
                    assert!(reply.is_ok(), "{}: {path} may be {what}", action.name);
                    continue;
                }
                let error = reply.err().unwrap_or_else(|| panic!("{}: {path} {what}", action.name));
                assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Answered));
                assert!(!error.is_retryable());
                let named = format!("lacks the required field {path}");
                assert!(error.to_string().ends_with(&named), "{}: {path}: {error}", action.name);
            }
        }
    }
}

#[tokio::test]
async fn a_required_text_is_a_text_and_a_list_is_sent_even_if_it_is_empty() {
    let encrypt = |blob: Value| json!({"KeyId": "k", "CiphertextBlob": blob, "KeyVersionId": "v", "RequestId": "r"});
    let find = |name| api::find(name).expect("an action");
    for blob in [json!(true), json!(5), json!(1e300), json!(u64::MAX), json!(" \n"), json!(null)] {
        let error = reply_to(find("Encrypt"), &encrypt(blob.clone())).await.expect_err("no text");
        assert_eq!(error.kind(), ErrorKind::Decode, "{blob}");
    }
    reply_to(find("Encrypt"), &encrypt(json!("blob"))).await.expect("a text");
    for name in ["ListKeys", "ListSecrets", "ListResourceTags", "DescribeRegions"] {
        for answer in [json!({"RequestId": "r"}), json!({"RequestId": "r", "Success": false})] {
            let error = reply_to(find(name), &answer).await.expect_err(name);
            assert_eq!(error.kind(), ErrorKind::Decode, "{name}");
        }
    }
    let empty = json!({"Keys": {"Key": []}, "TotalCount": 0, "RequestId": "r"});
    reply_to(find("ListKeys"), &empty).await.expect("no keys");
    let behind = json!({"Keys": {"Key": []}, "PageNumber": 4, "TotalCount": 25, "RequestId": "r"});
    reply_to(find("ListKeys"), &behind).await.expect("no keys on this page");
    for answer in [
        json!({"PageNumber": 1, "PageSize": 10, "TotalCount": 25, "RequestId": "r"}),
        json!({"Keys": null, "PageNumber": 1, "PageSize": 10, "TotalCount": 25, "RequestId": "r"}),
    ] {
        let error =
            reply_to(find("ListKeys"), &answer).await.expect_err("25 keys, and none of them");
        assert!(error.to_string().contains("the required field Keys"), "{error}");
    }
    reply_to(find("DeleteAlias"), &json!({"RequestId": "r"})).await.expect("nothing to return");
    let two = json!({"Keys": ["k"], "TotalCount": 3, "RequestId": "r"});
    reply_to(<ListKeysAndTagsRequest as Action>::INFO, &two)
        .await
        .expect("no tags, which are not counted");
}

alibabacloud_kms::kms_api! {
    version = "2016-01-20";

    /// Its response has two lists.
    pub(crate) action ListKeysAndTags {
        gateways: shared;
        idempotent: true;
        request {}
        response {
            keys: Vec<String>,
            tags: Vec<String>,
            total_count: i32,
        }
    }
}

#[tokio::test]
async fn an_answer_of_null_items_or_of_an_empty_id_alone_is_none() {
    let keys = api::find("ListKeys").expect("an action");
    let error = reply_to(keys, &json!({"Keys": {"Key": [null]}, "RequestId": "r"})).await;
    assert!(error.is_err_and(|error| error.to_string().contains("Keys.KeyId")));
    let alias = api::find("CreateAlias").expect("an action");
    assert!(reply_to(alias, &json!({"RequestId": "r"})).await.is_ok());
    for answer in [json!({}), json!({"RequestId": null}), json!({"RequestId": ""}), json!({"A": 1})]
    {
        let error = reply_to(alias, &answer).await.expect_err("no answer");
        assert_eq!(error.kind(), ErrorKind::Decode, "{answer}");
    }
}

/// A client of the shared gateway that is given these answers in turn, each with status 200, and the
/// number of its requests.
fn client(
    answers: &'static [&'static str],
    cache: Option<SecretCache>,
) -> (KmsClient, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::default());
    let counter = Arc::clone(&requests);
    let transport = service_fn(move |_: Request<Body>| {
        let answer = answers[counter.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)];
        ready(Ok::<_, BoxError>(Response::new(Body::from(answer))))
    });
    let gateway = OpenApiGateway::new(endpoint(), Credential::access_key("id", "secret"));
    let builder = KmsClient::builder().shared(gateway).transport(transport);
    let builder = match cache {
        Some(cache) => builder.layer(cache.layer()),
        None => builder,
    };
    (builder.build().expect("a client"), requests)
}

#[tokio::test]
async fn the_cache_does_not_keep_an_answer_without_its_secret() {
    const ANSWERS: &[&str] = &[
        r#"{"SecretName":"s","VersionId":"v","RequestId":"r"}"#,
        r#"{"Code":"Forbidden.NoPermission","Message":"m","SecretName":"s","SecretData":"no","VersionId":"v"}"#,
        r#"{"SecretName":"s","VersionId":"v","SecretData":"data","RequestId":"r"}"#,
    ];
    let (client, requests) = client(ANSWERS, Some(SecretCache::builder().build()));
    for kind in [ErrorKind::Decode, ErrorKind::Service] {
        let error = client.get_secret_value(GetSecretValueRequest::new("s")).await;
        assert_eq!(error.expect_err("no secret").kind(), kind);
    }
    for _ in 0..2 {
        let secret = client.get_secret_value(GetSecretValueRequest::new("s")).await;
        assert_eq!(secret.expect("the secret").version_id, "v");
    }
    assert_eq!(requests.load(Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_refusal_with_the_status_of_success_takes_the_secret_away() {
    const ANSWERS: &[&str] = &[
        r#"{"SecretName":"s","VersionId":"v","SecretData":"data","RequestId":"r"}"#,
        r#"{"Code":"Forbidden.NoPermission","Message":"m","RequestId":"r"}"#,
    ];
    const SECOND: Duration = Duration::from_secs(1);
    let cache = SecretCache::builder().ttl(60 * SECOND).max_stale(600 * SECOND).build();
    let (client, requests) = client(ANSWERS, Some(cache));
    let secret = client.get_secret_value(GetSecretValueRequest::new("s")).await;
    assert_eq!(secret.expect("the secret").version_id, "v");
    tokio::time::advance(61 * SECOND).await;
    // The refresh in the background is refused.
    let stale = client.get_secret_value(GetSecretValueRequest::new("s")).await;
    assert_eq!(stale.expect("the old one").version_id, "v");
    while requests.load(Ordering::SeqCst) < 2 {
        tokio::task::yield_now().await;
    }
    tokio::time::advance(SECOND).await;
    let refused = client.get_secret_value(GetSecretValueRequest::new("s")).await;
    assert_eq!(refused.expect_err("no permission").code(), Some("Forbidden.NoPermission"));
}

#[tokio::test(start_paused = true)]
async fn a_throttle_with_the_status_of_success_is_repeated_and_a_success_with_a_code_is_none() {
    const THROTTLED: &[&str] = &[
        r#"{"code":"Throttling.User","message":"slow down","requestId":"r1"}"#,
        r#"{"Code":429,"Message":"slow down"}"#,
        r#"{"Code":"200","KeyId":"k","KeyVersionId":"v","CiphertextBlob":"YQ==","RequestId":"r"}"#,
    ];
    let (client, requests) = client(THROTTLED, None);
    let call = client.encrypt(EncryptRequest::new("k", "text")).idempotent(false);
    assert_eq!(call.reply().await.expect("an answer").attempts(), 3);
    assert_eq!(requests.load(Ordering::SeqCst), 3);
}
