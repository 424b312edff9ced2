//! Errors of calls as answers of the service: what the peer may know, and no more.

use alibabacloud_kms::{Error, ErrorKind};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

/// Why a request failed.
#[derive(Debug)]
pub(crate) struct Failure(Error);

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self(error) = self;
        let status = match error.kind() {
            _ if error.is_throttled() => StatusCode::TOO_MANY_REQUESTS,
            // Not by the status of KMS, which is 404 for an access key that it does not know.
            _ if error.is_not_found() => StatusCode::NOT_FOUND,
            ErrorKind::Timeout => StatusCode::GATEWAY_TIMEOUT,
            ErrorKind::Service if error.code() == Some("InvalidParameter") => {
                StatusCode::BAD_REQUEST
            }
            ErrorKind::Encode => StatusCode::BAD_REQUEST,
            _ => StatusCode::BAD_GATEWAY,
        };
        // No error shows a secret, so it can be logged; the peer is told its id at most.
        eprintln!("{error}");
        let id = error.request_id().unwrap_or_default().to_owned();
        (status, format!("the request failed: {id}\n")).into_response()
    }
}
