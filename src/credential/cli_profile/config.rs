//! The fields of the CLI's file that matter for signing in.

use super::mode::Mode;
use crate::credential::profile::{optional_key, required_id, required_key, text};
use crate::middleware::wire::json;
use crate::trimmed::trimmed;
use crate::{Credential, Error, ErrorKind, SecretString, kms_api};

kms_api! {
    version = "2015-04-01";

    /// `~/.aliyun/config.json`.
    pub object Config {
        /// The profile to use if no setting names one.
        current: Option<String> = "current",
        profiles: Vec<Profile> = "profiles",
    }

    /// A profile. Its mode decides which fields count.
    pub object Profile {
        name: Option<String> = "name",
        mode: Option<String> = "mode",
        access_key_id: Option<String> = "access_key_id",
        #[secret] access_key_secret: Option<SecretString> = "access_key_secret",
        #[secret] sts_token: Option<SecretString> = "sts_token",
        /// The end of the access key that was written back, in seconds since 1970.
        sts_expiration: Option<i64> = "sts_expiration",
        sts_region: Option<String> = "sts_region",
        enable_vpc: Option<bool> = "enable_vpc",
        ram_role_name: Option<String> = "ram_role_name",
        ram_role_arn: Option<String> = "ram_role_arn",
        ram_session_name: Option<String> = "ram_session_name",
        /// Some official SDKs read this instead in the mode `OIDC`.
        role_session_name: Option<String> = "role_session_name",
        expired_seconds: Option<i64> = "expired_seconds",
        policy: Option<String> = "policy",
        external_id: Option<String> = "external_id",
        source_profile: Option<String> = "source_profile",
        oidc_provider_arn: Option<String> = "oidc_provider_arn",
        oidc_token_file: Option<String> = "oidc_token_file",
        /// It may hold a secret, and so may the URI.
        #[secret] process_command: Option<SecretString> = "process_command",
        #[secret] credentials_uri: Option<SecretString> = "credentials_uri",
        #[secret] bearer_token: Option<SecretString> = "bearer_token",
        bearer_token_header_key: Option<String> = "bearer_token_header_key",
        cloud_sso_sign_in_url: Option<String> = "cloud_sso_sign_in_url",
        cloud_sso_account_id: Option<String> = "cloud_sso_account_id",
        cloud_sso_access_config: Option<String> = "cloud_sso_access_config",
        cloud_sso_access_token_expire: Option<i64> = "cloud_sso_access_token_expire",
        #[secret] access_token: Option<SecretString> = "access_token",
        oauth_site_type: Option<String> = "oauth_site_type",
        #[secret] oauth_access_token: Option<SecretString> = "oauth_access_token",
        oauth_access_token_expire: Option<i64> = "oauth_access_token_expire",
        #[secret] oauth_refresh_token: Option<SecretString> = "oauth_refresh_token",
    }
}

impl Config {
    /// Parses the text of the file, which may begin with a byte order mark.
    pub(super) fn parse(file: &str) -> Result<Self, Error> {
        let file = file.strip_prefix('\u{feff}').unwrap_or(file);
        let mut config = Self::default();
        json::decode(file.as_bytes(), &mut config).map_err(|error| {
            let message = "it is not the JSON that the aliyun CLI writes";
            Error::new(ErrorKind::Credential, message).with_source(error)
        })?;
        Ok(config)
    }

    /// Returns the first profile of this name.
    pub(super) fn profile(&self, name: &str) -> Option<&Profile> {
        let mut profiles = self.profiles.iter();
        profiles.find(|profile| profile.name.as_deref().map(trimmed) == Some(trimmed(name)))
    }
}

impl Profile {
    /// Returns the mode, which decides how the profile signs in.
    pub(super) fn known_mode(&self) -> Result<Mode, Error> {
        let name = text(&self.mode);
        name.and_then(Mode::named).ok_or_else(|| {
            let what = if name.is_some() { "its mode is not" } else { "it has no `mode`:" };
            let message = format!("{what} one of {}", Mode::names());
            Error::new(ErrorKind::Credential, message)
        })
    }

    /// Returns the access key of the mode `AK`.
    pub(super) fn access_key(&self) -> Result<Credential, Error> {
        let id = required_id(&self.access_key_id, "access_key_id")?;
        let secret = required_key(self.access_key_secret.as_ref(), "access_key_secret")?;
        Ok(Credential::access_key(id, secret))
    }

    /// Returns the access key and token of the mode `StsToken`.
    pub(super) fn sts_key(&self) -> Result<Credential, Error> {
        required_key(self.sts_token.as_ref(), "sts_token")?;
        self.any_key()
    }

    /// Returns the access key, with a token if there is one.
    pub(super) fn any_key(&self) -> Result<Credential, Error> {
        let token = optional_key(self.sts_token.as_ref(), "sts_token")?;
        Ok(match (self.access_key()?, token) {
            (Credential::AccessKey { id, secret, .. }, Some(token)) => {
                Credential::sts(id, secret, token)
            }
            (credential, _) => credential,
        })
    }
}
