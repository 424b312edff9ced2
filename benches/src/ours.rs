//! Ours: a client with its whole default stack.

use std::net::SocketAddr;
use std::sync::Arc;

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{
    Body, BoxError, ClientBuilder, Credential, Endpoint, InstanceGateway, KmsClient,
    OpenApiGateway, TlsOptions,
};
use http::Response;
use tower::service_fn;

use crate::gateway::{Asked, Listening};
use crate::load::Encrypt;
use crate::work;

/// Encrypts with the library's client.
#[derive(Clone)]
pub struct Ours(KmsClient);

impl Ours {
    /// Without a socket: each call is answered where it would be sent.
    pub fn nowhere(asked: Asked, size: usize) -> Self {
        let answer = Arc::new(asked.answer(size));
        let transport = service_fn(move |request: http::Request<Body>| {
            std::hint::black_box(request);
            std::future::ready(Ok::<_, BoxError>(Response::clone(&answer)))
        });
        let builder = builder(asked, "https://kms.cn-hangzhou.aliyuncs.com");
        Self(builder.transport(transport).build().expect("a client"))
    }

    /// Over plain HTTP.
    pub fn http(asked: Asked, gateway: &Listening) -> Self {
        Self::http_at(asked, gateway.http)
    }

    /// Over plain HTTP, to a gateway that may be another process.
    pub fn http_at(asked: Asked, address: SocketAddr) -> Self {
        let builder = builder(asked, &format!("http://{address}"));
        Self(builder.build().expect("a client"))
    }

    /// Over TLS.
    pub fn https(asked: Asked, gateway: &Listening) -> Self {
        let builder = builder(asked, &format!("https://localhost:{}", gateway.https.port()));
        let tls = TlsOptions::ca_pem(gateway.ca.as_bytes()).expect("a CA");
        Self(builder.tls(tls).build().expect("a client"))
    }
}

fn builder(asked: Asked, endpoint: &str) -> ClientBuilder {
    let endpoint: Endpoint = endpoint.parse().expect("an endpoint");
    let builder = KmsClient::builder();
    match asked {
        Asked::Shared => {
            let credential = Credential::access_key(work::ACCESS_KEY_ID, work::ACCESS_KEY_SECRET);
            builder.shared(OpenApiGateway::new(endpoint, credential))
        }
        Asked::Instance => builder.instance(InstanceGateway::new(endpoint, work::client_key())),
    }
}

impl Encrypt for Ours {
    async fn encrypt(&self, plaintext: String) -> usize {
        let answer = self.0.encrypt(EncryptRequest::new(work::KEY, plaintext)).await;
        work::opened(&answer.expect("an answer").ciphertext_blob)
    }
}
