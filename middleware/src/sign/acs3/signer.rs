//! Takes the credential, and computes the signature.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::uri::PathAndQuery;
use http::{Extensions, HeaderName, HeaderValue, Uri};
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use super::algorithm::{Acs3Algorithm, Hash, MacKey};
use super::prepared::{Last, Prepared};
use crate::Body;
use crate::clock::{Clock, Nonce};
use crate::credential::{Credential, ProvideCredential};
use crate::error::{Error, ErrorKind};
use crate::hex::HexHash;
use crate::options::CallOptions;
use crate::runtime;
use crate::secret_bytes::wiped_on_drop;
use crate::sign::canonical::{self, SignedHeaders, size_of};
use crate::sign::date::DateHeader;
use crate::sign::{marked_sensitive, secret, sensitive};
use crate::signals::{Deadline, Progress};
use crate::wire::time;

const DATE: HeaderName = HeaderName::from_static("x-acs-date");
const NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-acs-content-sha256");
const ACCESS_KEY_ID: HeaderName = HeaderName::from_static("x-acs-accesskey-id");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-acs-security-token");
const BEARER_TOKEN: HeaderName = HeaderName::from_static("x-acs-bearer-token");

/// The provider of the credential that signs, and the settings of the signature.
#[derive(Debug, Clone)]
pub(super) struct Acs3Signer {
    pub(super) credential: Arc<dyn ProvideCredential>,
    pub(super) algorithm: Acs3Algorithm,
    pub(super) clock: Clock,
    pub(super) nonce: Nonce,
    pub(super) loading_limit: Duration,
    dates: Arc<DateHeader>,
    last: Last,
}

impl Acs3Signer {
    pub(super) fn new(credential: Arc<dyn ProvideCredential>) -> Self {
        Self {
            credential,
            algorithm: Acs3Algorithm::default(),
            clock: Clock::default(),
            nonce: Nonce::default(),
            loading_limit: Duration::from_secs(60),
            dates: Arc::new(DateHeader::new(time::iso8601)),
            last: Last::default(),
        }
    }

    /// Returns the credential that signs, if it is available without waiting.
    pub(super) fn at_hand(&self, call: &Extensions) -> Option<Arc<Prepared>> {
        let own = own_provider(call);
        let credential = own.unwrap_or(&self.credential).current()?;
        Some(match own {
            // Prepared for this request alone, so that the layer's own stays prepared.
            Some(_) => Arc::new(Prepared::new(credential.into_owned(), self.algorithm)),
            None => self.last.prepare(&credential, self.algorithm),
        })
    }

    /// Loads a credential from the call's own provider, else from the layer's.
    pub(super) async fn load(&self, call: &Extensions) -> Result<Arc<Prepared>, Error> {
        runtime::current()?;
        let progress = call.get::<Progress>().cloned().unwrap_or_default();
        progress.hold_request();
        let provided = own_provider(call).unwrap_or(&self.credential).provide();
        let limited = runtime::timeout(self.loading_limit, provided);
        let loaded = match call.get::<Deadline>() {
            Some(deadline) => deadline.pause_during(limited).await,
            None => limited.await,
        };
        let credential = loaded.unwrap_or_else(|| {
            let limit = self.loading_limit;
            let message = format!(
                "loading a credential took longer than its limit of {limit:?}: check what its \
                 provider waits for"
            );
            Err(Error::new(ErrorKind::Credential, message))
        })?;
        progress.release_request();
        Ok(Arc::new(Prepared::new(credential, self.algorithm)))
    }

    pub(super) fn sign(
        &self,
        request: &mut http::Request<Body>,
        signer: &Prepared,
    ) -> Result<(), Error> {
        signer.check()?;
        let date = self.dates.at(self.clock.now())?;
        let content_hash = self.content_hash(request.body().bytes());
        let nonce = self.nonce.next()?;
        let headers = request.headers_mut();
        headers.insert(DATE, date);
        headers.insert(NONCE, plain(nonce)?);
        headers.insert(CONTENT_SHA256, content_hash.clone());
        match (signer.credential(), signer.key()) {
            (Credential::AccessKey { id, security_token, .. }, Some(key)) => {
                if let Some(token) = security_token {
                    headers.insert(ACCESS_KEY_ID, sensitive(id)?);
                    headers.insert(SECURITY_TOKEN, secret(token.expose_secret())?);
                }
                let authorization =
                    self.authorization(request, id, key, content_hash.as_bytes())?;
                request.headers_mut().insert(AUTHORIZATION, authorization);
                Ok(())
            }
            (Credential::Bearer(token), _) => {
                headers.insert(BEARER_TOKEN, secret(token.expose_secret())?);
                add_to_query(request, "SignatureType=BEARERTOKEN")
            }
            (Credential::AccessKey { .. }, None) => {
                Err(Error::new(ErrorKind::Sign, "the access key was not prepared"))
            }
        }
    }

    /// Returns the hash of a body. Most requests have none.
    fn content_hash(&self, body: &[u8]) -> HeaderValue {
        const OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        if body.is_empty() && self.algorithm == Acs3Algorithm::HmacSha256 {
            return HeaderValue::from_static(OF_NOTHING);
        }
        let mut hash = Hash::new(self.algorithm);
        hash.update(body);
        HeaderValue::from_bytes(hash.finish().as_bytes()).expect("digits are a header's value")
    }

    fn authorization(
        &self,
        request: &http::Request<Body>,
        id: &str,
        key: &MacKey,
        content_hash: &[u8],
    ) -> Result<HeaderValue, Error> {
        let signed = SignedHeaders::new(request.headers(), |name| {
            name == "host" || name == "content-type" || name.starts_with("x-acs-")
        });
        let algorithm = self.algorithm.name().as_bytes();
        let names = size_of(|write| signed.names(write));
        let size = algorithm.len() + id.len() + names + 64;
        let mut value = Vec::with_capacity(size + 40);
        value.extend_from_slice(algorithm);
        value.extend_from_slice(b" Credential=");
        value.extend_from_slice(id.as_bytes());
        value.extend_from_slice(b",SignedHeaders=");
        let before_names = value.len();
        signed.names(|piece| value.extend_from_slice(piece));
        let names = &value[before_names..];
        let canonical = self.canonical_hash(request, &signed, names, content_hash);
        let signature = key.sign([algorithm, b"\n", canonical.as_bytes()]);
        value.extend_from_slice(b",Signature=");
        value.extend_from_slice(signature.as_bytes());
        marked_sensitive(HeaderValue::from_maybe_shared(Bytes::from(value)).ok())
    }

    /// Returns the hash of the canonical request, which is never in memory as a whole.
    fn canonical_hash(
        &self,
        request: &http::Request<Body>,
        signed: &SignedHeaders<'_>,
        names: &[u8],
        content_hash: &[u8],
    ) -> HexHash {
        let mut hash = Hash::new(self.algorithm);
        hash.update(request.method().as_str().as_bytes());
        hash.update(b"\n");
        hash.update(request.uri().path().as_bytes());
        hash.update(b"\n");
        canonical::query(request.uri(), |piece| hash.update(piece));
        hash.update(b"\n");
        signed.lines(|piece| hash.update(piece));
        hash.update(b"\n");
        hash.update(names);
        hash.update(b"\n");
        hash.update(content_hash);
        hash.finish()
    }
}

fn own_provider(call: &Extensions) -> Option<&Arc<dyn ProvideCredential>> {
    call.get::<Arc<CallOptions>>().and_then(|options| options.credential.as_ref())
}

fn add_to_query(request: &mut http::Request<Body>, pair: &str) -> Result<(), Error> {
    let wrong = |_| Error::new(ErrorKind::Sign, "the request's URI cannot have a query");
    let query = request.uri().query().filter(|query| !query.is_empty());
    let path = match query {
        Some(query) => format!("{}?{query}&{pair}", request.uri().path()),
        None => format!("{}?{pair}", request.uri().path()),
    };
    let mut parts = request.uri().clone().into_parts();
    let path = wiped_on_drop(Zeroizing::new(path.into_bytes()));
    parts.path_and_query = Some(PathAndQuery::from_maybe_shared(path).map_err(wrong)?);
    *request.uri_mut() = Uri::from_parts(parts).map_err(|_| {
        Error::new(
            ErrorKind::Sign,
            "the request's URI has no host: a layer above signing must keep the codec's",
        )
    })?;
    Ok(())
}

fn plain(text: String) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text).map_err(|_| {
        Error::new(
            ErrorKind::Sign,
            "the nonce has a character that a header cannot have: return visible ASCII",
        )
    })
}
