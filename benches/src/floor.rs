//! The floor: a call written by hand, with the signature of its dialect and nothing else.
//!
//! hyper-util's pooled client, or no socket; serde's or prost's structs; Base64. No stack, no limits,
//! no retries, no telemetry, nothing that is redacted or wiped.

use std::sync::Arc;
use std::time::SystemTime;

use alibabacloud_kms::ClientKey;
use aws_lc_rs::{digest, hmac};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use prost::Message as _;
use tokio::sync::Semaphore;

use self::acs3::{Acs3, hex};
use self::secure::Connector;
use crate::gateway::{Asked, Listening};
use crate::load::Encrypt;
use crate::work;

mod acs3;
pub mod message;
mod secure;

/// The connections that ours makes at most.
const CONNECTIONS: usize = 256;

/// Encrypts by hand.
#[derive(Clone)]
pub struct Floor {
    asked: Asked,
    scheme: &'static str,
    host: Arc<str>,
    acs3: Acs3,
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
        let acs3 = Acs3 {
            scheme,
            authority: host.parse().expect("an authority"),
            host: host.as_str().try_into().expect("a header's value"),
            access_key_id: work::ACCESS_KEY_ID,
            key: hmac::Key::new(hmac::HMAC_SHA256, work::ACCESS_KEY_SECRET.as_bytes()),
        };
        let turns = Arc::new(Semaphore::new(CONNECTIONS));
        let client_key = work::client_key();
        Self { asked, scheme, host: host.into(), acs3, client_key, sends, turns }
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
                let answer = self.send(self.acs3.encrypt(work::KEY, &plaintext)).await;
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
