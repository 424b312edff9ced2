//! Layers that break the contract, each in a way of its own.

use std::task::{Context, Poll, Waker};

use alibabacloud_kms::{BoxError, BoxFuture, Call, Reply};
use tower::{Service, ServiceExt as _};

use super::probe::Probe;
use super::subjects::{Outer, Readiness, Subject, calls, encrypt};

pub(crate) const BROKEN: &[Subject] = &[
    broken("calls a clone", around::<CallsAClone>),
    broken("does not ask", around::<DoesNotAsk>),
    broken("waits in its calls", around::<WaitsInItsCalls>),
    broken("hides errors", around::<HidesErrors>),
    broken("loses wakers", around::<LosesWakers>),
    broken("goes on alone", around::<GoesOnAlone>),
];

const fn broken(name: &'static str, around: fn(Probe) -> Outer) -> Subject {
    Subject { name, readiness: Readiness::Delegated, around }
}

fn around<B: Break>(inner: Probe) -> Outer {
    calls(Broken::<B> { inner, how: std::marker::PhantomData }, encrypt)
}

struct Broken<B> {
    inner: Probe,
    how: std::marker::PhantomData<fn() -> B>,
}

impl<B> Clone for Broken<B> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), how: self.how }
    }
}

/// Right, but for what is said otherwise.
trait Break: 'static {
    fn poll_ready(inner: &mut Probe, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Service::<Call>::poll_ready(inner, cx)
    }

    fn call(inner: &mut Probe, call: Call) -> BoxFuture<Reply> {
        Box::pin(inner.call(call))
    }
}

impl<B: Break> Service<Call> for Broken<B> {
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        B::poll_ready(&mut self.inner, cx)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        B::call(&mut self.inner, call)
    }
}

struct CallsAClone;

impl Break for CallsAClone {
    fn call(inner: &mut Probe, call: Call) -> BoxFuture<Reply> {
        Box::pin(inner.clone().call(call))
    }
}

struct DoesNotAsk;

impl Break for DoesNotAsk {
    fn poll_ready(_: &mut Probe, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }
}

struct WaitsInItsCalls;

impl Break for WaitsInItsCalls {
    fn poll_ready(_: &mut Probe, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(inner: &mut Probe, call: Call) -> BoxFuture<Reply> {
        Box::pin(inner.clone().oneshot(call))
    }
}

struct HidesErrors;

impl Break for HidesErrors {
    fn poll_ready(inner: &mut Probe, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Service::<Call>::poll_ready(inner, cx).map(|_| Ok(()))
    }
}

struct LosesWakers;

impl Break for LosesWakers {
    fn poll_ready(inner: &mut Probe, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Service::<Call>::poll_ready(inner, &mut Context::from_waker(Waker::noop()))
    }
}

struct GoesOnAlone;

impl Break for GoesOnAlone {
    fn call(inner: &mut Probe, call: Call) -> BoxFuture<Reply> {
        let answer = tokio::spawn(inner.call(call));
        Box::pin(async move { answer.await? })
    }
}
