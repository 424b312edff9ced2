//! What is on the way to the gateway here: it compresses answers, and loses some requests.

use alibabacloud_kms::{Body, BoxError, BoxHttp, HttpService};
use http::Request;
use http::header::CONTENT_ENCODING;
use tower::{ServiceBuilder, ServiceExt, service_fn};
use tower_http::compression::CompressionLayer;

/// A network that compresses answers, as some proxies do, and never answers `DescribeRegions`.
pub(crate) fn odd_network(
    transport: BoxHttp,
) -> impl HttpService<Error = BoxError> + Clone + Send + Sync + 'static {
    let compressing = ServiceBuilder::new()
        .map_response(|response: http::Response<_>| {
            println!("the answer is {:?} on the wire", response.headers().get(CONTENT_ENCODING));
            response
        })
        .layer(CompressionLayer::new())
        .layer(tower::layer::layer_fn(|inner: BoxHttp| {
            service_fn(move |request: Request<Body>| {
                let inner = inner.clone();
                async move {
                    if request
                        .headers()
                        .get("x-acs-action")
                        .is_some_and(|it| it == "DescribeRegions")
                    {
                        return std::future::pending().await;
                    }
                    inner.oneshot(request).await
                }
            })
        }));
    BoxHttp::new(compressing.service(transport))
}
