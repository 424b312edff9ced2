//! What the requests to the servers have in common at which people sign in.

use ::http::{HeaderValue, Method, Request};
use zeroize::Zeroizing;

use crate::credential::Environment;
use crate::middleware::wire::secret_bytes::wiped_on_drop;
use crate::{Body, Endpoint, Error, ErrorKind, ExposeSecret as _, SecretString};

/// A request to this path of a server.
pub(super) fn post(
    at: &Endpoint,
    path: &str,
    mut body: Zeroizing<String>,
) -> Result<Request<Body>, Error> {
    let body = Zeroizing::new(std::mem::take(&mut *body).into_bytes());
    let request = Request::builder().method(Method::POST).uri(format!("{at}{path}"));
    request.body(Body::new(wiped_on_drop(body))).map_err(|error| {
        Error::new(ErrorKind::Credential, "the sign-in server has no URI").with_source(error)
    })
}

/// A token as a request's proof; it is shown nowhere.
pub(super) fn bearer(token: &SecretString) -> Result<HeaderValue, Error> {
    let text = Zeroizing::new(format!("Bearer {}", token.expose_secret()));
    // What the error says may quote the token.
    let mut value = HeaderValue::from_str(&text).map_err(|_| {
        let message = "the access token holds characters that no token has";
        Error::new(ErrorKind::Credential, message)
    })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Now, as the CLI's file writes times: seconds since 1970.
pub(super) fn since_1970(environment: &Environment) -> i64 {
    let since = environment.clock().now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap_or_default().as_secs()).unwrap_or(i64::MAX)
}
