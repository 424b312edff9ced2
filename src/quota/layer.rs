//! The layer, and the service that it creates.

use std::collections::HashMap;
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};
use std::time::Duration;

use alibabacloud_kms_middleware::__private::runtime;
use tower::{Layer, Service, ServiceExt};

use super::group::{QuotaGroup, SHARED_GATEWAY};
use super::turns::Turns;
use crate::middleware::signals::Progress;
use crate::{BoxError, BoxFuture, Call, CallService, Error, ErrorKind, Reply};

/// Makes calls wait for their turn; see the [module](super).
///
/// Clones share their turns, and so count together, once [`layer`](Layer::layer) was called for the
/// first time.
#[derive(Clone)]
pub struct QuotaLayer {
    groups: Vec<QuotaGroup>,
    share: f64,
    max_wait: Option<Duration>,
    limiters: Arc<OnceLock<Arc<Limiters>>>,
}

impl QuotaLayer {
    /// Creates a layer without limits, for groups of your own.
    pub fn new() -> Self {
        Self { groups: Vec::new(), share: 1.0, max_wait: None, limiters: Arc::default() }
    }

    /// Creates a layer with the [published limits](SHARED_GATEWAY) of the shared gateway.
    pub fn shared_gateway() -> Self {
        SHARED_GATEWAY.iter().fold(Self::new(), |layer, group| layer.group(*group))
    }

    /// Adds a group. Its actions are removed from earlier groups.
    ///
    /// ```
    /// use alibabacloud_kms::quota::{QuotaGroup, QuotaLayer};
    ///
    /// // Signing is limited by itself, more tightly than by the service.
    /// let signing = QuotaGroup::new("signing", &["AsymmetricSign"], 20);
    /// let layer = QuotaLayer::shared_gateway().group(signing);
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn group(mut self, group: QuotaGroup) -> Self {
        self.groups.push(group);
        self.unshared()
    }

    /// Sets the part of each limit that this process uses (default 1, the whole); the rest is for
    /// other processes of the account. Clamped to the range from 0 to 1. At least one call per
    /// period is allowed.
    #[must_use]
    pub fn share(mut self, share: f64) -> Self {
        // NaN counts as the whole.
        self.share = if share >= 0.0 { share.min(1.0) } else { 1.0 };
        self.unshared()
    }

    /// Sets the maximum time that a call waits for its turn (default: the call's own time limit;
    /// zero refuses at once). A call that has waited this long fails with an error of
    /// [`ErrorKind::Layer`] and is not sent.
    #[must_use]
    pub fn max_wait(mut self, max_wait: Duration) -> Self {
        self.max_wait = Some(max_wait);
        self
    }

    /// A setting that is changed after the layer was cloned applies to this clone alone.
    fn unshared(mut self) -> Self {
        self.limiters = Arc::default();
        self
    }

    fn limiters(&self) -> Limiters {
        let mut limiters = Limiters { groups: Vec::new(), by_action: HashMap::new() };
        for group in &self.groups {
            let limit = (f64::from(group.limit) * self.share).max(1.0);
            // The number is at most a `u32` and at least 1.
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "in range")]
            let turns = Turns::new(limit as usize, group.period);
            limiters.groups.push((*group, turns));
            let index = limiters.groups.len() - 1;
            limiters.by_action.extend(group.actions.iter().map(|action| (*action, index)));
        }
        limiters
    }
}

/// Returns the same as [`shared_gateway`](QuotaLayer::shared_gateway).
impl Default for QuotaLayer {
    fn default() -> Self {
        Self::shared_gateway()
    }
}

impl<S> Layer<S> for QuotaLayer {
    type Service = Quota<S>;

    fn layer(&self, inner: S) -> Quota<S> {
        let limiters = self.limiters.get_or_init(|| Arc::new(self.limiters()));
        Quota { inner, limiters: Arc::clone(limiters), max_wait: self.max_wait }
    }
}

/// A service that sends calls when it is their turn.
#[derive(Clone)]
pub struct Quota<S> {
    inner: S,
    limiters: Arc<Limiters>,
    max_wait: Option<Duration>,
}

impl<S> Service<Call> for Quota<S>
where
    S: CallService + Clone + Send + 'static,
{
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    /// Always ready, because the turn that a call waits for depends on its action.
    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let (inner, limiters) = (self.inner.clone(), Arc::clone(&self.limiters));
        let max_wait = self.max_wait;
        Box::pin(async move {
            limiters.wait(&call, max_wait).await?;
            inner.oneshot(call).await.map_err(Into::into)
        })
    }
}

/// The turns of all groups.
struct Limiters {
    groups: Vec<(QuotaGroup, Turns)>,
    by_action: HashMap<&'static str, usize>,
}

impl Limiters {
    async fn wait(&self, call: &Call, max_wait: Option<Duration>) -> Result<(), Error> {
        let index = self.by_action.get(call.action().name);
        let Some((group, turns)) = index.and_then(|index| self.groups.get(*index)) else {
            return Ok(());
        };
        runtime::current()?;
        // If a time limit ends the call while it waits, this records that nothing was sent.
        let progress = call.extensions().get::<Progress>();
        progress.inspect(|progress| progress.hold_request());
        match max_wait {
            None => turns.take().await,
            Some(max_wait) => runtime::timeout(max_wait, turns.take())
                .await
                .ok_or_else(|| used_up(group).with_action(call.action()))?,
        }
        progress.inspect(|progress| progress.release_request());
        Ok(())
    }
}

fn used_up(group: &QuotaGroup) -> Error {
    let QuotaGroup { name, limit, period, .. } = group;
    let message = format!(
        "the client's own share of {limit} calls in {period:?} ({name}) is used up: send fewer, \
         or let them wait longer with max_wait"
    );
    Error::new(ErrorKind::Layer, message)
}

impl fmt::Debug for QuotaLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("QuotaLayer")
            .field("groups", &self.groups)
            .field("share", &self.share)
            .field("max_wait", &self.max_wait)
            .finish_non_exhaustive()
    }
}

impl<S: fmt::Debug> fmt::Debug for Quota<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Quota").field("inner", &self.inner).finish_non_exhaustive()
    }
}
