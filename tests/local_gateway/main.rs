//! The local gateway, as its users meet it: our client over real connections.

mod access;
mod actions;
mod admin;
mod clock;
mod faults;
mod keys;
mod keys_in_use;
mod limits;
mod operations;
mod own;
mod raw;
mod refusals;
mod rpc_instance;
mod secrets;
mod server;
mod signatures;
mod store;

use alibabacloud_kms::api::key::DescribeKeyRequest;
use alibabacloud_kms::{ClientBuilder, ClientKey, Error, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A gateway over plain HTTP.
async fn gateway() -> LocalGateway {
    LocalGateway::start().await.expect("the gateway starts")
}

/// Settings of a client of both dialects that tries once.
fn builder(gateway: &LocalGateway) -> ClientBuilder {
    KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .max_attempts(1)
}

fn client(gateway: &LocalGateway) -> KmsClient {
    builder(gateway).build().expect("the client is built")
}

/// A client key that no gateway knows, under this id.
fn foreign_key(key_id: &str) -> ClientKey {
    let pem = include_str!("../data/client_key/pkcs8.pem");
    ClientKey::from_pem(key_id, &pem.into()).expect("the fixture loads")
}

async fn key_version(client: &KmsClient, key: &str) -> String {
    let described = client.describe_key(DescribeKeyRequest::new(key)).await;
    let metadata = described.expect("the key is described").key_metadata;
    metadata.primary_key_version.expect("the key has a version")
}

fn base64(bytes: &[u8]) -> String {
    STANDARD.encode(bytes)
}

/// The status and code of a refusal, the gateway's own code where it was with_text.
fn refusal<T: std::fmt::Debug>(result: Result<T, Error>) -> (u16, String) {
    let error = result.expect_err("it is refused");
    let service = error.service().expect("the gateway answered");
    let status = service.status().expect("the gateway answered").as_u16();
    let code = service.gateway_code().or(service.code());
    (status, code.unwrap_or_default().to_owned())
}
