//! Every asymmetric spec, with each of its usages.

use aws_lc_rs::signature::{ECDSA_P256K1_SHA256_ASN1, ParsedPublicKey};

use super::super::super::spec::{KeySpec, KeyUsage};
use super::super::super::{Engine, NewKey};
use super::super::{EncryptionAlgorithm, Fault, Message, SigningAlgorithm};
use super::{BASE64, engine};
use base64::Engine as _;

const MESSAGE: &[u8] = b"message";

#[test]
fn keys_of_every_spec_sign_and_verify() {
    let engine = engine();
    for (spec, algorithm) in [
        (KeySpec::Rsa3072, SigningAlgorithm::RsaPssSha256),
        (KeySpec::Rsa3072, SigningAlgorithm::RsaPkcs1Sha256),
        (KeySpec::Rsa4096, SigningAlgorithm::RsaPssSha256),
        (KeySpec::EcP256k, SigningAlgorithm::EcdsaSha256),
        (KeySpec::EcSm2, SigningAlgorithm::Sm2Dsa),
    ] {
        let Some(key) = create(&engine, spec, KeyUsage::SignVerify) else { continue };
        let signed = engine.sign(&key, None, algorithm, Message::Raw(MESSAGE));
        let signature = signed.expect("it signs").value;
        let verify = |message: Message<'_>, signature: &[u8]| {
            engine.verify(&key, None, algorithm, message, signature).map(|done| done.value)
        };
        assert_eq!(verify(Message::Raw(MESSAGE), &signature), Ok(true), "{spec:?}");
        assert_eq!(verify(Message::Raw(b"massage"), &signature), Ok(false), "{spec:?}");
        assert_eq!(verify(Message::Raw(MESSAGE), b""), Ok(false), "{spec:?}");
        let signed = engine.sign(&key, None, algorithm, Message::Digest(&[7; 32]));
        let signature = signed.expect("it signs").value;
        assert_eq!(verify(Message::Digest(&[7; 32]), &signature), Ok(true), "{spec:?}");
        assert_eq!(verify(Message::Digest(&[8; 32]), &signature), Ok(false), "{spec:?}");
        for length in [0, 31, 33] {
            let digest = vec![7; length];
            let signed = engine.sign(&key, None, algorithm, Message::Digest(&digest));
            assert_eq!(signed, Err(Fault::invalid("Digest")), "{spec:?}");
            let verified = verify(Message::Digest(&digest), &signature);
            assert_eq!(verified, Err(Fault::invalid("Digest")), "{spec:?}");
        }
    }
}

#[test]
fn keys_of_every_spec_encrypt_what_they_decrypt() {
    let engine = engine();
    let (sha_256, sha_1) =
        (EncryptionAlgorithm::RsaesOaepSha256, EncryptionAlgorithm::RsaesOaepSha1);
    for (spec, algorithm, longest) in [
        (KeySpec::Rsa3072, sha_256, 318),
        (KeySpec::Rsa3072, sha_1, 342),
        (KeySpec::Rsa4096, sha_256, 446),
        (KeySpec::EcSm2, EncryptionAlgorithm::Sm2Pke, 6047),
    ] {
        let Some(key) = create(&engine, spec, KeyUsage::EncryptDecrypt) else { continue };
        let encrypt = |text: &[u8]| engine.asymmetric_encrypt(&key, None, algorithm, text);
        for length in [1, longest] {
            let text = vec![b'x'; length];
            let sealed = encrypt(&text).expect("it encrypts").value;
            let opened = engine.asymmetric_decrypt(&key, None, algorithm, &sealed);
            assert_eq!(opened.map(|done| done.value.to_vec()), Ok(text), "{spec:?}");
            let cut = engine.asymmetric_decrypt(&key, None, algorithm, &sealed[1..]);
            assert_eq!(cut, Err(Fault::invalid_ciphertext()), "{spec:?}");
        }
        let too_long = encrypt(&vec![b'x'; longest + 1]);
        assert_eq!(too_long, Err(Fault::invalid("Plaintext")), "{spec:?}");
    }
}

#[test]
fn a_key_takes_the_algorithms_of_its_spec_only() {
    let engine = engine();
    let key = create(&engine, KeySpec::EcP256k, KeyUsage::SignVerify).expect("it is built in");
    let signed = engine.sign(&key, None, SigningAlgorithm::RsaPssSha256, Message::Raw(MESSAGE));
    assert_eq!(signed, Err(Fault::invalid("Algorithm")));
    let Some(sm2) = create(&engine, KeySpec::EcSm2, KeyUsage::EncryptDecrypt) else { return };
    let sealed = engine.asymmetric_encrypt(&sm2, None, EncryptionAlgorithm::RsaesOaepSha1, MESSAGE);
    assert_eq!(sealed, Err(Fault::invalid("Algorithm")));
    let signed = engine.sign(&sm2, None, SigningAlgorithm::Sm2Dsa, Message::Raw(MESSAGE));
    assert_eq!(signed, Err(Fault::unsupported_operation()));
}

#[test]
fn a_signature_on_p_256k_verifies_with_the_public_key() {
    let engine = engine();
    let key = create(&engine, KeySpec::EcP256k, KeyUsage::SignVerify).expect("it is built in");
    let signed = engine.sign(&key, None, SigningAlgorithm::EcdsaSha256, Message::Raw(MESSAGE));
    let signature = signed.expect("it signs").value;
    let public = ParsedPublicKey::new(&ECDSA_P256K1_SHA256_ASN1, spki(&engine, &key));
    let public = public.expect("the PEM holds a key");
    public.verify_sig(MESSAGE, &signature).expect("the signature is the message's");
}

#[cfg(feature = "sm")]
#[test]
fn what_sm2_makes_is_read_with_the_public_key_and_the_reverse() {
    use sm2::dsa::signature::Verifier;
    use sm2::dsa::{Signature, VerifyingKey};
    use sm2::pkcs8::DecodePublicKey;

    use super::super::encrypt_to;

    let engine = engine();
    let key = create(&engine, KeySpec::EcSm2, KeyUsage::SignVerify).expect("it is built in");
    let signed = engine.sign(&key, None, SigningAlgorithm::Sm2Dsa, Message::Raw(MESSAGE));
    let signature = Signature::from_der(&signed.expect("it signs").value).expect("it is DER");
    let public = sm2::PublicKey::from_public_key_der(&spki(&engine, &key)).expect("an SM2 key");
    let public = VerifyingKey::new("1234567812345678", public).expect("a key");
    public.verify(MESSAGE, &signature).expect("the signature is the message's");

    let key = create(&engine, KeySpec::EcSm2, KeyUsage::EncryptDecrypt).expect("it is built in");
    let sealed = encrypt_to(&spki(&engine, &key), MESSAGE).expect("it encrypts");
    let opened = engine.asymmetric_decrypt(&key, None, EncryptionAlgorithm::Sm2Pke, &sealed);
    assert_eq!(opened.map(|done| done.value.to_vec()), Ok(MESSAGE.to_vec()));
}

/// Creates a key, or returns `None` if support for its spec is not built in.
fn create(engine: &Engine, spec: KeySpec, usage: KeyUsage) -> Option<String> {
    let created = engine.create_key(NewKey { usage: Some(usage), ..spec.into() });
    if let Err(fault) = spec.check_built() {
        assert_eq!(created, Err(fault));
        return None;
    }
    Some(created.expect("the key is valid").key_id)
}

fn spki(engine: &Engine, key: &str) -> Vec<u8> {
    let pem = engine.public_key(key, None).expect("the key is a pair").value;
    let text: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
    BASE64.decode(text).expect("PEM is Base64")
}
