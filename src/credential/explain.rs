//! What became of each provider of a chain, for people.

use std::error::Error as StdError;
use std::fmt;
use std::time::Duration;

use crate::{Credential, Error};

/// Each provider of a chain, in its order. `Display` is a line for each; nothing is secret in it.
#[derive(Debug, Clone)]
pub struct Explanation {
    pub(super) steps: Vec<Step>,
}

/// A provider of the chain, and what came of it.
#[derive(Debug, Clone)]
pub struct Step {
    /// What it is called, such as `ecs_role`.
    pub provider: &'static str,
    /// Where it looked, such as a profile's name and file, if it has a choice.
    pub origin: Option<String>,
    /// What came of it.
    pub finding: Finding,
    /// How long it took.
    pub took: Duration,
}

/// What came of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It is not configured here; the text says what is missing.
    NotApplicable(String),
    /// It gave a credential of this kind.
    Gave(&'static str),
    /// It was asked and gave none; the text is the error with its causes.
    Failed(String),
}

impl Explanation {
    /// The providers in the chain's order.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The first provider that gave a credential: the one that the chain uses.
    pub fn used(&self) -> Option<&'static str> {
        let gave = |step: &&Step| matches!(step.finding, Finding::Gave(_));
        self.steps.iter().find(gave).map(|step| step.provider)
    }
}

impl Finding {
    pub(super) fn of(result: &Result<Credential, Error>) -> Self {
        match result {
            Ok(Credential::AccessKey { security_token: None, .. }) => Self::Gave("an access key"),
            Ok(Credential::AccessKey { .. }) => Self::Gave("an STS access key"),
            Ok(Credential::Bearer(_)) => Self::Gave("a bearer token"),
            Err(error) => Self::Failed(with_causes(error)),
        }
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, Step { provider, origin, finding, took }) in self.steps.iter().enumerate() {
            if index > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{provider:<17} ")?;
            match finding {
                Finding::NotApplicable(why) => write!(f, "not applicable: {why}")?,
                Finding::Gave(kind) => {
                    write!(f, "gave {kind}")?;
                    if let Some(origin) = origin {
                        write!(f, ": {origin}")?;
                    }
                    write!(f, " ({} ms)", took.as_millis())?;
                }
                Finding::Failed(error) => write!(f, "failed: {error} ({} ms)", took.as_millis())?,
            }
        }
        Ok(())
    }
}

/// An error's sentence with those of its causes, each once.
fn with_causes(error: &Error) -> String {
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
