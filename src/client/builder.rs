//! The builder of a client.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tower::Layer;

use super::KmsClient;
use super::layers::{CallLayers, HttpLayers};
#[cfg(feature = "proxy")]
use crate::ProxyOptions;
use crate::middleware::retry::RetryPolicy;
use crate::middleware::tls::TlsLayer;
use crate::transfer::ContextAad;
use crate::transport::{Transport, TransportBuilder};
use crate::{
    ActionInfo, BoxCall, BoxHttp, CallService, Charset, Clock, Error, HttpService, InstanceGateway,
    Nonce, OpenApiGateway, Routing, TlsOptions,
};

/// Builds a [`KmsClient`].
///
/// At least one gateway is required; everything else has a default.
#[must_use = "`build` makes the client"]
pub struct ClientBuilder {
    pub(super) shared: Option<OpenApiGateway>,
    pub(super) instance: Option<InstanceGateway>,
    pub(super) routing: Routing,
    pub(super) charset: Charset,
    pub(super) low_version: bool,
    pub(super) context_aad: ContextAad,
    pub(super) timeout: Duration,
    pub(super) attempt_timeout: Duration,
    /// The settings of connections; `None` if nothing was set.
    pub(super) connections: Option<TransportBuilder>,
    pub(super) tls: TlsLayer,
    pub(super) credential_timeout: Duration,
    pub(super) retry: RetryPolicy,
    pub(super) max_answer: usize,
    pub(super) clock: Clock,
    pub(super) nonce: Nonce,
    pub(super) layers: CallLayers,
    /// The layer of a mock: around the default stack, inside the user's layers.
    pub(super) innermost: CallLayers,
    pub(super) shared_layers: CallLayers,
    pub(super) instance_layers: CallLayers,
    pub(super) attempt_layers: CallLayers,
    pub(super) http_layers: HttpLayers,
    pub(super) transport_layers: HttpLayers,
    pub(super) transport: Option<BoxHttp>,
    /// A mock's network, which replaces every setting of the real one.
    pub(super) mocked: Option<BoxHttp>,
}

impl KmsClient {
    /// Returns a builder with the defaults.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::new()
    }
}

impl ClientBuilder {
    fn new() -> Self {
        Self {
            shared: None,
            instance: None,
            routing: Routing::new(),
            charset: Charset::default(),
            low_version: false,
            context_aad: ContextAad::default(),
            timeout: Duration::from_secs(30),
            attempt_timeout: Duration::from_secs(10),
            connections: None,
            tls: TlsLayer::new(),
            credential_timeout: Duration::from_secs(60),
            retry: RetryPolicy::default(),
            max_answer: 4 << 20,
            clock: Clock::default(),
            nonce: Nonce::default(),
            layers: CallLayers::default(),
            innermost: CallLayers::default(),
            shared_layers: CallLayers::default(),
            instance_layers: CallLayers::default(),
            attempt_layers: CallLayers::default(),
            http_layers: HttpLayers::default(),
            transport_layers: HttpLayers::default(),
            transport: None,
            mocked: None,
        }
    }

    /// Sets the shared gateway, whose credential signs requests: see
    /// [`credential`](crate::credential).
    pub fn shared(mut self, gateway: OpenApiGateway) -> Self {
        self.shared = Some(gateway);
        self
    }

    /// Sets the instance gateway.
    pub fn instance(mut self, gateway: InstanceGateway) -> Self {
        self.instance = Some(gateway);
        self
    }

    /// Sends all actions to the shared gateway (`true`), or every action that the instance serves
    /// to the instance (`false`). With either value,
    /// [`default_kms_api_names`](Self::default_kms_api_names) has no effect.
    ///
    /// By default, the actions that the instance serves go to the instance, except those in
    /// [`default_kms_api_names`](Self::default_kms_api_names).
    pub fn use_shared_gateway(mut self, shared: bool) -> Self {
        self.routing = self.routing.use_shared_gateway(shared);
        self
    }

    /// Registers actions of your own, so that
    /// [`default_kms_api_names`](Self::default_kms_api_names) accepts their names. Pass the
    /// registry that `kms_api!` declares, or the [`INFO`](crate::Action::INFO) of single request
    /// types.
    pub fn actions(mut self, actions: &[&'static ActionInfo]) -> Self {
        self.routing = self.routing.actions(actions);
        self
    }

    /// Adds actions that go to the shared gateway although the instance serves them, by their wire
    /// names such as `Encrypt`. Register actions of your own first, with
    /// [`actions`](Self::actions).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): there is no action of this name. The error
    /// suggests the nearest name.
    pub fn default_kms_api_names<N: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, Error> {
        self.routing = self.routing.default_kms_api_names(names)?;
        Ok(self)
    }

    /// Sets the charset in which the instance gateway encrypts and decrypts text (default UTF-8).
    ///
    /// Accepts the names that Python and Java use, such as `utf-8`, `gbk` or `latin-1`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): the charset does not exist, or this build
    /// lacks it (feature `encodings`).
    pub fn charset(mut self, name: &str) -> Result<Self, Error> {
        self.charset = name.parse()?;
        Ok(self)
    }

    /// Sets whether actions are transferred to the instance's older operations, such as `Encrypt`
    /// instead of `AdvanceEncrypt` (default `false`). The official clients have a setting of the
    /// same name.
    pub fn force_low_version_crypto_transfer(mut self, low_version: bool) -> Self {
        self.low_version = low_version;
        self
    }

    /// Sets the form in which encryption contexts are authenticated on the instance (default
    /// [`ContextAad::Digest`]).
    pub fn context_aad(mut self, form: ContextAad) -> Self {
        self.context_aad = form;
        self
    }

    /// Sets the time limit of a whole call, including retries and waits (default 30 s).
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Sets the time limit of each attempt, from the wait for a connection to the last byte of the
    /// response (default 10 s).
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets the TLS options of gateways that have no [`tls`](OpenApiGateway::tls) of their own:
    /// which servers they trust, and which certificate they present (default: the operating
    /// system's roots).
    ///
    /// ```no_run
    /// use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway, TlsOptions};
    ///
    /// let credential = Credential::access_key("LTAI…", "secret");
    /// let client = KmsClient::builder()
    ///     .shared(OpenApiGateway::region("cn-hangzhou", credential)?)
    ///     .tls(TlsOptions::ca_file("/etc/ssl/company.pem")?)
    ///     .build()?;
    /// # Ok::<(), alibabacloud_kms::Error>(())
    /// ```
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.tls = self.tls.client(tls);
        self
    }

    /// Sets the proxy (default: the proxies that the process's environment names, as
    /// [`ProxyOptions::from_env`] reads them).
    #[cfg(feature = "proxy")]
    pub fn proxy(mut self, proxy: ProxyOptions) -> Self {
        self.connections = Some(self.connections.unwrap_or_else(Transport::builder).proxy(proxy));
        self
    }

    /// Sets the time limit for making a connection: name resolution, TCP, a proxy if there is one,
    /// and the TLS handshake (default 5 s).
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connections =
            Some(self.connections.unwrap_or_else(Transport::builder).connect_timeout(limit));
        self
    }

    /// Sets how connections are made and kept, such as their maximum number and age (default: those
    /// of [`Transport::builder`](crate::transport::Transport::builder)).
    ///
    /// Replaces what [`connect_timeout`](Self::connect_timeout) and [`proxy`](Self::proxy) set
    /// before. Each gateway has connections of its own. TLS options of a gateway or of the client
    /// take precedence over those set here.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use alibabacloud_kms::KmsClient;
    /// use alibabacloud_kms::transport::Transport;
    ///
    /// let connections =
    ///     Transport::builder().max_connections(32).max_age(Duration::from_secs(60));
    /// let builder = KmsClient::builder().connections(connections);
    /// # let _ = builder;
    /// ```
    pub fn connections(mut self, connections: TransportBuilder) -> Self {
        self.connections = Some(connections);
        self
    }

    /// Sets the maximum time that a call waits for a credential to load (default 60 s).
    ///
    /// This time does not count towards the limits of the call and the attempt.
    pub fn credential_timeout(mut self, limit: Duration) -> Self {
        self.credential_timeout = limit;
        self
    }

    /// Sets the maximum number of attempts per call (default 3; 1 disables retries).
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.retry = self.retry.max_attempts(attempts);
        self
    }

    /// Sets the retry policy (default [`RetryPolicy::default`]). Each gateway has a budget of its
    /// own, unless one was set on the policy.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the maximum size of a response body in bytes (default 4 MiB). A longer one is an error
    /// of [`ErrorKind::Decode`](crate::ErrorKind::Decode).
    pub fn max_answer(mut self, bytes: usize) -> Self {
        self.max_answer = bytes;
        self
    }

    /// Sets the clock that dates signatures (default: the system's clock).
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Sets the source of signature nonces (default: 128 random bits each).
    pub fn nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = nonce;
        self
    }

    /// Adds a call-level layer outside the whole stack; the first one added sees a call first.
    ///
    /// The layers of `tower` fit. The client's [`timeout`](Self::timeout) does not cover the time
    /// that a call waits in such a layer, for a permit or in a queue. A retry layer here repeats
    /// whole calls, each with the client's own retries. An error of a layer becomes
    /// [`ErrorKind::Layer`](crate::ErrorKind::Layer) with the layer's error as its source.
    ///
    /// The layer's service must be `Clone + Send + Sync`. `RateLimit` is not `Clone`: put it behind
    /// a `Buffer`, both in one `ServiceBuilder`, which is a layer itself. A `Buffer` spawns a task,
    /// so a client with one must be built inside a runtime.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway};
    /// use tower::ServiceBuilder;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), alibabacloud_kms::Error> {
    /// let credential = Credential::access_key("LTAI…", "secret");
    /// let client = KmsClient::builder()
    ///     .shared(OpenApiGateway::region("cn-hangzhou", credential)?)
    ///     // 64 calls may wait for their turn; those that find no room are refused.
    ///     .layer(ServiceBuilder::new().load_shed().buffer(64).rate_limit(100, Duration::from_secs(1)))
    ///     .layer(ServiceBuilder::new().concurrency_limit(16))
    ///     .build()?;
    /// # Ok(()) }
    /// ```
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxCall> + Send + Sync + 'static,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        self.layers.push(layer);
        self
    }

    /// Adds a call-level layer around the shared gateway alone, below the router; the first one
    /// added sees a call first.
    ///
    /// The layer sees each call once, however many attempts it takes.
    pub fn shared_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxCall> + Send + Sync + 'static,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        self.shared_layers.push(layer);
        self
    }

    /// Adds a call-level layer around the instance gateway alone, below the router; the first one
    /// added sees a call first.
    ///
    /// The layer sees actions (`Encrypt`), before they are transferred to the instance's own
    /// operations (`AdvanceEncrypt`), and each call once, however many attempts it takes.
    pub fn instance_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxCall> + Send + Sync + 'static,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        self.instance_layers.push(layer);
        self
    }

    /// Adds a call-level layer around each attempt, inside the retries; the first one added sees an
    /// attempt first.
    ///
    /// On an instance with a client key, the layer sees the operations that actions were
    /// transferred to. The retry policy decides whether an error of the layer is retried.
    pub fn attempt_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxCall> + Send + Sync + 'static,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        self.attempt_layers.push(layer);
        self
    }

    /// Adds an HTTP-level layer between encoding and signing; the first one added sees a request
    /// first. It sees the request of each attempt.
    ///
    /// The layers of `tower-http` fit. A header that is set here is signed if the dialect signs
    /// such names (`x-acs-*`, `x-kms-*`). A layer that replaces the body must produce a
    /// [`Body`](crate::Body). To see signed requests, use
    /// [`transport_layer`](Self::transport_layer).
    ///
    /// The API puts some plaintexts into the query string. A layer that logs URIs logs them, and
    /// `tower-http`'s `Trace` does so by default: give it a `make_span_with` as below.
    ///
    /// ```
    /// use alibabacloud_kms::{Body, Credential, KmsClient, OpenApiGateway};
    /// use http::{HeaderName, HeaderValue, Request};
    /// use tower_http::set_header::SetRequestHeaderLayer;
    /// use tower_http::trace::TraceLayer;
    ///
    /// let credential = Credential::access_key("LTAI…", "secret");
    /// let tenant = HeaderName::from_static("x-acs-tenant");
    /// let client = KmsClient::builder()
    ///     .shared(OpenApiGateway::region("cn-hangzhou", credential)?)
    ///     .http_layer(SetRequestHeaderLayer::overriding(tenant, HeaderValue::from_static("7")))
    ///     .http_layer(TraceLayer::new_for_http().make_span_with(|request: &Request<Body>| {
    ///         tracing::info_span!("http", method = %request.method())
    ///     }))
    ///     .build()?;
    /// # Ok::<(), alibabacloud_kms::Error>(())
    /// ```
    pub fn http_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxHttp> + Send + Sync + 'static,
        L::Service: HttpService + Clone + Send + Sync + 'static,
    {
        self.http_layers.push(layer);
        self
    }

    /// Adds an HTTP-level layer around the transport, below signing; the first one added sees a
    /// request first.
    ///
    /// The layer sees each request as it is sent, with its signature. Changing the body or a signed
    /// header breaks the signature; a header that is added here is sent unsigned. The gateway's TLS
    /// options, proxy and connections stay in use, and the time limit of the attempt includes the
    /// layer.
    ///
    /// ```
    /// use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway};
    /// use http::{HeaderName, HeaderValue};
    /// use tower_http::set_header::SetRequestHeaderLayer;
    ///
    /// let credential = Credential::access_key("LTAI…", "secret");
    /// let team = HeaderName::from_static("x-proxy-team");
    /// let client = KmsClient::builder()
    ///     .shared(OpenApiGateway::region("cn-hangzhou", credential)?)
    ///     .transport_layer(SetRequestHeaderLayer::overriding(team, HeaderValue::from_static("pay")))
    ///     .build()?;
    /// # Ok::<(), alibabacloud_kms::Error>(())
    /// ```
    pub fn transport_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxHttp> + Send + Sync + 'static,
        L::Service: HttpService + Clone + Send + Sync + 'static,
    {
        self.transport_layers.push(layer);
        self
    }

    /// Sets a transport of your own, which sends the signed requests of both gateways.
    ///
    /// [`connections`](Self::connections), [`proxy`](Self::proxy) and
    /// [`connect_timeout`](Self::connect_timeout) are settings of the default transport: if one of
    /// them is set too, [`build`](Self::build) fails. TLS options arrive with each request as the
    /// signal [`EffectiveTls`](crate::middleware::signals::EffectiveTls), and your transport must
    /// apply them. Time limits and outcomes are precise only if it also reads and writes the other
    /// [`signals`](crate::middleware::signals).
    pub fn transport(
        mut self,
        transport: impl HttpService + Clone + Send + Sync + 'static,
    ) -> Self {
        self.transport = Some(BoxHttp::new(transport));
        self
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("shared", &self.shared)
            .field("instance", &self.instance)
            .field("routing", &self.routing)
            .field("charset", &self.charset)
            .field("force_low_version_crypto_transfer", &self.low_version)
            .field("context_aad", &self.context_aad)
            .field("timeout", &self.timeout)
            .field("attempt_timeout", &self.attempt_timeout)
            .field("tls", &self.tls.default_options())
            .field("connections", self.connections.as_ref().unwrap_or(&Transport::builder()))
            .field("credential_timeout", &self.credential_timeout)
            .field("retry", &self.retry)
            .field("max_answer", &self.max_answer)
            .field("layers", &self.layers.len())
            .field("shared_layers", &self.shared_layers.len())
            .field("instance_layers", &self.instance_layers.len())
            .field("attempt_layers", &self.attempt_layers.len())
            .field("http_layers", &self.http_layers.len())
            .field("transport_layers", &self.transport_layers.len())
            .field("transport", if self.transport.is_some() { &"the user's" } else { &"network" })
            .finish()
    }
}
