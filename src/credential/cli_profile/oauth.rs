//! The mode `OAuth`: an access key from Alibaba Cloud's OAuth server, for a user who signed in.
//!
//! `POST /v1/exchange` returns an access key for the access token. If the access token expires
//! soon, `POST /v1/token` first returns another one for the refresh token. The old refresh token is
//! then void, and the answer contains the next one. So both are written back to the file at once,
//! before the exchange; otherwise the CLI would be signed out. The access key is written after
//! that, as the CLI does it. Tokens that cannot be written are kept in memory.
//!
//! An access key in the file is used while it is valid, but not twice in a row: another load means
//! that it is too old or was refused.

use std::fmt;
use std::path::Path;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, UNIX_EPOCH};

use alibabacloud_kms_middleware::__private::runtime;
use http::HeaderValue;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use zeroize::Zeroizing;

use super::config::{Config, Profile};
use super::sign_in::{accepted as accepted_by, bearer, ended, post, since_1970};
use super::write_back;
use crate::credential::http_client::{HttpAnswer, LIMIT};
use crate::credential::issued::Issued;
use crate::credential::profile::{optional_key, required, secret, text};
use crate::credential::{Environment, Temporary, file};
use crate::lock::lock;
use crate::middleware::wire::json;
use crate::middleware::wire::parameters::{Parameter, encode};
use crate::middleware::wire::time::iso8601;
use crate::{
    Credential, Endpoint, Error, ErrorKind, ExposeSecret as _, Identity, ProvideCredential as _,
    SecretString, kms_api,
};

/// How long before its end an access token is renewed, in seconds, as in the official SDKs.
const RENEWED_BEFORE: i64 = 20 * 60;

/// How long an access key of the file must still be valid to be used, in seconds.
const USED_BEFORE: i64 = 60;

/// The pauses in which another process may write what it renewed, in milliseconds.
const PAUSES_MS: [u64; 5] = [0, 100, 200, 400, 800];

/// The sites by `oauth_site_type`, with the id under which the CLI is registered there.
const SITES: [(&str, &str, &str); 2] = [
    ("CN", "https://oauth.aliyun.com", "4038181954557748008"),
    ("INTL", "https://oauth.alibabacloud.com", "4103531455503354461"),
];

kms_api! {
    version = "2015-04-01";

    /// The answer of `/v1/token`.
    pub object Renewal {
        #[secret] access_token: Option<SecretString> = "access_token",
        #[secret] refresh_token: Option<SecretString> = "refresh_token",
        /// In seconds.
        expires_in: Option<i64> = "expires_in",
    }

    /// The answer of `/v1/exchange` with names that begin in lower case: some official clients read
    /// these, some the others.
    pub object Exchanged {
        access_key_id: Option<String> = "accessKeyId",
        #[secret] access_key_secret: Option<SecretString> = "accessKeySecret",
        #[secret] security_token: Option<SecretString> = "securityToken",
        expiration: Option<String> = "expiration",
    }

    /// The fields that are written back.
    pub object Written {
        #[secret] oauth_refresh_token: Option<SecretString> = "oauth_refresh_token",
        #[secret] oauth_access_token: Option<SecretString> = "oauth_access_token",
        oauth_access_token_expire: Option<i64> = "oauth_access_token_expire",
        access_key_id: Option<String> = "access_key_id",
        #[secret] access_key_secret: Option<SecretString> = "access_key_secret",
        #[secret] sts_token: Option<SecretString> = "sts_token",
        sts_expiration: Option<i64> = "sts_expiration",
    }
}

/// What a load remembers beside the file.
#[derive(Default)]
pub(super) struct Memory(Mutex<Known>);

#[derive(Default)]
struct Known {
    /// The access key that was returned last.
    given: Option<Identity>,
    /// The refresh token of the file, and the tokens that it was renewed to.
    renewed: Option<(SecretString, Tokens)>,
}

#[derive(Clone)]
struct Tokens {
    access: Option<SecretString>,
    /// In seconds since 1970.
    access_end: i64,
    refresh: Option<SecretString>,
}

struct Site {
    endpoint: Endpoint,
    client_id: &'static str,
}

/// A load for a user who signed in.
pub(super) struct SignedIn<'a> {
    pub(super) file: &'a Path,
    pub(super) environment: &'a Environment,
    pub(super) memory: &'a Memory,
}

impl SignedIn<'_> {
    pub(super) async fn load(&self, profile: &Profile) -> Result<Temporary, Error> {
        let error = match self.load_once(profile).await {
            Err(error) if error.status().is_some_and(|status| status.is_client_error()) => error,
            result => return result,
        };
        // Perhaps another process has renewed the tokens in the meantime, which makes ours void. It
        // may still be writing them.
        for pause in PAUSES_MS {
            runtime::sleep(Duration::from_millis(pause)).await;
            let config = file::read(self.file).await.and_then(|text| Config::parse(&text));
            let Ok(config) = config else { continue };
            if let Some(newer) = config.profile(text(&profile.name).unwrap_or_default())
                && refresh_token(newer) != refresh_token(profile)
            {
                return self.load_once(newer).await;
            }
        }
        Err(error)
    }

    async fn load_once(&self, profile: &Profile) -> Result<Temporary, Error> {
        if let Some(kept) = self.kept(profile) {
            return Ok(kept);
        }
        let site = site(profile)?;
        let mut tokens = self.memory.tokens(profile)?;
        let ends_soon = tokens.access_end <= since_1970(self.environment) + RENEWED_BEFORE;
        if let Some(refresh) = tokens.refresh.as_ref().filter(|_| ends_soon) {
            tokens = self.renew(&site, refresh).await?;
            self.memory.renewed(profile, &tokens);
            self.write_back(profile, &tokens, Written::default()).await;
        }
        let access = required(tokens.access.as_ref(), "oauth_access_token")
            .map_err(|error| signed_out(&error))?;
        let temporary = self.exchange(&site, access).await?;
        self.memory.known().given = temporary.credential.identity();
        self.write_back(profile, &tokens, access_key(&temporary)).await;
        Ok(temporary)
    }

    /// Returns the access key of the file, if it can be used.
    fn kept(&self, profile: &Profile) -> Option<Temporary> {
        let credential = profile.sts_key().ok()?;
        let end = profile.sts_expiration?;
        let is_worth_it = end > since_1970(self.environment).saturating_add(USED_BEFORE);
        let mut known = self.memory.known();
        if !is_worth_it || known.given == credential.identity() {
            return None;
        }
        known.given = credential.identity();
        let expires_at = UNIX_EPOCH.checked_add(Duration::from_secs(u64::try_from(end).ok()?))?;
        Some(Temporary { credential, expires_at: Some(expires_at) })
    }

    async fn renew(&self, site: &Site, refresh: &SecretString) -> Result<Tokens, Error> {
        let text = |text: &str| Zeroizing::new(text.to_owned());
        let now = self.environment.clock().now();
        let form = encode(&[
            Parameter::new("grant_type", text("refresh_token")),
            Parameter::new("refresh_token", text(refresh.expose_secret())),
            Parameter::new("client_id", text(site.client_id)),
            Parameter::new("Timestamp", text(&iso8601(now))),
        ]);
        let mut request = post(&site.endpoint, "/v1/token", form)?;
        let form_type = HeaderValue::from_static("application/x-www-form-urlencoded");
        request.headers_mut().insert(CONTENT_TYPE, form_type);
        let answer = self.environment.http().send(request, LIMIT).await?;
        let renewal: Renewal = accepted(answer)?.json()?;
        let access = required(secret(&renewal.access_token), "access_token")
            .map_err(|error| signed_out(&error))?;
        let lifetime = renewal.expires_in.unwrap_or(3600);
        Ok(Tokens {
            access: Some(access.clone()),
            access_end: since_1970(self.environment).saturating_add(lifetime),
            // A server that returns no new refresh token keeps the old one valid.
            refresh: secret(&renewal.refresh_token).or(Some(refresh)).cloned(),
        })
    }

    async fn exchange(&self, site: &Site, access: &SecretString) -> Result<Temporary, Error> {
        let mut request = post(&site.endpoint, "/v1/exchange", Zeroizing::default())?;
        request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        request.headers_mut().insert(AUTHORIZATION, bearer(access)?);
        let answer = self.environment.http().send(request, LIMIT).await?;
        let answer = accepted(answer)?;
        let mut issued: Issued = answer.json()?;
        if issued.access_key_id.is_none() {
            let Exchanged { access_key_id, access_key_secret, security_token, expiration } =
                answer.json()?;
            issued =
                Issued { access_key_id, access_key_secret, security_token, expiration, ..issued };
        }
        issued.into_temporary("the OAuth server")
    }

    /// Writes to the file, unless the user has signed in again. A failed write does not withhold
    /// the credential.
    async fn write_back(&self, profile: &Profile, tokens: &Tokens, mut fields: Written) {
        fields.oauth_refresh_token = tokens.refresh.clone();
        fields.oauth_access_token = tokens.access.clone();
        fields.oauth_access_token_expire = Some(tokens.access_end);
        let known = [refresh_token(profile), tokens.refresh.as_ref().map(exposed)];
        let known = known.map(|token| token.map(SecretString::from));
        let is_known = move |now: &Profile| {
            known.iter().any(|known| known.as_ref().map(exposed) == refresh_token(now))
        };
        let nonce = match self.environment.nonce().next() {
            Ok(nonce) => nonce,
            Err(error) => return unwritten(&error),
        };
        let name = text(&profile.name).unwrap_or_default().to_owned();
        let change = write_back::Change { profile: name, fields: json::expose(&fields), nonce };
        if let Err(error) = change.write(self.file, is_known).await {
            unwritten(&error);
        }
    }
}

impl Memory {
    fn known(&self) -> MutexGuard<'_, Known> {
        lock(&self.0)
    }

    /// Returns the newest tokens: those of the file, unless they were renewed here and could not be
    /// written.
    fn tokens(&self, profile: &Profile) -> Result<Tokens, Error> {
        if let (Some((from, to)), Some(held)) = (&self.known().renewed, refresh_token(profile))
            && from.expose_secret() == held
        {
            return Ok(to.clone());
        }
        let token = |token: &Option<SecretString>, field| optional_key(token.as_ref(), field);
        Ok(Tokens {
            access: token(&profile.oauth_access_token, "oauth_access_token")?,
            access_end: profile.oauth_access_token_expire.unwrap_or_default(),
            refresh: token(&profile.oauth_refresh_token, "oauth_refresh_token")?,
        })
    }

    fn renewed(&self, profile: &Profile, tokens: &Tokens) {
        if let Some(from) = secret(&profile.oauth_refresh_token) {
            self.known().renewed = Some((from.clone(), tokens.clone()));
        }
    }
}

fn site(profile: &Profile) -> Result<Site, Error> {
    let wanted = text(&profile.oauth_site_type).unwrap_or("CN");
    let known = SITES.iter().find(|(name, ..)| name.eq_ignore_ascii_case(wanted));
    let Some((_, url, client_id)) = known else {
        let message = "oauth_site_type must be CN or INTL";
        return Err(Error::new(ErrorKind::Credential, message));
    };
    Ok(Site { endpoint: url.parse()?, client_id })
}

/// Returns a successful answer. If the token was refused, the error names the remedy.
fn accepted(answer: HttpAnswer) -> Result<HttpAnswer, Error> {
    accepted_by(answer, signed_out)
}

fn signed_out(cause: &Error) -> Error {
    let message = "the OAuth sign-in has ended: sign in again with `aliyun configure --mode OAuth`";
    ended(message, cause)
}

fn unwritten(error: &Error) {
    tracing::warn!(
        error.type = error.kind().as_str(),
        "the OAuth tokens were not written back to the CLI's file",
    );
}

fn refresh_token(profile: &Profile) -> Option<&str> {
    secret(&profile.oauth_refresh_token).map(exposed)
}

fn exposed(secret: &SecretString) -> &str {
    secret.expose_secret()
}

/// Returns the fields of an access key.
fn access_key(temporary: &Temporary) -> Written {
    let Credential::AccessKey { id, secret, security_token } = temporary.credential.clone() else {
        return Written::default();
    };
    let end = temporary.expires_at.and_then(|end| end.duration_since(UNIX_EPOCH).ok());
    Written {
        access_key_id: Some(id),
        access_key_secret: Some(secret),
        sts_token: security_token,
        sts_expiration: end.and_then(|end| i64::try_from(end.as_secs()).ok()),
        ..Written::default()
    }
}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Memory([redacted])")
    }
}
