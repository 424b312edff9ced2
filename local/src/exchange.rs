//! The types of requests and answers, as dialects and signatures read them: whole, in memory.

use std::io;

use alibabacloud_kms::__private::wiped_on_drop;
use alibabacloud_kms::ActionInfo;
use alibabacloud_kms::middleware::payload::{Payload, Scalar, Slot};
use aws_lc_rs::rand;
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, StatusCode};
use http_body_util::combinators::UnsyncBoxBody;
use http_body_util::{BodyExt as _, Full};
use zeroize::Zeroizing;

use crate::engine::uuid;

/// The content type of requests and answers of the instance's dialect.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";

/// A request, read to its end.
pub(crate) type Request = http::Request<Zeroizing<Vec<u8>>>;

/// An answer.
pub(crate) type Response = http::Response<Full<Bytes>>;

/// An answer as it is sent.
pub(crate) type ServedResponse = http::Response<UnsyncBoxBody<Bytes, io::Error>>;

/// The action of an answer, if it is a known one, and the answer.
pub(crate) type Answered = (Option<&'static ActionInfo>, Response);

/// Returns a header's only value, without white space around it.
pub(crate) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?.to_str().ok()?.trim();
    (values.next().is_none() && !value.is_empty()).then_some(value)
}

/// Returns a header's values as both dialects sign them: trimmed, and joined with commas.
pub(crate) fn signed_value(headers: &HeaderMap, name: &str) -> Option<String> {
    let values: Vec<&str> = headers
        .get_all(name)
        .iter()
        .map(|value| std::str::from_utf8(value.as_bytes()).map(str::trim))
        .collect::<Result<_, _>>()
        .ok()?;
    (!values.is_empty()).then(|| values.join(","))
}

/// Returns the id of a new request. It is all zeros if the random source failed.
pub(crate) fn request_id() -> String {
    let mut bytes = [0; 16];
    let _ = rand::fill(&mut bytes);
    uuid(bytes)
}

/// Sets the request id of an answer.
pub(crate) fn set_request_id(response: &mut dyn Payload, id: &str) {
    if let Some((_, field)) = response.named_mut("RequestId")
        && let Slot::Scalar(field) = field.slot()
    {
        field.set(Scalar::Text(id));
    }
}

/// Returns the answer in the form in which it is sent.
pub(crate) fn served(response: Response) -> ServedResponse {
    response.map(|body| body.map_err(|never| match never {}).boxed_unsync())
}

/// Returns an answer with this body.
pub(crate) fn respond(
    status: u16,
    content_type: &'static str,
    body: Zeroizing<Vec<u8>>,
) -> Response {
    let mut response = Response::new(Full::new(wiped_on_drop(body)));
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
