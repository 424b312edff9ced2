//! The floor: a call written by hand, with the signature of its dialect and nothing else.
//!
//! hyper-util's pooled client, or no socket; serde's or prost's structs; Base64. No stack, no limits,
//! no retries, no telemetry, nothing that is redacted or wiped.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::SystemTime;

use alibabacloud_kms::ClientKey;
use aws_lc_rs::{digest, hmac, rand};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HOST, USER_AGENT};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Method, Request, Response, Uri};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use prost::Message as _;
use tokio::sync::Semaphore;

use self::secure::Connector;
use crate::gateway::{Asked, Listening};
use crate::load::Encrypt;
use crate::work;

pub mod message;
mod secure;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// The connections that ours makes at most.
const CONNECTIONS: usize = 256;

/// Encrypts by hand.
#[derive(Clone)]
pub struct Floor {
    asked: Asked,
    scheme: &'static str,
    host: Arc<str>,
    authority: Authority,
    host_header: HeaderValue,
    key: hmac::Key,
    client_key: ClientKey,
    sends: Sends,
    /// hyper-util's pool has no bound: without one there were a connection for each call.
    turns: Arc<Semaphore>,
}

#[derive(Clone)]
enum Sends {
    Nowhere(Arc<Response<Full<Bytes>>>),
    Http(Client<HttpConnector, Full<Bytes>>),
    Https(Client<Connector, Full<Bytes>>),
}

impl Floor {
    /// Without a socket: each call is answered where it would be sent.
    pub fn nowhere(asked: Asked, size: usize) -> Self {
        Self::new(
            asked,
            "https",
            "kms.cn-hangzhou.aliyuncs.com".into(),
            Sends::Nowhere(Arc::new(asked.answer(size))),
        )
    }

    /// Over plain HTTP.
    pub fn http(asked: Asked, gateway: &Listening) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.set_nodelay(true);
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(tcp);
        Self::new(asked, "http", gateway.http.to_string(), Sends::Http(client))
    }

    /// Over TLS.
    pub fn https(asked: Asked, gateway: &Listening) -> Self {
        let connector = Connector::new(&gateway.ca_der);
        let client =
            Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(connector);
        let host = format!("localhost:{}", gateway.https.port());
        Self::new(asked, "https", host, Sends::Https(client))
    }

    fn new(asked: Asked, scheme: &'static str, host: String, sends: Sends) -> Self {
        let key = hmac::Key::new(hmac::HMAC_SHA256, work::ACCESS_KEY_SECRET.as_bytes());
        let turns = Arc::new(Semaphore::new(CONNECTIONS));
        let client_key = work::client_key();
        let authority = host.parse().expect("an authority");
        let host_header = value(host.clone());
        Self {
            asked,
            scheme,
            host: host.into(),
            authority,
            host_header,
            key,
            client_key,
            sends,
            turns,
        }
    }

    async fn send(&self, request: Request<Full<Bytes>>) -> Bytes {
        let _turn = self.turns.acquire().await.expect("never closed");
        match &self.sends {
            Sends::Nowhere(answer) => body(request, Response::clone(answer)).await,
            Sends::Http(client) => {
                collected(client.request(request).await.expect("an answer")).await
            }
            Sends::Https(client) => {
                collected(client.request(request).await.expect("an answer")).await
            }
        }
    }

    fn rpc(&self, plaintext: &str) -> Request<Full<Bytes>> {
        let encode = |text| utf8_percent_encode(text, RESERVED);
        let mut query = String::with_capacity(64 + plaintext.len() + plaintext.len() / 8);
        let pairs = format_args!("KeyId={}&Plaintext={}", encode(work::KEY), encode(plaintext));
        query.write_fmt(pairs).expect("a string takes every write");
        let host = &*self.host;
        let date = iso8601();
        let nonce = nonce();
        let hash = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let signed =
            "host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version";
        let mut canonical = String::with_capacity(query.len() + 512);
        for piece in [
            "POST\n/\n",
            &query,
            "\nhost:",
            host,
            "\nx-acs-action:Encrypt\nx-acs-content-sha256:",
            hash,
            "\nx-acs-date:",
            &date,
            "\nx-acs-signature-nonce:",
            &nonce,
            "\nx-acs-version:2016-01-20\n\n",
            signed,
            "\n",
            hash,
        ] {
            canonical.push_str(piece);
        }
        let canonical = digest::digest(&digest::SHA256, canonical.as_bytes());
        let to_sign = ["ACS3-HMAC-SHA256\n", &hex(canonical.as_ref())].concat();
        let signature = hex(hmac::sign(&self.key, to_sign.as_bytes()).as_ref());
        let authorization = [
            "ACS3-HMAC-SHA256 Credential=",
            work::ACCESS_KEY_ID,
            ",SignedHeaders=",
            signed,
            ",Signature=",
            &signature,
        ];
        let path = Bytes::from(["/?", &query].concat());
        let mut request = Request::new(Full::default());
        *request.method_mut() = Method::POST;
        *request.uri_mut() = Uri::builder()
            .scheme(self.scheme)
            .authority(self.authority.clone())
            .path_and_query(PathAndQuery::from_maybe_shared(path).expect("a path"))
            .build()
            .expect("a URI");
        let headers = request.headers_mut();
        headers.reserve(12);
        headers.insert(HOST, self.host_header.clone());
        headers.insert(USER_AGENT, HeaderValue::from_static("floor"));
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        headers.insert("x-acs-action", HeaderValue::from_static("Encrypt"));
        headers.insert("x-acs-version", HeaderValue::from_static("2016-01-20"));
        headers.insert("x-acs-date", value(date));
        headers.insert("x-acs-signature-nonce", value(nonce));
        headers.insert("x-acs-content-sha256", HeaderValue::from_static(hash));
        headers.insert(AUTHORIZATION, value(authorization.concat()));
        request
    }

    fn protobuf(&self, plaintext: &str) -> Request<Full<Bytes>> {
        let body =
            message::EncryptRequest { key_id: work::KEY.into(), plaintext: plaintext.into() };
        let body = body.encode_to_vec();
        let hash = hex(digest::digest(&digest::SHA256, &body).as_ref()).to_uppercase();
        let date = httpdate::fmt_http_date(SystemTime::now());
        let id = self.client_key.key_id();
        let to_sign = format!(
            "POST\n{hash}\napplication/x-protobuf\n{date}\nx-kms-acccesskeyid:{id}\n\
             x-kms-apiname:AdvanceEncrypt\nx-kms-apiversion:dkms-gcs-0.2\n\
             x-kms-signaturemethod:RSA_PKCS1_SHA_256\n/"
        );
        let signature =
            STANDARD.encode(self.client_key.sign(to_sign.as_bytes()).expect("a signature"));
        let host = &*self.host;
        Request::post(format!("{}://{host}/", self.scheme))
            .header("host", host)
            .header("user-agent", "floor")
            .header("accept", "application/x-protobuf")
            .header("content-type", "application/x-protobuf")
            .header("x-kms-apiname", "AdvanceEncrypt")
            .header("x-kms-apiversion", "dkms-gcs-0.2")
            .header("x-kms-acccesskeyid", id)
            .header("x-kms-signaturemethod", "RSA_PKCS1_SHA_256")
            .header("content-sha256", hash)
            .header("date", date)
            .header("authorization", format!("Bearer {signature}"))
            .body(Full::from(body))
            .expect("a request")
    }
}

impl Encrypt for Floor {
    async fn encrypt(&self, plaintext: String) -> usize {
        match self.asked {
            Asked::Shared => {
                let answer = self.send(self.rpc(&plaintext)).await;
                let answer: Answer = serde_json::from_slice(&answer).expect("the answer");
                work::opened(&answer.ciphertext_blob)
            }
            Asked::Instance => {
                let answer = self.send(self.protobuf(&plaintext)).await;
                let answer = message::EncryptResponse::decode(answer).expect("the answer");
                work::opened(&STANDARD.encode(&answer.ciphertext[3..]))
            }
        }
    }
}

#[derive(Debug, serde::Deserialize)]
#[serde(rename_all = "PascalCase")]
#[expect(dead_code, reason = "read all the same")]
struct Answer {
    key_id: String,
    ciphertext_blob: String,
    key_version_id: String,
    request_id: String,
}

/// The bytes that a server would have read are read here.
async fn body(request: Request<Full<Bytes>>, answer: Response<Full<Bytes>>) -> Bytes {
    std::hint::black_box(request);
    collected(answer).await
}

async fn collected<B>(response: Response<B>) -> Bytes
where
    B: http_body::Body<Data = Bytes>,
    B::Error: std::fmt::Debug,
{
    assert!(response.status().is_success());
    response.into_body().collect().await.expect("a body").to_bytes()
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("a header's value")
}

fn nonce() -> String {
    let mut bits = [0; 16];
    rand::fill(&mut bits).expect("random bits");
    hex(&bits)
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut out = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out
}

/// The date, as the signature has it: that of HTTP, in another order.
fn iso8601() -> String {
    let date = httpdate::fmt_http_date(SystemTime::now());
    const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";
    let month = MONTHS.find(&date[8..11]).map_or(0, |at| at / 3 + 1);
    format!("{}-{month:02}-{}T{}Z", &date[12..16], &date[5..7], &date[17..25])
}
