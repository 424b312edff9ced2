//! Asymmetric keys in use.

mod specs;

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

use super::super::spec::KeyState;
use super::super::testing::engine;
use super::EncryptionAlgorithm::{RsaesOaepSha1, RsaesOaepSha256};
use super::SigningAlgorithm::{EcdsaSha256, RsaPkcs1Sha256, RsaPssSha256};
use super::{EncryptionAlgorithm, Engine, Fault, Message, SigningAlgorithm};

/// Shared by the tests, because generating an RSA key is slow.
static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let engine = engine();
    engine.seed().expect("an empty engine is seeded");
    engine
});

const SIGNERS: [(&str, SigningAlgorithm); 3] = [
    ("alias/rsa-sign", RsaPssSha256),
    ("alias/rsa-sign", RsaPkcs1Sha256),
    ("alias/ec-sign", EcdsaSha256),
];

#[test]
fn what_is_encrypted_with_rsa_is_decrypted() {
    for (algorithm, longest) in [(RsaesOaepSha256, 190), (RsaesOaepSha1, 214)] {
        for length in [0, 32, longest] {
            let plaintext = vec![0x5a; length];
            let sealed = encrypt(algorithm, &plaintext).expect("it encrypts");
            assert_eq!(sealed.len(), 256);
            assert_eq!(decrypt(algorithm, &sealed), Ok(plaintext));
        }
        let too_long = encrypt(algorithm, &vec![0; longest + 1]);
        assert_eq!(too_long, Err(Fault::invalid("Plaintext")));
    }
}

#[test]
fn a_changed_rsa_ciphertext_or_another_padding_is_refused() {
    let mut sealed = encrypt(RsaesOaepSha256, b"text").expect("it encrypts");
    assert_eq!(decrypt(RsaesOaepSha1, &sealed), Err(Fault::invalid_ciphertext()));
    sealed[255] ^= 1;
    assert_eq!(decrypt(RsaesOaepSha256, &sealed), Err(Fault::invalid_ciphertext()));
    for wrong in [&sealed[..255], b""] {
        assert_eq!(decrypt(RsaesOaepSha256, wrong), Err(Fault::invalid_ciphertext()));
    }
}

#[test]
fn the_holder_of_the_public_key_encrypts_for_the_service() {
    let public = PublicEncryptingKey::from_der(&spki("alias/rsa-encrypt"));
    let public = public.expect("the PEM holds an RSA key");
    let public = OaepPublicEncryptingKey::new(public).expect("the key is for OAEP");
    let mut sealed = vec![0; public.ciphertext_size()];
    public.encrypt(&OAEP_SHA256_MGF1SHA256, b"text", &mut sealed, None).expect("it encrypts");
    assert_eq!(decrypt(RsaesOaepSha256, &sealed).as_deref(), Ok(&b"text"[..]));
}

#[test]
fn a_signature_verifies_here_and_with_the_public_key() {
    let hash = digest(&SHA256, b"message");
    for (key, algorithm) in SIGNERS {
        let signature = sign(key, algorithm, Message::Digest(hash.as_ref()));
        let signature = signature.expect("it signs");
        let public = match algorithm {
            RsaPssSha256 => ParsedPublicKey::new(&RSA_PSS_2048_8192_SHA256, spki(key)),
            RsaPkcs1Sha256 => ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki(key)),
            EcdsaSha256 => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, spki(key)),
            SigningAlgorithm::Sm2Dsa => unreachable!("no signer here is of SM2"),
        };
        let public = public.expect("the PEM holds a key");
        public.verify_sig(b"message", &signature).expect("the signature is the message's");

        let verify = |message, signature: &[u8]| verify(key, algorithm, message, signature);
        assert_eq!(verify(Message::Raw(b"message"), &signature), Ok(true));
        assert_eq!(verify(Message::Digest(hash.as_ref()), &signature), Ok(true));
        assert_eq!(verify(Message::Raw(b"massage"), &signature), Ok(false));
        assert_eq!(verify(Message::Raw(b"message"), b""), Ok(false));
        let mut tampered = signature;
        tampered[40] ^= 1;
        assert_eq!(verify(Message::Raw(b"message"), &tampered), Ok(false));
    }
}

#[test]
fn a_raw_message_is_hashed_first() {
    let hash = digest(&SHA256, b"message");
    let raw = sign("alias/rsa-sign", RsaPkcs1Sha256, Message::Raw(b"message"));
    let hashed = sign("alias/rsa-sign", RsaPkcs1Sha256, Message::Digest(hash.as_ref()));
    assert_eq!(raw.expect("it signs"), hashed.expect("it signs"));
}

#[test]
fn the_paddings_of_rsa_do_not_verify_each_other() {
    let pss = sign("alias/rsa-sign", RsaPssSha256, Message::Raw(b"message"));
    let pss = pss.expect("it signs");
    let verified = verify("alias/rsa-sign", RsaPkcs1Sha256, Message::Raw(b"message"), &pss);
    assert_eq!(verified, Ok(false));
}

#[test]
fn a_digest_has_32_bytes() {
    for (key, algorithm) in SIGNERS {
        for length in [0, 20, 31, 33, 64] {
            let hash = vec![0; length];
            let signed = sign(key, algorithm, Message::Digest(&hash));
            assert_eq!(signed, Err(Fault::invalid("Digest")));
            let verified = verify(key, algorithm, Message::Digest(&hash), &[0; 256]);
            assert_eq!(verified, Err(Fault::invalid("Digest")));
        }
    }
}

#[test]
fn an_algorithm_has_to_fit_the_spec_and_the_usage() {
    let message = Message::Raw(b"message");
    let sign = |key, algorithm| sign(key, algorithm, message);
    assert_eq!(sign("alias/rsa-sign", EcdsaSha256), Err(Fault::invalid("Algorithm")));
    assert_eq!(sign("alias/ec-sign", RsaPssSha256), Err(Fault::invalid("Algorithm")));
    for key in ["alias/default", "alias/rsa-encrypt"] {
        assert_eq!(sign(key, RsaPssSha256), Err(Fault::unsupported_operation()), "{key}");
    }
    for key in ["alias/default", "alias/rsa-sign", "alias/ec-sign"] {
        let sealed = ENGINE.asymmetric_encrypt(key, None, RsaesOaepSha256, b"");
        assert_eq!(sealed, Err(Fault::unsupported_operation()), "{key}");
        let opened = ENGINE.asymmetric_decrypt(key, None, RsaesOaepSha256, &[0; 256]);
        assert_eq!(opened, Err(Fault::unsupported_operation()), "{key}");
    }
    let public = ENGINE.public_key("alias/default", None);
    assert_eq!(public, Err(Fault::unsupported_operation()));
}

#[test]
fn the_version_has_to_be_the_keys() {
    let version = |alias| {
        let key = ENGINE.describe_key(alias).expect("the alias is seeded");
        key.primary_key_version.expect("it has a version")
    };
    let (own, other) = (version("alias/ec-sign"), version("alias/default"));
    let sign =
        |id: &str| ENGINE.sign("alias/ec-sign", Some(id), EcdsaSha256, Message::Raw(b"message"));
    assert_eq!(sign(&own).expect("the version is the key's").key_version_id, own);
    let fault = sign(&other).expect_err("the version is another key's");
    assert_eq!((fault.status, fault.code), (404, "Forbidden.KeyVersionNotFound"));
    let public = ENGINE.public_key("alias/ec-sign", Some(&other));
    assert_eq!(public, Err(Fault::key_version_not_found()));
}

#[test]
fn a_disabled_key_does_not_sign() {
    let engine = engine();
    engine.seed().expect("an empty engine is seeded");
    engine.disable_key("alias/ec-sign").expect("the alias is seeded");
    let message = Message::Raw(b"message");
    let signed = engine.sign("alias/ec-sign", None, EcdsaSha256, message);
    assert_eq!(signed, Err(KeyState::Disabled.rejected()));
    let verified = engine.verify("alias/ec-sign", None, EcdsaSha256, message, b"");
    assert_eq!(verified, Err(KeyState::Disabled.rejected()));
}

fn encrypt(algorithm: EncryptionAlgorithm, plaintext: &[u8]) -> Result<Vec<u8>, Fault> {
    let sealed = ENGINE.asymmetric_encrypt("alias/rsa-encrypt", None, algorithm, plaintext)?;
    Ok(sealed.value)
}

fn decrypt(algorithm: EncryptionAlgorithm, ciphertext: &[u8]) -> Result<Vec<u8>, Fault> {
    let opened = ENGINE.asymmetric_decrypt("alias/rsa-encrypt", None, algorithm, ciphertext)?;
    Ok(opened.value.to_vec())
}

fn sign(key: &str, algorithm: SigningAlgorithm, message: Message<'_>) -> Result<Vec<u8>, Fault> {
    Ok(ENGINE.sign(key, None, algorithm, message)?.value)
}

fn verify(
    key: &str,
    algorithm: SigningAlgorithm,
    message: Message<'_>,
    signature: &[u8],
) -> Result<bool, Fault> {
    Ok(ENGINE.verify(key, None, algorithm, message, signature)?.value)
}

/// Returns the DER in the PEM of a key's public key.
fn spki(key: &str) -> Vec<u8> {
    let pem = ENGINE.public_key(key, None).expect("the key is asymmetric").value;
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    BASE64.decode(text).expect("PEM is Base64")
}
