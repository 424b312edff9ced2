//! ACS3, the RPC dialect's signature: who signed, when, once, and exactly this request.

use alibabacloud_kms::middleware::wire::parameters::{self, Parameter};
use alibabacloud_kms::{Acs3Algorithm, Clock};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::header::AUTHORIZATION;
use zeroize::Zeroizing;

use super::date::{is_current, parse_date};
use super::nonces::Nonces;
use crate::engine::Fault;
use crate::exchange::{Request, header, signed_value};
use crate::identity::Identity;

/// The headers that every request must have, and sign.
const REQUIRED: [&str; 6] = [
    "host",
    "x-acs-action",
    "x-acs-content-sha256",
    "x-acs-date",
    "x-acs-signature-nonce",
    "x-acs-version",
];

const ALGORITHMS: &[Acs3Algorithm] = &[
    Acs3Algorithm::HmacSha256,
    #[cfg(feature = "sm3")]
    Acs3Algorithm::HmacSm3,
];

/// Verifies a request whose query has these parameters.
pub(crate) fn verify(
    request: &Request,
    query: &[Parameter],
    identity: &Identity,
    nonces: &Nonces,
    clock: &Clock,
) -> Result<(), Fault> {
    let headers = request.headers();
    let authorization = header(headers, AUTHORIZATION.as_str()).ok_or_else(incomplete)?;
    let authorization = Authorization::parse(authorization).ok_or_else(incomplete)?;
    let missing = |name: &&&str| header(headers, name).is_none();
    if let Some(name) = REQUIRED.iter().find(missing) {
        let message = format!("The header {name} is mandatory for this action.");
        return Err(Fault::new(400, "MissingParameter", message));
    }
    // Whoever has a security token names the access key twice.
    let named = header(headers, "x-acs-accesskey-id").unwrap_or(authorization.access_key_id);
    if authorization.access_key_id != identity.access_key_id || named != identity.access_key_id {
        let message = "Specified access key is not found.";
        return Err(Fault::new(404, "InvalidAccessKeyId.NotFound", message));
    }
    let now = clock.now();
    let date = header(headers, "x-acs-date").and_then(parse_date);
    let date = date.ok_or_else(|| {
        let message = "Specified time stamp or date value is not well formatted.";
        Fault::new(400, "InvalidTimeStamp.Format", message)
    })?;
    if !is_current(date, now) {
        let message = "Specified time stamp or date value is expired.";
        return Err(Fault::new(400, "InvalidTimeStamp.Expired", message));
    }
    if !authorization.covers(request) {
        return Err(incomplete());
    }
    if !authorization.is_of(request, query, identity) {
        let message = "Specified signature is not matched with our calculation.";
        return Err(Fault::new(400, "SignatureDoesNotMatch", message));
    }
    let nonce = header(headers, "x-acs-signature-nonce").unwrap_or_default();
    // Last, so that nobody without the secret can use up another's nonces.
    if !nonces.use_once(nonce, date, now) {
        let message = "Specified signature nonce was used already.";
        return Err(Fault::new(400, "SignatureNonceUsed", message));
    }
    Ok(())
}

/// `ACS3-HMAC-SHA256 Credential=…,SignedHeaders=a;b,Signature=…`
struct Authorization<'a> {
    algorithm: Acs3Algorithm,
    access_key_id: &'a str,
    signed_headers: &'a str,
    signature: &'a str,
}

impl<'a> Authorization<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let (name, fields) = text.split_once(' ')?;
        let algorithm = ALGORITHMS.iter().copied().find(|algorithm| algorithm.name() == name)?;
        let (mut credential, mut signed_headers, mut signature) = (None, None, None);
        for field in fields.split(',') {
            let (name, value) = field.trim().split_once('=')?;
            let target = match name {
                "Credential" => &mut credential,
                "SignedHeaders" => &mut signed_headers,
                "Signature" => &mut signature,
                _ => return None,
            };
            if target.replace(value).is_some() {
                return None;
            }
        }
        Some(Self {
            algorithm,
            access_key_id: credential?,
            signed_headers: signed_headers?,
            signature: signature?,
        })
    }

    /// Whether all is signed that must be: the required headers, `content-type` beside a body, and
    /// every `x-acs-*`.
    fn covers(&self, request: &Request) -> bool {
        let signed: Vec<&str> = self.signed_headers.split(';').collect();
        let must_be_signed = |name: &str| {
            REQUIRED.contains(&name)
                || name.starts_with("x-acs-")
                || (name == "content-type" && !request.body().is_empty())
        };
        let mut names = request.headers().keys().map(http::HeaderName::as_str);
        // Sorted and unique: there is one way to write a list.
        signed.is_sorted_by(|one, next| one < next)
            && names.all(|name| !must_be_signed(name) || signed.contains(&name))
    }

    fn is_of(&self, request: &Request, query: &[Parameter], identity: &Identity) -> bool {
        let content_hash = self.algorithm.hash(request.body());
        if header(request.headers(), "x-acs-content-sha256") != Some(&content_hash) {
            return false;
        }
        let Some(canonical) = self.canonical_request(request, query, &content_hash) else {
            return false;
        };
        let algorithm = self.algorithm.name();
        let hash = self.algorithm.hash(canonical.as_bytes());
        let string_to_sign = format!("{algorithm}\n{hash}");
        let expected = self.algorithm.sign(&identity.access_key_secret, &string_to_sign);
        verify_slices_are_equal(expected.as_bytes(), self.signature.as_bytes()).is_ok()
    }

    fn canonical_request(
        &self,
        request: &Request,
        query: &[Parameter],
        content_hash: &str,
    ) -> Option<Zeroizing<String>> {
        let mut sorted: Vec<&Parameter> = query.iter().collect();
        sorted.sort_by(|one, other| (&one.name, &*one.value).cmp(&(&other.name, &*other.value)));
        let query = parameters::encode(sorted);
        let mut headers = Zeroizing::new(String::new());
        for name in self.signed_headers.split(';') {
            let value = Zeroizing::new(signed_value(request.headers(), name)?);
            headers.extend([name, ":", &value, "\n"]);
        }
        Some(Zeroizing::new(format!(
            "{}\n{}\n{}\n{}\n{}\n{content_hash}",
            request.method(),
            request.uri().path(),
            *query,
            *headers,
            self.signed_headers,
        )))
    }
}

fn incomplete() -> Fault {
    let message = "The request signature does not conform to Aliyun standards.";
    Fault::new(400, "IncompleteSignature", message)
}
