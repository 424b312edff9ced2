//! The whole default stack: a list of layers in the order in which a request passes them, for the client
//! and for each dialect of a gateway, with the reason for each layer's place.

use std::sync::Arc;

use tower::ServiceBuilder;

use super::builder::ClientBuilder;
use super::layers::CallLayers;
use super::{Budgets, KmsClient};
use crate::gateway::instance::Identity;
use crate::middleware::charset::CharsetLayer;
use crate::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use crate::middleware::metrics::{MetricsAttemptLayer, MetricsLayer};
use crate::middleware::retry::{ClockSkew, RenewCredential, RetryLayer, RetryPolicy};
use crate::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use crate::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use crate::middleware::tls::TlsLayer;
use crate::middleware::trace::{TraceAttemptLayer, TraceLayer};
use crate::transfer::TransferLayer;
use crate::transport::Transport;
use crate::{
    BoxCall, BoxError, BoxHttp, Call, ClientKeySigner, Dialect, Endpoint, Error, ErrorKind,
    Gateway, InstanceGateway, OpenApiGateway, Reply, Router, TlsOptions,
};

impl ClientBuilder {
    /// Builds the client. Makes no connection and needs no runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: no gateway is given; its connections cannot be made like this
    /// ([`TransportBuilder::build`](crate::transport::TransportBuilder::build)); it trusts no
    /// certificates, since it speaks https, neither it nor the client has [`tls`](Self::tls), and the
    /// feature `native-roots` is off; or a [`transport`](Self::transport) of your own stands beside
    /// settings that it would drop.
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
        Ok(KmsClient::over(self.client_stack(router), settings, budgets))
    }

    fn client_stack(&self, router: Router) -> BoxCall {
        let stack = ServiceBuilder::new()
            // Outside of everything, so that they may answer, refuse or repeat whole calls.
            .layer(&self.layers)
            .layer(&self.innermost)
            // The span comes first, so that all that is recorded below belongs to it.
            .layer(TraceLayer)
            .layer(MetricsLayer)
            // Outside of routing and retries: whatever a call needs, it ends in time.
            .layer(TotalTimeoutLayer::new(self.timeout))
            .check_service::<Router, Call, Reply, BoxError>()
            .service(router);
        BoxCall::new(stack)
    }

    /// The shared gateway, and an instance that is called with an access key.
    fn rpc(
        &self,
        layers: &CallLayers,
        target: (Gateway, Endpoint),
        sign: SignAcs3Layer,
        retry: RetryPolicy,
        (tls, transport): (TlsLayer, BoxHttp),
    ) -> BoxCall {
        let (gateway, endpoint) = target;
        // What a refusal of one call teaches, the calls after it know: the gateway's clock, and that a
        // credential is void.
        let skew = ClockSkew::of(self.clock.clone());
        let renew = RenewCredential::new(sign.provider());
        let sign = sign
            .clock(skew.clock())
            .nonce(self.nonce.clone())
            .loading_limit(self.credential_timeout);
        let stack = ServiceBuilder::new()
            // Around one gateway, below the router: a call that goes elsewhere passes by.
            .layer(layers)
            // Outside of encoding and signing: each attempt carries a fresh date and nonce.
            .layer(RetryLayer::new(retry.remedy(Arc::new(skew)).remedy(Arc::new(renew))))
            // Inside the retries: they see each attempt, and the policy judges their errors.
            .layer(&self.attempt_layers)
            // Right above the codec, so that an attempt's time is that of its request.
            .layer(TraceAttemptLayer::new(gateway, endpoint.clone()))
            .layer(MetricsAttemptLayer::new(gateway, endpoint.clone()))
            // From here on a request of bytes.
            .layer(EncodeRpcLayer::new(gateway, endpoint).max_answer(self.max_answer))
            // Above signing: what they add is signed, if the dialect signs such names.
            .layer(&self.http_layers)
            .layer(sign)
            // Next to the transport, which reads the options that it leaves on the request.
            .layer(tls)
            // Below signing: the time that a credential takes to load is not the attempt's.
            .layer(AttemptTimeoutLayer::new(self.attempt_timeout))
            // Below everything that changes a request: what they see is what is sent.
            .layer(&self.transport_layers)
            .check_service::<BoxHttp, Call, Reply, BoxError>()
            .service(transport);
        BoxCall::new(stack)
    }

    /// An instance in its own dialect, with a client key.
    fn protobuf(
        &self,
        layers: &CallLayers,
        endpoint: Endpoint,
        key: Arc<dyn ClientKeySigner>,
        retry: RetryPolicy,
        (tls, transport): (TlsLayer, BoxHttp),
    ) -> BoxCall {
        let skew = ClockSkew::of(self.clock.clone());
        let transfer =
            TransferLayer::new().force_low_version(self.low_version).context_aad(self.context_aad);
        let stack = ServiceBuilder::new()
            // Above the transfer: they see `Encrypt` and not `AdvanceEncrypt`.
            .layer(layers)
            // Texts become bytes in the transfer: it must know the call's charset.
            .layer(CharsetLayer::new(self.charset))
            // Outside of the retries: each operation of an action is repeated by itself.
            .layer(transfer)
            // The rest as in RPC, but nothing here can be renewed: a client key is a file.
            .layer(RetryLayer::new(retry.remedy(Arc::new(skew.clone()))))
            .layer(&self.attempt_layers)
            .layer(TraceAttemptLayer::new(Gateway::Instance, endpoint.clone()))
            .layer(MetricsAttemptLayer::new(Gateway::Instance, endpoint.clone()))
            .layer(EncodeProtobufLayer::new(endpoint).max_answer(self.max_answer))
            .layer(&self.http_layers)
            .layer(SignClientKeyLayer::new(key).clock(skew.clock()))
            .layer(tls)
            .layer(AttemptTimeoutLayer::new(self.attempt_timeout))
            .layer(&self.transport_layers)
            .check_service::<BoxHttp, Call, Reply, BoxError>()
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
        let InstanceGateway { endpoint, identity, tls } = gateway;
        let bottom = self.bottom(Gateway::Instance, &endpoint, tls)?;
        let layers = &self.instance_layers;
        Ok(match identity {
            Identity::ClientKey(key) => self.protobuf(layers, endpoint, key, retry, bottom),
            Identity::Credential(credential) => {
                let sign = SignAcs3Layer::new(credential);
                self.rpc(layers, (Gateway::Instance, endpoint), sign, retry, bottom)
            }
        })
    }

    /// The bottom of a gateway's stack: whom it trusts, and the transport that acts on it.
    fn bottom(
        &self,
        gateway: Gateway,
        endpoint: &Endpoint,
        tls: Option<Arc<TlsOptions>>,
    ) -> Result<(TlsLayer, BoxHttp), Error> {
        // Clones of one layer, so that both gateways warn once together.
        let tls = match tls {
            Some(tls) => self.tls.clone().gateway(tls),
            None => self.tls.clone(),
        };
        if let Some(mocked) = &self.mocked {
            return Ok((tls, mocked.clone()));
        }
        let Some(transport) = &self.transport else {
            let connections = self.connections.clone().unwrap_or_else(Transport::builder);
            let transport = connections.for_gateway(gateway, endpoint, tls.default_options())?;
            return Ok((tls, BoxHttp::new(transport)));
        };
        // TLS settings reach it by their signal; these cannot.
        if self.connections.is_none() {
            return Ok((tls, transport.clone()));
        }
        let message = "a transport of your own would drop the client's connections, proxy or connect \
                       timeout: set them on that transport, or keep the default one and wrap it with \
                       transport_layer";
        Err(Error::new(ErrorKind::Config, message))
    }
}

/// A gateway's whole stack, which stands alone.
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

    /// Returns the gateway as a service, with what this builder sets for gateways: retries, time limits
    /// of attempts, layers from [`shared_layer`](ClientBuilder::shared_layer) downwards, transport.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn into_service_with(self, settings: &ClientBuilder) -> Result<BoxCall, Error> {
        let retry = settings.retry.for_gateway();
        settings.shared_stack(self, retry)
    }
}

/// A gateway's whole stack, which stands alone.
impl InstanceGateway {
    /// Returns the gateway as a service, with the default settings of a client. With a client key it
    /// takes the actions that can be transferred, and native operations.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn into_service(self) -> Result<BoxCall, Error> {
        self.into_service_with(&KmsClient::builder())
    }

    /// Returns the gateway as a service, with what this builder sets for gateways: charset, transfer,
    /// retries, time limits of attempts, layers from [`instance_layer`](ClientBuilder::instance_layer)
    /// downwards, transport.
    ///
    /// # Errors
    ///
    /// Those of [`ClientBuilder::build`].
    pub fn into_service_with(self, settings: &ClientBuilder) -> Result<BoxCall, Error> {
        let retry = settings.retry.for_gateway();
        settings.instance_stack(self, retry)
    }
}
