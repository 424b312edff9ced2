//! What a client is built from.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use tower::Layer;

use super::KmsClient;
use super::layers::{CallLayers, HttpLayers};
use crate::middleware::retry::RetryPolicy;
use crate::middleware::tls::TlsLayer;
use crate::middleware::{CallService, HttpService};
use crate::transport::{Transport, TransportBuilder};
use crate::{
    BoxCall, BoxHttp, Charset, Clock, ContextAad, Error, InstanceGateway, Nonce, OpenApiGateway,
    ProxyOptions, Routing, TlsOptions,
};

/// Settings of a [`KmsClient`] to be.
///
/// At least one gateway must be given; everything else has a default.
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
    /// If they were set.
    pub(super) connections: Option<TransportBuilder>,
    pub(super) tls: TlsLayer,
    pub(super) credential_timeout: Duration,
    pub(super) retry: RetryPolicy,
    pub(super) max_answer: usize,
    pub(super) clock: Clock,
    pub(super) nonce: Nonce,
    pub(super) layers: CallLayers,
    /// Wraps the default stack inside all of the user's layers.
    pub(super) innermost: CallLayers,
    pub(super) shared_layers: CallLayers,
    pub(super) instance_layers: CallLayers,
    pub(super) attempt_layers: CallLayers,
    pub(super) http_layers: HttpLayers,
    pub(super) transport_layers: HttpLayers,
    pub(super) transport: Option<BoxHttp>,
    /// A mock's network, which takes the place of every setting of the real one.
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

    /// Uses this shared gateway. Who signs is the gateway's: see [`credential`](crate::credential).
    pub fn shared(mut self, gateway: OpenApiGateway) -> Self {
        self.shared = Some(gateway);
        self
    }

    /// Uses this instance gateway.
    pub fn instance(mut self, gateway: InstanceGateway) -> Self {
        self.instance = Some(gateway);
        self
    }

    /// Sends all actions to the shared gateway (`true`), or those that it serves to the instance
    /// (`false`), whatever [`default_kms_api_names`](Self::default_kms_api_names) says.
    pub fn use_shared_gateway(mut self, shared: bool) -> Self {
        self.routing = self.routing.use_shared_gateway(shared);
        self
    }

    /// Sends these actions to the shared gateway, by their wire names.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): a name is not one of an action.
    pub fn default_kms_api_names<N: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, Error> {
        self.routing = self.routing.default_kms_api_names(names)?;
        Ok(self)
    }

    /// Writes and reads plaintexts in this charset on the instance; UTF-8 unless told.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): no such charset.
    pub fn charset(mut self, name: &str) -> Result<Self, Error> {
        self.charset = name.parse()?;
        Ok(self)
    }

    /// Transfers to the instance's older operations, as the official clients' setting of this name.
    pub fn force_low_version_crypto_transfer(mut self, low_version: bool) -> Self {
        self.low_version = low_version;
        self
    }

    /// Authenticates encryption contexts on the instance in this form.
    pub fn context_aad(mut self, form: ContextAad) -> Self {
        self.context_aad = form;
        self
    }

    /// Limits the time of a whole call, retries and waits included; 30 s unless told.
    pub fn timeout(mut self, limit: Duration) -> Self {
        self.timeout = limit;
        self
    }

    /// Limits the time of each attempt; 10 s unless told.
    pub fn attempt_timeout(mut self, limit: Duration) -> Self {
        self.attempt_timeout = limit;
        self
    }

    /// Sets which servers the gateways trust, and how they present themselves, where a gateway has no
    /// [`tls`](OpenApiGateway::tls) of its own (default the operating system's roots).
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

    /// Connects through this proxy; through those of the process's environment unless told
    /// ([`ProxyOptions::from_env`]).
    pub fn proxy(mut self, proxy: ProxyOptions) -> Self {
        self.connections = Some(self.connections.unwrap_or_else(Transport::builder).proxy(proxy));
        self
    }

    /// Limits the time of each connection, TLS handshake included; 5 s unless told.
    pub fn connect_timeout(mut self, limit: Duration) -> Self {
        self.connections =
            Some(self.connections.unwrap_or_else(Transport::builder).connect_timeout(limit));
        self
    }

    /// Makes and keeps connections like this: how many, how long, with which probes. It replaces
    /// what [`connect_timeout`](Self::connect_timeout) and [`proxy`](Self::proxy) set before. Each
    /// gateway has connections of its own; its TLS options and the client's win over those given here.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use alibabacloud_kms::KmsClient;
    /// use alibabacloud_kms::middleware::transport::Transport;
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

    /// Limits the time in which a credential is loaded, if a call must wait for it; 60 s unless told.
    ///
    /// It is not charged to the call: its own limits stand still meanwhile.
    pub fn credential_timeout(mut self, limit: Duration) -> Self {
        self.credential_timeout = limit;
        self
    }

    /// Makes so many requests for a call at most; 3 unless told, 1 is no retry.
    pub fn max_attempts(mut self, attempts: u32) -> Self {
        self.retry = self.retry.max_attempts(attempts);
        self
    }

    /// Repeats like this. Each gateway has a budget of its own, unless the policy was given one.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Refuses answers of more octets than this; 4 MiB unless told.
    pub fn max_answer(mut self, octets: usize) -> Self {
        self.max_answer = octets;
        self
    }

    /// Dates signatures by this clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Takes signature nonces from this source.
    pub fn nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = nonce;
        self
    }

    /// Adds a call-level layer outside the whole stack; the first one added sees a call first.
    ///
    /// `tower`'s layers fit. What waits in one of them, for a permit or in a queue, is not yet under
    /// the client's [`timeout`](Self::timeout); what one of them repeats is a whole call, with the
    /// client's own retries in it. Their errors are [`ErrorKind::Layer`](crate::ErrorKind::Layer), with
    /// theirs as the source.
    ///
    /// The layer's service must be `Clone + Send + Sync`. `RateLimit` is not `Clone`: it goes behind a
    /// `Buffer`, both in one `ServiceBuilder`, which is a layer itself. A `Buffer` runs in a task of its
    /// own, so that its client is built inside a runtime.
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

    /// Adds a call-level layer around the shared gateway alone, below the router; the first one added
    /// sees a call first.
    ///
    /// It sees each call once, whatever the number of its attempts.
    pub fn shared_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxCall> + Send + Sync + 'static,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        self.shared_layers.push(layer);
        self
    }

    /// Adds a call-level layer around the instance gateway alone, below the router; the first one added
    /// sees a call first.
    ///
    /// It sees actions (`Encrypt`), before they are transferred to the instance's own operations
    /// (`AdvanceEncrypt`), and each call once, whatever the number of its attempts.
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
    /// On an instance with a client key it sees the operations that actions were transferred to. Its
    /// errors are judged by the retry policy.
    pub fn attempt_layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<BoxCall> + Send + Sync + 'static,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        self.attempt_layers.push(layer);
        self
    }

    /// Adds an HTTP-level layer between encoding and signing; the first one added sees a request
    /// first, and each attempt anew.
    ///
    /// `tower-http`'s layers fit. A header that is set here is signed if the dialect signs such names
    /// (`x-acs-*`, `x-kms-*`); a body that is mapped here must be a [`Body`](crate::Body) again.
    /// What is to see signed requests goes around the [`transport`](Self::transport).
    ///
    /// The API puts some plaintexts into the query: a layer that logs URIs logs them, as
    /// `tower-http`'s `Trace` does unless it is told how to make its spans.
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

    /// Adds an HTTP-level layer around the transport, below signing; the first one added sees a request
    /// first.
    ///
    /// It sees what is sent: signed, in each attempt. What it changes of a signed header or of the body
    /// breaks the signature; a header that is added here is sent unsigned. The gateway's TLS settings,
    /// proxy and connections stay as they are, and the attempt's time limit holds around it.
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

    /// Sends requests through this service instead of the network: a transport of your own.
    ///
    /// The requests of both gateways come here, signed. Connections, a proxy and a connect timeout are
    /// settings of the default transport: beside this one they are an error of [`build`](Self::build).
    /// TLS settings come with each request, as the signal
    /// [`EffectiveTls`](crate::middleware::signals::EffectiveTls), which this transport must act on. It
    /// takes part in time limits and outcomes by the other [`signals`](crate::middleware::signals).
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
