//! The key in KMS: the one that a header names is the one that opened it, and one that is trusted.

use alibabacloud_kms::api::crypto::DecryptResponse;
use alibabacloud_kms::api::data_key::GenerateDataKeyResponse;
use alibabacloud_kms::envelope::{DataKeyReuse, Envelope, Header};
use alibabacloud_kms::{BoxError, Call, ErrorKind, Gateway, KmsClient, Outcome, Pairs, Reply};
use alibabacloud_kms_tests::canary::base64;

use super::kms::Kms;
use super::open;

/// A KMS that says of every data key that this key made or opened it.
fn answering(key_id: &'static str) -> KmsClient {
    KmsClient::from_service(tower::service_fn(move |call: Call| {
        let plaintext = base64(&[7; 32]);
        let reply = if call.action().name == "GenerateDataKey" {
            let mut response = GenerateDataKeyResponse::default();
            (response.key_id, response.plaintext) = (key_id.to_owned(), plaintext.into());
            response.ciphertext_blob = "AA==".to_owned();
            Reply::new(response, Gateway::Shared)
        } else {
            let mut response = DecryptResponse::default();
            (response.key_id, response.plaintext) = (key_id.to_owned(), plaintext.into());
            Reply::new(response, Gateway::Shared)
        };
        std::future::ready(Ok::<_, BoxError>(reply))
    }))
}

async fn sealed_by(key_id: &'static str) -> Vec<u8> {
    let envelope = Envelope::new(answering(key_id));
    envelope.seal("alias/app", b"text", &Pairs::new()).await.expect("sealed")
}

const ARN: &str = "acs:kms:cn-hangzhou:123456:key/key-a";

#[tokio::test]
async fn a_header_that_names_another_key_than_the_one_that_opened_it_is_refused() {
    for (named, opened_by) in [
        ("key-a", "key-b"),
        ("key-a", ""),
        ("", "key-b"),
        ("key-a", "KEY-A"),
        ("alias/app", "key-a"),
        (ARN, "key-b"),
        (ARN, "acs:kms:cn-hangzhou:123456:key/key-b"),
    ] {
        let sealed = sealed_by(named).await;
        for envelope in [
            Envelope::new(answering(opened_by)),
            Envelope::new(answering(opened_by)).reuse(DataKeyReuse::default()),
        ] {
            // Twice: a key that was kept is compared too.
            for _ in 0..2 {
                let error = envelope.open(&sealed, &Pairs::new()).await.expect_err("it lies");
                let found = (error.kind(), error.outcome());
                assert_eq!(found, (ErrorKind::Envelope, Outcome::Answered), "{named}");
                let mut written = Vec::new();
                let streamed = envelope.open_stream(&sealed[..], &mut written, &Pairs::new()).await;
                assert_eq!(streamed.expect_err("it lies").kind(), ErrorKind::Envelope);
                assert!(written.is_empty());
            }
        }
    }
}

#[tokio::test]
async fn an_id_and_the_arn_of_the_same_key_are_the_same() {
    for (named, opened_by) in [("key-a", "key-a"), ("key-a", ARN), (ARN, "key-a"), (ARN, ARN)] {
        let envelope = Envelope::new(answering(opened_by));
        assert_eq!(open(&envelope, &sealed_by(named).await).await, Ok(b"text".to_vec()));
    }
}

#[tokio::test]
async fn an_opened_data_key_serves_no_header_that_names_another_key() {
    let envelope = Envelope::new(answering("key-a")).reuse(DataKeyReuse::default());
    assert!(open(&envelope, &sealed_by("key-a").await).await.is_ok());
    assert_eq!(open(&envelope, &sealed_by("key-b").await).await, Err(ErrorKind::Envelope));
}

#[tokio::test]
async fn envelopes_of_keys_that_are_not_listed_are_refused_before_kms_is_asked() {
    let kms = Kms::new();
    let sealed = Envelope::new(kms.client()).seal("key", b"text", &Pairs::new()).await;
    let sealed = sealed.expect("sealed");
    assert_eq!(Header::parse(&sealed).expect("a header").key_id(), "id of key");
    let only = |keys: &[&str]| Envelope::new(kms.client()).only_keys(keys.iter().copied());
    for keys in [&[][..], &["key"], &["id of key2"]] {
        let error = only(keys).open(&sealed, &Pairs::new()).await.expect_err("not listed");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Envelope, Outcome::NotSent));
    }
    assert_eq!(kms.decrypted(), 0);
    assert_eq!(open(&only(&["other", "id of key"]), &sealed).await, Ok(b"text".to_vec()));
}

#[tokio::test]
async fn a_listed_key_in_the_header_does_not_let_another_key_open_it() {
    let sealed = sealed_by("key-a").await;
    let envelope = Envelope::new(answering("key-of-the-attacker")).only_keys(["key-a"]);
    assert_eq!(open(&envelope, &sealed).await, Err(ErrorKind::Envelope));
}

#[tokio::test]
async fn an_alias_among_the_listed_keys_is_an_error_that_names_the_setting() {
    let sealed = sealed_by("key-a").await;
    let envelope = Envelope::new(answering("key-a")).only_keys(["alias/app"]);
    let error = envelope.open(&sealed, &Pairs::new()).await.expect_err("an alias");
    assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
}
