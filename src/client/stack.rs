//! The whole default stack, in the order in which a request passes it.

use std::sync::Arc;

use tower::ServiceBuilder;
use tower::util::BoxCloneSyncService;

use super::builder::ClientBuilder;
use super::{Budgets, KmsClient};
use crate::gateway::instance::Identity;
use crate::middleware::charset::CharsetLayer;
use crate::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use crate::middleware::metrics::{MetricsAttemptLayer, MetricsLayer};
use crate::middleware::retry::{ClockSkew, RenewCredential, RetryLayer, RetryPolicy};
use crate::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use crate::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use crate::middleware::trace::{TraceAttemptLayer, TraceLayer};
use crate::service::{BoxCall, BoxHttp, boxed_http};
use crate::transfer::TransferLayer;
use crate::{
    ClientKeySigner, Dialect, Endpoint, Error, Gateway, InstanceGateway, OpenApiGateway, Router,
    TlsOptions,
};

impl ClientBuilder {
    /// Builds the client. Makes no connection and needs no runtime.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](crate::ErrorKind::Config): no gateway is given, or its connections cannot
    /// be made like this ([`TransportBuilder::build`](crate::transport::TransportBuilder::build)).
    pub fn build(self) -> Result<KmsClient, Error> {
        let settings = format!("{self:?}");
        let (stack, budgets) = default_stack(self)?;
        Ok(KmsClient { budgets, ..KmsClient::with_settings(stack, settings) })
    }
}

fn default_stack(mut client: ClientBuilder) -> Result<(BoxCall, Budgets), Error> {
    let shared = client.shared.take();
    let instance = client.instance.take();
    let dialect = match instance.as_ref().map(|gateway| &gateway.identity) {
        Some(Identity::Credential(_)) => Dialect::Rpc,
        _ => Dialect::Protobuf,
    };
    let [to_shared, to_instance] = [client.retry.for_gateway(), client.retry.for_gateway()];
    let budgets = Budgets {
        shared: shared.as_ref().map(|_| to_shared.shared_budget()),
        instance: instance.as_ref().map(|_| to_instance.shared_budget()),
    };
    let router = Router::new(
        shared.map(|gateway| shared_stack(&client, gateway, to_shared)).transpose()?,
        instance.map(|gateway| instance_stack(&client, gateway, to_instance)).transpose()?,
        client.routing.clone(),
    )?;
    let stack = ServiceBuilder::new()
        .layer(TraceLayer)
        .layer(MetricsLayer)
        .layer(TotalTimeoutLayer::new(client.timeout))
        .service(router.instance_dialect(dialect));
    let stack = BoxCloneSyncService::new(stack);
    let layers = client.innermost.iter().chain(client.layers.iter().rev());
    Ok((layers.fold(stack, |stack, layer| layer(stack)), budgets))
}

fn shared_stack(
    client: &ClientBuilder,
    gateway: OpenApiGateway,
    retry: RetryPolicy,
) -> Result<BoxCall, Error> {
    let sign = SignAcs3Layer::new(gateway.credential).algorithm(gateway.algorithm);
    rpc(client, Gateway::Shared, gateway.endpoint, retry, sign, gateway.tls)
}

fn instance_stack(
    client: &ClientBuilder,
    gateway: InstanceGateway,
    retry: RetryPolicy,
) -> Result<BoxCall, Error> {
    let InstanceGateway { endpoint, identity, tls } = gateway;
    match identity {
        Identity::ClientKey(key) => protobuf(client, endpoint, retry, key, tls),
        Identity::Credential(credential) => {
            rpc(client, Gateway::Instance, endpoint, retry, SignAcs3Layer::new(credential), tls)
        }
    }
}

fn rpc(
    client: &ClientBuilder,
    gateway: Gateway,
    endpoint: Endpoint,
    retry: RetryPolicy,
    sign: SignAcs3Layer,
    tls: TlsOptions,
) -> Result<BoxCall, Error> {
    let skew = ClockSkew::of(client.clock.clone());
    let renew = RenewCredential::new(sign.provider());
    let sign = sign
        .clock(skew.clock())
        .nonce(client.nonce.clone())
        .loading_limit(client.credential_timeout);
    let http = ServiceBuilder::new()
        .layer(sign)
        .layer(AttemptTimeoutLayer::new(client.attempt_timeout))
        .service(transport(client, tls)?);
    let stack = ServiceBuilder::new()
        .layer(RetryLayer::new(retry.remedy(Arc::new(skew)).remedy(Arc::new(renew))))
        .layer(TraceAttemptLayer::new(gateway, endpoint.clone()))
        .layer(MetricsAttemptLayer::new(gateway, endpoint.clone()))
        .layer(EncodeRpcLayer::new(gateway, endpoint).max_answer(client.max_answer))
        .service(with_http_layers(client, boxed_http(http)));
    Ok(BoxCloneSyncService::new(stack))
}

fn protobuf(
    client: &ClientBuilder,
    endpoint: Endpoint,
    retry: RetryPolicy,
    key: Arc<dyn ClientKeySigner>,
    tls: TlsOptions,
) -> Result<BoxCall, Error> {
    let skew = ClockSkew::of(client.clock.clone());
    let http = ServiceBuilder::new()
        .layer(SignClientKeyLayer::new(key).clock(skew.clock()))
        .layer(AttemptTimeoutLayer::new(client.attempt_timeout))
        .service(transport(client, tls)?);
    let transfer =
        TransferLayer::new().force_low_version(client.low_version).context_aad(client.context_aad);
    let stack = ServiceBuilder::new()
        .layer(CharsetLayer::new(client.charset))
        .layer(transfer)
        .layer(RetryLayer::new(retry.remedy(Arc::new(skew))))
        .layer(TraceAttemptLayer::new(Gateway::Instance, endpoint.clone()))
        .layer(MetricsAttemptLayer::new(Gateway::Instance, endpoint.clone()))
        .layer(EncodeProtobufLayer::new(endpoint).max_answer(client.max_answer))
        .service(with_http_layers(client, boxed_http(http)));
    Ok(BoxCloneSyncService::new(stack))
}

fn transport(client: &ClientBuilder, tls: TlsOptions) -> Result<BoxHttp, Error> {
    match &client.transport {
        Some(transport) => Ok(transport.clone()),
        None => client.connections.clone().tls(tls).build().map(boxed_http),
    }
}

fn with_http_layers(client: &ClientBuilder, http: BoxHttp) -> BoxHttp {
    client.http_layers.iter().rev().fold(http, |http, layer| layer(http))
}
