//! The instance's signature: RSASSA-PKCS1-v1_5 with SHA-256 by the client key.
//!
//! A signature is deterministic and has no nonce: the same request in the same second is the same
//! request, and is answered again.

use alibabacloud_kms::Clock;
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};

use super::date::is_current;
use crate::engine::{Fault, hex};
use crate::exchange::{Request, header, signed_value};
use crate::identity::Identity;

/// The only method that there is.
const METHOD: &str = "RSA_PKCS1_SHA_256";
/// The content type of requests and answers.
pub(crate) const PROTOBUF: &str = "application/x-protobuf";

/// Verifies a request.
pub(crate) fn verify(request: &Request, identity: &Identity, clock: &Clock) -> Result<(), Fault> {
    let headers = request.headers();
    if header(headers, CONTENT_TYPE.as_str()) != Some(PROTOBUF) {
        return Err(invalid("ContentType"));
    }
    if header(headers, "x-kms-signaturemethod") != Some(METHOD) {
        return Err(invalid("SignatureMethod"));
    }
    let signature = header(headers, AUTHORIZATION.as_str())
        .and_then(|text| text.strip_prefix("Bearer "))
        .and_then(|text| STANDARD.decode(text).ok())
        .ok_or_else(|| invalid("Authorization"))?;
    let date = header(headers, DATE.as_str()).ok_or_else(|| invalid("Date"))?;
    let at = httpdate::parse_http_date(date).map_err(|_| invalid("Date"))?;
    if !is_current(at, clock.now()) {
        return Err(invalid("Date"));
    }
    let content_hash = hex(digest(&SHA256, request.body()).as_ref()).to_ascii_uppercase();
    if header(headers, "content-sha256") != Some(&content_hash) {
        return Err(invalid("ContentSha256"));
    }
    // The real name has three c.
    if header(headers, "x-kms-acccesskeyid") != Some(identity.client_key.key_id()) {
        let message = "The client key is not found.";
        return Err(Fault::new(404, "Unauthorized", message));
    }
    let does_not_match = || {
        let message = "The request's signature does not match.";
        Fault::new(401, "SignatureNotMatch", message)
    };
    let signed = string_to_sign(request, &content_hash, date).ok_or_else(does_not_match)?;
    UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &identity.client_public_key)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| does_not_match())
}

/// The header or parameter `name` is wrong, in the instance's words.
pub(crate) fn invalid(name: &str) -> Fault {
    let message = format!("The Param {name} is invalid.");
    Fault::new(400, "InvalidParam", message)
}

fn string_to_sign(request: &Request, content_hash: &str, date: &str) -> Option<String> {
    let headers = request.headers();
    let mut names: Vec<&str> = headers.keys().map(http::HeaderName::as_str).collect();
    names.retain(|name| name.starts_with("x-kms-"));
    names.sort_unstable();
    let mut text = format!("{}\n{content_hash}\n{PROTOBUF}\n{date}\n", request.method());
    for name in names {
        text.extend([name, ":", &signed_value(headers, name)?, "\n"]);
    }
    text.push('/');
    Some(text)
}
