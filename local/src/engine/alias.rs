//! Aliases: names of keys that an application can keep while the key behind it changes.

use super::{Engine, Fault};

const MAX_NAME: usize = 255;

/// A row of the table of aliases.
#[derive(Clone, Debug)]
pub(super) struct Alias {
    pub(super) key_id: String,
}

impl Engine {
    /// Names the key `alias`: `alias/` and up to 255 letters, digits, `_`, `-` and `/`. One key
    /// may have several aliases.
    pub(crate) fn create_alias(&self, alias: &str, key: &str) -> Result<(), Fault> {
        check_name(alias)?;
        let tables = &mut *self.write();
        let key_id = self.resolve_key(tables, key)?.key_id.clone();
        if tables.aliases.contains_key(alias) {
            return Err(Fault::alias_exists());
        }
        tables.aliases.insert(alias.to_owned(), Alias { key_id });
        Ok(())
    }
}

fn check_name(alias: &str) -> Result<(), Fault> {
    if alias.is_empty() {
        return Err(Fault::missing("AliasName"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/');
    match alias.strip_prefix("alias/") {
        // The service keeps alias/acs/ to itself, for the keys of other cloud products.
        Some(name)
            if (1..=MAX_NAME).contains(&name.len())
                && name.chars().all(allowed)
                && !name.starts_with("acs/") =>
        {
            Ok(())
        }
        _ => Err(Fault::invalid("AliasName")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::engine;
    use super::super::{Engine, KeyMetadata, NewKey};
    use super::Fault;

    #[test]
    fn an_alias_and_its_arn_lead_to_the_key() {
        let (engine, key) = engine_with_key();
        engine.create_alias("alias/app", &key.key_id).expect("the alias is new");
        for reference in ["alias/app", "acs:kms:cn-hangzhou:123456:alias/app"] {
            assert_eq!(engine.describe_key(reference).as_ref(), Ok(&key), "{reference}");
        }
    }

    #[test]
    fn an_unknown_alias_is_named_so() {
        let (engine, _) = engine_with_key();
        for reference in ["alias/none", "acs:kms:cn-hangzhou:123456:alias/none"] {
            let fault = engine.describe_key(reference).expect_err("there is no such alias");
            assert_eq!((fault.status, fault.code), (404, "Forbidden.AliasNotFound"));
        }
    }

    #[test]
    fn an_alias_is_unique_and_a_key_may_have_several() {
        let (engine, key) = engine_with_key();
        engine.create_alias("alias/a", &key.key_id).expect("the alias is new");
        engine.create_alias("alias/b", "alias/a").expect("a key may have two aliases");
        let fault = engine.create_alias("alias/a", &key.key_id).expect_err("the alias is taken");
        assert_eq!((fault.status, fault.code), (400, "AliasAlreadyExists"));
    }

    #[test]
    fn names_outside_the_rules_are_refused() {
        let (engine, key) = engine_with_key();
        let longest = format!("alias/{}", "x".repeat(255));
        engine.create_alias(&longest, &key.key_id).expect("255 characters are allowed");
        let too_long = longest + "x";
        for name in ["app", "alias/", "Alias/app", "alias/a b", "alias/acs/oss", &too_long] {
            let fault = engine.create_alias(name, &key.key_id);
            assert_eq!(fault, Err(Fault::invalid("AliasName")), "{name}");
        }
        assert_eq!(engine.create_alias("", &key.key_id), Err(Fault::missing("AliasName")));
        assert_eq!(engine.create_alias("alias/app", "key-0"), Err(Fault::key_not_found()));
    }

    fn engine_with_key() -> (Engine, KeyMetadata) {
        let engine = engine();
        let key = engine.create_key(NewKey::default()).expect("the key is valid");
        (engine, key)
    }
}
