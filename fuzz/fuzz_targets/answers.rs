//! An arbitrary answer to a call, in both dialects: a reply or an error, and never the request's
//! secret in what the error says, even if the answer repeats it.
//!
//! The answer's headers come first, a line each, and its body behind an empty line.

#![no_main]

use std::error::Error as _;
use std::future::ready;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::secret::CreateSecretRequest;
use alibabacloud_kms::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::{Body, BoxError, Call, Error, Gateway, Reply};
use alibabacloud_kms_fuzz::{CANARY, at_once, first, with_canary};
use http::{HeaderName, HeaderValue, Response, StatusCode};
use libfuzzer_sys::fuzz_target;
use tower::{Layer, Service, ServiceExt};

const STATUSES: [u16; 16] =
    [200, 400, 200, 201, 204, 301, 400, 401, 403, 404, 409, 413, 429, 500, 503, 504];

fuzz_target!(|data: &[u8]| {
    let (which, data) = first(data);
    let (status, data) = first(data);
    let status = STATUSES[usize::from(status) % STATUSES.len()];
    let result = match which % 3 {
        0 => rpc(Call::new(EncryptRequest::new("key", CANARY)), answer(status, data)),
        1 => rpc(Call::new(CreateSecretRequest::new("a", "b", CANARY)), answer(status, data)),
        _ => {
            let request = AdvanceEncryptRequest::new("key", CANARY.as_bytes().to_vec());
            protobuf(Call::new(request), answer(status, data))
        }
    };
    match result {
        Ok(reply) => assert!(reply.status().is_success()),
        Err(error) => {
            let error = Error::from_boxed(error);
            assert_eq!(error.status(), StatusCode::from_u16(status).ok());
            let said = format!("{error} {error:?} {}", causes(&error));
            assert!(!said.contains(CANARY), "{said}");
        }
    }
});

fn answer(status: u16, data: &[u8]) -> Response<Body> {
    let end = data.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((&b""[..], data), |end| (&data[..end], &data[end + 2..]));
    let mut response = Response::new(Body::from(with_canary(body)));
    *response.status_mut() = StatusCode::from_u16(status).expect("a status");
    for line in head.split(|byte| *byte == b'\n') {
        let mut parts = line.splitn(2, |byte| *byte == b':');
        let name = parts.next().and_then(|name| HeaderName::from_bytes(name).ok());
        let value = parts.next().and_then(|value| HeaderValue::from_bytes(value).ok());
        if let (Some(name), Some(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

fn rpc(call: Call, response: Response<Body>) -> Result<Reply, BoxError> {
    let endpoint = "kms.example.com".parse().expect("a host");
    let layer = EncodeRpcLayer::new(Gateway::Shared, endpoint).max_answer(1 << 16);
    at_once(layer.layer(server(response)).oneshot(call))
}

fn protobuf(call: Call, response: Response<Body>) -> Result<Reply, BoxError> {
    let endpoint = "kst.example.com".parse().expect("a host");
    let layer = EncodeProtobufLayer::new(endpoint).max_answer(1 << 16);
    at_once(layer.layer(server(response)).oneshot(call))
}

/// A gateway that answers once.
fn server(
    response: Response<Body>,
) -> impl Service<
    http::Request<Body>,
    Response = Response<Body>,
    Error = BoxError,
    Future: Send + 'static,
> + Send {
    let mut response = Some(response);
    tower::service_fn(move |_| ready(response.take().ok_or_else(|| "one request".into())))
}

fn causes(error: &Error) -> String {
    let mut causes = String::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        causes += &format!("{error} {error:?} ");
        cause = error.source();
    }
    causes
}
