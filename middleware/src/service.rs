//! The services of both levels: short names for their bounds, and boxes for them.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body_util::BodyExt as _;
use http_body_util::combinators::UnsyncBoxBody;
use pin_project_lite::pin_project;
use tower::{Service, ServiceExt as _};

use crate::body::Body;
use crate::call::Call;
use crate::error::BoxError;
use crate::reply::Reply;

/// The boxed future of layers whose future has no name.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = Result<T, BoxError>> + Send>>;

/// The body of an answer, boxed.
pub type BoxBody = UnsyncBoxBody<Bytes, BoxError>;

/// A service of the call level: a short name for the bounds that call-level layers and gateways
/// have.
///
/// Every `Service<Call, Response = Reply>` whose error converts into a [`BoxError`] and whose
/// future is `Send` implements it; there is no need to implement it by hand.
///
/// ```
/// use alibabacloud_kms_middleware::{BoxError, BoxFuture, Call, CallService, Reply};
/// use std::task::{Context, Poll};
/// use tower::Service;
///
/// /// Counts calls on their way down.
/// struct Count<S> {
///     inner: S,
///     calls: u64,
/// }
///
/// impl<S: CallService> Service<Call> for Count<S> {
///     type Response = Reply;
///     type Error = S::Error;
///     type Future = S::Future;
///
///     fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
///         self.inner.poll_ready(cx)
///     }
///
///     fn call(&mut self, call: Call) -> S::Future {
///         self.calls += 1;
///         self.inner.call(call)
///     }
/// }
/// ```
pub trait CallService:
    Service<Call, Response = Reply, Error: Into<BoxError>, Future: Send + 'static>
{
}

impl<S> CallService for S where
    S: Service<Call, Response = Reply, Error: Into<BoxError>, Future: Send + 'static>
{
}

/// A service of the HTTP level: a short name for the bounds that HTTP-level layers and transports
/// have.
///
/// Every `Service<http::Request<Body>, Response = http::Response<B>>` whose errors convert into a
/// [`BoxError`], whose body yields [`Bytes`] and whose future is `Send` implements it; there is no
/// need to implement it by hand.
pub trait HttpService:
    Service<
        http::Request<Body>,
        Response = http::Response<Self::ResponseBody>,
        Error: Into<BoxError>,
        Future: Send + 'static,
    >
{
    /// The body of the answers.
    type ResponseBody: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static;
}

impl<S, B> HttpService for S
where
    S: Service<
            http::Request<Body>,
            Response = http::Response<B>,
            Error: Into<BoxError>,
            Future: Send + 'static,
        >,
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    type ResponseBody = B;
}

/// A boxed call-level service: the type of a gateway's stack, and what your call-level layers wrap.
///
/// Clones share the service: a clone allocates nothing until it is polled for readiness. A call of
/// a clone that was not polled waits for readiness itself, as with
/// [`oneshot`](tower::ServiceExt::oneshot).
///
/// The future of a boxed service is `Send`, so that it can be spawned. If the compiler says that an
/// "implementation of `From` is not general enough" for a stack of your own, box the stack.
#[derive(Clone)]
pub struct BoxCall(Boxed<Call, Reply>);

impl BoxCall {
    /// Boxes a service. A service that is boxed already is returned unchanged.
    pub fn new<S>(service: S) -> Self
    where
        S: CallService + Clone + Send + Sync + 'static,
    {
        match unboxed(&service) {
            Some(boxed) => Self::clone(boxed),
            None => Self(Boxed::new(Calls(service))),
        }
    }
}

impl Service<Call> for BoxCall {
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        self.0.call(call)
    }
}

impl fmt::Debug for BoxCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxCall")
    }
}

/// A boxed HTTP-level service, with boxed response bodies: what your HTTP-level layers wrap.
///
/// Clones share the service: a clone allocates nothing until it is polled for readiness.
#[derive(Clone)]
pub struct BoxHttp(Boxed<http::Request<Body>, http::Response<BoxBody>>);

impl BoxHttp {
    /// Boxes a service. A service that is boxed already is returned unchanged.
    pub fn new<S>(service: S) -> Self
    where
        S: HttpService + Clone + Send + Sync + 'static,
    {
        match unboxed(&service) {
            Some(boxed) => Self::clone(boxed),
            None => Self(Boxed::new(Requests(service))),
        }
    }
}

impl Service<http::Request<Body>> for BoxHttp {
    type Response = http::Response<BoxBody>;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, request: http::Request<Body>) -> Self::Future {
        self.0.call(request)
    }
}

impl fmt::Debug for BoxHttp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BoxHttp")
    }
}

/// A shared service, and the clone of it that was polled for readiness.
struct Boxed<T, R> {
    shared: Arc<dyn Object<T, R>>,
    polled: Option<Box<dyn Object<T, R>>>,
}

impl<T, R> Boxed<T, R> {
    fn new(service: impl Object<T, R> + 'static) -> Self {
        Self { shared: Arc::new(service), polled: None }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        let Self { shared, polled } = self;
        polled.get_or_insert_with(|| shared.clone_box()).poll_ready(cx)
    }

    fn call(&mut self, request: T) -> BoxFuture<R> {
        match &mut self.polled {
            Some(polled) => polled.call(request),
            None => self.shared.oneshot(request),
        }
    }
}

/// A clone starts without the service that was polled for readiness.
impl<T, R> Clone for Boxed<T, R> {
    fn clone(&self) -> Self {
        Self { shared: Arc::clone(&self.shared), polled: None }
    }
}

/// A service behind a pointer.
trait Object<T, R>: Send + Sync {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>>;

    /// Calls the service, which is ready.
    fn call(&mut self, request: T) -> BoxFuture<R>;

    /// Calls a clone of the service once it is ready.
    fn oneshot(&self, request: T) -> BoxFuture<R>;

    fn clone_box(&self) -> Box<dyn Object<T, R>>;
}

#[derive(Clone)]
struct Calls<S>(S);

impl<S: CallService + Clone + Send + Sync + 'static> Object<Call, Reply> for Calls<S> {
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        Box::pin(Erased { answer: self.0.call(call), erase: |reply| reply })
    }

    fn oneshot(&self, call: Call) -> BoxFuture<Reply> {
        Box::pin(Erased { answer: self.0.clone().oneshot(call), erase: |reply| reply })
    }

    fn clone_box(&self) -> Box<dyn Object<Call, Reply>> {
        Box::new(self.clone())
    }
}

#[derive(Clone)]
struct Requests<S>(S);

impl<S> Object<http::Request<Body>, http::Response<BoxBody>> for Requests<S>
where
    S: HttpService + Clone + Send + Sync + 'static,
{
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, request: http::Request<Body>) -> BoxFuture<http::Response<BoxBody>> {
        Box::pin(Erased { answer: self.0.call(request), erase: with_boxed_body })
    }

    fn oneshot(&self, request: http::Request<Body>) -> BoxFuture<http::Response<BoxBody>> {
        Box::pin(Erased { answer: self.0.clone().oneshot(request), erase: with_boxed_body })
    }

    fn clone_box(&self) -> Box<dyn Object<http::Request<Body>, http::Response<BoxBody>>> {
        Box::new(self.clone())
    }
}

pin_project! {
    /// The future of a boxed service. An `async` block would hold the other future twice: as what it
    /// captures, and as what it awaits.
    struct Erased<F, E> {
        #[pin]
        answer: F,
        erase: E,
    }
}

impl<F, E, A, R, X> Future for Erased<F, E>
where
    F: Future<Output = Result<A, X>>,
    E: Fn(A) -> R,
    X: Into<BoxError>,
{
    type Output = Result<R, BoxError>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        this.answer.poll(cx).map(|answer| answer.map(this.erase).map_err(Into::into))
    }
}

fn with_boxed_body<B>(response: http::Response<B>) -> http::Response<BoxBody>
where
    B: http_body::Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    response.map(|body| body.map_err(Into::into).boxed_unsync())
}

/// Returns the service as a box, if it is one.
fn unboxed<S: 'static, B: 'static>(service: &S) -> Option<&B> {
    (service as &dyn std::any::Any).downcast_ref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Gateway;
    use crate::test_support::{CreateResponse, create_call};

    fn created() -> BoxCall {
        BoxCall::new(tower::service_fn(|_: Call| async {
            Ok::<_, BoxError>(Reply::new(CreateResponse::default(), Gateway::Shared))
        }))
    }

    #[tokio::test]
    async fn what_is_boxed_is_not_boxed_again() {
        let once = created();
        let twice = BoxCall::new(once.clone());
        assert!(Arc::ptr_eq(&once.0.shared, &twice.0.shared));
        assert!(twice.oneshot(create_call()).await.is_ok());
        let http = BoxHttp::new(tower::service_fn(|_: http::Request<Body>| async {
            Ok::<_, BoxError>(http::Response::new(Body::default()))
        }));
        assert!(Arc::ptr_eq(&http.0.shared, &BoxHttp::new(http.clone()).0.shared));
    }

    #[tokio::test]
    async fn readiness_is_that_of_the_service_inside() {
        let limited = tower::ServiceBuilder::new().concurrency_limit(1).service(created());
        let service = BoxCall::new(limited);
        let (mut first, mut second) = (service.clone(), service.clone());
        first.ready().await.expect("a permit");
        assert!(std::future::poll_fn(|cx| Poll::Ready(second.poll_ready(cx).is_pending())).await);
        first.call(create_call()).await.expect("an answer");
        second.ready().await.expect("the permit that came back");
    }

    #[tokio::test]
    async fn a_boxed_service_can_be_spawned() {
        let service = created();
        let reply = tokio::spawn(async move { service.oneshot(create_call()).await });
        assert!(reply.await.expect("no panic").is_ok());
    }
}
