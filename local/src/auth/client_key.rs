//! Verifies the signature of the instance's own dialect: RSASSA-PKCS1-v1_5 with SHA-256, by the
//! client key.
//!
//! A signature is deterministic and has no nonce: the same request in the same second is the same
//! request, and is answered again.

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use zeroize::Zeroizing;

use super::date::is_current;
use super::diagnosis::{self, Candidate};
use super::refusal::{Expected, Refusal};
use crate::engine::{Fault, hex};
use crate::exchange::{PROTOBUF, Request, header, signed_value};
use crate::state::State;

/// The only method.
const METHOD: &str = "RSA_PKCS1_SHA_256";
/// The header of the client key's id. Its real name has three c.
const CLIENT_KEY_ID: &str = "x-kms-acccesskeyid";

/// Verifies a request.
pub(crate) fn verify(state: &State, request: &Request) -> Result<(), Refusal> {
    let headers = request.headers();
    if header(headers, CONTENT_TYPE.as_str()) != Some(PROTOBUF) {
        return Err(invalid("ContentType").into());
    }
    if header(headers, "x-kms-signaturemethod") != Some(METHOD) {
        return Err(invalid("x-kms-signaturemethod").into());
    }
    let signature = header(headers, AUTHORIZATION.as_str())
        .and_then(|text| text.strip_prefix("Bearer "))
        .and_then(|text| STANDARD.decode(text).ok())
        .ok_or_else(|| invalid("Authorization"))?;
    let date = header(headers, DATE.as_str()).ok_or_else(|| invalid("Date"))?;
    let at = httpdate::parse_http_date(date).map_err(|_| invalid("Date"))?;
    if !is_current(at, state.clock.now()) {
        let message = "Request time exceeds server time more than 15 minutes.";
        return Err(Fault::new(400, "RequestTimeTooSkewed", message).into());
    }
    let content_hash = hex(digest(&SHA256, request.body()).as_ref()).to_ascii_uppercase();
    if header(headers, "content-sha256") != Some(&content_hash) {
        return Err(invalid("ContentSha256").into());
    }
    let id = header(headers, CLIENT_KEY_ID).ok_or_else(|| {
        let message = format!("Parameter {CLIENT_KEY_ID} does not exist in http header or body.");
        Fault::new(400, "MissingParameter", message)
    })?;
    let public_key = state
        .engine
        .client_public_key(id)
        .ok_or_else(|| Fault::new(404, "Unauthorized", "The client key is not found."))?;
    let signed = Signed::new(request, date).ok_or_else(does_not_match)?;
    let string_to_sign = signed.text(request.method(), &content_hash);
    if verify_signature(&public_key, string_to_sign.as_bytes(), &signature) {
        return Ok(());
    }
    let diagnosis = diagnosis::explain(
        signed.candidates(request, &content_hash),
        diagnosis::client_keys(&state.engine, &public_key),
        |text, key| verify_signature(key, text.as_bytes(), &signature),
    );
    let expected = Expected { string_to_sign, canonical_request: None, diagnosis };
    Err(Refusal::mismatch(does_not_match(), expected))
}

/// Returns `true` if this is the signature of the text with the client key of that public key.
pub(super) fn verify_signature(public_key: &[u8], text: &[u8], signature: &[u8]) -> bool {
    let public_key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public_key);
    public_key.verify(text, signature).is_ok()
}

/// Returns the fault of the wrong header or parameter `name`, in the instance's words.
pub(crate) fn invalid(name: &str) -> Fault {
    let message = format!("The Param {name} is invalid.");
    Fault::new(400, "InvalidParam", message)
}

fn does_not_match() -> Fault {
    Fault::new(401, "SignatureNotMatch", "The request's signature does not match.")
}

/// What is signed in addition to the method and the body's hash.
struct Signed<'a> {
    date: &'a str,
    /// The headers `x-kms-*`.
    headers: Zeroizing<String>,
}

impl<'a> Signed<'a> {
    fn new(request: &Request, date: &'a str) -> Option<Self> {
        let headers = request.headers();
        let mut names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
        names.retain(|name| name.starts_with("x-kms-"));
        names.sort_unstable();
        let mut text = Zeroizing::new(String::new());
        for name in names {
            text.extend([name, ":", &signed_value(headers, name)?, "\n"]);
        }
        Some(Self { date, headers: text })
    }

    fn text(&self, method: &Method, content_hash: &str) -> Zeroizing<String> {
        let Self { date, headers } = self;
        Zeroizing::new(format!("{method}\n{content_hash}\n{PROTOBUF}\n{date}\n{}/", **headers))
    }

    fn candidates(&self, request: &Request, content_hash: &str) -> Vec<Candidate> {
        let small = content_hash.to_ascii_lowercase();
        let empty = hex(digest(&SHA256, b"").as_ref()).to_ascii_uppercase();
        let mut hashes = vec![
            (content_hash, None),
            (&*small, Some("the hash of the body is written in small letters")),
            ("", Some("the hash of the body is left out")),
        ];
        if content_hash != empty {
            hashes.push((&*empty, Some("the body is left out, and the hash is that of nothing")));
        }
        let mut out = Vec::new();
        for (method, other) in diagnosis::methods(request.method()) {
            for (hash, mistake) in &hashes {
                let mistakes = other.into_iter().chain(*mistake).map(str::to_owned).collect();
                out.push(Candidate { mistakes, text: self.text(&method, hash) });
            }
        }
        out
    }
}
