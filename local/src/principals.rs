//! The callers of the local gateway: access keys, a bearer token, and a client key with its
//! password, created anew.

use std::fmt;

use alibabacloud_kms::{BoxError, ClientKey, Credential};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::engine::{generate_client_key, kept, public_key_of};
use super::pkcs12;
use super::seeds::{AccessKeySeed, ClientKeySeed, Seed};

/// The callers, and how they authenticate.
pub(super) struct Principals {
    /// The permanent access key.
    pub(super) access_key: AccessKey,
    /// The temporary access key, which is invalid without its token.
    pub(super) temporary: AccessKey,
    /// Further access keys of both kinds, from a seed.
    more: Vec<AccessKey>,
    /// The token that authenticates a caller without a signature.
    pub(super) bearer_token: SecretString,
    /// The token that permits admin calls.
    pub(super) admin_token: SecretString,
    pub(super) client_key: ClientKey,
    /// The public key of the client key, an `RSAPublicKey` of RFC 8017.
    pub(super) client_public_key: Vec<u8>,
    /// The password of the client key's file.
    pub(super) password: SecretString,
    private_key: Zeroizing<Vec<u8>>,
    /// The PKCS#12 of the client key's file, in Base64, if the store has it.
    pkcs12: Option<String>,
}

/// The stored form of the callers.
#[derive(Serialize, Deserialize)]
struct Kept {
    access_key: AccessKey,
    temporary: AccessKey,
    #[serde(default)]
    more: Vec<AccessKey>,
    #[serde(with = "kept::secret")]
    bearer_token: SecretString,
    #[serde(with = "kept::secret")]
    admin_token: SecretString,
    client_key_id: String,
    private_key: Zeroizing<String>,
    #[serde(with = "kept::secret")]
    password: SecretString,
    #[serde(default)]
    pkcs12: Option<String>,
}

/// An access key, which signs requests of the RPC dialect.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct AccessKey {
    pub(super) id: String,
    #[serde(with = "kept::secret")]
    pub(super) secret: SecretString,
    /// The security token, without which it is invalid.
    #[serde(with = "kept::optional_secret", default)]
    pub(super) token: Option<SecretString>,
}

impl AccessKey {
    fn generate(prefix: &str) -> Result<Self, Unspecified> {
        Ok(Self {
            id: format!("{prefix}{}", *random_text(20)?),
            secret: random_secret(30)?,
            token: None,
        })
    }

    /// Returns the access key for clients.
    pub(super) fn credential(&self) -> Credential {
        let secret = self.secret.clone();
        match &self.token {
            Some(token) => Credential::sts(&self.id, secret, token.clone()),
            None => Credential::access_key(&self.id, secret),
        }
    }
}

impl Principals {
    /// Generates everything at random. The RSA key takes a fraction of a second.
    pub(super) fn generate() -> Result<Self, Unspecified> {
        let (private_key, client_public_key) = generate_client_key()?;
        let key_id = format!("KAAP.{}", *random_text(20)?);
        Ok(Self {
            access_key: AccessKey::generate("LTAI")?,
            temporary: AccessKey {
                token: Some(random_secret(64)?),
                ..AccessKey::generate("STS.")?
            },
            more: Vec::new(),
            bearer_token: random_secret(64)?,
            admin_token: random_secret(64)?,
            client_key: client_key(key_id, &private_key)?,
            client_public_key,
            password: random_secret(32)?,
            private_key,
            pkcs12: None,
        })
    }

    /// Takes from a seed what it contains, and generates the rest.
    pub(super) fn planted(seed: &Seed) -> Result<Self, BoxError> {
        let mut principals = Self::generate()?;
        let (mut has_lasting, mut has_temporary) = (false, false);
        for key in &seed.access_keys {
            let key = AccessKey::from(key);
            let (slot, is_taken) = match key.token {
                None => (&mut principals.access_key, &mut has_lasting),
                Some(_) => (&mut principals.temporary, &mut has_temporary),
            };
            if std::mem::replace(is_taken, true) {
                principals.more.push(key);
            } else {
                *slot = key;
            }
        }
        if let Some(key) = seed.client_keys.first() {
            let private_key = pkcs8_of(key)?;
            principals.client_key = client_key(key.id.clone(), &private_key)?;
            principals.client_public_key = public_key_of(&private_key)?;
            principals.private_key = private_key;
            if let Some(password) = &key.password {
                principals.password = password.clone();
            }
        }
        Ok(principals)
    }

    /// Returns the ids and public keys of a seed's client keys after the first.
    pub(super) fn more_client_keys(&self, seed: &Seed) -> Result<Vec<(String, Vec<u8>)>, BoxError> {
        let more = seed.client_keys.iter().skip(1);
        more.map(|key| Ok((key.id.clone(), public_key_of(&pkcs8_of(key)?)?))).collect()
    }

    /// Compares the callers with a seed.
    ///
    /// # Errors
    ///
    /// A text that names what differs.
    #[cfg(feature = "store")]
    pub(super) fn check_planted(&self, seed: &Seed) -> Result<(), String> {
        let texts = |token: &Option<SecretString>| {
            token.as_ref().map(|token| token.expose_secret().to_owned()).map(Zeroizing::new)
        };
        for key in &seed.access_keys {
            let is_same = self.access_key(&key.id).is_some_and(|kept| {
                kept.secret.expose_secret() == key.secret.expose_secret()
                    && texts(&kept.token) == texts(&key.security_token)
            });
            if !is_same {
                return Err(format!("the access key {} of the seed differs in the store", key.id));
            }
        }
        match seed.client_keys.first() {
            Some(key) if key.id != self.client_key.key_id() => {
                Err(format!("the client key {} of the seed is not the first in the store", key.id))
            }
            _ => Ok(()),
        }
    }

    /// Adds them to a seed.
    pub(super) fn export(&self, seed: &mut Seed) {
        seed.access_keys.extend(self.access_keys().map(|key| {
            let seed = AccessKeySeed::new(&key.id, key.secret.clone());
            match &key.token {
                Some(token) => seed.security_token(token.clone()),
                None => seed,
            }
        }));
        let key = ClientKeySeed::new(self.client_key.key_id(), STANDARD.encode(&*self.private_key));
        seed.client_keys.push(key.password(self.password.clone()));
    }

    /// Reads the callers that [`to_kept`](Self::to_kept) has written.
    #[cfg(feature = "store")]
    pub(super) fn from_kept(kept: &SecretString) -> Result<Self, BoxError> {
        let kept: Kept = serde_json::from_str(kept.expose_secret())?;
        let private_key = Zeroizing::new(STANDARD.decode(&*kept.private_key)?);
        Ok(Self {
            access_key: kept.access_key,
            temporary: kept.temporary,
            more: kept.more,
            bearer_token: kept.bearer_token,
            admin_token: kept.admin_token,
            client_key: client_key(kept.client_key_id, &private_key)?,
            client_public_key: public_key_of(&private_key)?,
            password: kept.password,
            private_key,
            pkcs12: kept.pkcs12,
        })
    }

    /// Returns the stored form of the callers.
    pub(super) fn to_kept(&self) -> Result<SecretString, BoxError> {
        let kept = Kept {
            access_key: self.access_key.clone(),
            temporary: self.temporary.clone(),
            more: self.more.clone(),
            bearer_token: self.bearer_token.clone(),
            admin_token: self.admin_token.clone(),
            client_key_id: self.client_key.key_id().to_owned(),
            private_key: Zeroizing::new(STANDARD.encode(&*self.private_key)),
            password: self.password.clone(),
            pkcs12: Some(self.private_key_data()?),
        };
        Ok(serde_json::to_string(&kept)?.into())
    }

    /// Returns the access key with that id.
    pub(super) fn access_key(&self, id: &str) -> Option<&AccessKey> {
        self.access_keys().find(|key| key.id == id)
    }

    /// Returns all access keys.
    pub(super) fn access_keys(&self) -> impl Iterator<Item = &AccessKey> {
        [&self.access_key, &self.temporary].into_iter().chain(&self.more)
    }

    /// Returns the PKCS#12 of the client key's file, in Base64. Writing it takes milliseconds.
    pub(super) fn private_key_data(&self) -> Result<String, Unspecified> {
        if let Some(written) = &self.pkcs12 {
            return Ok(written.clone());
        }
        let pkcs12 = pkcs12::write(&self.private_key, &self.password)?;
        Ok(STANDARD.encode(pkcs12))
    }
}

impl fmt::Debug for Principals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Principals").finish_non_exhaustive()
    }
}

impl From<&AccessKeySeed> for AccessKey {
    fn from(seed: &AccessKeySeed) -> Self {
        let (secret, token) = (seed.secret.clone(), seed.security_token.clone());
        Self { id: seed.id.clone(), secret, token }
    }
}

fn pkcs8_of(key: &ClientKeySeed) -> Result<Zeroizing<Vec<u8>>, BoxError> {
    let bytes = STANDARD.decode(key.private_key.expose_secret());
    // The original error quotes the value.
    let bytes = bytes.map_err(|_| format!("the private key of {} is not Base64", key.id))?;
    Ok(Zeroizing::new(bytes))
}

fn client_key(id: String, pkcs8: &[u8]) -> Result<ClientKey, Unspecified> {
    let text = SecretString::from(STANDARD.encode(pkcs8));
    ClientKey::from_pem(id, &text).map_err(|_| Unspecified)
}

fn random_secret(length: usize) -> Result<SecretString, Unspecified> {
    Ok(SecretString::from(random_text(length)?.as_str()))
}

/// Returns random letters and digits, each of almost 6 bits.
fn random_text(length: usize) -> Result<Zeroizing<String>, Unspecified> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = Zeroizing::new(String::with_capacity(length));
    while text.len() < length {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::fill(&mut *bytes)?;
        // Six bits that stand for no character are drawn again, so that all are equally likely.
        let drawn = bytes
            .iter()
            .filter_map(|byte| ALPHABET.get(usize::from(byte & 63)))
            .map(|byte| char::from(*byte));
        let missing = length - text.len();
        text.extend(drawn.take(missing));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn random_texts_have_their_length_and_differ() {
        for length in [0, 1, 32, 100] {
            let text = random_text(length).expect("random numbers");
            assert_eq!(text.len(), length);
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        }
        assert_ne!(random_text(30), random_text(30));
    }

    #[test]
    fn the_client_key_file_opens_with_the_password_and_is_the_same_key() {
        let identity = Principals::generate().expect("random numbers");
        let json = serde_json::json!({
            "KeyId": identity.client_key.key_id(),
            "PrivateKeyData": identity.private_key_data().expect("it is written"),
        });
        let opened = ClientKey::from_content(&json.to_string().into(), &identity.password)
            .expect("the password opens it");
        assert_eq!(
            opened.sign(b"message").expect("it signs"),
            identity.client_key.sign(b"message").expect("it signs")
        );
    }

    #[test]
    fn debug_shows_nothing() {
        let identity = Principals::generate().expect("random numbers");
        let shown = format!("{identity:?}");
        for key in identity.access_keys() {
            assert!(!shown.contains(key.secret.expose_secret()));
        }
        assert!(!shown.contains(identity.bearer_token.expose_secret()));
        assert!(!shown.contains(identity.password.expose_secret()));
    }
}
