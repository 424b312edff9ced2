//! A request to the shared gateway, written by hand.

use std::fmt::Write as _;
use std::time::SystemTime;

use aws_lc_rs::{digest, hmac, rand};
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, HOST, USER_AGENT};
use http::uri::{Authority, PathAndQuery};
use http::{HeaderValue, Method, Request, Uri};
use http_body_util::Full;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// A gateway, and the access key that signs for it.
#[derive(Clone)]
pub(super) struct Acs3 {
    pub(super) scheme: &'static str,
    pub(super) authority: Authority,
    /// The authority, as a header's value.
    pub(super) host: HeaderValue,
    pub(super) access_key_id: &'static str,
    /// The access key's secret.
    pub(super) key: hmac::Key,
}

impl Acs3 {
    /// Encrypts a text in Base64 with this key.
    pub(super) fn encrypt(&self, key_id: &str, plaintext: &str) -> Request<Full<Bytes>> {
        let encode = |text| utf8_percent_encode(text, RESERVED);
        let mut query = String::with_capacity(64 + plaintext.len() + plaintext.len() / 8);
        let pairs = format_args!("KeyId={}&Plaintext={}", encode(key_id), encode(plaintext));
        query.write_fmt(pairs).expect("a string takes every write");
        let host = self.authority.as_str();
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
            self.access_key_id,
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
        headers.insert(HOST, self.host.clone());
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
}

fn value(text: String) -> HeaderValue {
    HeaderValue::try_from(text).expect("a header's value")
}

fn nonce() -> String {
    let mut bits = [0; 16];
    rand::fill(&mut bits).expect("random bits");
    hex(&bits)
}

/// Lower-case hexadecimal digits.
pub(super) fn hex(bytes: &[u8]) -> String {
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
