//! The mode `CloudSSO`: an access key from the company's sign-in portal.
//!
//! `POST <portal>/cloud-credentials` with the account, the access configuration and the token of
//! the last sign-in. The token cannot be renewed: the user signs in again, and the file has another
//! one. Nothing is written back: the access key can be requested again at any time.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE};
use http::{HeaderValue, Uri};

use super::config::Profile;
use super::sign_in::{accepted, bearer, ended, post, since_1970};
use crate::credential::http_client::LIMIT;
use crate::credential::issued::Issued;
use crate::credential::profile::{required, required_key, text};
use crate::credential::{Environment, Temporary};
use crate::middleware::wire::json;
use crate::{Endpoint, Error, ErrorKind, kms_api};

kms_api! {
    version = "2015-04-01";

    /// The account whose access key is requested.
    pub object Wanted {
        account_id: String,
        access_configuration_id: String,
    }

    /// The answer of the portal.
    pub object Portal {
        cloud_credential: Option<Issued>,
    }
}

pub(super) async fn load(profile: &Profile, environment: &Environment) -> Result<Temporary, Error> {
    let url = required(text(&profile.cloud_sso_sign_in_url), "cloud_sso_sign_in_url")?;
    let wanted = Wanted {
        account_id: required(text(&profile.cloud_sso_account_id), "cloud_sso_account_id")?.into(),
        access_configuration_id: required(
            text(&profile.cloud_sso_access_config),
            "cloud_sso_access_config",
        )?
        .into(),
    };
    let token = required_key(profile.access_token.as_ref(), "access_token")?;
    if !is_valid(profile, environment) {
        let cause = Error::new(ErrorKind::Credential, "its access token has expired");
        return Err(signed_out(&cause));
    }
    let mut request = post(&portal(url)?, "/cloud-credentials", json::expose(&wanted))?;
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    request.headers_mut().insert(AUTHORIZATION, bearer(&token)?);
    let answer = environment.http().send(request, LIMIT).await?;
    let answer = accepted(answer, signed_out)?;
    let portal: Portal = answer.json()?;
    portal.cloud_credential.unwrap_or_default().into_temporary("the CloudSSO portal")
}

fn is_valid(profile: &Profile, environment: &Environment) -> bool {
    profile.cloud_sso_access_token_expire.is_some_and(|end| end > since_1970(environment))
}

fn signed_out(cause: &Error) -> Error {
    let message =
        "the CloudSSO sign-in has ended: sign in again with `aliyun configure --mode CloudSSO`";
    ended(message, cause)
}

/// Returns the portal of a sign-in URL such as
/// `https://signin-cn-shanghai.alibabacloudsso.com/example/login`. Only https is accepted, since
/// the token is sent there.
fn portal(url: &str) -> Result<Endpoint, Error> {
    let wrong = || {
        let message = "cloud_sso_sign_in_url is not of the form https://host/name/login";
        Error::new(ErrorKind::Credential, message)
    };
    let uri: Uri = url.trim().parse().map_err(|_| wrong())?;
    match (uri.scheme_str(), uri.authority()) {
        // This refuses user names and invalid ports.
        (Some("https"), Some(authority)) => {
            format!("https://{authority}").parse().map_err(|_| wrong())
        }
        (Some("http"), Some(_)) => {
            let message = "cloud_sso_sign_in_url begins with http://, over which the access token would \
                           go unencrypted: expected https://";
            Err(Error::new(ErrorKind::Credential, message))
        }
        _ => Err(wrong()),
    }
}
