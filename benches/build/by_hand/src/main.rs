//! Encrypts a text on the shared gateway, by hand: what the benches call the floor.

use std::error::Error;

use aws_lc_rs::hmac;
use http_body_util::BodyExt as _;
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use self::acs3::Acs3;
use self::secure::Connector;

#[path = "../../../src/floor/acs3.rs"]
mod acs3;
#[path = "../../../src/floor/secure.rs"]
mod secure;

#[derive(serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    ciphertext_blob: String,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let client =
        Client::builder(TokioExecutor::new()).build(Connector::new(&std::fs::read("ca.der")?));
    let acs3 = Acs3 {
        scheme: "https",
        authority: "localhost:8443".parse()?,
        host: "localhost:8443".try_into()?,
        access_key_id: "LTAI5tExampleExample0000",
        key: hmac::Key::new(hmac::HMAC_SHA256, b"ExampleExampleExampleExample00"),
    };
    let answer = client.request(acs3.encrypt("alias/app", "dGV4dA==")).await?;
    let answer = answer.into_body().collect().await?.to_bytes();
    let answer: Answer = serde_json::from_slice(&answer)?;
    println!("{}", answer.ciphertext_blob);
    Ok(())
}
