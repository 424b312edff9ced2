//! A rule: whose calls it answers, with what, and in which order.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;

use super::captured::CapturedRequest;
use super::effect::{Effect, WireEffect};
use super::entry::Entry;
use super::script::Script;
use super::times::Times;
use crate::{Action, Call};

/// A rule on an action: made by [`on`](super::MockGateway::on), and its handle.
///
/// What it is given to answer with makes a sequence, and each member of it may be typed or be about
/// the wire. [`times`](Self::times) and [`delay`](Self::delay) are about the member before them.
/// Unless told, each is given once, and the last one from then on.
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
/// How often comes after what, else it does not compile:
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

/// A [`Rule`] that has an answer.
#[derive(Debug)]
pub enum Answering {}

/// A [`Rule`] that has none yet, and so is none yet.
#[derive(Debug)]
pub enum Asking {}

impl<A: Action> Rule<A, Asking> {
    pub(super) fn new(place: &'static Location<'static>, script: Arc<Script>) -> Self {
        Self { entry: Arc::new(Entry::new::<A>(place)), script, state: PhantomData }
    }

    /// Takes only calls whose request this holds of. Said twice, both must hold.
    #[must_use = "a rule without an answer is none"]
    pub fn matching(self, holds: impl Fn(&A) -> bool + Send + Sync + 'static) -> Self {
        self.entry.require(Arc::new(move |call| call.request().is_some_and(&holds)));
        self
    }
}

impl<A: Action, S> Rule<A, S> {
    /// Answers with this response.
    ///
    /// It is written as a gateway would write it and read by the client's own decoder. A
    /// `RequestId` that is empty is filled.
    pub fn answer(self, response: A::Response) -> Rule<A> {
        self.effect(Effect::Answer(Arc::new(move |_| Box::new(response.clone()))))
    }

    /// Answers with a response that this fills, from the request or not; it comes empty.
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

    /// Answers with an error of the service: an HTTP status, a code and a message, such as `404`,
    /// `Forbidden.KeyNotFound` and `The specified Key is not found.`
    ///
    /// A call that was transferred to the instance reports some of them in the shared gateway's
    /// words, as it would with a real one.
    pub fn error(
        self,
        status: u16,
        code: impl Into<String>,
        message: impl Into<String>,
    ) -> Rule<A> {
        self.wire(WireEffect::Refusal { status, code: code.into(), message: message.into() })
    }

    /// Refuses the call because of its rate: `429`, `Rejected.Throttling`.
    pub fn throttle(self) -> Rule<A> {
        self.error(429, "Rejected.Throttling", "QPS Limit Exceeded")
    }

    /// Answers with this HTTP status and no body, as a proxy might.
    pub fn status(self, status: u16) -> Rule<A> {
        self.wire(WireEffect::Status(status))
    }

    /// Answers with this status, these headers and this body, as they are.
    pub fn http(self, response: http::Response<impl Into<Bytes>>) -> Rule<A> {
        self.wire(WireEffect::Http(response.map(Into::into)))
    }

    /// Refuses the connection: the request is not sent.
    pub fn refuse_connection(self) -> Rule<A> {
        self.wire(WireEffect::Unconnected)
    }

    /// Breaks the connection once the request is sent: the service may have acted on it.
    pub fn lose_connection(self) -> Rule<A> {
        self.wire(WireEffect::Lost)
    }

    /// Never answers: the client's time limits end the attempt.
    pub fn hang(self) -> Rule<A> {
        self.wire(WireEffect::Silence)
    }

    fn wire(self, effect: WireEffect) -> Rule<A> {
        self.effect(Effect::Wire(effect))
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
    /// Gives the answer before this so often: `2`, `1..`, `..=3`, or `..` for any number.
    pub fn times(self, times: impl Into<Times>) -> Self {
        self.entry.set_times(times.into());
        self
    }

    /// Lets so much time pass before the answer before this; with `tokio`'s paused time, none.
    pub fn delay(self, delay: Duration) -> Self {
        self.entry.set_delay(delay);
        self
    }

    /// The calls that the rule answered, each once however many requests it took.
    pub fn calls(&self) -> Vec<A> {
        let calls = self.script.calls_of(&self.entry);
        calls.iter().filter_map(|call| call.request().cloned()).collect()
    }

    /// The requests that the rule answered.
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
