//! The gateway of a dedicated instance, which is called in its own dialect with a client key, or in
//! the RPC dialect with a credential.

use std::sync::Arc;

#[cfg(feature = "client-key")]
use crate::ClientKeySigner;
use crate::{Dialect, Endpoint, ProvideCredential, TlsOptions};

/// Settings of an instance gateway.
///
/// ```
/// use alibabacloud_kms::{Credential, InstanceGateway};
///
/// let endpoint = "kst-x.cryptoservice.kms.aliyuncs.com".parse()?;
/// let credential = Credential::access_key("LTAI…", "secret");
/// let gateway = InstanceGateway::with_credential(endpoint, credential);
/// # let _ = gateway;
/// # Ok::<(), alibabacloud_kms::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct InstanceGateway {
    pub(crate) endpoint: Endpoint,
    pub(crate) authentication: Authentication,
    pub(crate) tls: Option<Arc<TlsOptions>>,
}

/// How an instance is called, which determines the dialect.
#[derive(Debug, Clone)]
pub(crate) enum Authentication {
    /// Protobuf: the ten actions by transfer, and the native operations.
    #[cfg(feature = "client-key")]
    ClientKey(Arc<dyn ClientKeySigner>),
    /// RPC: every data-plane action except `ReEncrypt`, without a transfer.
    Credential(Arc<dyn ProvideCredential>),
}

impl InstanceGateway {
    /// Creates the gateway of an instance that is called with a client key.
    ///
    /// The endpoint is `<instance-id>.cryptoservice.kms.aliyuncs.com`. The instance's certificate
    /// is signed by a CA of its own: download the PEM file in the console and set it with
    /// [`tls`](Self::tls).
    #[cfg(feature = "client-key")]
    pub fn new(endpoint: Endpoint, key: impl ClientKeySigner + 'static) -> Self {
        Self { endpoint, authentication: Authentication::ClientKey(Arc::new(key)), tls: None }
    }

    /// Creates the gateway of an instance that is called in the RPC dialect with a credential, such
    /// as an access key.
    ///
    /// Actions are not transferred: the instance serves them as the shared gateway does. It serves
    /// the ten actions that are transferred with a client key, and also `BatchGetSecretValue`,
    /// `ExportDataKey`, `GenerateAndExportDataKey`, `GenerateMac`, `GetManagedDataKey` and
    /// `VerifyMac`; it serves no native operations. The service recommends this to new users.
    pub fn with_credential(
        endpoint: Endpoint,
        credential: impl ProvideCredential + 'static,
    ) -> Self {
        Self {
            endpoint,
            authentication: Authentication::Credential(Arc::new(credential)),
            tls: None,
        }
    }

    /// Sets the TLS options: which servers are trusted, and which certificate is presented
    /// (default: the client's [`tls`](crate::ClientBuilder::tls), else the operating system's
    /// roots).
    ///
    /// Without the feature `native-roots`, a gateway that uses https needs `tls` here or on the
    /// client; otherwise building the client fails with
    /// [`ErrorKind::Config`](crate::ErrorKind::Config).
    #[must_use]
    pub fn tls(mut self, tls: impl Into<Arc<TlsOptions>>) -> Self {
        self.tls = Some(tls.into());
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

    /// Returns the dialect: protobuf with a client key, RPC with a credential.
    pub fn dialect(&self) -> Dialect {
        match self.authentication {
            #[cfg(feature = "client-key")]
            Authentication::ClientKey(_) => Dialect::Protobuf,
            Authentication::Credential(_) => Dialect::Rpc,
        }
    }
}
