//! Callers that keep to `tower`'s contract, by hand: a poll at a time.

use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use alibabacloud_kms::{BoxError, BoxFuture};
use alibabacloud_kms_tests::random::Random;
use tower::{Service, ServiceExt as _};

use super::probe::{Control, Probe, Stage, Step};
use super::subjects::{Outer, Readiness, Subject};

/// Whether somebody who waits was told to go on.
#[derive(Default)]
struct Flag(AtomicBool);

impl Wake for Flag {
    fn wake(self: Arc<Self>) {
        self.0.store(true, Ordering::SeqCst);
    }
}

/// Polls once. What is not ready must have left its waker with the probe, or with the clock.
async fn poll<T>(
    control: &Control,
    poll: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Result<Poll<T>, String> {
    let flag = Arc::new(Flag::default());
    let polled = poll(&mut Context::from_waker(&Waker::from(Arc::clone(&flag))));
    if let Some(violation) = control.violation() {
        return Err(format!("the probe was {violation}"));
    }
    if polled.is_pending() {
        control.wake();
        tokio::time::advance(Duration::from_millis(1)).await;
        if !flag.0.load(Ordering::SeqCst) {
            return Err("it waits for nothing: the waker was lost".to_owned());
        }
    }
    Ok(polled)
}

/// One call from readiness to its end, dropped after so many polls if it takes more: the answer.
pub(crate) async fn call_for(
    service: Outer,
    control: &Control,
    polls: usize,
) -> Result<Option<Result<(), BoxError>>, String> {
    let mut call = pin!(service.oneshot(()));
    for _ in 0..polls {
        if let Poll::Ready(answer) = poll(control, |cx| call.as_mut().poll(cx)).await? {
            return Ok(Some(answer));
        }
    }
    Ok(None)
}

/// Calls at random, with clones and without, and now and then changes its mind.
///
/// # Errors
///
/// What was done against the contract.
pub(crate) async fn call_at_random(subject: &Subject, seed: u64) -> Result<(), String> {
    let mut random = Random::new(seed);
    let mut steps = Random::new(seed.wrapping_mul(31) + 7);
    // Some probes are slow, some fail often.
    let (slow, failing) = (steps.below(8), steps.below(4));
    let probe = Probe::new(move |_| match steps.below(12) {
        step if step < slow => Step::Wait,
        step if step < slow + failing => Step::Fail,
        _ => Step::Proceed,
    });
    let control = probe.control();
    let mut caller = Caller {
        subject: *subject,
        origin: (subject.around)(probe),
        handles: Vec::new(),
        calls: Vec::new(),
        control: control.clone(),
    };
    for _ in 0..60 {
        caller.step(&mut random).await?;
        caller.check()?;
    }
    caller.calls.clear();
    caller.handles.clear();
    caller.check()?;

    // Whatever happened, a clone serves.
    control.set_script(|_| Step::Proceed);
    match call_for(caller.origin.clone(), &control, 100).await? {
        Some(Ok(())) => {}
        other => return Err(format!("it is of no more use: {other:?}")),
    }
    drop(caller);
    let counts = control.counts();
    match (counts.alive, counts.in_flight) {
        (0, 0) => Ok(()),
        _ => Err(format!("something goes on after the end: {counts:?}")),
    }
}

struct Caller {
    subject: Subject,
    /// Never polled itself.
    origin: Outer,
    handles: Vec<Handle>,
    calls: Vec<BoxFuture<()>>,
    control: Control,
}

struct Handle {
    service: Outer,
    is_ready: bool,
}

impl Caller {
    async fn step(&mut self, random: &mut Random) -> Result<(), String> {
        let Self { origin, handles, calls, .. } = self;
        let pick = |random: &mut Random, length: usize| random.below(length.max(1));
        let (handle, call) = (pick(random, handles.len()), pick(random, calls.len()));
        match random.below(16) {
            0..=1 if handles.len() < 3 => {
                let service = match handles.get(handle) {
                    Some(handle) if random.below(2) == 0 => handle.service.clone(),
                    _ => origin.clone(),
                };
                handles.push(Handle { service, is_ready: false });
            }
            2..=6 if handle < handles.len() => self.poll_ready(handle).await?,
            7..=9 if handles.get(handle).is_some_and(|handle| handle.is_ready) => {
                let handle = &mut handles[handle];
                handle.is_ready = false;
                calls.push(handle.service.call(()));
            }
            10..=13 if call < calls.len() => {
                let future = &mut calls[call];
                let polled = poll(&self.control, |cx| future.as_mut().poll(cx)).await?;
                if polled.is_ready() {
                    drop(self.calls.swap_remove(call));
                }
            }
            14 if handle < handles.len() => drop(handles.swap_remove(handle)),
            15 if call < calls.len() => drop(calls.swap_remove(call)),
            _ => {}
        }
        Ok(())
    }

    async fn poll_ready(&mut self, index: usize) -> Result<(), String> {
        let Handle { service, is_ready } = &mut self.handles[index];
        let refusals = self.control.counts().refusals;
        let polled = poll(&self.control, |cx| service.poll_ready(cx)).await?;
        let refused = self.control.counts().refusals > refusals;
        let is_immediate = self.subject.readiness != Readiness::Delegated;
        match polled {
            Poll::Ready(Ok(())) if refused => Err("a failed readiness was hidden".to_owned()),
            Poll::Ready(Ok(())) => {
                *is_ready = true;
                Ok(())
            }
            _ if *is_ready => Err("it was ready, and is no more".to_owned()),
            _ if is_immediate => Err("it is not always ready".to_owned()),
            Poll::Ready(Err(_)) if !refused => Err("it fails for no reason".to_owned()),
            Poll::Ready(Err(_)) => {
                drop(self.handles.swap_remove(index));
                Ok(())
            }
            Poll::Pending => Ok(()),
        }
    }

    /// Without calls, exactly those are reserved that said that they are ready.
    fn check(&self) -> Result<(), String> {
        let counts = self.control.counts();
        if let Some(violation) = self.control.violation() {
            return Err(format!("the probe was {violation}"));
        }
        if !self.calls.is_empty() {
            return Ok(());
        }
        let ready = self.handles.iter().filter(|handle| handle.is_ready).count();
        let reserved = match self.subject.readiness {
            Readiness::Delegated => ready,
            Readiness::Immediate(_) => 0,
        };
        if counts.in_flight > 0 {
            return Err(format!("{} calls go on that nobody waits for", counts.in_flight));
        }
        match counts.reserved.cmp(&reserved) {
            std::cmp::Ordering::Less => Err("backpressure was lost: it is not ready".to_owned()),
            std::cmp::Ordering::Equal => Ok(()),
            std::cmp::Ordering::Greater => Err("a reservation was kept after its use".to_owned()),
        }
    }
}

/// A probe that is never ready until it is told.
pub(crate) fn never_ready() -> Probe {
    Probe::new(|stage| if stage == Stage::Readiness { Step::Wait } else { Step::Proceed })
}
