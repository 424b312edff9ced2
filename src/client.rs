//! The client: gateways, options and the stack of layers behind one method per action.

mod builder;
mod http_slot;
mod instance;
mod layers;
#[cfg(feature = "test-util")]
mod mocked;
mod pages;
mod pending;
mod stack;

use alibabacloud_kms_middleware::__private::runtime;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tower::{Layer, Service};

pub use self::builder::ClientBuilder;
pub use self::instance::NativeApi;
pub use self::pages::{Items, Paged, Pages};
pub use self::pending::PendingCall;
use crate::middleware::retry::Budget;
use crate::{BoxCall, Call, CallService, Error, Gateway, Reply};

/// A client of KMS: a stack of layers over one or two gateways.
///
/// A client is cheap to clone, can be shared between threads, and can be built outside a runtime.
/// Each action is a method:
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
    about: Arc<About>,
    /// Whether its own layers need tokio, for time limits and waits.
    needs_runtime: bool,
}

impl KmsClient {
    /// Creates a client over any call-level service: a stack of your own, or a mock.
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

    fn over(service: BoxCall, settings: impl Into<String>, budgets: Budgets) -> Self {
        let about = Arc::new(About { settings: settings.into(), budgets });
        Self { service, about, needs_runtime: false }
    }

    /// Returns a client with this layer around the existing stack.
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

    /// Returns the retry budget of a gateway, or `None` if the client has no such gateway or was
    /// created by [`from_service`](Self::from_service).
    pub fn retry_budget(&self, gateway: Gateway) -> Option<&Budget> {
        match gateway {
            Gateway::Shared => self.about.budgets.shared.as_deref(),
            Gateway::Instance => self.about.budgets.instance.as_deref(),
        }
    }

    /// Sends a [`Call`] through the whole stack. Use this if you have a call instead of a request.
    ///
    /// # Errors
    ///
    /// Those of the call; see [`ErrorKind`](crate::ErrorKind).
    pub async fn send(&self, call: Call) -> Result<Reply, Error> {
        self.begin(call).await
    }

    /// Passes a call to the stack. Nothing is sent before the future is polled.
    fn begin(&self, call: Call) -> impl Future<Output = Result<Reply, Error>> + Send + use<> {
        let (action, needs_runtime) = (call.action(), self.needs_runtime);
        // The clone was not polled for readiness, so the call itself waits until the stack is
        // ready.
        let answer = self.service.clone().call(call);
        async move {
            if needs_runtime {
                runtime::current().map_err(|error| error.with_action(action))?;
            }
            answer.await.map_err(|error| Error::from_boxed(error).with_action(action))
        }
    }
}

/// The client as a service, for `tower`'s layers and combinators. `call` does the same as
/// [`send`](KmsClient::send), and the service is always ready.
impl Service<Call> for KmsClient {
    type Response = Reply;
    type Error = Error;
    type Future = Pin<Box<dyn Future<Output = Result<Reply, Error>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> Self::Future {
        Box::pin(self.begin(call))
    }
}

/// The settings that a client's `Debug` shows, and its retry budgets.
struct About {
    settings: String,
    budgets: Budgets,
}

/// The retry budgets of the configured gateways.
#[derive(Default)]
struct Budgets {
    shared: Option<Arc<Budget>>,
    instance: Option<Arc<Budget>>,
}

impl fmt::Debug for KmsClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KmsClient({})", self.about.settings)
    }
}

#[cfg(test)]
mod tests;
