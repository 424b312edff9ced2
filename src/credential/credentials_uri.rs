//! A server of the user's own that issues temporary access keys.

use std::fmt;

use async_trait::async_trait;
use http::{Method, Request, Uri};

use super::http_client::LIMIT;
use super::issued::Issued;
use super::{Cached, Environment, LoadCredential, Temporary};
use crate::trimmed::trimmed;
use crate::{Body, Endpoint, Error, ErrorKind, ExposeSecret as _, Identity, SecretString};

const CREDENTIALS_URI: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// A provider that requests a temporary access key from a server of your own, with a `GET` of its
/// URI.
///
/// The server answers with a JSON object: `Code` is `Success`, and `AccessKeyId`,
/// `AccessKeySecret`, `SecurityToken` and `Expiration` are the credential. The URI's path and query
/// are treated as secrets.
#[derive(Clone)]
pub struct CredentialsUri {
    uri: Option<SecretString>,
    environment: Environment,
}

impl CredentialsUri {
    /// Creates a provider for this URI, with the scheme `http` or `https`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: it is not such a URI.
    pub fn new(uri: impl Into<SecretString>, environment: &Environment) -> Result<Self, Error> {
        let uri = uri.into();
        parse(&uri, "the credentials URI")?;
        Ok(Self { uri: Some(uri), environment: environment.clone() })
    }

    /// Creates a provider for the URI in `ALIBABA_CLOUD_CREDENTIALS_URI`.
    pub fn from_environment(environment: &Environment) -> Self {
        Self { uri: None, environment: environment.clone() }
    }

    /// Returns a provider that keeps the loaded credential.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    fn uri(&self) -> Result<SecretString, Error> {
        if let Some(uri) = &self.uri {
            return Ok(uri.clone());
        }
        let uri = self.environment.word(CREDENTIALS_URI)?.map(SecretString::from);
        uri.ok_or_else(|| {
            Error::new(ErrorKind::Credential, format!("{CREDENTIALS_URI} is not set"))
        })
    }
}

/// Returns the URI, and the endpoint that errors name.
fn parse(text: &SecretString, what: &str) -> Result<(Uri, Endpoint), Error> {
    let wrong = || {
        let message = format!("{what} is not of the form http://host[:port]/path");
        Error::new(ErrorKind::Credential, message)
    };
    let uri: Uri = trimmed(text.expose_secret()).parse().map_err(|_| wrong())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wrong());
    };
    // This refuses other schemes, user names and invalid ports.
    let endpoint = format!("{scheme}://{authority}").parse().map_err(|_| wrong())?;
    Ok((uri, endpoint))
}

#[async_trait]
impl LoadCredential for CredentialsUri {
    fn name(&self) -> &'static str {
        "credentials_uri"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let (uri, endpoint) = parse(&self.uri()?, CREDENTIALS_URI)?;
        let mut request = Request::new(Body::default());
        *request.method_mut() = Method::GET;
        *request.uri_mut() = uri;
        let answer = self.environment.http().send(request, LIMIT).await?.success()?;
        answer.json::<Issued>()?.into_temporary(endpoint.authority())
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity::new(["credentials uri", self.uri().ok()?.expose_secret()]))
    }

    fn not_applicable(&self) -> Option<String> {
        let is_unset = || matches!(self.environment.word(CREDENTIALS_URI), Ok(None));
        (self.uri.is_none() && is_unset()).then(|| format!("{CREDENTIALS_URI} is not set"))
    }
}

impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialsUri([redacted])")
    }
}
