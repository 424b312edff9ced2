//! The client.

mod builder;
mod instance;
mod layers;
#[cfg(feature = "test-util")]
mod mocked;
mod pages;
mod pending;
mod stack;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Layer, Service};

pub use self::builder::ClientBuilder;
pub use self::instance::InstanceApi;
pub use self::pages::{Items, Paged, Pages};
pub use self::pending::PendingCall;
use crate::middleware::CallService;
use crate::middleware::retry::Budget;
use crate::{BoxCall, Call, Error, Gateway, Reply};

/// A client of KMS: a stack of layers over one or two gateways.
///
/// Cheap to clone, shared between threads, built outside a runtime. Each action is a method:
///
/// ```no_run
/// use alibabacloud_kms::api::crypto::EncryptRequest;
/// use alibabacloud_kms::KmsClient;
///
/// # async fn run(client: KmsClient) -> Result<(), alibabacloud_kms::Error> {
/// let answer = client.encrypt(EncryptRequest::new("alias/app", "text")).await?;
/// println!("{}", answer.ciphertext_blob);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct KmsClient {
    service: BoxCall,
    settings: Arc<str>,
    budgets: Budgets,
}

impl KmsClient {
    /// A client over any call-level service: a stack of your own, or a mock.
    ///
    /// ```
    /// use alibabacloud_kms::api::crypto::{EncryptRequest, EncryptResponse};
    /// use alibabacloud_kms::{BoxError, Call, Gateway, KmsClient, Reply};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), alibabacloud_kms::Error> {
    /// let client = KmsClient::from_service(tower::service_fn(|call: Call| async move {
    ///     assert_eq!(call.action().name, "Encrypt");
    ///     let mut response = EncryptResponse::default();
    ///     response.ciphertext_blob = "Y2lwaGVydGV4dA==".into();
    ///     Ok::<_, BoxError>(Reply::new(response, Gateway::Instance))
    /// }));
    /// let answer = client.encrypt(EncryptRequest::new("alias/app", "text")).await?;
    /// assert_eq!(answer.ciphertext_blob, "Y2lwaGVydGV4dA==");
    /// # Ok(()) }
    /// ```
    pub fn from_service<S>(service: S) -> Self
    where
        S: CallService + Clone + Send + Sync + 'static,
    {
        Self::over(BoxCall::new(service), "a service of the user's", Budgets::default())
    }

    fn over(service: BoxCall, settings: impl Into<Arc<str>>, budgets: Budgets) -> Self {
        Self { service, settings: settings.into(), budgets }
    }

    /// Returns a client that sends its calls through this layer first, around everything that is there.
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use alibabacloud_kms::KmsClient;
    /// use alibabacloud_kms::middleware::timeout::TotalTimeoutLayer;
    ///
    /// # fn run(client: KmsClient) {
    /// let impatient = client.with_layer(TotalTimeoutLayer::new(Duration::from_millis(200)));
    /// # }
    /// ```
    #[must_use]
    pub fn with_layer<L>(self, layer: L) -> Self
    where
        L: Layer<BoxCall>,
        L::Service: CallService + Clone + Send + Sync + 'static,
    {
        Self { service: BoxCall::new(layer.layer(self.service)), ..self }
    }

    /// Returns the retry budget of a gateway, or `None` if the client has no such gateway or is [over a
    /// service](Self::from_service).
    pub fn retry_budget(&self, gateway: Gateway) -> Option<&Budget> {
        match gateway {
            Gateway::Shared => self.budgets.shared.as_deref(),
            Gateway::Instance => self.budgets.instance.as_deref(),
        }
    }

    /// Sends a call that is made already, through the whole stack.
    ///
    /// # Errors
    ///
    /// Every [`ErrorKind`](crate::ErrorKind).
    pub async fn send(&self, call: Call) -> Result<Reply, Error> {
        Service::call(&mut self.clone(), call).await
    }
}

/// The client as a service: what [`send`](KmsClient::send) does, for `tower`'s layers and combinators.
/// It is always ready.
impl Service<Call> for KmsClient {
    type Response = Reply;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let action = call.action();
        // It was not polled, so that the call itself waits until the stack is ready.
        let answer = self.service.call(call);
        Box::pin(async move {
            answer.await.map_err(|error| Error::from_boxed(error).with_action(action))
        })
    }
}

/// What is left of each gateway's retries, where there is the gateway.
#[derive(Clone, Default)]
struct Budgets {
    shared: Option<Arc<Budget>>,
    instance: Option<Arc<Budget>>,
}

impl fmt::Debug for KmsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KmsClient({})", self.settings)
    }
}

#[cfg(test)]
mod tests;
