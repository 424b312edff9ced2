//! A call or an attempt, from its beginning to its end.

use std::fmt;

use super::facade::{self, Held, Label, Stopwatch, label};
use super::labels::{gateway_label, method, operation};
use super::{codes, table};
use crate::action::{ActionInfo, Gateway};
use crate::endpoint::Endpoint;
use crate::error::Error;
use crate::telemetry::observe::{End, Observe};
use crate::telemetry::{error_type, names};

/// What is measured.
#[derive(Debug, Clone)]
pub(super) enum Of {
    Call,
    Attempt(Gateway, Endpoint),
}

/// A call or an attempt on its way.
pub struct Measured {
    of: Of,
    action: &'static ActionInfo,
    begun: Stopwatch,
    /// Counts a call as active.
    _active: Option<Held>,
}

impl Measured {
    pub(super) fn begin(of: Of, action: &'static ActionInfo) -> Self {
        let is_call = matches!(of, Of::Call);
        let active = || facade::hold(&table::ACTIVE_CALLS, || vec![method(action)]);
        Self { of, action, begun: Stopwatch::start(), _active: is_call.then(active) }
    }

    fn call_ended(&self, end: End<'_>) {
        let ours = ours(end);
        facade::record(&table::CALL_DURATION, self.begun.seconds(), || {
            let mut labels = vec![label("rpc.system.name", names::SYSTEM), method(self.action)];
            labels.extend(gateway(end).map(gateway_label));
            let code = ours.and_then(error_type::service_code);
            labels.extend(code.map(|code| label("rpc.response.status_code", codes::word(code))));
            labels.extend(failure(end));
            labels
        });
        let attempts = match end {
            End::Reply(reply) => Some(reply.attempts()),
            End::Error(_) => ours.map(Error::attempts),
            End::Dropped => None,
        };
        let Some(attempts) = attempts else { return };
        facade::record(&table::CALL_ATTEMPTS, f64::from(attempts), || {
            let mut labels = vec![method(self.action)];
            labels.extend(gateway(end).map(gateway_label));
            labels
        });
    }

    fn attempt_ended(&self, gateway: Gateway, endpoint: &Endpoint, end: End<'_>) {
        let ours = ours(end);
        if ours.is_some_and(|error| error.kind().is_before_request()) {
            return;
        }
        let sent = || vec![operation(self.action), gateway_label(gateway)];
        facade::record(&table::REQUEST_DURATION, self.begun.seconds(), || {
            let mut labels = sent();
            labels.push(label("http.request.method", self.action.method.to_string()));
            labels.push(label("server.address", names::address(endpoint).to_owned()));
            labels.push(label("server.port", endpoint.port().to_string()));
            let status = match end {
                End::Reply(reply) => Some(reply.status()),
                _ => ours.and_then(Error::status),
            };
            let status = status.map(|status| status.as_str().to_owned());
            labels.extend(status.map(|status| label("http.response.status_code", status)));
            labels.extend(failure(end));
            labels
        });
        if ours.is_some_and(Error::is_throttled) {
            facade::count(&table::THROTTLES, sent);
        }
    }
}

impl fmt::Debug for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Measured").field("of", &self.of).finish_non_exhaustive()
    }
}

impl Observe for Measured {
    fn ended(&self, end: End<'_>) {
        match &self.of {
            Of::Call => self.call_ended(end),
            Of::Attempt(gateway, endpoint) => self.attempt_ended(*gateway, endpoint, end),
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
