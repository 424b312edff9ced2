//! A rule without its type: which requests it takes, and what it does to them in turn.

use std::panic::Location;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::captured::CapturedRequest;
use super::effect::Effect;
use super::name;
use super::times::Times;
use crate::lock::lock;
use crate::{Action, Call};

/// Returns the differences between a request and what a rule takes; empty if it takes it.
pub(super) type Condition = Arc<dyn Fn(&CapturedRequest) -> Vec<String> + Send + Sync>;

/// Returns `true` if a call is of the rule's action.
pub(super) type OfAction = Box<dyn Fn(&Call) -> bool + Send + Sync>;

/// A rule as the mock keeps it.
pub(super) struct Entry {
    /// The name of the action, as errors show it.
    pub(super) name: String,
    /// The subject of the rule in errors.
    subject: String,
    /// The place of the rule's creation: in a test, or a line of a recording.
    place: String,
    is_of_action: OfAction,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    conditions: Vec<Condition>,
    steps: Vec<Step>,
}

struct Step {
    effect: Effect,
    delay: Duration,
    times: Option<Times>,
    given: usize,
}

/// The effect of a rule on one request.
pub(super) struct Taken {
    pub(super) effect: Effect,
    pub(super) delay: Duration,
}

/// Why a rule does not apply.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Miss {
    /// It is for another action.
    OtherAction,
    /// Its conditions are not met: the differences.
    Unmatched(Vec<String>),
    /// It has given all its answers; their number.
    UsedUp(usize),
}

impl Entry {
    pub(super) fn new<A: Action>(place: &'static Location<'static>) -> Self {
        let is_of_action = |call: &Call| call.request::<A>().is_some();
        Self::on(A::INFO.name, name::shown(A::INFO), place.to_string(), Box::new(is_of_action))
    }

    pub(super) fn on(name: &str, subject: String, place: String, is_of_action: OfAction) -> Self {
        Self { name: name.to_owned(), subject, place, is_of_action, state: Mutex::default() }
    }

    pub(super) fn require(&self, condition: Condition) {
        lock(&self.state).conditions.push(condition);
    }

    /// Adds a step, and returns the number of steps.
    pub(super) fn push(&self, effect: Effect) -> usize {
        let step = Step { effect, delay: Duration::ZERO, times: None, given: 0 };
        let steps = &mut lock(&self.state).steps;
        steps.push(step);
        steps.len()
    }

    pub(super) fn set_times(&self, times: Times) {
        if let Some(step) = lock(&self.state).steps.last_mut() {
            step.times = Some(times);
        }
    }

    pub(super) fn set_delay(&self, delay: Duration) {
        if let Some(step) = lock(&self.state).steps.last_mut() {
            step.delay = delay;
        }
    }

    /// Returns the rule's effect on a request, or why it does not apply.
    pub(super) fn take(&self, request: &CapturedRequest) -> Result<Taken, Miss> {
        if !(self.is_of_action)(request.call()) {
            return Err(Miss::OtherAction);
        }
        // Outside the lock, because conditions are the user's code and may call the mock.
        let conditions = lock(&self.state).conditions.clone();
        let differs: Vec<String> = conditions.iter().flat_map(|check| check(request)).collect();
        if !differs.is_empty() {
            return Err(Miss::Unmatched(differs));
        }
        let mut state = lock(&self.state);
        let count = state.steps.len();
        for (number, step) in (1..).zip(&mut state.steps) {
            if step.times(number == count).has_room_after(step.given) {
                step.given += 1;
                return Ok(Taken { effect: step.effect.clone(), delay: step.delay });
            }
        }
        Err(Miss::UsedUp(state.steps.iter().map(|step| step.given).sum()))
    }

    /// Returns a sentence for each answer that was not given as often as expected.
    pub(super) fn unmet(&self) -> Vec<String> {
        let state = lock(&self.state);
        let count = state.steps.len();
        let unmet = (1..).zip(&state.steps).filter_map(|(number, step)| {
            let Step { given, .. } = *step;
            let times = step.times(number == count);
            let line = || {
                format!(
                    "{self}: its answer {number} of {count} was given {given} times, expected \
                     {times}"
                )
            };
            (!times.is_met_by(given)).then(line)
        });
        unmet.collect()
    }
}

impl Step {
    /// Returns how often a step is expected: as set, else once, or at least once if it is the last.
    fn times(&self, is_last: bool) -> Times {
        let unsaid = if is_last { Times::from(1..) } else { Times::from(1) };
        self.times.unwrap_or(unsaid)
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the rule on {} at {}", self.subject, self.place)
    }
}
