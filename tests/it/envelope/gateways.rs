//! Envelopes over the real gateways, whatever the client's settings are.

use alibabacloud_kms::envelope::Envelope;
use alibabacloud_kms::transfer::ContextAad;
use alibabacloud_kms::{ClientBuilder, ErrorKind, KmsClient, Pairs};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};

use super::{open, tenant};

fn envelope(builder: ClientBuilder) -> Envelope {
    Envelope::new(builder.max_attempts(1).build().expect("a client"))
}

#[tokio::test]
async fn what_one_gateway_seals_the_other_opens() {
    let gateway = LocalGateway::start().await.expect("a gateway");
    let shared = || KmsClient::builder().shared(gateway.open_api_gateway());
    let instance = || KmsClient::builder().instance(gateway.instance_gateway());
    let clients = [
        ("shared", envelope(shared())),
        ("instance", envelope(instance())),
        ("utf-16", envelope(instance().charset("utf-16").expect("a charset"))),
        ("low version", envelope(instance().force_low_version_crypto_transfer(true))),
    ];
    let context = Pairs::from([("tenant", "中"), ("app", "a b&c=d")]);
    for context in [Pairs::new(), context] {
        for (name, sealing) in &clients {
            let sealed = sealing.seal(DEFAULT_KEY, b"text", &context).await.expect(name);
            for (other, opening) in &clients {
                let opened = open(opening, &sealed).await;
                assert_eq!(opened, Ok(b"text".to_vec()), "{name} to {other}");
            }
        }
    }
}

#[tokio::test]
async fn an_envelope_opens_in_every_order_of_its_context_in_the_python_clients_form() {
    let local = LocalGateway::builder().context_aad(ContextAad::Python).start();
    let gateway = local.await.expect("a gateway");
    for low_version in [false, true] {
        let builder = KmsClient::builder()
            .instance(gateway.instance_gateway())
            .context_aad(ContextAad::Python)
            .charset("utf-16")
            .expect("a charset")
            .force_low_version_crypto_transfer(low_version);
        let envelope = envelope(builder);
        let context = Pairs::from([("tenant", "a"), ("app", "b")]);
        let sealed = envelope.seal(DEFAULT_KEY, b"text", &context).await.expect("sealed");
        let context = Pairs::from([("app", "b"), ("tenant", "a")]);
        assert!(envelope.open(&sealed, &context).await.is_ok(), "{low_version}");
    }
}

#[tokio::test]
async fn kms_refuses_a_data_key_in_another_context() {
    let gateway = LocalGateway::start().await.expect("a gateway");
    let envelope = envelope(KmsClient::builder().shared(gateway.open_api_gateway()));
    let mut sealed = envelope.seal(DEFAULT_KEY, b"text", &tenant("a")).await.expect("sealed");
    // The value is the last byte before the commitment and the one chunk.
    let at = sealed.len() - (4 + 16 + 32) - 1;
    assert_eq!(sealed[at], b'a');
    sealed[at] = b'b';
    assert_eq!(open(&envelope, &sealed).await, Err(ErrorKind::Service));
    let error = envelope.seal("alias/nobody", b"text", &Pairs::new()).await.expect_err("no key");
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.action(), Some("GenerateDataKey"));
}
