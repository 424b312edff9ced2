//! Aliases: names that an application can keep when the key behind them changes.

use super::key::KeyAction;
use super::tables::Alias;
use super::{Engine, Fault, Page, PageRequest};

const MAX_NAME: usize = 255;

/// An alias as the service describes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AliasMetadata {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) key_id: String,
}

impl Engine {
    /// Creates an alias of the key: `alias/` and up to 255 letters, digits, `_`, `-` and `/`. A key
    /// may have several aliases.
    pub(crate) fn create_alias(&self, alias: &str, key: &str) -> Result<(), Fault> {
        check_name(alias)?;
        let tables = &mut *self.write();
        let key = self.resolve_key(tables, key)?;
        key.state.check(KeyAction::CreateAlias)?;
        let key_id = key.key_id.clone();
        if tables.aliases.contains_key(alias) {
            return Err(Fault::alias_exists());
        }
        tables.aliases.insert(alias.to_owned(), Alias { key_id });
        Ok(())
    }

    /// Moves the alias to another key.
    pub(crate) fn update_alias(&self, alias: &str, key: &str) -> Result<(), Fault> {
        let name = self.alias_name(alias)?;
        let tables = &mut *self.write();
        if !tables.aliases.contains_key(name) {
            return Err(Fault::alias_not_found());
        }
        let key = self.resolve_key(tables, key)?;
        key.state.check(KeyAction::UpdateAlias)?;
        let key_id = key.key_id.clone();
        tables.aliases.insert(name.to_owned(), Alias { key_id });
        Ok(())
    }

    /// Deletes the alias, but not its key.
    pub(crate) fn delete_alias(&self, alias: &str) -> Result<(), Fault> {
        let removed = self.write().aliases.remove(self.alias_name(alias)?);
        removed.map(|_| ()).ok_or_else(Fault::alias_not_found)
    }

    /// Returns a page of all aliases, sorted by name.
    pub(crate) fn list_aliases(&self, page: PageRequest) -> Page<AliasMetadata> {
        let tables = self.read();
        page.of(tables.aliases.iter().map(|(name, alias)| self.alias_metadata(name, alias)))
    }

    /// Returns a page of the aliases of a key.
    pub(crate) fn list_key_aliases(
        &self,
        key: &str,
        page: PageRequest,
    ) -> Result<Page<AliasMetadata>, Fault> {
        let tables = self.read();
        let key = self.resolve_key(&tables, key)?;
        key.state.check(KeyAction::ListAliasesByKeyId)?;
        let aliases = tables.aliases.iter().filter(|(_, alias)| alias.key_id == key.key_id);
        let aliases: Vec<_> = aliases.collect();
        Ok(page.of(aliases.into_iter().map(|(name, alias)| self.alias_metadata(name, alias))))
    }

    /// Returns the name in a reference to an alias: the name itself, or the alias's ARN.
    fn alias_name<'a>(&self, reference: &'a str) -> Result<&'a str, Fault> {
        let name = reference.strip_prefix(&self.arn_prefix()).unwrap_or(reference);
        check_name(name)?;
        Ok(name)
    }

    fn alias_metadata(&self, name: &str, alias: &Alias) -> AliasMetadata {
        AliasMetadata { name: name.to_owned(), arn: self.arn(name), key_id: alias.key_id.clone() }
    }
}

fn check_name(alias: &str) -> Result<(), Fault> {
    if alias.is_empty() {
        return Err(Fault::missing("AliasName"));
    }
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/');
    match alias.strip_prefix("alias/") {
        // The service reserves alias/acs/ for the keys of other cloud products.
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
    use super::{AliasMetadata, Fault, Page, PageRequest};

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

    #[test]
    fn an_alias_leads_to_another_key_once_it_is_updated_and_to_none_once_it_is_deleted() {
        let (engine, key) = engine_with_key();
        let other = engine.create_key(NewKey::default()).expect("the key is valid");
        engine.create_alias("alias/a", &key.key_id).expect("the alias is new");
        engine.update_alias("alias/a", &other.key_id).expect("the alias exists");
        assert_eq!(engine.describe_key("alias/a").as_ref(), Ok(&other));
        let missing = engine.update_alias("alias/b", &other.key_id);
        assert_eq!(missing, Err(Fault::alias_not_found()));
        assert_eq!(engine.update_alias("alias/a", "key-0"), Err(Fault::key_not_found()));

        engine.delete_alias("acs:kms:cn-hangzhou:123456:alias/a").expect("the alias exists");
        assert_eq!(engine.describe_key("alias/a"), Err(Fault::alias_not_found()));
        assert_eq!(engine.delete_alias("alias/a"), Err(Fault::alias_not_found()));
        assert_eq!(engine.delete_alias("a"), Err(Fault::invalid("AliasName")));
        assert_eq!(engine.delete_alias(""), Err(Fault::missing("AliasName")));
    }

    #[test]
    fn aliases_are_listed_for_all_keys_and_for_one() {
        let (engine, key) = engine_with_key();
        let other = engine.create_key(NewKey::default()).expect("the key is valid");
        for (alias, key) in [("alias/b", &key), ("alias/a", &key), ("alias/c", &other)] {
            engine.create_alias(alias, &key.key_id).expect("the alias is new");
        }
        let names = |page: Page<AliasMetadata>| {
            page.items.into_iter().map(|alias| alias.name).collect::<Vec<_>>()
        };
        let page = PageRequest::default();
        let first = &engine.list_aliases(page).items[0];
        assert_eq!(first.arn, "acs:kms:cn-hangzhou:123456:alias/a");
        assert_eq!(first.key_id, key.key_id);
        assert_eq!(names(engine.list_aliases(page)), ["alias/a", "alias/b", "alias/c"]);
        let of_key = engine.list_key_aliases("alias/a", page).expect("the key exists");
        assert_eq!(of_key.total_count, 2);
        assert_eq!(names(of_key), ["alias/a", "alias/b"]);
        assert_eq!(engine.list_key_aliases("key-0", page), Err(Fault::key_not_found()));
    }

    fn engine_with_key() -> (Engine, KeyMetadata) {
        let engine = engine();
        let key = engine.create_key(NewKey::default()).expect("the key is valid");
        (engine, key)
    }
}
