//! The access key in the environment's variables.

use async_trait::async_trait;

use super::Environment;
use super::link::Link;
use crate::{Credential, Error, ErrorKind, ExposeSecret as _, Identity, ProvideCredential};

const ID: &str = "ALIBABA_CLOUD_ACCESS_KEY_ID";
const SECRET: &str = "ALIBABA_CLOUD_ACCESS_KEY_SECRET";
const TOKEN: &str = "ALIBABA_CLOUD_SECURITY_TOKEN";

/// A provider for the access key in `ALIBABA_CLOUD_ACCESS_KEY_ID` and
/// `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, with `ALIBABA_CLOUD_SECURITY_TOKEN` if it is temporary. Each
/// request reads the variables again.
///
/// White space and quotes around a value are removed. White space inside it is an error that names
/// the variable.
#[derive(Debug, Clone)]
pub struct Variables {
    environment: Environment,
}

impl Variables {
    /// Creates a provider for the variables of this environment.
    pub fn new(environment: &Environment) -> Self {
        Self { environment: environment.clone() }
    }

    fn read(&self) -> Result<Credential, Error> {
        let (id, secret) = (self.environment.key(ID)?, self.environment.key(SECRET)?);
        let missing = |name| Error::new(ErrorKind::Credential, format!("{name} is not set"));
        let id = id.ok_or_else(|| missing(ID))?.expose_secret().to_owned();
        let secret = secret.ok_or_else(|| missing(SECRET))?;
        Ok(match self.environment.key(TOKEN)? {
            None => Credential::access_key(id, secret),
            Some(token) => Credential::sts(id, secret, token),
        })
    }
}

#[async_trait]
impl ProvideCredential for Variables {
    async fn provide(&self) -> Result<Credential, Error> {
        self.read()
    }

    fn identity(&self) -> Option<Identity> {
        self.read().ok()?.identity()
    }
}

impl Link for Variables {
    fn name(&self) -> &'static str {
        "environment"
    }

    fn not_applicable(&self) -> Option<String> {
        let is_unset = |name| matches!(self.environment.key(name), Ok(None));
        (is_unset(ID) && is_unset(SECRET)).then(|| format!("{ID} and {SECRET} are not set"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variables(set: &'static [(&str, &str)]) -> Variables {
        Variables::new(&Environment::from_variables(move |name| {
            set.iter().find(|(known, _)| *known == name).map(|(_, value)| value.into())
        }))
    }

    #[tokio::test]
    async fn a_token_makes_the_key_a_temporary_one() {
        let permanent = variables(&[(ID, "id"), (SECRET, "secret"), (TOKEN, "")]);
        let shown = format!("{:?}", permanent.provide().await.expect("a credential"));
        assert_eq!(shown, "AccessKey([redacted])");
        let temporary = variables(&[(ID, "id"), (SECRET, "secret"), (TOKEN, "token")]);
        let expected = Credential::sts("id", "secret", "token").identity();
        assert_eq!(temporary.provide().await.expect("a credential").identity(), expected);
        assert_eq!(temporary.identity(), expected);
    }

    #[tokio::test]
    async fn half_an_access_key_is_an_error_that_names_the_other_half() {
        for (set, missing) in [(&[(ID, "canary")], SECRET), (&[(SECRET, "canary")], ID)] {
            let half = variables(set);
            assert_eq!(half.not_applicable(), None);
            let error = half.provide().await.expect_err("half a key");
            assert_eq!(error.kind(), ErrorKind::Credential);
            assert!(error.to_string().contains(missing));
            assert!(!format!("{error:?}").contains("canary"));
        }
    }

    #[test]
    fn without_any_it_does_not_apply() {
        assert!(variables(&[]).not_applicable().is_some());
        assert!(variables(&[(ID, ""), (SECRET, ""), (TOKEN, "token")]).not_applicable().is_some());
    }
}
