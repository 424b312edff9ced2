//! Resolves a call's charset: its own, else the client's.
//!
//! Above the transfer on the instance gateway, which turns text into bytes. The shared gateway
//! takes text as it is.

use std::task::{Context, Poll};

use tower::{Layer, Service};

use super::encoding::Charset;
use crate::call::Call;

/// Creates [`ResolveCharset`] services.
#[derive(Debug, Clone, Copy, Default)]
pub struct CharsetLayer {
    default: Charset,
}

impl CharsetLayer {
    /// Creates a layer that sets this charset on calls without one.
    pub fn new(default: Charset) -> Self {
        Self { default }
    }
}

impl<S> Layer<S> for CharsetLayer {
    type Service = ResolveCharset<S>;

    fn layer(&self, inner: S) -> ResolveCharset<S> {
        ResolveCharset { inner, default: self.default }
    }
}

/// Sets the charset of calls that have none.
#[derive(Debug, Clone)]
pub struct ResolveCharset<S> {
    inner: S,
    default: Charset,
}

impl<S: Service<Call>> Service<Call> for ResolveCharset<S> {
    type Response = S::Response;
    type Error = S::Error;
    type Future = S::Future;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut call: Call) -> S::Future {
        if call.options().charset.is_none() {
            call.options_mut().charset = Some(self.default);
        }
        self.inner.call(call)
    }
}

#[cfg(test)]
mod tests {
    use tower::ServiceExt as _;
    use tower_test::mock::{self, Mock};

    use super::*;
    use crate::options::CallOptions;
    use crate::reply::Reply;
    use crate::test_support::{create_call, created};

    /// Returns the charset of a call below the layer.
    async fn resolved(default: Charset, call: Call) -> Option<Charset> {
        let (mock, mut handle): (Mock<Call, Reply>, _) = mock::pair();
        let sent = CharsetLayer::new(default).layer(mock).oneshot(call);
        let (reply, charset) = tokio::join!(sent, async {
            let (call, respond) = handle.next_request().await.expect("one call");
            respond.send_response(created());
            call.options().charset
        });
        assert!(reply.is_ok());
        charset
    }

    fn charset(name: &str) -> Charset {
        name.parse().expect(name)
    }

    #[tokio::test]
    async fn a_call_that_names_no_charset_gets_the_clients() {
        let utf16 = charset("utf-16-le");
        assert_eq!(resolved(utf16, create_call()).await, Some(utf16));
    }

    #[tokio::test]
    async fn a_call_that_names_one_keeps_it() {
        let options = CallOptions { charset: Some(charset("latin-1")), ..CallOptions::default() };
        let call = create_call().with_options(options);
        let below = resolved(charset("utf-16-le"), call).await;
        assert_eq!(below, Some(charset("latin-1")));
    }

    #[tokio::test]
    async fn other_options_stay() {
        let options = CallOptions { max_attempts: Some(7), ..CallOptions::default() };
        let call = create_call().with_options(options);
        let (mock, mut handle): (Mock<Call, Reply>, _) = mock::pair();
        let sent = CharsetLayer::default().layer(mock).oneshot(call.clone());
        let (_, attempts) = tokio::join!(sent, async {
            let (call, respond) = handle.next_request().await.expect("one call");
            respond.send_response(created());
            call.options().max_attempts
        });
        assert_eq!(attempts, Some(7));
        // The caller's own copy is unchanged.
        assert_eq!(call.options().charset, None);
    }

    #[tokio::test]
    async fn readiness_is_that_of_the_service_below() {
        let (mut service, mut handle) =
            mock::spawn_layer::<Call, Reply, _>(CharsetLayer::default());
        handle.allow(0);
        assert!(service.poll_ready().is_pending());
        handle.allow(1);
        assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    }
}
