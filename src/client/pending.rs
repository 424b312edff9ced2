//! A call with its options, not sent yet.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::{Extensions, HeaderName, HeaderValue};

use super::KmsClient;
use super::pages::{Items, Paged, Pages};
use crate::{
    Action, Call, CallOptions, Charset, Error, ErrorKind, Gateway, ProvideCredential, ProxyOptions,
    Reply, SecretString, TlsOptions,
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
    /// Sends this call to the shared gateway (`true`) or to the instance (`false`), whatever the
    /// client says.
    pub fn use_shared_gateway(mut self, shared: bool) -> Self {
        self.options().gateway = Some(match shared {
            true => Gateway::Shared,
            false => Gateway::Instance,
        });
        self
    }

    /// Writes and reads plaintexts in this charset on the instance, as Python and Java name it:
    /// `utf-8`, `gbk`, `latin-1`, `utf-16-le` and so on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: no such charset.
    pub fn charset(mut self, name: &str) -> Result<Self, Error> {
        self.options().charset = Some(name.parse::<Charset>()?);
        Ok(self)
    }

    /// Limits the time of the whole call, retries and waits included.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.options().timeout = Some(limit);
        self
    }

    /// Limits the time of each attempt.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.options().attempt_timeout = Some(limit);
        self
    }

    /// Makes so many requests at most; 1 is no retry.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.options().max_attempts = Some(attempts);
        self
    }

    /// Says that repeating this call is harmless, or that it is not, against the action's own word.
    pub fn idempotent(mut self, idempotent: bool) -> Self {
        self.options().idempotent = Some(idempotent);
        self
    }

    /// Signs this call with another credential, on gateways that take an access key.
    pub fn credential(mut self, credential: impl ProvideCredential + 'static) -> Self {
        self.options().credential = Some(Arc::new(credential));
        self
    }

    /// Sets which servers are trusted for this call, and how its connection presents itself, instead
    /// of the gateway's and the client's options.
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.options().tls = Some(tls.into());
        self
    }

    /// Sends this call through this proxy, or through none.
    pub fn proxy(mut self, proxy: ProxyOptions) -> Self {
        self.options().proxy = Some(Arc::new(proxy));
        self
    }

    /// Sends a header of your own with this call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it is not a header's name or value.
    pub fn header(mut self, name: &str, value: &str) -> Result<Self, Error> {
        let wrong = |what: &str| {
            Error::new(ErrorKind::Config, format!("the header {name:?} has an invalid {what}"))
        };
        let name: HeaderName = name.parse().map_err(|_| wrong("name"))?;
        let value: HeaderValue = value.parse().map_err(|_| wrong("value"))?;
        self.options().headers.insert(name, value);
        Ok(self)
    }

    /// Sends a parameter that the request's type lacks with this call, in the query of the RPC
    /// dialect; its name as on the wire, flattened: `Tag.1.Key`.
    ///
    /// One that the request sends itself, and any in the instance's own dialect, is an error of
    /// [`ErrorKind::Encode`] before anything is sent. A query is logged by servers and proxies on the
    /// way: it is no place for a secret.
    pub fn parameter(mut self, name: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.options().parameters.push((name.into(), value.into()));
        self
    }

    /// Attaches a typed value for layers of your own to read.
    pub fn extension<T: Clone + Send + Sync + 'static>(mut self, value: T) -> Self {
        let extensions: &mut Extensions = self.call.extensions_mut();
        extensions.insert(value);
        self
    }

    /// Sends the call and gives the whole reply: request id, gateway, status, headers, attempts.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`].
    pub async fn reply(self) -> Result<Reply, Error> {
        self.client.send(self.call).await
    }

    /// The pages of a list, from the one that the request asks for on; every page is a call with
    /// these options.
    pub fn pages(self) -> Pages<A>
    where
        A: Paged,
    {
        Pages::new(self.client, self.call)
    }

    /// The items of a list, page after page.
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
