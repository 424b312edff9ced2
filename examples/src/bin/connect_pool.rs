//! How connections are secured, made and kept.

use std::error::Error;
use std::time::Duration;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{ClientKey, InstanceGateway, KmsClient, TlsOptions, TlsVersion};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let (endpoint, ca_file) = (&demo.endpoint, &demo.ca_file);
    let key = ClientKey::from_file(&demo.client_key_file, &demo.password)?;

    // An instance that asks for client certificates gets the client key's own with
    // `.identity(key.tls_identity()?)`.
    let tls = TlsOptions::ca_file(ca_file)?.min_version(TlsVersion::V1_3);
    let connections = Transport::builder()
        .connect_timeout(Duration::from_secs(2))
        .max_connections(32)
        .max_age(Duration::from_secs(60));
    let client = KmsClient::builder()
        .instance(InstanceGateway::new(endpoint.parse()?, key).tls(tls))
        .connections(connections)
        .build()?;

    // A thousand calls at once, over 32 connections.
    let calls: Vec<_> = (0..1000)
        .map(|number| client.encrypt(EncryptRequest::new("alias/default", format!("{number}"))))
        .map(|call| tokio::spawn(call.into_future()))
        .collect();
    for call in calls {
        call.await??;
    }
    println!("1000 calls over 32 connections");
    Ok(())
}
