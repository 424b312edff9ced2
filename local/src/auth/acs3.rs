//! Verifies ACS3, the signature of the RPC dialect: the signer, the date, the nonce, and every part
//! of the request.

use alibabacloud_kms::Acs3Algorithm;
use alibabacloud_kms::middleware::wire::parameters::{self, Parameter};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use http::Method;
use http::header::AUTHORIZATION;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::diagnosis::{self, Candidate, CandidateKey};
use super::faults::{incomplete, mandatory, nonce_used};
use super::refusal::{Expected, Refusal};
use super::{access_key, date};
use crate::engine::Fault;
use crate::exchange::{Request, header, signed_value};
use crate::principals::AccessKey;
use crate::state::State;

const CONTENT_HASH: &str = "x-acs-content-sha256";

/// The headers that every request must have and sign.
const REQUIRED: [&str; 6] =
    ["host", "x-acs-action", CONTENT_HASH, "x-acs-date", "x-acs-signature-nonce", "x-acs-version"];

const ALGORITHMS: &[Acs3Algorithm] = &[
    Acs3Algorithm::HmacSha256,
    #[cfg(feature = "sm3")]
    Acs3Algorithm::HmacSm3,
];

/// Verifies a request whose query has these parameters.
pub(super) fn verify(state: &State, request: &Request, query: &[Parameter]) -> Result<(), Refusal> {
    let headers = request.headers();
    let authorization = header(headers, AUTHORIZATION.as_str()).ok_or_else(incomplete)?;
    let authorization = Authorization::parse(authorization).ok_or_else(incomplete)?;
    let missing = |name: &&&str| header(headers, name).is_none();
    if let Some(name) = REQUIRED.iter().find(missing) {
        return Err(mandatory("header", name).into());
    }
    // With a security token, the access key is named twice.
    let named = header(headers, "x-acs-accesskey-id").unwrap_or(authorization.access_key_id);
    if named != authorization.access_key_id {
        return Err(access_key::unknown().into());
    }
    let token = header(headers, "x-acs-security-token");
    let access_key = access_key::find(&state.identity, named, token)?;
    let now = state.clock.now();
    let at = date::check(header(headers, "x-acs-date").unwrap_or_default(), now)?;
    if !authorization.covers(request) {
        return Err(incomplete().into());
    }
    authorization.check(state, request, query, access_key)?;
    let nonce = header(headers, "x-acs-signature-nonce").unwrap_or_default();
    // Last, so that a caller without the secret cannot use up the nonces of others.
    if state.nonces.use_once(nonce, at, now) { Ok(()) } else { Err(nonce_used().into()) }
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

    /// Returns `true` if everything required is signed: the required headers, `content-type` with a
    /// body, and every `x-acs-*`.
    fn covers(&self, request: &Request) -> bool {
        let signed: Vec<&str> = self.signed_headers.split(';').collect();
        let must_be_signed = |name: &str| {
            REQUIRED.contains(&name)
                || name.starts_with("x-acs-")
                || (name == "content-type" && !request.body().is_empty())
        };
        let mut names = request.headers().keys().map(http::HeaderName::as_str);
        // Sorted and unique, so that a list has only one form.
        signed.is_sorted_by(|one, next| one < next)
            && names.all(|name| !must_be_signed(name) || signed.contains(&name))
    }

    /// Checks that this is the signature of the request with the access key.
    fn check(
        &self,
        state: &State,
        request: &Request,
        query: &[Parameter],
        access_key: &AccessKey,
    ) -> Result<(), Refusal> {
        let Some(headers) = self.canonical_headers(request) else {
            return Err(incomplete().into());
        };
        let content_hash = self.algorithm.hash(request.body());
        let claimed = header(request.headers(), CONTENT_HASH).unwrap_or_default();
        let parameters: Vec<&Parameter> = query.iter().collect();
        let mut sorted = parameters.clone();
        sorted.sort_by(|one, other| (&one.name, &*one.value).cmp(&(&other.name, &*other.value)));
        let path = request.uri().path();
        let canonical = |method: &Method, query: &str, hash: &str| {
            Zeroizing::new(format!("{method}\n{path}\n{query}\n{}\n{hash}", *headers))
        };
        let right = canonical(request.method(), &parameters::encode(sorted), &content_hash);
        let string_to_sign = self.string_to_sign(&right);
        let secret = &access_key.secret;
        if claimed == content_hash && self.is_signed_by(secret, &string_to_sign) {
            return Ok(());
        }

        let empty_hash = self.algorithm.hash(b"");
        let mut hashes = vec![(&*content_hash, None)];
        if claimed != content_hash {
            let mistake = "x-acs-content-sha256 is not the hash of the body that arrived";
            hashes = vec![(claimed, Some(mistake))];
        }
        if !request.body().is_empty() && claimed != empty_hash {
            hashes.push((&*empty_hash, Some("the body is left out of the canonical request")));
        }
        let mut candidates = Vec::new();
        for (query, mistakes) in diagnosis::queries(&parameters) {
            for (method, other) in diagnosis::methods(request.method()) {
                for (hash, wrong_hash) in &hashes {
                    let mistakes = mistakes.iter().copied().chain(other).chain(*wrong_hash);
                    candidates.push(Candidate {
                        mistakes: mistakes.map(str::to_owned).collect(),
                        text: self.string_to_sign(&canonical(&method, &query, hash)),
                    });
                }
            }
        }
        let diagnosis =
            diagnosis::explain(candidates, self.keys(state, access_key), |text, key| {
                self.is_signed_by(key, text)
            });
        let message = "Specified signature is not matched with our calculation.";
        let fault = Fault::new(400, "SignatureDoesNotMatch", message);
        let canonical_request = Some(right);
        Err(Refusal::mismatch(fault, Expected { string_to_sign, canonical_request, diagnosis }))
    }

    /// Returns the secrets of all access keys, as they are and as signature 1.0 uses them.
    fn keys(&self, state: &State, own: &AccessKey) -> Vec<CandidateKey<SecretString>> {
        let keys = state.identity.access_keys().flat_map(|key| {
            let with_ampersand = SecretString::from(format!("{}&", key.secret.expose_secret()));
            [
                (key.secret.clone(), None),
                (with_ampersand, Some("the key is the secret with & behind it")),
            ]
            .map(|(secret, mistake)| {
                let mut mistakes: Vec<_> = mistake.map(str::to_owned).into_iter().collect();
                if key.id != own.id {
                    mistakes.push(diagnosis::other_secret(&key.id));
                }
                (mistakes, secret)
            })
        });
        keys.collect()
    }

    fn string_to_sign(&self, canonical_request: &str) -> Zeroizing<String> {
        let hash = self.algorithm.hash(canonical_request.as_bytes());
        Zeroizing::new(format!("{}\n{hash}", self.algorithm.name()))
    }

    fn is_signed_by(&self, secret: &SecretString, string_to_sign: &str) -> bool {
        let expected = self.algorithm.sign(secret, string_to_sign);
        verify_slices_are_equal(expected.as_bytes(), self.signature.as_bytes()).is_ok()
    }

    /// Returns the signed headers, an empty line, and their names.
    fn canonical_headers(&self, request: &Request) -> Option<Zeroizing<String>> {
        let mut headers = Zeroizing::new(String::new());
        for name in self.signed_headers.split(';') {
            let value = Zeroizing::new(signed_value(request.headers(), name)?);
            headers.extend([name, ":", &value, "\n"]);
        }
        headers.extend(["\n", self.signed_headers]);
        Some(headers)
    }
}
