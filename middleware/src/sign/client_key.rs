//! The signature of the instance's own dialect: RSASSA-PKCS1-v1_5 with SHA-256, with the client
//! key.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use aws_lc_rs::digest;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_TYPE, DATE};
use http::{HeaderName, HeaderValue};
use tower::{Layer, Service};
use zeroize::Zeroizing;

use super::canonical::{SignedHeaders, size_of};
use super::date::DateHeader;
use super::future::SignFuture;
use super::sensitive;
use crate::clock::Clock;
use crate::credential::ClientKeySigner;
use crate::error::{BoxError, Error};
use crate::hex::HexHash;
use crate::lock::lock;
use crate::wire::time;
use crate::{Body, HttpService};

const ACCESS_KEY_ID: HeaderName = HeaderName::from_static("x-kms-acccesskeyid");
const SIGNATURE_METHOD: HeaderName = HeaderName::from_static("x-kms-signaturemethod");
const CONTENT_SHA256: HeaderName = HeaderName::from_static("content-sha256");

/// Signs requests of the instance's own dialect with a client key: RSASSA-PKCS1-v1_5 with SHA-256.
///
/// Signs the body's hash, the content type, the date and every `x-kms-*` header. The header
/// `x-kms-acccesskeyid` has three c on the wire too. Creates [`SignClientKey`] services, which
/// share a cache of signatures.
#[derive(Debug, Clone)]
pub struct SignClientKeyLayer {
    signer: KeySigner,
}

#[derive(Debug, Clone)]
struct KeySigner {
    key: Arc<dyn ClientKeySigner>,
    clock: Clock,
    dates: Arc<DateHeader>,
    recent: Arc<Recent>,
}

impl SignClientKeyLayer {
    /// Creates a layer that signs with this client key.
    pub fn new(key: Arc<dyn ClientKeySigner>) -> Self {
        let dates = Arc::new(DateHeader::new(time::http_date));
        let (clock, recent) = (Clock::default(), Arc::default());
        Self { signer: KeySigner { key, clock, dates, recent } }
    }

    /// Sets the clock of the date header (default: the system's clock).
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.signer.clock = clock;
        self
    }
}

impl<S> Layer<S> for SignClientKeyLayer {
    type Service = SignClientKey<S>;

    fn layer(&self, inner: S) -> SignClientKey<S> {
        SignClientKey { inner, signer: Arc::new(self.signer.clone()) }
    }
}

/// Signs each request with the client key.
///
/// Signing takes a fraction of a millisecond and runs in `call`, on the caller's thread. The
/// signature is deterministic, so equal requests in the same second are signed only once.
#[derive(Debug, Clone)]
pub struct SignClientKey<S> {
    inner: S,
    /// Shared with the clones that calls make.
    signer: Arc<KeySigner>,
}

impl<S: HttpService> Service<http::Request<Body>> for SignClientKey<S> {
    type Response = S::Response;
    type Error = BoxError;
    type Future = SignFuture<S::Future>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        match self.signer.sign(&mut request) {
            Ok(()) => SignFuture::sent(self.inner.call(request)),
            Err(error) => SignFuture::refused(error),
        }
    }
}

impl KeySigner {
    fn sign(&self, request: &mut http::Request<Body>) -> Result<(), Error> {
        let content_hash = hash(request.body().bytes());
        let content_hash = HexHash::upper(content_hash);
        let date = self.dates.at(self.clock.now())?;
        let headers = request.headers_mut();
        headers.insert(ACCESS_KEY_ID, sensitive(self.key.key_id())?);
        headers.insert(SIGNATURE_METHOD, HeaderValue::from_static("RSA_PKCS1_SHA_256"));

        let signed = SignedHeaders::new(headers, |name| name.starts_with("x-kms-"));
        let content_type = headers.get(CONTENT_TYPE).map_or(&b""[..], HeaderValue::as_bytes);
        let write = |mut out: &mut dyn FnMut(&[u8])| {
            for line in [b"POST", &content_hash.as_bytes()[..], content_type, date.as_bytes()] {
                out(line);
                out(b"\n");
            }
            signed.lines(&mut out);
            out(b"/");
        };
        let mut string_to_sign = Zeroizing::new(Vec::with_capacity(size_of(write)));
        write(&mut |piece| string_to_sign.extend_from_slice(piece));
        let authorization = self.recent.get_or_make(&string_to_sign, || {
            let signature = STANDARD.encode(self.key.sign(&string_to_sign)?);
            sensitive(&format!("Bearer {signature}"))
        })?;

        let content_hash = HeaderValue::from_bytes(content_hash.as_bytes());
        let content_hash = content_hash.expect("digits are a header's value");
        headers.insert(CONTENT_SHA256, content_hash);
        headers.insert(DATE, date);
        headers.insert(AUTHORIZATION, authorization);
        Ok(())
    }
}

/// The latest signatures, by the hash of the signed text.
#[derive(Debug, Default)]
struct Recent(Mutex<HashMap<[u8; 32], HeaderValue>>);

impl Recent {
    /// A signature covers the date, so it is of no use after its second.
    const CAPACITY: usize = 256;

    fn get_or_make(
        &self,
        string_to_sign: &[u8],
        make: impl FnOnce() -> Result<HeaderValue, Error>,
    ) -> Result<HeaderValue, Error> {
        let hash = hash(string_to_sign);
        let known = || lock(&self.0);
        if let Some(signature) = known().get(&hash) {
            return Ok(signature.clone());
        }
        let signature = make()?;
        let mut known = known();
        if known.len() == Self::CAPACITY {
            known.clear();
        }
        known.insert(hash, signature.clone());
        Ok(signature)
    }
}

fn hash(data: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, data).as_ref());
    hash
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::{Duration, SystemTime};

    use tower_test::mock;

    use super::*;
    use crate::error::{ErrorKind, Outcome};
    use crate::test_support::{Frames, answer, exchange, refused};

    /// Records what it signs.
    #[derive(Debug, Default)]
    struct Recorder {
        signed: Mutex<Vec<String>>,
        fails: bool,
    }

    impl ClientKeySigner for Recorder {
        fn key_id(&self) -> &str {
            "KAAP.1"
        }

        fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
            if self.fails {
                return Err(Error::new(ErrorKind::Sign, "the client key did not sign"));
            }
            let message = String::from_utf8(message.to_vec()).expect("text");
            self.signed.lock().expect("no panic").push(message);
            Ok(vec![0xfb, 0xff, 0x00])
        }
    }

    fn layer(key: &Arc<Recorder>) -> SignClientKeyLayer {
        let at = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
        SignClientKeyLayer::new(Arc::clone(key) as _).clock(Clock::fixed(at))
    }

    fn request() -> http::Request<Body> {
        http::Request::post("https://kst.invalid/")
            .header("host", "kst.invalid")
            .header("accept", "application/x-protobuf")
            .header("content-type", "application/x-protobuf")
            .header("x-kms-apiversion", "dkms-gcs-0.2")
            .header("x-kms-apiname", "SealThing")
            .header("x-kms-migrationkeyversionid", " v-1 ")
            .body(Body::from("abc"))
            .expect("a request")
    }

    /// The SHA-256 of `abc`, from FIPS 180-2.
    const DIGEST_OF_ABC: &str = "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD";

    async fn signed(request: http::Request<Body>) -> (http::Request<Body>, String) {
        let key = Arc::new(Recorder::default());
        let (signed, result) = exchange(&layer(&key), request, answer(200, "")).await;
        let result: Result<http::Response<Frames>, _> = result;
        assert!(result.is_ok());
        let strings = key.signed.lock().expect("no panic").clone();
        assert_eq!(strings.len(), 1);
        (signed, strings.concat())
    }

    #[tokio::test]
    async fn a_request_that_repeats_within_its_second_is_signed_once() {
        let key = Arc::new(Recorder::default());
        let layer = layer(&key);
        let mut other = request();
        other.headers_mut().insert("x-kms-apiname", HeaderValue::from_static("OpenThing"));
        for request in [request(), request(), other, request()] {
            let (signed, result) = exchange(&layer, request, answer(200, "")).await;
            let result: Result<http::Response<Frames>, _> = result;
            assert!(result.is_ok());
            assert_eq!(signed.headers()[AUTHORIZATION], "Bearer +/8A");
        }
        assert_eq!(key.signed.lock().expect("no panic").len(), 2);
    }

    #[test]
    fn no_more_signatures_are_remembered_than_the_capacity() {
        let recent = Recent::default();
        for number in 0..1_000_u32 {
            let made = recent.get_or_make(&number.to_be_bytes(), || sensitive("s"));
            assert!(made.is_ok());
        }
        assert!(recent.0.lock().expect("no panic").len() <= Recent::CAPACITY);
    }

    #[tokio::test]
    async fn the_string_to_sign_is_the_one_that_the_protocol_prescribes() {
        let (_, string_to_sign) = signed(request()).await;
        let expected = format!(
            "POST\n{DIGEST_OF_ABC}\napplication/x-protobuf\nMon, 23 Nov 2026 08:00:00 GMT\n\
             x-kms-acccesskeyid:KAAP.1\n\
             x-kms-apiname:SealThing\n\
             x-kms-apiversion:dkms-gcs-0.2\n\
             x-kms-migrationkeyversionid:v-1\n\
             x-kms-signaturemethod:RSA_PKCS1_SHA_256\n\
             /"
        );
        assert_eq!(string_to_sign, expected);
    }

    #[tokio::test]
    async fn the_headers_are_those_that_the_protocol_prescribes() {
        let (signed, _) = signed(request()).await;
        for (name, value) in [
            ("x-kms-acccesskeyid", "KAAP.1"),
            ("x-kms-signaturemethod", "RSA_PKCS1_SHA_256"),
            ("content-sha256", DIGEST_OF_ABC),
            ("date", "Mon, 23 Nov 2026 08:00:00 GMT"),
            ("authorization", "Bearer +/8A"),
        ] {
            assert_eq!(signed.headers()[name], value, "{name}");
        }
        assert_eq!(signed.headers().len(), 6 + 5);
        let shown = format!("{:?}", signed.headers());
        assert!(!shown.contains("KAAP.1") && !shown.contains("+/8A"), "{shown}");
    }

    #[tokio::test]
    async fn headers_of_other_names_are_not_signed() {
        let mut other = request();
        let value = HeaderValue::from_static("x");
        other.headers_mut().insert("x-acs-extra", value.clone());
        other.headers_mut().insert("user-agent", value);
        assert_eq!(signed(other).await.1, signed(request()).await.1);
    }

    #[tokio::test]
    async fn a_clock_before_1970_signs_and_does_not_panic() {
        let clock = Clock::fixed(SystemTime::UNIX_EPOCH - Duration::from_secs(1));
        let layer = layer(&Arc::default()).clock(clock);
        let (signed, result) = exchange(&layer, request(), answer(200, "")).await;
        let result: Result<http::Response<Frames>, _> = result;
        assert!(result.is_ok());
        assert_eq!(signed.headers()[DATE], "Thu, 01 Jan 1970 00:00:00 GMT");
    }

    #[tokio::test]
    async fn a_key_that_cannot_sign_is_an_error_and_nothing_is_sent() {
        let key = Arc::new(Recorder { fails: true, ..Recorder::default() });
        let error = refused(&layer(&key), request()).await;
        assert_eq!(error.kind(), ErrorKind::Sign);
        assert_eq!(error.outcome(), Outcome::NotSent);
    }

    #[tokio::test]
    async fn readiness_is_that_of_the_service_below() {
        let layer = layer(&Arc::default());
        let (mut service, mut handle) =
            mock::spawn_layer::<http::Request<Body>, http::Response<Frames>, _>(layer);
        handle.allow(0);
        assert!(service.poll_ready().is_pending());
        handle.allow(1);
        assert!(matches!(service.poll_ready(), Poll::Ready(Ok(()))));
    }
}
