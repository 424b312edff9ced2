//! Where a scenario runs: a local gateway, or an account of the service.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, Payload, Required};
use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::{
    ActionInfo, Body, Call, Clock, Error, KmsClient, Nonce, OpenApiGateway, Reply, api, native,
};
use alibabacloud_kms_local::LocalGateway;
use http::{Request, Uri};
use serde_json::{Value, json};
use tower::util::MapRequestLayer;

use super::account::Account;

/// 2026-11-23T08:00:00Z.
const START: u64 = 1_795_420_800;
/// What a refusal's code is if there is none.
const SUCCESS: &str = "success";
/// An action of the name behind it is an operation of the instance's own dialect.
pub(super) const NATIVE: &str = "native:";

alibabacloud_kms::kms_api! {
    version = "2016-01-20";

    /// Draws a key and makes the request for its certificate. It is on the service's pages, and not
    /// among the client's actions.
    pub(super) action CreateCertificate {
        gateways: shared;
        idempotent: false;
        request {
            key_spec: String,
            subject: String,
            subject_alternative_names: Option<String>,
        }
        response { certificate_id: String, csr: String }
    }
}

/// An answer: the action, and a code or `success`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Seen {
    pub(super) action: String,
    /// The HTTP status and the code of a refusal.
    pub(super) code: String,
    pub(super) status: u16,
}

pub(super) struct World {
    shared: KmsClient,
    native: Option<KmsClient>,
    region: String,
    instance_id: Option<String>,
    time: Option<Arc<AtomicU64>>,
    unique: String,
    seen: Mutex<Vec<Seen>>,
    /// What undoes what was made, the last first.
    undo: Mutex<Vec<(&'static str, Value)>>,
    /// It stops when it is dropped.
    _gateway: Option<LocalGateway>,
}

/// The parameter that is taken out of a request before it is signed.
#[derive(Clone, Copy)]
struct Omitted(&'static str);

impl World {
    pub(super) async fn local() -> Self {
        let time = Arc::new(AtomicU64::new(START));
        let clock = {
            let time = Arc::clone(&time);
            Clock::new(move || {
                SystemTime::UNIX_EPOCH + Duration::from_secs(time.load(Ordering::SeqCst))
            })
        };
        let gateway = LocalGateway::builder().clock(clock.clone()).start();
        let gateway = gateway.await.expect("the gateway starts");
        let native = KmsClient::builder()
            .instance(gateway.instance_gateway())
            .clock(clock.clone())
            .max_attempts(1);
        Self {
            shared: shared(gateway.open_api_gateway(), clock),
            native: Some(native.build().expect("the client is built")),
            region: alibabacloud_kms_local::REGION.to_owned(),
            instance_id: None,
            time: Some(time),
            unique: "contract".to_owned(),
            seen: Mutex::default(),
            undo: Mutex::default(),
            _gateway: Some(gateway),
        }
    }

    pub(super) fn of_account(account: &Account) -> Self {
        Self {
            shared: shared(account.gateway(), Clock::default()),
            native: None,
            region: account.region.clone(),
            instance_id: Some(account.instance_id.clone()),
            time: None,
            unique: format!("contract-{}", Nonce::default().next().expect("random numbers")),
            seen: Mutex::default(),
            undo: Mutex::default(),
            _gateway: None,
        }
    }

    /// A name that nothing else in the account has.
    pub(super) fn name(&self, of: &str) -> String {
        format!("{}-{of}", self.unique)
    }

    pub(super) fn region(&self) -> &str {
        &self.region
    }

    /// Lets time pass; on a local gateway only.
    pub(super) fn pass(&self, seconds: u64) {
        let time = self.time.as_ref().expect("a scenario that moves the clock is local");
        time.fetch_add(seconds, Ordering::SeqCst);
    }

    /// The id of a new key.
    pub(super) async fn key(&self, request: Value) -> String {
        let made = self.ok("CreateKey", self.in_instance(request)).await;
        let key = text(&made["KeyMetadata"]["KeyId"]);
        self.undo("ScheduleKeyDeletion", json!({"KeyId": key, "PendingWindowInDays": 7}));
        key
    }

    /// A new secret of that name.
    pub(super) async fn secret(&self, request: Value) -> Value {
        let made = self.ok("CreateSecret", self.in_instance(request)).await;
        let name = &made["SecretName"];
        self.undo(
            "DeleteSecret",
            json!({"SecretName": name, "ForceDeleteWithoutRecovery": "true"}),
        );
        made
    }

    /// A request for something in the account's instance.
    pub(super) fn in_instance(&self, mut request: Value) -> Value {
        if let Some(id) = &self.instance_id {
            request["DKMSInstanceId"] = id.as_str().into();
        }
        request
    }

    /// Has something undone when the scenario ends.
    pub(super) fn undo(&self, action: &'static str, request: Value) {
        self.undo.lock().unwrap_or_else(PoisonError::into_inner).push((action, request));
    }

    /// Undoes what was made; what is gone already stays so.
    pub(super) async fn clean_up(&self) {
        let all = std::mem::take(&mut *self.undo.lock().unwrap_or_else(PoisonError::into_inner));
        if self.time.is_some() {
            return;
        }
        for (action, request) in all.into_iter().rev() {
            if let Err(error) = self.send(call(action, &request)).await {
                eprintln!("{action} {request} left something behind: {error}");
            }
        }
    }

    /// What the scenario saw.
    pub(super) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Has an action succeed; a dry run of it says that it would.
    pub(super) async fn ok(&self, action: &str, request: Value) -> Value {
        if let Some(dry_run) = dry_run(action, &request) {
            self.expect(action, dry_run, (400, "DryRunOperationError")).await;
        }
        let reply = self.send(call(action, &request)).await;
        let reply = reply.unwrap_or_else(|error| panic!("{action} {request}: {error}"));
        self.record(action, 200, SUCCESS);
        let response = json::expose(reply.payload());
        serde_json::from_str(&response).expect("a payload is JSON")
    }

    /// Has an action refused. A dry run of it is refused in the same way: it is looked at last.
    pub(super) async fn refused(&self, action: &str, request: Value, status: u16, code: &str) {
        if let Some(dry_run) = dry_run(action, &request) {
            self.expect(action, dry_run, (status, code)).await;
        }
        self.expect(action, request, (status, code)).await;
    }

    /// Has an action refused that lacks a parameter, which the client would not send.
    pub(super) async fn missing(&self, action: &'static ActionInfo, field: &'static FieldInfo) {
        let request = required(action).map(|it| (it.name.to_owned(), any(it))).collect();
        let request = Value::Object(request);
        let mut call = call(action.name, &request);
        call.extensions_mut().insert(Omitted(field.name));
        let answer = self.send(call).await.err();
        let answer = answer.unwrap_or_else(|| panic!("{} without {}", action.name, field.name));
        let told = refusal(&answer);
        assert_eq!(told, (400, "MissingParameter".to_owned()), "{} {}", action.name, field.name);
        self.record(action.name, told.0, &told.1);
    }

    async fn expect(&self, action: &str, request: Value, expected: (u16, &str)) {
        match self.send(call(action, &request)).await {
            Ok(_) => panic!("{action} {request} is answered, not refused with {expected:?}"),
            Err(error) => {
                let (status, code) = refusal(&error);
                assert_eq!((status, &*code), expected, "{action} {request}: {error}");
                self.record(action, status, &code);
            }
        }
    }

    async fn send(&self, call: Call) -> Result<Reply, Error> {
        let is_native = native::ALL.contains(&call.action());
        let client = if is_native { self.native.as_ref() } else { Some(&self.shared) };
        client.expect("a scenario of operations is local").send(call).await
    }

    fn record(&self, action: &str, status: u16, code: &str) {
        let seen = Seen { action: action.to_owned(), status, code: code.to_owned() };
        self.seen.lock().unwrap_or_else(PoisonError::into_inner).push(seen);
    }
}

/// The parameters that a request to the shared gateway must have.
pub(super) fn required(action: &ActionInfo) -> impl Iterator<Item = &'static FieldInfo> {
    let fields = action.request.fields.iter();
    fields.filter(|field| matches!(field.required, Required::Always | Required::OnShared))
}

/// A text of an answer.
pub(super) fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is a text")).to_owned()
}

fn shared(gateway: OpenApiGateway, clock: Clock) -> KmsClient {
    let omit = MapRequestLayer::new(|mut request: Request<Body>| {
        if let Some(Omitted(name)) = request.extensions().get() {
            let query = request.uri().query().unwrap_or_default();
            let kept = query.split('&').filter(|pair| pair.split('=').next() != Some(name));
            let kept: Vec<&str> = kept.collect();
            let mut parts = request.uri().clone().into_parts();
            parts.path_and_query = Some(format!("/?{}", kept.join("&")).parse().expect("a query"));
            *request.uri_mut() = Uri::from_parts(parts).expect("it was a URI");
        }
        request
    });
    let client = KmsClient::builder().shared(gateway).clock(clock).max_attempts(1);
    client.http_layer(omit).build().expect("the client is built")
}

/// The action or operation of that name.
pub(super) fn find(name: &str) -> &'static ActionInfo {
    let found = match name.strip_prefix(NATIVE) {
        Some(name) => native::ALL.iter().find(|it| it.name == name).copied(),
        None if name == "CreateCertificate" => {
            Some(<CreateCertificateRequest as alibabacloud_kms::Action>::INFO)
        }
        None => api::find(name),
    };
    found.unwrap_or_else(|| panic!("there is no action {name}"))
}

fn call(action: &str, request: &Value) -> Call {
    let action = find(action);
    let mut payload: Box<dyn Payload> = (action.new_request)();
    let text = request.to_string();
    let known = json::decode(text.as_bytes(), &mut *payload);
    let known = known.unwrap_or_else(|error| panic!("{}: {error}", action.name));
    let given = request.as_object().map_or(0, serde_json::Map::len);
    assert_eq!(known, given, "{} has the parameters of {request}", action.name);
    Call::from_parts(action, payload.into())
}

/// The same request as a dry run, if the action has one.
fn dry_run(action: &str, request: &Value) -> Option<Value> {
    find(action).request.fields.iter().find(|field| field.name == "DryRun")?;
    let mut request = request.clone();
    request["DryRun"] = "true".into();
    Some(request)
}

/// A value that a field of that kind can have.
fn any(field: &FieldInfo) -> Value {
    match field.kind {
        FieldKind::Integer => 7.into(),
        FieldKind::Boolean => true.into(),
        FieldKind::StringList => json!(["AAAA"]),
        FieldKind::ObjectList(_) => json!([{"Key": "AAAA", "Value": "AAAA"}]),
        // Of Base64 too.
        _ => "AAAA".into(),
    }
}

/// The status and code, the gateway's own where the client replaced it.
fn refusal(error: &Error) -> (u16, String) {
    let service =
        error.service().unwrap_or_else(|| panic!("it is refused by the service: {error}"));
    let status = service.status().map_or(0, |status| status.as_u16());
    let code = service.gateway_code().or(service.code()).unwrap_or_default();
    (status, code.to_owned())
}
