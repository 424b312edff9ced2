//! The layer, and the service that it makes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tower::{Layer, Service, ServiceExt, service_fn};

use super::change::Change;
use super::flight::{Flight, Limits};
use super::fresh::Fresh;
use super::handle::SecretCache;
use super::key::Key;
use super::refusal::is_refusal;
use super::shared::{Given, Joins, Shared};
use crate::middleware::timeout::TotalTimeoutLayer;
use crate::{BoxError, BoxFuture, Call, Error, Reply};

/// Makes [`Cache`]s that keep their answers in one [`SecretCache`].
#[derive(Debug, Clone)]
pub struct CacheLayer {
    cache: SecretCache,
}

impl SecretCache {
    /// Returns the layer that keeps its answers here.
    pub fn layer(&self) -> CacheLayer {
        CacheLayer { cache: self.clone() }
    }
}

impl<S> Layer<S> for CacheLayer {
    type Service = Cache<S>;

    /// Each service that is made has answers of its own, shared with its clones: what is below it
    /// decides them.
    fn layer(&self, inner: S) -> Cache<S> {
        static SERVICES: AtomicU64 = AtomicU64::new(0);
        let service = SERVICES.fetch_add(1, Ordering::Relaxed);
        Cache { inner: Arc::new(inner), cache: self.cache.clone(), service }
    }
}

/// Answers from what is kept, and keeps what is answered.
///
/// Always ready: a call that is answered from the cache must not wait for the service below. One
/// that is not waits for a clone of it. What is not to be cached passes through.
#[derive(Debug)]
pub struct Cache<S> {
    inner: Arc<S>,
    cache: SecretCache,
    service: u64,
}

impl<S> Clone for Cache<S> {
    fn clone(&self) -> Self {
        Self { inner: Arc::clone(&self.inner), cache: self.cache.clone(), service: self.service }
    }
}

impl<S> Service<Call> for Cache<S>
where
    S: Service<Call, Response = Reply> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let cache = self.cache.shared();
        if !cache.settings().caches(&call) {
            let change = Change::of(&call, cache);
            let answer = send(Arc::clone(&self.inner), call);
            return match change {
                None => answer,
                Some(change) => Box::pin(async move {
                    let result = answer.await;
                    change.ended(&result);
                    result
                }),
            };
        }
        let key = Key::of(&call, self.service);
        let wants_fresh = call.extensions().get::<Fresh>().is_some();
        if !wants_fresh && let Some(answer) = cache.fresh_answer(&key, &call) {
            return Box::pin(std::future::ready(answer.into_result().map_err(Into::into)));
        }
        let lookup = LookUp { inner: Arc::clone(&self.inner), cache: Arc::clone(cache), call, key };
        let joins = if wants_fresh { Joins::Nothing } else { Joins::Any };
        Box::pin(async move { lookup.answer(joins).await.map_err(Into::into) })
    }
}

/// A call that was not answered at once.
struct LookUp<S> {
    inner: Arc<S>,
    cache: Arc<Shared>,
    call: Call,
    key: Key,
}

impl<S> Clone for LookUp<S> {
    fn clone(&self) -> Self {
        Self {
            inner: Arc::clone(&self.inner),
            cache: Arc::clone(&self.cache),
            call: self.call.clone(),
            key: self.key.clone(),
        }
    }
}

impl<S> LookUp<S>
where
    S: Service<Call, Response = Reply> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    async fn answer(self, joins: Joins) -> Result<Reply, Error> {
        let (given, lookup) = self.seek(joins);
        self.cache.looked_up(&self.call, lookup);
        match given {
            Given::Answer(answer) => answer.into_result(),
            Given::Led(flight) => flight.outcome().await,
            Given::Joined(flight) => match self.call.options().timeout {
                None => self.follow(flight).await,
                // The load has the limit of another call, which may be longer.
                Some(limit) => {
                    let call = self.call.clone();
                    let follow = service_fn(move |_| self.clone().follow(Arc::clone(&flight)));
                    let follow = TotalTimeoutLayer::new(limit).layer(follow);
                    follow.oneshot(call).await.map_err(Error::from_boxed)
                }
            },
        }
    }

    /// Waits for a load that another call began.
    async fn follow(self, flight: Arc<Flight>) -> Result<Reply, Error> {
        let result = flight.outcome().await;
        let is_for_all = result.as_ref().err().is_none_or(is_refusal);
        if is_for_all || flight.limits() == Limits::of(&self.call) {
            return result;
        }
        // The other call's limits may have been too short: this one tries by its own.
        match self.seek(Joins::Alike).0 {
            Given::Answer(answer) => answer.into_result(),
            Given::Led(flight) | Given::Joined(flight) => flight.outcome().await,
        }
    }

    fn seek(&self, joins: Joins) -> (Given, super::lookup::Lookup) {
        let load = || send(Arc::clone(&self.inner), self.call.clone());
        self.cache.seek(&self.key, &self.call, joins, load)
    }
}

/// Sends a call to a clone of the service, once that is ready.
fn send<S>(inner: Arc<S>, call: Call) -> BoxFuture<Reply>
where
    S: Service<Call, Response = Reply> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    Box::pin(async move { S::clone(&inner).oneshot(call).await.map_err(Into::into) })
}
