//! A call or an attempt, from its beginning to its end.

use std::fmt;
use std::sync::Arc;

use http::StatusCode;

use super::facade::{self, ByAction, Held, Label, Made, Prepared, Stopwatch, label};
use super::labels::{gateway_label, method, operation};
use super::{codes, table};
use crate::action::{ActionInfo, Gateway};
use crate::error::Error;
use crate::telemetry::observe::{Attempted, End, Observe, Scope};
use crate::telemetry::{error_type, names};

/// A call or an attempt in progress.
pub(crate) struct Measured {
    of: Scope,
    action: &'static ActionInfo,
    begun: Stopwatch,
    /// Of a call.
    successes: Option<Made<'static, CallSuccesses>>,
    /// Of an attempt.
    attempts: Option<Arc<AttemptSuccesses>>,
    /// Counts a call as active.
    _active: Option<Held>,
}

/// The metrics of calls that succeed, with their labels.
struct CallSuccesses {
    active: Prepared,
    shared: CallSuccess,
    instance: CallSuccess,
}

struct CallSuccess {
    duration: Prepared,
    attempts: Prepared,
}

static CALLS: ByAction<CallSuccesses> = ByAction::new();

/// The metrics of attempts that succeed with status 200, with their labels, of one gateway's layer.
#[derive(Debug)]
pub(crate) struct AttemptSuccesses(ByAction<Prepared>);

impl AttemptSuccesses {
    pub(crate) const fn new() -> Self {
        Self(ByAction::new())
    }
}

impl CallSuccesses {
    fn new(action: &'static ActionInfo) -> Self {
        let of = |gateway| CallSuccess {
            duration: Prepared::new(&table::CALL_DURATION, duration_labels(action, Some(gateway))),
            attempts: Prepared::new(&table::CALL_ATTEMPTS, attempts_labels(action, Some(gateway))),
        };
        Self {
            active: Prepared::new(&table::ACTIVE_CALLS, vec![method(action)]),
            shared: of(Gateway::Shared),
            instance: of(Gateway::Instance),
        }
    }

    fn of(&self, gateway: Gateway) -> &CallSuccess {
        match gateway {
            Gateway::Shared => &self.shared,
            Gateway::Instance => &self.instance,
        }
    }
}

impl Measured {
    /// Begins to measure. For an attempt, its layer passes the metrics of successful ones.
    pub(crate) fn begin(
        of: Scope,
        action: &'static ActionInfo,
        attempts: Option<Arc<AttemptSuccesses>>,
    ) -> Self {
        let is_call = matches!(of, Scope::Call);
        let successes = is_call.then(|| CALLS.get(action, "", || CallSuccesses::new(action)));
        let active = successes.as_ref().map(|made| made.with(|it| it.active.hold()));
        Self { of, action, begun: Stopwatch::start(), successes, attempts, _active: active }
    }

    fn call_ended(&self, end: End<'_>) {
        if let (End::Reply(reply), Some(successes)) = (end, &self.successes) {
            return successes.with(|successes| {
                let of = successes.of(reply.gateway());
                of.duration.record_time(&self.begun);
                of.attempts.record(f64::from(reply.attempts()));
            });
        }
        let ours = ours(end);
        facade::record(&table::CALL_DURATION, self.begun.seconds(), || {
            let mut labels = duration_labels(self.action, gateway(end));
            let code = ours.and_then(error_type::service_code);
            labels.extend(code.map(|code| label("rpc.response.status_code", codes::word(code))));
            labels.extend(failure(end));
            labels
        });
        if let Some(error) = ours {
            facade::record(&table::CALL_ATTEMPTS, f64::from(error.attempts()), || {
                attempts_labels(self.action, gateway(end))
            });
        }
    }

    fn attempt_ended(&self, at: &Attempted, end: End<'_>) {
        let Attempted { gateway, endpoint } = at;
        let ours = ours(end);
        if ours.is_some_and(|error| error.kind().is_before_request()) {
            return;
        }
        let labels = |status: Option<StatusCode>| {
            let mut labels = vec![operation(self.action), gateway_label(*gateway)];
            labels.push(label("http.request.method", self.action.method.to_string()));
            labels.push(label("server.address", names::address(endpoint).to_owned()));
            labels.push(label("server.port", endpoint.port().to_string()));
            let status = status.map(|status| status.as_str().to_owned());
            labels.extend(status.map(|status| label("http.response.status_code", status)));
            labels
        };
        let status = match end {
            End::Reply(reply) => Some(reply.status()),
            _ => ours.and_then(Error::status),
        };
        if let (End::Reply(_), Some(StatusCode::OK), Some(successes)) =
            (end, status, &self.attempts)
        {
            let prepare = || Prepared::new(&table::REQUEST_DURATION, labels(status));
            let success = successes.0.get(self.action, "", prepare);
            return success.with(|success| success.record_time(&self.begun));
        }
        facade::record(&table::REQUEST_DURATION, self.begun.seconds(), || {
            let mut labels = labels(status);
            labels.extend(failure(end));
            labels
        });
        if ours.is_some_and(Error::is_throttled) {
            facade::count(&table::THROTTLES, || {
                vec![operation(self.action), gateway_label(*gateway)]
            });
        }
    }
}

fn duration_labels(action: &'static ActionInfo, gateway: Option<Gateway>) -> Vec<Label> {
    let mut labels = vec![label("rpc.system.name", names::SYSTEM), method(action)];
    labels.extend(gateway.map(gateway_label));
    labels
}

fn attempts_labels(action: &'static ActionInfo, gateway: Option<Gateway>) -> Vec<Label> {
    let mut labels = vec![method(action)];
    labels.extend(gateway.map(gateway_label));
    labels
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measured").field("of", &self.of).finish_non_exhaustive()
    }
}

impl Observe for Measured {
    fn ended(&self, end: End<'_>) {
        match &self.of {
            Scope::Call => self.call_ended(end),
            Scope::Attempt(at) => self.attempt_ended(at, end),
        }
    }
}

fn ours(end: End<'_>) -> Option<&Error> {
    match end {
        End::Error(error) => Error::find(&**error),
        End::Reply(_) | End::Dropped => None,
    }
}

fn gateway(end: End<'_>) -> Option<Gateway> {
    match end {
        End::Reply(reply) => Some(reply.gateway()),
        End::Error(_) => ours(end).and_then(Error::gateway),
        End::Dropped => None,
    }
}

fn failure(end: End<'_>) -> Option<Label> {
    let word = match end {
        End::Reply(_) => return None,
        End::Error(error) => codes::word(&error_type::of(error)),
        End::Dropped => error_type::CANCELLED.into(),
    };
    Some(label("error.type", word))
}
