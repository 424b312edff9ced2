//! Any `tower` policy for calls, as one type.

use std::future::Future;
use std::pin::Pin;

use tower::retry::Policy;

use crate::call::Call;
use crate::error::BoxError;
use crate::reply::Reply;

/// A [`Policy`] whose future is boxed.
pub(super) trait Custom: Send + Sync {
    fn retry(
        &mut self,
        call: &mut Call,
        result: &mut Result<Reply, BoxError>,
    ) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>>;

    fn clone_request(&mut self, call: &Call) -> Option<Call>;

    fn clone_box(&self) -> Box<dyn Custom>;
}

impl<P> Custom for P
where
    P: Policy<Call, Reply, BoxError> + Clone + Send + Sync + 'static,
    P::Future: Send + 'static,
{
    fn retry(
        &mut self,
        call: &mut Call,
        result: &mut Result<Reply, BoxError>,
    ) -> Option<Pin<Box<dyn Future<Output = ()> + Send>>> {
        Policy::retry(self, call, result).map(|wait| Box::pin(wait) as _)
    }

    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        Policy::clone_request(self, call)
    }

    fn clone_box(&self) -> Box<dyn Custom> {
        Box::new(self.clone())
    }
}

impl Clone for Box<dyn Custom> {
    fn clone(&self) -> Self {
        (**self).clone_box()
    }
}
