//! Bad input and bad servers: each a clear, typed error, on both gateways.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use alibabacloud_kms::api::asymmetric::AsymmetricEncryptRequest;
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::testing::{MockGateway, ciphertext};
use alibabacloud_kms::{
    Call, CallOptions, Error, ErrorKind, Gateway, KmsClient, Outcome, TlsOptions,
};
use alibabacloud_kms_tests::canary::{self, PLAINTEXT, http, https};
use alibabacloud_kms_tests::certificate::Authority;
use alibabacloud_kms_tests::server::{Behaviour, Server};

/// A failure, and the error that it must be.
pub(crate) struct Failure {
    pub(crate) name: &'static str,
    pub(crate) kind: ErrorKind,
    pub(crate) outcome: Outcome,
    pub(crate) run: fn(Gateway) -> Failed,
}

/// The client that failed, and how.
type Failed = Pin<Box<dyn Future<Output = (KmsClient, Error)> + Send>>;

macro_rules! failures {
    ($($name:literal $kind:ident $outcome:ident $run:expr;)*) => {
        /// Every failure that both gateways can meet.
        pub(crate) const FAILURES: &[Failure] = &[$(Failure {
            name: $name,
            kind: ErrorKind::$kind,
            outcome: Outcome::$outcome,
            run: |gateway| Box::pin($run(gateway)),
        }),*];
    };
}

failures! {
    "unreachable host" Connect NotSent unreachable;
    "unknown host" Connect NotSent unknown_host;
    "unknown CA" Tls NotSent unknown_ca;
    "expired certificate" Tls NotSent expired;
    "certificate of another host" Tls NotSent another_host;
    "https to an http port" Tls NotSent https_to_http;
    "http to an https port" Transport Unknown http_to_https;
    "HTML error page" Service Answered html;
    "HTML page with success" Decode Answered html_success;
    "empty error" Service Answered empty_error;
    "empty 200" Decode Answered empty_200;
    "redirect" Service Answered redirect;
    "10 MB answer" Decode Answered large;
    "truncated answer" Transport Unknown truncated;
    "closed before the answer" Transport Unknown closed;
    "no answer" Timeout Unknown hangs;
    "not HTTP" Transport Unknown not_http;
    "service error" Service Answered service_error;
}

async fn call(
    gateway: Gateway,
    endpoint: &str,
    tls: impl Into<Option<TlsOptions>>,
) -> (KmsClient, Error) {
    let client = canary::client(gateway, endpoint, tls);
    let mut request = EncryptRequest::new("key", PLAINTEXT);
    request = request.encryption_context([("a", "b")]);
    let error = client.encrypt(request).await.expect_err("a failure");
    (client, error)
}

async fn from_server(gateway: Gateway, behaviour: Behaviour) -> (KmsClient, Error) {
    let server = Server::http(behaviour).await;
    let failed = call(gateway, &http(server.address()), None).await;
    assert_eq!(server.requests(), 1, "one attempt is one request");
    failed
}

async fn unreachable(gateway: Gateway) -> (KmsClient, Error) {
    // The port was free a moment ago, and nobody listens on it.
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    drop(listener);
    call(gateway, &http(address), None).await
}

async fn unknown_host(gateway: Gateway) -> (KmsClient, Error) {
    call(gateway, "https://kms.invalid", None).await
}

async fn unknown_ca(gateway: Gateway) -> (KmsClient, Error) {
    let (authority, another) = (Authority::generate(), Authority::generate());
    let server = Server::tls(Behaviour::Close, authority.server()).await;
    let tls = TlsOptions::ca_pem(another.pem().as_bytes()).expect("a CA");
    call(gateway, &https(server.address()), tls).await
}

async fn expired(gateway: Gateway) -> (KmsClient, Error) {
    let authority = Authority::generate();
    let server = Server::tls(Behaviour::Close, authority.expired_server()).await;
    let tls = TlsOptions::ca_pem(authority.pem().as_bytes()).expect("a CA");
    call(gateway, &https(server.address()), tls).await
}

async fn another_host(gateway: Gateway) -> (KmsClient, Error) {
    let authority = Authority::generate();
    let server = Server::tls(Behaviour::Close, authority.server_of_another_host()).await;
    let tls = TlsOptions::ca_pem(authority.pem().as_bytes()).expect("a CA");
    call(gateway, &https(server.address()), tls).await
}

async fn http_to_https(gateway: Gateway) -> (KmsClient, Error) {
    let server = Server::tls(Behaviour::Close, Authority::generate().server()).await;
    call(gateway, &http(server.address()), None).await
}

async fn https_to_http(gateway: Gateway) -> (KmsClient, Error) {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt as _;
        while let Ok((mut stream, _)) = listener.accept().await {
            let refusal = b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n";
            stream.write_all(refusal).await.expect("a client");
        }
    });
    let tls = TlsOptions::danger_accept_any_certificate();
    call(gateway, &https(address), tls).await
}

async fn html(gateway: Gateway) -> (KmsClient, Error) {
    let page = b"<html><body>502 Bad Gateway</body></html>";
    from_server(gateway, Behaviour::answer("502 Bad Gateway", "text/html", page)).await
}

async fn html_success(gateway: Gateway) -> (KmsClient, Error) {
    let page = b"<html><body>Please log in</body></html>";
    from_server(gateway, Behaviour::answer("200 OK", "text/html", page)).await
}

async fn empty_error(gateway: Gateway) -> (KmsClient, Error) {
    from_server(gateway, Behaviour::answer("500 Oops", "text/plain", b"")).await
}

async fn empty_200(gateway: Gateway) -> (KmsClient, Error) {
    from_server(gateway, Behaviour::answer("200 OK", "application/json", b"")).await
}

async fn redirect(gateway: Gateway) -> (KmsClient, Error) {
    let head = b"HTTP/1.1 302 Found\r\nlocation: https://example.com/\r\ncontent-length: 0\r\n\r\n";
    from_server(gateway, Behaviour::Answer(head.to_vec())).await
}

async fn large(gateway: Gateway) -> (KmsClient, Error) {
    let body = vec![b' '; 10 << 20];
    from_server(gateway, Behaviour::answer("200 OK", "application/json", &body)).await
}

async fn truncated(gateway: Gateway) -> (KmsClient, Error) {
    let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{\"KeyId\":";
    from_server(gateway, Behaviour::Answer(answer.to_vec())).await
}

async fn closed(gateway: Gateway) -> (KmsClient, Error) {
    from_server(gateway, Behaviour::Close).await
}

async fn hangs(gateway: Gateway) -> (KmsClient, Error) {
    let server = Server::http(Behaviour::Hang).await;
    let client = canary::client(gateway, &http(server.address()), None);
    let call = client.encrypt(EncryptRequest::new("key", PLAINTEXT));
    let error = call.attempt_timeout(Duration::from_millis(300)).await.expect_err("no answer");
    (client, error)
}

async fn not_http(gateway: Gateway) -> (KmsClient, Error) {
    from_server(gateway, Behaviour::Answer(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())).await
}

/// The service's refusal, which echoes the plaintext and what was signed.
async fn service_error(gateway: Gateway) -> (KmsClient, Error) {
    let json = format!(
        r#"{{"Code":"InvalidParameter","Message":"bad: {PLAINTEXT}","RequestId":"r","HostId":"h"}}"#
    );
    let text = format!("bad: {PLAINTEXT}");
    let protobuf = [
        &[0x12, 12][..],
        b"InvalidParam",
        &[0x1a, u8::try_from(text.len()).expect("short")],
        text.as_bytes(),
        &[0x22, 1],
        b"r",
    ]
    .concat();
    let body = match gateway {
        Gateway::Shared => json.as_bytes(),
        Gateway::Instance => &protobuf,
    };
    from_server(gateway, Behaviour::answer("400 Bad Request", "x", body)).await
}

#[tokio::test]
async fn every_failure_is_the_error_that_it_must_be_on_both_gateways() {
    for failure in FAILURES {
        for gateway in [Gateway::Shared, Gateway::Instance] {
            let (_, error) = (failure.run)(gateway).await;
            let name = failure.name;
            assert_eq!(error.kind(), failure.kind, "{name} on {gateway}: {error:?}");
            assert_eq!(error.outcome(), failure.outcome, "{name} on {gateway}: {error:?}");
            assert_eq!(error.gateway(), Some(gateway), "{name}: {error:?}");
            assert_eq!(error.action(), Some("Encrypt"), "{name}: {error:?}");
            assert_eq!(error.attempts(), 1, "{name}: {error:?}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_is_not_the_services_still_gives_its_status() {
    for (failure, status) in
        [("HTML error page", 502), ("empty error", 500), ("redirect", 302), ("empty 200", 200)]
    {
        let failure = FAILURES.iter().find(|known| known.name == failure).expect("a failure");
        for gateway in [Gateway::Shared, Gateway::Instance] {
            let (_, error) = (failure.run)(gateway).await;
            assert_eq!(error.status().map(|status| status.as_u16()), Some(status));
            assert_eq!(error.code(), None);
        }
    }
}

/// A client whose transport nobody may reach.
fn unsent() -> KmsClient {
    let transport = tower::service_fn(|_: http::Request<alibabacloud_kms::Body>| async {
        unreachable!("the call must fail before any IO");
        #[allow(unreachable_code)]
        Ok::<http::Response<alibabacloud_kms::Body>, alibabacloud_kms::BoxError>(
            http::Response::default(),
        )
    });
    let endpoint = || "http://127.0.0.1:9".parse().expect("an endpoint");
    KmsClient::builder()
        .shared(alibabacloud_kms::OpenApiGateway::new(endpoint(), canary::credential()))
        .instance(alibabacloud_kms::InstanceGateway::new(endpoint(), canary::client_key()))
        .transport(transport)
        .build()
        .expect("a client")
}

fn refusal(error: &Error) -> (ErrorKind, Outcome, u32) {
    (error.kind(), error.outcome(), error.attempts())
}

#[tokio::test]
async fn what_cannot_be_right_fails_before_any_io() {
    let client = unsent();
    let not_base64 = [
        client.decrypt(DecryptRequest::new("%%%")).await.expect_err("not Base64"),
        client
            .asymmetric_encrypt(AsymmetricEncryptRequest::new("k", "RSAES_OAEP_SHA_256", "%%%"))
            .await
            .expect_err("not Base64"),
    ];
    for error in not_base64 {
        assert_eq!(error.kind(), ErrorKind::Encode);
        assert_eq!((error.outcome(), error.code()), (Outcome::NotSent, Some("InvalidParameter")));
    }
    let missing = client.encrypt(EncryptRequest::new("", "text")).await.expect_err("no key");
    assert_eq!((missing.kind(), missing.code()), (ErrorKind::Encode, Some("MissingParameter")));
    let missing = client
        .encrypt(EncryptRequest::new("", "text"))
        .use_shared_gateway(true)
        .await
        .expect_err("no key");
    assert_eq!((missing.kind(), missing.code()), (ErrorKind::Encode, Some("MissingParameter")));
    assert_eq!(refusal(&missing), (ErrorKind::Encode, Outcome::NotSent, 0));
}

#[cfg(feature = "encodings")]
#[tokio::test]
async fn a_text_that_the_charset_cannot_hold_is_an_error_before_any_io() {
    let client = unsent();
    for (charset, text) in [("ascii", "é"), ("latin-1", "€"), ("gbk", "🔑"), ("big5", "한")] {
        let call = client.encrypt(EncryptRequest::new("key", text)).charset(charset);
        let error = call.expect("a charset").await.expect_err(charset);
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Encode, Outcome::NotSent));
    }
}

#[tokio::test]
async fn an_unknown_charset_is_an_error_of_the_setting() {
    let client = unsent();
    let call = client.encrypt(EncryptRequest::new("key", "text")).charset("utf-9");
    assert_eq!(call.expect_err("no such charset").kind(), ErrorKind::Config);
    let built = KmsClient::builder().charset("klingon");
    assert_eq!(built.map(drop).expect_err("no such charset").kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_parameter_that_the_instance_does_not_take_is_not_dropped() {
    let client = unsent();
    let request = DecryptRequest::new("A".repeat(80)).recipient("{}");
    let error = client.decrypt(request).await.expect_err("no such parameter");
    assert_eq!(refusal(&error), (ErrorKind::Encode, Outcome::NotSent, 0));
    let request = EncryptRequest::new("key", "text").dry_run("true");
    let error = client.encrypt(request).await.expect_err("no such parameter");
    assert_eq!(refusal(&error), (ErrorKind::Encode, Outcome::NotSent, 0));
}

#[tokio::test]
async fn an_empty_parameter_that_the_instance_does_not_take_is_an_absent_one() {
    let mock = MockGateway::new();
    let _ = mock.on::<EncryptRequest>().answer_with(|_, answer| {
        answer.ciphertext_blob = ciphertext(b"sealed");
    });
    let client = mock.client();
    let request = EncryptRequest::new("key", "text").dry_run("");
    let answer = client.encrypt(request).use_shared_gateway(false).reply().await;
    assert_eq!(answer.expect("an answer").gateway(), Gateway::Instance);
}

#[test]
fn wrong_regions_and_endpoints_are_errors_at_build() {
    use alibabacloud_kms::{Endpoint, OpenApiGateway};
    for region in ["", "cn hangzhou", "cn-hangzhou/", "CN", "evil.com#"] {
        let error = OpenApiGateway::region(region, canary::credential()).expect_err(region);
        assert_eq!(error.kind(), ErrorKind::Config, "{region}");
    }
    assert!("https://host/path".parse::<Endpoint>().is_err());
    let neither = KmsClient::builder().build().expect_err("no gateway");
    assert_eq!(neither.kind(), ErrorKind::Config);
}

#[test]
fn debug_of_calls_and_options_shows_names_only() {
    let mut options = CallOptions::default();
    options.headers.insert("x-secret", PLAINTEXT.parse().expect("a value"));
    let call = Call::new(EncryptRequest::new("key", PLAINTEXT)).with_options(options);
    assert!(!format!("{call:?}").contains(PLAINTEXT));
}
