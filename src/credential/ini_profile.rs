//! A profile of the INI file that the Alibaba Cloud SDKs share: `~/.alibabacloud/credentials`.

mod ini;

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use alibabacloud_kms_middleware::__private::shown;
use async_trait::async_trait;

use self::ini::{Ini, Section};
use super::file::is_missing;
use super::profile::{ProfileSource, lasting, required, wrong_field};
use super::{
    Cached, EcsRole, Environment, LoadCredential, OidcRole, RamRole, Role, Temporary, file, profile,
};
use crate::lock::lock;
use crate::trimmed::shown_name;
use crate::{Credential, Error, ErrorKind};

const FILE: &str = "ALIBABA_CLOUD_CREDENTIALS_FILE";
const PROFILE: &str = "ALIBABA_CLOUD_PROFILE";

const TYPES: [&str; 7] = [
    "access_key",
    "sts",
    "bearer",
    "ram_role_arn",
    "oidc_role_arn",
    "ecs_ram_role",
    "rsa_key_pair",
];

/// A provider for a profile of the INI file that the Alibaba Cloud SDKs share,
/// `~/.alibabacloud/credentials`.
///
/// | `type` | fields | where the credential comes from |
/// |---|---|---|
/// | `access_key` | `access_key_id`, `access_key_secret` | the file |
/// | `sts` | these and `security_token` | the file |
/// | `bearer` | `bearer_token` | the file |
/// | `ram_role_arn` | an access key and `role_arn`; `role_session_name`, `policy` | STS, as with [`RamRole`] |
/// | `oidc_role_arn` | `role_arn`, `oidc_provider_arn`, `oidc_token_file_path`; `role_session_name`, `policy` | STS, as with [`OidcRole`] |
/// | `ecs_ram_role` | `role_name` or nothing | the instance's metadata, as with [`EcsRole`] |
///
/// `rsa_key_pair` cannot sign for KMS; it is an error. Each load reads the file again. Fields that
/// a profile lacks are not taken from environment variables.
///
/// ```no_run
/// use alibabacloud_kms::OpenApiGateway;
/// use alibabacloud_kms::credential::{Environment, IniProfile};
///
/// # fn run() -> Result<(), alibabacloud_kms::Error> {
/// let profile = IniProfile::new(&Environment::from_process()).file("/etc/app/credentials").cached();
/// let gateway = OpenApiGateway::region("cn-hangzhou", profile)?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct IniProfile {
    name: Option<String>,
    file: Option<PathBuf>,
    environment: Environment,
    origin: Arc<Mutex<Option<String>>>,
}

impl IniProfile {
    /// Creates a provider for the section that `ALIBABA_CLOUD_PROFILE` names (default `default`).
    ///
    /// The file is the one that `ALIBABA_CLOUD_CREDENTIALS_FILE` names, else
    /// `~/.alibabacloud/credentials`, else `~/.alibabacloud/credentials.ini`: official SDKs differ
    /// in which of these they read.
    pub fn new(environment: &Environment) -> Self {
        Self { name: None, file: None, environment: environment.clone(), origin: Arc::default() }
    }

    /// Sets the name of the section.
    #[must_use]
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.name = Some(name.into());
        self
    }

    /// Sets the path of the file.
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

    /// Returns the file that a setting names.
    fn named_file(&self) -> Result<Option<PathBuf>, Error> {
        match &self.file {
            Some(path) => Ok(Some(path.clone())),
            None => self.environment.path(FILE),
        }
    }

    /// Returns the file in the home directory.
    fn found_file(&self) -> Result<PathBuf, String> {
        let home = self
            .environment
            .home()
            .ok_or("the home directory is unknown: set HOME (on Windows USERPROFILE)")?;
        let folder = home.join(".alibabacloud");
        let [plain, ini] = ["credentials", "credentials.ini"].map(|name| folder.join(name));
        let missing = || format!("neither {} nor {} exists", shown(&plain), shown(&ini));
        [&plain, &ini].into_iter().find(|path| !is_missing(path)).cloned().ok_or_else(missing)
    }
}

impl fmt::Debug for IniProfile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        profile::show("IniProfile", self.name.as_deref(), self.file.as_deref(), f)
    }
}

#[async_trait]
impl LoadCredential for IniProfile {
    fn name(&self) -> &'static str {
        "ini_profile"
    }

    async fn load(&self) -> Result<Temporary, Error> {
        let path = match self.named_file()? {
            Some(path) => path,
            None => self.found_file().map_err(|why| Error::new(ErrorKind::Credential, why))?,
        };
        let (name, what) = match &self.name {
            Some(name) => (name.clone(), shown_name(name)),
            None => match self.environment.word(PROFILE)? {
                Some(name) => (name, format!("with the name in {PROFILE}")),
                None => ("default".to_owned(), "`default`".to_owned()),
            },
        };
        let text = file::read(&path).await?;
        let ini = Ini::parse(&text).map_err(|line| {
            let message = format!(
                "the file {} is not an INI file: line {line} is neither a [section] nor a \
                 field = value, or occurs twice",
                shown(&path),
            );
            Error::new(ErrorKind::Credential, message)
        })?;
        // A section may have white space around its name too.
        let exact = match &self.name {
            Some(_) => None,
            None => self.environment.variable(PROFILE)?,
        };
        let exact = exact.and_then(|name| ini.section(&name));
        let section = exact.or_else(|| ini.section(&name)).ok_or_else(|| {
            // A value that is not a profile's name may be anything, so it is not shown.
            let message = format!("the file {} has no profile {what}", shown(&path));
            Error::new(ErrorKind::Credential, message)
        })?;
        let place = place(&name, &path, &section);
        *lock(&self.origin) = Some(place.to_string());
        load(&section, &self.environment).await.map_err(|error| place.failed(error))
    }

    fn origin(&self) -> Option<String> {
        lock(&self.origin).clone()
    }

    fn not_applicable(&self) -> Option<String> {
        match self.named_file() {
            Ok(None) => self.found_file().err(),
            _ => None,
        }
    }
}

fn place<'a>(name: &'a str, file: &'a Path, section: &Section<'_>) -> ProfileSource<'a> {
    let kind = section.name("type").ok().flatten();
    // An unknown type may be anything, for instance a secret in the wrong line, so it is not shown.
    let known =
        TYPES.iter().find(|known| kind.as_ref().is_some_and(|kind| kind.as_str() == **known));
    let kind = known.map_or("of an unknown type".to_owned(), |kind| format!("type {kind}"));
    ProfileSource { name, file, kind }
}

async fn load(section: &Section<'_>, environment: &Environment) -> Result<Temporary, Error> {
    let kind = required(section.name("type")?, "type")?;
    match kind.as_str() {
        "access_key" => access_key(section).map(lasting),
        "sts" => sts_key(section).map(lasting),
        "bearer" => {
            let token = required(section.key("bearer_token")?, "bearer_token")?;
            Ok(lasting(Credential::bearer(token.as_str())))
        }
        "ram_role_arn" => {
            RamRole::new(role(section)?, access_key(section)?, environment).load().await
        }
        "oidc_role_arn" => {
            let provider = required(section.name("oidc_provider_arn")?, "oidc_provider_arn")?;
            let file = required(section.field("oidc_token_file_path")?, "oidc_token_file_path")?;
            let file = profile::path(&file, "oidc_token_file_path")?;
            let role = role(section)?;
            let role = OidcRole::new(role, provider.as_str(), file, environment);
            role.map_err(wrong_field("oidc_provider_arn"))?.load().await
        }
        "ecs_ram_role" => ecs_role(section, environment).await,
        "rsa_key_pair" => {
            let message = "an RSA key pair cannot sign for KMS; use an access key";
            Err(Error::new(ErrorKind::Credential, message))
        }
        _ => {
            let message = format!("its type is not one of {}", TYPES.join(", "));
            Err(Error::new(ErrorKind::Credential, message))
        }
    }
}

fn access_key(section: &Section<'_>) -> Result<Credential, Error> {
    let id = required(section.key("access_key_id")?, "access_key_id")?;
    let secret = required(section.key("access_key_secret")?, "access_key_secret")?;
    Ok(Credential::access_key(id.as_str(), secret.as_str()))
}

fn sts_key(section: &Section<'_>) -> Result<Credential, Error> {
    let id = required(section.key("access_key_id")?, "access_key_id")?;
    let secret = required(section.key("access_key_secret")?, "access_key_secret")?;
    let token = required(section.key("security_token")?, "security_token")?;
    Ok(Credential::sts(id.as_str(), secret.as_str(), token.as_str()))
}

fn role(section: &Section<'_>) -> Result<Role, Error> {
    let arn = required(section.name("role_arn")?, "role_arn")?;
    let mut role = Role::new(arn.as_str()).map_err(wrong_field("role_arn"))?;
    if let Some(name) = section.name("role_session_name")? {
        role = role.session_name(name.as_str()).map_err(wrong_field("role_session_name"))?;
    }
    match section.field("policy")? {
        Some(policy) => role.policy(policy.as_str()).map_err(wrong_field("policy")),
        None => Ok(role),
    }
}

async fn ecs_role(section: &Section<'_>, environment: &Environment) -> Result<Temporary, Error> {
    let mut role = EcsRole::new(environment);
    if let Some(name) = section.name("role_name")? {
        role = role.role_name(name.as_str()).map_err(wrong_field("role_name"))?;
    }
    match role.not_applicable() {
        Some(why) => Err(Error::new(ErrorKind::Credential, why)),
        None => role.load().await,
    }
}
