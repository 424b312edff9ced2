//! A rule without its type: whose calls it takes, and what it does to their requests in turn.

use std::panic::Location;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::effect::Effect;
use super::name;
use super::times::Times;
use crate::lock::lock;
use crate::{Action, ActionInfo, Call};

type Condition = Arc<dyn Fn(&Call) -> bool + Send + Sync>;

/// A rule, as the mock keeps it.
pub(super) struct Entry {
    pub(super) action: &'static ActionInfo,
    /// Where in the test the rule is made.
    place: &'static Location<'static>,
    is_of_action: fn(&Call) -> bool,
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

/// What a rule gives for one request.
pub(super) struct Taken {
    pub(super) effect: Effect,
    pub(super) delay: Duration,
}

/// Why a rule gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Miss {
    /// It is for another action.
    OtherAction,
    /// Its condition does not hold.
    Unmatched,
    /// It gave all its answers, so many.
    UsedUp(usize),
}

impl Entry {
    pub(super) fn new<A: Action>(place: &'static Location<'static>) -> Self {
        Self {
            action: A::INFO,
            place,
            is_of_action: |call| call.request::<A>().is_some(),
            state: Mutex::default(),
        }
    }

    pub(super) fn require(&self, condition: Condition) {
        lock(&self.state).conditions.push(condition);
    }

    /// Adds a step, and says how many there are now.
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

    /// What becomes of a request of this call.
    pub(super) fn take(&self, call: &Call) -> Result<Taken, Miss> {
        if !(self.is_of_action)(call) {
            return Err(Miss::OtherAction);
        }
        // Outside the lock: conditions are the user's code, and may ask the mock.
        let conditions = lock(&self.state).conditions.clone();
        if !conditions.iter().all(|holds| holds(call)) {
            return Err(Miss::Unmatched);
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

    /// What the rule was made for and did not do, in sentences.
    pub(super) fn unmet(&self) -> Vec<String> {
        let state = lock(&self.state);
        let count = state.steps.len();
        let unmet = (1..).zip(&state.steps).filter_map(|(number, step)| {
            let Step { given, .. } = *step;
            let times = step.times(number == count);
            let line = || {
                format!(
                    "{self}: its answer {number} of {count} was given {given} times, expected {times}"
                )
            };
            (!times.is_met_by(given)).then(line)
        });
        unmet.collect()
    }
}

impl Step {
    /// What was said of it, else once, or once and more if it is the last.
    fn times(&self, is_last: bool) -> Times {
        let unsaid = if is_last { Times::from(1..) } else { Times::from(1) };
        self.times.unwrap_or(unsaid)
    }
}

impl std::fmt::Display for Entry {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the rule on {} at {}", name::of(self.action), self.place)
    }
}
