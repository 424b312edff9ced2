//! The streams of a feed.

use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use futures_core::Stream;
use tokio::sync::watch;

use super::feed_state::FeedState;
use crate::api::secret::GetSecretValueResponse;

/// A [`Stream`] of the versions of a secret, from
/// [`SecretFeed::versions`](super::SecretFeed::versions), which also has [`next`](Self::next).
///
/// It ends when the feed is dropped. Cancel safe: no version is lost. A version that was replaced
/// before it was read is skipped.
#[must_use = "versions are returned only when the stream is polled"]
pub struct Versions {
    /// `None` after the end.
    next: Option<Next>,
}

type Item = Arc<GetSecretValueResponse>;
type Next = Pin<Box<dyn Future<Output = Option<(Item, Seen)>> + Send + Sync>>;

/// What was returned so far.
struct Seen {
    state: watch::Receiver<FeedState>,
    number: u64,
}

impl Versions {
    pub(super) fn new(state: watch::Receiver<FeedState>) -> Self {
        Self { next: Some(Box::pin(Seen { state, number: 0 }.next())) }
    }

    /// Waits for a version that was not returned before. Returns `None` when the feed is dropped.
    pub async fn next(&mut self) -> Option<Arc<GetSecretValueResponse>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl Seen {
    async fn next(mut self) -> Option<(Item, Self)> {
        loop {
            let new = self.state.borrow_and_update().since(self.number);
            if let Some((number, value)) = new {
                return Some((value, Self { number, ..self }));
            }
            self.state.changed().await.ok()?;
        }
    }
}

impl Stream for Versions {
    type Item = Arc<GetSecretValueResponse>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let Some(next) = &mut self.next else {
            return Poll::Ready(None);
        };
        let given = ready!(next.as_mut().poll(cx));
        let (value, next) = given.unzip();
        self.next = next.map(|seen| Box::pin(seen.next()) as Next);
        Poll::Ready(value)
    }
}

impl fmt::Debug for Versions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Versions").field("is_ended", &self.next.is_none()).finish()
    }
}
