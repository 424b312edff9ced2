//! What errors say: a misspelt action and charset, a text that a charset lacks, a layer of your own.

use std::error::Error;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::testing::MockGateway;
use alibabacloud_kms::{BoxCall, BoxError, Call, KmsClient, Reply, kms_api};
use tower::layer::layer_fn;
use tower::service_fn;

kms_api! {
    version = "2016-01-20";
    registry LAB;

    /// Measures something: an action of your own.
    action Measure {
        gateways: shared;
        data_plane: true;
        idempotent: true;
        request {}
        response {}
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    // A name is answered with the nearest, before anything is sent.
    let error = KmsClient::builder().default_kms_api_names(["getSecretValue"]).expect_err("a slip");
    println!("{error}");
    // Actions of your own are known once they are given.
    let names = ["Measure", "Encrypt"];
    let builder = KmsClient::builder().actions(LAB).default_kms_api_names(names)?;
    println!("{builder:?}");
    let error = KmsClient::builder().charset("gb-18030-x").expect_err("a slip");
    println!("{error}");

    // A charset that lacks a character says where, and not which: it is part of a plaintext.
    let client = MockGateway::new().builder().build()?;
    let call = client.encrypt(EncryptRequest::new("alias/app", "naïve")).charset("ascii")?;
    println!("{}", call.await.expect_err("no such character"));

    // An error of a layer of yours is shown with ours, and is its source, where you find it by its
    // type.
    let refuse = layer_fn(|_: BoxCall| {
        service_fn(|_: Call| async { Err::<Reply, BoxError>("too many calls of tenant-7".into()) })
    });
    let client = client.with_layer(refuse);
    let error =
        client.encrypt(EncryptRequest::new("alias/app", "text")).await.expect_err("refused");
    println!("{error}");
    assert!(error.source().is_some());
    Ok(())
}
