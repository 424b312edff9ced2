//! A profile of the aliyun CLI, from `~/.aliyun/config.json`.
//!
//! | mode | what gives the credential |
//! |---|---|
//! | `AK`, `StsToken`, `BearerToken` | the file |
//! | `RamRoleArn` | STS, as [`RamRole`] asks it with the profile's access key |
//! | `ChainableRamRoleArn` | STS, with the credential of another profile, `source_profile` |
//! | `EcsRamRole` | the instance's metadata, as [`EcsRole`] |
//! | `RamRoleArnWithRoleName` | STS, with the instance's credential |
//! | `OIDC` | STS, as [`OidcRole`] |
//! | `CredentialsURI` | a server, as [`CredentialsUri`] |
//! | `External` | a program's output (feature `process`) |
//! | `CloudSSO` | the company's sign-in portal, with the token of the last sign-in |
//! | `OAuth` | Alibaba Cloud's OAuth server, with tokens that are renewed and written back |
//!
//! `RsaKeyPair` and `Anonymous` cannot sign for KMS, and an error says so.
//!
//! The file is read anew with each load, so that a new sign-in, another current profile and a rotated
//! key are picked up. What a profile lacks is not taken from variables.

mod cloud_sso;
mod config;
#[cfg(feature = "process")]
mod external;
mod mode;
mod oauth;
mod sign_in;
mod write_back;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;

use self::config::{Config, Profile};
use self::mode::Mode;
use self::oauth::Memory;
use super::profile::{Place, lasting, required, secret, text};
use super::{
    Cached, CredentialsUri, EcsRole, Environment, LoadCredential, OidcRole, RamRole, Role, Sts,
    Temporary, file,
};
use crate::lock::lock;
use crate::{Credential, Error, ErrorKind};

const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

/// How many profiles may assume roles one after the other.
const LONGEST_CHAIN: usize = 8;

/// Signs in as a profile of the aliyun CLI says.
///
/// Nothing is written but the tokens of the mode `OAuth`, which are void once they were renewed, and
/// the access key that they gave. The default chain passes it over if
/// `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` is `true`.
///
/// ```no_run
/// use alibabacloud_kms::OpenApiGateway;
/// use alibabacloud_kms::credential::{CliProfile, Environment};
///
/// # fn run() -> Result<(), alibabacloud_kms::Error> {
/// let profile = CliProfile::new(&Environment::process()).profile("billing").cached();
/// let gateway = OpenApiGateway::region("cn-hangzhou", profile)?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct CliProfile {
    name: Option<String>,
    file: Option<PathBuf>,
    environment: Environment,
    memory: Arc<Memory>,
    origin: Arc<Mutex<Option<String>>>,
}

impl CliProfile {
    /// The profile that `ALIBABA_CLOUD_PROFILE` names, else the one that the CLI uses now, of
    /// `~/.aliyun/config.json`.
    pub fn new(environment: &Environment) -> Self {
        Self {
            name: None,
            file: None,
            environment: environment.clone(),
            memory: Arc::default(),
            origin: Arc::default(),
        }
    }

    /// Takes the profile of this name.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Reads this file.
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// The provider that keeps what is loaded.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    fn path(&self) -> Option<PathBuf> {
        let of_home = || Some(self.environment.home()?.join(".aliyun").join("config.json"));
        self.file.clone().or_else(of_home)
    }

    /// The name of the profile to use.
    fn chosen(&self, config: &Config) -> Result<String, Error> {
        let named = match &self.name {
            Some(name) => Some(name.clone()),
            None => self.environment.variable(PROFILE)?,
        };
        named.or_else(|| text(&config.current).map(Into::into)).ok_or_else(|| {
            let message = format!("{PROFILE} is not set, and the file names no current profile");
            Error::new(ErrorKind::Credential, message)
        })
    }
}

#[async_trait]
impl LoadCredential for CliProfile {
    fn name(&self) -> &'static str {
        "cli_profile"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let path = self
            .path()
            .ok_or_else(|| Error::new(ErrorKind::Credential, "the home directory is not known"))?;
        let unread = |error| {
            let message = format!("the file {} gave no profile", path.display());
            Error::new(ErrorKind::Credential, message).with_source(error)
        };
        let config = Config::parse(&file::read(&path).await?).map_err(unread)?;
        let name = self.chosen(&config).map_err(unread)?;
        let signing_in = SigningIn {
            config: &config,
            file: &path,
            environment: &self.environment,
            memory: &self.memory,
        };
        let chain = signing_in.chain(&name)?;
        if let Some(profile) = chain.first() {
            let mut origin = lock(&self.origin);
            *origin = Some(signing_in.place(profile).to_string());
        }
        signing_in.load(&chain).await
    }

    fn origin(&self) -> Option<String> {
        lock(&self.origin).clone()
    }

    fn absent(&self) -> Option<String> {
        if self.environment.is_true(DISABLED) {
            return Some(format!("{DISABLED} is true"));
        }
        match self.path() {
            None => Some("the home directory is not known".to_owned()),
            Some(path) if !path.exists() => {
                Some(format!("the file {} is not there", path.display()))
            }
            Some(_) => None,
        }
    }

    /// A program may take a minute, and a role or two come on top.
    fn limit(&self) -> Duration {
        Duration::from_secs(90)
    }
}

/// A load from a file that was read.
struct SigningIn<'a> {
    config: &'a Config,
    file: &'a Path,
    environment: &'a Environment,
    memory: &'a Memory,
}

impl<'a> SigningIn<'a> {
    fn place(&self, profile: &'a Profile) -> Place<'a> {
        let name = text(&profile.name).unwrap_or_default();
        // A mode that is none may be anything, a secret in the wrong line for one.
        let kind = match profile.mode.as_deref().filter(|mode| Mode::named(mode).is_some()) {
            Some(mode) => format!("mode {mode}"),
            None => "of no known mode".to_owned(),
        };
        Place { name, file: self.file, kind }
    }

    /// The profile, the source of its role, the source of that one, and so on.
    fn chain(&self, name: &str) -> Result<Vec<&'a Profile>, Error> {
        let mut chain: Vec<&Profile> = Vec::new();
        let mut next = name;
        loop {
            let wrong = |what: &str| {
                let names = chain.iter().filter_map(|profile| text(&profile.name));
                let names: Vec<String> =
                    names.chain([next]).map(|name| name.escape_debug().to_string()).collect();
                let (file, names) = (self.file.display(), names.join(" -> "));
                Error::new(ErrorKind::Credential, format!("the profile `{names}` of {file} {what}"))
            };
            let Some(profile) = self.config.profile(next) else {
                return Err(wrong("is not there"));
            };
            if chain.iter().any(|known| std::ptr::eq(*known, profile)) {
                return Err(wrong("is a source of itself"));
            }
            if chain.len() == LONGEST_CHAIN {
                return Err(wrong("has more sources, one of the other, than are followed"));
            }
            chain.push(profile);
            if profile.mode.as_deref().and_then(Mode::named) != Some(Mode::ChainableRamRoleArn) {
                return Ok(chain);
            }
            next = required(text(&profile.source_profile), "source_profile")
                .map_err(|error| self.place(profile).failed(error))?;
        }
    }

    async fn load(&self, chain: &[&'a Profile]) -> Result<Temporary, Error> {
        let Some((source, roles)) = chain.split_last() else {
            return Err(Error::new(ErrorKind::Credential, "no profile was named"));
        };
        let failed = |profile, error| self.place(profile).failed(error);
        let mut loaded = self.own(source).await.map_err(|error| failed(source, error))?;
        for profile in roles.iter().rev() {
            let assumed = self.assume(profile, loaded.credential).await;
            loaded = assumed.map_err(|error| failed(profile, error))?;
        }
        Ok(loaded)
    }

    /// What the profile gives by itself.
    async fn own(&self, profile: &Profile) -> Result<Temporary, Error> {
        let environment = self.environment;
        let Some(mode) = profile.mode.as_deref().and_then(Mode::named) else {
            let message = format!("its mode is none of {}", Mode::names());
            return Err(Error::new(ErrorKind::Credential, message));
        };
        match mode {
            Mode::Ak => profile.access_key().map(lasting),
            Mode::StsToken => profile.sts_key().map(lasting),
            Mode::BearerToken => bearer(profile).map(lasting),
            Mode::RamRoleArn => self.assume(profile, profile.any_key()?).await,
            Mode::EcsRamRole => self.ecs_role(profile).await,
            Mode::RamRoleArnWithRoleName => {
                self.assume(profile, self.ecs_role(profile).await?.credential).await
            }
            Mode::Oidc => self.oidc_role(profile)?.load().await,
            Mode::CredentialsUri => {
                let uri = required(secret(&profile.credentials_uri), "credentials_uri")?;
                CredentialsUri::new(uri.clone(), environment)?.load().await
            }
            Mode::External => external(profile).await,
            Mode::CloudSso => cloud_sso::load(profile, environment).await,
            Mode::OAuth => {
                oauth::SignedIn { file: self.file, environment, memory: self.memory }
                    .load(profile)
                    .await
            }
            Mode::RsaKeyPair => refused("an RSA key pair cannot sign for KMS; use an access key"),
            Mode::Anonymous => refused("KMS answers nobody who does not sign in"),
            // A chain goes on to its source, and ends elsewhere.
            Mode::ChainableRamRoleArn => refused("its source was not followed"),
        }
    }

    async fn assume(&self, profile: &Profile, source: Credential) -> Result<Temporary, Error> {
        let mut role = RamRole::new(role(profile)?, source, self.environment);
        if let Some(id) = text(&profile.external_id) {
            role = role.external_id(id)?;
        }
        role.sts(self.sts(profile)?).load().await
    }

    async fn ecs_role(&self, profile: &Profile) -> Result<Temporary, Error> {
        let mut role = EcsRole::new(self.environment);
        if let Some(name) = text(&profile.ram_role_name) {
            role = role.role_name(name)?;
        }
        match role.absent() {
            Some(why) => Err(Error::new(ErrorKind::Credential, why)),
            None => role.load().await,
        }
    }

    fn oidc_role(&self, profile: &Profile) -> Result<OidcRole, Error> {
        let provider = required(text(&profile.oidc_provider_arn), "oidc_provider_arn")?;
        let token_file = required(text(&profile.oidc_token_file), "oidc_token_file")?;
        let role = OidcRole::new(role(profile)?, provider, token_file, self.environment)?;
        Ok(role.sts(self.sts(profile)?))
    }

    fn sts(&self, profile: &Profile) -> Result<Sts, Error> {
        match text(&profile.sts_region) {
            None => Sts::of(self.environment),
            Some(region) => Sts::of_region(region, profile.enable_vpc, self.environment),
        }
    }
}

#[cfg(feature = "process")]
async fn external(profile: &Profile) -> Result<Temporary, Error> {
    external::run(required(secret(&profile.process_command), "process_command")?).await
}

#[cfg(not(feature = "process"))]
async fn external(profile: &Profile) -> Result<Temporary, Error> {
    required(secret(&profile.process_command), "process_command")?;
    refused("no program is run without the feature `process` of alibabacloud-kms")
}

fn role(profile: &Profile) -> Result<Role, Error> {
    let mut role = Role::new(required(text(&profile.ram_role_arn), "ram_role_arn")?)?;
    let session = text(&profile.ram_session_name).or(text(&profile.role_session_name));
    if let Some(name) = session {
        role = role.session_name(name)?;
    }
    if let Some(seconds) = profile.expired_seconds.filter(|seconds| *seconds != 0) {
        role = role.duration(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))?;
    }
    match text(&profile.policy) {
        Some(policy) => role.policy(policy),
        None => Ok(role),
    }
}

fn bearer(profile: &Profile) -> Result<Credential, Error> {
    const HEADER: &str = "x-acs-bearer-token";
    let header = text(&profile.bearer_token_header_key).unwrap_or(HEADER);
    if !header.eq_ignore_ascii_case(HEADER) {
        return refused("KMS takes a bearer token in the header x-acs-bearer-token alone");
    }
    let token = required(secret(&profile.bearer_token), "bearer_token")?;
    Ok(Credential::bearer(token.clone()))
}

fn refused<T>(why: &'static str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::Credential, why))
}
