//! Policies of keys and secrets, which are validated but not enforced.

use serde_json::Value;

use super::Fault;

const MAX_LENGTH: usize = 32_768;
const MAX_SID: usize = 128;

/// Returns the default policy of a resource, which allows its account everything.
pub(super) fn default(account_id: &str) -> String {
    serde_json::json!({
        "Statement": [{
            "Action": ["kms:*"],
            "Effect": "Allow",
            "Principal": { "RAM": [format!("acs:ram::{account_id}:*")] },
            "Resource": ["*"],
            "Sid": "kms default key policy",
        }],
        "Version": "1",
    })
    .to_string()
}

/// Checks that a text is a policy.
pub(super) fn check(text: &str) -> Result<(), Fault> {
    if text.is_empty() {
        return Err(Fault::missing("Policy"));
    }
    let policy = (text.len() <= MAX_LENGTH).then(|| serde_json::from_str(text).ok()).flatten();
    let is_valid = policy.as_ref().is_some_and(is_policy);
    if is_valid { Ok(()) } else { Err(Fault::invalid("Policy")) }
}

fn is_policy(policy: &Value) -> bool {
    let Some(policy) = policy.as_object() else { return false };
    let statements = policy.get("Statement").and_then(Value::as_array);
    policy.keys().all(|name| ["Version", "Statement"].contains(&name.as_str()))
        && policy.get("Version").and_then(Value::as_str) == Some("1")
        && statements.is_some_and(|all| !all.is_empty() && all.iter().all(is_statement))
}

fn is_statement(statement: &Value) -> bool {
    let Some(statement) = statement.as_object() else { return false };
    statement.iter().all(|(name, value)| match name.as_str() {
        "Sid" => value.as_str().is_some_and(is_sid),
        "Effect" => matches!(value.as_str(), Some("Allow" | "Deny")),
        "Principal" => is_principal(value),
        "Action" => are_texts(value, |action| action.starts_with("kms:")),
        "Resource" => are_texts(value, |resource| !resource.is_empty()),
        "Condition" => value.is_object(),
        _ => false,
    }) && ["Effect", "Principal", "Action", "Resource"]
        .iter()
        .all(|name| statement.contains_key(*name))
}

fn is_sid(sid: &str) -> bool {
    // The service's list of allowed characters has no space, but its own default policy has one.
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_/+=.@- ".contains(c);
    sid.len() <= MAX_SID && sid.chars().all(allowed)
}

fn is_principal(principal: &Value) -> bool {
    let Some(kinds) = principal.as_object() else { return false };
    !kinds.is_empty()
        && kinds.iter().all(|(kind, names)| {
            kind == "RAM" && are_texts(names, |name| name == "*" || name.starts_with("acs:ram::"))
        })
}

/// Checks a text, or a list of at least one text.
fn are_texts(value: &Value, is_right: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_right(text),
        Value::Array(texts) => {
            !texts.is_empty() && texts.iter().all(|text| text.as_str().is_some_and(&is_right))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Fault, Value, check, default};

    fn policy() -> Value {
        json!({
            "Version": "1",
            "Statement": [{
                "Sid": "Enable RAM User Permissions",
                "Effect": "Allow",
                "Principal": { "RAM": ["acs:ram::112890462:*"] },
                "Action": ["kms:*"],
                "Resource": ["*"],
            }],
        })
    }

    #[test]
    fn the_documented_policy_and_the_default_one_are_policies() {
        assert_eq!(check(&policy().to_string()), Ok(()));
        assert_eq!(check(&default("123456")), Ok(()));
        let mut with_condition = policy();
        with_condition["Statement"][0]["Condition"] = json!({ "StringEquals": { "a": "b" } });
        with_condition["Statement"][0]["Action"] = json!("kms:Encrypt");
        assert_eq!(check(&with_condition.to_string()), Ok(()));
    }

    #[test]
    fn a_policy_lacks_nothing_and_has_nothing_else() {
        let wrong = |change: &dyn Fn(&mut Value)| {
            let mut policy = policy();
            change(&mut policy);
            let text = policy.to_string();
            assert_eq!(check(&text), Err(Fault::invalid("Policy")), "{text}");
        };
        wrong(&|it| it["Version"] = json!("2"));
        wrong(&|it| it["Version"] = json!(1));
        wrong(&|it| it["Statement"] = json!([]));
        wrong(&|it| it["Other"] = json!("x"));
        wrong(&|it| *it = json!([]));
        for name in ["Effect", "Principal", "Action", "Resource"] {
            wrong(&|it| {
                it["Statement"][0].as_object_mut().expect("an object").remove(name);
            });
            wrong(&|it| it["Statement"][0][name] = json!(7));
        }
        for (name, value) in [
            ("Effect", json!("allow")),
            ("Action", json!(["oss:GetObject"])),
            ("Action", json!([])),
            ("Principal", json!({ "Service": ["x"] })),
            ("Principal", json!({ "RAM": [] })),
            ("Sid", json!("x".repeat(129))),
            ("Sid", json!("<>")),
            ("Other", json!("x")),
        ] {
            wrong(&|it| it["Statement"][0][name] = value.clone());
        }
    }

    #[test]
    fn a_policy_is_json_of_up_to_32_768_bytes() {
        assert_eq!(check(""), Err(Fault::missing("Policy")));
        assert_eq!(check("{"), Err(Fault::invalid("Policy")));
        let text = policy().to_string();
        let longest = format!("{text}{}", " ".repeat(32_768 - text.len()));
        assert_eq!(check(&longest), Ok(()));
        assert_eq!(check(&(longest + " ")), Err(Fault::invalid("Policy")));
    }
}
