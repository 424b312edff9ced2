//! The embedded local gateway: a real KMS in process, for tests and development.
//!
//! It listens on loopback and speaks both dialects on one port, as the service does: the RPC dialect
//! of the shared gateway, signed with an access key, and the instance's protobuf, signed with a
//! client key. Signatures, dates, nonces and body hashes are verified as strictly as the service
//! verifies them, keys are real keys, and what one dialect encrypts the other decrypts. The official
//! SDKs work against it unchanged.
//!
//! ```
//! use alibabacloud_kms::KmsClient;
//! use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
//! use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), alibabacloud_kms::Error> {
//! let gateway = LocalGateway::start().await?;
//! let client = KmsClient::builder()
//!     .shared(gateway.open_api_gateway())
//!     .instance(gateway.instance_gateway())
//!     .build()?;
//!
//! let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).await?;
//! let opened = client
//!     .decrypt(DecryptRequest::new(sealed.ciphertext_blob))
//!     .use_shared_gateway(true)
//!     .await?;
//! assert_eq!(opened.key_id, sealed.key_id);
//! # Ok(()) }
//! ```
//!
//! Everything is in memory and gone when the gateway is dropped. Key policies and permissions are
//! not part of it: its one access key and its one client key may do everything. An action that it
//! does not serve answers `UnsupportedOperation`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod auth;
mod builder;
mod certificate;
mod directory;
mod engine;
mod exchange;
mod handlers;
mod identity;
mod parameters;
mod pkcs12;
mod protobuf;
mod rpc;
mod seed;
mod server;
mod service;
mod state;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use alibabacloud_kms::client_key::ClientKey;
use alibabacloud_kms::{Credential, Endpoint, Error, InstanceGateway, OpenApiGateway, TlsOptions};

pub use self::builder::LocalGatewayBuilder;
pub use self::seed::{
    DEFAULT_KEY, EC_SIGN_KEY, EXAMPLE_SECRET, REGION, RSA_ENCRYPT_KEY, RSA_SIGN_KEY,
};
use self::server::Server;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// A key management service in this process; it stops when it is dropped.
///
/// See the [module](self) for an example.
pub struct LocalGateway {
    server: Server,
    endpoint: Endpoint,
    credential: Credential,
    client_key: ClientKey,
    ca_pem: Option<String>,
    tls: Option<TlsOptions>,
}

impl LocalGateway {
    /// Starts a gateway over plain HTTP on a free port of 127.0.0.1, with its keys made anew.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): it cannot listen, or the system has no
    /// random numbers.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime with IO and time.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// A gateway to be started with other settings.
    pub fn builder() -> LocalGatewayBuilder {
        LocalGatewayBuilder::new()
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Where clients find both of its dialects.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// The access key of the RPC dialect.
    pub fn credential(&self) -> Credential {
        self.credential.clone()
    }

    /// The client key of the instance's dialect.
    pub fn client_key(&self) -> ClientKey {
        self.client_key.clone()
    }

    /// The CA that signed its certificate, if it speaks TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Returns options that trust its CA and no other, or `None` without TLS.
    pub fn tls_options(&self) -> Option<TlsOptions> {
        self.tls.clone()
    }

    /// This gateway as the shared gateway of a [`KmsClient`](alibabacloud_kms::KmsClient).
    pub fn open_api_gateway(&self) -> OpenApiGateway {
        let gateway = OpenApiGateway::at(self.endpoint(), self.credential());
        match self.tls_options() {
            Some(tls) => gateway.tls(tls),
            None => gateway,
        }
    }

    /// This gateway as the instance gateway of a [`KmsClient`](alibabacloud_kms::KmsClient).
    pub fn instance_gateway(&self) -> InstanceGateway {
        let gateway = InstanceGateway::new(self.endpoint(), self.client_key());
        match self.tls_options() {
            Some(tls) => gateway.tls(tls),
            None => gateway,
        }
    }

    /// Runs until the process is told to stop, then [shuts down](Self::shut_down).
    ///
    /// From the first call on, interrupts (and on Unix `SIGTERM`) no longer end the process by
    /// themselves: that is how signal handlers are.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): the system lets no signal be waited for.
    pub async fn stopped(self) -> Result<(), Error> {
        server::told_to_stop().await?;
        self.shut_down().await;
        Ok(())
    }

    /// Takes no more connections, answers the requests that are being answered, and ends; at the
    /// latest after 5 seconds.
    pub async fn shut_down(self) {
        self.server.shut_down().await;
    }
}

impl fmt::Debug for LocalGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalGateway").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// The address to connect to for who listens there: a wildcard is reached through loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
