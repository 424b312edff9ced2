//! A client framework for Alibaba Cloud KMS, on tower, hyper and rustls.
//!
//! One client, two gateways: the shared gateway that all customers of a region use, and the gateway
//! of a dedicated instance. Ten actions go to the instance by default; the client, a list of names or
//! a single call can send them to the shared gateway instead.
//!
//! ```no_run
//! use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
//! use alibabacloud_kms::client_key::ClientKey;
//! use alibabacloud_kms::{InstanceGateway, KmsClient, TlsOptions};
//!
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let password = std::env::var("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD")?.into();
//! let key = ClientKey::from_file("clientKey.json", &password)?;
//! let endpoint = "kst-xxx.cryptoservice.kms.aliyuncs.com".parse()?;
//! let instance = InstanceGateway::new(endpoint, key).tls(TlsOptions::ca_file("ca.pem")?);
//! let client = KmsClient::builder().instance(instance).build()?;
//!
//! let sealed = client.encrypt(EncryptRequest::new("alias/app", "text")).await?;
//! let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
//! # Ok(()) }
//! ```
//!
//! # Map
//!
//! - [`KmsClient`] and its [builder](ClientBuilder); every action is a method.
//! - [`api`]: the actions of the OpenAPI. [`instance_api`]: the instance's own operations.
//! - [`kms_api!`](kms_api): how actions are declared, yours too.
//! - [`middleware`]: calls, replies, errors and every layer of the stack, each usable alone.
//! - [`middleware::trace`], [`middleware::metrics`] (feature `metrics`) and [`middleware::propagate`]:
//!   what a call leaves to be seen.
//! - [`middleware::retry`] and [`middleware::timeout`]: how often, and how long.
//!   [`transport`]: how connections are secured, made and kept.
//! - [`gateway`] and [`route`]: the two gateways, the transfer between them, and the choice.
//! - [`cache`]: a layer that keeps secrets for a while.
//! - [`envelope`]: data of any size, encrypted here with data keys that KMS encrypts.
//! - [`client_key`]: the instance gateway's client key. [`credential`]: who signs on the shared one.
//! - `testing`: mock gateways for your tests (feature `test-util`).
//!
//! A real gateway in process, for tests and development, is the package `alibabacloud-kms-local`; the
//! command `kms` is `alibabacloud-kms-cli`.

#![cfg_attr(docsrs, feature(doc_cfg))]

#[doc(hidden)]
pub mod __private;
pub mod api;
pub mod cache;
pub mod client_key;
pub mod credential;
pub mod envelope;
pub mod gateway;
pub mod instance_api;
pub mod route;
#[cfg(feature = "test-util")]
pub mod testing;
pub mod transfer;
pub mod transport;

mod client;
mod lock;

/// The contract and every layer of the stack.
pub mod middleware {
    #[doc(inline)]
    pub use alibabacloud_kms_middleware::*;

    pub use crate::transport;
}

pub use alibabacloud_kms_middleware::clock::{Clock, Nonce};
pub use alibabacloud_kms_middleware::payload::Pairs;
pub use alibabacloud_kms_middleware::sign::{Acs3Algorithm, ClientKeySigner};
pub use alibabacloud_kms_middleware::{
    Action, ActionInfo, Body, BoxCall, BoxError, BoxFuture, BoxHttp, Call, CallOptions, Charset,
    Credential, Dialect, Endpoint, Error, ErrorKind, Gateway, Identity, Outcome, Payload,
    ProvideCredential, ProxyOptions, Reply, ReplyHead, ServiceError, TlsIdentity, TlsOptions,
    TlsVersion, payload, wire,
};
pub use secrecy::{ExposeSecret, SecretString};

pub use self::client::{ClientBuilder, InstanceApi, Items, KmsClient, Paged, Pages, PendingCall};
pub use self::gateway::{ContextAad, InstanceGateway, OpenApiGateway};
pub use self::route::{Router, Routing};

/// Octets that are wiped when they are dropped and never shown.
pub type SecretBytes = secrecy::SecretSlice<u8>;

/// A JSON object of any content.
pub type JsonObject = serde_json::Map<String, serde_json::Value>;

/// Declares actions: their types, their tables and their client methods.
///
/// ```
/// use alibabacloud_kms::{KmsClient, Pairs, SecretString, kms_api};
///
/// kms_api! {
///     version = "2016-01-20";
///     pub trait LabApi;
///
///     /// An object inside requests or responses.
///     pub object Note {
///         author: Option<String>,
///         text: Option<String>,
///     }
///
///     /// What the action does, in a line.
///     #[doc_url = "https://example.com/seal"]
///     pub action Seal {
///         gateways: shared;
///         idempotent: true;
///         request {
///             /// Plain types are required: arguments of `SealRequest::new`.
///             key_id: String,
///             #[secret] plaintext: SecretString in body,
///             encryption_context: Option<Pairs> as json,
///             instance: Option<String> = "DKMSInstanceId",
///             note: Vec<Note>,
///         }
///         response {
///             versions: Vec<String> each "Version",
///             request_id: String,
///         }
///     }
/// }
///
/// # async fn run(client: KmsClient) -> Result<(), alibabacloud_kms::Error> {
/// let request = SealRequest::new("alias/app", "text").note([Note::new().author("me")]);
/// let answer = client.seal(request).await?;
/// # Ok(()) }
/// ```
///
/// # Grammar
///
/// `version = "…";` comes first. Then, if methods are wanted, `pub trait Name;` for a trait that
/// [`KmsClient`] implements (or `impl Type;` for a type of the same crate that has a method `invoke`).
/// Then, in any order:
///
/// - `pub action Name { … }`: an action of the RPC dialect. `gateways: shared;` or
///   `gateways: shared, instance;` says who serves it; what an instance serves needs a
///   [`Transfer`](transfer::Transfer). `data_plane: true;` says that an instance's host serves it in
///   the RPC dialect although it is not transferred, `idempotent: true;` or `false` whether a lost
///   answer may be answered with a second request (it must be said), `method: GET;` replaces `POST`.
/// - `pub operation Name { … }`: an operation of the instance's own dialect; its fields have protobuf
///   numbers, `@ 1`.
/// - `pub object Name { … }`: a struct for fields.
/// - `pub values Name { Variant = "text", … }`: an enum for texts of known values; it has a variant
///   `Other` that keeps every other text.
///
/// What is declared is listed in `ACTIONS`, so a module has one `kms_api!`. On an action, doc comments
/// and attributes such as `#[deprecated]` go to its request and its method; `#[doc_url = "…"]` is its
/// official documentation.
///
/// A field is `name: Type` and what deviates: `= "WireName"` (else PascalCase of the name), `as json`
/// (one JSON text), `in body` (in the form, not the query), `each "Item"` (the wire wraps the list in
/// an object), `required` (an optional field that the shared gateway must have, or a list that must be
/// given), `required by service` (the service's description says so, and the service lets some calls
/// do without), `@ 1`. `#[secret]` fields must be of a secrecy type, and are redacted in `Debug`.
///
/// A secret that is not of a secrecy type does not compile:
///
/// ```compile_fail
/// alibabacloud_kms::kms_api! {
///     version = "2016-01-20";
///     pub action Leak {
///         gateways: shared;
///         idempotent: true;
///         request { #[secret] plaintext: String }
///         response { request_id: String }
///     }
/// }
/// ```
#[macro_export]
macro_rules! kms_api {
    ($($declaration:tt)*) => {
        $crate::__private::kms_api! { $crate, $($declaration)* }
    };
}
