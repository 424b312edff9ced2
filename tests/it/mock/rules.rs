//! Which rule answers, with what and how often.

use std::sync::Arc;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::key::{KeyEntry, ListKeysRequest};
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{Error, ExposeSecret, KmsClient};

use super::{encrypt, sealed};

async fn blob(client: &KmsClient, key: &str) -> Result<String, Error> {
    client.encrypt(EncryptRequest::new(key, "text")).await.map(|answer| answer.ciphertext_blob)
}

#[tokio::test]
async fn a_response_is_given_to_every_call_of_its_action() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(sealed("YQ=="));
    let client = mock.client();
    for _ in 0..3 {
        assert_eq!(blob(&client, "k").await.expect("an answer"), "YQ==");
    }
}

#[tokio::test]
async fn a_response_can_be_made_of_the_request() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer_with(|request, answer| {
        answer.ciphertext_blob =
            format!("{}:{}", request.key_id, request.plaintext.expose_secret());
    });
    let answer = mock.client().encrypt(EncryptRequest::new("k", "中 &=")).await;
    assert_eq!(answer.expect("an answer").ciphertext_blob, "k:中 &=");
}

#[tokio::test]
async fn an_empty_request_id_is_filled_and_a_given_one_stays() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(1).answer_with(|_, answer| {
        answer.request_id = "mine".into();
    });
    let client = mock.client();
    for expected in ["mock-1", "mine"] {
        let reply = client.encrypt(encrypt()).reply().await.expect("an answer");
        assert_eq!(reply.request_id(), Some(expected));
    }
}

#[tokio::test]
async fn the_first_rule_that_matches_answers() {
    let mock = MockGateway::new();
    mock.on::<DecryptRequest>().status(500);
    mock.on::<EncryptRequest>().matching(|request| request.key_id == "a").answer(sealed("YQ=="));
    mock.on::<EncryptRequest>().answer(sealed("Yg=="));
    mock.on::<EncryptRequest>().matching(|request| request.key_id == "c").answer(sealed("Yw=="));
    let client = mock.client();
    for (key, expected) in [("a", "YQ=="), ("b", "Yg=="), ("c", "Yg==")] {
        assert_eq!(blob(&client, key).await.expect("an answer"), expected);
    }
}

#[tokio::test]
async fn all_conditions_of_a_rule_must_hold() {
    let mock = MockGateway::new();
    let rule = mock
        .on::<EncryptRequest>()
        .matching(|request| request.key_id.starts_with("alias/"))
        .matching(|request| request.key_id.ends_with("app"))
        .answer(sealed("YQ=="));
    let client = mock.client();
    for (key, matches) in [("alias/app", true), ("alias/x", false), ("app", false)] {
        assert_eq!(blob(&client, key).await.is_ok(), matches, "{key}");
    }
    assert_eq!(rule.calls().len(), 1);
}

#[tokio::test]
async fn a_rule_that_is_used_up_leaves_its_calls_to_the_next() {
    let mock = MockGateway::new();
    let first = mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(2);
    let second = mock.on::<EncryptRequest>().answer(sealed("Yg=="));
    let client = mock.client();
    let mut blobs = Vec::new();
    for _ in 0..4 {
        blobs.push(blob(&client, "k").await.expect("an answer"));
    }
    assert_eq!(blobs, ["YQ==", "YQ==", "Yg==", "Yg=="]);
    assert_eq!((first.calls().len(), second.calls().len()), (2, 2));
}

#[tokio::test]
async fn each_answer_of_a_rule_is_given_once_and_the_last_from_then_on() {
    let mock = MockGateway::new();
    let answers = ["YQ==", "Yg==", "Yw=="].map(sealed);
    let [a, b, c] = answers;
    mock.on::<EncryptRequest>().answer(a).answer(b).times(..=2).answer(c);
    let client = mock.client();
    let mut blobs = Vec::new();
    for _ in 0..5 {
        blobs.push(blob(&client, "k").await.expect("an answer"));
    }
    assert_eq!(blobs, ["YQ==", "Yg==", "Yg==", "Yw==", "Yw=="]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_answer_is_given_exactly_as_often_as_said_among_many_threads() {
    let mock = MockGateway::new();
    let rule = mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(50);
    let client = mock.client();
    let call = || {
        let client = client.clone();
        tokio::spawn(async move { blob(&client, "k").await.is_ok() })
    };
    let calls: Vec<_> = (0..80).map(|_| call()).collect();
    let mut answered = 0;
    for call in calls {
        answered += usize::from(call.await.expect("no panic"));
    }
    assert_eq!((answered, rule.calls().len(), mock.calls().len()), (50, 50, 80));
}

#[tokio::test]
async fn what_the_user_gives_may_ask_the_mock() {
    let mock = Arc::new(MockGateway::new());
    let (asked, filling) = (Arc::clone(&mock), Arc::clone(&mock));
    mock.on::<EncryptRequest>()
        .matching(move |_| asked.calls().len() == 1)
        .answer_with(move |_, answer| answer.key_id = filling.requests().len().to_string());
    let answer = mock.client().encrypt(encrypt()).await.expect("an answer");
    assert_eq!(answer.key_id, "1");
}

#[tokio::test]
async fn the_pages_of_a_list_are_calls_of_their_own() {
    let mock = MockGateway::new();
    let pages = mock.on::<ListKeysRequest>().answer_with(|request, answer| {
        let page = request.page_number.unwrap_or(1);
        answer.page_number = page;
        answer.page_size = 1;
        answer.total_count = 2;
        answer.keys = vec![KeyEntry::new(format!("key-{page}"))];
    });
    let mut keys = mock.client().list_keys(ListKeysRequest::new().page_size(1)).items();
    let mut ids = Vec::new();
    while let Some(key) = keys.next().await {
        ids.push(key.expect("a key").key_id);
    }
    assert_eq!(ids, ["key-1", "key-2"]);
    assert_eq!(pages.calls().len(), 2);
}

#[tokio::test]
async fn a_mock_is_content_when_every_answer_was_given_as_often_as_said() {
    let mock = MockGateway::new();
    let client = mock.client();
    mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(2);
    mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(1..);
    mock.on::<EncryptRequest>().answer(sealed("YQ==")).times(..=7);
    mock.on::<DecryptRequest>().status(500).times(..);
    for calls in 0..3 {
        assert_eq!(mock.verify().is_ok(), calls == 3, "after {calls} calls");
        blob(&client, "k").await.expect("an answer");
    }
    assert_eq!(mock.verify(), Ok(()));
}

#[tokio::test]
async fn a_rule_that_nobody_needed_is_reported_unless_any_number_will_do() {
    let mock = MockGateway::new();
    mock.on::<DecryptRequest>().answer_with(|_, _| ());
    let unmet = mock.verify().expect_err("it is not used");
    let [line] = unmet.lines() else { panic!("{unmet}") };
    assert!(line.contains("`Decrypt`") && line.contains(file!()), "{line}");
    assert_eq!(format!("{unmet:?}"), unmet.to_string());
}

#[tokio::test]
async fn an_answer_in_the_middle_that_was_not_given_is_reported_by_its_number() {
    let mock = MockGateway::new();
    mock.on::<EncryptRequest>().answer(sealed("YQ==")).status(503).times(2).answer(sealed("Yg=="));
    blob(&mock.client(), "k").await.expect("an answer");
    let unmet = mock.verify().expect_err("two answers are left");
    let [second, third] = unmet.lines() else { panic!("{unmet}") };
    assert!(second.contains("2 of 3") && third.contains("3 of 3"), "{unmet}");
}
