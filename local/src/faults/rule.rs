//! Rules that say when a fault happens.

use std::time::Duration;

use alibabacloud_kms::__private::{nearest, shown_action};
use alibabacloud_kms::transfer::TransferInfo;
use alibabacloud_kms::{api, native};
use serde::{Deserialize, Serialize};

use super::effect::{FaultEffect, RetryHint};

/// A rule of a [`LocalGateway`](crate::LocalGateway): which requests get which fault.
///
/// Rules are tried in the order in which they were added, and the first one whose turn it is
/// applies. Each rule counts every request that it is for, even if another rule applies to it. A
/// rule without an effect only delays.
///
/// ```
/// use std::time::Duration;
///
/// use alibabacloud_kms_local::{FaultRule, LocalGateway, RetryHint};
///
/// let gateway = LocalGateway::builder()
///     // The second and the third Encrypt.
///     .fault(FaultRule::on("Encrypt").after(1).times(2).throttle(Some(RetryHint::Seconds(1))))
///     .fault(FaultRule::any().delay(Duration::from_millis(20)));
/// # drop(gateway);
/// ```
///
/// In a file or an admin call, a rule is an object with the same names:
/// `{"action": "Encrypt", "after": 1, "times": 2, "effect": {"throttle": {"hint": {"seconds": 1}}}}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FaultRule {
    /// The action or operation; every one if it is `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    action: Option<String>,
    /// The number of requests that are answered as usual first.
    #[serde(default)]
    after: u64,
    /// The number of requests that get the fault after that; all if it is `None`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default)]
    delay_ms: u64,
    #[serde(default)]
    effect: FaultEffect,
}

impl FaultRule {
    /// Creates a rule for requests of this action or operation, such as `Encrypt` or
    /// `AdvanceEncrypt`. The name of an action also stands for the operations that it becomes on an
    /// instance.
    pub fn on(action: impl Into<String>) -> Self {
        Self { action: Some(action.into()), ..Self::any() }
    }

    /// Creates a rule for all requests.
    pub fn any() -> Self {
        Self { action: None, after: 0, times: None, delay_ms: 0, effect: FaultEffect::None }
    }

    /// Sets the number of requests that are answered as usual first (default 0).
    pub fn after(self, requests: u64) -> Self {
        Self { after: requests, ..self }
    }

    /// Sets the number of requests that get the fault (default: all).
    pub fn times(self, requests: u64) -> Self {
        Self { times: Some(requests), ..self }
    }

    /// Sets the delay before the effect, or before the answer if there is no effect (default:
    /// none).
    pub fn delay(self, delay: Duration) -> Self {
        Self { delay_ms: u64::try_from(delay.as_millis()).unwrap_or(u64::MAX), ..self }
    }

    /// Answers with an error of the service: an HTTP status, a code and a message.
    pub fn error(self, status: u16, code: impl Into<String>, message: impl Into<String>) -> Self {
        let (code, message) = (code.into(), message.into());
        self.with(FaultEffect::Error { status, code, message })
    }

    /// Throttles the request: `429`, `Rejected.Throttling`. `hint` adds a header that tells when to
    /// retry.
    pub fn throttle(self, hint: Option<RetryHint>) -> Self {
        self.with(FaultEffect::Throttle { hint })
    }

    /// Answers with this HTTP status and no body, as a proxy might.
    pub fn status(self, status: u16) -> Self {
        self.with(FaultEffect::Status { status })
    }

    /// Closes the connection as soon as it is accepted: nothing is sent on it.
    pub fn refuse_connection(self) -> Self {
        self.with(FaultEffect::RefuseConnection)
    }

    /// Carries out the request, and closes the connection before the answer.
    pub fn lose_connection(self) -> Self {
        self.with(FaultEffect::LoseConnection)
    }

    /// Carries out the request, and closes the connection in the middle of the answer's body.
    pub fn break_body(self) -> Self {
        self.with(FaultEffect::BreakBody)
    }

    /// Neither carries out the request nor answers it.
    pub fn hang(self) -> Self {
        self.with(FaultEffect::Hang)
    }

    /// Presents a certificate of a CA that clients do not trust. Has no effect without TLS.
    pub fn wrong_certificate(self) -> Self {
        self.with(FaultEffect::WrongCertificate)
    }

    fn with(self, effect: FaultEffect) -> Self {
        Self { effect, ..self }
    }

    pub(crate) fn effect(&self) -> &FaultEffect {
        &self.effect
    }

    pub(crate) fn delay_of_each(&self) -> Duration {
        Duration::from_millis(self.delay_ms)
    }

    /// Returns `true` if it is for requests of this action or operation: under its own name, or
    /// under that of the action that becomes this operation on an instance.
    pub(super) fn is_for(&self, arrived: &str) -> bool {
        self.action.as_deref().is_none_or(|name| name == arrived || becomes(name, arrived))
    }

    /// Returns why no request can have the fault, if its name is that of none. `own` has the names of
    /// the user's actions.
    pub(super) fn unknown_name(&self, own: &[&str]) -> Option<String> {
        let name = self.action.as_deref()?;
        let declared = api::ALL.iter().chain(native::ALL.iter()).map(|action| action.name);
        let known: Vec<_> = declared.chain(own.iter().copied()).collect();
        if known.contains(&name) {
            return None;
        }
        let shown = shown_action(name);
        Some(match nearest(name, known) {
            Some(nearest) => format!("{shown} is not an action: did you mean `{nearest}`?"),
            None => format!("{shown} is not an action: give a name such as `Encrypt`"),
        })
    }

    /// Returns `true` if the rule applies to connections. These name no action, and are counted
    /// separately.
    pub(super) fn is_of_connection(&self) -> bool {
        matches!(self.effect, FaultEffect::WrongCertificate | FaultEffect::RefuseConnection)
    }

    /// Returns `true` if the request with this number, from 1, gets the fault.
    pub(super) fn has_turn(&self, number: u64) -> bool {
        let end = self.times.map(|times| self.after.saturating_add(times));
        number > self.after && end.is_none_or(|end| number <= end)
    }
}

fn becomes(action: &str, operation: &str) -> bool {
    let transfer = api::find(action).and_then(TransferInfo::from_action);
    let operations = transfer.map(TransferInfo::operations).unwrap_or_default();
    operations.iter().any(|becomes| becomes.action().name == operation)
}
