//! Faults that a gateway injects on purpose, by rules with the same names as in the client's mock
//! kit ([`alibabacloud_kms::testing`]).

mod effect;
mod rule;

use std::fmt;
use std::sync::Mutex;

use alibabacloud_kms::__private::lock;
use serde::Serialize;

pub(crate) use self::effect::broken;
pub use self::effect::{FaultEffect, RetryHint};
pub use self::rule::FaultRule;

/// The rules of a gateway, in the order in which they were added.
#[derive(Default)]
pub(crate) struct Faults {
    rules: Mutex<Vec<Counted>>,
}

#[derive(Debug, Clone, Serialize)]
pub(crate) struct Counted {
    #[serde(flatten)]
    rule: FaultRule,
    /// The number of requests, or connections, that the rule was for.
    seen: u64,
}

/// Fails if one of the rules can have no request, and says why. `own` has the names of the user's
/// actions.
pub(crate) fn check(rules: &[FaultRule], own: &[&str]) -> Result<(), String> {
    rules.iter().find_map(|rule| rule.unknown_name(own)).map_or(Ok(()), Err)
}

impl Faults {
    pub(crate) fn new(rules: Vec<FaultRule>) -> Self {
        let faults = Self::default();
        faults.add(rules);
        faults
    }

    pub(crate) fn add(&self, rules: Vec<FaultRule>) {
        lock(&self.rules).extend(rules.into_iter().map(|rule| Counted { rule, seen: 0 }));
    }

    pub(crate) fn clear(&self) {
        lock(&self.rules).clear();
    }

    /// Returns the rules, each with the number of requests that it has seen.
    pub(crate) fn counted(&self) -> Vec<Counted> {
        lock(&self.rules).clone()
    }

    /// Returns `true` if there is no rule at all.
    pub(crate) fn is_empty(&self) -> bool {
        lock(&self.rules).is_empty()
    }

    /// Returns the rule that applies to a request for this action: the first one whose turn it is.
    pub(crate) fn of_request(&self, action: &str) -> Option<FaultRule> {
        self.take(|rule| !rule.is_of_connection() && rule.is_for(action))
    }

    /// Returns the rule that applies to a new connection.
    pub(crate) fn of_connection(&self) -> Option<FaultRule> {
        self.take(FaultRule::is_of_connection)
    }

    fn take(&self, is_for: impl Fn(&FaultRule) -> bool) -> Option<FaultRule> {
        let mut rules = lock(&self.rules);
        let mut chosen = None;
        // Each rule counts the request, even if another one applies to it.
        for counted in rules.iter_mut().filter(|counted| is_for(&counted.rule)) {
            counted.seen += 1;
            if chosen.is_none() && counted.rule.has_turn(counted.seen) {
                chosen = Some(counted.rule.clone());
            }
        }
        chosen
    }
}

impl fmt::Debug for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.counted()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::{FaultEffect, FaultRule, Faults};

    #[test]
    fn a_rule_has_its_turn_at_the_nth_call_and_so_often() {
        let faults = Faults::new(vec![
            FaultRule::on("Encrypt").after(1).times(2).throttle(None),
            FaultRule::on("Encrypt").after(4).status(503),
            FaultRule::any().times(1).lose_connection(),
            FaultRule::any().wrong_certificate(),
        ]);
        let effects: Vec<_> =
            (0..6).map(|_| faults.of_request("Encrypt").map(|rule| rule.effect().name())).collect();
        assert_eq!(
            effects,
            [
                Some("lose_connection"),
                Some("throttle"),
                Some("throttle"),
                None,
                Some("status"),
                Some("status")
            ]
        );
        assert!(faults.of_request("Decrypt").is_none());
        let connection = faults.of_connection().expect("there is one");
        assert_eq!(*connection.effect(), FaultEffect::WrongCertificate);
    }

    #[test]
    fn rules_are_read_from_json_and_written_back() {
        let text = r#"[{"action":"Encrypt","after":1,"times":2,"delay_ms":5,
            "effect":{"throttle":{"hint":{"seconds":2}}}},
            {"effect":{"error":{"status":404,"code":"Forbidden.KeyNotFound","message":"no"}}},
            {"effect":"break_body","times":1},{"delay_ms":7}]"#;
        let rules: Vec<FaultRule> = serde_json::from_str(text).expect("they are rules");
        let written = serde_json::to_string(&rules).expect("they are written");
        let again: Vec<FaultRule> = serde_json::from_str(&written).expect("they are rules");
        assert_eq!(rules, again);
        assert_eq!(*rules[3].effect(), FaultEffect::None);
        for wrong in [r#"[{"actoin":"Encrypt"}]"#, r#"[{"effect":"explode"}]"#] {
            serde_json::from_str::<Vec<FaultRule>>(wrong).expect_err(wrong);
        }
    }
}
