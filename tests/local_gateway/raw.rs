//! Requests that no client of ours writes, signed as they must be or not.

use std::sync::Arc;

use alibabacloud_kms::middleware::sign::{SignAcs3Layer, SignClientKeyLayer};
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{Body, BoxError};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tower::{Layer, Service, ServiceExt};

use crate::gateway;

#[tokio::test]
async fn an_unknown_action_is_not_found() {
    let gateway = gateway().await;
    for (action, path) in [("NoSuch", "/"), ("encrypt", "/"), ("Encrypt", "/x")] {
        let (status, code) = Rpc::new(&gateway, action, path).send("").await;
        assert_eq!((status, &*code), (404, "InvalidAction.NotFound"), "{action}");
    }
    let request = Rpc::new(&gateway, "Encrypt", "/").header("x-acs-version", "2015-01-01");
    assert_eq!(request.send("").await, (400, "InvalidVersion".to_owned()));
    let (status, error) = operation(&gateway, "NoSuch", b"").await;
    assert_eq!(status, 400);
    assert!(contains(&error, b"InvalidApiName"));
    assert!(contains(&error, b"The ApiName \"NoSuch\" is invalid."));
    let (status, error) = send(operation_of_version(&gateway, "0.1", "Hash", b"").await).await;
    assert_eq!(status, 400);
    assert!(contains(&error, b"InvalidApiVersion"));
}

#[tokio::test]
async fn parameters_are_taken_from_the_query_and_from_the_form() {
    let gateway = gateway().await;
    for (query, form) in [
        ("KeyId=alias%2Fdefault&Plaintext=a%20b", ""),
        ("KeyId=alias%2Fdefault", "Plaintext=a+b"),
        ("", "KeyId=alias%2Fdefault&Plaintext=&Unknown.1=x"),
    ] {
        let request = Rpc::new(&gateway, "Encrypt", &format!("/?{query}"));
        let (status, _) = request.send(form).await;
        assert_eq!(status, 200, "{query} {form}");
    }
}

#[tokio::test]
async fn missing_and_malformed_parameters_are_named() {
    let gateway = gateway().await;
    for (query, form, code) in [
        ("Plaintext=a", "", "MissingParameter"),
        ("KeyId=&Plaintext=a", "", "MissingParameter"),
        ("KeyId=alias%2Fdefault", "", "MissingParameter"),
        ("KeyId=a&KeyId=b&Plaintext=a", "", "InvalidParameter"),
        ("KeyId=a&Plaintext=a", "KeyId=a", "InvalidParameter"),
        ("KeyId=%zz", "", "InvalidParameter"),
        ("KeyId=%ff", "", "InvalidParameter"),
        ("KeyId=a&Plaintext=a", "x=%", "InvalidParameter"),
        ("KeyId=a&Plaintext=a&EncryptionContext=1", "", "InvalidParameter"),
        ("KeyId=alias%2Fdefault&Plaintext=a&Format=JSON&Format=JSON", "", "InvalidParameter"),
        ("KeyId=alias%2Fdefault&Plaintext=a&x=1", "x=1", "InvalidParameter"),
        ("KeyId=alias%2Fdefault&Plaintext=a&DryRun=1", "", "InvalidParameter"),
        ("KeyId=alias%2Fdefault&Plaintext=a&DryRun=True", "", "DryRunOperationError"),
    ] {
        let request = Rpc::new(&gateway, "Encrypt", &format!("/?{query}"));
        let answer = request.send(form).await;
        assert_eq!(answer, (400, code.to_owned()), "{query} {form}");
    }
    let too_long = format!("KeyId={DEFAULT_KEY}&Plaintext={}", "x".repeat(6145));
    let answer = Rpc::new(&gateway, "Encrypt", "/").send(&too_long).await;
    assert_eq!(answer, (400, "InvalidParameter".to_owned()));
}

#[tokio::test]
async fn a_rotation_that_is_disabled_needs_no_interval() {
    let gateway = gateway().await;
    let config = "%7B%22SecretSubType%22%3A%22SingleUser%22%2C%22DBInstanceId%22%3A%22rm-1%22%7D";
    let account = r#"{"Accounts":[{"AccountName":"app","AccountPassword":"old"}]}"#;
    let query = format!(
        "/?SecretName=db&VersionId=v1&SecretType=Rds&ExtendedConfig={config}\
         &EnableAutomaticRotation=true&RotationInterval=7d"
    );
    let form = format!("SecretData={account}");
    let (status, _) = Rpc::new(&gateway, "CreateSecret", &query).send(&form).await;
    assert_eq!(status, 200);
    let missing = (400, "MissingParameter".to_owned());
    let done = (200, String::new());
    for (query, expected) in [
        ("SecretName=db&EnableAutomaticRotation=true", &missing),
        ("SecretName=db&EnableAutomaticRotation=true&RotationInterval=", &missing),
        ("SecretName=db&RotationInterval=7d", &missing),
        ("EnableAutomaticRotation=false", &missing),
        ("SecretName=db&EnableAutomaticRotation=false&RotationInterval=x", &done),
        ("SecretName=db&EnableAutomaticRotation=false", &done),
    ] {
        let path = format!("/?{query}");
        let answer = Rpc::new(&gateway, "UpdateSecretRotationPolicy", &path).send("").await;
        assert_eq!(answer, *expected, "{query}");
    }
    let described = Rpc::new(&gateway, "DescribeSecret", "/?SecretName=db").signed("").await;
    let (_, described) = send(described).await;
    let described: serde_json::Value = serde_json::from_slice(&described).expect("JSON");
    assert_eq!(described["AutomaticRotation"], "Disabled");
}

#[tokio::test]
async fn custom_data_is_read_in_both_forms() {
    let gateway = gateway().await;
    let config = "%7B%22SecretSubType%22%3A%22SingleUser%22%2C%22DBInstanceId%22%3A%22rm-1%22%7D";
    let account = r#"{"Accounts":[{"AccountName":"app","AccountPassword":"old"}]}"#;
    let query = format!("/?SecretName=db&VersionId=v1&SecretType=Rds&ExtendedConfig={config}");
    let form = format!("SecretData={account}");
    let (status, _) = Rpc::new(&gateway, "CreateSecret", &query).send(&form).await;
    assert_eq!(status, 200);
    for (parameter, expected) in [
        ("=%7B%22DBName%22%3A%22app1%22%7D", Ok(r#""CustomData":{"DBName":"app1"}"#)),
        (".DBName=app2&ExtendedConfig.CustomData.Port=1", Ok(r#"{"DBName":"app2","Port":"1"}"#)),
        ("=%7B%22Port%22%3A1%7D", Ok(r#""CustomData":{"Port":1}"#)),
        ("=junk", Err("InvalidParameter")),
        ("=%5B%5D", Err("InvalidParameter")),
        ("=1", Err("InvalidParameter")),
        ("=%7B%7D&ExtendedConfig.CustomData.a=b", Err("InvalidParameter")),
        ("=%7B%7D", Ok(r#""CustomData":{}"#)),
    ] {
        let query = format!("/?SecretName=db&ExtendedConfig.CustomData{parameter}");
        let (status, code) = Rpc::new(&gateway, "UpdateSecret", &query).send("").await;
        let Ok(expected) = expected else {
            assert_eq!((status, Err(&*code)), (400, expected), "{parameter}");
            continue;
        };
        assert_eq!(status, 200, "{parameter}");
        let described = Rpc::new(&gateway, "DescribeSecret", "/?SecretName=db").signed("").await;
        let (_, described) = send(described).await;
        let described: serde_json::Value = serde_json::from_slice(&described).expect("JSON");
        let shown = described["ExtendedConfig"].as_str().expect("a text");
        assert!(shown.contains(expected), "{parameter}: {shown}");
    }
}

#[tokio::test]
async fn what_the_local_gateway_does_not_do_is_said() {
    let gateway = gateway().await;
    for (action, query) in [
        ("Decrypt", "CiphertextBlob=a&Recipient=x"),
        ("SetDeletionProtection", "EnableDeletionProtection=true&KmsInstanceId=kst-a"),
    ] {
        let request = Rpc::new(&gateway, action, &format!("/?{query}"));
        let answer = request.send("").await;
        assert_eq!(answer, (400, "UnsupportedOperation".to_owned()), "{query}");
    }
}

#[tokio::test]
async fn a_request_that_is_changed_after_signing_is_refused() {
    let gateway = gateway().await;
    let signed = || Rpc::new(&gateway, "Encrypt", "/?KeyId=alias%2Fdefault").signed("Plaintext=a");
    let (status, _) = send(signed().await).await;
    assert_eq!(status, 200);

    let mut request = signed().await;
    *request.body_mut() = Body::from("Plaintext=b");
    refuses(request, "SignatureDoesNotMatch").await;
    let mut request = signed().await;
    let uri = format!("{}/?KeyId=alias%2Frsa-sign", gateway.endpoint());
    *request.uri_mut() = uri.parse().expect("it is a URI");
    refuses(request, "SignatureDoesNotMatch").await;
    for (header, code) in [
        ("x-acs-action", "SignatureDoesNotMatch"),
        ("x-acs-signature-nonce", "SignatureDoesNotMatch"),
        ("x-acs-content-sha256", "SignatureDoesNotMatch"),
        ("x-acs-date", "InvalidTimeStamp.Format"),
        ("x-acs-security-token", "IncompleteSignature"),
        ("authorization", "IncompleteSignature"),
    ] {
        let mut request = signed().await;
        let value = "Decrypt".parse().expect("it is a header's value");
        request.headers_mut().insert(header, value);
        refuses(request, code).await;
    }
    for header in ["x-acs-version", "x-acs-date", "x-acs-signature-nonce"] {
        let mut request = signed().await;
        request.headers_mut().remove(header);
        refuses(request, "MissingParameter").await;
    }
    refuses(request_of(&gateway, "/"), "IncompleteSignature").await;
}

#[tokio::test]
async fn garbage_is_no_operation() {
    let gateway = gateway().await;
    for garbage in [&b"\xff"[..], b"\x0a\xff\xff\xff\xff\x0f", b"\x0d\0\0\0\0", b"\x0a\x01\xff"] {
        let (status, error) = operation(&gateway, "AdvanceEncrypt", garbage).await;
        assert_eq!(status, 400);
        assert!(contains(&error, b"InvalidParam"));
        // The status is the message's first field.
        assert_eq!(error[..3], [8, 0x90, 0x03]);
    }
    let (status, error) = operation(&gateway, "AdvanceEncrypt", b"").await;
    assert_eq!(status, 400);
    assert!(contains(&error, b"MissingParameter"));
}

#[tokio::test]
async fn a_changed_body_is_refused_by_the_instance_dialect() {
    let gateway = gateway().await;
    let mut request = signed_operation(&gateway, "GenerateRandom", b"\x08\x10").await;
    *request.body_mut() = Body::from(&b"\x08\x11"[..]);
    let (status, error) = send(request).await;
    assert_eq!(status, 400);
    assert!(contains(&error, b"InvalidParam"));
    let mut request = signed_operation(&gateway, "GenerateRandom", b"\x08\x10").await;
    let version = "1".parse().expect("it is a header's value");
    request.headers_mut().insert("x-kms-migrationkeyversionid", version);
    let (status, error) = send(request).await;
    assert_eq!(status, 401);
    assert!(contains(&error, b"SignatureNotMatch"));
}

#[tokio::test]
async fn a_body_over_a_mebibyte_is_refused() {
    let gateway = gateway().await;
    let largest = "x".repeat(1 << 20);
    let answer = Rpc::new(&gateway, "Encrypt", "/").send(&largest).await;
    assert_eq!(answer, (400, "MissingParameter".to_owned()));
    let larger = largest + "x";
    let answer = Rpc::new(&gateway, "Encrypt", "/").send(&larger).await;
    assert_eq!(answer, (413, "RequestEntityTooLarge".to_owned()));
    let (status, error) = operation(&gateway, "AdvanceEncrypt", larger.as_bytes()).await;
    assert_eq!(status, 413);
    assert!(contains(&error, b"RequestEntityTooLarge"));
}

/// As other clients send it: ours takes the white space out.
#[tokio::test]
async fn base64_with_line_ends_and_spaces_is_read() {
    let gateway = gateway().await;
    let form = "KeyId=alias%2Fdefault&Plaintext=a";
    let sealed = send(Rpc::new(&gateway, "Encrypt", "/").signed(form).await).await.1;
    let sealed: serde_json::Value = serde_json::from_slice(&sealed).expect("JSON");
    let blob = sealed["CiphertextBlob"].as_str().expect("a blob").replace('+', "%2B");
    let (head, tail) = blob.split_at(20);
    for blob in
        [format!("{blob}%0A"), format!("+{head}%0D%0A{tail}"), format!("{head}%20{tail}%09")]
    {
        let request = Rpc::new(&gateway, "Decrypt", "/");
        assert_eq!(request.send(&format!("CiphertextBlob={blob}")).await.0, 200, "{blob}");
    }
}

/// hyper cannot be made to send such a request, so it is written by hand.
#[tokio::test]
async fn a_post_or_put_that_says_nothing_of_its_length_is_refused_in_both_dialects() {
    let gateway = gateway().await;
    for (method, headers, expected) in [
        ("POST", "", " 411 "),
        ("PUT", "", " 411 "),
        ("POST", "x-kms-apiname: Encrypt\r\n", " 411 "),
        ("POST", "content-length: 0\r\n", " 400 "),
        ("POST", "transfer-encoding: chunked\r\n\r\n0\r\n", " 400 "),
        ("GET", "", " 400 "),
    ] {
        let mut stream = TcpStream::connect(gateway.address()).await.expect("it listens");
        let head = format!(
            "{method} / HTTP/1.1\r\nhost: kms.invalid\r\nconnection: close\r\n{headers}\r\n"
        );
        stream.write_all(head.as_bytes()).await.expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("it answers");
        let answer = String::from_utf8_lossy(&answer);
        let status = answer.lines().next().unwrap_or_default();
        assert!(status.contains(expected), "{method} {headers:?}: {status}");
        assert_eq!(answer.contains("MissingContentLength"), expected == " 411 ");
    }
}

/// A request of the RPC dialect to be signed.
struct Rpc<'a> {
    gateway: &'a LocalGateway,
    request: Request<Body>,
}

impl<'a> Rpc<'a> {
    fn new(gateway: &'a LocalGateway, action: &str, path: &str) -> Self {
        let rpc = Self { gateway, request: request_of(gateway, path) };
        rpc.header("x-acs-action", action)
            .header("x-acs-version", "2016-01-20")
            .header("content-type", "application/x-www-form-urlencoded")
    }

    fn header(mut self, name: &'static str, value: &str) -> Self {
        let value = value.parse().expect("it is a header's value");
        self.request.headers_mut().insert(name, value);
        self
    }

    /// The request with this form as the signer passes it on.
    async fn signed(mut self, form: &str) -> Request<Body> {
        *self.request.body_mut() = Body::from(form.to_owned());
        let signer = SignAcs3Layer::new(Arc::new(self.gateway.credential()));
        sign(signer, self.request).await
    }

    /// The answer's status, and its code if it is an error.
    async fn send(self, form: &str) -> (u16, String) {
        let (status, body) = send(self.signed(form).await).await;
        (status, code(&body))
    }
}

fn request_of(gateway: &LocalGateway, path: &str) -> Request<Body> {
    Request::post(format!("{}{path}", gateway.endpoint()))
        .header("host", gateway.endpoint().authority())
        .body(Body::default())
        .expect("it is a request")
}

async fn operation(gateway: &LocalGateway, name: &str, body: &[u8]) -> (u16, Bytes) {
    send(signed_operation(gateway, name, body).await).await
}

async fn signed_operation(gateway: &LocalGateway, name: &str, body: &[u8]) -> Request<Body> {
    operation_of_version(gateway, "dkms-gcs-0.2", name, body).await
}

async fn operation_of_version(
    gateway: &LocalGateway,
    version: &'static str,
    name: &str,
    body: &[u8],
) -> Request<Body> {
    let mut request = request_of(gateway, "/");
    for (header, value) in [
        ("content-type", "application/x-protobuf"),
        ("x-kms-apiversion", version),
        ("x-kms-apiname", name),
    ] {
        let value = value.parse().expect("it is a header's value");
        request.headers_mut().insert(header, value);
    }
    *request.body_mut() = Body::from(body.to_vec());
    sign(SignClientKeyLayer::new(Arc::new(gateway.client_key())), request).await
}

/// What a signing layer hands down.
pub(crate) async fn sign<L>(layer: L, request: Request<Body>) -> Request<Body>
where
    L: Layer<Echo>,
    L::Service: Service<Request<Body>, Response = Response<Request<Body>>, Error = BoxError>,
{
    let echo: fn(Request<Body>) -> Echoed =
        |request| std::future::ready(Ok(Response::new(request)));
    let signed = layer.layer(tower::service_fn(echo)).oneshot(request).await;
    signed.expect("it is signed").into_body()
}

pub(crate) type Echo = tower::util::ServiceFn<fn(Request<Body>) -> Echoed>;

pub(crate) type Echoed = std::future::Ready<Result<Response<Request<Body>>, BoxError>>;

async fn refuses(request: Request<Body>, expected: &str) {
    let (status, body) = send(request).await;
    assert_eq!((status, &*code(&body)), (400, expected));
}

async fn send(request: Request<Body>) -> (u16, Bytes) {
    let transport = Transport::builder().build().expect("it is built");
    let answer: Response<_> = transport.oneshot(request).await.expect("it is answered");
    let status: StatusCode = answer.status();
    let body = answer.into_body().collect().await.expect("it is whole");
    (status.as_u16(), body.to_bytes())
}

/// The code of an error, which has all of an error's fields; empty for a success.
fn code(body: &[u8]) -> String {
    let answer: serde_json::Value = serde_json::from_slice(body).expect("answers are JSON");
    let Some(code) = answer["Code"].as_str() else {
        return String::new();
    };
    for field in ["Message", "RequestId", "HostId", "Recommend"] {
        assert!(answer[field].is_string(), "{field} is missing");
    }
    code.to_owned()
}

fn contains(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}
