//! A gateway that speaks the RPC dialect to those who sign with an access key.

use std::fmt;
use std::sync::Arc;

use crate::{Acs3Algorithm, Endpoint, Error, ErrorKind, ProvideCredential, TlsOptions};

/// Settings of the shared gateway.
///
/// ```
/// use alibabacloud_kms::OpenApiGateway;
/// use alibabacloud_kms::credential::DefaultChain;
///
/// let gateway = OpenApiGateway::region("cn-hangzhou", DefaultChain::new())?;
/// assert_eq!(gateway.endpoint().host(), "kms.cn-hangzhou.aliyuncs.com");
/// # Ok::<(), alibabacloud_kms::Error>(())
/// ```
#[derive(Clone)]
pub struct OpenApiGateway {
    pub(crate) endpoint: Endpoint,
    pub(crate) credential: Arc<dyn ProvideCredential>,
    pub(crate) tls: Option<Arc<TlsOptions>>,
    pub(crate) algorithm: Acs3Algorithm,
}

impl OpenApiGateway {
    /// The shared gateway of a region, on the internet: `kms.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it is not a region's id.
    pub fn region(
        region: &str,
        credential: impl ProvideCredential + 'static,
    ) -> Result<Self, Error> {
        Self::of_region("kms", region, credential)
    }

    /// The shared gateway of a region, inside a VPC: `kms-vpc.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it is not a region's id.
    pub fn vpc(region: &str, credential: impl ProvideCredential + 'static) -> Result<Self, Error> {
        Self::of_region("kms-vpc", region, credential)
    }

    /// A gateway at this address.
    pub fn at(endpoint: Endpoint, credential: impl ProvideCredential + 'static) -> Self {
        Self {
            endpoint,
            credential: Arc::new(credential),
            tls: None,
            algorithm: Acs3Algorithm::default(),
        }
    }

    /// Sets which servers this gateway trusts, and how it presents itself (default: the client's
    /// [`tls`](crate::ClientBuilder::tls), else the operating system's roots).
    ///
    /// Without the feature `native-roots`, and without `tls` on gateway and client, building a client
    /// whose gateway speaks https is an error of [`ErrorKind::Config`].
    #[must_use]
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.tls = Some(tls.into());
        self
    }

    /// Signs with this algorithm; `ACS3-HMAC-SHA256` unless told.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Acs3Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Connects over plain HTTP: everything can be read and changed on the way.
    #[must_use]
    pub fn over_http(mut self) -> Self {
        self.endpoint = self.endpoint.over_http();
        self
    }

    /// Where it is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn of_region(
        host: &str,
        region: &str,
        credential: impl ProvideCredential + 'static,
    ) -> Result<Self, Error> {
        Ok(Self::at(endpoint_of_region(host, region)?, credential))
    }
}

/// `<host>.<region>.aliyuncs.com`.
pub(crate) fn endpoint_of_region(host: &str, region: &str) -> Result<Endpoint, Error> {
    let is_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if region.is_empty() || !region.bytes().all(is_label) {
        return Err(Error::new(
            ErrorKind::Config,
            format!("the region {region:?} is not a region's id: expected one such as cn-hangzhou"),
        ));
    }
    format!("{host}.{region}.aliyuncs.com").parse()
}

impl fmt::Debug for OpenApiGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenApiGateway")
            .field("endpoint", &self.endpoint)
            .field("credential", &self.credential)
            .field("tls", &self.tls)
            .field("algorithm", &self.algorithm)
            .finish()
    }
}
