//! Lists that the service returns in pages, as streams.

use std::collections::{HashSet, VecDeque};
use std::fmt;
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_core::Stream;

use super::KmsClient;
use crate::{Action, Call, Error, ErrorKind, Outcome};

/// An action whose response is one page of a list.
///
/// `kms_api!` implements it for actions that declare `pages: field;`.
pub trait Paged: Action {
    /// The type of the list's items.
    type Item;

    /// Returns the request for the page after this one, or `None` on the last page.
    fn following(&self, page: &Self::Response) -> Option<Self>;

    /// Returns the token or the number that identifies this page in its list.
    fn position(&self) -> String;

    /// Returns the page's items.
    fn into_items(page: Self::Response) -> Vec<Self::Item>;
}

/// The pages of a list. Each is one call, made when the page is polled.
///
/// If the service refers to a page that it has already returned, the stream ends with an error,
/// since the list would never end.
#[must_use = "pages are fetched only when the stream is polled"]
pub struct Pages<A: Paged> {
    client: KmsClient,
    call: Call,
    next: Option<A>,
    seen: HashSet<String>,
    pending: Option<PendingPage<A>>,
}

type PendingPage<A> =
    Pin<Box<dyn Future<Output = Result<(A, <A as Action>::Response), Error>> + Send>>;

impl<A: Paged> Pages<A> {
    pub(super) fn new(client: KmsClient, call: Call) -> Self {
        Self {
            client,
            next: call.request::<A>().cloned(),
            call,
            seen: HashSet::new(),
            pending: None,
        }
    }

    /// Returns the next page, or `None` after the last page or an error.
    pub async fn next(&mut self) -> Option<Result<A::Response, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }

    /// Returns the items of all pages.
    pub fn items(self) -> Items<A> {
        Items { pages: self, ready: VecDeque::new() }
    }

    fn fetch(&mut self) -> Option<Result<PendingPage<A>, Error>> {
        let request = self.next.take()?;
        if !self.seen.insert(request.position()) {
            return Some(Err(Error::new(
                ErrorKind::Decode,
                "the list does not end: the service referred to a page that it has already \
                 returned; report this with the last request id",
            )
            .with_outcome(Outcome::Answered)
            .with_action(A::INFO)));
        }
        let (client, call) = (self.client.clone(), self.call.clone());
        Some(Ok(Box::pin(async move {
            let reply = client.send(call.with_request(request.clone())).await?;
            Ok((request, reply.into_response::<A>()?))
        })))
    }
}

impl<A: Paged> Stream for Pages<A> {
    type Item = Result<A::Response, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.pending.is_none() {
            match self.fetch() {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                Some(Ok(page)) => self.pending = Some(page),
            }
        }
        let Some(pending) = &mut self.pending else {
            return Poll::Ready(None);
        };
        let fetched = ready!(pending.as_mut().poll(cx));
        self.pending = None;
        Poll::Ready(Some(fetched.map(|(request, page)| {
            self.next = request.following(&page);
            page
        })))
    }
}

/// The items of a list, page by page.
#[must_use = "items are fetched only when the stream is polled"]
pub struct Items<A: Paged> {
    pages: Pages<A>,
    ready: VecDeque<A::Item>,
}

impl<A: Paged> Items<A> {
    /// Returns the next item, or `None` after the last item or an error.
    pub async fn next(&mut self) -> Option<Result<A::Item, Error>> {
        poll_fn(|cx| Pin::new(&mut *self).poll_next(cx)).await
    }
}

impl<A: Paged> Stream for Items<A> {
    type Item = Result<A::Item, Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(Pin::new(&mut self.pages).poll_next(cx)) {
                Some(Ok(page)) => self.ready.extend(A::into_items(page)),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

/// No field is pinned structurally.
impl<A: Paged> Unpin for Pages<A> {}

impl<A: Paged> Unpin for Items<A> {}

impl<A: Paged> fmt::Debug for Pages<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pages").field("next", &self.next).finish_non_exhaustive()
    }
}

impl<A: Paged> fmt::Debug for Items<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("pages", &self.pages).finish_non_exhaustive()
    }
}
