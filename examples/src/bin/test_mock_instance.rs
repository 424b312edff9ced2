//! A mock of an instance: answers without a real ciphertext, rules on the whole call, captured requests
//! as types, and an answer that breaks in the middle.

use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::api::secret::{GetSecretValueRequest, GetSecretValueResponse};
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::testing::{MockGateway, ciphertext};
use alibabacloud_kms::{Credential, ExposeSecret, Gateway};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // Routed and transferred as in production: what a rule leaves out of an answer is filled.
    let mock = MockGateway::new();
    mock.on::<GenerateDataKeyRequest>().answer_with(|_, _| ());
    mock.on::<DecryptRequest>()
        .matching(|request| request.ciphertext_blob == ciphertext("any text"))
        .answer_with(|_, answer| answer.plaintext = "opened".into());
    let client = mock.builder().build()?;
    let key = client.generate_data_key(GenerateDataKeyRequest::new("alias/app")).await?;
    println!("the data key has {} bytes", key.bytes()?.expose_secret().len());
    let opened = client.decrypt(DecryptRequest::new(ciphertext("any text"))).await?;
    println!("the ciphertext opens to {}", opened.plaintext.expose_secret());

    // Rules on what becomes of a call. The first answer breaks in the middle.
    let mock = MockGateway::new();
    let half = http::Response::new("half of this");
    mock.on::<EncryptRequest>().on_gateway(Gateway::Shared).signed_by("tenant-a").throttle();
    mock.on::<EncryptRequest>()
        .matching_call(|call| call.options().gateway.is_none())
        .break_body(half)
        .answer_with(|_, _| ());
    let client = mock.builder().build()?;
    let reply = client.encrypt(EncryptRequest::new("alias/app", "text")).reply().await?;
    println!("encrypted with {} requests", reply.attempts());
    let sent = mock.requests()[0].payload::<AdvanceEncryptRequest>().expect("its operation");
    println!("the instance was sent {} with {}", mock.requests()[0].operation(), sent.key_id);
    let tenant = Credential::access_key("tenant-a", "secret");
    let call = client.encrypt(EncryptRequest::new("alias/app", "text"));
    let call = call.use_shared_gateway(true).credential(tenant).max_attempts(1);
    println!("{}", call.await.expect_err("throttled"));
    println!("the shared gateway was sent {:?}", mock.requests()[2].parameters().keys());

    // Plain answers, and an error that says what differed.
    let mock = MockGateway::new();
    let mut answer = GetSecretValueResponse::default();
    answer.secret_data = "hunter2".into();
    mock.push(answer);
    mock.on::<EncryptRequest>().like(EncryptRequest::new("alias/app", "text")).throttle();
    let client = mock.client();
    client.get_secret_value(GetSecretValueRequest::new("app/db")).await?;
    let call = client.encrypt(EncryptRequest::new("alias/ap", "other text"));
    println!("{}", call.await.expect_err("no rule"));
    Ok(())
}
