//! The client.

mod builder;
mod instance;
#[cfg(feature = "test-util")]
mod mocked;
mod pages;
mod pending;
mod stack;

use std::fmt;
use std::sync::Arc;

use tower::util::BoxCloneSyncService;
use tower::{Service, ServiceExt};

pub use self::builder::ClientBuilder;
pub use self::instance::InstanceApi;
pub use self::pages::{Items, Paged, Pages};
pub use self::pending::PendingCall;
use crate::middleware::retry::Budget;
use crate::{BoxError, Call, Error, Gateway, Reply};

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
    service: BoxCloneSyncService<Call, Reply, BoxError>,
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
        S: Service<Call, Response = Reply> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        Self::with_settings(service, "a service of the user's")
    }

    fn with_settings<S>(service: S, settings: impl Into<Arc<str>>) -> Self
    where
        S: Service<Call, Response = Reply> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
    {
        Self {
            service: BoxCloneSyncService::new(service.map_err(Into::into)),
            settings: settings.into(),
            budgets: Budgets::default(),
        }
    }

    /// What is left of a gateway's retries: how it fares.
    ///
    /// None if the client has no such gateway, or is [over a service](Self::from_service).
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
        let action = call.action();
        let answer = self.service.clone().oneshot(call).await;
        answer.map_err(|error| Error::from_boxed(error).with_action(action))
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
