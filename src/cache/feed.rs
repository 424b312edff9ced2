//! A feed of a secret's versions: a task that requests the secret, and streams of its answers.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::feed_state::FeedState;
use super::feed_versions::Versions;
use super::fresh::Fresh;
use super::handle::SecretCache;
use super::versions::VersionWatch;
use crate::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use crate::task::spawn;
use crate::{Call, Error, ErrorKind, KmsClient};

/// The pause after a failure. It doubles with each further failure.
const FIRST_PAUSE: Duration = Duration::from_secs(1);

impl SecretCache {
    /// Returns the builder of a feed, which requests a secret through this client by itself and
    /// reports its versions, until its handle is dropped.
    ///
    /// ```no_run
    /// use alibabacloud_kms::cache::SecretCache;
    /// use alibabacloud_kms::{KmsClient, OpenApiGateway};
    ///
    /// # async fn run(shared: OpenApiGateway) -> Result<(), alibabacloud_kms::Error> {
    /// let cache = SecretCache::default();
    /// let client = KmsClient::builder().shared(shared).layer(cache.layer()).build()?;
    /// let feed = cache.feed(&client, "app/db").start()?;
    /// let mut versions = feed.versions();
    /// tokio::spawn(async move {
    ///     // Ends when the feed is dropped.
    ///     while let Some(secret) = versions.next().await {
    ///         println!("connect with the password of version {}", secret.version_id);
    ///     }
    /// });
    /// # Ok(()) }
    /// ```
    ///
    /// The client's stack must have this cache's [`layer`](Self::layer). The feed's requests are
    /// then hits while the secret is fresh, and the feed sees at once what other calls load. With
    /// another client, each of them goes to the service.
    pub fn feed(&self, client: &KmsClient, secret_name: impl Into<String>) -> SecretFeedBuilder {
        self.feed_call(client, Call::new(GetSecretValueRequest::new(secret_name)))
    }

    /// Returns the builder of a feed that repeats this call of `GetSecretValue`, with its stage,
    /// gateway, credential and limits.
    pub fn feed_call(&self, client: &KmsClient, call: Call) -> SecretFeedBuilder {
        SecretFeedBuilder {
            news: self.watch_call(&call),
            client: client.clone(),
            call,
            interval: Duration::from_secs(30),
        }
    }
}

/// Builds a [`SecretFeed`]. All settings have defaults.
#[must_use = "`start` starts the feed"]
pub struct SecretFeedBuilder {
    news: VersionWatch,
    client: KmsClient,
    call: Call,
    interval: Duration,
}

impl SecretFeedBuilder {
    /// Sets the time between two requests of the secret (default 30 seconds; at least 1
    /// millisecond).
    ///
    /// A new version is seen at the latest two intervals after the cached one is no longer fresh:
    /// the first request starts the refresh, and the next one gets its result. If the refresh
    /// notifies the feed, it is seen earlier.
    pub fn interval(mut self, interval: Duration) -> Self {
        self.interval = interval.max(Duration::from_millis(1));
        self
    }

    /// Starts the feed. Does not wait for a first value.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: there is no tokio runtime, or the call is not one of
    /// `GetSecretValue`.
    pub fn start(self) -> Result<SecretFeed, Error> {
        if self.call.request::<GetSecretValueRequest>().is_none() {
            let message = "a feed repeats a call of GetSecretValue, and this is another action";
            return Err(Error::new(ErrorKind::Config, message).with_action(self.call.action()));
        }
        let runtime = Handle::try_current().map_err(|error| {
            let message = "a feed runs on a tokio runtime: start it inside one";
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        let (sender, state) = watch::channel(FeedState::default());
        let task = spawn(&runtime, self.poll(sender));
        Ok(SecretFeed { state, task })
    }

    /// Requests, publishes and pauses, forever.
    async fn poll(mut self, state: watch::Sender<FeedState>) {
        let mut pause = FIRST_PAUSE;
        let mut news = None;
        loop {
            let wait = match self.ask(news.as_deref(), &state).await {
                Ok(()) => {
                    pause = FIRST_PAUSE;
                    self.interval
                }
                Err(error) => {
                    state.send_modify(|state| state.failed(error));
                    let wait = pause.min(self.interval);
                    pause = pause.saturating_mul(2);
                    wait
                }
            };
            news = match tokio::time::timeout(wait, self.news.changed()).await {
                Ok(Some(version)) => Some(version),
                // The cache was dropped, so the client does not use it.
                Ok(None) => {
                    tokio::time::sleep(wait).await;
                    None
                }
                Err(_) => None,
            };
        }
    }

    /// Requests the secret. `news` is the version that was loaded, if the feed was notified.
    async fn ask(&self, news: Option<&str>, state: &watch::Sender<FeedState>) -> Result<(), Error> {
        let mut response = self.send(self.call.clone()).await?;
        // Another client over the same cache loaded it: the answer of this client is older.
        if news.is_some_and(|version| response.version_id != version) {
            let mut call = self.call.clone();
            call.extensions_mut().insert(Fresh);
            response = self.send(call).await?;
        }
        state.send_if_modified(|state| state.succeeded(response));
        Ok(())
    }

    async fn send(&self, call: Call) -> Result<GetSecretValueResponse, Error> {
        self.client.send(call).await?.into_response::<GetSecretValueRequest>()
    }
}

impl fmt::Debug for SecretFeedBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretFeedBuilder")
            .field("call", &self.call)
            .field("interval", &self.interval)
            .finish_non_exhaustive()
    }
}

/// The handle of a running feed. Dropping it ends the feed and its streams.
///
/// No method waits for the service. The last good value is kept through outages: timeouts, lost
/// connections, throttling, server errors, missing credentials. It is removed when the service
/// refuses the call, because the secret was deleted or the caller lost its permission.
pub struct SecretFeed {
    state: watch::Receiver<FeedState>,
    task: AbortHandle,
}

impl SecretFeed {
    /// Returns the latest value, or `None` before the first answer and after a refusal.
    pub fn current(&self) -> Option<Arc<GetSecretValueResponse>> {
        self.state.borrow().value.clone()
    }

    /// Returns the error of the latest request, or `None` if it succeeded.
    pub fn error(&self) -> Option<Error> {
        self.state.borrow().error.clone()
    }

    /// Returns a stream of the secret's versions, beginning with the current one. Each stream gets
    /// all versions. A slow one delays nothing, and skips to the latest version.
    pub fn versions(&self) -> Versions {
        Versions::new(self.state.clone())
    }
}

impl Drop for SecretFeed {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl fmt::Debug for SecretFeed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let state = self.state.borrow();
        f.debug_struct("SecretFeed")
            .field("version", &state.version())
            .field("error", &state.error)
            .finish()
    }
}
