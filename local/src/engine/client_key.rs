//! Client keys, which sign requests of the instance's own dialect and of the RPC dialect with
//! signature 1.0.

use std::time::{Duration, SystemTime};

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroizing;

use super::access::OWN_ACCESS_POINT;
use super::tables::ClientKey;
use super::{Engine, Fault, hex};
use crate::pkcs12;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// The default validity of a client key.
const VALIDITY: Duration = Duration::from_secs(5 * YEAR.as_secs());
const SPECIAL: &str = "~!@#$%^&*?_-";

/// A client key to create.
#[derive(Clone, Debug)]
pub(crate) struct NewClientKey<'a> {
    pub(crate) access_point: &'a str,
    /// 8 to 64 characters of at least two kinds: digits, letters and `~!@#$%^&*?_-`.
    pub(crate) password: &'a SecretString,
    pub(crate) not_before: Option<SystemTime>,
    pub(crate) not_after: Option<SystemTime>,
}

/// Generates an RSA key. Returns its PKCS#8, and its public key as an `RSAPublicKey`.
pub(crate) fn generate_client_key() -> Result<(Zeroizing<Vec<u8>>, Vec<u8>), Unspecified> {
    let pair = KeyPair::generate(KeySize::Rsa2048)?;
    let der: Pkcs8V1Der<'_> = pair.as_der()?;
    Ok((Zeroizing::new(der.as_ref().to_vec()), pair.public_key().as_ref().to_vec()))
}

/// Returns the public key of a client key's PKCS#8, as an `RSAPublicKey`.
pub(crate) fn public_key_of(pkcs8: &[u8]) -> Result<Vec<u8>, aws_lc_rs::error::KeyRejected> {
    Ok(KeyPair::from_pkcs8(pkcs8)?.public_key().as_ref().to_vec())
}

impl Engine {
    /// Registers a client key of the gateway itself, which is valid whenever the gateway runs.
    pub(crate) fn seed_client_key(&self, id: &str, public_key: &[u8]) {
        let now = self.now();
        let key = ClientKey {
            id: id.to_owned(),
            access_point: OWN_ACCESS_POINT.to_owned(),
            public_key: public_key.to_vec(),
            not_before: SystemTime::UNIX_EPOCH,
            not_after: now + 100 * YEAR,
            create_time: now,
        };
        self.write().client_keys.insert(id.to_owned(), key);
    }

    /// Creates a client key. Returns it with a PKCS#12 file that contains its private key.
    pub(crate) fn create_client_key(
        &self,
        new: &NewClientKey<'_>,
    ) -> Result<(ClientKey, Vec<u8>), Fault> {
        check_password(new.password.expose_secret())?;
        let now = self.now();
        if new.not_after.is_some() && new.not_before.is_none() {
            return Err(Fault::missing("NotBefore"));
        }
        if new.not_before.is_some() && new.not_after.is_none() {
            return Err(Fault::missing("NotAfter"));
        }
        let not_before = new.not_before.unwrap_or(now);
        let not_after = new.not_after.unwrap_or(now + VALIDITY);
        if not_after <= not_before {
            return Err(Fault::invalid("NotAfter"));
        }
        self.access_point(new.access_point)?;
        let (pkcs8, public_key) = generate_client_key()?;
        let private_key_data = pkcs12::write(&pkcs8, new.password)?;
        let key = ClientKey {
            id: format!("KAAP.{}", hex(&self.random_array::<16>()?)),
            access_point: new.access_point.to_owned(),
            public_key,
            not_before,
            not_after,
            create_time: now,
        };
        self.add_client_key(key.clone())?;
        Ok((key, private_key_data))
    }

    /// Stores a client key. Its access point may have been deleted while the key was generated.
    fn add_client_key(&self, key: ClientKey) -> Result<(), Fault> {
        let tables = &mut *self.write();
        if !tables.access_points.contains_key(&key.access_point) {
            return Err(Fault::resource_not_found());
        }
        tables.client_keys.insert(key.id.clone(), key);
        Ok(())
    }

    /// Returns a client key.
    pub(crate) fn client_key(&self, id: &str) -> Result<ClientKey, Fault> {
        self.read().client_keys.get(id).cloned().ok_or_else(Fault::resource_not_found)
    }

    /// Returns all client keys, or only those of an access point.
    pub(crate) fn list_client_keys(&self, access_point: Option<&str>) -> Vec<ClientKey> {
        let tables = self.read();
        let keys = tables.client_keys.values();
        keys.filter(|key| access_point.is_none_or(|name| key.access_point == name))
            .cloned()
            .collect()
    }

    /// Deletes a client key, which is invalid afterwards.
    pub(crate) fn delete_client_key(&self, id: &str) -> Result<(), Fault> {
        let deleted = self.write().client_keys.remove(id);
        deleted.map(drop).ok_or_else(Fault::resource_not_found)
    }

    /// Returns the public key of a client key, or `None` if the client key is not valid now.
    pub(crate) fn client_public_key(&self, id: &str) -> Option<Vec<u8>> {
        let now = self.now();
        let key = self.client_key(id).ok()?;
        (key.not_before <= now && now < key.not_after).then_some(key.public_key)
    }

    /// Returns the ids and public keys of all client keys.
    pub(crate) fn client_public_keys(&self) -> Vec<(String, Vec<u8>)> {
        let keys = self.list_client_keys(None).into_iter();
        keys.map(|key| (key.id, key.public_key)).collect()
    }
}

fn check_password(password: &str) -> Result<(), Fault> {
    if password.is_empty() {
        return Err(Fault::missing("Password"));
    }
    let kinds: [fn(char) -> bool; 3] =
        [|c| c.is_ascii_digit(), |c| c.is_ascii_alphabetic(), |c| SPECIAL.contains(c)];
    let has = |kind: &&fn(char) -> bool| password.chars().any(kind);
    let is_fit = (8..=64).contains(&password.len())
        && password.chars().all(|c| kinds.iter().any(|kind| kind(c)))
        && kinds.iter().filter(has).count() >= 2;
    if is_fit { Ok(()) } else { Err(Fault::invalid("Password")) }
}

#[cfg(test)]
mod tests {
    use super::super::testing::engine;
    use super::super::{AccessPoint, AccessPolicy};
    use super::{Fault, NewClientKey, OWN_ACCESS_POINT, YEAR, check_password};

    #[test]
    fn the_gateways_own_client_keys_belong_to_no_access_point_that_can_be_deleted() {
        let engine = engine();
        engine.seed_client_key("KAAP.own", b"");
        let named = |name: &str| AccessPoint { name: name.to_owned(), ..AccessPoint::default() };
        let created = engine.create_access_point(named(OWN_ACCESS_POINT));
        assert_eq!(created, Err(Fault::resource_exists()));
        // A store of an earlier version may have one.
        let point = named(OWN_ACCESS_POINT);
        engine.write().access_points.insert(point.name.clone(), point);
        assert_eq!(engine.delete_access_point(OWN_ACCESS_POINT), Ok(()));
        let key = engine.client_key("KAAP.own").expect("it stays");
        assert_eq!(key.access_point, OWN_ACCESS_POINT);
    }

    #[test]
    fn a_client_key_is_not_stored_once_its_access_point_is_deleted() {
        let engine = engine();
        let policies = vec!["policy".to_owned()];
        let point = AccessPoint { name: "app".to_owned(), policies, ..AccessPoint::default() };
        let permissions = vec!["RbacPermission/Template/CryptoServiceKeyUser".to_owned()];
        let resources = vec!["key/*".to_owned()];
        let name = "policy".to_owned();
        let policy = AccessPolicy { name, permissions, resources, ..AccessPolicy::default() };
        engine.create_access_policy(policy).expect("it is valid");
        engine.create_access_point(point).expect("it is valid");
        let password = "Passw0rd".into();
        let new = NewClientKey {
            access_point: "app",
            password: &password,
            not_before: None,
            not_after: None,
        };
        let (key, _) = engine.create_client_key(&new).expect("it is valid");
        engine.delete_access_point("app").expect("it is there");
        assert_eq!(engine.list_client_keys(None), []);
        assert_eq!(engine.add_client_key(key), Err(Fault::resource_not_found()));
        assert_eq!(engine.list_client_keys(None), []);
    }

    #[test]
    fn both_ends_of_the_validity_are_given_or_none() {
        let engine = engine();
        let password = "Passw0rd".into();
        let create = |not_before, not_after| {
            let access_point = "none";
            let new = NewClientKey { access_point, password: &password, not_before, not_after };
            engine.create_client_key(&new).map(drop)
        };
        let now = engine.now();
        let later = now + YEAR;
        assert_eq!(create(Some(now), None), Err(Fault::missing("NotAfter")));
        assert_eq!(create(None, Some(later)), Err(Fault::missing("NotBefore")));
        assert_eq!(create(Some(later), Some(now)), Err(Fault::invalid("NotAfter")));
        for (from, to) in [(None, None), (Some(now), Some(later))] {
            assert_eq!(create(from, to), Err(Fault::resource_not_found()), "no access point");
        }
    }

    #[test]
    fn passwords_have_two_kinds_of_characters() {
        for password in ["abcdefg1", "1234567_", &"a1".repeat(32)] {
            assert_eq!(check_password(password), Ok(()), "{password}");
        }
        for password in ["abcdefgh", "abcdef1", "abcdefg 1", "abcdefg1ä", &"a1".repeat(33)] {
            assert_eq!(check_password(password), Err(Fault::invalid("Password")), "{password}");
        }
        assert_eq!(check_password(""), Err(Fault::missing("Password")));
    }
}
