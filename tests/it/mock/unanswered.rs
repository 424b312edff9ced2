//! A request that no rule answers: an error that names the action and the nearest rule.

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest, ReEncryptRequest};
use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::native::classic;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{Error, ErrorKind, Outcome};

use super::{encrypt, sealed};

/// The error, which names the action, is not retried, and is what `verify` reports.
async fn unanswered(mock: &MockGateway) -> Error {
    let before = mock.requests().len();
    let error = mock.client().encrypt(encrypt()).await.expect_err("no rule answers");
    assert_eq!(error.kind(), ErrorKind::Layer);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.action(), Some("Encrypt"));
    assert!(error.to_string().contains("`Encrypt`"), "{error}");
    assert_eq!(mock.requests().len(), before + 1);
    let unmet = mock.verify().expect_err("a request had no answer");
    assert!(unmet.lines().iter().any(|line| error.to_string().ends_with(line)), "{unmet}");
    error
}

#[tokio::test]
async fn without_rules_there_is_no_nearest() {
    let error = unanswered(&MockGateway::new()).await;
    assert!(error.to_string().contains("no rules"));
}

#[tokio::test]
async fn a_rule_whose_condition_does_not_hold_is_named_by_its_place() {
    let mock = MockGateway::new();
    mock.on::<DecryptRequest>().status(500);
    let line = line!() + 1;
    mock.on::<EncryptRequest>().matching(|request| request.key_id == "k").answer(sealed("YQ=="));
    let error = unanswered(&mock).await;
    let place = format!("{}:{line}:", file!());
    assert!(error.to_string().contains(&place), "{error}");
    assert!(error.to_string().contains("does not match"), "{error}");
}

#[tokio::test]
async fn a_rule_that_is_used_up_is_nearer_than_one_that_does_not_match() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().matching(|_| false).answer(sealed("YQ=="));
    let line = line!() + 1;
    mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(1);
    mock.client().encrypt(encrypt()).await.expect("one answer");
    let error = unanswered(&mock).await;
    assert!(error.to_string().contains(&format!("{}:{line}:", file!())), "{error}");
    assert!(error.to_string().contains("used up"), "{error}");
}

#[tokio::test]
async fn of_other_actions_rules_the_one_of_the_most_similar_name_is_named() {
    let mock = MockGateway::new();
    mock.on::<ListKeysRequest>().status(500);
    mock.on::<ReEncryptRequest>().status(500);
    let error = unanswered(&mock).await;
    assert!(error.to_string().contains("`ReEncrypt`"), "{error}");
}

#[tokio::test]
async fn a_rule_on_the_native_operation_of_the_same_name_is_told_from_one_on_the_action() {
    let mock = MockGateway::new();
    mock.on::<classic::EncryptRequest>().status(500);
    let error = unanswered(&mock).await;
    assert!(error.to_string().contains("the instance's operation `Encrypt`"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn an_attempt_that_finds_its_rule_used_up_ends_the_call() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().status(503).times(1);
    let error = mock.client().encrypt(encrypt()).await.expect_err("no second answer");
    assert_eq!((error.kind(), error.attempts()), (ErrorKind::Layer, 2));
}

#[tokio::test]
async fn on_the_instance_the_users_action_is_named_and_not_what_it_became() {
    let mock = MockGateway::new();
    let client = mock.builder().build().expect("a client");
    let error = client.encrypt(encrypt()).await.expect_err("no rules");
    assert_eq!((error.kind(), error.action()), (ErrorKind::Layer, Some("Encrypt")));
    assert!(!error.to_string().contains("Advance"), "{error}");
}

#[tokio::test]
async fn no_secret_is_shown() {
    const CANARY: &str = "canary-plaintext-5e1f0c";
    let mock = MockGateway::new();
    let rule = mock.on::<EncryptRequest>().matching(|_| false).status(500);
    for client in [mock.client(), mock.builder().build().expect("a client")] {
        let error = client.encrypt(EncryptRequest::new("k", CANARY)).await.expect_err("no rule");
        let shown = format!("{error} {error:?} {mock:?} {rule:?} {:?}", mock.verify());
        let captured = format!("{:?} {:?} {:?}", mock.calls(), mock.requests(), rule.calls());
        let base64 = alibabacloud_kms_tests::canary::base64(CANARY.as_bytes());
        for text in [shown, captured] {
            assert!(!text.contains(CANARY) && !text.contains(&base64), "{text}");
        }
    }
}
