//! A server of the user's own that gives temporary access keys.

use std::fmt;

use ::http::{Method, Request, Uri};
use async_trait::async_trait;

use super::http::LIMIT;
use super::issued::Issued;
use super::{Cached, Environment, LoadCredential, Temporary};
use crate::{Body, Endpoint, Error, ErrorKind, ExposeSecret as _, Identity, SecretString};

const CREDENTIALS_URI: &str = "ALIBABA_CLOUD_CREDENTIALS_URI";

/// Gets a URI whose answer is `{"Code": "Success", "AccessKeyId", "AccessKeySecret", "SecurityToken",
/// "Expiration"}`. Path and query are taken for secrets.
#[derive(Clone)]
pub struct CredentialsUri {
    uri: Option<SecretString>,
    environment: Environment,
}

impl CredentialsUri {
    /// This URI, of `http` or `https`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: it is not one.
    pub fn new(uri: impl Into<SecretString>, environment: &Environment) -> Result<Self, Error> {
        let uri = uri.into();
        parse(&uri, "the credentials URI")?;
        Ok(Self { uri: Some(uri), environment: environment.clone() })
    }

    /// The URI that `ALIBABA_CLOUD_CREDENTIALS_URI` names.
    pub fn of_variables(environment: &Environment) -> Self {
        Self { uri: None, environment: environment.clone() }
    }

    /// The provider that keeps what is loaded.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    fn uri(&self) -> Result<SecretString, Error> {
        if let Some(uri) = &self.uri {
            return Ok(uri.clone());
        }
        self.environment.secret(CREDENTIALS_URI)?.ok_or_else(|| {
            Error::new(ErrorKind::Credential, format!("{CREDENTIALS_URI} is not set"))
        })
    }
}

/// The URI, and who is asked, to be named in errors.
fn parse(text: &SecretString, what: &str) -> Result<(Uri, Endpoint), Error> {
    let wrong = || {
        let message = format!("{what} is not of the form http://host[:port]/path");
        Error::new(ErrorKind::Credential, message)
    };
    let uri: Uri = text.expose_secret().parse().map_err(|_| wrong())?;
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
        return Err(wrong());
    };
    // It refuses other schemes, user names and ports that are none.
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
        Some(Identity::of(["credentials uri", self.uri().ok()?.expose_secret()]))
    }

    fn absent(&self) -> Option<String> {
        let is_unset = || matches!(self.environment.variable(CREDENTIALS_URI), Ok(None));
        (self.uri.is_none() && is_unset()).then(|| format!("{CREDENTIALS_URI} is not set"))
    }
}

impl fmt::Debug for CredentialsUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CredentialsUri([redacted])")
    }
}
