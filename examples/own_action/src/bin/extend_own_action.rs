//! Calls an action of one's own on both gateways, served by a handler of one's own.

use std::error::Error;

use alibabacloud_kms::{ExposeSecret, KmsClient};
use passphrases::{GetRandomPassphraseRequest, PassphraseApi, local_gateway};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let gateway = local_gateway().start().await?;
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .build()?;

    for use_shared_gateway in [true, false] {
        let request = GetRandomPassphraseRequest::new(4).separator("-");
        let call = client.get_random_passphrase(request).use_shared_gateway(use_shared_gateway);
        let reply = call.reply().await?;
        let gateway = reply.gateway();
        let answer = reply.into_response::<GetRandomPassphraseRequest>()?;
        println!("the {gateway} gateway: {answer:?}");
        assert_eq!(answer.random_passphrase.expose_secret().split('-').count(), 4);
    }

    let refused = client.get_random_passphrase(GetRandomPassphraseRequest::new(0)).await;
    println!("{}", refused.expect_err("no words"));
    Ok(())
}
