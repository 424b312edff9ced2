//! The whole default stack: one list of layers for the client and one for each dialect of a
//! gateway, in the order in which a request passes them, with the reason for each layer's place.

use std::sync::Arc;

use tower::ServiceBuilder;

use super::builder::ClientBuilder;
use super::http_slot::HttpSlot;
use super::layers::CallLayers;
use super::{Budgets, KmsClient};
use crate::gateway::instance::Authentication;
use crate::middleware::encode::EncodeRpcLayer;
use crate::middleware::retry::{ClockSkew, RenewCredential, RetryLayer, RetryPolicy};
use crate::middleware::sign::SignAcs3Layer;
use crate::middleware::telemetry::{TelemetryAttemptLayer, TelemetryLayer};
use crate::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use crate::middleware::tls::TlsLayer;
use crate::transport::Transport;
use crate::{
    BoxCall, BoxError, Call, Dialect, Endpoint, Error, ErrorKind, Gateway, InstanceGateway,
    OpenApiGateway, Reply, Router, TlsOptions,
};

/// The bottom of a gateway's stack: the layer that decides the TLS options, and the transport that
/// applies them.
type Bottom = (TlsLayer, HttpSlot<Transport>);

impl ClientBuilder {
    /// Builds the client. Makes no connection and needs no runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]:
    ///
    /// - no gateway is set;
    /// - the settings of connections are invalid
    ///   ([`TransportBuilder::build`](crate::transport::TransportBuilder::build));
    /// - a gateway uses https and nothing is trusted: neither it nor the client has
    ///   [`tls`](Self::tls), and the feature `native-roots` is off;
    /// - a [`transport`](Self::transport) of your own is combined with settings of the default one.
    pub fn build(mut self) -> Result<KmsClient, Error> {
        let settings = format!("{self:?}");
        let (shared, instance) = (self.shared.take(), self.instance.take());
        if shared.is_none() && instance.is_none() {
            return Err(Error::new(
                ErrorKind::Config,
                "no gateway is configured: give a shared gateway (a region or an endpoint, with a \
                 credential), an instance gateway (an endpoint, with a client key or a credential), or \
                 both",
            ));
        }
        let dialect = instance.as_ref().map_or(Dialect::Protobuf, InstanceGateway::dialect);
        let [to_shared, to_instance] = [self.retry.for_gateway(), self.retry.for_gateway()];
        let budgets = Budgets {
            shared: shared.as_ref().map(|_| to_shared.shared_budget()),
            instance: instance.as_ref().map(|_| to_instance.shared_budget()),
        };
        let shared = shared.map(|gateway| self.shared_stack(gateway, to_shared)).transpose()?;
        let instance =
            instance.map(|gateway| self.instance_stack(gateway, to_instance)).transpose()?;
        let router = Router::over(shared, instance, self.routing.clone()).instance_dialect(dialect);
        let client = KmsClient::over(self.client_stack(router), settings, budgets);
        Ok(KmsClient { needs_runtime: true, ..client })
    }

    fn client_stack(&self, router: Router) -> BoxCall {
        let stack = ServiceBuilder::new()
            // Outside of everything, so that the user's layers may answer, refuse or repeat calls.
            .layer(&self.layers)
            // A mock's layer, inside the user's layers, so that tests run them too.
            .layer(&self.innermost)
            // Opens the span of the call, so that everything that is recorded below belongs to it.
            .layer(TelemetryLayer::new())
            // Outside of routing and retries, so that the limit includes all attempts and waits.
            .layer(TotalTimeoutLayer::new(self.timeout))
            .check_service::<Router, Call, Reply, BoxError>()
            .service(router);
        BoxCall::new(stack)
    }

    /// Returns the stack of the shared gateway, or of an instance that is called with an access
    /// key.
    fn rpc(
        &self,
        layers: &CallLayers,
        target: (Gateway, Endpoint),
        sign: SignAcs3Layer,
        retry: RetryPolicy,
        (tls, transport): Bottom,
    ) -> BoxCall {
        let (gateway, endpoint) = target;
        // What one refused call has found out applies to later calls too: the gateway's clock, and
        // another credential in place of the refused one.
        let skew = ClockSkew::new(self.clock.clone());
        let renew = RenewCredential::new(sign.provider());
        let sign = sign
            .clock(skew.clock())
            .nonce(self.nonce.clone())
            .loading_limit(self.credential_timeout);
        let stack = ServiceBuilder::new()
            // Below the router: these layers see only the calls of this gateway.
            .layer(layers)
            // Outside of encoding and signing: each attempt carries a fresh date and nonce.
            .layer(RetryLayer::new(retry.remedy(Arc::new(skew)).remedy(Arc::new(renew))))
            // Inside the retries: they see each attempt, and the policy decides about their errors.
            .layer(&self.attempt_layers)
            // Right above the codec, so that the time it records excludes the layers above.
            .layer(TelemetryAttemptLayer::new(gateway, endpoint.clone()))
            // From here on, the call is an HTTP request.
            .layer(EncodeRpcLayer::new(gateway, endpoint).max_answer(self.max_answer))
            // Above signing: a header that they add is signed, if the dialect signs such names.
            .layer(&self.http_layers)
            .layer(sign)
            // Below every layer that may still change the call's TLS options. It adds the options
            // that apply to the request as a signal, which the transport reads.
            .layer(tls)
            // Below signing, so that the limit does not include the time to load a credential.
            .layer(AttemptTimeoutLayer::new(self.attempt_timeout))
            // Below everything that changes a request: they see it as it is sent.
            .layer(&self.transport_layers)
            .check_service::<HttpSlot<Transport>, Call, Reply, BoxError>()
            .service(transport);
        BoxCall::new(stack)
    }

    /// Returns the stack of an instance in its own dialect, with a client key.
    #[cfg(feature = "client-key")]
    fn protobuf(
        &self,
        layers: &CallLayers,
        endpoint: Endpoint,
        key: Arc<dyn crate::ClientKeySigner>,
        retry: RetryPolicy,
        (tls, transport): Bottom,
    ) -> BoxCall {
        use crate::middleware::charset::CharsetLayer;
        use crate::middleware::encode::EncodeProtobufLayer;
        use crate::middleware::sign::SignClientKeyLayer;
        use crate::transfer::TransferLayer;

        let skew = ClockSkew::new(self.clock.clone());
        let transfer =
            TransferLayer::new().force_low_version(self.low_version).context_aad(self.context_aad);
        let stack = ServiceBuilder::new()
            // Above the transfer, so that they see `Encrypt` and not `AdvanceEncrypt`.
            .layer(layers)
            // Above the transfer, which encodes texts in the charset that this layer sets.
            .layer(CharsetLayer::new(self.charset))
            // Outside of the retries: each operation that an action becomes is retried alone.
            .layer(transfer)
            // The rest is as in RPC, without the renewal of credentials: a client key is fixed.
            .layer(RetryLayer::new(retry.remedy(Arc::new(skew.clone()))))
            .layer(&self.attempt_layers)
            .layer(TelemetryAttemptLayer::new(Gateway::Instance, endpoint.clone()))
            .layer(EncodeProtobufLayer::new(endpoint).max_answer(self.max_answer))
            .layer(&self.http_layers)
            .layer(SignClientKeyLayer::new(key).clock(skew.clock()))
            .layer(tls)
            .layer(AttemptTimeoutLayer::new(self.attempt_timeout))
            .layer(&self.transport_layers)
            .check_service::<HttpSlot<Transport>, Call, Reply, BoxError>()
            .service(transport);
        BoxCall::new(stack)
    }

    fn shared_stack(&self, gateway: OpenApiGateway, retry: RetryPolicy) -> Result<BoxCall, Error> {
        let OpenApiGateway { endpoint, credential, tls, algorithm } = gateway;
        let sign = SignAcs3Layer::new(credential).algorithm(algorithm);
        let bottom = self.bottom(Gateway::Shared, &endpoint, tls)?;
        Ok(self.rpc(&self.shared_layers, (Gateway::Shared, endpoint), sign, retry, bottom))
    }

    fn instance_stack(
        &self,
        gateway: InstanceGateway,
        retry: RetryPolicy,
    ) -> Result<BoxCall, Error> {
        let InstanceGateway { endpoint, authentication, tls } = gateway;
        let bottom = self.bottom(Gateway::Instance, &endpoint, tls)?;
        let layers = &self.instance_layers;
        Ok(match authentication {
            #[cfg(feature = "client-key")]
            Authentication::ClientKey(key) => self.protobuf(layers, endpoint, key, retry, bottom),
            Authentication::Credential(credential) => {
                let sign = SignAcs3Layer::new(credential);
                self.rpc(layers, (Gateway::Instance, endpoint), sign, retry, bottom)
            }
        })
    }

    /// Returns the bottom of a gateway's stack: the TLS decision, and the transport that applies
    /// it.
    fn bottom(
        &self,
        gateway: Gateway,
        endpoint: &Endpoint,
        tls: Option<Arc<TlsOptions>>,
    ) -> Result<Bottom, Error> {
        // Clones share the warning about unchecked certificates: one for both gateways.
        let tls = match tls {
            Some(tls) => self.tls.clone().gateway(tls),
            None => self.tls.clone(),
        };
        if let Some(mocked) = &self.mocked {
            return Ok((tls, HttpSlot::Users(mocked.clone())));
        }
        let Some(transport) = &self.transport else {
            let connections = self.connections.clone().unwrap_or_else(Transport::builder);
            let transport = connections.for_gateway(gateway, endpoint, tls.default_options())?;
            return Ok((tls, HttpSlot::Own(transport)));
        };
        // TLS options reach the user's transport as a signal on each request. The settings of
        // connections have no signal, so they are refused below.
        if self.connections.is_none() {
            return Ok((tls, HttpSlot::Users(transport.clone())));
        }
        let message = "a transport of your own would drop the client's connections, proxy or connect \
                       timeout: set them on that transport, or keep the default one and wrap it with \
                       transport_layer";
        Err(Error::new(ErrorKind::Config, message))
    }
}

/// A gateway's whole stack as a service.
impl OpenApiGateway {
    /// Returns the gateway as a service, with the default settings of a client.
    ///
    /// ```no_run
    /// use alibabacloud_kms::api::crypto::{EncryptRequest, EncryptResponse};
    /// use alibabacloud_kms::{BoxError, Call, Credential, OpenApiGateway};
    /// use tower::ServiceExt;
    ///
    /// # async fn run() -> Result<(), BoxError> {
    /// let credential = Credential::access_key("LTAI…", "secret");
    /// let gateway = OpenApiGateway::region("cn-hangzhou", credential)?.into_service()?;
    /// let reply = gateway.oneshot(Call::new(EncryptRequest::new("alias/app", "text"))).await?;
    /// let answer: Option<&EncryptResponse> = reply.response();
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn into_service(self) -> Result<BoxCall, Error> {
        self.into_service_with(&KmsClient::builder())
    }

    /// Returns the gateway as a service, with the settings of this builder that apply below the
    /// router: retries, time limits of attempts, layers from
    /// [`shared_layer`](ClientBuilder::shared_layer) downwards, and the transport.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn into_service_with(self, settings: &ClientBuilder) -> Result<BoxCall, Error> {
        let retry = settings.retry.for_gateway();
        settings.shared_stack(self, retry)
    }
}

/// A gateway's whole stack as a service.
impl InstanceGateway {
    /// Returns the gateway as a service, with the default settings of a client. With a client key
    /// it takes the actions that can be transferred, and native operations.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn into_service(self) -> Result<BoxCall, Error> {
        self.into_service_with(&KmsClient::builder())
    }

    /// Returns the gateway as a service, with the settings of this builder that apply below the
    /// router: charset, transfer, retries, time limits of attempts, layers from
    /// [`instance_layer`](ClientBuilder::instance_layer) downwards, and the transport.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn into_service_with(self, settings: &ClientBuilder) -> Result<BoxCall, Error> {
        let retry = settings.retry.for_gateway();
        settings.instance_stack(self, retry)
    }
}
