//! The default chain: the sources of the official SDKs, in their order.

use std::borrow::Cow;
use std::error::Error as StdError;
use std::fmt;
use std::sync::{Arc, OnceLock};

use async_trait::async_trait;
use http::StatusCode;
use tokio::time::Instant;

use super::explain::{Explanation, Finding, Step, with_causes};
use super::link::Link;
use super::{CliProfile, CredentialsUri, EcsRole, Environment, IniProfile, OidcRole, Variables};
use crate::trimmed::Unusable;
use crate::{Credential, Error, ErrorKind, Identity, ProvideCredential};

/// A provider that tries the providers of the official SDKs, in their order. Clones share the
/// result.
///
/// 1. `environment`: [`Variables`]
/// 2. `oidc_role`: [`OidcRole::from_environment`]
/// 3. `cli_profile`: [`CliProfile`]
/// 4. `ini_profile`: [`IniProfile`]
/// 5. `ecs_role`: [`EcsRole`]
/// 6. `credentials_uri`: [`CredentialsUri::from_environment`]
///
/// The first provider that returns a credential is used from then on, as in the official SDKs. A
/// provider is skipped if it is not configured, lacks a setting or is refused a credential. These
/// end the search with an error, because otherwise they would change which account signs:
///
/// - a provider that is configured and fails temporarily: no connection or TLS, a time limit, an
///   answer that breaks off or is not the service's, throttling, a server error
/// - a key or token that is there and cannot be one, such as one with white space inside, a
///   placeholder or an unclosed quote
/// - a sign-in with OAuth or CloudSSO that has ended, or that the service does not answer
///
/// [`EcsRole`] counts as configured only if a variable names its role. Use
/// [`explain`](Self::explain) to find out what each of them returns.
///
/// ```no_run
/// use alibabacloud_kms::OpenApiGateway;
/// use alibabacloud_kms::credential::DefaultChain;
///
/// let gateway = OpenApiGateway::region("cn-hangzhou", DefaultChain::new())?;
/// # Ok::<(), alibabacloud_kms::Error>(())
/// ```
#[derive(Clone)]
pub struct DefaultChain {
    inner: Arc<Inner>,
}

struct Inner {
    links: Vec<Box<dyn Link>>,
    /// The first provider that returned a credential.
    used: OnceLock<usize>,
}

impl DefaultChain {
    /// Creates a chain that reads the process's environment. Nothing is read or sent before a
    /// credential is needed.
    #[expect(clippy::new_without_default, reason = "it reads the process's environment")]
    pub fn new() -> Self {
        Self::from_environment(&Environment::from_process())
    }

    /// Creates a chain that reads this environment.
    pub fn from_environment(environment: &Environment) -> Self {
        Self::from_links(vec![
            Box::new(Variables::new(environment)),
            Box::new(OidcRole::from_environment(environment).cached()),
            Box::new(CliProfile::new(environment).cached()),
            Box::new(IniProfile::new(environment).cached()),
            Box::new(EcsRole::new(environment).cached()),
            Box::new(CredentialsUri::from_environment(environment).cached()),
        ])
    }

    fn from_links(links: Vec<Box<dyn Link>>) -> Self {
        Self { inner: Arc::new(Inner { links, used: OnceLock::new() }) }
    }

    /// Asks every provider that applies, even after one has returned a credential, and returns the
    /// result of each. Use it to find out which provider's credential is used, or why there is
    /// none.
    pub async fn explain(&self) -> Explanation {
        let mut steps = Vec::with_capacity(self.inner.links.len());
        for link in &self.inner.links {
            let (step, _) = ask(&**link).await;
            steps.push(step);
        }
        Explanation { steps }
    }

    async fn search(&self) -> Result<Credential, Error> {
        let mut steps = Vec::new();
        for (index, link) in self.inner.links.iter().enumerate() {
            let (step, result) = ask(&**link).await;
            match result {
                Some(Ok(credential)) => {
                    tracing::debug!(kms.credential.provider = link.name(), "found a credential");
                    // Another call may have found it at the same time.
                    let _ = self.inner.used.set(index);
                    return Ok(credential);
                }
                Some(Err(error)) if matches!(step.finding, Finding::Unavailable(_)) => {
                    let message = format!(
                        "the provider {} is configured but fails now, and the chain uses no other \
                         in its place: repair it, or remove its configuration",
                        link.name(),
                    );
                    return Err(Error::new(ErrorKind::Credential, message).with_source(error));
                }
                _ => steps.push(step),
            }
        }
        let message = format!("no provider returned a credential:\n{}", Explanation { steps });
        Err(Error::new(ErrorKind::Credential, message))
    }

    fn used(&self) -> Option<&dyn Link> {
        let index = *self.inner.used.get()?;
        self.inner.links.get(index).map(|link| &**link)
    }
}

/// Asks a provider. Returns the step for the explanation, and the result unless it was skipped.
async fn ask(link: &dyn Link) -> (Step, Option<Result<Credential, Error>>) {
    let begun = Instant::now();
    let (finding, result) = match link.not_applicable() {
        Some(why) => (Finding::NotApplicable(why), None),
        None => {
            let result = link.provide().await;
            let finding = match &result {
                Ok(credential) => Finding::of(credential),
                Err(error) if ends_search(error) && !link.is_implicit() => {
                    Finding::Unavailable(with_causes(error))
                }
                Err(error) => Finding::Failed(with_causes(error)),
            };
            (finding, Some(result))
        }
    };
    let (provider, origin, duration) = (link.name(), link.origin(), begun.elapsed());
    (Step { provider, origin, finding, duration }, result)
}

/// Returns `true` if the chain must not go on to another account: a later attempt may succeed, or a
/// person has to mend a key or a sign-in.
fn ends_search(error: &Error) -> bool {
    let mut next = Some(error as &(dyn StdError + 'static));
    while let Some(error) = next {
        if error.is::<Unusable>() || error.downcast_ref().is_some_and(is_passing) {
            return true;
        }
        next = error.source();
    }
    false
}

/// Returns `true` if no whole answer of the provider came, or one that refuses nothing for good.
fn is_passing(error: &Error) -> bool {
    let is_passing_status = |status: StatusCode| {
        let passing = [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS];
        // No provider redirects: a portal or a proxy in between does.
        status.is_server_error() || status.is_redirection() || passing.contains(&status)
    };
    match error.kind() {
        ErrorKind::Connect | ErrorKind::Tls | ErrorKind::Timeout | ErrorKind::Transport => true,
        // Something in between answered or failed, and not the service.
        ErrorKind::Decode | ErrorKind::Layer => true,
        // A refusal of the service has a code.
        ErrorKind::Service if error.code().is_none() => true,
        // As a call that can be repeated without harm.
        ErrorKind::Service if error.clone().with_idempotent(true).is_retryable() => true,
        _ => error.status().is_some_and(is_passing_status),
    }
}

#[async_trait]
impl ProvideCredential for DefaultChain {
    async fn provide(&self) -> Result<Credential, Error> {
        match self.used() {
            Some(link) => link.provide().await,
            None => self.search().await,
        }
    }

    fn current(&self) -> Option<Cow<'_, Credential>> {
        self.used()?.current()
    }

    fn refused(&self, credential: Identity) -> bool {
        self.used().is_some_and(|link| link.refused(credential))
    }
}

impl fmt::Debug for DefaultChain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let links = self.inner.links.iter().map(|link| link.name());
        f.debug_tuple("DefaultChain").field(&links.collect::<Vec<_>>()).finish()
    }
}
