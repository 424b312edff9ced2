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
/// `version = "…";` comes first. Then, each if it is wanted and in this order:
///
/// - `pub trait Name;`: a trait with a method for each action, which [`KmsClient`] implements (or
///   `impl Type;` for a type of the same crate that has a method `invoke`). Without it, calls are made
///   with [`client.invoke(request)`](KmsClient::invoke). An action whose method the client already has
///   cannot be in a trait.
/// - `pub registry NAME;`: a static list of the [`ActionInfo`] of each declared action.
///
/// Then, in any order:
///
/// - `pub action Name { … }`: an action of the RPC dialect. `gateways: shared;` or
///   `gateways: shared, instance;` says which gateways serve it; what an instance serves needs a
///   [`Transfer`](transfer::Transfer). `idempotent: true;` or
///   `idempotent: false;` says whether a call whose answer was lost may be repeated, and is required.
///   `method: GET;` replaces `POST`. `data_plane: true;` says that an instance's host serves it in the
///   RPC dialect although it is not transferred. `pages: field;` says that the response's field is a
///   list with pages.
/// - `pub operation Name { … }`: an operation of the instance's own dialect. Its fields have protobuf
///   numbers, `@ 1`, and `request_id: 3;` is the number of the response's request id.
/// - `pub object Name { … }`: a struct for fields.
/// - `pub values Name { Variant = "text", … }`: an enum for texts of known values. Its variant `Other`
///   keeps every other text.
///
/// On an action, doc comments and attributes such as `#[deprecated]` go to its request and its method;
/// `#[doc_url = "…"]` is its official documentation. Every response has a field `request_id: String`,
/// which is not declared.
///
/// # Fields
///
/// A field is `name: Type` and what deviates from the usual:
///
/// | | |
/// |---|---|
/// | `= "WireName"` | the name on the wire (default: the name in PascalCase) |
/// | `as json` | one JSON text instead of flattened parameters |
/// | `in body` | in the form instead of the query |
/// | `each "Item"` | the wire wraps the list in an object |
/// | `required` | an `Option` that the shared gateway must have, or a list that must be given |
/// | `required by service` | an `Option` that the service's description requires, but not every call |
/// | `@ 1` | the protobuf number |
///
/// Its type is one of these, or a type alias of one:
///
/// | Type | On the wire |
/// |---|---|
/// | `String`, [`SecretString`] | a text |
/// | `Vec<u8>`, [`SecretBytes`] | bytes, in operations; Base64 in JSON |
/// | `i32`, `i64` | a whole number |
/// | `bool` | true or false |
/// | declared `values` | a text |
/// | a declared `object` | an object, not in operations |
/// | [`Pairs`], [`JsonObject`] | an object with any names, not in operations |
/// | `Option` of one of these | the same, or nothing |
/// | `Vec<String>` | a list of texts |
/// | `Vec` of a declared `object` | a list of objects, not in operations |
///
/// A field that is neither an `Option` nor a list is an argument of `new`; the others have setters. A
/// keyword is a name as `r#type`.
///
/// Whether a field is secret is a property of its type: a field of [`SecretString`] or [`SecretBytes`]
/// is redacted in `Debug`, whatever the type is called. Such a field must be marked `#[secret]`, and no
/// other may be.
///
/// # Where the crate is
///
/// The declaration needs no name in scope: this crate may be a dependency under another name
/// (`kms = { package = "alibabacloud-kms" }`, then `kms::kms_api!`) or come through a crate that
/// re-exports it.
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
///         response {}
///     }
/// }
/// ```
#[macro_export]
macro_rules! kms_api {
    ($($declaration:tt)*) => {
        $crate::__private::kms_api! { $crate, $($declaration)* }
    };
}
