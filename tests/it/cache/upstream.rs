//! The service below the cache: it answers as it is told, when it is told.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use alibabacloud_kms::api::secret::GetSecretValueResponse;
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::{BoxError, Call, Error, Gateway, Reply, Timestamp};
use tokio::sync::watch;
use tower::Service;

type Answer = Arc<dyn Fn(&Call) -> Result<Arc<dyn Payload>, Error> + Send + Sync>;

#[derive(Clone)]
pub(super) struct Upstream(Arc<Inner>);

struct Inner {
    calls: AtomicU32,
    /// Calls that were not answered yet, nor dropped.
    running: AtomicU32,
    answer: Mutex<Answer>,
    is_open: watch::Sender<bool>,
    begun: watch::Sender<u32>,
    given: Mutex<Vec<Weak<GetSecretValueResponse>>>,
}

impl Upstream {
    /// Answers every call with a secret of version `v1`.
    pub(super) fn new() -> Self {
        let upstream = Self(Arc::new(Inner {
            calls: AtomicU32::new(0),
            running: AtomicU32::new(0),
            answer: Mutex::new(Arc::new(|_| Err(Error::missing_parameter("answer")))),
            is_open: watch::Sender::new(true),
            begun: watch::Sender::new(0),
            given: Mutex::default(),
        }));
        upstream.give("v1");
        upstream
    }

    /// From now on answers with this version.
    pub(super) fn give(&self, version: &str) {
        self.give_rotated(version, None);
    }

    /// From now on answers with this version, which will be rotated then.
    pub(super) fn give_rotated(&self, version: &str, next_rotation_date: Option<&str>) {
        let version = version.to_owned();
        let date = next_rotation_date.map(Timestamp::from);
        let given = Arc::downgrade(&self.0);
        self.answer_with(move |_| {
            let mut response = GetSecretValueResponse::default();
            response.secret_data = format!("data of {version}").into();
            response.version_id.clone_from(&version);
            response.next_rotation_date.clone_from(&date);
            let response = Arc::new(response);
            if let Some(upstream) = given.upgrade() {
                let mut given = upstream.given.lock().expect("no panic before");
                given.push(Arc::downgrade(&response));
            }
            Ok(response)
        });
    }

    /// From now on fails like this.
    pub(super) fn fail(&self, error: impl Fn() -> Error + Send + Sync + 'static) {
        self.answer_with(move |_| Err(error()));
    }

    /// From now on answers with what this makes of the call. Calls that wait are answered with what
    /// held when they came.
    pub(super) fn answer_with(
        &self,
        answer: impl Fn(&Call) -> Result<Arc<dyn Payload>, Error> + Send + Sync + 'static,
    ) {
        *self.0.answer.lock().expect("no panic before") = Arc::new(answer);
    }

    /// Lets calls wait until [`open`](Self::open).
    pub(super) fn close(&self) {
        self.0.is_open.send_replace(false);
    }

    pub(super) fn open(&self) {
        self.0.is_open.send_replace(true);
    }

    /// Waits until so many calls have come.
    pub(super) async fn has_begun(&self, calls: u32) {
        let mut begun = self.0.begun.subscribe();
        let has_begun = begun.wait_for(|begun| *begun >= calls);
        let has_begun = tokio::time::timeout(Duration::from_secs(10), has_begun).await;
        has_begun.expect("so many calls").expect("the sender is there");
    }

    pub(super) fn calls(&self) -> u32 {
        self.0.calls.load(Ordering::SeqCst)
    }

    pub(super) fn running(&self) -> u32 {
        self.0.running.load(Ordering::SeqCst)
    }

    /// How many of the answers given are still held by somebody.
    pub(super) fn alive(&self) -> usize {
        let given = self.0.given.lock().expect("no panic before");
        given.iter().filter(|answer| answer.strong_count() > 0).count()
    }

    pub(super) fn service(
        &self,
    ) -> impl Service<
        Call,
        Response = Reply,
        Error = BoxError,
        Future = impl Future<Output = Result<Reply, BoxError>> + Send + 'static,
    > + Clone
    + Send
    + Sync
    + 'static {
        let upstream = self.clone();
        tower::service_fn(move |call: Call| {
            let upstream = upstream.clone();
            async move { upstream.answer(&call).await.map_err(Into::into) }
        })
    }

    async fn answer(self, call: &Call) -> Result<Reply, Error> {
        let calls = self.0.calls.fetch_add(1, Ordering::SeqCst) + 1;
        let _running = Running::new(&self.0);
        let answer = Arc::clone(&self.0.answer.lock().expect("no panic before"));
        self.0.begun.send_replace(calls);
        let mut is_open = self.0.is_open.subscribe();
        is_open.wait_for(|is_open| *is_open).await.expect("the sender is there");
        let reply = Reply::from_payload(answer(call)?, Gateway::Shared);
        Ok(reply.with_request_id(format!("request {calls}")))
    }
}

struct Running<'a>(&'a Inner);

impl<'a> Running<'a> {
    fn new(upstream: &'a Inner) -> Self {
        upstream.running.fetch_add(1, Ordering::SeqCst);
        Self(upstream)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}
