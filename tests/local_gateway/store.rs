//! What a gateway with a store has when it is started again.

use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::key::ScheduleKeyDeletionRequest;
use alibabacloud_kms::api::key::{CreateKeyRequest, DescribeKeyRequest};
use alibabacloud_kms::api::secret::CreateSecretRequest;
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::{ErrorKind, ExposeSecret};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway, LocalGatewayBuilder};

use crate::{client, refusal};

const DAY: Duration = Duration::from_secs(24 * 60 * 60);

fn builder(folder: &tempfile::TempDir) -> LocalGatewayBuilder {
    LocalGateway::builder().directory(folder.path()).store(folder.path()).with_tls()
}

#[tokio::test]
async fn clients_of_the_gateway_before_go_on_with_the_next() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = builder(&folder).start().await.expect("the gateway starts");
    let address = first.address();
    let client = client(&first);
    let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).await;
    let blob = sealed.expect("it encrypts").ciphertext_blob;
    let new = CreateSecretRequest::new("db", "v1", "a value");
    client.create_secret(new).await.expect("it is new");
    first.shut_down().await;
    assert!(!folder.path().join("port").exists());

    let _second = builder(&folder).listen(address).start().await.expect("the gateway starts");
    for shared in [false, true] {
        let opened = client.decrypt(DecryptRequest::new(&*blob)).use_shared_gateway(shared).await;
        assert_eq!(opened.expect("it decrypts").plaintext.expose_secret(), "text");
    }
    let value = client.get_secret_value(GetSecretValueRequest::new("db")).await;
    assert_eq!(value.expect("it is there").version_id, "v1");
}

#[tokio::test]
async fn the_clock_is_where_it_was_and_what_was_due_has_happened() {
    let folder = tempfile::tempdir().expect("a folder");
    let first = builder(&folder).start().await.expect("the gateway starts");
    let key = client(&first).create_key(CreateKeyRequest::new()).await.expect("it is valid");
    let key_id = key.key_metadata.key_id;
    let scheduled = ScheduleKeyDeletionRequest::new(&*key_id, 7);
    client(&first).schedule_key_deletion(scheduled).await.expect("it is there");
    first.advance_clock(6 * DAY).await.expect("it is kept");
    let (before, describe) = (first.now(), DescribeKeyRequest::new(&*key_id));
    client(&first).describe_key(describe.clone()).await.expect("it is there for another day");
    drop(first);

    let second = builder(&folder).start().await.expect("the gateway starts");
    assert!(second.now() >= before);
    client(&second).describe_key(describe.clone()).await.expect("it is there for another day");
    second.advance_clock(DAY).await.expect("it is kept");
    let gone = client(&second).describe_key(describe).await;
    assert_eq!(refusal(gone), (404, "Forbidden.KeyNotFound".to_owned()));
}

#[tokio::test]
async fn a_second_gateway_has_neither_the_folder_nor_the_store() {
    let folder = tempfile::tempdir().expect("a folder");
    let _first = builder(&folder).start().await.expect("the gateway starts");
    for second in [
        LocalGateway::builder().directory(folder.path()),
        LocalGateway::builder().store(folder.path()),
    ] {
        let error = second.start().await.expect_err("the first has it");
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[test]
fn a_gateway_on_a_thread_is_shared_without_a_runtime() {
    let gateway = LocalGateway::start_on_thread().expect("the gateway starts");
    for _ in 0..2 {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let sealed = runtime.expect("a runtime").block_on(async {
            client(&gateway).encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).await
        });
        sealed.expect("it encrypts");
    }
    let address = gateway.address();
    drop(gateway);
    std::net::TcpStream::connect(address).expect_err("nobody is there");
}
