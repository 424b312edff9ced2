//! Message authentication codes (MACs), and digests.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::{digest, hmac};

use super::key::{ActiveVersion, KeyAction};
use super::material::Drawn;
use super::spec::{KeySpec, KeyUsage};
use super::{Engine, Fault, Outcome};

/// The maximum length of a message, in bytes.
const MAX_MESSAGE: usize = 6144;

impl Engine {
    /// Returns the MAC of a message under an HMAC key, whose spec must be named like the algorithm.
    pub(crate) fn generate_mac(
        &self,
        key: &str,
        algorithm: &str,
        message: &[u8],
    ) -> Result<Outcome<Vec<u8>>, Fault> {
        let version = self.mac_key(key, KeyAction::GenerateMac, algorithm)?;
        let code = mac(&version, message)?;
        Ok(version.outcome(code))
    }

    /// Returns `true` if the MAC is valid for the message.
    pub(crate) fn verify_mac(
        &self,
        key: &str,
        algorithm: &str,
        message: &[u8],
        code: &[u8],
    ) -> Result<Outcome<bool>, Fault> {
        let version = self.mac_key(key, KeyAction::VerifyMac, algorithm)?;
        let expected = mac(&version, message)?;
        let is_equal = verify_slices_are_equal(&expected, code).is_ok();
        Ok(version.outcome(is_equal))
    }

    /// Returns the MAC of a message, computed with the key's own algorithm.
    pub(crate) fn hmac(&self, key: &str, message: &[u8]) -> Result<Outcome<Vec<u8>>, Fault> {
        let version = self.active_key(key, KeyAction::GenerateMac)?;
        let code = mac(&version, message)?;
        Ok(version.outcome(code))
    }

    fn mac_key(
        &self,
        key: &str,
        action: KeyAction,
        algorithm: &str,
    ) -> Result<ActiveVersion, Fault> {
        let version = self.active_key(key, action)?;
        if version.usage() != KeyUsage::GenerateVerifyMac {
            return Err(Fault::unsupported_operation());
        }
        if algorithm.is_empty() {
            return Err(Fault::missing("Algorithm"));
        }
        if algorithm != version.spec().as_str() {
            return Err(Fault::invalid("Algorithm"));
        }
        Ok(version)
    }
}

/// Returns the digest of a message: `SHA_224`, `SHA_256` (default), `SHA_384`, `SHA_512` or `SM3`.
pub(crate) fn hash(algorithm: &str, message: &[u8]) -> Result<Vec<u8>, Fault> {
    let algorithm = match algorithm {
        "SHA_224" => &digest::SHA224,
        "" | "SHA_256" => &digest::SHA256,
        "SHA_384" => &digest::SHA384,
        "SHA_512" => &digest::SHA512,
        "SM3" => return sm3(message),
        _ => return Err(Fault::invalid("Algorithm")),
    };
    Ok(digest::digest(algorithm, message).as_ref().to_vec())
}

fn mac(version: &ActiveVersion, message: &[u8]) -> Result<Vec<u8>, Fault> {
    let Drawn::Bytes(key) = version.material()? else {
        return Err(Fault::unsupported_operation());
    };
    let algorithm = match version.spec() {
        KeySpec::HmacSha224 => hmac::HMAC_SHA224,
        KeySpec::HmacSha256 => hmac::HMAC_SHA256,
        KeySpec::HmacSha384 => hmac::HMAC_SHA384,
        KeySpec::HmacSha512 => hmac::HMAC_SHA512,
        KeySpec::HmacSm3 => return check_length(message).and_then(|()| hmac_sm3(key, message)),
        _ => return Err(Fault::unsupported_operation()),
    };
    check_length(message)?;
    let key = hmac::Key::new(algorithm, key);
    Ok(hmac::sign(&key, message).as_ref().to_vec())
}

fn check_length(message: &[u8]) -> Result<(), Fault> {
    if message.len() > MAX_MESSAGE { Err(Fault::invalid("Message")) } else { Ok(()) }
}

#[cfg(feature = "sm")]
fn hmac_sm3(key: &[u8], message: &[u8]) -> Result<Vec<u8>, Fault> {
    use ::hmac::{Hmac, KeyInit, Mac};

    let mut mac = Hmac::<sm3::Sm3>::new_from_slice(key).map_err(|_| Fault::internal())?;
    mac.update(message);
    Ok(mac.finalize().into_bytes().to_vec())
}

#[cfg(not(feature = "sm"))]
fn hmac_sm3(_: &[u8], _: &[u8]) -> Result<Vec<u8>, Fault> {
    Err(Fault::not_built("HMAC_SM3"))
}

#[cfg(feature = "sm")]
fn sm3(message: &[u8]) -> Result<Vec<u8>, Fault> {
    use ::sm3::{Digest, Sm3};

    Ok(Sm3::digest(message).to_vec())
}

#[cfg(not(feature = "sm"))]
fn sm3(_: &[u8]) -> Result<Vec<u8>, Fault> {
    Err(Fault::not_built("SM3"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::engine;
    use super::super::{NewKey, hex};
    use super::{Fault, KeySpec, KeyUsage, hash};

    #[test]
    fn a_code_is_the_messages_and_the_keys() {
        let engine = engine();
        for (spec, name) in KeySpec::ALL {
            if spec.usages() != [KeyUsage::GenerateVerifyMac] || spec.check_built().is_err() {
                continue;
            }
            let create = || engine.create_key(spec.into()).expect("the key is valid").key_id;
            let (key, other) = (create(), create());
            let made = engine.generate_mac(&key, name, b"message").expect("it makes a code");
            let length = spec.byte_length().expect("HMAC keys are bytes");
            assert_eq!((made.key_id.as_str(), made.value.len()), (key.as_str(), length), "{name}");
            let verify = |key: &str, message: &[u8], code: &[u8]| {
                engine.verify_mac(key, name, message, code).map(|done| done.value)
            };
            assert_eq!(verify(&key, b"message", &made.value), Ok(true));
            assert_eq!(verify(&key, b"massage", &made.value), Ok(false));
            assert_eq!(verify(&other, b"message", &made.value), Ok(false));
            assert_eq!(verify(&key, b"message", b""), Ok(false));
            let native = engine.hmac(&key, b"message").expect("it makes a code");
            assert_eq!(native.value, made.value);
        }
    }

    #[test]
    fn the_algorithm_is_the_keys() {
        let engine = engine();
        let key = engine.create_key(KeySpec::HmacSha256.into()).expect("the key is valid").key_id;
        let aes = engine.create_key(NewKey::default()).expect("the key is valid").key_id;
        let mac = |key: &str, algorithm: &str| {
            engine.generate_mac(key, algorithm, b"message").map(|done| done.value)
        };
        assert_eq!(mac(&key, "HMAC_SHA_512"), Err(Fault::invalid("Algorithm")));
        assert_eq!(mac(&key, ""), Err(Fault::missing("Algorithm")));
        assert_eq!(mac(&aes, "HMAC_SHA_256"), Err(Fault::unsupported_operation()));
        let sealed = engine.encrypt(&key, b"text", b"");
        assert_eq!(sealed, Err(Fault::unsupported_operation()));
        let too_long = engine.generate_mac(&key, "HMAC_SHA_256", &[0; 6145]);
        assert_eq!(too_long, Err(Fault::invalid("Message")));
    }

    #[test]
    fn digests_are_those_of_their_standards() {
        let digest = |algorithm| hash(algorithm, b"abc").map(|it| hex(&it));
        let sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(digest("").as_deref(), Ok(sha256));
        assert_eq!(digest("SHA_256").as_deref(), Ok(sha256));
        assert_eq!(digest("SHA_512").map(|it| it.len()), Ok(128));
        assert_eq!(digest("MD5"), Err(Fault::invalid("Algorithm")));
        let sm3 = "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0";
        let expected =
            if cfg!(feature = "sm") { Ok(sm3.to_owned()) } else { Err(Fault::not_built("SM3")) };
        assert_eq!(digest("SM3"), expected);
    }
}
