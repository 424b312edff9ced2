//! A client framework for Alibaba Cloud KMS, on tower, hyper and rustls.
//!
//! One client calls two gateways: the shared gateway that all customers of a region use, and the
//! gateway of a dedicated instance. By default, the instance gets the actions that it serves (ten
//! with a client key, sixteen with an access key), and the shared gateway all others. The client, a
//! list of names or a single call can send those actions to the shared gateway instead.
//!
//! ```no_run
//! use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
//! use alibabacloud_kms::{ClientKey, InstanceGateway, KmsClient, TlsOptions};
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
//! [The book](https://github.com/alibabacloud-kms/alibabacloud-kms-rs/blob/main/docs/README.md)
//! leads from here to a service in production, and shows each scenario of the Python, Java and Go
//! SDKs as a whole program.
//!
//! # Map
//!
//! | you want to | see |
//! |---|---|
//! | make a client and calls | [`KmsClient`], its [builder](ClientBuilder), [`PendingCall`] |
//! | know the two gateways, and which one serves a call | [`OpenApiGateway`], [`InstanceGateway`], [`Router`] |
//! | find an action and its types | [`api`]; for an instance's own operations, [`native`] |
//! | sign requests to an instance, and to the shared gateway | [`ClientKey`], [`credential`] |
//! | decide whom to trust, and how to connect | [`TlsOptions`], [`ProxyOptions`], [`transport`] |
//! | know what failed, and whether to send it again | [`Error`], [`Outcome`] |
//! | limit attempts and time | [`middleware::retry`], [`middleware::timeout`] |
//! | see calls | [`middleware::trace`], [`middleware::metrics`], [`middleware::propagate`] |
//! | cache secrets, and follow their versions | [`cache`] |
//! | read what secrets hold | [`secret_value`], and `bytes()` of a secret, a data key or a plaintext |
//! | encrypt data of any size | [`envelope`] |
//! | wait until a key or a secret has reached a state | [`wait`] |
//! | stay below the service's published limits | [`quota`] |
//! | test without a gateway | `testing` (feature `test-util`) |
//! | call without async | `blocking` (feature `blocking`) |
//! | declare an action of your own | [`kms_api!`](kms_api), [`transfer`] |
//! | add or reorder layers | [`middleware`], [`Call`], [`Reply`]; [`middleware::signals`] |
//!
//! Two packages are built on this one: `alibabacloud-kms-local`, a real gateway in process for
//! tests and development, and `alibabacloud-kms-cli`, the command `kms`.
//!
//! # Features
//!
//! | feature | default | adds | you need it if |
//! |---|---|---|---|
//! | `native-roots` | yes | `TlsOptions::native_roots`: the operating system's certificates | you call the shared gateway |
//! | `encodings` | yes | charsets beyond UTF-8, UTF-16, UTF-32, Latin-1 and ASCII | plaintexts on an instance are in GBK, Big5 or the like |
//! | `process` | yes | credentials from a program: the mode External of the aliyun CLI's profiles | you sign in that way |
//! | `webpki-roots` | | `TlsOptions::webpki_roots`: Mozilla's certificates, compiled in | the container has no certificates of its own |
//! | `http2` | | HTTP/2 with servers that choose it, if the transport sets `allow_http2` | connections are scarce |
//! | `sm3` | | the signature algorithm `ACS3-HMAC-SM3` | regulations ask for SM algorithms |
//! | `metrics` | | metrics through the `metrics` facade | you export metrics |
//! | `blocking` | | `wait()` in place of `.await` | your program is not async |
//! | `test-util` | | mock gateways | in `[dev-dependencies]` |
//!
//! A feature adds API; it does not change which servers a client trusts. Using something whose
//! feature is off is an error that names the feature: a gateway without `.tls(..)` trusts the
//! operating system's certificates, so without `native-roots`, building a client with such a
//! gateway fails.

#![cfg_attr(docsrs, feature(doc_cfg))]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

#[doc(hidden)]
pub mod __private;
pub mod api;
#[cfg(feature = "blocking")]
pub mod blocking;
pub mod cache;
pub mod credential;
pub mod envelope;
pub mod native;
pub mod quota;
pub mod secret_value;
#[cfg(feature = "test-util")]
pub mod testing;
pub mod transfer;
pub mod transport;
pub mod wait;

mod client;
mod client_key;
mod flight;
mod gateway;
mod lock;
mod lru;
mod plaintext;
mod replaced_file;
mod route;
mod task;
mod trimmed;

/// The layers of the stack, each usable alone, and the tables and codecs that they stand on.
///
/// The types that layers and callers share, such as [`Call`] and [`Error`], are at the root of this
/// crate. All of them are re-exported from the crate `alibabacloud-kms-middleware`, the only one
/// that a layer of your own has to depend on.
pub mod middleware {
    #[doc(inline)]
    pub use alibabacloud_kms_middleware::{
        charset, encode, metrics, payload, propagate, retry, sign, signals, telemetry, timeout,
        tls, trace, wire,
    };
}

#[doc(inline)]
pub use alibabacloud_kms_middleware::{
    Acs3Algorithm, Action, ActionInfo, Body, BoxBody, BoxCall, BoxError, BoxFuture, BoxHttp, Call,
    CallOptions, CallService, Charset, CharsetError, CharsetErrorKind, ClientKeySigner, Clock,
    Credential, Dialect, Endpoint, Error, ErrorKind, Gateway, HttpService, Identity, Nonce,
    Outcome, Pairs, PrivateKeyFormat, ProvideCredential, Proxy, ProxyKind, ProxyOptions, Reply,
    ReplyHead, ServiceError, Timestamp, TlsIdentity, TlsOptions, TlsVersion,
};
pub use secrecy::{ExposeSecret, SecretString};

pub use self::client::{ClientBuilder, Items, KmsClient, NativeApi, Paged, Pages, PendingCall};
pub use self::client_key::{ClientKey, ClientKeyError, ClientKeyErrorKind};
pub use self::gateway::{InstanceGateway, OpenApiGateway};
pub use self::route::{Router, Routing};

/// Bytes that are wiped when they are dropped and never shown.
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
/// `version = "…";` comes first. These follow, in this order; each is optional:
///
/// - `pub trait Name;`: a trait with a method for each action, which [`KmsClient`] implements (or
///   `impl Type;` for a type of the same crate that has a method `invoke`). Without it, calls are
///   made with [`client.invoke(request)`](KmsClient::invoke). A trait cannot have an action whose
///   method would have the name of one of the client's own methods.
/// - `examples = "client";`: the documentation of each request gets an example, which is a doc
///   test. It calls the method on the given expression, in which `client` is a [`KmsClient`]. It
///   compiles only if the declaration is in a public module of a library that depends on this crate
///   under the name `alibabacloud_kms`.
/// - `pub registry NAME;`: a static list of the [`ActionInfo`] of each declared action.
///
/// Then, in any order:
///
/// - `pub action Name { … }`: an action of the RPC dialect. `gateways: shared;` or
///   `gateways: shared, instance;` sets the gateways that serve it; the latter needs a
///   [`Transfer`](transfer::Transfer). `idempotent: true;` or `idempotent: false;` is required: it
///   sets whether a call whose response was lost may be repeated. `method: GET;` replaces `POST`.
///   `data_plane: true;` is for an action without a transfer that an instance serves in the RPC
///   dialect. `pages: field;` names the response's list, if the service returns it in pages.
/// - `pub operation Name { … }`: an operation of the instance's own dialect. Its fields have
///   protobuf numbers, `@ 1`, and `request_id: 3;` is the number of the response's request id.
/// - `pub object Name { … }`: a struct for fields.
/// - `pub values Name { Variant = "text", … }`: an enum for a text whose values are known. Its
///   variant `Other` holds any other text.
///
/// On an action, doc comments and attributes such as `#[deprecated]` go to its request and its
/// method; `#[doc_url = "…"]` is its official documentation. Every response has a field
/// `request_id: String`, which is not declared.
///
/// # Fields
///
/// A field is `name: Type`, followed by any of these:
///
/// | qualifier | meaning |
/// |---|---|
/// | `= "WireName"` | the name on the wire (default: the name in PascalCase) |
/// | `as json` | one JSON text instead of flattened parameters |
/// | `as base64` | Base64, sent without any line ends and spaces in it |
/// | `in body` | sent in the form body instead of the query |
/// | `each "Item"` | the wire wraps the list in an object |
/// | `or empty` | in a response, the text or the bytes may be empty (in protobuf: absent) |
/// | `or other_field` | a response may contain the other field instead of this one |
/// | `required` | on an `Option`: the shared gateway requires it; on a list: an argument of `new` |
/// | `required by service` | on an `Option`: the service's description requires it, but some calls work without it |
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
/// | declared `values`, [`Timestamp`] | a text |
/// | a declared `object` | an object, not in operations |
/// | [`Pairs`], [`JsonObject`] | an object with any names, not in operations |
/// | `Option` of one of these | the same, or nothing |
/// | `Vec<String>` | a list of texts |
/// | `Vec` of a declared `object` | a list of objects, not in operations |
///
/// A field that is neither an `Option` nor a list is an argument of `new`, as is a list that is
/// `required`; the others have setters. A name that is a Rust keyword is written as `r#type`.
///
/// Whether a field is secret is a property of its type: a field of [`SecretString`] or
/// [`SecretBytes`] is redacted in `Debug`, whatever the type is called. Such a field must be marked
/// `#[secret]`, and no other may be.
///
/// # Where the crate is
///
/// The declaration needs nothing in scope: this crate may be a dependency under another name (`kms
/// = { package = "alibabacloud-kms" }`, then `kms::kms_api!`) or come through a crate that
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
