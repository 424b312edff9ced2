//! The default chain: where the official SDKs look, in their order.
//!
//! 1. `environment`: [`Variables`]
//! 2. `oidc_role`: [`OidcRole`] of the variables
//! 3. `cli_profile`: [`CliProfile`]
//! 4. `ini_profile`: [`IniProfile`]
//! 5. `ecs_role`: [`EcsRole`]
//! 6. `credentials_uri`: [`CredentialsUri`] of the variable
//!
//! The first that gives a credential is used from then on, as the official SDKs have it. One that does
//! not apply is passed over, and so is one that has none or is refused. But one that is configured and
//! cannot be asked now (no connection, a time limit, a server's fault) ends the search: otherwise a
//! passing failure would change who signs.

use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use tokio::time::Instant;

use super::explain::{Explanation, Finding, Step};
use super::link::Link;
use super::{CliProfile, CredentialsUri, EcsRole, Environment, IniProfile, OidcRole, Variables};
use crate::{Credential, Error, ErrorKind, Identity, ProvideCredential};

/// The providers that the official SDKs ask, in their order. Clones share what was found.
#[derive(Clone)]
pub struct DefaultChain {
    shared: Arc<Shared>,
}

struct Shared {
    links: Vec<Box<dyn Link>>,
    /// The first that gave a credential.
    used: OnceLock<usize>,
}

impl DefaultChain {
    /// The chain of this process. Nothing is read or asked until a credential is wanted.
    #[expect(clippy::new_without_default, reason = "the process's environment is no default value")]
    pub fn new() -> Self {
        Self::of(&Environment::process())
    }

    /// The chain in this environment.
    pub fn of(environment: &Environment) -> Self {
        Self::of_links(vec![
            Box::new(Variables::new(environment)),
            Box::new(OidcRole::of_variables(environment).cached()),
            Box::new(CliProfile::new(environment).cached()),
            Box::new(IniProfile::new(environment).cached()),
            Box::new(EcsRole::new(environment).cached()),
            Box::new(CredentialsUri::of_variables(environment).cached()),
        ])
    }

    fn of_links(links: Vec<Box<dyn Link>>) -> Self {
        Self { shared: Arc::new(Shared { links, used: OnceLock::new() }) }
    }

    /// Asks every provider that applies, even after one has given a credential, and says what came
    /// of each: for people who wonder whose credential is used, or why there is none.
    pub async fn explain(&self) -> Explanation {
        let mut steps = Vec::with_capacity(self.shared.links.len());
        for link in &self.shared.links {
            let (step, _) = ask(&**link).await;
            steps.push(step);
        }
        Explanation { steps }
    }

    async fn search(&self) -> Result<Credential, Error> {
        let mut steps = Vec::new();
        for (index, link) in self.shared.links.iter().enumerate() {
            let (step, result) = ask(&**link).await;
            match result {
                Some(Ok(credential)) => {
                    tracing::debug!(kms.credential.provider = link.name(), "found a credential");
                    // Another call may have found it at the same time.
                    let _ = self.shared.used.set(index);
                    return Ok(credential);
                }
                Some(Err(error)) if is_passing(&error) && !link.is_guess() => {
                    let message = format!(
                        "the provider {} is configured and cannot be asked now; no other is taken \
                         in its place",
                        link.name(),
                    );
                    return Err(Error::new(ErrorKind::Credential, message).with_source(error));
                }
                _ => steps.push(step),
            }
        }
        let message = format!("no provider gave a credential:\n{}", Explanation { steps });
        Err(Error::new(ErrorKind::Credential, message))
    }

    fn used(&self) -> Option<&dyn Link> {
        let index = *self.shared.used.get()?;
        self.shared.links.get(index).map(|link| &**link)
    }
}

/// What came of a provider, and what it gave if it was asked.
async fn ask(link: &dyn Link) -> (Step, Option<Result<Credential, Error>>) {
    let begun = Instant::now();
    let (finding, result) = match link.absent() {
        Some(why) => (Finding::NotApplicable(why), None),
        None => {
            let result = link.provide().await;
            (Finding::of(&result), Some(result))
        }
    };
    let (provider, origin, took) = (link.name(), link.origin(), begun.elapsed());
    (Step { provider, origin, finding, took }, result)
}

/// Whether asking again later may succeed.
fn is_passing(error: &Error) -> bool {
    if error.status().is_some_and(|status| status.is_server_error() || status.as_u16() == 429) {
        return true;
    }
    let mut next = Some(error as &(dyn StdError + 'static));
    while let Some(error) = next {
        let kind = error.downcast_ref::<Error>().map(Error::kind);
        if matches!(kind, Some(ErrorKind::Connect | ErrorKind::Timeout | ErrorKind::Transport)) {
            return true;
        }
        next = error.source();
    }
    false
}

#[async_trait]
impl ProvideCredential for DefaultChain {
    async fn provide(&self) -> Result<Credential, Error> {
        match self.used() {
            Some(link) => link.provide().await,
            None => self.search().await,
        }
    }

    fn refused(&self, credential: Identity) -> bool {
        self.used().is_some_and(|link| link.refused(credential))
    }
}

impl fmt::Debug for DefaultChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let links = self.shared.links.iter().map(|link| link.name());
        f.debug_tuple("DefaultChain").field(&links.collect::<Vec<_>>()).finish()
    }
}
