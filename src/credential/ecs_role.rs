//! The role of the ECS instance that the process runs on, from the metadata service.

use std::error::Error as _;
use std::time::Duration;

use async_trait::async_trait;
use http::{HeaderName, HeaderValue, Method, Request, StatusCode};

use super::http_client::HttpAnswer;
use super::issued::Issued;
use super::{Cached, Environment, LoadCredential, Temporary};
use crate::trimmed::{is_name, shown_name};
use crate::{Body, Error, ErrorKind, Identity, Outcome};

const ROLE_NAME: &str = "ALIBABA_CLOUD_ECS_METADATA";
const DISABLED: &str = "ALIBABA_CLOUD_ECS_METADATA_DISABLED";
const V1_DISABLED: &str = "ALIBABA_CLOUD_IMDSV1_DISABLED";

const HOST: &str = "http://100.100.100.200";
const TOKEN_PATH: &str = "/latest/api/token";
const ROLES_PATH: &str = "/latest/meta-data/ram/security-credentials/";
const TOKEN_TTL: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token-ttl-seconds");
const TOKEN: HeaderName = HeaderName::from_static("x-aliyun-ecs-metadata-token");

/// The host is on the same link: it answers at once, or it does not exist.
const LIMIT: Duration = Duration::from_secs(2);

/// A provider that requests the temporary access key of the ECS instance's role from the metadata
/// service.
///
/// The service is at `http://100.100.100.200`. Requests carry a token (version 2 of the service),
/// which the service does not issue to forwarded requests. If it issues none, for whatever reason,
/// it is called without one (version 1), as by the official Go SDK, unless version 1 is disabled.
///
/// If `ALIBABA_CLOUD_ECS_METADATA_DISABLED` is `true`, a [`DefaultChain`](super::DefaultChain)
/// skips this provider.
#[derive(Debug, Clone)]
pub struct EcsRole {
    role_name: Option<String>,
    disable_imdsv1: bool,
    environment: Environment,
}

impl EcsRole {
    /// Creates a provider for the role that `ALIBABA_CLOUD_ECS_METADATA` names or, if it is not
    /// set, the role that the service names. If `ALIBABA_CLOUD_IMDSV1_DISABLED` is `true`, version
    /// 1 of the service is not used.
    pub fn new(environment: &Environment) -> Self {
        Self { role_name: None, disable_imdsv1: false, environment: environment.clone() }
    }

    /// Sets the name of the role.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the name is not 1 to 64 letters, digits or `.-_`.
    pub fn role_name(mut self, name: impl Into<String>) -> Result<Self, Error> {
        self.role_name = Some(valid_name(name.into(), "the ECS role's name")?);
        Ok(self)
    }

    /// Disables version 1 of the metadata service.
    #[must_use]
    pub fn disable_imdsv1(mut self) -> Self {
        self.disable_imdsv1 = true;
        self
    }

    /// Returns a provider that keeps the loaded credential.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    /// Returns a token of version 2.
    async fn token(&self) -> Result<HeaderValue, Error> {
        let mut request = request(Method::PUT, TOKEN_PATH)?;
        // The maximum that the service allows.
        request.headers_mut().insert(TOKEN_TTL, HeaderValue::from_static("21600"));
        let answer = self.environment.http().send(request, LIMIT).await?;
        if answer.status.is_client_error() {
            let message = format!(
                "the metadata service of the instance issues no token (status {}), and its version \
                 1, which needs none, is disabled: unset {V1_DISABLED}, or let the instance have \
                 version 2",
                answer.status.as_u16(),
            );
            return Err(Error::new(ErrorKind::Credential, message).with_status(answer.status));
        }
        let answer = answer.success()?;
        let mut token = std::str::from_utf8(&answer.body)
            .ok()
            .and_then(|text| HeaderValue::from_str(text.trim()).ok())
            .filter(|token| !token.is_empty())
            .ok_or_else(|| answer.malformed("is not a metadata token"))?;
        token.set_sensitive(true);
        Ok(token)
    }

    fn uses_v1(&self) -> bool {
        !self.disable_imdsv1 && !self.environment.is_true(V1_DISABLED)
    }

    async fn load_with(&self, token: Option<&HeaderValue>) -> Result<Temporary, Error> {
        let name = self.name(token).await?;
        let path = format!("{ROLES_PATH}{name}");
        let answer = self.get(&path, token, || self.unknown(&name)).await?;
        answer.json::<Issued>()?.into_temporary("the instance's metadata")
    }

    /// Requests what is at a path. `missing` is the error if there is nothing.
    async fn get(
        &self,
        path: &str,
        token: Option<&HeaderValue>,
        missing: impl FnOnce() -> Error,
    ) -> Result<HttpAnswer, Error> {
        let mut request = request(Method::GET, path)?;
        request.headers_mut().extend(token.map(|token| (TOKEN, token.clone())));
        let answer = self.environment.http().send(request, LIMIT).await?;
        match answer.status {
            StatusCode::NOT_FOUND => Err(missing().with_status(answer.status)),
            _ => answer.success(),
        }
    }

    /// Returns the name that was set.
    fn given_name(&self) -> Result<Option<String>, Error> {
        if let Some(name) = &self.role_name {
            return Ok(Some(name.clone()));
        }
        let name = self.environment.word(ROLE_NAME)?;
        name.map(|name| valid_name(name, ROLE_NAME)).transpose()
    }

    async fn name(&self, token: Option<&HeaderValue>) -> Result<String, Error> {
        if let Some(name) = self.given_name()? {
            return Ok(name);
        }
        let answer = self.get(ROLES_PATH, token, no_role).await?;
        let names = String::from_utf8_lossy(&answer.body);
        match names.lines().next().unwrap_or_default().trim() {
            "" => Err(no_role()),
            name => valid_name(name.to_owned(), "the role of the instance's metadata"),
        }
    }

    /// The error of a role that the instance does not have.
    fn unknown(&self, name: &str) -> Error {
        let remedy = match (&self.role_name, self.given_name()) {
            (Some(_), _) => "check the name of the role that was set".to_owned(),
            (None, Ok(Some(_))) => format!("check {ROLE_NAME}"),
            // The service itself has named it.
            _ => "try again, or attach the role to it".to_owned(),
        };
        let message = format!("the instance has no RAM role {}: {remedy}", shown_name(name));
        Error::new(ErrorKind::Credential, message)
    }
}

/// Returns `true` if no connection was made, at once or within the time limit of the request.
fn is_unconnected(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<Error>());
    let was_not_sent = |error: &Error| error.outcome() == Outcome::NotSent;
    cause.is_some_and(|cause| cause.kind() == ErrorKind::Connect || was_not_sent(cause))
}

fn no_role() -> Error {
    let message = "the instance has no RAM role: attach one to it, or use another credential";
    Error::new(ErrorKind::Credential, message)
}

fn request(method: Method, path: &str) -> Result<Request<Body>, Error> {
    let request = Request::builder().method(method).uri(format!("{HOST}{path}"));
    request.body(Body::default()).map_err(|error| {
        Error::new(ErrorKind::Credential, "the ECS role's name cannot be a part of a URI")
            .with_source(error)
    })
}

/// Checks the name of a RAM role, which is then safe in a path.
fn valid_name(name: String, what: &str) -> Result<String, Error> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    // A token in the wrong place consists of these characters too.
    let is_path = name.bytes().all(|byte| byte == b'.');
    if name.len() > 64 || is_path || !name.bytes().all(is_allowed) || !is_name(&name) {
        let message = format!("{what} must be 1 to 64 letters, digits or .-_");
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
        // An invalid name is an error before any request.
        self.given_name()?;
        let issued_none = match self.token().await {
            Ok(token) => return self.load_with(Some(&token)).await,
            Err(error) => error,
        };
        // A host that takes no connection has no other version either.
        if !self.uses_v1() || is_unconnected(&issued_none) {
            return Err(issued_none);
        }
        self.load_with(None).await.map_err(|error| match error.source() {
            // Its status says that the service has no tokens, which is no failure.
            None if !issued_none.status().is_some_and(|status| status.is_client_error()) => {
                error.with_source(issued_none)
            }
            _ => error,
        })
    }

    fn identity(&self) -> Option<Identity> {
        let name = match &self.role_name {
            Some(name) => Some(name.clone()),
            None => self.environment.word(ROLE_NAME).ok()?,
        };
        Some(Identity::new(["ecs role", name.as_deref().unwrap_or_default()]))
    }

    fn not_applicable(&self) -> Option<String> {
        self.environment.is_true(DISABLED).then(|| format!("{DISABLED} is true"))
    }

    fn is_implicit(&self) -> bool {
        self.role_name.is_none() && matches!(self.environment.word(ROLE_NAME), Ok(None))
    }
}
