//! A user's own action with a transfer of its own, over plain services and over a mock.

use std::sync::{Arc, Mutex};

use alibabacloud_kms::native::classic::{EncryptRequest, EncryptResponse};
use alibabacloud_kms::native::random::{GenerateRandomRequest, GenerateRandomResponse};
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::transfer::{
    KEY_VERSION, Native, NativeReply, Operation, Transfer, TransferBack, TransferInfo,
    TransferLayer,
};
use alibabacloud_kms::{
    Action, BoxError, Call, Charset, Dialect, Error, ErrorKind, ExposeSecret, Gateway, KmsClient,
    Outcome, Reply, SecretString, api, kms_api, native,
};
use http::{HeaderMap, HeaderValue, StatusCode};
use tower::{Layer, ServiceExt, service_fn};

kms_api! {
    version = "2016-01-20";
    trait LabApi;

    /// Encrypts a text behind a random salt.
    action Wrap {
        gateways: shared, instance;
        idempotent: true;
        request {
            key_id: String,
            #[secret] text: SecretString,
            key_version_id: Option<String>,
        }
        response {
            salt: String,
            wrapped: String,
            key_version_id: Option<String>,
        }
    }

    /// Its transfer sends what it does not list.
    action Stray {
        gateways: instance;
        idempotent: true;
        request {}
        response {}
    }
}

impl Transfer for WrapRequest {
    const OPERATIONS: &'static [Operation] = &[
        Operation::with_back::<Self, GenerateRandomRequest>(),
        Operation::with_back::<Self, EncryptRequest>(),
    ];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<WrapResponse, Error> {
        let salt = native.send(GenerateRandomRequest::new(4)).await?.response.random;
        let salt = String::from_utf8_lossy(salt.expose_secret()).into_owned();
        let text = format!("{salt}{}", self.text.expose_secret()).into_bytes();
        let encrypt = EncryptRequest::new(&self.key_id, text);
        let NativeReply { response, key_version, .. } =
            native.send_with_key_version(encrypt, self.key_version_id.as_deref()).await?;
        let wrapped = String::from_utf8(response.ciphertext_blob).map_err(|error| {
            Error::new(ErrorKind::Decode, "the ciphertext is not a text")
                .with_outcome(Outcome::Answered)
                .with_source(error)
        })?;
        let mut wrap = WrapResponse::default();
        (wrap.salt, wrap.wrapped) = (salt, wrapped);
        (wrap.key_version_id, wrap.request_id) = (key_version, response.request_id);
        Ok(wrap)
    }
}

impl TransferBack<GenerateRandomRequest> for WrapRequest {
    fn back(
        response: &WrapResponse,
        _: Charset,
    ) -> Result<NativeReply<GenerateRandomResponse>, Error> {
        let mut native = GenerateRandomResponse::default();
        native.random = response.salt.clone().into_bytes().into();
        Ok(NativeReply::new(native))
    }
}

impl TransferBack<EncryptRequest> for WrapRequest {
    fn back(response: &WrapResponse, _: Charset) -> Result<NativeReply<EncryptResponse>, Error> {
        let mut native = EncryptResponse::default();
        native.ciphertext_blob = response.wrapped.clone().into_bytes();
        native.request_id = response.request_id.clone();
        Ok(NativeReply::new(native).key_version(response.key_version_id.clone()))
    }
}

impl Transfer for StrayRequest {
    const OPERATIONS: &'static [Operation] = &[Operation::new::<GenerateRandomRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<StrayResponse, Error> {
        native.send(GenerateRandomRequest::new(1)).await?;
        native.send(EncryptRequest::new("k", b"text".to_vec())).await?;
        Ok(StrayResponse::default())
    }
}

/// The instance, each of whose answers takes two requests.
fn instance(call: &Call) -> Result<Reply, BoxError> {
    if let Some(GenerateRandomRequest { length, .. }) = call.request() {
        assert_eq!(*length, 4);
        let mut response = GenerateRandomResponse::default();
        response.random = b"salt".to_vec().into();
        return Ok(Reply::new(response, Gateway::Instance).with_attempts(2));
    }
    let request: &EncryptRequest = call.request().ok_or("another operation")?;
    let mut response = EncryptResponse::default();
    response.ciphertext_blob = request.plaintext.expose_secret().to_ascii_uppercase();
    response.request_id = "second".into();
    let mut headers = HeaderMap::new();
    if let Some(version) = call.options().headers.get(KEY_VERSION) {
        headers.insert(KEY_VERSION, version.clone());
    }
    let reply = Reply::new(response, Gateway::Instance).with_http(StatusCode::OK, headers);
    Ok(reply.with_request_id("second").with_attempts(2))
}

async fn transferred(
    call: Call,
    answer: impl Fn(&Call) -> Result<Reply, BoxError> + Clone + Send + 'static,
) -> Result<Reply, Error> {
    let instance = service_fn(move |call: Call| std::future::ready(answer(&call)));
    TransferLayer::new().layer(instance).oneshot(call).await.map_err(Error::from_boxed)
}

#[tokio::test]
async fn a_users_action_becomes_several_operations_of_which_the_last_gives_the_replys_head() {
    let call = Call::new(WrapRequest::new("k", "text").key_version_id("v-7"));
    let reply = transferred(call, instance).await.expect("an answer");
    assert_eq!((reply.attempts(), reply.request_id()), (4, Some("second")));
    assert_eq!(reply.headers()[KEY_VERSION], "v-7");
    let response = reply.into_response::<WrapRequest>().expect("its type");
    assert_eq!((&*response.salt, &*response.wrapped), ("salt", "SALTTEXT"));
    assert_eq!(response.key_version_id.as_deref(), Some("v-7"));
}

#[tokio::test]
async fn each_operation_has_the_options_of_the_call() {
    let seen = Arc::new(Mutex::new(Vec::new()));
    let headers = Arc::clone(&seen);
    let mut call = Call::new(WrapRequest::new("k", "text"));
    call.options_mut().headers.insert("x-own", HeaderValue::from_static("mine"));
    let reply = transferred(call, move |call| {
        headers.lock().expect("no panic before").push(call.options().headers["x-own"].clone());
        instance(call)
    });
    reply.await.expect("an answer");
    assert_eq!(*seen.lock().expect("no panic before"), ["mine", "mine"]);
}

#[tokio::test]
async fn an_error_is_the_calls_and_counts_all_requests() {
    let error = transferred(Call::new(WrapRequest::new("k", "text")), |call| {
        if call.request::<EncryptRequest>().is_none() {
            return instance(call);
        }
        Err(Error::new(ErrorKind::Connect, "refused").with_attempts(3).into())
    });
    let error = error.await.expect_err("an error");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 5));
    assert_eq!((error.action(), error.gateway()), (Some("Wrap"), Some(Gateway::Instance)));

    // An error that the transfer itself makes, too.
    let error = transferred(Call::new(WrapRequest::new("k", "text")), |call| {
        if call.request::<EncryptRequest>().is_none() {
            return instance(call);
        }
        let mut response = EncryptResponse::default();
        response.ciphertext_blob = vec![0xff];
        Ok(Reply::new(response, Gateway::Instance))
    });
    let error = error.await.expect_err("no text");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Answered));
    assert_eq!((error.action(), error.attempts()), (Some("Wrap"), 3));
}

#[tokio::test]
async fn an_operation_that_the_table_does_not_list_is_not_sent() {
    let error = transferred(Call::new(StrayRequest::new()), |call| {
        assert!(call.request::<EncryptRequest>().is_none(), "it was sent");
        Ok(Reply::new(GenerateRandomResponse::default(), Gateway::Instance))
    });
    let error = error.await.expect_err("not listed");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Stray")));
    assert_eq!(error.attempts(), 1);
}

fn client(mock: &MockGateway) -> KmsClient {
    mock.builder().build().expect("a client")
}

#[tokio::test]
async fn a_rule_on_a_users_action_answers_the_operations_that_it_becomes() {
    let mock = MockGateway::new();
    let rule = mock.on::<WrapRequest>().answer_with(|request, answer| {
        answer.salt = "salt".into();
        answer.wrapped = "wrapped".into();
        answer.key_version_id = request.key_version_id.clone();
    });
    let request = WrapRequest::new("k", "text").key_version_id("v-7");
    let reply = client(&mock).wrap(request).reply().await.expect("an answer");
    assert_eq!((reply.gateway(), reply.attempts()), (Gateway::Instance, 2));
    let answer = reply.into_response::<WrapRequest>().expect("its type");
    assert_eq!((&*answer.salt, &*answer.wrapped), ("salt", "wrapped"));
    assert_eq!(answer.key_version_id.as_deref(), Some("v-7"));
    let asked: Vec<&str> = rule.requests().iter().map(|request| request.operation()).collect();
    assert_eq!(asked, ["GenerateRandom", "Encrypt"]);
}

#[tokio::test]
async fn a_mock_cannot_answer_an_operation_without_a_way_back() {
    let mock = MockGateway::new();
    mock.on::<StrayRequest>().answer(StrayResponse::default());
    let error = client(&mock).stray(StrayRequest::new()).await.expect_err("no way back");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Stray")));

    let mock = MockGateway::new();
    mock.on::<WrapRequest>().answer_with(|_, answer| {
        answer.salt = "salt".into();
        answer.key_version_id = Some("\n".into());
    });
    let error = client(&mock).wrap(WrapRequest::new("k", "text")).await.expect_err("no header");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Wrap")));
}

#[test]
fn what_the_instance_serves_in_the_rpc_dialect_has_a_transfer_and_nothing_else_has() {
    for action in api::ALL.iter().chain(native::ALL.iter()) {
        let is_transferred =
            action.is_served_by(Gateway::Instance) && action.dialect == Dialect::Rpc;
        let operations = TransferInfo::from_action(action).map(TransferInfo::operations);
        assert_eq!(operations.is_some(), is_transferred, "{}", action.name);
        for operation in operations.unwrap_or_default() {
            let name = operation.action().name;
            assert!(native::ALL.contains(&operation.action()), "{}: {name}", action.name);
        }
    }
    let own = TransferInfo::from_action(WrapRequest::INFO).expect("its own");
    assert_eq!(own.operations().len(), 2);
}
