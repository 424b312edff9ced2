//! Calls in a closed loop: some are in flight at any time, and each that ends is followed by another.

use std::error::Error;
use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

/// How many calls are in flight.
pub(crate) const AT_ONCE: usize = 64;

/// When to stop.
#[derive(Clone, Copy)]
pub(crate) enum Until {
    Times(usize),
    Passed(Duration),
}

/// Calls, each with its number, until then; returns how many calls a second that were.
pub(crate) async fn often<C, F, E>(
    client: &C,
    until: Until,
    call: impl Fn(C, usize) -> F + Copy + Send + 'static,
) -> Result<f64, Box<dyn Error>>
where
    C: Clone + Send + 'static,
    F: Future<Output = Result<(), E>> + Send,
    E: Error + Send + 'static,
{
    let (number, begun) = (Arc::new(AtomicUsize::new(0)), Instant::now());
    let mut workers = JoinSet::new();
    for _ in 0..AT_ONCE {
        let (client, number) = (client.clone(), Arc::clone(&number));
        workers.spawn(async move {
            let mut done = 0;
            loop {
                let next = number.fetch_add(1, Ordering::Relaxed);
                let is_over = match until {
                    Until::Times(times) => next >= times,
                    Until::Passed(time) => begun.elapsed() >= time,
                };
                if is_over {
                    return Ok::<usize, E>(done);
                }
                call(client.clone(), next).await?;
                done += 1;
            }
        });
    }
    let mut all = 0;
    while let Some(done) = workers.join_next().await {
        all += done??;
    }
    Ok(all as f64 / begun.elapsed().as_secs_f64())
}
