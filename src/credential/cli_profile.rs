//! A profile of the aliyun CLI, from `~/.aliyun/config.json`.

mod cloud_sso;
mod config;
#[cfg(feature = "process")]
mod external;
mod mode;
mod oauth;
mod sign_in;
mod write_back;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alibabacloud_kms_middleware::__private::shown;
use async_trait::async_trait;

use self::config::{Config, Profile};
use self::mode::Mode;
use self::oauth::Memory;
use super::file::is_missing;
use super::profile::{
    ProfileSource, lasting, path, required, required_key, secret, text, wrong_field,
};
use super::{
    Cached, CredentialsUri, EcsRole, Environment, LoadCredential, OidcRole, RamRole, Role, Sts,
    Temporary, file, profile,
};
use crate::lock::lock;
use crate::trimmed::{bare_name, shown_name};
use crate::{Credential, Error, ErrorKind};

const DISABLED: &str = "ALIBABA_CLOUD_CLI_PROFILE_DISABLED";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

/// The maximum number of profiles that assume roles one after the other.
const LONGEST_CHAIN: usize = 8;

/// A provider for a profile of the aliyun CLI, from `~/.aliyun/config.json`.
///
/// | mode | where the credential comes from |
/// |---|---|
/// | `AK`, `StsToken`, `BearerToken` | the file |
/// | `RamRoleArn` | STS, as with [`RamRole`], signed with the profile's access key |
/// | `ChainableRamRoleArn` | STS, signed with the credential of another profile, `source_profile` |
/// | `EcsRamRole` | the instance's metadata, as with [`EcsRole`] |
/// | `RamRoleArnWithRoleName` | STS, signed with the instance's credential |
/// | `OIDC` | STS, as with [`OidcRole`] |
/// | `CredentialsURI` | a server, as with [`CredentialsUri`] |
/// | `External` | a program's output (feature `process`) |
/// | `CloudSSO` | the sign-in portal of CloudSSO, with the token of the last sign-in |
/// | `OAuth` | Alibaba Cloud's OAuth server, with tokens that are renewed and written back |
///
/// `RsaKeyPair` and `Anonymous` cannot sign for KMS; they are errors.
///
/// Each load reads the file again, so a new sign-in, another current profile and a rotated key take
/// effect. Fields that a profile lacks are not taken from environment variables.
///
/// The provider writes nothing, except in the mode `OAuth`: its tokens become void when they are
/// renewed, so the new ones are written back with their access key. The default chain skips this
/// provider if `ALIBABA_CLOUD_CLI_PROFILE_DISABLED` is `true`.
///
/// ```no_run
/// use alibabacloud_kms::OpenApiGateway;
/// use alibabacloud_kms::credential::{CliProfile, Environment};
///
/// # fn run() -> Result<(), alibabacloud_kms::Error> {
/// let profile = CliProfile::new(&Environment::from_process()).profile("billing").cached();
/// let gateway = OpenApiGateway::region("cn-hangzhou", profile)?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct CliProfile {
    name: Option<String>,
    file: Option<PathBuf>,
    environment: Environment,
    memory: Arc<Memory>,
    origin: Arc<Mutex<Option<String>>>,
}

impl CliProfile {
    /// Creates a provider for the profile that `ALIBABA_CLOUD_PROFILE` names, else for the CLI's
    /// current profile, in `~/.aliyun/config.json`.
    pub fn new(environment: &Environment) -> Self {
        Self {
            name: None,
            file: None,
            environment: environment.clone(),
            memory: Arc::default(),
            origin: Arc::default(),
        }
    }

    /// Sets the name of the profile.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the path of the file (default `~/.aliyun/config.json`).
    #[must_use]
    pub fn file(mut self, path: impl Into<PathBuf>) -> Self {
        self.file = Some(path.into());
        self
    }

    /// Returns a provider that keeps the loaded credential.
    pub fn cached(self) -> Cached<Self> {
        let environment = self.environment.clone();
        Cached::new(self, &environment)
    }

    fn path(&self) -> Option<PathBuf> {
        let of_home = || Some(self.environment.home()?.join(".aliyun").join("config.json"));
        self.file.clone().or_else(of_home)
    }

    /// Returns the name of the profile to use, and a description of what names it.
    fn chosen(&self, config: &Config) -> Result<(String, String), Error> {
        if let Some(name) = &self.name {
            return Ok((name.clone(), format!("profile {}", shown_name(name))));
        }
        let that = |setting: &str| format!("profile with the name in {setting}");
        if let Some(name) = self.environment.word(PROFILE)? {
            return Ok((name, that(PROFILE)));
        }
        let current =
            text(&config.current).map(|name| (name.to_owned(), that("its field `current`")));
        current.ok_or_else(|| {
            let message = format!(
                "{PROFILE} is not set, and the file has no current profile: name one of its \
                 profiles"
            );
            Error::new(ErrorKind::Credential, message)
        })
    }
}

impl fmt::Debug for CliProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        profile::show("CliProfile", self.name.as_deref(), self.file.as_deref(), f)
    }
}

#[async_trait]
impl LoadCredential for CliProfile {
    fn name(&self) -> &'static str {
        "cli_profile"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let path = self.path().ok_or_else(|| {
            Error::new(
                ErrorKind::Credential,
                "the home directory is unknown: set HOME (on Windows USERPROFILE)",
            )
        })?;
        let unread = |error| {
            let message = format!("the file {} has no usable profile", shown(&path));
            Error::new(ErrorKind::Credential, message).with_source(error)
        };
        let config = Config::parse(&file::read(&path).await?).map_err(unread)?;
        let (name, what) = self.chosen(&config).map_err(unread)?;
        let signing_in = SigningIn {
            config: &config,
            file: &path,
            environment: &self.environment,
            memory: &self.memory,
        };
        let chain = signing_in.chain(&name, &what)?;
        if let Some(profile) = chain.first() {
            let mut origin = lock(&self.origin);
            *origin = Some(signing_in.place(profile).to_string());
        }
        signing_in.load(&chain).await
    }

    fn origin(&self) -> Option<String> {
        lock(&self.origin).clone()
    }

    fn not_applicable(&self) -> Option<String> {
        if self.environment.is_true(DISABLED) {
            return Some(format!("{DISABLED} is true"));
        }
        match self.path() {
            None => {
                Some("the home directory is unknown: set HOME (on Windows USERPROFILE)".to_owned())
            }
            Some(path) if is_missing(&path) => {
                Some(format!("the file {} does not exist", shown(&path)))
            }
            Some(_) => None,
        }
    }

    /// A program may take a minute, and assuming roles takes more time.
    fn limit(&self) -> Duration {
        Duration::from_secs(90)
    }
}

/// A load, with the content of the file that was read for it.
struct SigningIn<'a> {
    config: &'a Config,
    file: &'a Path,
    environment: &'a Environment,
    memory: &'a Memory,
}

impl<'a> SigningIn<'a> {
    fn place(&self, profile: &'a Profile) -> ProfileSource<'a> {
        let name = text(&profile.name).unwrap_or_default();
        // An unknown mode may be anything, for instance a secret in the wrong line, so it is not
        // shown.
        let kind = match profile.known_mode() {
            Ok(mode) => format!("mode {}", mode.name()),
            Err(_) => "of an unknown mode".to_owned(),
        };
        ProfileSource { name, file: self.file, kind }
    }

    /// Returns the profile, the source of its role, the source of that one, and so on.
    fn chain(&self, first: &str, what: &str) -> Result<Vec<&'a Profile>, Error> {
        let mut chain: Vec<&Profile> = Vec::new();
        let mut next = first;
        loop {
            let file = shown(self.file);
            // The error shows the names that lead to the fault. A value that does not look like a
            // name may be anything, so it is not shown.
            let wrong = |what: &str| {
                let names = chain.iter().filter_map(|profile| text(&profile.name)).chain([next]);
                let names: Vec<String> = names.map(bare_name).collect();
                let names = names.join(" -> ");
                Error::new(ErrorKind::Credential, format!("the profile `{names}` of {file} {what}"))
            };
            let Some(profile) = self.config.profile(next) else {
                if chain.is_empty() {
                    let message = format!("the file {file} has no {what}");
                    return Err(Error::new(ErrorKind::Credential, message));
                }
                return Err(wrong(
                    "does not exist: correct the `source_profile` of the profile before it",
                ));
            };
            if chain.iter().any(|known| std::ptr::eq(*known, profile)) {
                return Err(wrong("is its own source: correct its `source_profile`"));
            }
            if chain.len() == LONGEST_CHAIN {
                return Err(wrong("has a chain of more than 8 sources"));
            }
            chain.push(profile);
            if !matches!(profile.known_mode(), Ok(Mode::ChainableRamRoleArn)) {
                return Ok(chain);
            }
            next = required(text(&profile.source_profile), "source_profile")
                .map_err(|error| self.place(profile).failed(error))?;
        }
    }

    async fn load(&self, chain: &[&'a Profile]) -> Result<Temporary, Error> {
        let Some((source, roles)) = chain.split_last() else {
            return Err(Error::new(ErrorKind::Credential, "no profile is named"));
        };
        let failed = |profile, error| self.place(profile).failed(error);
        let mut loaded = self.own(source).await.map_err(|error| failed(source, error))?;
        for profile in roles.iter().rev() {
            let assumed = self.assume(profile, loaded.credential).await;
            loaded = assumed.map_err(|error| failed(profile, error))?;
        }
        Ok(loaded)
    }

    /// Returns the credential that the profile has by itself.
    async fn own(&self, profile: &Profile) -> Result<Temporary, Error> {
        let environment = self.environment;
        match profile.known_mode()? {
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
                let uri = CredentialsUri::new(uri.clone(), environment);
                uri.map_err(wrong_field("credentials_uri"))?.load().await
            }
            Mode::External => external(profile).await,
            Mode::CloudSso => cloud_sso::load(profile, environment).await,
            Mode::OAuth => {
                oauth::SignedIn { file: self.file, environment, memory: self.memory }
                    .load(profile)
                    .await
            }
            Mode::RsaKeyPair => refused("an RSA key pair cannot sign for KMS; use an access key"),
            Mode::Anonymous => refused("KMS requires a credential: use a profile of another mode"),
            // `chain` has followed this mode to its source, so it is never the last one.
            Mode::ChainableRamRoleArn => refused("its source was not resolved"),
        }
    }

    async fn assume(&self, profile: &Profile, source: Credential) -> Result<Temporary, Error> {
        let mut role = RamRole::new(role(profile)?, source, self.environment);
        if let Some(id) = text(&profile.external_id) {
            role = role.external_id(id).map_err(wrong_field("external_id"))?;
        }
        role.sts(self.sts(profile)?).load().await
    }

    async fn ecs_role(&self, profile: &Profile) -> Result<Temporary, Error> {
        let mut role = EcsRole::new(self.environment);
        if let Some(name) = text(&profile.ram_role_name) {
            role = role.role_name(name).map_err(wrong_field("ram_role_name"))?;
        }
        match role.not_applicable() {
            Some(why) => Err(Error::new(ErrorKind::Credential, why)),
            None => role.load().await,
        }
    }

    fn oidc_role(&self, profile: &Profile) -> Result<OidcRole, Error> {
        let provider = required(text(&profile.oidc_provider_arn), "oidc_provider_arn")?;
        let token_file = required(text(&profile.oidc_token_file), "oidc_token_file")?;
        let token_file = path(token_file, "oidc_token_file")?;
        let role = OidcRole::new(role(profile)?, provider, token_file, self.environment)
            .map_err(wrong_field("oidc_provider_arn"))?;
        Ok(role.sts(self.sts(profile)?))
    }

    fn sts(&self, profile: &Profile) -> Result<Sts, Error> {
        match text(&profile.sts_region) {
            None => Sts::from_environment(self.environment),
            Some(region) => Sts::from_region(region, profile.enable_vpc, self.environment)
                .map_err(wrong_field("sts_region")),
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
    let arn = required(text(&profile.ram_role_arn), "ram_role_arn")?;
    let mut role = Role::new(arn).map_err(wrong_field("ram_role_arn"))?;
    let session = [
        ("ram_session_name", &profile.ram_session_name),
        ("role_session_name", &profile.role_session_name),
    ];
    if let Some((field, name)) =
        session.into_iter().find_map(|(field, value)| Some((field, text(value)?)))
    {
        role = role.session_name(name).map_err(wrong_field(field))?;
    }
    if let Some(seconds) = profile.expired_seconds.filter(|seconds| *seconds != 0) {
        let duration = Duration::from_secs(u64::try_from(seconds).unwrap_or_default());
        role = role.duration(duration).map_err(wrong_field("expired_seconds"))?;
    }
    match text(&profile.policy) {
        Some(policy) => role.policy(policy).map_err(wrong_field("policy")),
        None => Ok(role),
    }
}

fn bearer(profile: &Profile) -> Result<Credential, Error> {
    const HEADER: &str = "x-acs-bearer-token";
    let header = text(&profile.bearer_token_header_key).unwrap_or(HEADER);
    if !header.eq_ignore_ascii_case(HEADER) {
        return refused("KMS takes a bearer token in the header x-acs-bearer-token alone");
    }
    required_key(profile.bearer_token.as_ref(), "bearer_token").map(Credential::bearer)
}

fn refused<T>(why: &'static str) -> Result<T, Error> {
    Err(Error::new(ErrorKind::Credential, why))
}
