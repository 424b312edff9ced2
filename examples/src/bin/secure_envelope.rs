//! Data of any size, encrypted here with data keys that KMS encrypts.

use std::error::Error;

use alibabacloud_kms::envelope::{DataKeyReuse, Envelope};
use alibabacloud_kms::{ExposeSecret, KmsClient, OpenApiGateway, Pairs, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let demo = Demo::start().await?;
    let tls = TlsOptions::ca_file(&demo.ca_file)?;
    let shared = OpenApiGateway::new(demo.endpoint.parse()?, demo.credential.clone()).tls(tls);
    let client = KmsClient::builder().shared(shared).build()?;

    // One data key for up to 1 000 envelopes, 1 GiB and 5 minutes.
    let envelope = Envelope::new(client).reuse(DataKeyReuse::default());
    let context = Pairs::from([("tenant", "a")]);
    let sealed = envelope.seal("alias/default", b"any bytes", &context).await?;
    let opened = envelope.open(&sealed, &context).await?;
    assert_eq!(opened.expose_secret(), b"any bytes");

    // Another tenant's envelope is refused.
    assert!(envelope.open(&sealed, &Pairs::from([("tenant", "b")])).await.is_err());

    // Files and sockets, chunk by chunk: three chunks of 64 KiB are in memory.
    let reader = tokio::io::AsyncReadExt::take(tokio::io::repeat(0), 10 << 20);
    let mut sealed = Vec::new();
    let length = envelope.seal_stream("alias/default", reader, &mut sealed, &context).await?;
    println!("{length} bytes are {} in an envelope", sealed.len());
    envelope.open_stream(&sealed[..], tokio::io::sink(), &context).await?;
    Ok(())
}
