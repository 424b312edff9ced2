//! A call with its options, before it is sent.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Extensions, HeaderName, HeaderValue};

use super::KmsClient;
use super::pages::{Items, Paged, Pages};
#[cfg(feature = "proxy")]
use crate::ProxyOptions;
use crate::{
    Action, Call, CallOptions, Charset, Error, ErrorKind, Gateway, ProvideCredential, Reply,
    SecretString, TlsOptions,
};

/// A call that is sent when it is awaited.
///
/// ```no_run
/// # use alibabacloud_kms::api::crypto::EncryptRequest;
/// # async fn run(client: alibabacloud_kms::KmsClient) -> Result<(), alibabacloud_kms::Error> {
/// let request = EncryptRequest::new("alias/app", "文字");
/// let answer = client.encrypt(request).use_shared_gateway(false).charset("gbk")?.await?;
/// # Ok(()) }
/// ```
#[must_use = "a call is sent when it is awaited"]
pub struct PendingCall<A> {
    client: KmsClient,
    call: Call,
    action: PhantomData<fn() -> A>,
}

impl KmsClient {
    /// Creates a call of any action; each action also has a method of its own.
    pub fn invoke<A: Action>(&self, request: A) -> PendingCall<A> {
        PendingCall { client: self.clone(), call: Call::new(request), action: PhantomData }
    }
}

impl<A: Action> PendingCall<A> {
    /// Sends this call to the shared gateway (`true`) or to the instance (`false`), regardless of
    /// the client's routing.
    ///
    /// If that gateway is not configured or does not serve the action, the call fails with
    /// [`ErrorKind::Route`] before anything is sent.
    pub fn use_shared_gateway(mut self, shared: bool) -> Self {
        self.options().gateway = Some(match shared {
            true => Gateway::Shared,
            false => Gateway::Instance,
        });
        self
    }

    /// Sets the charset in which the instance encrypts and decrypts text, by its name in Python or
    /// Java: `utf-8`, `gbk`, `latin-1`, `utf-16-le` and so on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the charset does not exist, or this build lacks it (feature
    /// `encodings`).
    pub fn charset(mut self, name: &str) -> Result<Self, Error> {
        self.options().charset = Some(name.parse::<Charset>()?);
        Ok(self)
    }

    /// Sets the time limit of the whole call, including retries and waits (default: the client's).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options().timeout = Some(limit);
        self
    }

    /// Sets the time limit of each attempt (default: the client's).
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.options().attempt_timeout = Some(limit);
        self
    }

    /// Sets the maximum number of attempts (default: the client's; 1 disables retries).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.options().max_attempts = Some(attempts);
        self
    }

    /// Sets whether this call may be repeated after its answer was lost (default: as the action is
    /// declared).
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.options().idempotent = Some(idempotent);
        self
    }

    /// Sets the credential that signs this call, instead of the gateway's. An instance that is
    /// called with a client key does not use it.
    pub fn credential(mut self, credential: impl ProvideCredential + 'static) -> Self {
        self.options().credential = Some(Arc::new(credential));
        self
    }

    /// Sets the TLS options of this call, instead of the gateway's and the client's.
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.options().tls = Some(tls.into());
        self
    }

    /// Sets the proxy of this call, instead of the client's. [`ProxyOptions::none`] connects
    /// directly.
    #[cfg(feature = "proxy")]
    pub fn proxy(mut self, proxy: ProxyOptions) -> Self {
        self.options().proxy = Some(Arc::new(proxy));
        self
    }

    /// Adds a header to the requests of this call.
    ///
    /// Headers that frame the request or apply to one hop cannot be set: with `content-length`,
    /// `transfer-encoding`, `host`, `connection` and similar names the call fails before it is
    /// sent.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the name or the value is not valid in a header.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let wrong = |what: &str| {
            Error::new(ErrorKind::Config, format!("the header {name:?} has an invalid {what}"))
        };
        let name: HeaderName = name.parse().map_err(|_| wrong("name"))?;
        let value: HeaderValue = value.parse().map_err(|_| wrong("value"))?;
        self.options().headers.insert(name, value);
        Ok(self)
    }

    /// Adds a parameter to the query, for one that the request's type lacks (RPC dialect only).
    /// `name` is its flattened name on the wire, such as `Tag.1.Key`.
    ///
    /// The call fails with [`ErrorKind::Encode`] before anything is sent if the request itself
    /// sends a parameter of this name, or if the call goes to an instance in its own dialect.
    /// Servers and proxies log queries: do not put a secret there.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.options().parameters.push((name.into(), value.into()));
        self
    }

    /// Adds a typed value that your layers can read.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        let extensions: &mut Extensions = self.call.extensions_mut();
        extensions.insert(value);
        self
    }

    /// Sends the call and returns the whole reply: request id, gateway, status, headers, attempts.
    ///
    /// # Errors
    ///
    /// Those of the call; see [`ErrorKind`].
    pub async fn reply(self) -> Result<Reply, Error> {
        self.client.send(self.call).await
    }

    /// Returns the pages of a list, starting with the page that the request asks for. Each page is
    /// a call with these options.
    pub fn pages(self) -> Pages<A>
    where
        A: Paged,
    {
        Pages::new(self.client, self.call)
    }

    /// Returns the items of a list, page by page.
    ///
    /// ```no_run
    /// # use alibabacloud_kms::api::key::ListKeysRequest;
    /// # async fn run(client: alibabacloud_kms::KmsClient) -> Result<(), alibabacloud_kms::Error> {
    /// let mut keys = client.list_keys(ListKeysRequest::new()).items();
    /// while let Some(key) = keys.next().await {
    ///     println!("{}", key?.key_id);
    /// }
    /// # Ok(()) }
    /// ```
    pub fn items(self) -> Items<A>
    where
        A: Paged,
    {
        self.pages().items()
    }

    fn options(&mut self) -> &mut CallOptions {
        self.call.options_mut()
    }
}

impl<A: Action> IntoFuture for PendingCall<A> {
    type Output = Result<A::Response, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { self.reply().await?.into_response::<A>() })
    }
}

impl<A> fmt::Debug for PendingCall<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.call, f)
    }
}
