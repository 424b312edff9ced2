//! The result of each provider of a chain, for people to read.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::{Credential, Error};

/// The result of each provider of a chain, in the chain's order. `Display` prints one line per
/// provider; nothing in it is secret.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub(super) steps: Vec<Step>,
}

/// A provider of the chain and its result.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Step {
    /// The provider's name, such as `ecs_role`.
    pub provider: &'static str,
    /// Where it looked, such as a profile's name and file, if there is a choice.
    pub origin: Option<String>,
    /// The result.
    pub finding: Finding,
    /// How long it took.
    pub duration: Duration,
}

/// The result of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Finding {
    /// It is not configured here. The text says what is missing.
    NotApplicable(String),
    /// It returned a credential of this kind.
    Found(&'static str),
    /// It failed, and the chain goes on. The text is the error with its causes.
    Failed(String),
    /// It is configured and failed temporarily, or has a key, a token or a sign-in that cannot be
    /// used, so the chain ends here without a credential. The text is the error with its causes.
    Unavailable(String),
}

impl Explanation {
    /// Returns the providers in the chain's order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns the first provider that returned a credential: the one that the chain uses. Returns
    /// `None` if no provider did, or if an earlier provider is [`Unavailable`](Finding::Unavailable).
    pub fn used(&self) -> Option<&'static str> {
        let ends =
            |step: &&Step| matches!(step.finding, Finding::Found(_) | Finding::Unavailable(_));
        let last = self.steps.iter().find(ends)?;
        matches!(last.finding, Finding::Found(_)).then_some(last.provider)
    }
}

impl Finding {
    pub(super) fn of(credential: &Credential) -> Self {
        Self::Found(match credential {
            Credential::AccessKey { security_token: None, .. } => "an access key",
            Credential::AccessKey { .. } => "an STS access key",
            Credential::Bearer(_) => "a bearer token",
            _ => "a credential",
        })
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Step { provider, origin, finding, duration }) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{provider:<17} ")?;
            match finding {
                Finding::NotApplicable(why) => write!(f, "not applicable: {why}")?,
                Finding::Found(kind) => {
                    write!(f, "gave {kind}")?;
                    if let Some(origin) = origin {
                        write!(f, ": {origin}")?;
                    }
                    write!(f, " ({} ms)", duration.as_millis())?;
                }
                Finding::Failed(error) => {
                    write!(f, "failed: {error} ({} ms)", duration.as_millis())?
                }
                Finding::Unavailable(error) => {
                    write!(f, "fails now, and the chain uses no other in its place: {error}")?;
                    write!(f, " ({} ms)", duration.as_millis())?;
                }
            }
        }
        Ok(())
    }
}

/// Returns the message of an error and those of its causes, each once.
pub(super) fn with_causes(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let more = error.to_string();
        if !text.contains(&more) {
            text.push_str(": ");
            text.push_str(&more);
        }
        cause = error.source();
    }
    text
}
