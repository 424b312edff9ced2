//! The shared gateway, which is called in the RPC dialect with an access key, an STS credential or
//! a bearer token.

use std::fmt;
use std::sync::Arc;

use crate::trimmed::trimmed;
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
    /// Creates the shared gateway of a region on the internet, `kms.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the region is not an id such as `cn-hangzhou`.
    pub fn region(
        region: &str,
        credential: impl ProvideCredential + 'static,
    ) -> Result<Self, Error> {
        Self::from_host("kms", region, credential)
    }

    /// Creates the shared gateway of a region inside a VPC, `kms-vpc.<region>.aliyuncs.com`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the region is not an id such as `cn-hangzhou`.
    pub fn vpc(region: &str, credential: impl ProvideCredential + 'static) -> Result<Self, Error> {
        Self::from_host("kms-vpc", region, credential)
    }

    /// Creates the shared gateway at this endpoint.
    pub fn new(endpoint: Endpoint, credential: impl ProvideCredential + 'static) -> Self {
        Self {
            endpoint,
            credential: Arc::new(credential),
            tls: None,
            algorithm: Acs3Algorithm::default(),
        }
    }

    /// Sets the TLS options: which servers are trusted, and which certificate is presented
    /// (default: the client's [`tls`](crate::ClientBuilder::tls), else the operating system's
    /// roots).
    ///
    /// Without the feature `native-roots`, a gateway that uses https needs `tls` here or on the
    /// client; otherwise building the client fails with [`ErrorKind::Config`].
    #[must_use]
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.tls = Some(tls.into());
        self
    }

    /// Sets the signature algorithm (default `ACS3-HMAC-SHA256`).
    #[must_use]
    pub fn algorithm(mut self, algorithm: Acs3Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Connects over plain HTTP. Anyone on the network can then read and change everything.
    #[must_use]
    pub fn over_http(mut self) -> Self {
        self.endpoint = self.endpoint.over_http();
        self
    }

    /// Returns the endpoint.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn from_host(
        host: &str,
        region: &str,
        credential: impl ProvideCredential + 'static,
    ) -> Result<Self, Error> {
        Ok(Self::new(
            endpoint_of_region(host, region, "; an endpoint is given with `new`")?,
            credential,
        ))
    }
}

/// The maximum length of a word of a region's id, in bytes; the longest known is `zhangjiakou`.
const LONGEST_WORD: usize = 20;

/// Returns `<host>.<region>.aliyuncs.com`. The advice ends the error of a region that may be an
/// endpoint.
pub(crate) fn endpoint_of_region(
    host: &str,
    region: &str,
    advice: &str,
) -> Result<Endpoint, Error> {
    let is_label = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let region = trimmed(region);
    // A region is one label of a host name, of short words. Any other text may be a secret, such as
    // a key in hexadecimal digits, so it is not shown.
    let are_words = || region.split('-').all(|word| word.len() <= LONGEST_WORD);
    if !(1..=63).contains(&region.len()) || !region.bytes().all(is_label) || !are_words() {
        let message = if region.contains('.') {
            format!(
                "the region is not a region's id, but perhaps an endpoint: expected a region such \
                 as cn-hangzhou{advice}"
            )
        } else {
            "the region is not a region's id: expected one such as cn-hangzhou".to_owned()
        };
        return Err(Error::new(ErrorKind::Config, message));
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
