//! A connection to a server, in the version of HTTP that was agreed on.

use std::time::Duration;

use http::header::{HOST, PROXY_AUTHORIZATION};
use http::uri::{PathAndQuery, Uri};
use http::{HeaderValue, Request, Response};
use hyper::body::Incoming;
use hyper::client::conn::{TrySendError, http1};
use hyper_util::rt::TokioIo;
use tokio::sync::oneshot;
use tokio_rustls::client::TlsStream;

use super::measure::{OpenConnection, Requests};
use super::stream::Stream;
use crate::Body;

/// Sends requests; a task of its own moves the octets, until this is dropped.
pub(super) struct Connection {
    sender: Sender,
    answers: Requests,
}

enum Sender {
    /// Of one request at a time.
    Http1 {
        sender: http1::SendRequest<Body>,
        form: RequestForm,
        /// Why it broke, if it broke between requests.
        broken: oneshot::Receiver<hyper::Error>,
    },
    /// Shared by requests.
    #[cfg(feature = "http2")]
    Http2(hyper::client::conn::http2::SendRequest<Body>),
}

/// How an HTTP/1.1 request names its target (RFC 9112, section 3.2).
pub(super) enum RequestForm {
    /// The path alone: to the server itself.
    Origin,
    /// The whole URL: to a proxy, with its user.
    Absolute { authorization: Option<HeaderValue> },
}

/// A request that got no answer.
pub(super) struct Unanswered {
    pub(super) error: hyper::Error,
    /// The request, if not an octet of it was sent.
    pub(super) unsent: Option<Request<Body>>,
}

impl Connection {
    /// HTTP/1.1 over this, with requests of this form.
    pub(super) async fn http1<I>(
        io: I,
        form: RequestForm,
        counted: OpenConnection,
    ) -> Result<Self, hyper::Error>
    where
        I: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
    {
        let (sender, connection) = http1::handshake(io).await?;
        let (report, broken) = oneshot::channel();
        let answers = counted.requests();
        tokio::spawn(async move {
            let _counted = counted;
            if let Err(error) = connection.await {
                // Nobody listens any more where the request itself got the error.
                let _ = report.send(error);
            }
        });
        Ok(Self { sender: Sender::Http1 { sender, form, broken }, answers })
    }

    /// What was agreed on in the TLS handshake.
    pub(super) async fn over_tls(
        tls: TlsStream<Stream>,
        is_http2: bool,
        keep_alive: Duration,
        counted: OpenConnection,
    ) -> Result<Self, hyper::Error> {
        let io = TokioIo::new(tls);
        #[cfg(feature = "http2")]
        if is_http2 {
            return Self::http2(io, keep_alive, counted).await;
        }
        let _ = (is_http2, keep_alive);
        Self::http1(io, RequestForm::Origin, counted).await
    }

    /// HTTP/2 over this.
    #[cfg(feature = "http2")]
    pub(super) async fn http2<I>(
        io: I,
        keep_alive: Duration,
        counted: OpenConnection,
    ) -> Result<Self, hyper::Error>
    where
        I: hyper::rt::Read + hyper::rt::Write + Send + Unpin + 'static,
    {
        use hyper_util::rt::{TokioExecutor, TokioTimer};

        let (sender, connection) = hyper::client::conn::http2::Builder::new(TokioExecutor::new())
            .timer(TokioTimer::new())
            .keep_alive_interval(keep_alive)
            .keep_alive_timeout(keep_alive)
            // Before the next request finds out.
            .keep_alive_while_idle(true)
            .handshake(io)
            .await?;
        let answers = counted.requests();
        tokio::spawn(async move {
            let _counted = counted;
            // Those whose requests it carried got the error.
            let _ = connection.await;
        });
        Ok(Self { sender: Sender::Http2(sender), answers })
    }

    /// Whether it can take a request now.
    pub(super) fn is_ready(&self) -> bool {
        match &self.sender {
            Sender::Http1 { sender, .. } => sender.is_ready(),
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.is_ready(),
        }
    }

    /// Waits until it can take a request; `false` if it never will.
    pub(super) async fn ready(&mut self) -> bool {
        match &mut self.sender {
            Sender::Http1 { sender, .. } => sender.ready().await.is_ok(),
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => sender.ready().await.is_ok(),
        }
    }

    /// The same connection for one more request at a time, where the version allows it.
    pub(super) fn share(&self) -> Option<Self> {
        match &self.sender {
            Sender::Http1 { .. } => None,
            #[cfg(feature = "http2")]
            Sender::Http2(sender) => {
                let sender = Sender::Http2(sender.clone());
                Some(Self { sender, answers: self.answers.clone() })
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
    /// Gives a request this form. The URI that was there.
    fn write(&self, request: &mut Request<Body>) -> Uri {
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
            Self::Absolute { authorization } => {
                if let Some(user) = authorization {
                    // In place of the one that an earlier connection wrote.
                    request.headers_mut().insert(PROXY_AUTHORIZATION, user.clone());
                }
            }
        }
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
