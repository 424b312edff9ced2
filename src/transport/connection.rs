//! A connection to a server, in the version of HTTP that was negotiated.

use std::time::Duration;

#[cfg(feature = "proxy")]
use http::header::PROXY_AUTHORIZATION;
use http::header::{CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Method, Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::measure::{OpenConnection, Requests};
use super::socket::Peek;
use super::stream::Stream;
use crate::Body;
use crate::task::spawn;

/// The longest time that is added to the clock's, so that the sum does not overflow.
pub(super) const YEAR: Duration = Duration::from_secs(60 * 60 * 24 * 365);

/// Sends requests. A task of its own moves the bytes until this is dropped.
pub(super) struct Connection {
    sender: Sender,
    answers: Requests,
    /// Below it, if there is a socket.
    peek: Option<Peek>,
}

enum Sender {
    /// Carries one request at a time.
    Http1 {
        sender: http1::SendRequest<Body>,
        form: RequestForm,
        /// Why it broke, if it broke between requests.
        broken: oneshot::Receiver<hyper::Error>,
    },
    /// Carries requests at the same time.
    #[cfg(feature = "http2")]
    Http2(hyper::client::conn::http2::SendRequest<Body>),
}

/// How an HTTP/1.1 request names its target (RFC 9112, section 3.2).
pub(super) enum RequestForm {
    /// The path only: to the server itself.
    Origin,
    /// The whole URL: to a proxy, with its user.
    #[cfg(feature = "proxy")]
    Absolute { authorization: Option<HeaderValue> },
}

/// A request without a response.
pub(super) struct Unanswered {
    pub(super) error: hyper::Error,
    /// The request, if no byte of it was sent.
    pub(super) unsent: Option<Request<Body>>,
}

impl Connection {
    /// Creates a connection over this stream, in the version of HTTP that was negotiated.
    pub(super) async fn new(
        stream: Stream,
        form: RequestForm,
        is_http2: bool,
        keep_alive: Duration,
        counted: OpenConnection,
    ) -> Result<Self, hyper::Error> {
        #[cfg(feature = "http2")]
        if is_http2 {
            return Self::http2(stream, keep_alive, counted).await;
        }
        let _ = (is_http2, keep_alive);
        Self::http1(stream, form, counted).await
    }

    /// Creates an HTTP/1.1 connection over this stream, with requests of this form.
    pub(super) async fn http1(
        stream: Stream,
        form: RequestForm,
        counted: OpenConnection,
    ) -> Result<Self, hyper::Error> {
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let (report, broken) = oneshot::channel();
        let answers = counted.requests();
        spawn(&Handle::current(), async move {
            let _counted = counted;
            if let Err(error) = connection.await {
                // No one reads this if the request itself got the error.
                let _ = report.send(error);
            }
        });
        Ok(Self { sender: Sender::Http1 { sender, form, broken }, answers, peek: None })
    }

    /// Creates an HTTP/2 connection over this stream.
    #[cfg(feature = "http2")]
    pub(super) async fn http2(
        stream: Stream,
        keep_alive: Duration,
        counted: OpenConnection,
    ) -> Result<Self, hyper::Error> {
        use hyper_util::rt::{TokioExecutor, TokioTimer};

        // hyper adds it to the time.
        let keep_alive = keep_alive.min(YEAR);
        let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(keep_alive)
            .keep_alive_timeout(keep_alive)
            // Before the next request finds out.
            .keep_alive_while_idle(true)
            .handshake(TokioIo::new(stream))
            .await?;
        let answers = counted.requests();
        spawn(&Handle::current(), async move {
            let _counted = counted;
            // The requests on it got the error.
            let _ = connection.await;
        });
        Ok(Self { sender: Sender::Http2(sender), answers, peek: None })
    }

    /// Returns `true` if it can take a request now.
    pub(super) fn is_ready(&self) -> bool {
        match &self.sender {
            Sender::Http1 { sender, .. } => sender.is_ready(),
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.is_ready(),
        }
    }

    /// Returns `true` if it will never take a request again. One that is neither ready nor closed
    /// has not yet ended its last request.
    pub(super) fn is_closed(&self) -> bool {
        match &self.sender {
            Sender::Http1 { sender, .. } => sender.is_closed(),
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.is_closed(),
        }
    }

    /// Adds what can look at the socket below.
    pub(super) fn with_peek(self, peek: Peek) -> Self {
        Self { peek: Some(peek), ..self }
    }

    /// Returns `true` if nothing has arrived that hyper has not read, such as the server's end of
    /// the connection. Unlike [`is_ready`](Self::is_ready), it does not depend on whether the
    /// runtime has looked at the network.
    pub(super) fn is_quiet(&self) -> bool {
        self.peek.as_ref().is_some_and(Peek::is_quiet)
    }

    /// Returns `true` if something has arrived that belongs to no request, such as the server's end
    /// of the connection. HTTP/2 alone has other messages between requests.
    pub(super) fn is_disturbed(&self) -> bool {
        matches!(self.sender, Sender::Http1 { .. })
            && self.peek.as_ref().is_some_and(Peek::has_something)
    }

    /// Waits until it can take a request. Returns `false` if it never will.
    pub(super) async fn ready(&mut self) -> bool {
        match &mut self.sender {
            Sender::Http1 { sender, .. } => sender.ready().await.is_ok(),
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    /// Returns a handle of the same connection for another request at the same time, if its version
    /// allows that.
    pub(super) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1 { .. } => None,
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => {
                let sender = Sender::Http2(sender.clone());
                Some(Self { sender, answers: self.answers.clone(), peek: self.peek.clone() })
            }
        }
    }

    /// Sends a request with an absolute URI.
    pub(super) async fn send(
        &mut self,
        mut request: Request<Body>,
    ) -> Result<Response<Incoming>, Unanswered> {
        let sent = match &mut self.sender {
            Sender::Http1 { sender, form, broken } => {
                let uri = form.write(&mut request);
                match sender.try_send_request(request).await {
                    Ok(response) => Ok(response),
                    Err(failed) => {
                        let mut unanswered = Unanswered::from(failed);
                        if let Some(request) = &mut unanswered.unsent {
                            *request.uri_mut() = uri;
                            if let Ok(error) = broken.await {
                                unanswered.error = error;
                            }
                        }
                        Err(unanswered)
                    }
                }
            }
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.try_send_request(request).await.map_err(Into::into),
        };
        sent.inspect(|_| self.answers.answered())
    }
}

impl From<TrySendError<Request<Body>>> for Unanswered {
    fn from(mut failed: TrySendError<Request<Body>>) -> Self {
        let unsent = failed.take_message();
        Self { error: failed.into_error(), unsent }
    }
}

impl RequestForm {
    /// Writes a request in this form. Returns the URI that it had before.
    fn write(&self, request: &mut Request<Body>) -> Uri {
        announce_no_body(request);
        let uri = request.uri().clone();
        if !request.headers().contains_key(HOST) {
            let authority = uri.authority().map_or("", |authority| authority.as_str());
            if let Ok(host) = HeaderValue::from_str(authority) {
                request.headers_mut().insert(HOST, host);
            }
        }
        match self {
            Self::Origin => {
                let path = uri.path_and_query().cloned();
                let path = path.unwrap_or(PathAndQuery::from_static("/"));
                *request.uri_mut() = Uri::from(path);
            }
            #[cfg(feature = "proxy")]
            Self::Absolute { authorization } => {
                if let Some(user) = authorization {
                    // Replaces the header that an earlier connection wrote.
                    request.headers_mut().insert(PROXY_AUTHORIZATION, user.clone());
                }
            }
        }
        uri
    }
}

/// Announces that a request has no body if its method lets a server expect one: servers and proxies
/// otherwise refuse it with 411 (RFC 9110, section 8.6). hyper announces every other body itself.
fn announce_no_body(request: &mut Request<Body>) {
    let expects_body = matches!(*request.method(), Method::POST | Method::PUT | Method::PATCH);
    if expects_body && request.body().bytes().is_empty() {
        request.headers_mut().remove(TRANSFER_ENCODING);
        request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from_static("0"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_post_or_put_without_a_body_says_so_and_no_other_request_does() {
        for (method, body, announced) in [
            (Method::POST, "", true),
            (Method::PUT, "", true),
            (Method::PATCH, "", true),
            (Method::GET, "", false),
            (Method::DELETE, "", false),
            (Method::HEAD, "", false),
            (Method::POST, "a=b", false),
        ] {
            let request = Request::builder().method(method.clone()).uri("https://kms.invalid/");
            let mut request = request.body(Body::from(body)).expect("a request");
            for _ in 0..2 {
                RequestForm::Origin.write(&mut request);
                let lengths = request.headers().get_all(CONTENT_LENGTH).iter();
                let expected = announced.then_some("0");
                assert!(lengths.eq(expected), "{method} {body:?}");
            }
        }
    }

    #[cfg(feature = "proxy")]
    #[test]
    fn a_request_that_is_written_again_names_the_proxys_user_once() {
        let authorization = Some(HeaderValue::from_static("Basic dXNlcjpwYXNzd29yZA=="));
        let form = RequestForm::Absolute { authorization };
        let mut request = Request::post("http://kms.invalid/?a=b").body(Body::default());
        let request = request.as_mut().expect("a request");
        for _ in 0..2 {
            assert_eq!(form.write(request), "http://kms.invalid/?a=b");
            let users = request.headers().get_all(PROXY_AUTHORIZATION);
            assert_eq!(users.iter().count(), 1);
        }
    }
}
