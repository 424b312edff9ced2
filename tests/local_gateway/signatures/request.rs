//! Requests of RPC signature 1.0, made by hand: right, or with a signer's mistakes.

use std::time::SystemTime;

use alibabacloud_kms::middleware::wire::time::iso8601;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{Body, ClientKey, Credential, ExposeSecret, Nonce};
use alibabacloud_kms_local::LocalGateway;
use aws_lc_rs::hmac;
use http::Request;
use http_body_util::BodyExt;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use tower::ServiceExt;

use crate::base64;

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// What signs.
#[derive(Clone, Debug)]
pub(crate) enum Signer {
    AccessKey { id: String, secret: String, token: Option<String> },
    ClientKey(ClientKey),
    None,
}

impl Signer {
    pub(crate) fn access_key(credential: &Credential) -> Self {
        let Credential::AccessKey { id, secret, security_token } = credential else {
            panic!("it is an access key");
        };
        let token = security_token.as_ref().map(|token| token.expose_secret().to_owned());
        Self::AccessKey { id: id.clone(), secret: secret.expose_secret().to_owned(), token }
    }
}

/// How a text is encoded in the string to sign.
pub(crate) type Encode = fn(&str) -> String;

/// A request whose parameters are to be signed.
#[derive(Clone)]
pub(crate) struct Signed {
    pub(crate) method: String,
    pub(crate) parameters: Vec<(String, String)>,
    /// What the signer believes.
    pub(crate) signed_method: Option<&'static str>,
    pub(crate) signed_without: Vec<&'static str>,
    pub(crate) encode: Encode,
    pub(crate) sorts: bool,
    pub(crate) suffix: &'static str,
    pub(crate) key: Signer,
}

impl Signed {
    pub(crate) fn new(key: &Signer, method: &str, action: &str) -> Self {
        let signed = Self {
            method: method.to_owned(),
            parameters: Vec::new(),
            signed_method: None,
            signed_without: Vec::new(),
            encode,
            sorts: true,
            suffix: "&",
            key: key.clone(),
        };
        let signed = signed
            .with("Action", action)
            .with("Version", "2016-01-20")
            .with("Timestamp", &iso8601(SystemTime::now()))
            .with("SignatureNonce", &Nonce::default().next().expect("random numbers"));
        match key {
            Signer::None => signed,
            Signer::AccessKey { id, token, .. } => signed
                .with("SignatureVersion", "1.0")
                .with("SignatureMethod", "HMAC-SHA1")
                // Python's client sends it without a value.
                .with("SignatureType", "")
                .with("AccessKeyId", id)
                .with("SecurityToken", token.as_deref().unwrap_or_default()),
            Signer::ClientKey(key) => signed
                .with("SignatureVersion", "1.0")
                .with("SignatureMethod", "SHA256withRSA")
                .with("SignatureType", "PRIVATEKEY")
                .with("AccessKeyId", key.key_id()),
        }
    }

    /// Sets a parameter.
    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        self.parameters.retain(|(other, _)| other != name);
        self.parameters.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn string_to_sign(&self) -> String {
        let mut parameters = self.parameters.clone();
        parameters.retain(|(name, _)| !self.signed_without.contains(&name.as_str()));
        if self.sorts {
            parameters.sort();
        }
        let method = self.signed_method.unwrap_or(&self.method);
        format!("{method}&%2F&{}", encode(&query(&parameters, self.encode)))
    }

    fn signature(&self) -> Option<String> {
        let text = self.string_to_sign();
        match &self.key {
            Signer::None => None,
            Signer::AccessKey { secret, .. } => {
                let key = format!("{secret}{}", self.suffix);
                let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
                Some(base64(hmac::sign(&key, text.as_bytes()).as_ref()))
            }
            Signer::ClientKey(key) => Some(base64(&key.sign(text.as_bytes()).expect("it signs"))),
        }
    }

    /// The answer to the request with these parameters in its form (`*` for all), the others in its
    /// query.
    pub(crate) async fn send(&self, gateway: &LocalGateway, in_form: &[&str]) -> (u16, String) {
        self.send_signed(gateway, in_form, self).await
    }

    /// The same with the signature of another request.
    pub(crate) async fn send_signed(
        &self,
        gateway: &LocalGateway,
        in_form: &[&str],
        signed: &Self,
    ) -> (u16, String) {
        let mut parameters = self.parameters.clone();
        parameters.extend(signed.signature().map(|it| ("Signature".to_owned(), it)));
        let is_in_form = |(name, _): &(String, String)| {
            in_form.contains(&"*") || in_form.contains(&name.as_str())
        };
        let (form, in_query): (Vec<_>, Vec<_>) = parameters.into_iter().partition(is_in_form);
        let uri = format!("{}/?{}", gateway.endpoint(), query(&in_query, encode));
        let request = Request::builder()
            .method(&*self.method)
            .uri(uri)
            .header("host", gateway.endpoint().authority())
            .header("content-type", super::FORM)
            .body(Body::from(query(&form, encode)))
            .expect("it is a request");
        send(request).await
    }
}

pub(crate) async fn send(request: Request<Body>) -> (u16, String) {
    let transport = Transport::builder().build().expect("it is built");
    let answer = transport.oneshot(request).await.expect("it is answered");
    let status = answer.status().as_u16();
    let body = answer.into_body().collect().await.expect("it is whole").to_bytes();
    (status, String::from_utf8_lossy(&body).into_owned())
}

pub(crate) fn encode(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

fn query(parameters: &[(String, String)], encode: Encode) -> String {
    let pair = |(name, value): &(String, String)| format!("{}={}", encode(name), encode(value));
    parameters.iter().map(pair).collect::<Vec<_>>().join("&")
}
