//! The embedded local gateway: a real KMS in process, for tests and development.
//!
//! It listens on loopback and serves both dialects on one port, as an instance does: the RPC
//! dialect of the shared gateway, signed with an access key, and the instance's own protobuf
//! dialect, signed with a client key. The RPC dialect accepts every signature that clients send:
//! ACS3 with SHA-256 or SM3 (feature `sm3`), signature 1.0 with HMAC-SHA1 or a client key
//! (`SHA256withRSA`), security tokens and bearer tokens; it answers in JSON or XML. The gateway
//! verifies signatures, dates, nonces and body hashes as strictly as the service does. Its keys are
//! real keys, and data that was encrypted in one dialect can be decrypted in the other. The
//! official SDKs work with the gateway unchanged.
//!
//! If a signature does not match, the error contains the string to sign that the gateway computed.
//! The gateway also tries common mistakes, and the error names the one that yields the client's
//! signature: the secret without the `&` after it, `+` for a space, parameters in another order,
//! another method, a missing body, or the secret of another access key.
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
//! All state is in memory and lost when the gateway is dropped, unless it has a
//! [store](LocalGatewayBuilder::store). Permissions are not enforced: every access key and client
//! key may do everything. Policies, access points and network rules are validated and stored, but
//! have no effect. Answers about instances, their quotas, regions and the account are fixed: one
//! connected instance, one region, an enabled account. Every action and operation is served. Two
//! parameters are refused with `UnsupportedOperation`: `Recipient`, because the gateway cannot
//! attest enclaves, and `KmsInstanceId` of `SetDeletionProtection`, because it protects only keys.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

#[doc(hidden)]
pub mod __private;

mod admin;
mod answer;
mod auth;
mod authority;
mod builder;
mod certificate;
mod clock;
mod der;
mod directory;
mod engine;
mod exchange;
mod failed;
mod faults;
mod handlers;
mod on_thread;
mod opened;
mod parameters;
mod pkcs12;
mod principals;
mod protobuf;
mod request_log;
mod rpc;
mod seed;
mod seeds;
mod server;
mod service;
mod state;
mod whole_file;

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use alibabacloud_kms::{
    ClientKey, Credential, Endpoint, Error, InstanceGateway, OpenApiGateway, SecretString,
    TlsOptions,
};

pub use self::builder::LocalGatewayBuilder;
use self::clock::MovableClock;
use self::directory::Folder;
use self::engine::Engine;
use self::failed::failed;
use self::faults::Faults;
pub use self::faults::{FaultEffect, FaultRule, RetryHint};
use self::on_thread::OnThread;
pub use self::request_log::LoggedRequest;
pub use self::seed::{
    DEFAULT_KEY, EC_SIGN_KEY, EXAMPLE_DATA_KEY, EXAMPLE_SECRET, REGION, RSA_ENCRYPT_KEY,
    RSA_SIGN_KEY,
};
pub use self::seeds::{
    AccessKeySeed, ClientKeySeed, KeySeed, KeyVersionSeed, SecretSeed, SecretVersionSeed, Seed,
};
use self::server::Server;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

/// A local key management service in this process. Dropping the value stops the service.
///
/// See the [module](self) for an example.
pub struct LocalGateway {
    server: Server,
    store: OpenStore,
    clock: MovableClock,
    faults: Arc<Faults>,
    _folder: Option<Folder>,
    _thread: Option<OnThread>,
    endpoint: Endpoint,
    credential: Credential,
    temporary_credential: Credential,
    bearer_token: SecretString,
    client_key: ClientKey,
    ca_pem: Option<String>,
    tls: Option<TlsOptions>,
}

impl LocalGateway {
    /// Starts a gateway over plain HTTP on a free port of 127.0.0.1, with new keys.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): it cannot listen, or the
    /// system's random source failed.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with IO and time.
    pub async fn start() -> Result<Self, Error> {
        Self::builder().start().await
    }

    /// Starts a gateway on a thread of its own: for tests without a runtime, and for a `static`
    /// that all tests of a program share. See [`LocalGatewayBuilder::start_on_thread`].
    ///
    /// ```
    /// use std::sync::LazyLock;
    ///
    /// use alibabacloud_kms_local::LocalGateway;
    ///
    /// static GATEWAY: LazyLock<LocalGateway> =
    ///     LazyLock::new(|| LocalGateway::start_on_thread().expect("the gateway starts"));
    /// assert!(GATEWAY.address().ip().is_loopback());
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start), and
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config) if the thread or its runtime
    /// cannot be started.
    pub fn start_on_thread() -> Result<Self, Error> {
        Self::builder().start_on_thread()
    }

    /// Returns a builder with the defaults.
    pub fn builder() -> LocalGatewayBuilder {
        LocalGatewayBuilder::new()
    }

    /// Returns the address that the gateway listens on.
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// Returns the endpoint, which serves both dialects.
    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.clone()
    }

    /// Returns the access key of the RPC dialect.
    pub fn credential(&self) -> Credential {
        self.credential.clone()
    }

    /// Returns a temporary access key with its security token, for the RPC dialect.
    ///
    /// This key is refused without its token. The permanent [access key](Self::credential) is
    /// accepted with any token.
    pub fn temporary_credential(&self) -> Credential {
        self.temporary_credential.clone()
    }

    /// Returns the bearer token of the RPC dialect.
    pub fn bearer_token(&self) -> Credential {
        Credential::bearer(self.bearer_token.clone())
    }

    /// Returns the client key of the instance's own dialect.
    pub fn client_key(&self) -> ClientKey {
        self.client_key.clone()
    }

    /// Returns the CA that issued the gateway's certificate, in PEM, or `None` without TLS.
    pub fn ca_pem(&self) -> Option<&str> {
        self.ca_pem.as_deref()
    }

    /// Returns TLS options that trust only the gateway's CA, or `None` without TLS.
    pub fn tls_options(&self) -> Option<TlsOptions> {
        self.tls.clone()
    }

    /// Returns this gateway as the shared gateway of a [`KmsClient`](alibabacloud_kms::KmsClient).
    pub fn open_api_gateway(&self) -> OpenApiGateway {
        let gateway = OpenApiGateway::new(self.endpoint(), self.credential());
        match self.tls_options() {
            Some(tls) => gateway.tls(tls),
            None => gateway,
        }
    }

    /// Returns this gateway as the instance gateway of a
    /// [`KmsClient`](alibabacloud_kms::KmsClient).
    pub fn instance_gateway(&self) -> InstanceGateway {
        let gateway = InstanceGateway::new(self.endpoint(), self.client_key());
        match self.tls_options() {
            Some(tls) => gateway.tls(tls),
            None => gateway,
        }
    }

    /// Returns the current time of the clock by which keys and secrets age: 1970 at the earliest,
    /// also if the builder's clock jumps back. See [`advance_clock`](Self::advance_clock).
    pub fn now(&self) -> SystemTime {
        self.clock.now()
    }

    /// Moves the clock by which keys and secrets age forward: rotations, scheduled deletions and
    /// the expiry of imported material and of client keys happen as if that time had passed.
    ///
    /// The dates of requests are still compared with the present time, so clients need no change. A
    /// store keeps the offset of the clock.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): the store could not be written, or
    /// the time is before 1970 or after the year 9999.
    pub async fn advance_clock(&self, by: Duration) -> Result<(), Error> {
        let moved = opened::move_clock(&self.store.0, &self.clock, |clock| clock.advance(by)).await;
        moved.map_err(|fault| failed("could not move its clock", fault.message))
    }

    /// Sets the clock by which keys and secrets age to this time; see
    /// [`advance_clock`](Self::advance_clock). Setting it back does not undo what has happened.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): the store could not be written, or
    /// the time is before 1970 or after the year 9999.
    pub async fn set_clock(&self, to: SystemTime) -> Result<(), Error> {
        let moved = opened::move_clock(&self.store.0, &self.clock, |clock| clock.set(to)).await;
        moved.map_err(|fault| failed("could not move its clock", fault.message))
    }

    /// Adds a rule that injects a fault into requests, after the existing rules. Unlike
    /// [`fault`](LocalGatewayBuilder::fault), it does not check that the rule's action exists.
    pub fn add_fault(&self, rule: FaultRule) {
        self.faults.add(vec![rule]);
    }

    /// Removes all rules that inject faults.
    pub fn clear_faults(&self) {
        self.faults.clear();
    }

    /// Runs until an interrupt (Ctrl-C) or, on Unix, `SIGTERM`, then [shuts down](Self::shut_down).
    ///
    /// From then on, these signals no longer end the process by themselves, even after the gateway
    /// has stopped, because the signal handlers cannot be removed again.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): the system does not allow
    /// waiting for signals.
    pub async fn run_until_signal(self) -> Result<(), Error> {
        server::told_to_stop().await?;
        self.shut_down().await;
        Ok(())
    }

    /// Shuts the gateway down: it accepts no more connections and finishes the current requests,
    /// within at most 5 seconds.
    pub async fn shut_down(self) {
        self.server.shut_down().await;
    }
}

/// The engine of a gateway. Dropping it closes its store.
struct OpenStore(Engine);

impl Drop for OpenStore {
    fn drop(&mut self) {
        self.0.close();
    }
}

impl fmt::Debug for LocalGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalGateway").field("address", &self.address()).finish_non_exhaustive()
    }
}

/// Returns the address to connect to: a wildcard address is reached through loopback.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}
