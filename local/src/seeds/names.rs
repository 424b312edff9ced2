//! Checks the names in a seed: their form, and that no two things have the same name.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;

use super::{SecretSeed, Seed};

impl Seed {
    /// Checks the form of ids, and that ids and stages are unique.
    ///
    /// # Errors
    ///
    /// A text that names what is wrong.
    pub(crate) fn check_names(&self) -> Result<(), String> {
        let mut versions = BTreeSet::new();
        for key in &self.keys {
            if let Some(id) = &key.id
                && (id.is_empty() || !id.bytes().all(is_of_key_id))
            {
                return Err(format!("the key id {id:?} may have letters, digits, - and _ only"));
            }
            for id in key.versions.iter().filter_map(|version| version.id.as_deref()) {
                if !is_uuid(id) {
                    return Err(format!("the key version id {id:?} is not a UUID in lower case"));
                }
                if !versions.insert(id) {
                    return Err(format!("two key versions have the id {id}"));
                }
            }
        }
        for secret in &self.secrets {
            check_versions(secret)?;
        }
        let mut ids = BTreeSet::new();
        for key in &self.access_keys {
            let has_empty_token =
                key.security_token.as_ref().is_some_and(|token| token.expose_secret().is_empty());
            if key.id.is_empty() || key.secret.expose_secret().is_empty() || has_empty_token {
                return Err(format!("the access key {:?} has an empty value", key.id));
            }
            if !ids.insert(&*key.id) {
                return Err(format!("two access keys have the id {}", key.id));
            }
        }
        let mut ids = BTreeSet::new();
        for key in &self.client_keys {
            if key.id.is_empty() {
                return Err("a client key has no id".to_owned());
            }
            if !ids.insert(&*key.id) {
                return Err(format!("two client keys have the id {}", key.id));
            }
        }
        Ok(())
    }
}

fn check_versions(secret: &SecretSeed) -> Result<(), String> {
    let (name, all) = (&secret.name, secret.all_versions());
    let (mut ids, mut stages) = (BTreeSet::new(), BTreeSet::new());
    for version in &all {
        if !ids.insert(&version.id) {
            return Err(format!("the secret {name} has two versions {}", version.id));
        }
        if let Some(twice) = version.stages.iter().find(|stage| !stages.insert(*stage)) {
            return Err(format!("two versions of the secret {name} have the stage {twice}"));
        }
    }
    Ok(())
}

/// Returns `true` for a byte that a key id may have, in an ARN and in a ciphertext.
fn is_of_key_id(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_".contains(&byte)
}

/// Returns `true` for a UUID in lower case. A ciphertext begins with the id of a key version, so
/// its length must be fixed.
fn is_uuid(text: &str) -> bool {
    let is_in_place = |(place, byte): (usize, u8)| match place {
        8 | 13 | 18 | 23 => byte == b'-',
        _ => matches!(byte, b'0'..=b'9' | b'a'..=b'f'),
    };
    text.len() == 36 && text.bytes().enumerate().all(is_in_place)
}

#[cfg(test)]
mod tests {
    use super::super::{AccessKeySeed, ClientKeySeed, KeySeed, KeyVersionSeed, SecretVersionSeed};
    use super::*;

    const ID: &str = "5fad90f8-398e-46c2-ab6f-f897fccb8da1";

    fn key_of_version(alias: &str, id: &str) -> KeySeed {
        let version = KeyVersionSeed { id: Some(id.to_owned()), ..KeyVersionSeed::default() };
        KeySeed { versions: vec![version], ..KeySeed::new(alias) }
    }

    fn secret(versions: Vec<SecretVersionSeed>) -> Seed {
        let secret = SecretSeed { versions, ..SecretSeed::new("db", "x") };
        Seed { secrets: vec![secret], ..Seed::default() }
    }

    fn keys(keys: Vec<KeySeed>) -> Seed {
        Seed { keys, ..Seed::default() }
    }

    #[test]
    fn a_name_that_stands_for_two_things_or_has_no_form_is_named() {
        let access_keys = |access_keys| Seed { access_keys, ..Seed::default() };
        let of = SecretVersionSeed::new;
        for (seed, what) in [
            (keys(vec![KeySeed::new("alias/a").id("a b")]), "\"a b\""),
            (keys(vec![KeySeed::new("alias/a").id("alias/a")]), "\"alias/a\""),
            (keys(vec![KeySeed::new("alias/a").id("")]), "\"\""),
            (keys(vec![key_of_version("alias/a", "v1")]), "\"v1\""),
            (keys(vec![key_of_version("alias/a", &ID.to_uppercase())]), "lower case"),
            (keys(vec![key_of_version("alias/a", ID), key_of_version("alias/b", ID)]), ID),
            (secret(vec![of("v1", "y", &[])]), "two versions v1"),
            (secret(vec![of("a", "y", &["s"]), of("b", "z", &["s"])]), "stage s"),
            (access_keys(vec![AccessKeySeed::new("", "x")]), "empty"),
            (access_keys(vec![AccessKeySeed::new("LTAI1", "")]), "LTAI1"),
            (access_keys(vec![AccessKeySeed::new("A", "x").security_token("")]), "empty"),
            (access_keys(vec![AccessKeySeed::new("A", "x"), AccessKeySeed::new("A", "y")]), "A"),
            (
                Seed { client_keys: vec![ClientKeySeed::new("K", "x"); 2], ..Seed::default() },
                "two client keys",
            ),
        ] {
            let why = seed.check_names().expect_err(what);
            assert!(why.contains(what), "{what}: {why}");
        }
    }

    #[test]
    fn names_of_different_things_may_be_the_same() {
        let version = SecretVersionSeed::new("v2", "y", &["ACSCurrent", "green"]);
        let mut seed = secret(vec![version]);
        seed.secrets.push(SecretSeed::new("other", "x"));
        seed.keys = vec![key_of_version("alias/a", ID).id("key-a_1"), KeySeed::new("alias/b")];
        seed.access_keys = vec![AccessKeySeed::new("a", "x"), AccessKeySeed::new("b", "x")];
        assert_eq!(seed.check_names(), Ok(()));
    }
}
