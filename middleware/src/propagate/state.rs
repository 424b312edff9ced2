//! The rules of `tracestate` (W3C Trace Context, section 3.3).

const MOST_MEMBERS: usize = 32;
const LONGEST_KEY: usize = 256;
const LONGEST_TENANT: usize = 241;
const LONGEST_SYSTEM: usize = 14;
const LONGEST_VALUE: usize = 256;

/// Checks that this is a list of `key=value`; empty members are allowed.
#[inline]
pub(super) fn check(state: &str) -> Result<(), &'static str> {
    let members = state.split(',').map(|member| member.trim_matches([' ', '\t']));
    let mut keys = Vec::new();
    for member in members.filter(|member| !member.is_empty()) {
        let Some((key, value)) = member.split_once('=') else {
            return Err("a member of the tracestate is not `key=value`");
        };
        if !is_key(key) {
            return Err("a key of the tracestate has invalid characters or an invalid length");
        }
        if !is_value(value) {
            return Err("a value of the tracestate has invalid characters or an invalid length");
        }
        if keys.contains(&key) {
            return Err("the tracestate has a key twice");
        }
        if keys.len() == MOST_MEMBERS {
            return Err("the tracestate has more than 32 members");
        }
        keys.push(key);
    }
    Ok(())
}

/// Returns `true` for a vendor's key, or `tenant@system`.
#[inline]
fn is_key(key: &str) -> bool {
    match key.split_once('@') {
        None => is_name(key, LONGEST_KEY) && !begins_with_digit(key),
        Some((tenant, system)) => {
            is_name(tenant, LONGEST_TENANT)
                && is_name(system, LONGEST_SYSTEM)
                && !begins_with_digit(system)
        }
    }
}

#[inline]
fn is_name(name: &str, longest: usize) -> bool {
    let is_first = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let is_other = |byte: u8| is_first(byte) || b"_-*/".contains(&byte);
    name.len() <= longest && name.bytes().next().is_some_and(is_first) && name.bytes().all(is_other)
}

fn begins_with_digit(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_digit())
}

/// Returns `true` for visible ASCII and spaces, without comma and `=`, and without a space at the
/// end.
#[inline]
fn is_value(value: &str) -> bool {
    let is_character = |byte: u8| matches!(byte, b' '..=b'~') && !b",=".contains(&byte);
    (1..=LONGEST_VALUE).contains(&value.len())
        && value.bytes().all(is_character)
        && !value.ends_with(' ')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_of_members_are_taken_with_spaces_around_them_and_gaps_between() {
        for state in [
            "",
            "rojo=00f067aa0ba902b7",
            "rojo=00f067aa0ba902b7,congo=t61rcWkgMzE",
            "rojo=1 , congo=2\t,,",
            "fw529a3039@dt=FfffffB,1tenant@system=x",
            "a_-*/b=!\"#$%&'()*+-./:;<>?@[\\]^_`{|}~",
            "a= leading space",
        ] {
            assert_eq!(check(state), Ok(()), "{state:?}");
        }
    }

    #[test]
    fn what_is_not_a_member_is_refused() {
        for state in [
            "rojo",
            "=1",
            "rojo=",
            "rojo=1=2",
            "Rojo=1",
            "1rojo=1",
            "ro jo=1",
            "rojo =1",
            "a@=1",
            "@b=1",
            "a@b@c=1",
            "a@1b=1",
            "rojo=é",
            "rojo=\u{7f}",
            "rojo=a\nb",
            "rojo=1,rojo=2",
        ] {
            assert!(check(state).is_err(), "{state:?}");
        }
    }

    #[test]
    fn lengths_and_numbers_have_limits() {
        let members = |count: u32| {
            (0..count).map(|number| format!("k{number}=v")).collect::<Vec<_>>().join(",")
        };
        for (limit, over) in [
            (members(32), members(33)),
            (format!("{}=v", "k".repeat(256)), format!("{}=v", "k".repeat(257))),
            (format!("{}@s=v", "k".repeat(241)), format!("{}@s=v", "k".repeat(242))),
            (format!("t@{}=v", "s".repeat(14)), format!("t@{}=v", "s".repeat(15))),
            (format!("k={}", "v".repeat(256)), format!("k={}", "v".repeat(257))),
        ] {
            assert_eq!(check(&limit), Ok(()));
            assert!(check(&over).is_err());
        }
    }
}
