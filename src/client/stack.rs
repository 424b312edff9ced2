//! The whole default stack, in the order in which a request passes it.

use std::sync::Arc;

use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceBuilder, ServiceExt};

use super::ClientBuilder;
use crate::gateway::TransferLayer;
use crate::gateway::instance::Identity;
use crate::middleware::charset::CharsetLayer;
use crate::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use crate::middleware::metrics::{MetricsAttemptLayer, MetricsLayer};
use crate::middleware::retry::{Budget, ClockSkew, RenewCredential, RetryLayer, RetryPolicy};
use crate::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use crate::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use crate::middleware::trace::{TraceAttemptLayer, TraceLayer};
use crate::{
    Body, BoxError, Call, ClientKeySigner, Dialect, Endpoint, Error, Gateway, InstanceGateway,
    OpenApiGateway, Reply, Router, TlsOptions,
};

/// A call-level service, boxed: what call-level layers of the user's wrap.
///
/// A stack of your own that goes into a spawned task is boxed first. The compiler cannot see that the
/// future of a service with boxed errors is `Send` below a layer that wants `Into<BoxError>`, ours or
/// `tower`'s, and says that the "implementation of `From` is not general enough". A
/// [`KmsClient`](crate::KmsClient) is boxed already.
///
/// ```
/// use alibabacloud_kms::api::secret::GetSecretValueRequest;
/// use alibabacloud_kms::cache::SecretCache;
/// use alibabacloud_kms::{BoxCall, BoxError, Call, Reply};
/// use tower::{ServiceBuilder, ServiceExt};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let gateway = BoxCall::new(tower::service_fn(|_: Call| async {
/// #     Err::<Reply, BoxError>("no gateway".into())
/// # }));
/// let cache = SecretCache::default();
/// let stack = BoxCall::new(ServiceBuilder::new().layer(cache.layer()).service(gateway));
/// let call = Call::new(GetSecretValueRequest::new("app/db"));
/// let reply = tokio::spawn(async move { stack.oneshot(call).await }).await;
/// # assert!(reply.expect("no panic").is_err());
/// # }
/// ```
pub type BoxCall = BoxCloneSyncService<Call, Reply, BoxError>;

/// An HTTP-level service, boxed: what HTTP-level layers of the user's wrap.
pub type BoxHttp = BoxCloneSyncService<
    http::Request<Body>,
    http::Response<UnsyncBoxBody<Bytes, BoxError>>,
    BoxError,
>;

/// What is left of each gateway's retries, where there is the gateway.
#[derive(Clone, Default)]
pub(super) struct Budgets {
    pub(super) shared: Option<Arc<Budget>>,
    pub(super) instance: Option<Arc<Budget>>,
}

pub(super) fn default_stack(mut client: ClientBuilder) -> Result<(BoxCall, Budgets), Error> {
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

/// Boxes a service and the bodies of its answers.
pub(crate) fn boxed_http<S, B>(service: S) -> BoxHttp
where
    S: Service<http::Request<Body>, Response = http::Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    BoxCloneSyncService::new(service.map_err(Into::into).map_response(
        |response: http::Response<B>| response.map(|body| body.map_err(Into::into).boxed_unsync()),
    ))
}
