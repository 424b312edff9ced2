//! The services of both levels, boxed: what users' layers wrap.

use bytes::Bytes;
use http_body::Body as HttpBody;
use http_body_util::BodyExt;
use http_body_util::combinators::UnsyncBoxBody;
use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

use crate::{Body, BoxError, Call, Reply};

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
