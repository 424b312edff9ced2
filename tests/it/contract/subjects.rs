//! Every layer around a probe. A new layer is a line in [`SUBJECTS`].

use std::fmt::Debug;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::middleware::charset::CharsetLayer;
use alibabacloud_kms::middleware::encode::{EncodeProtobufLayer, EncodeRpcLayer};
use alibabacloud_kms::middleware::propagate::PropagateTraceContextLayer;
use alibabacloud_kms::middleware::retry::{Backoff, RetryLayer, RetryPolicy};
use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::middleware::telemetry::{TelemetryAttemptLayer, TelemetryLayer};
use alibabacloud_kms::middleware::timeout::{AttemptTimeoutLayer, TotalTimeoutLayer};
use alibabacloud_kms::middleware::tls::TlsLayer;
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::quota::QuotaLayer;
use alibabacloud_kms::transfer::TransferLayer;
use alibabacloud_kms::{
    Body, BoxCall, BoxError, BoxHttp, Call, Charset, Credential, Endpoint, Error, Gateway,
    InstanceGateway, KmsClient, OpenApiGateway, ProvideCredential, Reply, Router, Routing,
    SecretBytes,
};
use alibabacloud_kms_tests::canary;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::BodyExt as _;
use tower::util::BoxCloneSyncService;
use tower::{Layer as _, Service, ServiceExt as _, service_fn};

use super::probe::Probe;

/// A layer around a probe, called with a request of its own.
pub(crate) type Outer = BoxCloneSyncService<(), (), BoxError>;

/// What is put around a probe.
#[derive(Clone, Copy)]
pub(crate) struct Subject {
    /// The layer's name, or the service's if no layer makes it.
    pub(crate) name: &'static str,
    pub(crate) readiness: Readiness,
    pub(crate) around: fn(Probe) -> Outer,
}

/// When it is ready.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Readiness {
    /// When the service below is.
    Delegated,
    /// Always: its calls wait until the service below is ready. Each has its reason.
    Immediate(&'static str),
}

/// Longer than any of the calls.
const LIMIT: Duration = Duration::from_secs(1000);

pub(crate) const SUBJECTS: &[Subject] = &[
    delegated("TelemetryLayer", |probe| calls(TelemetryLayer::new().layer(probe), encrypt)),
    delegated("TelemetryAttemptLayer", |probe| {
        calls(TelemetryAttemptLayer::new(Gateway::Shared, endpoint()).layer(probe), encrypt)
    }),
    delegated("MockLayer", |probe| {
        calls(alibabacloud_kms::testing::MockGateway::new().layer().layer(probe), encrypt)
    }),
    delegated("TotalTimeoutLayer", |probe| {
        calls(TotalTimeoutLayer::new(LIMIT).layer(probe), encrypt)
    }),
    delegated("CharsetLayer", |probe| {
        calls(CharsetLayer::new(Charset::default()).layer(probe), encrypt)
    }),
    delegated("TransferLayer", |probe| calls(TransferLayer::new().layer(probe), data_key)),
    delegated("RetryLayer", |probe| calls(RetryLayer::new(policy()).layer(probe), encrypt)),
    delegated("EncodeRpcLayer", |probe| {
        calls(EncodeRpcLayer::new(Gateway::Shared, endpoint()).layer(probe), encrypt)
    }),
    delegated("EncodeProtobufLayer", |probe| {
        calls(EncodeProtobufLayer::new(endpoint()).layer(probe), operation)
    }),
    delegated("SignAcs3Layer", |probe| requests(SignAcs3Layer::new(provider()).layer(probe))),
    delegated("SignClientKeyLayer", |probe| {
        requests(SignClientKeyLayer::new(Arc::new(canary::client_key())).layer(probe))
    }),
    delegated("AttemptTimeoutLayer", |probe| {
        requests(AttemptTimeoutLayer::new(LIMIT).layer(probe))
    }),
    delegated("TlsLayer", |probe| requests(TlsLayer::new().layer(probe))),
    delegated("PropagateTraceContextLayer", |probe| {
        requests(PropagateTraceContextLayer::new().layer(probe))
    }),
    delegated("BoxCall", |probe| calls(BoxCall::new(probe), encrypt)),
    delegated("BoxHttp", |probe| requests(BoxHttp::new(probe))),
    immediate("QuotaLayer", "whose turn it is depends on the call's action", |probe| {
        calls(QuotaLayer::shared_gateway().layer(probe), encrypt)
    }),
    immediate("Router", "it waits for the gateway of the call, and never for the other", |probe| {
        calls(Router::new(probe.clone(), probe, Routing::new()), encrypt)
    }),
    immediate("KmsClient", "its calls are futures: they wait when they are awaited", |probe| {
        sends(KmsClient::from_service::<Probe>(probe), encrypt)
    }),
    immediate("ClientBuilder", "its client is, with a shared gateway", |probe| {
        let gateway = OpenApiGateway::new(endpoint(), Slowly);
        let builder = KmsClient::builder().shared(gateway).retry(policy());
        sends(builder.transport(probe).build().expect("a client"), encrypt)
    }),
    immediate("ClientBuilder", "its client is, with an instance", |probe| {
        let gateway = InstanceGateway::new(endpoint(), canary::client_key());
        let builder = KmsClient::builder().instance(gateway).retry(policy());
        sends(builder.transport(probe).build().expect("a client"), data_key)
    }),
];

const fn delegated(name: &'static str, around: fn(Probe) -> Outer) -> Subject {
    Subject { name, readiness: Readiness::Delegated, around }
}

const fn immediate(
    name: &'static str,
    reason: &'static str,
    around: fn(Probe) -> Outer,
) -> Subject {
    Subject { name, readiness: Readiness::Immediate(reason), around }
}

/// A call-level service, called with such calls.
pub(crate) fn calls<S>(service: S, call: fn() -> Call) -> Outer
where
    S: Service<Call, Response = Reply> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
{
    Outer::new(service.map_request(move |()| call()).map_response(drop).map_err(Into::into))
}

/// An HTTP-level service; answers are read to their end.
fn requests<S, B>(service: S) -> Outer
where
    S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
    S::Error: Into<BoxError>,
    S::Future: Send + 'static,
    B: http_body::Body<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let request = |()| {
        let request = Request::post("https://kms.invalid/").header("host", "kms.invalid");
        request.body(Body::from("body")).expect("a request")
    };
    let read = |response: Response<B>| async {
        response.into_body().collect().await.map(drop).map_err(Into::into)
    };
    Outer::new(service.map_request(request).map_err(Into::into).and_then(read))
}

pub(crate) fn sends(client: KmsClient, call: fn() -> Call) -> Outer {
    Outer::new(service_fn(move |()| {
        let client = client.clone();
        async move { client.send(call()).await.map(drop).map_err(Into::into) }
    }))
}

pub(crate) fn encrypt() -> Call {
    Call::new(EncryptRequest::new("k", "t"))
}

pub(crate) fn data_key() -> Call {
    Call::new(GenerateDataKeyRequest::new("k"))
}

fn operation() -> Call {
    Call::new(AdvanceEncryptRequest::new("k", SecretBytes::from(b"t".to_vec())))
}

pub(crate) fn endpoint() -> Endpoint {
    "https://kms.invalid".parse().expect("an endpoint")
}

pub(crate) fn policy() -> RetryPolicy {
    RetryPolicy::default().backoff(Backoff::new(Duration::ZERO, Duration::ZERO))
}

fn provider() -> Arc<dyn ProvideCredential> {
    Arc::new(Slowly)
}

/// Has to be asked twice.
#[derive(Debug)]
struct Slowly;

#[async_trait]
impl ProvideCredential for Slowly {
    async fn provide(&self) -> Result<Credential, Error> {
        let mut asked = false;
        poll_fn(|cx| {
            cx.waker().wake_by_ref();
            if std::mem::replace(&mut asked, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        Ok(Credential::access_key("id", "secret"))
    }
}

impl Debug for Subject {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({:?})", self.name, self.readiness)
    }
}
