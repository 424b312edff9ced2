//! The ids of keys in KMS, as headers and responses name them.

use std::sync::Arc;

use super::error::damaged;
use crate::{Error, ErrorKind};

/// Returns the id of a key that is named by its id or its ARN,
/// `acs:kms:<region>:<account>:key/<id>`.
pub(super) fn bare_id(name: &str) -> &str {
    let arn = name.strip_prefix("acs:kms:").and_then(|rest| rest.split_once(":key/"));
    arn.map_or(name, |(_, id)| id)
}

/// The keys whose envelopes are opened; `None` for all.
#[derive(Debug, Clone, Default)]
pub(super) struct Trusted(Option<Arc<[String]>>);

impl Trusted {
    pub(super) fn new(names: impl Iterator<Item = String>) -> Self {
        Self(Some(names.collect()))
    }

    /// Refuses an envelope whose header names another key, before KMS is called.
    pub(super) fn check(&self, key_id: &str) -> Result<(), Error> {
        let Some(names) = &self.0 else { return Ok(()) };
        if let Some(name) = names.iter().find(|name| !is_id(name)) {
            let what = format!("only_keys takes ids and ARNs of keys, and {name:?} is neither");
            let message = format!("{what}: give the key's id, which DescribeKey answers");
            return Err(Error::new(ErrorKind::Config, message));
        }
        if names.iter().any(|name| bare_id(name) == bare_id(key_id)) {
            Ok(())
        } else {
            Err(damaged(format!("its key {key_id:?} is not one of only_keys")))
        }
    }
}

/// Returns `true` if the name is not an alias: KMS answers with ids.
fn is_id(name: &str) -> bool {
    let id = bare_id(name);
    !id.is_empty() && !id.contains('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arn_and_the_id_in_it_name_the_same_key() {
        for (name, id) in [
            ("key-hzz1", "key-hzz1"),
            ("acs:kms:cn-hangzhou:123:key/key-hzz1", "key-hzz1"),
            ("alias/app", "alias/app"),
            ("acs:kms:cn-hangzhou:123:alias/app", "acs:kms:cn-hangzhou:123:alias/app"),
            ("", ""),
        ] {
            assert_eq!(bare_id(name), id);
        }
    }

    #[test]
    fn only_listed_keys_are_trusted_and_all_without_a_list() {
        let listed = |names: &[&str]| Trusted::new(names.iter().map(|name| (*name).to_owned()));
        let arn = "acs:kms:cn-hangzhou:123:key/a";
        assert!(Trusted::default().check("a").is_ok());
        assert!(listed(&["b", arn]).check("a").is_ok());
        assert!(listed(&["a"]).check(arn).is_ok());
        for names in [&[][..], &["b"], &["A"]] {
            let refused = listed(names).check("a").expect_err("not listed");
            assert_eq!(refused.kind(), ErrorKind::Envelope);
        }
        for alias in ["alias/a", "acs:kms:cn-hangzhou:123:alias/a", ""] {
            let wrong = listed(&["a", alias]).check("a").expect_err("an alias");
            assert_eq!(wrong.kind(), ErrorKind::Config);
            assert!(wrong.to_string().contains("only_keys"), "{wrong}");
        }
    }
}
