//! What the requests to the sign-in servers have in common.

use alibabacloud_kms_middleware::__private::wiped_on_drop;
use http::{HeaderValue, Method, Request};
use zeroize::Zeroizing;

use crate::credential::Environment;
use crate::credential::http_client::HttpAnswer;
use crate::trimmed::Unusable;
use crate::{Body, Endpoint, Error, ErrorKind, ExposeSecret as _, SecretString};

/// Returns a request to this path of a server.
pub(super) fn post(
    at: &Endpoint,
    path: &str,
    mut body: Zeroizing<String>,
) -> Result<Request<Body>, Error> {
    let body = Zeroizing::new(std::mem::take(&mut *body).into_bytes());
    let request = Request::builder().method(Method::POST).uri(format!("{at}{path}"));
    request.body(Body::new(wiped_on_drop(body))).map_err(|error| {
        Error::new(ErrorKind::Credential, "the sign-in server's address and path are not a URI")
            .with_source(error)
    })
}

/// Returns the header of a token, marked as sensitive.
pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, Error> {
    let text = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
    // The text of the error may quote the token.
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        let message =
            "the access token has white space or other characters that tokens cannot have";
        Error::new(ErrorKind::Credential, message)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Returns a successful answer. If the token was refused, the error is that of this function.
pub(super) fn accepted(
    answer: HttpAnswer,
    signed_out: impl FnOnce(&Error) -> Error,
) -> Result<HttpAnswer, Error> {
    let status = answer.status;
    answer.success().map_err(|error| match status.as_u16() {
        400 | 401 | 403 => signed_out(&error).with_status(status),
        // The user has signed in, so that no answer is a reason to use another account.
        _ => error.with_source(Error::new(ErrorKind::Decode, "it is no answer to a sign-in")),
    })
}

/// Returns the error of a sign-in that has ended. No other account signs until the user has signed
/// in again.
pub(super) fn ended(message: &'static str, cause: &Error) -> Error {
    let cause = Unusable::new(cause.to_string());
    Error::new(ErrorKind::Credential, message).with_source(cause)
}

/// Returns the current time as the CLI's file writes times: seconds since 1970.
pub(super) fn since_1970(environment: &Environment) -> i64 {
    let since = environment.clock().now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}
