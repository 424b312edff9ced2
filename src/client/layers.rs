//! The user's layers, as slots of the stack.

use tower::Layer;
use tower::util::Either;

use super::http_slot::HttpSlot;
use crate::{BoxCall, BoxError, BoxHttp, CallService, HttpService};

/// Call-level layers; the first sees a call first. An empty slot costs nothing.
#[derive(Default)]
pub(super) struct CallLayers(Vec<Box<dyn Fn(BoxCall) -> BoxCall + Send + Sync>>);

impl CallLayers {
    pub(super) fn push<L>(&mut self, layer: L)
    where
        L: Layer<BoxCall> + Send + Sync + 'static,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        self.0.push(Box::new(move |inner| BoxCall::new(layer.layer(inner))));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<S> Layer<S> for CallLayers
where
    S: CallService<Error = BoxError> + Clone + Send + Sync + 'static,
{
    type Service = Either<S, BoxCall>;

    fn layer(&self, inner: S) -> Self::Service {
        if self.0.is_empty() {
            return Either::Left(inner);
        }
        let inner = BoxCall::new(inner);
        Either::Right(self.0.iter().rev().fold(inner, |inner, layer| layer(inner)))
    }
}

/// HTTP-level layers; the first sees a request first. An empty slot costs nothing.
#[derive(Default)]
pub(super) struct HttpLayers(Vec<Box<dyn Fn(BoxHttp) -> BoxHttp + Send + Sync>>);

impl HttpLayers {
    pub(super) fn push<L>(&mut self, layer: L)
    where
        L: Layer<BoxHttp> + Send + Sync + 'static,
        L::Service: HttpService + Clone + Send + Sync + 'static,
    {
        self.0.push(Box::new(move |inner| BoxHttp::new(layer.layer(inner))));
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl<S> Layer<S> for HttpLayers
where
    S: HttpService + Clone + Send + Sync + 'static,
{
    type Service = HttpSlot<S>;

    fn layer(&self, inner: S) -> HttpSlot<S> {
        if self.0.is_empty() {
            return HttpSlot::Own(inner);
        }
        let inner = BoxHttp::new(inner);
        HttpSlot::Users(self.0.iter().rev().fold(inner, |inner, layer| layer(inner)))
    }
}
