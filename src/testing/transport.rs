//! The mock's transport below signing, in place of the network: it answers requests by the rules.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use alibabacloud_kms_middleware::__private::runtime;
use http_body_util::BodyExt;
use tower::Service;

use super::captured::{Answered, CapturedRequest, Origin};
use super::effect::{Effect, whole};
use super::fill::fill;
use super::script::Script;
use super::wire::WireAnswer;
use crate::middleware::payload::Payload;
use crate::{
    ActionInfo, Body, BoxBody, BoxError, BoxFuture, CallOptions, Dialect, Error, ErrorKind,
};

/// A [`Service`] of the HTTP level that answers requests without a network.
///
/// It finds the call of a request through the extension that [`MockLayer`](super::MockLayer)
/// attaches.
#[derive(Clone)]
pub struct MockTransport {
    pub(super) script: Arc<Script>,
}

impl Service<http::Request<Body>> for MockTransport {
    type Response = http::Response<BoxBody>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        let script = Arc::clone(&self.script);
        Box::pin(async move { answer(&script, request).await.map_err(BoxError::from) })
    }
}

impl fmt::Debug for MockTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MockTransport")
    }
}

async fn answer(
    script: &Script,
    request: http::Request<Body>,
) -> Result<http::Response<BoxBody>, Error> {
    let (parts, body) = request.into_parts();
    let Some(origin) = parts.extensions.get::<Arc<Origin>>().map(Arc::clone) else {
        return Err(Error::new(
            ErrorKind::Layer,
            "the mock's transport got a request of a call that did not pass the mock's layer: put \
             `MockGateway::layer` on top of the stack",
        ));
    };
    let operation = parts.extensions.get::<&'static ActionInfo>().copied();
    let operation = operation.unwrap_or(origin.call.action());
    let options = parts.extensions.get::<Arc<CallOptions>>();
    let wire = WireAnswer {
        operation,
        charset: options.and_then(|options| options.charset).unwrap_or_default(),
        request_id: script.next_request_id(),
    };
    let Ok(body) = body.collect().await;
    let request = CapturedRequest {
        origin: Arc::clone(&origin),
        operation,
        gateway: parts.extensions.get().copied(),
        method: parts.method,
        uri: parts.uri,
        headers: parts.headers,
        body: body.to_bytes(),
    };
    if let Some(Answered { answer, rule, .. }) = origin.answered_before(operation) {
        script.record(request, rule.downcast().ok());
        return wire.success(&*answer, &origin.call).map(whole);
    }
    let (taken, rule) = script.take(request)?;
    if !taken.delay.is_zero() {
        runtime::sleep(taken.delay).await;
    }
    match taken.effect {
        Effect::Answer(respond) => {
            let mut answer = respond(&origin.call);
            wire.identify(&mut *answer);
            if operation.dialect == Dialect::Protobuf {
                fill(&mut *answer, &origin.call, &wire.request_id);
            }
            let answer: Arc<dyn Payload> = Arc::from(answer);
            let response = wire.success(&*answer, &origin.call)?;
            origin.remember(Answered { operation, answer, rule });
            Ok(whole(response))
        }
        Effect::WireAnswer(effect) => effect.happen(&wire).await,
    }
}
