//! A dedicated instance's gateway: in its own dialect with a client key, or in RPC with credentials.

use std::sync::Arc;

use crate::client_key::ClientKey;
use crate::{ClientKeySigner, Dialect, Endpoint, Error, ErrorKind, ProvideCredential, TlsOptions};

/// Settings of an instance gateway.
#[derive(Debug, Clone)]
pub struct InstanceGateway {
    pub(crate) endpoint: Endpoint,
    pub(crate) identity: Identity,
    pub(crate) tls: Option<Arc<TlsOptions>>,
}

/// Who calls an instance, and so how.
#[derive(Debug, Clone)]
pub(crate) enum Identity {
    /// Protobuf: the ten actions by transfer, and the native operations.
    ClientKey(Arc<dyn ClientKeySigner>),
    /// RPC: every data-plane action as it is.
    Credential(Arc<dyn ProvideCredential>),
}

impl InstanceGateway {
    /// The instance at this address, `<instance-id>.cryptoservice.kms.aliyuncs.com`.
    ///
    /// Its certificate is signed by a CA of the instance's own: give the downloaded PEM file with
    /// [`tls`](Self::tls).
    pub fn new(endpoint: Endpoint, key: impl ClientKeySigner + 'static) -> Self {
        Self { endpoint, identity: Identity::ClientKey(Arc::new(key)), tls: None }
    }

    /// The instance at this address, in the RPC dialect with an access key.
    ///
    /// Nothing is transferred: the instance's host serves every data-plane action but `ReEncrypt` as
    /// the shared gateway does, and no native operation. The service recommends this to new users.
    pub fn with_credential(
        endpoint: Endpoint,
        credential: impl ProvideCredential + 'static,
    ) -> Self {
        Self { endpoint, identity: Identity::Credential(Arc::new(credential)), tls: None }
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

    /// Connects over plain HTTP: everything can be read and changed on the way.
    #[must_use]
    pub fn over_http(mut self) -> Self {
        self.endpoint = self.endpoint.over_http();
        self
    }

    /// Returns where it is.
    pub fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    /// Returns how it is called: in its own dialect with a client key, in RPC with a credential.
    pub fn dialect(&self) -> Dialect {
        match self.identity {
            Identity::ClientKey(_) => Dialect::Protobuf,
            Identity::Credential(_) => Dialect::Rpc,
        }
    }
}

impl ClientKeySigner for ClientKey {
    fn key_id(&self) -> &str {
        self.key_id()
    }

    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.sign(message).map_err(|error| {
            Error::new(ErrorKind::Sign, "the client key did not sign").with_source(error)
        })
    }
}
