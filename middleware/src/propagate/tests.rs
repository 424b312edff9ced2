use tower::{ServiceBuilder, ServiceExt as _};

use super::*;
use crate::encode::EncodeRpcLayer;
use crate::test_support::{HttpMock, answer, create_call, endpoint, serve};
use crate::{Call, Gateway};

const PARENT: &str = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const OTHER: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00";

fn context(parent: &str) -> TraceContext {
    parent.parse().expect("a parent")
}

fn ours() -> PropagateTraceContextLayer {
    PropagateTraceContextLayer::from_fn(|| context(PARENT).with_state("kms=1").ok())
}

/// The two headers of what a call becomes, through the codec that hands its extensions down.
async fn sent(layer: PropagateTraceContextLayer, call: Call) -> [Option<String>; 2] {
    let (mock, handle): (HttpMock, _) = tower_test::mock::pair();
    let (tell, told) = tokio::sync::oneshot::channel();
    let mut tell = Some(tell);
    serve(handle, move |_, request: http::Request<crate::Body>, respond| {
        let header = |name| {
            let value = request.headers().get(name);
            value.map(|value| value.to_str().expect("ASCII").to_owned())
        };
        let tell = tell.take().expect("one request");
        tell.send([header(TRACEPARENT), header(TRACESTATE)]).expect("a listener");
        respond.send_response(answer(200, r#"{"Count":1,"RequestId":"r"}"#));
    });
    let stack = ServiceBuilder::new()
        .layer(EncodeRpcLayer::new(Gateway::Shared, endpoint()))
        .layer(layer)
        .service(mock);
    stack.oneshot(call).await.expect("an answer");
    told.await.expect("one request")
}

fn some(text: &str) -> Option<String> {
    Some(text.to_owned())
}

#[tokio::test]
async fn the_current_context_is_sent_with_its_state() {
    assert_eq!(sent(ours(), create_call()).await, [some(PARENT), some("kms=1")]);
}

#[tokio::test]
async fn a_calls_own_context_wins_and_its_lack_of_state_too() {
    let mut call = create_call();
    call.extensions_mut().insert(context(OTHER));
    assert_eq!(sent(ours(), call.clone()).await, [some(OTHER), None]);
    assert_eq!(sent(PropagateTraceContextLayer::new(), call).await, [some(OTHER), None]);
}

#[tokio::test]
async fn a_header_that_the_call_sets_by_hand_is_left_alone() {
    let mut call = create_call();
    call.options_mut().headers.insert(TRACEPARENT, HeaderValue::from_static(OTHER));
    assert_eq!(sent(ours(), call).await, [some(OTHER), None]);
}

#[tokio::test]
async fn a_state_without_its_parent_is_not_sent_on() {
    let mut call = create_call();
    call.options_mut().headers.insert(TRACESTATE, HeaderValue::from_static("stray=1"));
    let without_state = PropagateTraceContextLayer::from_fn(|| Some(context(PARENT)));
    assert_eq!(sent(without_state, call).await, [some(PARENT), None]);
}

#[tokio::test]
async fn without_a_context_nothing_is_sent() {
    let silent = PropagateTraceContextLayer::from_fn(|| None);
    for layer in [PropagateTraceContextLayer::new(), silent] {
        assert_eq!(sent(layer, create_call()).await, [None, None]);
    }
}

#[test]
fn debug_says_where_contexts_come_from() {
    assert_ne!(format!("{:?}", ours()), format!("{:?}", PropagateTraceContextLayer::new()));
}
