//! The role of the ECS instance on which the process runs, from its metadata service.
//!
//! The service is at `http://100.100.100.200`. It is asked with a token of its own (version 2), which a
//! forwarded request cannot get. An instance that does not know tokens is asked without (version 1),
//! unless that is ruled out.

use std::time::Duration;

use ::http::{HeaderName, HeaderValue, Method, Request};
use async_trait::async_trait;

use super::http::Answer;
use super::issued::Issued;
use super::{Cached, Environment, LoadCredential, Temporary};
use crate::{Body, Error, ErrorKind, Identity};

const ROLE_NAME: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";

const HOST: &str = "http://100.100.100.200";
const TOKEN_PATH: &str = "/latest/api/token";
const ROLES_PATH: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token-ttl-seconds");
const TOKEN: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token");

/// A host on the link: it answers at once, or it is not there.
const LIMIT: Duration = Duration::from_secs(2);

/// Asks the metadata service for the temporary access key of the instance's role.
#[derive(Debug, Clone)]
pub struct EcsRole {
    role_name: Option<String>,
    version_2_only: bool,
    environment: Environment,
}

impl EcsRole {
    /// The instance's role: the one that `ALIBABA_CLOUD_ECS_METADATA` names, else the one that the
    /// service does. `ALIBABA_CLOUD_IMDSV1_DISABLED=true` rules version 1 out.
    pub fn new(environment: &Environment) -> Self {
        Self { role_name: None, version_2_only: false, environment: environment.clone() }
    }

    /// Asks for the role of this name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: no role has such a name.
    pub fn role_name(mut self, name: impl Into<String>) -> Result<Self, Error> {
        self.role_name = Some(valid_name(name.into(), "the ECS role's name")?);
        Ok(self)
    }

    /// Rules version 1 out.
    #[must_use]
    pub fn version_2_only(mut self) -> Self {
        self.version_2_only = true;
        self
    }

    /// The provider that keeps what is loaded.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    /// A token of version 2; none where version 1 is to be spoken.
    async fn token(&self) -> Result<Option<HeaderValue>, Error> {
        let mut request = request(Method::PUT, TOKEN_PATH)?;
        // The longest that the service allows.
        request.headers_mut().insert(TOKEN_TTL, HeaderValue::from_static("21600"));
        let answer = self.environment.http().send(request, LIMIT).await?;
        let is_unknown = answer.status.is_client_error();
        if is_unknown && !self.version_2_only && !self.environment.is_true(V1_DISABLED) {
            return Ok(None);
        }
        let answer = answer.success()?;
        let mut token = std::str::from_utf8(&answer.body)
            .ok()
            .and_then(|text| HeaderValue::from_str(text.trim()).ok())
            .filter(|token| !token.is_empty())
            .ok_or_else(|| answer.malformed("is not a metadata token"))?;
        token.set_sensitive(true);
        Ok(Some(token))
    }

    async fn get(&self, path: &str, token: Option<&HeaderValue>) -> Result<Answer, Error> {
        let mut request = request(Method::GET, path)?;
        request.headers_mut().extend(token.map(|token| (TOKEN, token.clone())));
        self.environment.http().send(request, LIMIT).await?.success()
    }

    async fn name(&self, token: Option<&HeaderValue>) -> Result<String, Error> {
        if let Some(name) = &self.role_name {
            return Ok(name.clone());
        }
        if let Some(name) = self.environment.variable(ROLE_NAME)? {
            return valid_name(name, ROLE_NAME);
        }
        let answer = self.get(ROLES_PATH, token).await?;
        let names = String::from_utf8_lossy(&answer.body);
        let name = names.lines().next().unwrap_or_default().trim().to_owned();
        valid_name(name, "the role of the instance's metadata")
    }
}

fn request(method: Method, path: &str) -> Result<Request<Body>, Error> {
    let request = Request::builder().method(method).uri(format!("{HOST}{path}"));
    request.body(Body::default()).map_err(|error| {
        Error::new(ErrorKind::Credential, "the ECS role's name makes no URI").with_source(error)
    })
}

/// A RAM role's name, which is safe in a path.
fn valid_name(name: String, what: &str) -> Result<String, Error> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    if !(1..=64).contains(&name.len()) || !name.bytes().all(is_allowed) {
        let message = format!("{what} is not of 1 to 64 letters, digits or .-_");
        return Err(Error::new(ErrorKind::Credential, message));
    }
    Ok(name)
}

#[async_trait]
impl LoadCredential for EcsRole {
    fn name(&self) -> &'static str {
        "ecs_role"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let token = self.token().await?;
        let name = self.name(token.as_ref()).await?;
        let answer = self.get(&format!("{ROLES_PATH}{name}"), token.as_ref()).await?;
        answer.json::<Issued>()?.into_temporary("the instance's metadata")
    }

    fn identity(&self) -> Option<Identity> {
        let name = match &self.role_name {
            Some(name) => Some(name.clone()),
            None => self.environment.variable(ROLE_NAME).ok()?,
        };
        Some(Identity::of(["ecs role", name.as_deref().unwrap_or_default()]))
    }

    fn absent(&self) -> Option<String> {
        self.environment.is_true(DISABLED).then(|| format!("{DISABLED} is true"))
    }

    fn is_guess(&self) -> bool {
        self.role_name.is_none() && matches!(self.environment.variable(ROLE_NAME), Ok(None))
    }
}
