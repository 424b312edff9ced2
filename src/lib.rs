//! A client framework for Alibaba Cloud KMS, on tower, hyper and rustls.
//!
//! One client calls two gateways: the shared gateway that all customers of a region use, and the
//! gateway of a dedicated instance. By default, the actions that the instance serves go to it (ten
//! with a client key, sixteen with an access key), and all others go to the shared gateway. A
//! setting of the client, a list of action names or an option of a single call can send the
//! instance's actions to the shared gateway instead.
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
//! SDKs as a complete program.
//!
//! # Map
//!
//! | you want to | see |
//! |---|---|
//! | create a client and make calls | [`KmsClient`], its [builder](ClientBuilder), [`PendingCall`] |
//! | configure the two gateways, and choose which one serves a call | [`OpenApiGateway`], [`InstanceGateway`], [`Router`] |
//! | find an action and its types | [`api`]; for an instance's own operations, [`native`] |
//! | sign requests to an instance, and to the shared gateway | [`ClientKey`], [`credential`] |
//! | decide which servers to trust, and how to connect | [`TlsOptions`], [`ProxyOptions`], [`transport`] |
//! | find out what failed, and whether the service may have acted on the call | [`Error`], [`Outcome`] |
//! | limit attempts and time | [`middleware::retry`], [`middleware::timeout`] |
//! | observe calls | [`middleware::trace`], [`middleware::metrics`], [`middleware::propagate`] |
//! | cache secrets, and follow their versions | [`cache`] |
//! | read the contents of secrets | [`secret_value`], and `bytes()` of a secret, a data key or a plaintext |
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
//! | `encodings` | yes | charsets beyond UTF-8, UTF-16, UTF-32, Latin-1 and ASCII | you encrypt texts in GBK, Big5 or the like on an instance |
//! | `cache` | yes | the module `cache` | you read secrets again and again |
//! | `client-key` | yes | instances in their own dialect: [`ClientKey`], [`InstanceGateway::new`] | you call an instance with a client key |
//! | `credential` | yes | the module `credential`: providers, which load and renew credentials | you call a gateway with an access key that your program does not have in its own settings |
//! | `envelope` | yes | the module `envelope` | you encrypt files, streams or many records |
//! | `process` | yes | credentials from the output of a program: the mode `External` of the aliyun CLI's profiles | your profile has this mode |
//! | `proxy` | yes | [`ProxyOptions`], and the proxies that the environment names | your network has a proxy; without this, all connections are direct |
//! | `quota` | yes | the module `quota`: limits of the client's own | the service throttles your calls |
//! | `xml` | yes | error answers in XML | a gateway answers so what it cannot read |
//! | `webpki-roots` | | `TlsOptions::webpki_roots`: Mozilla's certificates, compiled in | the container has no certificates of its own |
//! | `http2` | | HTTP/2 with servers that choose it, if the transport sets `allow_http2` | connections are scarce |
//! | `sm3` | | the signature algorithm `ACS3-HMAC-SM3` | regulations ask for SM algorithms |
//! | `metrics` | | metrics through the `metrics` facade | you export metrics |
//! | `blocking` | | `wait()` in place of `.await` | your program is not async |
//! | `test-util` | | mock gateways | in `[dev-dependencies]` |
//!
//! A feature adds API; it does not change which servers a client trusts. `proxy` and `xml` change
//! what a client does without one: the first makes it follow the environment's proxies, and without
//! the second nothing that depends on an error's code happens if the error is in XML. If a setting
//! needs a feature that is off, the error names the feature. For example, a gateway without `.tls(..)`
//! trusts the operating system's certificates, so building a client with such a gateway fails
//! without `native-roots`.
//!
//! Features that are off save build time. For the shared gateway with a [`Credential`] of your own,
//! this is enough:
//!
//! ```toml
//! [dependencies]
//! alibabacloud-kms = { version = "0.1", default-features = false, features = ["native-roots"] }
//! ```

#![cfg_attr(docsrs, feature(doc_cfg))]
// What these modules share, and links to them.
#![cfg_attr(
    not(all(
        feature = "cache",
        feature = "client-key",
        feature = "credential",
        feature = "envelope",
        feature = "proxy",
        feature = "quota"
    )),
    allow(dead_code, rustdoc::broken_intra_doc_links)
)]
#![warn(clippy::exhaustive_enums, clippy::exhaustive_structs)]

#[doc(hidden)]
pub mod __private;
pub mod api;
#[cfg(feature = "blocking")]
pub mod blocking;
#[cfg(feature = "cache")]
pub mod cache;
#[cfg(feature = "credential")]
pub mod credential;
#[cfg(feature = "envelope")]
pub mod envelope;
pub mod native;
#[cfg(feature = "quota")]
pub mod quota;
pub mod secret_value;
#[cfg(feature = "test-util")]
pub mod testing;
pub mod transfer;
pub mod transport;
pub mod wait;

mod after;
mod client;
#[cfg(feature = "client-key")]
mod client_key;
#[cfg(any(feature = "cache", feature = "credential", feature = "envelope", feature = "http2"))]
mod flight;
mod gateway;
mod lock;
mod lru;
mod plaintext;
mod replaced_file;
mod route;
mod task;
mod trimmed;

/// The layers of the stack, each usable alone, and the tables and codecs that they use.
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
    Outcome, Pairs, PrivateKeyFormat, ProvideCredential, Reply, ReplyHead, ServiceError, Timestamp,
    TlsIdentity, TlsOptions, TlsVersion,
};
#[cfg(feature = "proxy")]
#[doc(inline)]
pub use alibabacloud_kms_middleware::{Proxy, ProxyKind, ProxyOptions};
pub use secrecy::{ExposeSecret, SecretString};

pub use self::client::{ClientBuilder, Items, KmsClient, NativeApi, Paged, Pages, PendingCall};
#[cfg(feature = "client-key")]
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
///   made with [`client.invoke(request)`](KmsClient::invoke). With a trait, no action's method may
///   have the same name as one of the client's own methods: rename the action or leave out the
///   trait.
/// - `examples = "client";`: the documentation of each request gets an example, which is a doc
///   test. The example calls the method on the given expression, in which `client` is a
///   [`KmsClient`]. It compiles only if the declaration is in a public module of a library that
///   depends on this crate under the name `alibabacloud_kms`.
/// - `pub registry NAME;`: a static list of the [`ActionInfo`] of each declared action.
///
/// Then, in any order:
///
/// - `pub action Name { … }`: an action of the RPC dialect. `gateways: shared;` or
///   `gateways: shared, instance;` sets the gateways that serve it; the latter needs a
///   [`Transfer`](transfer::Transfer). `idempotent: true;` or `idempotent: false;` is required, and
///   says whether a call may be repeated after its response was lost. `method: GET;` replaces
///   `POST`. `data_plane: true;` is for an action that has no transfer and that an instance serves
///   in the RPC dialect. If the service returns a list in pages, `pages: field;` names the
///   response's field with the list.
/// - `pub operation Name { … }`: an operation of the instance's own dialect. Each field has its
///   protobuf number, as in `@ 1`, and `request_id: 3;` sets the number of the response's request
///   id.
/// - `pub object Name { … }`: a struct for fields.
/// - `pub values Name { Variant = "text", … }`: an enum for a text with known values. Its variant
///   `Other` holds any other text.
///
/// On an action, doc comments and attributes such as `#[deprecated]` are copied to its request and
/// its method; `#[doc_url = "…"]` is the address of its official documentation. Every response gets
/// a field `request_id: String`; do not declare it.
///
/// # Fields
///
/// A field is `name: Type`, followed by any of these:
///
/// | qualifier | meaning |
/// |---|---|
/// | `= "WireName"` | the name on the wire (default: the name in PascalCase) |
/// | `as json` | one JSON text instead of flattened parameters |
/// | `as base64` | Base64; line ends and spaces are removed before it is sent |
/// | `in body` | sent in the form body instead of the query |
/// | `each "Item"` | on the wire, the list is the member `Item` of an object |
/// | `or empty` | in a response, the text or the bytes may be empty (in protobuf: absent) |
/// | `or other_field` | a response may contain `other_field` instead of this one |
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
/// | `Option` of one of these | the same, or absent |
/// | `Vec<String>` | a list of texts |
/// | `Vec` of a declared `object` | a list of objects, not in operations |
///
/// A field that is neither an `Option` nor a list is an argument of `new`, as is a list that is
/// `required`; the others have setters. A name that is a Rust keyword is written as `r#type`.
///
/// In a response, a field that is neither an `Option` nor a list must be in every successful answer,
/// except whole numbers, which are 0 if they are absent. If a response has one list and a
/// `total_count` above 0, it must have the list too.
///
/// Whether a field is secret is a property of its type: a field of [`SecretString`] or
/// [`SecretBytes`] is redacted in `Debug`, even if its type is an alias. Such a field must be
/// marked `#[secret]`, and no other may be.
///
/// # Where the crate is
///
/// The declaration needs nothing in scope: this crate may be a dependency under another name (`kms
/// = { package = "alibabacloud-kms" }`, then `kms::kms_api!`) or come through a crate that
/// re-exports it.
///
/// A field that is marked `#[secret]` and has another type does not compile:
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
