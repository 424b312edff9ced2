//! A circuit breaker: a gateway that keeps failing is left alone for a while.
//!
//! Around one gateway only (`shared_layer` here), so that calls to the other go on. Failures are those that
//! say something of the gateway: no connection, no answer in time, a fault of the server. A refusal is an
//! answer, and closes the circuit as a success does. When the pause is over one call tries, and the others
//! still fail at once until it succeeded.

use std::error::Error as StdError;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{BoxCall, BoxError, Call, Error, ErrorKind, Reply};
use tokio::time::Instant;
use tower::layer::layer_fn;
use tower::{ServiceExt, service_fn};

/// Opens after a number of failures in a row, for a fixed time.
#[derive(Clone)]
struct CircuitBreaker {
    failures: u32,
    pause: Duration,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    failed: u32,
    open_until: Option<Instant>,
}

impl CircuitBreaker {
    fn new(failures: u32, pause: Duration) -> Self {
        Self { failures, pause, state: Arc::default() }
    }

    async fn call(self, inner: BoxCall, call: Call) -> Result<Reply, BoxError> {
        self.admit()?;
        let result = inner.oneshot(call).await;
        self.record(&result);
        result
    }

    fn admit(&self) -> Result<(), Error> {
        let mut state = self.state();
        match state.open_until {
            Some(until) if Instant::now() < until => {
                let message = "the circuit of this gateway is open: it failed too often";
                Err(Error::new(ErrorKind::Layer, message))
            }
            // This call tries; those that come meanwhile do not.
            Some(_) => {
                state.open_until = Some(Instant::now() + self.pause);
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn record(&self, result: &Result<Reply, BoxError>) {
        let mut state = self.state();
        if result.as_ref().err().is_some_and(is_failure) {
            state.failed += 1;
            if state.failed >= self.failures {
                state.open_until = Some(Instant::now() + self.pause);
            }
        } else {
            *state = State::default();
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn is_failure(error: &BoxError) -> bool {
    Error::find(&**error).is_some_and(|error| match error.kind() {
        ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout | ErrorKind::Transport => true,
        ErrorKind::Service => error.status().is_some_and(|status| status.is_server_error()),
        _ => false,
    })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn StdError>> {
    let breaker = CircuitBreaker::new(3, Duration::from_millis(50));
    let mock = MockGateway::new();
    let rule = mock
        .on::<EncryptRequest>()
        .status(503)
        .times(3)
        .answer_with(|_, answer| answer.ciphertext_blob = "c2VhbGVk".into());
    let client = mock
        .builder()
        .use_shared_gateway(true)
        .max_attempts(1)
        .shared_layer(layer_fn(move |inner: BoxCall| {
            let breaker = breaker.clone();
            service_fn(move |call: Call| breaker.clone().call(inner.clone(), call))
        }))
        .build()?;
    let encrypt = || client.encrypt(EncryptRequest::new("alias/app", "text"));

    for _ in 0..5 {
        println!("{}", encrypt().await.expect_err("it fails"));
    }
    assert_eq!(rule.requests().len(), 3, "the last two were not sent");

    tokio::time::sleep(Duration::from_millis(60)).await;
    println!("{} when the pause was over", encrypt().await?.ciphertext_blob);
    encrypt().await?;
    Ok(())
}
