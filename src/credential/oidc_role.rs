//! A RAM role, assumed with an OIDC token from a file: RRSA in Kubernetes.

use std::fmt;
use std::path::{Path, PathBuf};

use alibabacloud_kms_middleware::__private::shown;
use async_trait::async_trait;

use super::environment::wrong_variable;
use super::sts::AssumeRoleWithOIDCRequest;
use super::{Cached, Environment, LoadCredential, Role, Sts, Temporary, file};
use crate::trimmed::key;
use crate::{Error, ErrorKind, Identity};

const ROLE_ARN: &str = "ALIBABA_CLOUD_ROLE_ARN";
const PROVIDER_ARN: &str = "ALIBABA_CLOUD_OIDC_PROVIDER_ARN";
const TOKEN_FILE: &str = "ALIBABA_CLOUD_OIDC_TOKEN_FILE";

/// A provider that requests a temporary access key of a role from STS, with an OIDC token as the
/// proof.
///
/// Each request reads the token again, since Kubernetes rotates it.
#[derive(Debug, Clone)]
pub struct OidcRole {
    named: Option<Named>,
    sts: Option<Sts>,
    environment: Environment,
}

#[derive(Clone)]
struct Named {
    role: Role,
    provider_arn: String,
    token_file: PathBuf,
}

impl OidcRole {
    /// Creates a provider for this role, the identity provider that it trusts
    /// (`acs:ram::<account>:oidc-provider/<name>`) and the file of its token.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: `provider_arn` is not the ARN of an identity provider.
    pub fn new(
        role: Role,
        provider_arn: impl Into<String>,
        token_file: impl Into<PathBuf>,
        environment: &Environment,
    ) -> Result<Self, Error> {
        let named = Named::new(role, provider_arn.into(), token_file.into())?;
        Ok(Self { named: Some(named), sts: None, environment: environment.clone() })
    }

    /// Creates a provider for the role, identity provider and token file of
    /// `ALIBABA_CLOUD_ROLE_ARN`, `ALIBABA_CLOUD_OIDC_PROVIDER_ARN` and
    /// `ALIBABA_CLOUD_OIDC_TOKEN_FILE`.
    pub fn from_environment(environment: &Environment) -> Self {
        Self { named: None, sts: None, environment: environment.clone() }
    }

    /// Sets the STS to call (default [`Sts::from_environment`]).
    #[must_use]
    pub fn sts(mut self, sts: Sts) -> Self {
        self.sts = Some(sts);
        self
    }

    /// Returns a provider that keeps the loaded credential.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    fn named(&self) -> Result<Named, Error> {
        if let Some(named) = &self.named {
            return Ok(named.clone());
        }
        let unset = |name: &str| Error::new(ErrorKind::Credential, format!("{name} is not set"));
        let variable = |name| self.environment.word(name)?.ok_or_else(|| unset(name));
        let token_file = || self.environment.path(TOKEN_FILE)?.ok_or_else(|| unset(TOKEN_FILE));
        let role =
            Role::new(variable(ROLE_ARN)?).map_err(|error| wrong_variable(ROLE_ARN, error))?;
        Named::new(role, variable(PROVIDER_ARN)?, token_file()?)
            .map_err(|error| wrong_variable(PROVIDER_ARN, error))
    }
}

impl Named {
    fn new(role: Role, provider_arn: String, token_file: PathBuf) -> Result<Self, Error> {
        let is_provider = provider_arn
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.split_once(":oidc-provider/"))
            .is_some_and(|(account, name)| !account.is_empty() && !name.is_empty());
        if !is_provider || !provider_arn.bytes().all(|byte| byte.is_ascii_graphic()) {
            let message = "the OIDC provider's ARN is not of the form \
                           acs:ram::<account>:oidc-provider/<name>";
            return Err(Error::new(ErrorKind::Credential, message));
        }
        Ok(Self { role, provider_arn, token_file })
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named")
            .field("role", &self.role)
            .field("provider_arn", &self.provider_arn)
            .field("token_file", &format_args!("{}", shown(&self.token_file)))
            .finish()
    }
}

#[async_trait]
impl LoadCredential for OidcRole {
    fn name(&self) -> &'static str {
        "oidc_role"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let Named { role, provider_arn, token_file } = self.named()?;
        let sts = self.sts.clone().map_or_else(|| Sts::from_environment(&self.environment), Ok)?;
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
        Some(Identity::new([
            b"oidc role",
            role.arn.as_bytes(),
            provider_arn.as_bytes(),
            file,
            policy.as_bytes(),
        ]))
    }

    fn not_applicable(&self) -> Option<String> {
        if self.named.is_some() {
            return None;
        }
        let unset: Vec<&str> = [ROLE_ARN, PROVIDER_ARN, TOKEN_FILE]
            .into_iter()
            .filter(|name| matches!(self.environment.word(name), Ok(None)))
            .collect();
        let are = if unset.len() == 1 { "is" } else { "are" };
        (!unset.is_empty()).then(|| format!("{} {are} not set", unset.join(", ")))
    }
}

async fn token(path: &Path) -> Result<crate::SecretString, Error> {
    let text = file::read(path).await?;
    let what = format!("the OIDC token file {}", shown(path));
    let token = key(&text, &what)?;
    let token =
        token.ok_or_else(|| Error::new(ErrorKind::Credential, format!("{what} is empty")))?;
    Ok(token.into())
}
