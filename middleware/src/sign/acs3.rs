//! ACS3: the signature of the RPC dialect.
//!
//! Signs `host`, `content-type` where there is a body, and every `x-acs-*` header. With a bearer
//! token nothing is signed and no `authorization` is sent.
//!
//! The credential is asked for here, once per attempt. Loading one has a limit of its own; while it
//! is loaded, the call's [`Deadline`] stands still.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use aws_lc_rs::{digest, hmac};
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue, Uri};
use secrecy::{ExposeSecret, SecretString};
use tower::{Layer, Service};
use zeroize::Zeroizing;

use super::{canonical_headers, hex, sensitive};
use crate::clock::{Clock, Nonce, iso8601};
use crate::credential::{Credential, ProvideCredential};
use crate::error::{BoxError, Error, ErrorKind};
use crate::options::CallOptions;
use crate::signals::{Deadline, Progress, SignedBy};
use crate::{Body, BoxFuture, HttpService};

const DATE: HeaderName = HeaderName::from_static("x-acs-date");
const NONCE: HeaderName = HeaderName::from_static("x-acs-signature-nonce");
const CONTENT_SHA256: HeaderName = HeaderName::from_static("x-acs-content-sha256");
const ACCESS_KEY_ID: HeaderName = HeaderName::from_static("x-acs-accesskey-id");
const SECURITY_TOKEN: HeaderName = HeaderName::from_static("x-acs-security-token");
const BEARER_TOKEN: HeaderName = HeaderName::from_static("x-acs-bearer-token");

/// The hash and MAC of the signature.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Acs3Algorithm {
    /// `ACS3-HMAC-SHA256`.
    #[default]
    HmacSha256,
    /// `ACS3-HMAC-SM3`: SM3 for both.
    #[cfg(feature = "sm3")]
    HmacSm3,
}

impl Acs3Algorithm {
    /// The name in the `authorization` header.
    pub const fn name(self) -> &'static str {
        match self {
            Self::HmacSha256 => "ACS3-HMAC-SHA256",
            #[cfg(feature = "sm3")]
            Self::HmacSm3 => "ACS3-HMAC-SM3",
        }
    }

    /// The hash, in lower-case hexadecimal.
    pub fn hash(self, data: &[u8]) -> String {
        match self {
            Self::HmacSha256 => hex(digest::digest(&digest::SHA256, data).as_ref()),
            #[cfg(feature = "sm3")]
            Self::HmacSm3 => {
                use sm3::Digest as _;
                hex(&sm3::Sm3::digest(data))
            }
        }
    }

    /// The signature of a string to sign, in lower-case hexadecimal.
    pub fn sign(self, secret: &SecretString, string_to_sign: &str) -> String {
        let (key, data) = (secret.expose_secret().as_bytes(), string_to_sign.as_bytes());
        match self {
            Self::HmacSha256 => {
                hex(hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), data).as_ref())
            }
            #[cfg(feature = "sm3")]
            Self::HmacSm3 => {
                use hmac_sm3::{KeyInit as _, Mac as _};
                let mut mac = hmac_sm3::Hmac::<sm3::Sm3>::new_from_slice(key)
                    .expect("HMAC takes keys of every length");
                mac.update(data);
                hex(&mac.finalize().into_bytes())
            }
        }
    }
}

#[cfg(feature = "sm3")]
use ::hmac as hmac_sm3;

/// Makes [`SignAcs3`]s.
#[derive(Debug, Clone)]
pub struct SignAcs3Layer {
    signer: Signer,
}

#[derive(Debug, Clone)]
struct Signer {
    credential: Arc<dyn ProvideCredential>,
    algorithm: Acs3Algorithm,
    clock: Clock,
    nonce: Nonce,
    loading_limit: Duration,
}

impl SignAcs3Layer {
    /// Signs with what this provider gives, unless a call brings its own.
    pub fn new(credential: Arc<dyn ProvideCredential>) -> Self {
        Self {
            signer: Signer {
                credential,
                algorithm: Acs3Algorithm::default(),
                clock: Clock::default(),
                nonce: Nonce::default(),
                loading_limit: Duration::from_secs(60),
            },
        }
    }

    /// Whose credentials sign, unless a call brings its own.
    pub fn provider(&self) -> Arc<dyn ProvideCredential> {
        Arc::clone(&self.signer.credential)
    }

    /// Signs with this algorithm; `ACS3-HMAC-SHA256` unless told.
    #[must_use]
    pub fn algorithm(mut self, algorithm: Acs3Algorithm) -> Self {
        self.signer.algorithm = algorithm;
        self
    }

    /// Takes the date from this clock.
    #[must_use]
    pub fn clock(mut self, clock: Clock) -> Self {
        self.signer.clock = clock;
        self
    }

    /// Takes nonces from this source.
    #[must_use]
    pub fn nonce(mut self, nonce: Nonce) -> Self {
        self.signer.nonce = nonce;
        self
    }

    /// Limits the time that a credential may take to load; 60 s unless told. It is not part of the
    /// call's own limits.
    #[must_use]
    pub fn loading_limit(mut self, limit: Duration) -> Self {
        self.signer.loading_limit = limit;
        self
    }
}

impl<S> Layer<S> for SignAcs3Layer {
    type Service = SignAcs3<S>;

    fn layer(&self, inner: S) -> SignAcs3<S> {
        SignAcs3 { inner, signer: self.signer.clone() }
    }
}

/// Signs each request with an access key, or adds a bearer token.
#[derive(Debug, Clone)]
pub struct SignAcs3<S> {
    inner: S,
    signer: Signer,
}

impl<S> Service<http::Request<Body>> for SignAcs3<S>
where
    S: HttpService + Clone + Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = BoxFuture<Self::Response>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.inner.poll_ready(cx).map_err(Into::into)
    }

    fn call(&mut self, mut request: http::Request<Body>) -> Self::Future {
        // The clone is not ready; the one that was polled ready is.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let signer = self.signer.clone();
        Box::pin(async move {
            let credential = signer.credential_of(request.extensions()).await?;
            signer.sign(&mut request, &credential)?;
            let mut response = inner.call(request).await.map_err(Into::into)?;
            if response.status().is_client_error() {
                let signed_by = credential.identity().map(SignedBy::new);
                signed_by.and_then(|signed_by| response.extensions_mut().insert(signed_by));
            }
            Ok(response)
        })
    }
}

impl Signer {
    /// What the call's own provider gives, else the layer's.
    async fn credential_of(&self, call: &http::Extensions) -> Result<Credential, Error> {
        let own = call.get::<Arc<CallOptions>>().and_then(|options| options.credential.as_ref());
        let progress = call.get::<Progress>().cloned().unwrap_or_default();
        progress.hold_request();
        let provided = own.unwrap_or(&self.credential).provide();
        let limited = tokio::time::timeout(self.loading_limit, provided);
        let loaded = match call.get::<Deadline>() {
            Some(deadline) => deadline.stand_still(limited).await,
            None => limited.await,
        };
        let credential = loaded.unwrap_or_else(|_| {
            let message = format!("no credential within its limit of {:?}", self.loading_limit);
            Err(Error::new(ErrorKind::Credential, message))
        })?;
        progress.release_request();
        Ok(credential)
    }

    fn sign(
        &self,
        request: &mut http::Request<Body>,
        credential: &Credential,
    ) -> Result<(), Error> {
        let date = iso8601(self.clock.now());
        let content_hash = self.algorithm.hash(request.body().bytes());
        let nonce = self.nonce.next()?;
        let headers = request.headers_mut();
        headers.insert(DATE, plain(date)?);
        headers.insert(NONCE, plain(nonce)?);
        headers.insert(CONTENT_SHA256, plain(content_hash.clone())?);
        match credential {
            Credential::Bearer(token) => {
                headers.insert(BEARER_TOKEN, sensitive(token.expose_secret())?);
                add_to_query(request, "SignatureType=BEARERTOKEN")
            }
            Credential::AccessKey { id, secret, security_token } => {
                if let Some(token) = security_token {
                    headers.insert(ACCESS_KEY_ID, sensitive(id)?);
                    headers.insert(SECURITY_TOKEN, sensitive(token.expose_secret())?);
                }
                let authorization = self.authorization(request, id, secret, &content_hash);
                request.headers_mut().insert(AUTHORIZATION, sensitive(&authorization)?);
                Ok(())
            }
        }
    }

    fn authorization(
        &self,
        request: &http::Request<Body>,
        id: &str,
        secret: &SecretString,
        content_hash: &str,
    ) -> String {
        let (headers, signed) = canonical_headers(request.headers(), |name| {
            name == "host" || name == "content-type" || name.starts_with("x-acs-")
        });
        let query = canonical_query(request.uri());
        let canonical = Zeroizing::new(format!(
            "{}\n{}\n{}\n{}\n{signed}\n{content_hash}",
            request.method(),
            request.uri().path(),
            *query,
            *headers,
        ));
        let algorithm = self.algorithm.name();
        let string_to_sign = format!("{algorithm}\n{}", self.algorithm.hash(canonical.as_bytes()));
        let signature = self.algorithm.sign(secret, &string_to_sign);
        format!("{algorithm} Credential={id},SignedHeaders={signed},Signature={signature}")
    }
}

/// The query's pairs sorted by name. They are percent-encoded already.
fn canonical_query(uri: &Uri) -> Zeroizing<String> {
    let mut pairs: Vec<(&str, &str)> = uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .collect();
    pairs.sort_unstable();
    let mut out = Zeroizing::new(String::with_capacity(uri.query().map_or(0, str::len) + 1));
    for (name, value) in pairs {
        if !out.is_empty() {
            out.push('&');
        }
        out.push_str(name);
        out.push('=');
        out.push_str(value);
    }
    out
}

fn add_to_query(request: &mut http::Request<Body>, pair: &str) -> Result<(), Error> {
    let wrong = |_| Error::new(ErrorKind::Sign, "the request's URI cannot take a query");
    let query = request.uri().query().filter(|query| !query.is_empty());
    let path = match query {
        Some(query) => format!("{}?{query}&{pair}", request.uri().path()),
        None => format!("{}?{pair}", request.uri().path()),
    };
    let mut parts = request.uri().clone().into_parts();
    let path = Zeroizing::new(path.into_bytes());
    let path = crate::secret_bytes::wiped_on_drop(path);
    parts.path_and_query = Some(http::uri::PathAndQuery::from_maybe_shared(path).map_err(wrong)?);
    *request.uri_mut() = Uri::from_parts(parts)
        .map_err(|_| Error::new(ErrorKind::Sign, "the request has no host"))?;
    Ok(())
}

fn plain(text: String) -> Result<HeaderValue, Error> {
    HeaderValue::try_from(text).map_err(|_| {
        Error::new(ErrorKind::Sign, "the nonce holds a character that no header can carry")
    })
}

impl fmt::Display for Acs3Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests;
