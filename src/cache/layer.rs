//! The layer, and the service that it creates.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll};

use tower::{Layer, Service, ServiceExt, service_fn};

use super::change::Change;
use super::fresh::Fresh;
use super::handle::SecretCache;
use super::key::Key;
use super::limits::Limits;
use super::lookup::Lookup;
use super::refusal::is_refusal;
use super::store::{Joinable, Loading, Served, Store};
use crate::flight::{Lost, MAX_LOST, Runtimes};
use crate::middleware::timeout::TotalTimeoutLayer;
use crate::{BoxError, BoxFuture, Call, Error, ErrorKind, Outcome, Reply};

/// Creates [`Cache`] services that keep their answers in one [`SecretCache`].
#[derive(Debug, Clone)]
pub struct CacheLayer {
    cache: SecretCache,
}

impl SecretCache {
    /// Returns the layer that keeps its answers in this cache.
    pub fn layer(&self) -> CacheLayer {
        CacheLayer { cache: self.clone() }
    }
}

impl<S> Layer<S> for CacheLayer {
    type Service = Cache<S>;

    /// Each service has its own answers, which its clones share, because they depend on what is
    /// below it.
    fn layer(&self, inner: S) -> Cache<S> {
        static SERVICES: AtomicU64 = AtomicU64::new(0);
        let service = SERVICES.fetch_add(1, Ordering::Relaxed);
        Cache { inner: Arc::new(inner), cache: self.cache.clone(), service }
    }
}

/// A service that answers calls from a cache, and caches the answers of the service below.
///
/// Always ready: a call that is answered from the cache must not wait for the service below. Other
/// calls wait for a clone of it. Calls that are not cached pass through.
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
    type Future = Answer;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Answer {
        let cache = self.cache.shared();
        if !cache.settings().caches(&call) {
            let change = Change::from_call(&call, cache);
            let answer = send(Arc::clone(&self.inner), call);
            return Answer::Sought(match change {
                None => answer,
                Some(change) => Box::pin(async move {
                    let result = answer.await;
                    change.ended(&result);
                    result
                }),
            });
        }
        let key = Key::new(&call, self.service);
        let wants_fresh = call.extensions().get::<Fresh>().is_some();
        if !wants_fresh && let Some(answer) = cache.fresh_answer(&key, &call) {
            return Answer::Kept(Some(answer.into_result()));
        }
        let lookup = LookUp { inner: Arc::clone(&self.inner), cache: Arc::clone(cache), call, key };
        let joins = if wants_fresh { Joinable::Nothing } else { Joinable::Any };
        Answer::Sought(Box::pin(async move { lookup.answer(joins).await.map_err(Into::into) }))
    }
}

/// The future of [`Cache`].
pub enum Answer {
    /// A cached result; `None` once it was returned.
    Kept(Option<Result<Reply, Error>>),
    /// The result of a load that this call or another one started, or of a call that is not cached.
    Sought(BoxFuture<Reply>),
}

impl Future for Answer {
    type Output = Result<Reply, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::Kept(answer) => match answer.take() {
                Some(answer) => Poll::Ready(answer.map_err(Into::into)),
                None => Poll::Pending,
            },
            Self::Sought(answer) => answer.as_mut().poll(cx),
        }
    }
}

impl fmt::Debug for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Answer").finish_non_exhaustive()
    }
}

/// A call that could not be answered at once.
struct LookUp<S> {
    inner: Arc<S>,
    cache: Arc<Store>,
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
    async fn answer(self, joins: Joinable) -> Result<Reply, Error> {
        let (given, lookup) = self.seek(joins, Runtimes::Every)?;
        self.cache.looked_up(&self.call, lookup);
        match given {
            Served::Kept(answer) => answer.into_result(),
            Served::Led(flight) => self.wait(Served::Led(flight), joins).await,
            Served::Joined(flight) => match self.call.options().timeout {
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

    /// Waits for a load that another call started.
    async fn follow(self, flight: Arc<Loading>) -> Result<Reply, Error> {
        let limits = flight.about().limits();
        let result = self.wait(Served::Joined(flight), Joinable::Any).await;
        let is_for_all = result.as_ref().err().is_none_or(is_refusal);
        if is_for_all || limits == Limits::new(&self.call) {
            return result;
        }
        // The other call's limits may have been too short, so this one tries with its own.
        let given = self.seek(Joinable::Alike, Runtimes::Every)?.0;
        self.wait(given, Joinable::Alike).await
    }

    /// Waits for the served load. If that is lost, waits for another one.
    async fn wait(&self, mut given: Served, joins: Joinable) -> Result<Reply, Error> {
        let (mut runtimes, mut ended) = (Runtimes::Every, 0);
        loop {
            let flight = match given {
                Served::Kept(answer) => return answer.into_result(),
                Served::Led(flight) | Served::Joined(flight) => flight,
            };
            match flight.outcome().await {
                Ok(result) => return result,
                Err(Lost::Silent) => {
                    self.cache.give_up(&self.key, &flight);
                    runtimes = Runtimes::Own;
                }
                Err(lost @ Lost::Ended) => {
                    ended += 1;
                    if ended == MAX_LOST {
                        let error = Error::new(ErrorKind::Layer, lost.to_string());
                        return Err(error.with_outcome(Outcome::Unknown));
                    }
                }
            }
            given = self.seek(joins, runtimes)?.0;
        }
    }

    fn seek(&self, joins: Joinable, runtimes: Runtimes) -> Result<(Served, Lookup), Error> {
        let load = || send(Arc::clone(&self.inner), self.call.clone());
        self.cache.seek(&self.key, &self.call, joins, runtimes, load)
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
