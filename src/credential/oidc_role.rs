//! A RAM role, assumed with an OIDC token from a file: RRSA in Kubernetes.

use std::path::{Path, PathBuf};

use async_trait::async_trait;

use super::environment::wrong_variable;
use super::sts::AssumeRoleWithOIDCRequest;
use super::{Cached, Environment, LoadCredential, Role, Sts, Temporary, file};
use crate::{Error, ErrorKind, Identity};

const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";

/// Asks STS for a temporary access key of a role, with an OIDC token as the proof.
///
/// The token is read anew for each request: Kubernetes rotates it.
#[derive(Debug, Clone)]
pub struct OidcRole {
    named: Option<Named>,
    sts: Option<Sts>,
    environment: Environment,
}

#[derive(Debug, Clone)]
struct Named {
    role: Role,
    provider_arn: String,
    token_file: PathBuf,
}

impl OidcRole {
    /// This role, trusting this identity provider (`acs:ram::<account>:oidc-provider/<name>`), whose
    /// token is in this file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: it is not an identity provider's ARN.
    pub fn new(
        role: Role,
        provider_arn: impl Into<String>,
        token_file: impl Into<PathBuf>,
        environment: &Environment,
    ) -> Result<Self, Error> {
        let named = Named::new(role, provider_arn.into(), token_file.into())?;
        Ok(Self { named: Some(named), sts: None, environment: environment.clone() })
    }

    /// What `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and
    /// `ALIBABA_CLOUD_OIDC_TOKEN_FILE` name.
    pub fn of_variables(environment: &Environment) -> Self {
        Self { named: None, sts: None, environment: environment.clone() }
    }

    /// Asks this STS; the environment's unless told.
    #[must_use]
    pub fn sts(mut self, sts: Sts) -> Self {
        self.sts = Some(sts);
        self
    }

    /// The provider that keeps what is loaded.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    fn named(&self) -> Result<Named, Error> {
        if let Some(named) = &self.named {
            return Ok(named.clone());
        }
        let variable = |name| {
            self.environment
                .variable(name)?
                .ok_or_else(|| Error::new(ErrorKind::Credential, format!("{name} is not set")))
        };
        let role =
            Role::new(variable(ROLE_ARN)?).map_err(|error| wrong_variable(ROLE_ARN, error))?;
        Named::new(role, variable(PROVIDER_ARN)?, variable(TOKEN_FILE)?.into())
            .map_err(|error| wrong_variable(PROVIDER_ARN, error))
    }
}

impl Named {
    fn new(role: Role, provider_arn: String, token_file: PathBuf) -> Result<Self, Error> {
        let is_provider = provider_arn
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.split_once(":oidc-provider/"))
            .is_some_and(|(account, name)| !account.is_empty() && !name.is_empty());
        if !is_provider {
            let message = "the OIDC provider's ARN is not of the form \
                           acs:ram::<account>:oidc-provider/<name>";
            return Err(Error::new(ErrorKind::Credential, message));
        }
        Ok(Self { role, provider_arn, token_file })
    }
}

#[async_trait]
impl LoadCredential for OidcRole {
    fn name(&self) -> &'static str {
        "oidc_role"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let Named { role, provider_arn, token_file } = self.named()?;
        let sts = self.sts.clone().map_or_else(|| Sts::of(&self.environment), Ok)?;
        let token = token(&token_file).await?;
        let mut request = AssumeRoleWithOIDCRequest::new(
            token,
            provider_arn,
            role.arn.clone(),
            role.session_name_in(&self.environment)?,
            i64::try_from(role.duration.as_secs()).unwrap_or(i64::MAX),
        );
        request.policy = role.policy;
        sts.assume_role_with_oidc(&request, &self.environment).await
    }

    fn identity(&self) -> Option<Identity> {
        let Named { role, provider_arn, token_file } = self.named().ok()?;
        let policy = role.policy.unwrap_or_default();
        let file = token_file.as_os_str().as_encoded_bytes();
        Some(Identity::of([
            b"oidc role",
            role.arn.as_bytes(),
            provider_arn.as_bytes(),
            file,
            policy.as_bytes(),
        ]))
    }

    fn absent(&self) -> Option<String> {
        if self.named.is_some() {
            return None;
        }
        let unset: Vec<&str> = [ROLE_ARN, PROVIDER_ARN, TOKEN_FILE]
            .into_iter()
            .filter(|name| matches!(self.environment.variable(name), Ok(None)))
            .collect();
        let are = if unset.len() == 1 { "is" } else { "are" };
        (!unset.is_empty()).then(|| format!("{} {are} not set", unset.join(", ")))
    }
}

async fn token(path: &Path) -> Result<crate::SecretString, Error> {
    let text = file::read(path).await?;
    let token = text.trim();
    if token.is_empty() {
        let message = format!("the OIDC token file {} is empty", path.display());
        return Err(Error::new(ErrorKind::Credential, message));
    }
    Ok(token.into())
}
