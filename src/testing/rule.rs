//! A rule: which calls it answers, with what, and in which order.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::captured::CapturedRequest;
use super::difference::differences;
use super::effect::{Effect, WireEffect};
use super::entry::Entry;
use super::script::Script;
use super::times::Times;
use crate::{Action, Call, Gateway};

/// A rule for an action, created by [`on`](super::MockGateway::on). It is also the handle to
/// inspect what the rule answered.
///
/// Its answers form a sequence. Each of them is a typed answer or an effect on the wire, such as a
/// lost connection. [`times`](Self::times) and [`delay`](Self::delay) apply to the answer before
/// them. By default each answer is given once, except the last, which is given any number of times.
///
/// ```
/// # use alibabacloud_kms::api::crypto::EncryptRequest;
/// # use alibabacloud_kms::testing::MockGateway;
/// # #[tokio::main(flavor = "current_thread", start_paused = true)]
/// # async fn main() -> Result<(), alibabacloud_kms::Error> {
/// let mock = MockGateway::new();
/// let rule = mock
///     .on::<EncryptRequest>()
///     .matching(|request| request.key_id == "alias/app")
///     .status(503).times(2)
///     .answer_with(|request, answer| answer.key_id.clone_from(&request.key_id));
///
/// let client = mock.client();
/// let answer = client.encrypt(EncryptRequest::new("alias/app", "text")).await?;
/// assert_eq!(answer.key_id, "alias/app");
/// assert_eq!(rule.calls().len(), 1);
/// assert_eq!(rule.requests().len(), 3);
/// # Ok(()) }
/// ```
///
/// `times` and `delay` must follow an answer; otherwise the code does not compile:
///
/// ```compile_fail,E0599
/// # use alibabacloud_kms::api::crypto::EncryptRequest;
/// # use alibabacloud_kms::testing::MockGateway;
/// MockGateway::new().on::<EncryptRequest>().times(2).status(503);
/// ```
pub struct Rule<A, S = Answering> {
    entry: Arc<Entry>,
    script: Arc<Script>,
    state: PhantomData<fn() -> (A, S)>,
}

/// The state of a [`Rule`] with an answer.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a type state has no values")]
pub enum Answering {}

/// The state of a [`Rule`] without an answer. The rule takes no calls until one is added.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "a type state has no values")]
pub enum Asking {}

impl<A: Action> Rule<A, Asking> {
    pub(super) fn new(place: &'static Location<'static>, script: Arc<Script>) -> Self {
        Self { entry: Arc::new(Entry::new::<A>(place)), script, state: PhantomData }
    }

    /// Restricts the rule to calls whose request fulfils `holds`. A rule may have several
    /// conditions, all of which must hold.
    #[must_use = "a rule without an answer has no effect"]
    #[track_caller]
    pub fn matching(self, holds: impl Fn(&A) -> bool + Send + Sync + 'static) -> Self {
        let differs = format!("`matching` at {} is false", Location::caller());
        self.when(differs, move |request| request.call().request().is_some_and(&holds))
    }

    /// Restricts the rule to calls that fulfil `holds`: by their options (gateway, credential, time
    /// limits and so on, as the call set them), extensions or request.
    ///
    /// ```
    /// # use alibabacloud_kms::api::crypto::EncryptRequest;
    /// # use alibabacloud_kms::testing::MockGateway;
    /// # let mock = MockGateway::new();
    /// mock.on::<EncryptRequest>()
    ///     .matching_call(|call| call.options().max_attempts == Some(1))
    ///     .throttle();
    /// ```
    #[must_use = "a rule without an answer has no effect"]
    #[track_caller]
    pub fn matching_call(self, holds: impl Fn(&Call) -> bool + Send + Sync + 'static) -> Self {
        let differs = format!("`matching_call` at {} is false", Location::caller());
        self.when(differs, move |request| holds(request.call()))
    }

    /// Restricts the rule to requests that fulfil `holds`, as they would go over the network.
    #[must_use = "a rule without an answer has no effect"]
    #[track_caller]
    pub fn matching_request(
        self,
        holds: impl Fn(&CapturedRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        let differs = format!("`matching_request` at {} is false", Location::caller());
        self.when(differs, holds)
    }

    /// Restricts the rule to calls whose request has the values of this one. Fields that are absent
    /// or empty in `expected` may have any value.
    ///
    /// If no rule answers a call, the error names the fields that differ.
    ///
    /// ```
    /// # use alibabacloud_kms::api::crypto::EncryptRequest;
    /// # use alibabacloud_kms::testing::MockGateway;
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let mock = MockGateway::new();
    /// mock.on::<EncryptRequest>().like(EncryptRequest::new("alias/app", "")).throttle();
    /// let call = mock.client().encrypt(EncryptRequest::new("alias/ap", "text"));
    /// let error = call.await.expect_err("another key").to_string();
    /// assert!(error.contains(r#"KeyId is "alias/ap", expected "alias/app""#), "{error}");
    /// # }
    /// ```
    #[must_use = "a rule without an answer has no effect"]
    pub fn like(self, expected: A) -> Self {
        let check = move |request: &CapturedRequest| match request.call().request::<A>() {
            Some(actual) => differences(&expected, actual),
            None => Vec::new(),
        };
        self.entry.require(Arc::new(check));
        self
    }

    /// Restricts the rule to requests to this gateway, no matter whether the call or the client
    /// chose it.
    #[must_use = "a rule without an answer has no effect"]
    pub fn on_gateway(self, gateway: Gateway) -> Self {
        self.entry.require(Arc::new(move |request| match request.gateway() {
            Some(other) if other != gateway => {
                vec![format!("it goes to the {other} gateway, expected the {gateway} one")]
            }
            _ => Vec::new(),
        }));
        self
    }

    /// Restricts the rule to requests signed by the access key or client key with this id, such as
    /// the call's own credential.
    #[must_use = "a rule without an answer has no effect"]
    pub fn signed_by(self, id: impl Into<String>) -> Self {
        let id = id.into();
        self.entry.require(Arc::new(move |request| match request.signed_by() {
            Some(signer) if signer == id => Vec::new(),
            Some(signer) => vec![format!("{signer} signed it, expected {id}")],
            None => vec![format!("no key signed it, expected {id}")],
        }));
        self
    }

    fn when(
        self,
        differs: String,
        holds: impl Fn(&CapturedRequest) -> bool + Send + Sync + 'static,
    ) -> Self {
        let check = move |request: &CapturedRequest| {
            if holds(request) { Vec::new() } else { vec![differs.clone()] }
        };
        self.entry.require(Arc::new(check));
        self
    }
}

impl<A: Action, S> Rule<A, S> {
    /// Answers with this response.
    ///
    /// The response is encoded as a gateway would encode it, and decoded by the client's own
    /// decoder. An empty `RequestId` is filled in.
    pub fn answer(self, response: A::Response) -> Rule<A> {
        self.effect(Effect::Answer(Arc::new(move |_| Box::new(response.clone()))))
    }

    /// Answers with a response that `fill` completes: it receives the request and an empty
    /// response.
    pub fn answer_with(
        self,
        fill: impl Fn(&A, &mut A::Response) + Send + Sync + 'static,
    ) -> Rule<A> {
        self.effect(Effect::Answer(Arc::new(move |call: &Call| {
            let mut response = A::Response::default();
            if let Some(request) = call.request() {
                fill(request, &mut response);
            }
            Box::new(response)
        })))
    }

    /// Answers with an error of the service: HTTP status, code and message, such as `404`,
    /// `Forbidden.KeyNotFound` and `The specified Key is not found.`
    ///
    /// For a call that was transferred to the instance, some errors are reported with the code and
    /// message of the shared gateway, as with a real instance.
    pub fn error(
        self,
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Rule<A> {
        self.wire(WireEffect::Refusal { status, code: code.into(), message: message.into() })
    }

    /// Throttles the call: `429`, `Rejected.Throttling`.
    pub fn throttle(self) -> Rule<A> {
        self.error(429, "Rejected.Throttling", "QPS Limit Exceeded")
    }

    /// Answers with this HTTP status and no body, as a proxy might.
    pub fn status(self, status: u16) -> Rule<A> {
        self.wire(WireEffect::Status(status))
    }

    /// Answers with exactly this status, headers and body.
    pub fn http(self, response: http::Response<impl Into<Bytes>>) -> Rule<A> {
        self.wire(WireEffect::Http(response.map(Into::into)))
    }

    /// Refuses the connection: the request is not sent.
    pub fn refuse_connection(self) -> Rule<A> {
        self.wire(WireEffect::Unconnected)
    }

    /// Breaks the connection after the request is sent: the service may have acted on it.
    pub fn lose_connection(self) -> Rule<A> {
        self.wire(WireEffect::Lost)
    }

    /// Breaks the connection in the middle of this response's body: status, headers and the first
    /// half of the body arrive.
    pub fn break_body(self, response: http::Response<impl Into<Bytes>>) -> Rule<A> {
        self.wire(WireEffect::Broken(response.map(Into::into)))
    }

    /// Never answers, so that the client's time limits end the attempt.
    pub fn hang(self) -> Rule<A> {
        self.wire(WireEffect::Silence)
    }

    fn wire(self, effect: WireEffect) -> Rule<A> {
        self.effect(Effect::WireAnswer(effect))
    }

    fn effect(self, effect: Effect) -> Rule<A> {
        let Self { entry, script, .. } = self;
        if entry.push(effect) == 1 {
            script.add(Arc::clone(&entry));
        }
        Rule { entry, script, state: PhantomData }
    }
}

impl<A: Action> Rule<A> {
    /// Sets the number of times that the preceding answer is given: `2`, `1..`, `..=3`, or `..` for
    /// any number.
    pub fn times(self, times: impl Into<Times>) -> Self {
        self.entry.set_times(times.into());
        self
    }

    /// Delays the preceding answer. With tokio's paused time, no real time passes.
    pub fn delay(self, delay: Duration) -> Self {
        self.entry.set_delay(delay);
        self
    }

    /// Returns the requests of the calls that the rule answered. A call that took several HTTP
    /// requests is returned once.
    pub fn calls(&self) -> Vec<A> {
        let calls = self.script.calls_of(&self.entry);
        calls.iter().filter_map(|call| call.request().cloned()).collect()
    }

    /// Returns the HTTP requests that the rule answered.
    pub fn requests(&self) -> Vec<CapturedRequest> {
        self.script.requests_of(&self.entry)
    }
}

impl<A> Clone for Rule<A> {
    fn clone(&self) -> Self {
        Self {
            entry: Arc::clone(&self.entry),
            script: Arc::clone(&self.script),
            state: PhantomData,
        }
    }
}

impl<A, S> fmt::Debug for Rule<A, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.entry, f)
    }
}
