//! The rules of a mock and what it has recorded, shared by the mock, its rules, its layer and its
//! transport.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use super::captured::{CapturedRequest, Origin};
use super::entry::{Entry, Taken};
use super::nearest;
use crate::lock::lock;
use crate::{Call, Error, ErrorKind};

#[derive(Default)]
pub(super) struct Script {
    rules: Mutex<Vec<Arc<Entry>>>,
    record: Mutex<Record>,
    last_request_id: AtomicU64,
}

#[derive(Default)]
struct Record {
    calls: Vec<Call>,
    requests: Vec<Recorded>,
    unanswered: Vec<String>,
}

struct Recorded {
    request: CapturedRequest,
    rule: Option<Arc<Entry>>,
}

impl Script {
    pub(super) fn add(&self, rule: Arc<Entry>) {
        lock(&self.rules).push(rule);
    }

    pub(super) fn rules(&self) -> Vec<Arc<Entry>> {
        lock(&self.rules).clone()
    }

    /// Finds the rule for a request, and records the request.
    ///
    /// The rules are tried in the order of their creation.
    pub(super) fn take(&self, request: CapturedRequest) -> Result<(Taken, Arc<Entry>), Error> {
        let mut misses = Vec::new();
        for rule in self.rules() {
            match rule.take(&request) {
                Ok(taken) => {
                    self.record(request, Some(Arc::clone(&rule)));
                    return Ok((taken, rule));
                }
                Err(miss) => misses.push((rule, miss)),
            }
        }
        let message = nearest::unanswered(&request, &misses);
        let error = Error::new(ErrorKind::Layer, message.clone());
        let error = error.with_action(request.call().action());
        lock(&self.record).unanswered.push(message);
        self.record(request, None);
        Err(error)
    }

    /// Returns `mock-1`, `mock-2` and so on.
    pub(super) fn next_request_id(&self) -> String {
        format!("mock-{}", self.last_request_id.fetch_add(1, Ordering::Relaxed) + 1)
    }

    pub(super) fn record(&self, request: CapturedRequest, rule: Option<Arc<Entry>>) {
        lock(&self.record).requests.push(Recorded { request, rule });
    }

    pub(super) fn record_call(&self, call: Call) {
        lock(&self.record).calls.push(call);
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        lock(&self.record).calls.clone()
    }

    pub(super) fn requests(&self) -> Vec<CapturedRequest> {
        lock(&self.record).requests.iter().map(|recorded| recorded.request.clone()).collect()
    }

    /// Returns the requests that a rule answered.
    pub(super) fn requests_of(&self, rule: &Arc<Entry>) -> Vec<CapturedRequest> {
        let is_of_rule = |recorded: &&Recorded| {
            recorded.rule.as_ref().is_some_and(|answered| Arc::ptr_eq(answered, rule))
        };
        let record = lock(&self.record);
        record.requests.iter().filter(is_of_rule).map(|it| it.request.clone()).collect()
    }

    /// Returns the calls whose requests a rule answered, each once.
    pub(super) fn calls_of(&self, rule: &Arc<Entry>) -> Vec<Call> {
        let mut origins: Vec<Arc<Origin>> = Vec::new();
        for request in self.requests_of(rule) {
            if !origins.iter().any(|known| Arc::ptr_eq(known, &request.origin)) {
                origins.push(request.origin);
            }
        }
        origins.iter().map(|origin| origin.call.clone()).collect()
    }

    pub(super) fn unanswered(&self) -> Vec<String> {
        lock(&self.record).unanswered.clone()
    }
}
