//! Imported key material: import, expiry and deletion.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::super::material::{Material, fingerprint};
use super::super::spec::{KeyState, Origin};
use super::super::tables::{ImportToken, KeyVersion};
use super::super::wrap::{WrappingAlgorithm, WrappingKey};
use super::super::{Engine, Fault};
use super::KeyAction;

/// The last second whose year has four digits.
const LAST_SECOND: u64 = 253_402_300_799;
const TOKEN_LIFETIME: Duration = Duration::from_secs(24 * 60 * 60);

/// The parameters of an import.
#[derive(Clone, Debug)]
pub(crate) struct ImportParameters {
    pub(crate) key_id: String,
    /// A `SubjectPublicKeyInfo` in DER.
    pub(crate) public_key: Vec<u8>,
    pub(crate) import_token: String,
    pub(crate) token_expire_time: Option<SystemTime>,
}

impl Engine {
    /// Returns a public key, which encrypts material for this key, and its import token. Both can
    /// be used any number of times within 24 hours.
    pub(crate) fn parameters_for_import(
        &self,
        key: &str,
        algorithm: WrappingAlgorithm,
    ) -> Result<ImportParameters, Fault> {
        let check = |key: &str| {
            let tables = self.read();
            let key = self.resolve_key(&tables, key)?;
            key.state.check(KeyAction::GetParametersForImport)?;
            if key.origin != Origin::External {
                return Err(Fault::unsupported_origin());
            }
            if key.spec.is_asymmetric() != algorithm.is_for_pairs() {
                return Err(Fault::invalid("WrappingAlgorithm"));
            }
            Ok(key.key_id.clone())
        };
        let key_id = check(key)?;
        // Generated without the lock, because it takes a fraction of a second.
        let wrapping_key = WrappingKey::generate(algorithm)?;
        let public_key = wrapping_key.public_der()?;
        let import_token = BASE64.encode(self.random_array::<48>()?);
        let now = self.now();
        let expires = now.checked_add(TOKEN_LIFETIME);
        let tables = &mut *self.write();
        // Expired tokens are kept for another 24 hours, to distinguish them from unknown tokens.
        tables.import_tokens.retain(|_, token| {
            token.expires.and_then(|at| at.checked_add(TOKEN_LIFETIME)).is_none_or(|at| at > now)
        });
        let token = ImportToken { key_id: key_id.clone(), algorithm, wrapping_key, expires };
        tables.import_tokens.insert(import_token.clone(), token);
        Ok(ImportParameters { key_id, public_key, import_token, token_expire_time: expires })
    }

    /// Imports material that was encrypted with the public key of a token. A key never changes its
    /// material: after deletion or expiry, only the same material can be imported again.
    /// `expire_unix` is in seconds; 0 means that the material does not expire.
    pub(crate) fn import_key_material(
        &self,
        key: &str,
        encrypted: &[u8],
        import_token: &str,
        expire_unix: i64,
    ) -> Result<(), Fault> {
        let now = self.now();
        let expires = expire_time(expire_unix, now)?;
        let version_id = self.random_uuid()?;
        let tables = &mut *self.write();
        let key_id = {
            let key = self.resolve_key_mut(tables, key, KeyAction::ImportKeyMaterial)?;
            if key.origin != Origin::External {
                return Err(Fault::unsupported_origin());
            }
            key.key_id.clone()
        };
        let token = tables
            .import_tokens
            .get(import_token)
            .filter(|token| token.key_id == key_id)
            .ok_or_else(Fault::invalid_import_token)?;
        if token.expires.is_some_and(|at| at <= now) {
            return Err(Fault::expired_import_token());
        }
        let bytes = token.wrapping_key.unwrap(token.algorithm, encrypted);
        let bytes = bytes.ok_or_else(Fault::invalid_key_material)?;
        let key = tables.keys.get_mut(&key_id).ok_or_else(Fault::key_not_found)?;
        let print = fingerprint(&bytes);
        let is_other = key.material_fingerprint.as_ref().is_some_and(|known| *known != print);
        if is_other {
            return Err(Fault::invalid_key_material());
        }
        let material = Material::imported(key.spec, key.usage, bytes);
        let material = Arc::new(material.ok_or_else(Fault::invalid_key_material)?);
        let version_id = key.primary_key_version.get_or_insert(version_id).clone();
        let version = tables.key_versions.get_mut_or_insert(
            version_id.clone(),
            KeyVersion { key_version_id: version_id, key_id, creation_date: now, material: None },
        );
        version.material = Some(material);
        if key.material_fingerprint.is_none() {
            key.last_rotation_date = now;
        }
        key.material_fingerprint = Some(print);
        key.material_expire_time = expires;
        if key.state == KeyState::PendingImport {
            key.state = KeyState::Enabled;
        }
        tables.wake(expires);
        Ok(())
    }

    /// Deletes imported material. The key then waits for the import of the same material.
    pub(crate) fn delete_key_material(&self, key: &str) -> Result<(), Fault> {
        let tables = &mut *self.write();
        let key_id = {
            let key = self.resolve_key_mut(tables, key, KeyAction::DeleteKeyMaterial)?;
            if key.origin != Origin::External {
                return Err(Fault::unsupported_origin());
            }
            key.key_id.clone()
        };
        let key = tables.keys.get_mut(&key_id).ok_or_else(Fault::key_not_found)?;
        key.lose_material(&mut tables.key_versions);
        Ok(())
    }
}

fn expire_time(unix: i64, now: SystemTime) -> Result<Option<SystemTime>, Fault> {
    if unix == 0 {
        return Ok(None);
    }
    let seconds = u64::try_from(unix).ok().filter(|seconds| *seconds <= LAST_SECOND);
    let at = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    let at = at.filter(|at| *at > now);
    at.map(Some).ok_or_else(|| Fault::invalid("KeyMaterialExpireUnix"))
}

#[cfg(test)]
mod pairs;
#[cfg(test)]
mod tests {
    use std::time::{Duration, UNIX_EPOCH};

    use aws_lc_rs::rsa::{Pkcs1PublicEncryptingKey, PublicEncryptingKey};

    use super::super::super::spec::{KeySpec, KeyState, Origin};
    use super::super::super::testing::{Hand, engine_and_clock};
    use super::super::super::wrap::wrap;
    use super::super::super::{Engine, NewKey};
    use super::{Fault, TOKEN_LIFETIME, WrappingAlgorithm};

    const HOUR: Duration = Duration::from_secs(60 * 60);

    #[test]
    fn material_is_imported_under_every_wrapping_algorithm_and_encrypts() {
        let (engine, _) = engine_and_clock();
        for algorithm in algorithms() {
            let key = external(&engine, KeySpec::Aes256);
            assert_eq!(state(&engine, &key), KeyState::PendingImport);
            let sealed = engine.encrypt(&key, b"text", b"");
            assert_eq!(sealed, Err(KeyState::PendingImport.rejected()));

            import(&engine, &key, algorithm, &[7; 32], 0).expect("the material fits");
            let described = engine.describe_key(&key).expect("the key exists");
            assert_eq!(described.state, KeyState::Enabled, "{algorithm:?}");
            assert!(described.primary_key_version.is_some());
            let sealed = engine.encrypt(&key, b"text", b"").expect("it encrypts");
            let open = |engine: &Engine| {
                let (id, iv) = (&sealed.key_version_id, &sealed.iv);
                let opened = engine.decrypt(id, iv, &sealed.ciphertext_and_tag, b"", None)?;
                Ok(opened.value.to_vec())
            };
            assert_eq!(open(&engine), Ok(b"text".to_vec()));

            engine.delete_key_material(&key).expect("it was imported");
            assert_eq!(state(&engine, &key), KeyState::PendingImport);
            assert_eq!(open(&engine), Err(KeyState::PendingImport.rejected()));
            let other = import(&engine, &key, algorithm, &[8; 32], 0);
            assert_eq!(other, Err(Fault::invalid_key_material()));
            import(&engine, &key, algorithm, &[7; 32], 0).expect("it is the same material");
            assert_eq!(open(&engine), Ok(b"text".to_vec()));
        }
    }

    #[test]
    fn imported_material_computes_what_the_cipher_of_its_bytes_computes() {
        let (engine, _) = engine_and_clock();
        let (key, twin) = (external(&engine, KeySpec::Aes128), external(&engine, KeySpec::Aes128));
        for key in [&key, &twin] {
            import(&engine, key, WrappingAlgorithm::RsaesOaepSha256, &[7; 16], 0)
                .expect("the material fits");
        }
        let sealed = engine.encrypt(&key, b"text", b"").expect("it encrypts");
        let version = engine.describe_key(&twin).expect("the key exists").primary_key_version;
        let version = version.expect("it was imported");
        // The service identifies the key of a ciphertext by its version, not by the bytes of the
        // key.
        let opened = engine.decrypt(&version, &sealed.iv, &sealed.ciphertext_and_tag, b"", None);
        assert_eq!(opened.map(|it| it.value.to_vec()), Ok(b"text".to_vec()));
    }

    #[test]
    fn material_has_the_length_of_the_spec() {
        let (engine, _) = engine_and_clock();
        for (spec, length) in [
            (KeySpec::Aes128, 16),
            (KeySpec::Aes192, 24),
            (KeySpec::Aes256, 32),
            (KeySpec::Sm4, 16),
        ] {
            if spec.check_built().is_err() {
                continue;
            }
            let key = external(&engine, spec);
            let algorithm = WrappingAlgorithm::RsaesOaepSha256;
            for wrong in [length - 1, length + 1, 2 * length] {
                let imported = import(&engine, &key, algorithm, &vec![7; wrong], 0);
                assert_eq!(imported, Err(Fault::invalid_key_material()), "{spec:?} {wrong}");
            }
            import(&engine, &key, algorithm, &vec![7; length], 0)
                .expect("the length is the spec's");
        }
    }

    #[test]
    fn material_expires_and_the_same_material_may_come_again_with_another_date() {
        let (engine, clock) = engine_and_clock();
        let key = external(&engine, KeySpec::Aes256);
        let algorithm = WrappingAlgorithm::RsaesOaepSha1;
        let unix = unix(&clock) + 3600;
        import(&engine, &key, algorithm, &[7; 32], unix).expect("the material fits");
        clock.advance(HOUR - Duration::from_secs(1));
        assert_eq!(state(&engine, &key), KeyState::Enabled);
        clock.advance(Duration::from_secs(1));
        assert_eq!(state(&engine, &key), KeyState::PendingImport);
        assert_eq!(engine.encrypt(&key, b"", b""), Err(KeyState::PendingImport.rejected()));

        import(&engine, &key, algorithm, &[7; 32], 0).expect("it is the same material");
        clock.advance(1000 * HOUR);
        assert_eq!(state(&engine, &key), KeyState::Enabled);
        let late = import(&engine, &key, algorithm, &[7; 32], unix);
        assert_eq!(late, Err(Fault::invalid("KeyMaterialExpireUnix")));
        for wrong in [-1, 253_402_300_800, i64::MAX] {
            let imported = import(&engine, &key, algorithm, &[7; 32], wrong);
            assert_eq!(imported, Err(Fault::invalid("KeyMaterialExpireUnix")), "{wrong}");
        }
        import(&engine, &key, algorithm, &[7; 32], 253_402_300_799).expect("it is in 9999");
    }

    #[test]
    fn material_that_expires_while_the_key_waits_for_deletion_leaves_it_waiting() {
        let (engine, clock) = engine_and_clock();
        let key = external(&engine, KeySpec::Aes256);
        let unix = unix(&clock) + 3600;
        import(&engine, &key, WrappingAlgorithm::RsaesOaepSha256, &[7; 32], unix)
            .expect("the material fits");
        engine.schedule_key_deletion(&key, 7).expect("the window is valid");
        clock.advance(HOUR);
        assert_eq!(state(&engine, &key), KeyState::PendingDeletion);
        engine.cancel_key_deletion(&key).expect("it is not deleted yet");
        assert_eq!(state(&engine, &key), KeyState::PendingImport);
    }

    #[test]
    fn a_token_is_for_one_key_and_for_a_day() {
        let (engine, clock) = engine_and_clock();
        let (key, other) = (external(&engine, KeySpec::Aes256), external(&engine, KeySpec::Aes256));
        let algorithm = WrappingAlgorithm::RsaesOaepSha256;
        let given = engine.parameters_for_import(&key, algorithm).expect("the key is external");
        let expected = Some(clock.now() + TOKEN_LIFETIME);
        assert_eq!((given.key_id.as_str(), given.token_expire_time), (key.as_str(), expected));
        let wrapped = wrap(&given.public_key, algorithm, &[7; 32], "").expect("it wraps");
        let import = |key: &str, token: &str| engine.import_key_material(key, &wrapped, token, 0);
        for (key, token) in [(&other, &*given.import_token), (&key, "bm9uZQ=="), (&key, "")] {
            assert_eq!(import(key, token), Err(Fault::invalid_import_token()));
        }
        for _ in 0..2 {
            import(&key, &given.import_token).expect("a token is good for several imports");
        }
        let wrong = engine.import_key_material(&key, &wrapped[1..], &given.import_token, 0);
        assert_eq!(wrong, Err(Fault::invalid_key_material()));
        clock.advance(TOKEN_LIFETIME);
        assert_eq!(import(&key, &given.import_token), Err(Fault::expired_import_token()));
    }

    #[test]
    fn only_external_keys_have_imported_material() {
        let (engine, _) = engine_and_clock();
        let key = engine.create_key(NewKey::default()).expect("the key is valid").key_id;
        let origin = Fault::unsupported_origin();
        let given = engine.parameters_for_import(&key, WrappingAlgorithm::RsaesOaepSha1);
        assert_eq!(given.err(), Some(origin.clone()));
        assert_eq!(engine.import_key_material(&key, b"", "", 0), Err(origin.clone()));
        assert_eq!(engine.delete_key_material(&key), Err(origin));
        let external = NewKey { origin: Origin::External, ..KeySpec::HmacSha256.into() };
        assert_eq!(engine.create_key(external), Err(Fault::invalid("Origin")));
    }

    fn algorithms() -> Vec<WrappingAlgorithm> {
        let mut algorithms = vec![
            WrappingAlgorithm::RsaesOaepSha256,
            WrappingAlgorithm::RsaesOaepSha1,
            WrappingAlgorithm::RsaesPkcs1V15,
        ];
        algorithms.extend(cfg!(feature = "sm").then_some(WrappingAlgorithm::Sm2Pke));
        algorithms
    }

    fn external(engine: &Engine, spec: KeySpec) -> String {
        let new = NewKey { origin: Origin::External, ..spec.into() };
        engine.create_key(new).expect("the key is valid").key_id
    }

    fn import(
        engine: &Engine,
        key: &str,
        algorithm: WrappingAlgorithm,
        material: &[u8],
        expire_unix: i64,
    ) -> Result<(), Fault> {
        let given = engine.parameters_for_import(key, algorithm).expect("the key is external");
        let wrapped = if algorithm == WrappingAlgorithm::RsaesPkcs1V15 {
            let public = PublicEncryptingKey::from_der(&given.public_key).expect("it is DER");
            let public = Pkcs1PublicEncryptingKey::new(public).expect("it is an RSA key");
            let mut wrapped = vec![0; public.ciphertext_size()];
            public.encrypt(material, &mut wrapped).expect("it encrypts");
            wrapped
        } else {
            wrap(&given.public_key, algorithm, material, "").expect("it wraps")
        };
        engine.import_key_material(key, &wrapped, &given.import_token, expire_unix)
    }

    fn state(engine: &Engine, key: &str) -> KeyState {
        engine.describe_key(key).expect("the key exists").state
    }

    fn unix(clock: &Hand) -> i64 {
        let since = clock.now().duration_since(UNIX_EPOCH).expect("after 1970");
        i64::try_from(since.as_secs()).expect("before the end of time")
    }
}
