//! Mock gateways for your tests: feature `test-util`.
//!
//! A [`MockGateway`] creates clients, and has rules that say which calls get which answers. Each
//! rule is for one action and reads the typed request, above the stack. The answer is returned
//! below signing, in place of the network. Between these two places is the real default stack:
//! routing, charset, transfer, retries, encoding, signing, time limits and decoding work as in
//! production. A mock client has no connector and only the mock's credentials, so it cannot reach a
//! network.
//!
//! A complete test, ready to copy:
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
//! /// The code under test: returns the text, or `None` if the ciphertext's key is gone.
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
//! For each request, the rules are tried in the order of their creation. The first rule that is for
//! the call's action, matches and is not used up answers. So create specific rules first. Once a
//! rule is used up, later rules answer its calls. A request that no rule answers is an error of the
//! kind [`Layer`](crate::ErrorKind::Layer), which is not retried, and
//! [`verify`](MockGateway::verify) reports it. Dropping a mock checks nothing.
//!
//! A rule is for the action that the program called. A typed answer is for the whole call, even if
//! the call takes several requests: on an instance, `Encrypt` is sent as `AdvanceEncrypt`, and
//! `GenerateDataKey` as two operations. Every other answer is for one request; each retry of a call
//! is a request of its own.
//!
//! A rule matches if all its conditions hold. [`matching`](Rule::matching) tests the typed request,
//! and [`like`](Rule::like) compares it with an example. [`matching_call`](Rule::matching_call)
//! tests the whole call, [`on_gateway`](Rule::on_gateway) and [`signed_by`](Rule::signed_by) its
//! route and signer, and [`matching_request`](Rule::matching_request) the bytes that are sent. If
//! no rule answers a request, the error names the nearest rule and the differences. For a simple
//! answer, [`push`](MockGateway::push) needs no rule.
//!
//! # Which client
//!
//! - [`client`](MockGateway::client): a client with the defaults that sends every action to the
//!   shared gateway, so that an answer can have any fields. Native operations go to the instance.
//! - [`builder`](MockGateway::builder): a builder with both gateways. It routes as in production:
//!   ten actions are transferred to the instance, and their answers must be possible there. If an
//!   answer lacks a text that an instance's answer must have, such as `KeyId`, `CiphertextBlob` or
//!   a data key, the mock fills it in; [`ciphertext`] creates fake ciphertexts.
//! - [`install`](MockGateway::install): your own builder, with the mock in place of its network.
//! - [`layer`](MockGateway::layer) and [`transport`](MockGateway::transport): for a stack of your
//!   own.

mod captured;
mod ciphertext;
mod difference;
mod effect;
mod entry;
mod fill;
pub(crate) mod identity;
mod layer;
mod name;
mod nearest;
mod recorder;
mod recording;
mod rule;
mod script;
mod times;
mod transport;
mod unmet;
mod wire;

use std::any::Any;
use std::fmt;
use std::panic::Location;
use std::sync::Arc;

pub use self::captured::CapturedRequest;
pub use self::ciphertext::ciphertext;
use self::effect::Effect;
use self::entry::Entry;
pub use self::layer::{Mock, MockLayer};
pub use self::recorder::{Record, Recorder};
pub use self::recording::Recording;
pub use self::rule::{Answering, Asking, Rule};
use self::script::Script;
pub use self::times::Times;
pub use self::transport::MockTransport;
pub use self::unmet::Unmet;
use crate::middleware::payload::Payload;
use crate::{Action, Call, ClientBuilder, InstanceGateway, KmsClient, OpenApiGateway};

/// A mock of both gateways. Clones share their rules and what they have recorded.
#[derive(Clone, Default)]
pub struct MockGateway {
    script: Arc<Script>,
}

impl MockGateway {
    /// Creates a mock without rules: every call is an error.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns a new rule for the action `A`, after all existing rules. Add answers to it.
    ///
    /// `A` may also be an action of your own or a native operation of the instance.
    #[must_use = "a rule without an answer has no effect"]
    #[track_caller]
    pub fn on<A: Action>(&self) -> Rule<A, Asking> {
        Rule::new(Location::caller(), Arc::clone(&self.script))
    }

    /// Answers one call of the response's action with this response: the same as
    /// `on::<A>().answer(response).times(1)`. Several responses for one action are returned in the
    /// order in which they were pushed.
    ///
    /// ```
    /// # use alibabacloud_kms::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
    /// # use alibabacloud_kms::testing::MockGateway;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), alibabacloud_kms::Error> {
    /// let mock = MockGateway::new();
    /// for version in ["v1", "v2"] {
    ///     let mut response = GetSecretValueResponse::default();
    ///     response.version_id = version.into();
    ///     mock.push(response);
    /// }
    /// let client = mock.client();
    /// for version in ["v1", "v2"] {
    ///     let secret = client.get_secret_value(GetSecretValueRequest::new("app/db")).await?;
    ///     assert_eq!(secret.version_id, version);
    /// }
    /// # Ok(()) }
    /// ```
    #[track_caller]
    pub fn push<R: Payload + Clone>(&self, response: R) -> &Self {
        let name = response.info().name;
        let is_of_action = |call: &Call| {
            let answer: Box<dyn Any> = (call.action().new_response)();
            answer.is::<R>()
        };
        let entry = Entry::on(
            name.strip_suffix("Response").unwrap_or(name),
            format!("the pushed `{name}`"),
            Location::caller().to_string(),
            Box::new(is_of_action),
        );
        entry.push(Effect::Answer(Arc::new(move |_| Box::new(response.clone()))));
        entry.set_times(Times::from(1));
        self.script.add(Arc::new(entry));
        self
    }

    /// Creates a mock that replays what a [`Recorder`] has recorded. Each call gets the answer of
    /// the first recorded call that is equal to it and was not replayed yet.
    pub fn replay(recording: &Recording) -> Self {
        let mock = Self::new();
        for entry in recording.entries() {
            mock.script.add(Arc::new(entry));
        }
        mock
    }

    /// Returns a client with the defaults. All of its actions go to the shared gateway.
    pub fn client(&self) -> KmsClient {
        let client = self.builder().use_shared_gateway(true).build();
        client.expect("both gateways are given, and a transport that needs no CA")
    }

    /// Returns a builder with both gateways, the instance in its own dialect, and the defaults.
    pub fn builder(&self) -> ClientBuilder {
        let endpoint = |host: &str| host.parse().expect("it is a host");
        let shared = OpenApiGateway::new(endpoint("shared.kms.invalid"), identity::credential());
        let instance =
            InstanceGateway::new(endpoint("instance.kms.invalid"), identity::MockClientKey);
        self.install(KmsClient::builder().shared(shared).instance(instance))
    }

    /// Replaces a client's network with the mock, and the credentials and client key of its
    /// gateways with identities of the mock. All other settings stay.
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

    /// Returns the mock's layer above the stack, for a stack of your own.
    pub fn layer(&self) -> MockLayer {
        MockLayer { script: Arc::clone(&self.script) }
    }

    /// Returns the mock's transport below signing, for a stack of your own.
    pub fn transport(&self) -> MockTransport {
        MockTransport { script: Arc::clone(&self.script) }
    }

    /// Returns all calls so far, in order, with their options.
    pub fn calls(&self) -> Vec<Call> {
        self.script.calls()
    }

    /// Returns the requests of all calls of an action so far, in order.
    pub fn calls_of<A: Action>(&self) -> Vec<A> {
        self.calls().iter().filter_map(|call| call.request().cloned()).collect()
    }

    /// Returns all requests that would have gone over the network, in order.
    pub fn requests(&self) -> Vec<CapturedRequest> {
        self.script.requests()
    }

    /// Checks that every answer was given as often as its rule says, and that every request was
    /// answered.
    ///
    /// # Errors
    ///
    /// [`Unmet`]: the answers that were not given as often as their rules say, and the requests
    /// that no rule answered.
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
