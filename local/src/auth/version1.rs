//! RPC signature 1.0: parameters that sign parameters.
//!
//! The method and all parameters are signed, those of the query and those of the form, in whatever
//! way a client divides them. `HMAC-SHA1` signs with an access key, `SHA256withRSA` with a client
//! key.

use alibabacloud_kms::middleware::wire::parameters::{self as wire, Parameter};
use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::hmac;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::client_key::verify_signature;
use super::diagnosis::{self, Candidate, Encoding};
use super::faults::{mandatory, no_timestamp, nonce_used};
use super::refusal::{Expected, Refusal};
use super::{access_key, date};
use crate::engine::Fault;
use crate::exchange::Request;
use crate::principals::AccessKey;
use crate::state::State;

const SIGNATURE: &str = "Signature";
/// The parameters that every signed request must have, and that no other has.
const REQUIRED: [&str; 4] = ["AccessKeyId", "SignatureMethod", "SignatureVersion", SIGNATURE];

/// All parameters of a request.
pub(super) struct Parameters<'a> {
    query: &'a [Parameter],
    form: &'a [Parameter],
}

impl<'a> Parameters<'a> {
    pub(super) fn new(query: &'a [Parameter], form: &'a [Parameter]) -> Self {
        Self { query, form }
    }

    /// Returns the value of a parameter, if it is not empty.
    pub(super) fn get(&self, name: &str) -> Option<&'a str> {
        let found = self.all().find(|parameter| parameter.name == name)?;
        Some(found.value.as_str()).filter(|value| !value.is_empty())
    }

    /// Returns `true` if any parameter belongs to a signature.
    pub(super) fn are_signed(&self) -> bool {
        REQUIRED.iter().any(|name| self.get(name).is_some())
    }

    fn all(&self) -> impl Iterator<Item = &'a Parameter> {
        self.query.iter().chain(self.form)
    }

    fn signed(&self) -> Vec<&'a Parameter> {
        self.all().filter(|parameter| parameter.name != SIGNATURE).collect()
    }

    fn signed_without_form(&self) -> Vec<&'a Parameter> {
        self.query.iter().filter(|parameter| parameter.name != SIGNATURE).collect()
    }
}

/// The signer.
enum Signer<'a> {
    AccessKey(&'a AccessKey),
    ClientKey(Vec<u8>),
}

/// Verifies a request with these parameters.
pub(super) fn verify(
    state: &State,
    request: &Request,
    parameters: &Parameters<'_>,
) -> Result<(), Refusal> {
    let required = |name| parameters.get(name).ok_or_else(|| mandatory("parameter", name));
    for name in REQUIRED {
        required(name)?;
    }
    if required("SignatureVersion")? != "1.0" {
        return Err(invalid("SignatureVersion").into());
    }
    let id = required("AccessKeyId")?;
    let now = state.clock.now();
    let signer = match (required("SignatureMethod")?, parameters.get("SignatureType")) {
        ("HMAC-SHA1", None) => {
            let token = parameters.get("SecurityToken");
            Signer::AccessKey(access_key::find(&state.identity, id, token)?)
        }
        ("SHA256withRSA", Some("PRIVATEKEY")) => {
            let public_key = state.engine.client_public_key(id);
            Signer::ClientKey(public_key.ok_or_else(access_key::unknown)?)
        }
        ("HMAC-SHA1" | "SHA256withRSA", _) => return Err(invalid("SignatureType").into()),
        _ => return Err(invalid("SignatureMethod").into()),
    };
    let at = parameters.get("Timestamp").ok_or_else(no_timestamp)?;
    let at = date::check(at, now)?;
    let signature = required(SIGNATURE)?;
    let string_to_sign = string_to_sign(request.method(), parameters.signed());
    let matches = match &signer {
        Signer::AccessKey(key) => {
            let secret = key.secret.expose_secret();
            is_signed_by(secret, "&", &string_to_sign, signature)
        }
        Signer::ClientKey(public_key) => verify_rsa(public_key, &string_to_sign, signature),
    };
    if !matches {
        let message = "Specified signature is not matched with our calculation.";
        let fault = Fault::new(400, "SignatureDoesNotMatch", message);
        let diagnosis = diagnose(state, request, parameters, &signer, signature);
        let expected = Expected { string_to_sign, canonical_request: None, diagnosis };
        return Err(Refusal::mismatch(fault, expected));
    }
    // The service's own table of parameters has no nonce. Without one, the signature takes its
    // place.
    let nonce = parameters.get("SignatureNonce").unwrap_or(signature);
    // Last, so that a caller without the secret cannot use up the nonces of others.
    if state.nonces.use_once(nonce, at, now) { Ok(()) } else { Err(nonce_used().into()) }
}

fn invalid(name: &str) -> Fault {
    let message = format!("Specified parameter {name} is not valid.");
    Fault::new(400, "InvalidParameter", message)
}

/// Returns `METHOD&%2F&` and the sorted query, encoded once more.
fn string_to_sign(method: &Method, mut parameters: Vec<&Parameter>) -> Zeroizing<String> {
    parameters.sort_by(|one, other| (&one.name, &*one.value).cmp(&(&other.name, &*other.value)));
    let query = Parameter::new("", wire::encode(parameters));
    // Encoded as the value of a parameter without a name, whose equals sign is removed.
    let encoded = wire::encode([&query]);
    let encoded = encoded.strip_prefix('=').unwrap_or_default();
    let mut text = Zeroizing::new(String::with_capacity(encoded.len() + 16));
    text.extend([method.as_str(), "&%2F&", encoded]);
    text
}

/// Returns `true` if the signature is the Base64 of the HMAC with the secret and its suffix.
fn is_signed_by(secret: &str, suffix: &str, text: &str, signature: &str) -> bool {
    let mut key = Zeroizing::new(String::with_capacity(secret.len() + suffix.len()));
    key.extend([secret, suffix]);
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, key.as_bytes());
    let expected = STANDARD.encode(hmac::sign(&key, text.as_bytes()));
    verify_slices_are_equal(expected.as_bytes(), signature.as_bytes()).is_ok()
}

fn verify_rsa(public_key: &[u8], text: &str, signature: &str) -> bool {
    STANDARD.decode(signature).is_ok_and(|it| verify_signature(public_key, text.as_bytes(), &it))
}

/// Returns the fewest mistakes that explain the client's signature.
fn diagnose(
    state: &State,
    request: &Request,
    parameters: &Parameters<'_>,
    signer: &Signer<'_>,
    signature: &str,
) -> Option<String> {
    let candidates = candidates(request.method(), parameters);
    match signer {
        Signer::AccessKey(own) => {
            let keys = state.identity.access_keys().flat_map(|key| {
                ["&", ""].map(|suffix| {
                    let mut mistakes = Vec::new();
                    if key.id != own.id {
                        mistakes.push(diagnosis::other_secret(&key.id));
                    }
                    if suffix.is_empty() {
                        let mistake = "the secret alone is the key, without the & behind it";
                        mistakes.push(mistake.to_owned());
                    }
                    (mistakes, (key.secret.expose_secret(), suffix))
                })
            });
            diagnosis::explain(candidates, keys.collect(), |text, (secret, suffix)| {
                is_signed_by(secret, suffix, text, signature)
            })
        }
        Signer::ClientKey(own) => {
            let keys = diagnosis::client_keys(&state.engine, own);
            diagnosis::explain(candidates, keys, |text, key| verify_rsa(key, text, signature))
        }
    }
}

/// Returns the strings to sign of clients with one or more mistakes.
fn candidates(method: &Method, parameters: &Parameters<'_>) -> Vec<Candidate> {
    let mut out = Vec::new();
    let signed = [
        (parameters.signed(), None),
        (parameters.signed_without_form(), Some("the form in the body is left out")),
    ];
    let forms = if parameters.form.is_empty() { &signed[..1] } else { &signed[..] };
    for (parameters, left_out) in forms {
        for (query, mistakes) in diagnosis::queries(parameters) {
            let mistakes = || mistakes.iter().copied().chain(*left_out);
            for (method, other) in diagnosis::methods(method) {
                let encoded = Encoding::Rfc3986.encode(&query);
                for (query, once) in [
                    (&*encoded, None),
                    (&*query, Some("the sorted query is not encoded a second time")),
                ] {
                    let text = Zeroizing::new(format!("{method}&%2F&{query}"));
                    let mistakes = mistakes().chain(other).chain(once).map(str::to_owned);
                    out.push(Candidate { mistakes: mistakes.collect(), text });
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the service's documentation of this signature.
    #[test]
    fn the_documented_example_is_signed_as_documented() {
        let parameters = [
            ("AccessKeyId", "testid"),
            ("Action", "DescribeRegions"),
            ("Format", "XML"),
            ("SignatureMethod", "HMAC-SHA1"),
            ("SignatureNonce", "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"),
            ("SignatureVersion", "1.0"),
            ("Timestamp", "2016-02-23T12:46:24Z"),
            ("Version", "2014-05-26"),
        ]
        .map(|(name, value)| Parameter::new(name, Zeroizing::new(value.to_owned())));
        let text = string_to_sign(&Method::GET, parameters.iter().rev().collect());
        assert_eq!(
            *text,
            "GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26\
             SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26\
             SignatureVersion%3D1.0%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26\
             Version%3D2014-05-26"
        );
        assert!(is_signed_by("testsecret", "&", &text, "OLeaidS1JvxuMvnyHOwuJ+uX5qY="));
        assert!(!is_signed_by("testsecret", "", &text, "OLeaidS1JvxuMvnyHOwuJ+uX5qY="));
    }

    #[test]
    fn the_first_candidate_is_the_string_to_sign() {
        let query = [("b", "x y"), ("a", "*~'+/中")]
            .map(|(name, value)| Parameter::new(name, Zeroizing::new(value.to_owned())));
        let parameters = Parameters::new(&query, &[]);
        let expected = string_to_sign(&Method::POST, parameters.signed());
        let candidates = candidates(&Method::POST, &parameters);
        let right: Vec<_> = candidates.iter().filter(|it| it.mistakes.is_empty()).collect();
        assert!(matches!(&right[..], [one] if one.text == expected));
        assert!(candidates.iter().skip(1).any(|it| it.text != expected));
    }
}
