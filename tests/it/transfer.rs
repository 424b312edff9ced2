//! The transfer of the ten actions, against what the official Python SDK sent and returned.
//!
//! Every vector is replayed through the whole client with a transport that answers as recorded: the
//! requests must be the recorded ones byte for byte, signature included, and the answer or error the
//! recorded one. `date`, key and nonces are the recording's.

use std::sync::{Arc, Mutex};
use std::time::SystemTime;

use alibabacloud_kms::middleware::wire;
use alibabacloud_kms::transfer::ContextAad;
use alibabacloud_kms::{
    Body, BoxError, Call, ClientKey, Clock, Error, InstanceGateway, KmsClient, Reply, api,
};
use http_body_util::BodyExt;
use serde::Deserialize;
use serde_json::{Map, Value as Json};

const VECTORS: &str = include_str!("../data/vectors/transfer.json");
const CLIENT_KEY: &str = include_str!("../data/vectors/client_key.json");

#[derive(Deserialize)]
struct Recording {
    date: String,
    endpoint: String,
    password: String,
    vectors: Vec<Vector>,
}

#[derive(Deserialize)]
struct Vector {
    id: u32,
    action: String,
    force_low_version_crypto_transfer: bool,
    config_encoding: Option<String>,
    call_encoding: Option<String>,
    context_aad: String,
    parameters: Map<String, Json>,
    requests: Vec<Request>,
    responses: Vec<Response>,
    result: Option<Json>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Request {
    method: String,
    path: String,
    headers: Map<String, Json>,
    body: String,
}

#[derive(Deserialize, Clone)]
struct Response {
    status: u16,
    headers: Map<String, Json>,
    body: String,
}

#[derive(Deserialize)]
struct Refusal {
    code: String,
    message: String,
    data: Option<RefusalData>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct RefusalData {
    http_code: u16,
    request_id: String,
}

/// A request that the client sent.
struct Sent {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

#[tokio::test(start_paused = true)]
async fn every_vector_holds_byte_for_byte() {
    let recording: Recording = serde_json::from_str(VECTORS).expect("the vectors");
    assert_eq!(recording.vectors.len(), 127);
    for vector in &recording.vectors {
        let sent = Arc::new(Mutex::new(Vec::new()));
        let client = client(&recording, vector, Arc::clone(&sent));
        let answer = client.send(call(vector)).await;
        let sent = sent.lock().expect("no panic before");
        assert_eq!(sent.len(), vector.requests.len(), "requests of vector {}", vector.id);
        for (sent, recorded) in sent.iter().zip(&vector.requests) {
            compare_request(vector.id, sent, recorded);
        }
        match (answer, &vector.result, &vector.error) {
            (Ok(reply), Some(result), None) => compare_result(vector.id, &reply, result),
            (Err(error), None, Some(refusal)) => compare_error(vector.id, &error, refusal),
            (answer, ..) => panic!("vector {}: {answer:?}", vector.id),
        }
    }
}

fn client(recording: &Recording, vector: &Vector, sent: Arc<Mutex<Vec<Sent>>>) -> KmsClient {
    let key = ClientKey::from_content(&CLIENT_KEY.into(), &recording.password.as_str().into())
        .expect("the recording's client key");
    let endpoint = recording.endpoint.parse().expect("the recording's endpoint");
    let date: SystemTime = httpdate::parse_http_date(&recording.date).expect("a date");
    let responses = vector.responses.clone();
    let transport = tower::service_fn(move |request: http::Request<Body>| {
        let sent = Arc::clone(&sent);
        let responses = responses.clone();
        async move {
            let request = record(request).await;
            let mut sent = sent.lock().expect("no panic before");
            let response = responses.get(sent.len()).or(responses.last()).expect("a response");
            sent.push(request);
            Ok::<_, BoxError>(replay(response))
        }
    });
    // The reference makes one request more than its `max_attempts`, and gives up where we would not.
    let attempts = match vector.error {
        Some(_) => vector.requests.len().max(1),
        None => 1,
    };
    KmsClient::builder()
        .instance(InstanceGateway::new(endpoint, key))
        .force_low_version_crypto_transfer(vector.force_low_version_crypto_transfer)
        .context_aad(match vector.context_aad.as_str() {
            "digest" => ContextAad::Digest,
            "python" => ContextAad::Python,
            other => panic!("unknown context_aad {other}"),
        })
        .charset(vector.config_encoding.as_deref().unwrap_or("utf-8"))
        .expect("a charset")
        .max_attempts(u32::try_from(attempts).expect("a small number"))
        .clock(Clock::fixed(date))
        .transport(transport)
        .build()
        .expect("a client")
}

fn call(vector: &Vector) -> Call {
    let action = api::find(&vector.action).expect("a declared action");
    let mut request = (action.new_request)();
    // A context is recorded as its JSON text, whose order matters; everything else is a text.
    let fields: Vec<String> = vector
        .parameters
        .iter()
        .map(|(name, value)| match (name.as_str(), value.as_str()) {
            ("EncryptionContext", Some(context)) => format!("{name:?}:{context}"),
            _ => format!("{name:?}:{value}"),
        })
        .collect();
    let json = format!("{{{}}}", fields.join(","));
    let known = wire::json::decode(json.as_bytes(), &mut *request).expect("the parameters");
    assert_eq!(known, vector.parameters.len(), "parameters of vector {}", vector.id);
    let mut call = Call::from_parts(action, Arc::from(request));
    if let Some(encoding) = &vector.call_encoding {
        call.options_mut().charset = Some(encoding.parse().expect("a charset"));
    }
    call
}

async fn record(request: http::Request<Body>) -> Sent {
    let (parts, body) = request.into_parts();
    let text = |value: &http::HeaderValue| value.to_str().expect("a text").to_owned();
    Sent {
        method: parts.method.to_string(),
        path: parts.uri.path_and_query().expect("a path").to_string(),
        headers: parts
            .headers
            .iter()
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect(),
        body: body.collect().await.expect("in memory").to_bytes().to_vec(),
    }
}

fn replay(response: &Response) -> http::Response<Body> {
    let mut out = http::Response::builder().status(response.status);
    for (name, value) in &response.headers {
        out = out.header(name, value.as_str().expect("a text"));
    }
    out.body(Body::from(bytes(&response.body))).expect("a response")
}

fn compare_request(id: u32, sent: &Sent, recorded: &Request) {
    assert_eq!(sent.method, recorded.method, "vector {id}");
    assert_eq!(sent.path, recorded.path, "vector {id}");
    assert_eq!(sent.body, bytes(&recorded.body), "body of vector {id}");
    let mut expected: Vec<(String, String)> = recorded
        .headers
        .iter()
        .map(|(name, value)| (name.clone(), value.as_str().expect("a text").to_owned()))
        // The connection adds it.
        .filter(|(name, _)| name != "content-length")
        .collect();
    expected.sort();
    // The recording leaves these out; where the reference is broken and the request was written by
    // hand, it names the operation only.
    let is_whole = recorded.headers.contains_key("authorization");
    let mut headers: Vec<(String, String)> = sent.headers.clone();
    headers.retain(|(name, _)| match is_whole {
        true => name != "host" && name != "user-agent",
        false => recorded.headers.contains_key(name),
    });
    headers.sort();
    assert_eq!(headers, expected, "headers of vector {id}");
}

fn compare_result(id: u32, reply: &Reply, result: &Json) {
    let given: Json = serde_json::from_str(&wire::json::expose(reply.payload())).expect("JSON");
    assert_eq!(&given, result, "result of vector {id}");
}

fn compare_error(id: u32, error: &Error, refusal: &Refusal) {
    let service = error.service().unwrap_or_else(|| panic!("vector {id}: {error}"));
    assert_eq!(service.code(), Some(refusal.code.as_str()), "code of vector {id}");
    assert_eq!(service.message(), Some(refusal.message.as_str()), "message of vector {id}");
    let status = refusal.data.as_ref().map(|data| data.http_code);
    assert_eq!(error.status().map(|status| status.as_u16()), status, "status of vector {id}");
    let request_id = refusal.data.as_ref().map(|data| data.request_id.as_str());
    assert_eq!(error.request_id(), request_id, "request id of vector {id}");
}

fn bytes(hex: &str) -> Vec<u8> {
    let digit = |character: u8| char::from(character).to_digit(16).expect("hexadecimal");
    hex.as_bytes()
        .chunks(2)
        .map(|pair| u8::try_from(digit(pair[0]) << 4 | digit(pair[1])).expect("a byte"))
        .collect()
}
