//! The local gateway without a socket, and requests to it: typed ones and those that no client of ours
//! writes.

use std::future::ready;
use std::sync::{Arc, Mutex};

use alibabacloud_kms::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::{
    ActionInfo, Body, BoxError, BoxHttp, Call, Dialect, Error, ErrorKind, Gateway,
};
use alibabacloud_kms_local::__private::InProcess;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request};
use http_body_util::BodyExt;
use tower::{Layer, ServiceExt};

use crate::{at_once, first, wait};

/// After so many requests the gateway is made anew, with the keys that they made.
const REQUESTS: u32 = 20_000;

/// Sends what the bytes say in a dialect: the first chooses the action, the second how it is called.
///
/// A typed call is JSON. Any other request is a line with the query, a line for each header, an empty
/// line and the body; the headers are signed, or set after signing.
pub fn call(dialect: Dialect, list: &[&'static ActionInfo], data: &[u8]) {
    let (chosen, data) = first(data);
    let (how, data) = first(data);
    let action = crate::action(list, chosen);
    match how % 3 {
        0 => typed(dialect, action, data),
        how => raw(dialect, action, data, how == 1),
    }
}

/// Every request that the client can write gets an answer that it can read.
fn typed(dialect: Dialect, action: &'static ActionInfo, text: &[u8]) {
    let mut request = (action.new_request)();
    if json::decode(text, &mut *request).is_err() {
        return;
    }
    let call = Call::from_parts(action, Arc::from(request));
    let service = signed(dialect, &gateway(), HeaderMap::new());
    let endpoint = || "kms.example.com".parse().expect("a host");
    let result = wait(async move {
        match dialect {
            Dialect::Rpc => {
                EncodeRpcLayer::new(Gateway::Shared, endpoint()).layer(service).oneshot(call).await
            }
            _ => EncodeProtobufLayer::new(endpoint()).layer(service).oneshot(call).await,
        }
    });
    if let Err(error) = result {
        let error = Error::from_boxed(error);
        let is_refusal = error.kind() == ErrorKind::Service && error.code().is_some();
        assert!(is_refusal || error.kind() == ErrorKind::Encode, "{error:?}");
        assert_ne!(error.status().map(|status| status.as_u16()), Some(500), "{error:?}");
    }
}

fn raw(dialect: Dialect, action: &ActionInfo, data: &[u8], sign_headers: bool) {
    let end = data.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((data, &b""[..]), |end| (&data[..end], &data[end + 2..]));
    let mut lines = head.split(|byte| *byte == b'\n');
    let query = lines.next().and_then(|line| std::str::from_utf8(line).ok()).unwrap_or_default();
    let headers: Vec<(HeaderName, HeaderValue)> = lines.filter_map(header).collect();
    let Ok(uri) = format!("http://kms.example.com/?{query}").parse() else { return };

    let mut request = Request::new(Body::from(body.to_vec()));
    *request.method_mut() = Method::POST;
    *request.uri_mut() = uri;
    let names = match dialect {
        Dialect::Rpc => [("x-acs-action", action.name), ("x-acs-version", action.version)],
        _ => [("x-kms-apiname", action.name), ("x-kms-apiversion", action.version)],
    };
    let of_dialect = match dialect {
        Dialect::Rpc => "application/x-www-form-urlencoded",
        _ => "application/x-protobuf",
    };
    for (name, value) in names.into_iter().chain([
        ("host", "kms.example.com"),
        ("accept", "application/json"),
        ("content-type", of_dialect),
    ]) {
        request.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let gateway = gateway();
    let response = if sign_headers {
        request.headers_mut().extend(headers);
        wait(signed(dialect, &gateway, HeaderMap::new()).oneshot(request))
    } else {
        wait(signed(dialect, &gateway, headers.into_iter().collect()).oneshot(request))
    };
    // A header that cannot be signed is the client's own error.
    let Ok(response) = response else { return };
    assert!(response.headers().contains_key("content-type"));
    assert_ne!(response.status(), 500);
    let status = response.status();
    let body = at_once(response.into_body().collect()).expect("a body").to_bytes();
    assert!(!status.is_success() || !body.is_empty());
}

fn header(line: &[u8]) -> Option<(HeaderName, HeaderValue)> {
    let at = line.iter().position(|byte| *byte == b':')?;
    let name = HeaderName::from_bytes(&line[..at]).ok()?;
    Some((name, HeaderValue::from_bytes(line[at + 1..].trim_ascii()).ok()?))
}

/// The gateway behind a signer; these headers are set after signing.
fn signed(dialect: Dialect, gateway: &Arc<InProcess>, headers: HeaderMap) -> BoxHttp {
    let answering = Arc::clone(gateway);
    let service = tower::service_fn(move |request: Request<Body>| {
        let mut request = request.map(|body| body.into_bytes().to_vec());
        request.headers_mut().extend(headers.clone());
        ready(Ok::<_, BoxError>(answering.answer(request)))
    });
    match dialect {
        Dialect::Rpc => {
            let credential = Arc::new(gateway.credential());
            BoxHttp::new(SignAcs3Layer::new(credential).layer(service))
        }
        _ => BoxHttp::new(SignClientKeyLayer::new(Arc::new(gateway.client_key())).layer(service)),
    }
}

/// The gateway of this process.
fn gateway() -> Arc<InProcess> {
    static GATEWAY: Mutex<Option<(Arc<InProcess>, u32)>> = Mutex::new(None);
    let mut gateway = GATEWAY.lock().expect("a panic ends the process");
    if gateway.as_ref().is_none_or(|(_, answered)| *answered == REQUESTS) {
        let new = InProcess::new().expect("random numbers");
        *gateway = Some((Arc::new(new), 0));
    }
    let (gateway, answered) = gateway.as_mut().expect("it was made");
    *answered += 1;
    Arc::clone(gateway)
}
