//! The service below a layer under test: it keeps to a script and notes what `tower` forbids.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll, Waker};

use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::{Body, BoxError, Call, Error, ErrorKind, Gateway, Reply};
use alibabacloud_kms_tests::answers::{ENCRYPTED, drawn, sealed};
use bytes::Bytes;
use http::{Request, Response};
use http_body::Frame;
use tower::Service;

/// Where a probe can be slow, or fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Readiness,
    Answer,
    Frame,
}

/// What it does there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Wait,
    Proceed,
    Fail,
}

type Script = Box<dyn FnMut(Stage) -> Step + Send>;

/// Waits once at every stage, and fails some of the answers, by their numbers from 1 on.
pub(crate) fn hesitant(
    fails: impl Fn(u32) -> bool + Send + 'static,
) -> impl FnMut(Stage) -> Step + Send + 'static {
    let (mut waited, mut answers) = (false, 0);
    move |stage| {
        waited = !waited;
        if waited {
            return Step::Wait;
        }
        answers += u32::from(stage == Stage::Answer);
        if stage == Stage::Answer && fails(answers) { Step::Fail } else { Step::Proceed }
    }
}

/// A service of both levels. A clone is not ready, whatever its original was.
pub(crate) struct Probe {
    readiness: Readiness,
    control: Control,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Readiness {
    Unknown,
    Ready,
    Failed,
}

/// All clones of a probe, seen from the test.
#[derive(Clone)]
pub(crate) struct Control(Arc<Mutex<Shared>>);

struct Shared {
    script: Script,
    /// Those who wait; none if they are told to go on at once.
    wakers: Option<Vec<Waker>>,
    counts: Counts,
    violation: Option<&'static str>,
}

/// What there is, and what there was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    /// Clones.
    pub(crate) alive: usize,
    /// Clones that said that they are ready and were not called yet.
    pub(crate) reserved: usize,
    /// Answers that are waited for, or whose bodies are.
    pub(crate) in_flight: usize,
    /// Calls so far.
    pub(crate) calls: u32,
    /// Failed readiness so far.
    pub(crate) refusals: u32,
}

impl Probe {
    pub(crate) fn new(script: impl FnMut(Stage) -> Step + Send + 'static) -> Self {
        let control = Control(Arc::new(Mutex::new(Shared {
            script: Box::new(script),
            wakers: Some(Vec::new()),
            counts: Counts { alive: 1, ..Counts::default() },
            violation: None,
        })));
        Self { readiness: Readiness::Unknown, control }
    }

    pub(crate) fn control(&self) -> Control {
        self.control.clone()
    }

    fn poll(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        let mut shared = self.control.lock();
        match self.readiness {
            Readiness::Ready => return Poll::Ready(Ok(())),
            Readiness::Failed => shared.forbid("asked whether it is ready after it failed"),
            Readiness::Unknown => {}
        }
        match shared.step(Stage::Readiness, cx) {
            Step::Wait => Poll::Pending,
            Step::Proceed => {
                self.readiness = Readiness::Ready;
                shared.counts.reserved += 1;
                Poll::Ready(Ok(()))
            }
            Step::Fail => {
                self.readiness = Readiness::Failed;
                shared.counts.refusals += 1;
                Poll::Ready(Err("the probe is out of order".into()))
            }
        }
    }

    fn begin<T>(&mut self, answer: T) -> Answer<T> {
        let mut shared = self.control.lock();
        match self.readiness {
            Readiness::Ready => shared.counts.reserved -= 1,
            Readiness::Unknown => shared.forbid("called before it was ready"),
            Readiness::Failed => shared.forbid("called after its readiness failed"),
        }
        self.readiness = Readiness::Unknown;
        shared.counts.calls += 1;
        drop(shared);
        Answer { answer: Some(answer), flight: Flight::new(&self.control) }
    }
}

impl Clone for Probe {
    fn clone(&self) -> Self {
        self.control.lock().counts.alive += 1;
        Self { readiness: Readiness::Unknown, control: self.control.clone() }
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        let mut shared = self.control.lock();
        shared.counts.alive -= 1;
        shared.counts.reserved -= usize::from(self.readiness == Readiness::Ready);
    }
}

impl Service<Call> for Probe {
    type Response = Reply;
    type Error = BoxError;
    type Future = Answer<Reply>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll(cx)
    }

    fn call(&mut self, call: Call) -> Self::Future {
        let reply = match call.action().name {
            "AdvanceEncrypt" => Reply::new(sealed(), Gateway::Instance),
            "AdvanceGenerateDataKey" => Reply::new(drawn(), Gateway::Instance),
            _ => Reply::from_payload((call.action().new_response)().into(), Gateway::Instance),
        };
        self.begin(reply)
    }
}

impl Service<Request<Body>> for Probe {
    type Response = Response<Frames>;
    type Error = BoxError;
    type Future = Answer<Response<Frames>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.poll(cx)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let operation = request.headers().get("x-kms-apiname").map(|name| name.as_bytes());
        let mut body = match operation {
            Some(b"AdvanceEncrypt") => protobuf::encode(&sealed()).to_vec(),
            Some(b"AdvanceGenerateDataKey") => protobuf::encode(&drawn()).to_vec(),
            _ => ENCRYPTED.as_bytes().to_vec(),
        };
        let rest = body.split_off(body.len() / 2);
        let frames = VecDeque::from([body.into(), rest.into()]);
        let flight = Flight::new(&self.control);
        self.begin(Response::new(Frames { frames, flight }))
    }
}

impl Control {
    pub(crate) fn set_script(&self, script: impl FnMut(Stage) -> Step + Send + 'static) {
        self.lock().script = Box::new(script);
    }

    pub(crate) fn counts(&self) -> Counts {
        self.lock().counts
    }

    /// What was done against the contract.
    pub(crate) fn violation(&self) -> Option<&'static str> {
        self.lock().violation
    }

    /// Lets those go on that wait.
    pub(crate) fn wake(&self) {
        let wakers = self.lock().wakers.as_mut().map(std::mem::take);
        wakers.into_iter().flatten().for_each(Waker::wake);
    }

    /// Those who wait go on by themselves, for tasks that a runtime drives.
    pub(crate) fn wake_at_once(&self) {
        self.lock().wakers = None;
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.0.lock().expect("no panic before")
    }
}

impl Shared {
    fn step(&mut self, stage: Stage, cx: &Context<'_>) -> Step {
        let step = (self.script)(stage);
        if step == Step::Wait {
            match &mut self.wakers {
                Some(wakers) => wakers.push(cx.waker().clone()),
                None => cx.waker().wake_by_ref(),
            }
        }
        step
    }

    fn forbid(&mut self, what: &'static str) {
        self.violation.get_or_insert(what);
    }
}

/// Counts as in flight until it is dropped.
struct Flight(Control);

impl Flight {
    fn new(control: &Control) -> Self {
        control.lock().counts.in_flight += 1;
        Self(control.clone())
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.0.lock().counts.in_flight -= 1;
    }
}

/// An answer to come.
pub(crate) struct Answer<T> {
    answer: Option<T>,
    flight: Flight,
}

impl<T: Unpin> Future for Answer<T> {
    type Output = Result<T, BoxError>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        if self.answer.is_none() {
            self.flight.0.lock().forbid("its answer was polled after it came");
            return Poll::Pending;
        }
        let step = self.flight.0.lock().step(Stage::Answer, cx);
        match (step, self.answer.take()) {
            (Step::Proceed, Some(answer)) => Poll::Ready(Ok(answer)),
            (Step::Fail, _) => {
                Poll::Ready(Err(Error::new(ErrorKind::Connect, "the probe hung up").into()))
            }
            (_, answer) => {
                self.answer = answer;
                Poll::Pending
            }
        }
    }
}

/// The body of an answer.
pub(crate) struct Frames {
    frames: VecDeque<Bytes>,
    flight: Flight,
}

impl http_body::Body for Frames {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        if self.frames.is_empty() {
            return Poll::Ready(None);
        }
        let step = self.flight.0.lock().step(Stage::Frame, cx);
        match step {
            Step::Wait => Poll::Pending,
            Step::Proceed => Poll::Ready(self.frames.pop_front().map(|data| Ok(Frame::data(data)))),
            Step::Fail => {
                self.frames.clear();
                Poll::Ready(Some(Err("the probe broke off".into())))
            }
        }
    }
}
