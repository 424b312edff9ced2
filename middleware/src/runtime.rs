//! The tokio runtime that a call runs on, and timers for a call that changes it.
//!
//! A timer of tokio panics without a runtime and after its runtime was dropped, and never ends
//! while no one drives its runtime. A call may be polled on one runtime and then on another, such
//! as one for a page that two `block_on` wait for.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use pin_project_lite::pin_project;
use tokio::runtime::{Handle, Id};
use tokio::time::{Instant, Sleep};

use crate::error::{Error, ErrorKind};

/// Returns the runtime of this call.
///
/// # Errors
///
/// [`ErrorKind::Config`]: there is none.
pub fn current() -> Result<Handle, Error> {
    Handle::try_current().map_err(|_| {
        Error::new(
            ErrorKind::Config,
            "no tokio runtime: run the call inside one, or enable the feature blocking and call \
             `wait()`",
        )
    })
}

pin_project! {
    /// A timer of the runtime that polls it. It is made when there is something to wait for, and
    /// again when another runtime polls it.
    #[derive(Debug, Default)]
    pub(crate) struct Timer {
        #[pin]
        sleep: Option<Sleep>,
        runtime: Option<Id>,
    }
}

impl Timer {
    /// Waits until this time, which may be another one each time.
    pub(crate) fn poll_until(
        self: Pin<&mut Self>,
        ends: Instant,
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let mut this = self.project();
        let runtime = Handle::try_current().ok().map(|runtime| runtime.id());
        if let Some(sleep) = this.sleep.as_mut().as_pin_mut()
            && (runtime.is_none() || *this.runtime == runtime)
        {
            if sleep.deadline() != ends {
                sleep.reset(ends);
            }
        } else {
            this.sleep.set(Some(tokio::time::sleep_until(ends)));
            *this.runtime = runtime;
        }
        this.sleep.as_pin_mut().map_or(Poll::Pending, |sleep| sleep.poll(cx))
    }
}

/// Returns the end of a limit that begins now, or a time in a century if the clock cannot represent
/// it.
pub(crate) fn ends(now: Instant, limit: Duration) -> Instant {
    const CENTURY: Duration = Duration::from_secs(100 * 365 * 86_400);
    now + limit.min(CENTURY)
}

/// Waits for this time, on whichever runtime.
pub fn sleep(time: Duration) -> impl Future<Output = ()> {
    sleep_until(ends(Instant::now(), time))
}

/// Waits until this time, on whichever runtime.
pub async fn sleep_until(ends: Instant) {
    let mut timer = std::pin::pin!(Timer::default());
    std::future::poll_fn(|cx| timer.as_mut().poll_until(ends, cx)).await;
}

/// Waits for a future for at most this time, on whichever runtime.
pub fn timeout<F: Future>(limit: Duration, future: F) -> Timeout<F> {
    Timeout { future, ends: ends(Instant::now(), limit), timer: Timer::default() }
}

pin_project! {
    /// The future of [`timeout`]: `None` if the other one takes longer.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless polled"]
    pub struct Timeout<F> {
        #[pin]
        future: F,
        ends: Instant,
        #[pin]
        timer: Timer,
    }
}

impl<F: Future> Future for Timeout<F> {
    type Output = Option<F::Output>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<F::Output>> {
        let this = self.project();
        if let Poll::Ready(output) = this.future.poll(cx) {
            return Poll::Ready(Some(output));
        }
        this.timer.poll_until(*this.ends, cx).map(|()| None)
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;

    use super::*;
    use crate::test_support::{paused_runtime, polled_once};

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_timer_ends_on_the_runtime_that_polls_it_though_another_one_began_it() {
        for is_dropped in [true, false] {
            let (a, b) = (paused_runtime(), paused_runtime());
            let mut slept = pin!(sleep(SECOND));
            let mut limited = pin!(timeout(SECOND, std::future::pending::<()>()));
            assert!(polled_once(&a, slept.as_mut()).is_pending());
            assert!(polled_once(&a, limited.as_mut()).is_pending());
            let _undriven = (!is_dropped).then_some(a);
            b.block_on(async {
                let all = async { (slept.await, limited.await) };
                let ended = tokio::time::timeout(60 * SECOND, all).await;
                assert_eq!(ended.expect("both end"), ((), None));
            });
        }
    }
}
