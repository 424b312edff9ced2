//! Who is not let in, and why.

use std::time::{Duration, SystemTime};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{
    Clock, Credential, ErrorKind, InstanceGateway, KmsClient, Nonce, OpenApiGateway, TlsOptions,
};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use tower::util::MapResponseLayer;

use crate::{builder, client, foreign_key, gateway, refusal};

#[tokio::test]
async fn a_wrong_access_key_is_refused() {
    let gateway = gateway().await;
    let Credential::AccessKey { id, secret, .. } = gateway.credential() else {
        panic!("the gateway's credential is an access key");
    };
    for (credential, expected) in [
        (Credential::access_key(&id, "another-secret"), (400, "SignatureDoesNotMatch")),
        (
            Credential::access_key("LTAIunknown", secret.clone()),
            (404, "InvalidAccessKeyId.NotFound"),
        ),
        (Credential::bearer("token"), (400, "InvalidBearerToken")),
    ] {
        let shared = OpenApiGateway::new(gateway.endpoint(), credential);
        let client = KmsClient::builder().shared(shared).build();
        let client = client.expect("the client is built");
        let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await;
        assert_eq!(refusal(sealed), (expected.0, expected.1.to_owned()));
    }
    let sts = Credential::sts(id, secret, "a-security-token");
    let shared = OpenApiGateway::new(gateway.endpoint(), sts);
    let client = KmsClient::builder().shared(shared).build();
    let client = client.expect("the client is built");
    let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await;
    sealed.expect("a security token is signed with the rest");
}

#[cfg(feature = "sm3")]
#[tokio::test]
async fn signatures_with_sm3_are_verified() {
    use alibabacloud_kms::Acs3Algorithm;

    let gateway = gateway().await;
    let shared = gateway.open_api_gateway().algorithm(Acs3Algorithm::HmacSm3);
    let client = KmsClient::builder().shared(shared).build();
    let client = client.expect("the client is built");
    let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await;
    sealed.expect("it is let in");
}

#[tokio::test]
async fn a_wrong_client_key_is_refused() {
    let gateway = gateway().await;
    for (key_id, expected) in [
        (gateway.client_key().key_id(), (401, "SignatureNotMatch")),
        ("KAAP.unknown", (404, "Unauthorized")),
    ] {
        let instance = InstanceGateway::new(gateway.endpoint(), foreign_key(key_id));
        let client = KmsClient::builder().instance(instance).build();
        let client = client.expect("the client is built");
        let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await;
        assert_eq!(refusal(sealed), (expected.0, expected.1.to_owned()));
    }
}

#[tokio::test]
async fn a_date_more_than_fifteen_minutes_off_is_refused() {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
    let gateway = LocalGateway::builder().clock(Clock::fixed(now)).start();
    let gateway = gateway.await.expect("the gateway starts");
    let limit = Duration::from_secs(15 * 60);
    let second = Duration::from_secs(1);
    for (date, is_current) in [
        (now, true),
        (now - limit, true),
        (now + limit, true),
        (now - limit - second, false),
        (now + limit + second, false),
    ] {
        // Without the gateway's date the client cannot put its own right.
        let undated = MapResponseLayer::new(|mut answer: http::Response<_>| {
            answer.headers_mut().remove(http::header::DATE);
            answer
        });
        let client = builder(&gateway).clock(Clock::fixed(date)).http_layer(undated).build();
        let client = client.expect("the client is built");
        let request = EncryptRequest::new(DEFAULT_KEY, "");
        let shared = client.encrypt(request.clone()).use_shared_gateway(true);
        let (shared, instance) = (shared.await, client.encrypt(request).await);
        if is_current {
            shared.expect("the date is current");
            instance.expect("the date is current");
        } else {
            let expected = (400, "InvalidTimeStamp.Expired".to_owned());
            assert_eq!(refusal(shared), expected);
            assert_eq!(refusal(instance), (400, "RequestTimeTooSkewed".to_owned()));
        }
    }
}

#[tokio::test]
async fn a_nonce_is_accepted_once() {
    let gateway = gateway().await;
    let client = builder(&gateway)
        .nonce(Nonce::new(|| "the same".to_owned()))
        .use_shared_gateway(true)
        .build()
        .expect("the client is built");
    let encrypt = || client.encrypt(EncryptRequest::new(DEFAULT_KEY, ""));
    encrypt().await.expect("the nonce is new");
    assert_eq!(refusal(encrypt().await), (400, "SignatureNonceUsed".to_owned()));
}

#[tokio::test]
async fn over_tls_only_its_own_ca_is_trusted() {
    let gateway = LocalGateway::builder().with_tls().start().await;
    let gateway = gateway.expect("the gateway starts");
    let other = LocalGateway::builder().with_tls().start().await;
    let other = other.expect("the gateway starts");
    let request = || EncryptRequest::new(DEFAULT_KEY, "");
    for shared in [false, true] {
        let call = client(&gateway).encrypt(request());
        call.use_shared_gateway(shared).await.expect("its CA is trusted");
        let other = other.tls_options().expect("it speaks TLS");
        for tls in [TlsOptions::native_roots(), other] {
            let client = KmsClient::builder()
                .shared(gateway.open_api_gateway().tls(tls.clone()))
                .instance(gateway.instance_gateway().tls(tls))
                .build()
                .expect("the client is built");
            let call = client.encrypt(request()).use_shared_gateway(shared);
            let error = call.await.expect_err("its CA is not trusted");
            assert_eq!(error.kind(), ErrorKind::Tls);
        }
    }
}

#[tokio::test]
async fn the_certificate_is_for_localhost_too() {
    let gateway = LocalGateway::builder().with_tls().start().await;
    let gateway = gateway.expect("the gateway starts");
    let endpoint = format!("https://localhost:{}", gateway.address().port());
    let endpoint = endpoint.parse().expect("it is an endpoint");
    let tls = gateway.tls_options().expect("it speaks TLS");
    let shared = OpenApiGateway::new(endpoint, gateway.credential()).tls(tls);
    let client = KmsClient::builder().shared(shared).build();
    let client = client.expect("the client is built");
    let sealed = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "")).await;
    sealed.expect("the name is in the certificate");
}
