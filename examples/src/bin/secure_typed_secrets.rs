//! Typed secrets and bytes: an account of a database, a binary secret, bytes through `Encrypt`, a data
//! key and a time.

use std::error::Error;

use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::data_key::GenerateDataKeyRequest;
use alibabacloud_kms::api::secret::{CreateSecretRequest, GetSecretValueRequest};
use alibabacloud_kms::secret_value::{EcsSecret, RamSecret, RdsSecret};
use alibabacloud_kms::{Credential, ExposeSecret, KmsClient};
use alibabacloud_kms_local::LocalGateway;

/// What a program of yours does with the account: the password stays in a type that is wiped.
fn connect(account: &RdsSecret) -> String {
    let length = account.account_password.expose_secret().len();
    format!("{} with a password of {length} characters", account.account_name)
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = LocalGateway::start().await?;
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .build()?;
    account(&client).await?;
    bytes(&client, "alias/default").await
}

async fn account(client: &KmsClient) -> Result<(), alibabacloud_kms::Error> {
    let data = r#"{"AccountName":"app","AccountPassword":"correct horse"}"#;
    client.create_secret(CreateSecretRequest::new("app/db", "v1", data)).await?;
    let response = client.get_secret_value(GetSecretValueRequest::new("app/db")).await?;
    let account: RdsSecret = response.json()?;
    println!("{} connects; shown it is {account:?}", connect(&account));

    // The access key of a RAM user is a credential, and a server's secret a password or a pair of keys.
    let data = r#"{"AccessKeyId":"id","AccessKeySecret":"key of a user"}"#;
    client.create_secret(CreateSecretRequest::new("app/user", "v1", data)).await?;
    let user = client.get_secret_value(GetSecretValueRequest::new("app/user")).await?;
    let credential = Credential::from(user.json::<RamSecret>()?);
    println!("a credential: {credential:?}");
    let data = r#"{"UserName":"root","Password":"battery staple"}"#;
    client.create_secret(CreateSecretRequest::new("app/server", "v1", data)).await?;
    let server = client.get_secret_value(GetSecretValueRequest::new("app/server")).await?;
    println!("a server: {:?}", server.json::<EcsSecret>()?);

    // The text of a time is kept, and the time that it means is there.
    if let Some(created) = &response.create_time {
        println!("created at {created}, known as a time: {}", created.time().is_some());
    }

    // A binary secret is Base64 on the wire, and bytes here.
    let request = CreateSecretRequest::new("app/key", "v1", "AP8B").secret_data_type("binary");
    client.create_secret(request).await?;
    let response = client.get_secret_value(GetSecretValueRequest::new("app/key")).await?;
    println!("the binary secret has {} bytes", response.bytes()?.expose_secret().len());
    Ok(())
}

async fn bytes(client: &KmsClient, key_id: &str) -> Result<(), Box<dyn Error>> {
    // Bytes that are not text go in, and come out as they were.
    let sealed = client.encrypt(EncryptRequest::from_bytes(key_id, [0, 159, 146, 150])).await?;
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    assert_eq!(opened.bytes()?.expose_secret(), [0, 159, 146, 150]);

    // The one ambiguity: a ciphertext does not say whether a text or bytes were encrypted, and this
    // text happens to be Base64. Read it as what was encrypted.
    let sealed = client.encrypt(EncryptRequest::new(key_id, "YWJj")).await?;
    let opened = client.decrypt(DecryptRequest::new(sealed.ciphertext_blob)).await?;
    assert_eq!(opened.plaintext.expose_secret(), "YWJj");
    assert_eq!(opened.bytes()?.expose_secret(), b"abc");

    // A data key is bytes; its ciphertext opens to the same bytes.
    let key = client.generate_data_key(GenerateDataKeyRequest::new(key_id)).await?;
    let opened = client.decrypt(DecryptRequest::new(&key.ciphertext_blob)).await?;
    assert_eq!(opened.bytes()?.expose_secret(), key.bytes()?.expose_secret());
    println!("the data key has {} bytes", key.bytes()?.expose_secret().len());
    Ok(())
}
