//! Who may call the local gateway: an access key, and a client key with its password, made anew.

use std::fmt;

use alibabacloud_kms::Credential;
use alibabacloud_kms::client_key::ClientKey;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use zeroize::Zeroizing;

use super::pkcs12;

/// Who may call, and what proves it.
pub(super) struct Identity {
    pub(super) access_key_id: String,
    pub(super) access_key_secret: SecretString,
    pub(super) client_key: ClientKey,
    /// The client key's public key, an `RSAPublicKey` of RFC 8017.
    pub(super) client_public_key: Vec<u8>,
    /// What opens the client key's file.
    pub(super) password: SecretString,
    private_key: Zeroizing<Vec<u8>>,
}

impl Identity {
    /// Draws everything at random. The RSA key takes a fraction of a second.
    pub(super) fn generate() -> Result<Self, Unspecified> {
        let pair = KeyPair::generate(KeySize::Rsa2048)?;
        let der: Pkcs8V1Der<'_> = pair.as_der()?;
        let private_key = Zeroizing::new(der.as_ref().to_vec());
        let key_id = format!("KAAP.{}", *random_text(20)?);
        let text = SecretString::from(STANDARD.encode(&*private_key));
        Ok(Self {
            access_key_id: format!("LTAI{}", *random_text(20)?),
            access_key_secret: SecretString::from(random_text(30)?.as_str()),
            client_key: ClientKey::from_pem(key_id, &text).map_err(|_| Unspecified)?,
            client_public_key: pair.public_key().as_ref().to_vec(),
            password: SecretString::from(random_text(32)?.as_str()),
            private_key,
        })
    }

    /// The access key as clients take it.
    pub(super) fn credential(&self) -> Credential {
        Credential::access_key(&self.access_key_id, self.access_key_secret.clone())
    }

    /// The client key file's PKCS#12, in Base64.
    pub(super) fn private_key_data(&self) -> Result<String, Unspecified> {
        let pkcs12 = pkcs12::write(&self.private_key, &self.password)?;
        Ok(STANDARD.encode(pkcs12))
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").finish_non_exhaustive()
    }
}

/// So many random letters and digits, each of almost 6 bits.
fn random_text(length: usize) -> Result<Zeroizing<String>, Unspecified> {
    const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    let mut text = Zeroizing::new(String::with_capacity(length));
    while text.len() < length {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::fill(&mut *bytes)?;
        // Six bits that name no character are drawn again, so that all are equally likely.
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
    use secrecy::ExposeSecret;

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
        let identity = Identity::generate().expect("random numbers");
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
        let identity = Identity::generate().expect("random numbers");
        let shown = format!("{identity:?}");
        assert!(!shown.contains(identity.access_key_secret.expose_secret()));
        assert!(!shown.contains(identity.password.expose_secret()));
    }
}
