//! A RAM role and the session in which it is assumed.

use std::time::Duration;

use super::Environment;
use crate::trimmed::is_name;
use crate::{Error, ErrorKind};

const ROLE_SESSION_NAME: &str = "ALIBABA_CLOUD_ROLE_SESSION_NAME";

/// A role to assume, and its session. All values are checked when they are set.
///
/// ```
/// use alibabacloud_kms::credential::Role;
///
/// let role = Role::new("acs:ram::1234567890123456:role/app")?.session_name("billing")?;
/// # let _ = role;
/// # Ok::<(), alibabacloud_kms::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Role {
    pub(super) arn: String,
    session_name: Option<String>,
    pub(super) duration: Duration,
    pub(super) policy: Option<String>,
}

impl Role {
    /// Creates a role from its ARN, `acs:ram::<account>:role/<name>`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: it is not the ARN of a role.
    pub fn new(arn: impl Into<String>) -> Result<Self, Error> {
        let arn = arn.into();
        let names_a_role = arn
            .strip_prefix("acs:ram::")
            .and_then(|rest| rest.split_once(":role/"))
            .is_some_and(|(account, name)| !account.is_empty() && !name.is_empty());
        if !names_a_role || !arn.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(wrong("the role's ARN is not of the form acs:ram::<account>:role/<name>"));
        }
        Ok(Self { arn, session_name: None, duration: Duration::from_secs(3600), policy: None })
    }

    /// Sets the name of the session, which appears in the account's audit log: 2 to 64 letters,
    /// digits or `.@-_` (default: `ALIBABA_CLOUD_ROLE_SESSION_NAME`, else this library's name and
    /// the time).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the name is not such a text.
    pub fn session_name(mut self, name: impl Into<String>) -> Result<Self, Error> {
        self.session_name = Some(valid_session_name(name.into(), "the role's session name")?);
        Ok(self)
    }

    /// Sets the length of the session: 15 minutes to 12 hours in whole seconds, up to the role's
    /// own maximum (default 1 hour).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the length is outside 15 minutes to 12 hours.
    pub fn duration(mut self, duration: Duration) -> Result<Self, Error> {
        if !(900..=43_200).contains(&duration.as_secs()) {
            return Err(wrong("the session's duration must be 900 to 43200 whole seconds"));
        }
        self.duration = duration;
        Ok(self)
    }

    /// Sets a policy that restricts the session: a JSON object of up to 2,048 characters.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the policy is not such an object.
    pub fn policy(mut self, policy: impl Into<String>) -> Result<Self, Error> {
        let policy = policy.into();
        let is_object = serde_json::from_str::<crate::JsonObject>(&policy).is_ok();
        if !is_object || policy.chars().count() > 2048 {
            let message = "the session's policy must be a JSON object of up to 2048 characters";
            return Err(wrong(message));
        }
        self.policy = Some(policy);
        Ok(self)
    }

    /// Returns the name of the session, from the role or from the environment.
    pub(super) fn session_name_in(&self, environment: &Environment) -> Result<String, Error> {
        if let Some(name) = &self.session_name {
            return Ok(name.clone());
        }
        if let Some(name) = environment.word(ROLE_SESSION_NAME)? {
            return valid_session_name(name, ROLE_SESSION_NAME);
        }
        let since_1970 = environment.clock().now().duration_since(std::time::UNIX_EPOCH);
        Ok(format!("alibabacloud-kms-rust-{}", since_1970.unwrap_or_default().as_secs()))
    }
}

fn valid_session_name(name: String, what: &str) -> Result<String, Error> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".@-_".contains(&byte);
    // A token in the wrong place consists of these characters too.
    if !(2..=64).contains(&name.len()) || !name.bytes().all(is_allowed) || !is_name(&name) {
        return Err(wrong(format!("{what} must be 2 to 64 letters, digits or .@-_")));
    }
    Ok(name)
}

fn wrong(message: impl Into<std::borrow::Cow<'static, str>>) -> Error {
    Error::new(ErrorKind::Credential, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Clock;

    const ARN: &str = "acs:ram::1:role/app";

    fn role() -> Role {
        Role::new(ARN).expect("a role")
    }

    #[test]
    fn what_sts_would_refuse_is_refused_at_once() {
        for arn in ["", "app", "acs:ram::1:user/u", "acs:ram:::role/app", "acs:ram::1:role/"] {
            assert_eq!(Role::new(arn).expect_err(arn).kind(), ErrorKind::Credential);
        }
        for name in ["", "a", "a b", "中中", &"a".repeat(65)] {
            assert!(role().session_name(name).is_err(), "{name}");
        }
        for seconds in [0, 899, 43_201] {
            assert!(role().duration(Duration::from_secs(seconds)).is_err(), "{seconds}");
        }
        let long = format!(r#"{{"a":"{}"}}"#, "b".repeat(2048));
        for policy in ["", "[]", "{", &long] {
            assert!(role().policy(policy).is_err(), "{policy}");
        }
    }

    #[test]
    fn limits_themselves_are_allowed() {
        for seconds in [900, 43_200] {
            assert!(role().duration(Duration::from_secs(seconds)).is_ok());
        }
        for name in ["ab", &"a".repeat(64), "A-z_0.9@x"] {
            assert!(role().session_name(name).is_ok());
        }
        assert!(role().policy("{}").is_ok());
    }

    #[test]
    fn a_session_is_named_by_hand_or_by_the_variable_or_by_the_time() {
        let at = std::time::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
        let named = |variable: Option<&'static str>| {
            Environment::from_variables(move |name| {
                variable.filter(|_| name == ROLE_SESSION_NAME).map(Into::into)
            })
            .with_clock(Clock::fixed(at))
        };
        let name = |role: Role, variable| role.session_name_in(&named(variable));
        let by_hand = role().session_name("by-hand").expect("a name");
        assert_eq!(name(by_hand, Some("by-variable")).expect("a name"), "by-hand");
        assert_eq!(name(role(), Some("by-variable")).expect("a name"), "by-variable");
        assert_eq!(name(role(), None).expect("a name"), "alibabacloud-kms-rust-1795420800");
        let error = name(role(), Some("no name")).expect_err("a space");
        assert!(error.to_string().contains(ROLE_SESSION_NAME));
    }
}
