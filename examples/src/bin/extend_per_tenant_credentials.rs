//! One client for many tenants: a layer signs each call with the credential of its tenant.
//!
//! Connections and limits are shared; a call without a tenant goes nowhere.

use std::collections::HashMap;
use std::error::Error as StdError;
use std::sync::Arc;
use std::task::{Context, Poll};

use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::{
    BoxError, BoxFuture, Call, Credential, Error, ErrorKind, KmsClient, OpenApiGateway,
    ProvideCredential, Reply,
};
use alibabacloud_kms_local::LocalGateway;
use tower::{Layer, Service};

/// The tenant of a call.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Tenant(&'static str);

/// Any provider will do: an access key here, a role to assume in production.
type Credentials = Arc<HashMap<Tenant, Arc<dyn ProvideCredential>>>;

#[derive(Clone)]
struct PerTenantLayer(Credentials);

impl<S> Layer<S> for PerTenantLayer {
    type Service = PerTenant<S>;

    fn layer(&self, inner: S) -> PerTenant<S> {
        PerTenant { inner, credentials: Arc::clone(&self.0) }
    }
}

#[derive(Clone)]
struct PerTenant<S> {
    inner: S,
    credentials: Credentials,
}

impl<S> Service<Call> for PerTenant<S>
where
    S: Service<Call, Response = Reply, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx)
    }

    fn call(&mut self, mut call: Call) -> BoxFuture<Reply> {
        let tenant = call.extensions().get::<Tenant>();
        let Some(credential) = tenant.and_then(|tenant| self.credentials.get(tenant)) else {
            let error = Error::new(ErrorKind::Layer, "the call has no known tenant");
            return Box::pin(std::future::ready(Err(error.into())));
        };
        call.options_mut().credential = Some(Arc::clone(credential));
        Box::pin(self.inner.call(call))
    }
}

/// What signs if nothing else does: nothing.
#[derive(Debug)]
struct Nobody;

#[async_trait::async_trait]
impl ProvideCredential for Nobody {
    async fn provide(&self) -> Result<Credential, Error> {
        Err(Error::new(ErrorKind::Credential, "calls are signed by tenants"))
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn StdError>> {
    let local = LocalGateway::start().await?;
    let known: Arc<dyn ProvideCredential> = Arc::new(local.credential());
    let unknown: Arc<dyn ProvideCredential> = Arc::new(Credential::access_key("LTAI", "secret"));
    let credentials = HashMap::from([(Tenant("red"), known), (Tenant("blue"), unknown)]);
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(local.endpoint(), Nobody))
        .layer(PerTenantLayer(Arc::new(credentials)))
        .build()?;

    for tenant in ["red", "blue", "green"] {
        match client.list_keys(ListKeysRequest::new()).extension(Tenant(tenant)).await {
            Ok(keys) => println!("{tenant} has {} keys", keys.total_count),
            Err(error) => println!("{tenant} was refused: {}", error.code().unwrap_or("no code")),
        }
    }
    Ok(())
}
