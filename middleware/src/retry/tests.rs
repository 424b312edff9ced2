use std::sync::Arc;
use std::time::Duration;

use http::StatusCode;
use tokio::time::Instant;
use tower::{Layer as _, Service as _, ServiceExt as _};
use tower_test::mock::{self, Mock};

use super::*;
use crate::call::Call;
use crate::error::{BoxError, Error, ErrorKind, Outcome, ServiceError};
use crate::options::CallOptions;
use crate::reply::Reply;

use crate::test_support::{create_call, created, seal_call, serve};
use crate::timeout::TotalTimeoutLayer;

/// A policy whose waits are the whole bound: 100 ms, 200 ms and so on.
fn policy() -> RetryPolicy {
    RetryPolicy::default().backoff(Backoff::default().random(|| 1.0))
}

fn not_sent() -> Error {
    Error::new(ErrorKind::Connect, "refused")
}

fn lost() -> Error {
    Error::new(ErrorKind::Transport, "reset").with_outcome(Outcome::Unknown)
}

fn throttled() -> Error {
    let service = ServiceError::new("Throttling.User", "slow down");
    Error::from_service(service.with_status(StatusCode::BAD_REQUEST))
}

/// What a call came to whose attempts all end like this: the result, requests and time taken.
struct Outage {
    result: Result<Reply, BoxError>,
    requests: u32,
    took: Duration,
}

impl Outage {
    fn error(self) -> Error {
        Error::from_boxed(self.result.expect_err("an error"))
    }
}

async fn run(
    policy: RetryPolicy,
    call: Call,
    mut answer: impl FnMut(u32) -> Result<Reply, BoxError> + Send + 'static,
) -> Outage {
    let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
    let served = serve(handle, move |number, _, respond| match answer(number) {
        Ok(reply) => respond.send_response(reply),
        Err(error) => respond.send_error(error),
    });
    let start = Instant::now();
    let result = RetryLayer::new(policy).layer(mock).oneshot(call).await;
    Outage { result, took: start.elapsed(), requests: served.await.expect("the mock") }
}

async fn fails(call: Call, error: fn() -> Error) -> Outage {
    run(policy(), call, move |_| Err(error().into())).await
}

#[tokio::test(start_paused = true)]
async fn three_attempts_are_three_requests_with_growing_waits_between() {
    let outage = fails(create_call(), not_sent).await;
    assert_eq!(outage.requests, 3);
    assert_eq!(outage.took, Duration::from_millis(300));
    assert_eq!(outage.error().attempts(), 3);
}

#[tokio::test(start_paused = true)]
async fn the_reply_says_how_many_requests_it_took() {
    let outage = run(policy(), create_call(), |number| match number {
        1 => Err(lost().into()),
        _ => Ok(created()),
    })
    .await;
    assert_eq!(outage.requests, 2);
    assert_eq!(outage.result.expect("a reply").attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_success_is_one_request_without_a_wait() {
    let outage = run(policy(), create_call(), |_| Ok(created())).await;
    assert_eq!((outage.requests, outage.took), (1, Duration::ZERO));
    assert_eq!(outage.result.expect("a reply").attempts(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_not_repeated_unless_the_action_is_idempotent() {
    let outage = fails(seal_call(), lost).await;
    assert_eq!(outage.requests, 1);
    assert_eq!(outage.error().attempts(), 1);
    assert_eq!(fails(create_call(), lost).await.requests, 3);
}

#[tokio::test(start_paused = true)]
async fn a_calls_own_word_on_idempotence_wins() {
    for (call, idempotent, requests) in [(seal_call(), true, 3), (create_call(), false, 1)] {
        let options = CallOptions { idempotent: Some(idempotent), ..CallOptions::default() };
        let outage = fails(call.with_options(options), lost).await;
        assert_eq!(outage.requests, requests);
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_not_sent_or_was_refused_for_its_rate_is_repeated_always() {
    assert_eq!(fails(seal_call(), not_sent).await.requests, 3);
    assert_eq!(fails(seal_call(), throttled).await.requests, 3);
}

#[tokio::test(start_paused = true)]
async fn a_layer_that_is_not_ours_is_not_repeated_and_its_error_stays() {
    let outage = run(policy(), create_call(), |_| Err("overloaded".into())).await;
    assert_eq!(outage.requests, 1);
    let error = outage.result.expect_err("the layer's error");
    assert_eq!(error.to_string(), "overloaded");
}

#[tokio::test(start_paused = true)]
async fn an_error_that_a_layer_has_wrapped_is_found_and_counted() {
    let wrapped = |_| Err(std::io::Error::other(not_sent()).into());
    let outage = run(policy(), create_call(), wrapped).await;
    assert_eq!(outage.requests, 3);
    let error = outage.error();
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Connect, 3));
}

#[tokio::test(start_paused = true)]
async fn the_number_of_attempts_is_the_policys_or_the_calls() {
    for (policys, calls, requests) in [
        (5, None, 5),
        (1, None, 1),
        (0, None, 1),
        (5, Some(2), 2),
        (1, Some(4), 4),
        (5, Some(0), 1),
    ] {
        let options = CallOptions { max_attempts: calls, ..CallOptions::default() };
        let call = create_call().with_options(options);
        let outage = run(policy().max_attempts(policys), call, |_| Err(not_sent().into()));
        assert_eq!(outage.await.requests, requests, "{policys} {calls:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_services_wish_to_wait_is_obeyed_up_to_the_cap() {
    for (hint, waited) in [(2, 2), (60, 20)] {
        let outage = run(policy().max_attempts(2), seal_call(), move |_| {
            let hint = Some(Duration::from_secs(hint));
            Err(throttled().with_retry_after(hint).into())
        });
        assert_eq!(outage.await.took, Duration::from_secs(waited));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_that_would_pass_the_deadline_is_not_begun() {
    for (limit, requests) in [(99, 1), (100, 1), (101, 2), (301, 3)] {
        let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
        let served = serve(handle, |_, _, respond| respond.send_error(not_sent()));
        let retry = RetryLayer::new(policy()).layer(mock);
        let total = TotalTimeoutLayer::new(Duration::from_millis(limit)).layer(retry);
        let error = total.oneshot(create_call()).await.expect_err("an outage");
        // The last attempt's error is worth more than a time limit's.
        assert_eq!(Error::from_boxed(error).kind(), ErrorKind::Connect);
        assert_eq!(served.await.expect("the mock"), requests, "{limit}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_of_the_services_that_does_not_fit_the_time_limit_is_told() {
    for (hint, is_told) in [(Some(300), true), (Some(8), true), (Some(1), false), (None, false)] {
        let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
        let served = serve(handle, move |_, _, respond| {
            respond.send_error(throttled().with_retry_after(hint.map(Duration::from_secs)));
        });
        let retry = RetryLayer::new(policy().max_attempts(2)).layer(mock);
        let total = TotalTimeoutLayer::new(Duration::from_secs(8)).layer(retry);
        let error = Error::from_boxed(total.oneshot(create_call()).await.expect_err("throttled"));
        assert!(error.is_throttled() && error.code() == Some("Throttling.User"));
        let told = error.to_string().ends_with("does not fit the call's time limit");
        assert_eq!(told, is_told, "{error}");
        assert_eq!(served.await.expect("the mock"), if is_told { 1 } else { 2 });
    }
}

#[tokio::test(start_paused = true)]
async fn waits_without_bounds_do_not_panic() {
    let endless = Backoff::new(Duration::MAX, Duration::MAX).max_hint(Duration::MAX).random(|| 1.0);
    for hint in [None, Some(Duration::MAX)] {
        let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
        let served = serve(handle, move |_, _, respond| {
            respond.send_error(not_sent().with_retry_after(hint));
        });
        let retry = RetryLayer::new(policy().backoff(endless.clone())).layer(mock);
        let limit = Duration::from_secs(1);
        let total = TotalTimeoutLayer::new(limit).layer(retry.clone());
        assert!(total.oneshot(create_call()).await.is_err());
        // Without a deadline it waits, and does not end.
        assert!(tokio::time::timeout(limit, retry.oneshot(create_call())).await.is_err());
        assert_eq!(served.await.expect("the mock"), 2);
    }
}

#[tokio::test(start_paused = true)]
async fn an_exhausted_budget_ends_repetition_for_all_who_share_it() {
    let budget = Arc::new(Budget::new(3 * Budget::COST));
    let policy = policy().budget(Arc::clone(&budget));
    let mut requests = Vec::new();
    for _ in 0..3 {
        let outage = run(policy.clone(), create_call(), |_| Err(not_sent().into()));
        requests.push(outage.await.requests);
    }
    assert_eq!(requests, [3, 2, 1]);
    for _ in 0..Budget::COST {
        let outage = run(policy.clone(), create_call(), |_| Ok(created()));
        assert_eq!(outage.await.requests, 1);
    }
    assert_eq!(budget.tokens(), Budget::COST);
    let outage = run(policy, create_call(), |_| Err(not_sent().into()));
    assert_eq!(outage.await.requests, 2);
}

#[tokio::test(start_paused = true)]
async fn what_is_not_repeated_costs_no_budget() {
    let budget = Arc::new(Budget::new(100));
    let policy = policy().budget(Arc::clone(&budget));
    run(policy, seal_call(), |_| Err(lost().into())).await;
    assert_eq!(budget.tokens(), 100);
}

#[tokio::test(start_paused = true)]
async fn calls_of_one_service_count_their_attempts_apart() {
    let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
    let served = serve(handle, |_, _, respond| respond.send_error(not_sent()));
    let mut retry = RetryLayer::new(policy()).layer(mock);
    for _ in 0..2 {
        let call = retry.ready().await.expect("ready").call(create_call());
        let error = Error::from_boxed(call.await.expect_err("an outage"));
        assert_eq!(error.attempts(), 3);
    }
    drop(retry);
    assert_eq!(served.await.expect("the mock"), 6);
}

/// Helps against one code.
#[derive(Debug)]
struct Against(&'static str);

impl Remedy for Against {
    fn name(&self) -> &'static str {
        self.0
    }

    fn repair(&self, _: &Call, error: &Error) -> bool {
        error.code() == Some(self.0)
    }
}

fn refused(code: &str) -> Error {
    Error::from_service(ServiceError::new(code, "no").with_status(StatusCode::BAD_REQUEST))
}

#[tokio::test(start_paused = true)]
async fn each_remedy_gives_one_request_more_whether_the_call_is_idempotent_or_not() {
    let policy =
        || policy().max_attempts(1).remedy(Arc::new(Against("A"))).remedy(Arc::new(Against("B")));
    let outage = run(policy(), create_call(), |_| Err(refused("A").into())).await;
    assert_eq!((outage.requests, outage.took), (2, Duration::ZERO));
    assert_eq!(outage.error().attempts(), 2);

    let codes = ["A", "B", "A"];
    let answer = move |number| Err(refused(codes[number as usize - 1]).into());
    assert_eq!(run(policy(), seal_call(), answer).await.requests, 3);
    assert_eq!(run(policy(), seal_call(), |_| Err(refused("C").into())).await.requests, 1);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_was_not_sent_does_not_take_back_an_earlier_one() {
    let fault = || {
        let service = ServiceError::default().with_status(StatusCode::BAD_GATEWAY);
        Error::from_service(service)
    };
    for (first, outcome) in [
        (lost as fn() -> Error, Outcome::Unknown),
        (fault, Outcome::Unknown),
        // Refused for its rate: not acted on.
        (throttled, Outcome::NotSent),
        (not_sent, Outcome::NotSent),
    ] {
        let answer = move |number| Err(if number == 1 { first() } else { not_sent() }.into());
        let outage = run(policy(), create_call(), answer).await;
        assert_eq!(outage.requests, 3);
        let error = outage.error();
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Connect, outcome));
    }
}

#[tokio::test(start_paused = true)]
async fn a_remedy_does_not_lengthen_the_waits_that_follow() {
    let policy = policy().max_attempts(2).remedy(Arc::new(Against("A")));
    let outage = run(policy, create_call(), |number| match number {
        1 => Err(refused("A").into()),
        _ => Err(not_sent().into()),
    })
    .await;
    assert_eq!((outage.requests, outage.took), (3, Duration::from_millis(100)));
}

#[test]
fn a_policy_for_one_gateway_more_has_a_budget_of_its_own_unless_one_was_given() {
    let policy = RetryPolicy::default();
    assert!(!Arc::ptr_eq(&policy.shared_budget(), &policy.for_gateway().shared_budget()));
    let given = policy.budget(Arc::new(Budget::new(10)));
    assert!(Arc::ptr_eq(&given.shared_budget(), &given.for_gateway().shared_budget()));
}

fn maintenance() -> Error {
    Error::from_service(ServiceError::new("Rejected.Maintenance", "later"))
}

#[tokio::test(start_paused = true)]
async fn a_rule_of_ones_own_repeats_what_the_table_does_not() {
    let rule = |call: &Call, error: &Error| {
        let is_meant = error.code() == Some("Rejected.Maintenance") && call.is_idempotent();
        is_meant.then_some(Reason::ServerFault)
    };
    for (call, requests) in [(create_call(), 3), (seal_call(), 1)] {
        let outage = run(policy().classify_with(rule), call, |_| Err(maintenance().into())).await;
        assert_eq!(outage.requests, requests);
    }
    // The table still stands behind it, and an earlier rule behind a later one.
    let policy = policy().classify_with(rule).classify_with(|_, _| None);
    for error in [not_sent, maintenance] {
        let outage = run(policy.clone(), create_call(), move |_| Err(error().into())).await;
        assert_eq!(outage.requests, 3);
    }
}

/// Repeats every failure this number of times, after a second each.
#[derive(Clone)]
struct Stubborn(u32);

impl tower::retry::Policy<Call, Reply, BoxError> for Stubborn {
    type Future = tokio::time::Sleep;

    fn retry(
        &mut self,
        _: &mut Call,
        result: &mut Result<Reply, BoxError>,
    ) -> Option<tokio::time::Sleep> {
        self.0 = self.0.checked_sub(u32::from(result.is_err()))?;
        result.is_err().then(|| tokio::time::sleep(Duration::from_secs(1)))
    }

    fn clone_request(&mut self, call: &Call) -> Option<Call> {
        Some(call.clone())
    }
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_ones_own_decides_and_attempts_are_counted_all_the_same() {
    let policy = RetryPolicy::from_policy(Stubborn(4));
    let outage = run(policy.clone(), seal_call(), |_| Err(maintenance().into())).await;
    assert_eq!((outage.requests, outage.took), (5, Duration::from_secs(4)));
    assert_eq!(outage.error().attempts(), 5);
    let outage = run(policy.clone(), seal_call(), |number| match number {
        1 => Err("a layer that is not ours".into()),
        _ => Ok(created()),
    })
    .await;
    assert_eq!(outage.result.expect("a reply").attempts(), 2);
}

#[tokio::test(start_paused = true)]
async fn a_policy_of_ones_own_draws_on_the_budget_and_numbers_the_attempts() {
    let budget = Arc::new(Budget::new(2 * Budget::COST));
    let policy = RetryPolicy::from_policy(Stubborn(9)).budget(Arc::clone(&budget));
    let (mock, handle): (Mock<Call, Reply>, _) = mock::pair();
    let numbers = Arc::new(std::sync::Mutex::new(Vec::new()));
    let seen = Arc::clone(&numbers);
    let served = serve(handle, move |_, call: Call, respond| {
        let attempt = crate::signals::Attempt::from_extensions(call.extensions());
        seen.lock().expect("no panic").push(attempt.number());
        respond.send_error(maintenance());
    });
    let result = RetryLayer::new(policy).layer(mock).oneshot(create_call()).await;
    assert_eq!(served.await.expect("the mock"), 3);
    assert_eq!(*numbers.lock().expect("no panic"), [1, 2, 3]);
    assert_eq!(budget.tokens(), 0);
    assert_eq!(Error::from_boxed(result.expect_err("an error")).attempts(), 3);
}
