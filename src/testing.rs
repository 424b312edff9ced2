//! Mock gateways for your tests: feature `test-util`.
//!
//! A [`MockGateway`] is told what to answer to which calls, and hands out clients. Its rules are typed
//! per action, above the stack, and so is what it shows of calls; below signing, where others have a
//! network, it answers requests. Between the two is the real default stack: routing, transfer,
//! charset, retry, encoding, signing, time limits and decoding happen as they do in production. Such
//! a client has no connector, and no credentials but the mock's own: it can touch no network.
//!
//! A complete test, to be pasted:
//!
//! ```toml
//! [dev-dependencies]
//! alibabacloud-kms = { version = "0.1", features = ["test-util"] }
//! tokio = { version = "1", features = ["macros", "rt", "test-util"] }
//! ```
//!
//! ```
//! use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
//! use alibabacloud_kms::testing::MockGateway;
//! use alibabacloud_kms::{Error, ExposeSecret, KmsClient};
//!
//! /// The code under test: the text if the ciphertext opens, nothing if its key is gone.
//! async fn open(client: &KmsClient, ciphertext: &str) -> Result<Option<String>, Error> {
//!     match client.decrypt(DecryptRequest::new(ciphertext)).await {
//!         Ok(opened) => Ok(Some(opened.plaintext.expose_secret().to_owned())),
//!         Err(error) if error.code() == Some("Forbidden.KeyNotFound") => Ok(None),
//!         Err(error) => Err(error),
//!     }
//! }
//!
//! # /*
//! #[tokio::test(start_paused = true)]
//! # */
//! # #[tokio::main(flavor = "current_thread", start_paused = true)]
//! async fn a_ciphertext_opens_although_the_service_is_busy_unless_its_key_is_gone() {
//!     let mock = MockGateway::new();
//!     let busy = mock
//!         .on::<DecryptRequest>()
//!         .matching(|request| request.ciphertext_blob == "YnVzeQ==")
//!         .status(503)
//!         .times(2)
//!         .answer_with(|_, answer| answer.plaintext = "text".into());
//!     mock.on::<DecryptRequest>().error(404, "Forbidden.KeyNotFound", "It is gone.");
//!     let client = mock.client();
//!
//!     let opened = open(&client, "YnVzeQ==").await.expect("an answer");
//!     assert_eq!(opened.as_deref(), Some("text"));
//!     assert_eq!(busy.calls().len(), 1);
//!     assert_eq!(busy.requests().len(), 3, "the client retries");
//!
//!     let gone = open(&client, "Z29uZQ==").await.expect("an answer");
//!     assert_eq!(gone, None);
//!
//!     // Every rule was needed, and every request was answered.
//!     mock.verify().expect("all is as the rules say");
//!
//!     // What has no rule is an error that names the action and the nearest rule.
//!     let error = client.encrypt(EncryptRequest::new("k", "text")).await.expect_err("no rule");
//!     assert_eq!(error.action(), Some("Encrypt"));
//! }
//! # fn main() { a_ciphertext_opens_although_the_service_is_busy_unless_its_key_is_gone() }
//! ```
//!
//! # Which rule answers
//!
//! The rules are asked in the order in which they were made, for each request anew. The first one that
//! is on the call's action, whose [`matching`](Rule::matching) holds and that is not used up answers.
//! So make the particular ones first; and one that is used up leaves its calls to those after it. A
//! request that no rule answers is an error of the kind [`Layer`](crate::ErrorKind::Layer), which is not
//! retried, and [`verify`](MockGateway::verify) reports it. Nothing is checked when a mock is dropped.
//!
//! A rule means the user's action. A typed answer answers the call, whatever requests it takes: on the
//! instance `Encrypt` goes over the wire as `AdvanceEncrypt`, and `GenerateDataKey` as two operations.
//! Everything else happens to one request; the retries of a call are requests of their own.
//!
//! # Which client
//!
//! - [`client`](MockGateway::client): with the defaults, and every action on the shared gateway, whose
//!   answers can hold anything. Native operations go to the instance.
//! - [`builder`](MockGateway::builder): to be changed, with both gateways; routed as in production, so
//!   that ten actions are transferred to the instance. What answers them must be what an instance can
//!   say: its `KeyId` or `SecretName` is not empty, and a `CiphertextBlob` is the Base64 of a real
//!   one's layout.
//! - [`install`](MockGateway::install): your own builder, with the mock in the place of its network.
//! - [`layer`](MockGateway::layer) and [`transport`](MockGateway::transport): for a stack of your own.

mod captured;
mod effect;
mod entry;
pub(crate) mod identity;
mod layer;
mod name;
mod nearest;
mod rule;
mod script;
mod times;
mod transport;
mod unmet;
mod wire;

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

pub use self::captured::CapturedRequest;
pub use self::layer::{Mock, MockLayer};
pub use self::rule::{Answering, Asking, Rule};
use self::script::Script;
pub use self::times::Times;
pub use self::transport::MockTransport;
pub use self::unmet::Unmet;
use crate::{Action, Call, ClientBuilder, InstanceGateway, KmsClient, OpenApiGateway};

/// Both gateways, mocked. Clones are the same mock.
#[derive(Clone, Default)]
pub struct MockGateway {
    script: Arc<Script>,
}

impl MockGateway {
    /// A mock without rules: every call is an error.
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes a rule on an action, to be given answers; after all that are there.
    ///
    /// Actions of your own and native operations of the instance are actions too.
    #[must_use = "a rule without an answer is none"]
    #[track_caller]
    pub fn on<A: Action>(&self) -> Rule<A, Asking> {
        Rule::new(Location::caller(), Arc::clone(&self.script))
    }

    /// A client with the defaults, all of whose actions go to the shared gateway.
    pub fn client(&self) -> KmsClient {
        let client = self.builder().use_shared_gateway(true).build();
        client.expect("both gateways are given, and a transport that needs no CA")
    }

    /// A client to be built: it has both gateways, the instance in its own dialect, and the defaults.
    pub fn builder(&self) -> ClientBuilder {
        let endpoint = |host: &str| host.parse().expect("it is a host");
        let shared = OpenApiGateway::at(endpoint("shared.kms.invalid"), identity::credential());
        let instance =
            InstanceGateway::new(endpoint("instance.kms.invalid"), identity::MockClientKey);
        self.install(KmsClient::builder().shared(shared).instance(instance))
    }

    /// Puts the mock in the place of a client's network, and identities of its own in that of the
    /// gateways' credentials and client key. All other settings stay.
    ///
    /// ```
    /// # use alibabacloud_kms::testing::MockGateway;
    /// # use alibabacloud_kms::{Credential, Error, KmsClient, OpenApiGateway};
    /// # fn run() -> Result<(), Error> {
    /// # let credential = Credential::access_key("id", "secret");
    /// let production = KmsClient::builder()
    ///     .shared(OpenApiGateway::region("cn-hangzhou", credential)?)
    ///     .max_attempts(5);
    /// let mock = MockGateway::new();
    /// let client = mock.install(production).build()?;
    /// # Ok(()) }
    /// # run().unwrap();
    /// ```
    pub fn install(&self, builder: ClientBuilder) -> ClientBuilder {
        builder.mocked(self)
    }

    /// The mock's part above the stack, for a stack of your own.
    pub fn layer(&self) -> MockLayer {
        MockLayer { script: Arc::clone(&self.script) }
    }

    /// The mock's part below signing, for a stack of your own.
    pub fn transport(&self) -> MockTransport {
        MockTransport { script: Arc::clone(&self.script) }
    }

    /// The calls that came, in order, of whatever action and with their options.
    pub fn calls(&self) -> Vec<Call> {
        self.script.calls()
    }

    /// The requests of all calls of an action that came, in order.
    pub fn calls_of<A: Action>(&self) -> Vec<A> {
        self.calls().iter().filter_map(|call| call.request().cloned()).collect()
    }

    /// What would have gone over the network, in order.
    pub fn requests(&self) -> Vec<CapturedRequest> {
        self.script.requests()
    }

    /// Whether every answer was given as often as its rule says, and every request was answered.
    ///
    /// # Errors
    ///
    /// What was not, line by line.
    pub fn verify(&self) -> Result<(), Unmet> {
        let rules = self.script.rules();
        let mut lines: Vec<String> = rules.iter().flat_map(|rule| rule.unmet()).collect();
        lines.extend(self.script.unanswered());
        match lines.is_empty() {
            true => Ok(()),
            false => Err(Unmet { lines }),
        }
    }
}

impl fmt::Debug for MockGateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MockGateway")
            .field(
                "rules",
                &self.script.rules().iter().map(ToString::to_string).collect::<Vec<_>>(),
            )
            .field("calls", &self.calls().len())
            .field("requests", &self.requests().len())
            .finish()
    }
}
