//! The error of a request that no rule answers: it names the rule that was probably meant.

use std::sync::Arc;

use alibabacloud_kms_middleware::__private::distance;

use super::captured::CapturedRequest;
use super::entry::{Entry, Miss};
use super::name;

/// Returns a sentence that names the action and that rule.
pub(super) fn unanswered(request: &CapturedRequest, misses: &[(Arc<Entry>, Miss)]) -> String {
    let call = request.call();
    let why = match nearest(call.action().name, misses) {
        None => "the mock has no rules".to_owned(),
        Some((rule, Miss::OtherAction)) => format!("none is on this action; the nearest is {rule}"),
        Some((rule, Miss::Unmatched(differs))) => {
            // Secrets are redacted in it.
            let sent = call.payload();
            format!("{rule} does not match {sent:?}: {}", differs.join("; "))
        }
        Some((rule, Miss::UsedUp(answers))) => {
            format!("{rule} is used up (answers given: {answers})")
        }
    };
    format!("no rule of the mock answers {}: {why}", name::shown(call.action()))
}

/// Returns the rule on this action that came nearest, else the one with the most similar name.
fn nearest<'a>(name: &str, misses: &'a [(Arc<Entry>, Miss)]) -> Option<(&'a Entry, &'a Miss)> {
    let rank = |(rule, miss): &&(Arc<Entry>, Miss)| match miss {
        Miss::UsedUp(_) => (0, 0),
        Miss::Unmatched(differs) => (1, differs.len()),
        Miss::OtherAction => (2, distance(&rule.name, name)),
    };
    misses.iter().min_by_key(rank).map(|(rule, miss)| (&**rule, miss))
}
