//! No secret in any output: canaries through every path, under a subscriber that takes everything.

mod names;

use alibabacloud_kms::api::asymmetric::AsymmetricEncryptRequest;
use alibabacloud_kms::api::crypto::DecryptRequest;
use alibabacloud_kms::api::crypto::{DecryptResponse, EncryptRequest};
use alibabacloud_kms::api::data_key::GenerateDataKeyResponse;
use alibabacloud_kms::api::secret::{CreateSecretRequest, GetSecretValueRequest};
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::envelope::{DataKeyReuse, Envelope, Header};
use alibabacloud_kms::{
    BoxError, Call, ClientKey, Credential, Gateway, KmsClient, OpenApiGateway, Pairs, Reply,
};
use alibabacloud_kms_tests::canary::{
    self, PASSWORD, PLAINTEXT, SECRET_DATA, SECURITY_TOKEN, http,
};
use alibabacloud_kms_tests::listener::{self, Output};
use alibabacloud_kms_tests::server::{Behaviour, Server};

use crate::failures::FAILURES;

#[tokio::test]
async fn no_secret_is_in_any_output() {
    let output = listener::listen().output;

    for failure in FAILURES {
        for gateway in [Gateway::Shared, Gateway::Instance] {
            let (client, error) = (failure.run)(gateway).await;
            output.show(&client);
            output.show_error(&error);
        }
    }
    successes(&output).await;
    refusals(&output).await;
    echoes(&output).await;
    both_gateways(&output).await;
    envelopes(&output).await;
    values(&output);
    credentials(&output).await;
    names::names(&output).await;

    let text = output.text();
    assert!(text.contains("kms.call"), "the subscriber saw the calls");
    for lookup in ["miss", "hit", "fresh"] {
        assert!(text.contains(&format!("kms.cache.outcome=\"{lookup}\"")), "and the look-ups");
    }
    for canary in canary::forms() {
        if let Some(at) = text.find(&canary) {
            let context = &text[at.saturating_sub(200)..at];
            panic!("a canary of {} bytes follows on: {context}", canary.len());
        }
    }
}

/// Answers that hold secrets, shown as a user would show them.
async fn successes(output: &Output) {
    let answer = format!(r#"{{"SecretName":"s","VersionId":"v","SecretData":"{SECRET_DATA}"}}"#);
    let server =
        Server::http(Behaviour::answer("200 OK", "application/json", answer.as_bytes())).await;
    let endpoint = http(server.address());
    let client = canary::client(Gateway::Shared, &endpoint, None);

    let request = GetSecretValueRequest::new("s");
    output.show(&client.get_secret_value(request.clone()));
    let reply = client.get_secret_value(request.clone()).reply().await.expect("an answer");
    output.show(&reply);
    output.show(&client.get_secret_value(request).await.expect("an answer"));

    cached(output, &endpoint).await;

    let create = CreateSecretRequest::new("s", "v", SECRET_DATA);
    output.show(&create);
    let pending = client.create_secret(create).credential(canary::credential());
    output.show(&pending);
    output.show(&pending.await.expect("an answer"));

    let text = format!(r#"{{"Plaintext":"{PLAINTEXT}","#);
    let server = Server::http(Behaviour::answer("200 OK", "application/json", text.as_bytes()));
    let endpoint = http(server.await.address());
    let client = canary::client(Gateway::Shared, &endpoint, None);
    let error = client.encrypt(EncryptRequest::new("k", PLAINTEXT)).await;
    output.show_error(&error.expect_err("JSON that ends in the middle"));
}

/// Secrets in the cache, and what they are asked for with.
async fn cached(output: &Output, endpoint: &str) {
    let cache = SecretCache::default();
    let gateway = OpenApiGateway::new(endpoint.parse().expect("an endpoint"), canary::credential());
    let client = KmsClient::builder().shared(gateway).layer(cache.layer()).build();
    let client = client.expect("a client");
    output.show(&cache.watch("s"));
    for _ in 0..2 {
        let request = GetSecretValueRequest::new("s");
        let pending = client.get_secret_value(request).parameter("Name", PLAINTEXT).fresh();
        output.show(&pending.reply().await.expect("an answer"));
        let request = GetSecretValueRequest::new("s");
        let pending = client.get_secret_value(request).credential(canary::credential());
        output.show(&pending.reply().await.expect("an answer"));
    }
    output.show(&cache);
    output.show(&cache.layer());
    output.show(&client);
    cache.clear();
}

/// Secrets in calls that fail before any IO.
async fn refusals(output: &Output) {
    let endpoint = "http://127.0.0.1:9";
    let client = canary::client(Gateway::Instance, endpoint, None);
    let text = format!("{PLAINTEXT} €");
    let call = client.encrypt(EncryptRequest::new("k", text)).charset("latin-1");
    output.show_error(&call.expect("a charset").await.expect_err("no such character"));
    let request = AsymmetricEncryptRequest::new("k", "RSAES_OAEP_SHA_256", PLAINTEXT);
    output.show_error(&client.asymmetric_encrypt(request).await.expect_err("not Base64"));
    let request = EncryptRequest::new("", PLAINTEXT);
    output.show_error(&client.encrypt(request).await.expect_err("no key"));
    let request = CreateSecretRequest::new("s", "v", SECRET_DATA);
    output.show_error(&client.create_secret(request).await.expect_err("no gateway"));
}

/// Errors that quote the token of the credential.
async fn echoes(output: &Output) {
    let percent: String = SECURITY_TOKEN.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let message = format!("the token {SECURITY_TOKEN} ({percent}) is malformed");
    let json = format!(r#"{{"Code":"Invalid{SECURITY_TOKEN}","Message":"{message}"}}"#);
    let xml = format!("<Error><Code>Invalid</Code><Message>{message}</Message></Error>");
    let cases = [("400 Bad Request", &json), ("500 Oops", &json), ("200 OK", &json)];
    for (status, body) in cases.into_iter().chain([("403 Forbidden", &xml)]) {
        let server =
            Server::http(Behaviour::answer(status, "application/json", body.as_bytes())).await;
        let endpoint = http(server.address());
        let client = canary::client(Gateway::Shared, &endpoint, None);
        let error = client.encrypt(EncryptRequest::new("k", "text")).await.expect_err(status);
        assert!(error.to_string().contains("the token [redacted]"), "{status}: {error}");
        output.show_error(&error);
    }
}

/// Secrets that are encrypted, decrypted and kept by a real gateway, on both of its dialects.
async fn both_gateways(output: &Output) {
    let gateway = alibabacloud_kms_local::LocalGateway::start().await.expect("a gateway");
    output.show(&gateway);
    let client = KmsClient::builder()
        .shared(gateway.open_api_gateway())
        .instance(gateway.instance_gateway())
        .build()
        .expect("a client");
    output.show(&client);
    let create = CreateSecretRequest::new("s", "v", SECRET_DATA);
    output.show(&client.create_secret(create).reply().await.expect("an answer"));
    for shared in [true, false] {
        let request = EncryptRequest::new("alias/default", PLAINTEXT);
        let sealed = client.encrypt(request).use_shared_gateway(shared).await.expect("an answer");
        output.show(&sealed);
        let request = DecryptRequest::new(sealed.ciphertext_blob);
        let opened = client.decrypt(request).use_shared_gateway(shared).reply().await;
        output.show(&opened.expect("an answer"));
        let plaintext = canary::base64(PLAINTEXT.as_bytes());
        let algorithm = "RSAES_OAEP_SHA_256";
        let request = AsymmetricEncryptRequest::new("alias/rsa-encrypt", algorithm, plaintext)
            .key_version_id("another");
        let refused = client.asymmetric_encrypt(request).use_shared_gateway(shared).await;
        output.show_error(&refused.expect_err("no such key version"));
        let request = GetSecretValueRequest::new("s");
        let value = client.get_secret_value(request).use_shared_gateway(shared).reply().await;
        output.show(&value.expect("an answer"));
    }
}

/// Plaintexts and data keys on their way into envelopes and out of them.
async fn envelopes(output: &Output) {
    let data_key = canary::base64(canary::DATA_KEY);
    let client = KmsClient::from_service(tower::service_fn(move |call: Call| {
        let reply = if call.action().name == "GenerateDataKey" {
            let mut response = GenerateDataKeyResponse::default();
            response.ciphertext_blob = "YmxvYg==".to_owned();
            response.plaintext = data_key.as_str().into();
            Reply::new(response, Gateway::Shared)
        } else {
            let mut response = DecryptResponse::default();
            response.plaintext = data_key.as_str().into();
            Reply::new(response, Gateway::Shared)
        };
        std::future::ready(Ok::<_, BoxError>(reply))
    }));
    let (envelope, none) = (Envelope::new(client).reuse(DataKeyReuse::default()), Pairs::new());
    let mut sealed = envelope.seal("k", PLAINTEXT.as_bytes(), &none).await.expect("sealed");
    output.show(&envelope.open(&sealed, &none).await.expect("opened"));
    output.show(&envelope);
    output.show(&Header::parse(&sealed).expect("a header"));
    let demanded = Pairs::from([("name", PLAINTEXT)]);
    output.show_error(&envelope.open(&sealed, &demanded).await.expect_err("another context"));
    *sealed.last_mut().expect("bytes") ^= 1;
    output.show_error(&envelope.open(&sealed, &none).await.expect_err("changed"));
    let mut written = Vec::new();
    let error = envelope.open_stream(&sealed[..], &mut written, &none).await;
    output.show_error(&error.expect_err("changed"));
}

/// Every provider of credentials, and every way in which it fails.
async fn credentials(output: &Output) {
    let show = |provider: &dyn std::fmt::Debug, _, error| {
        output.show(&provider);
        output.show_error(&error);
    };
    crate::credential::failures::each("leak", show).await;
    crate::credential::failures::successes("leak", |shown| output.show(&shown)).await;
}

/// Types that hold secrets, and errors of reading them.
fn values(output: &Output) {
    let mut decrypted = DecryptResponse::default();
    decrypted.plaintext = PLAINTEXT.into();
    output.show(&decrypted);
    let mut data_key = GenerateDataKeyResponse::default();
    data_key.plaintext = PLAINTEXT.into();
    output.show(&data_key);
    output.show(&canary::credential());
    output.show(&Credential::bearer(PLAINTEXT));
    output.show(&canary::client_key());

    let json = format!(r#"{{"Plaintext":["{PLAINTEXT}"]}}"#);
    output.show(&serde_json::from_str::<DecryptResponse>(&json).expect_err("not a text"));
    let json = format!(r#""{PLAINTEXT}""#);
    output.show(&serde_json::from_str::<DecryptResponse>(&json).expect_err("not an object"));

    let content = format!(r#"{{"KeyId":"k","PrivateKeyData":"{PLAINTEXT}"}}"#);
    for (content, password) in [
        (content.as_str(), PASSWORD),
        (PLAINTEXT, PASSWORD),
        (include_str!("../data/vectors/client_key.json"), PLAINTEXT),
    ] {
        let error = ClientKey::from_content(&content.into(), &password.into());
        let error = error.expect_err("not a client key");
        output.show(&error);
        output.line(&error.to_string());
    }
    let error = ClientKey::from_pem("k", &PLAINTEXT.into()).expect_err("not PEM");
    output.show(&error);
}
