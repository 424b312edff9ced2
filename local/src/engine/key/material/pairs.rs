//! Imported key pairs.

use aws_lc_rs::rsa::{OAEP_SHA256_MGF1SHA256, OaepPublicEncryptingKey, PublicEncryptingKey};

use super::super::super::asymmetric::{DataKeyPair, KeyFormat, Message, SigningAlgorithm};
use super::super::super::cipher::{BlockMode, Cipher, Padding};
use super::super::super::material::Drawn;
use super::super::super::spec::{KeySpec, KeyState, KeyUsage};
use super::super::super::testing::engine;
use super::super::NewKey;
use super::{Engine, Fault, Origin, WrappingAlgorithm};

const ALGORITHM: WrappingAlgorithm = WrappingAlgorithm::RsaesOaepSha256Aes256;

#[test]
fn an_imported_pair_signs_and_its_public_key_is_the_owners() {
    let engine = engine();
    for (spec, algorithm) in [
        (KeySpec::Rsa2048, SigningAlgorithm::RsaPssSha256),
        (KeySpec::Rsa3072, SigningAlgorithm::RsaPkcs1Sha256),
        (KeySpec::EcP256, SigningAlgorithm::EcdsaSha256),
        (KeySpec::EcP256k, SigningAlgorithm::EcdsaSha256),
    ] {
        let key = external(&engine, spec);
        let pair = pair(spec);
        import(&engine, &key, &pair.private_key).expect("the pair is of the spec");
        assert_eq!(engine.describe_key(&key).expect("the key exists").state, KeyState::Enabled);
        let public = engine.public_key(&key, None).expect("it was imported").value;
        assert_eq!(
            public.as_bytes(),
            super::super::super::asymmetric::public_pem(&pair.public_key).as_bytes()
        );
        let message = Message::Raw(b"message");
        let signature = engine.sign(&key, None, algorithm, message).expect("it signs").value;
        let verified = engine.verify(&key, None, algorithm, message, &signature);
        assert_eq!(verified.map(|it| it.value), Ok(true), "{spec:?}");
    }
}

#[test]
fn a_pair_of_another_spec_and_another_pair_are_refused() {
    let engine = engine();
    let key = external(&engine, KeySpec::EcP256);
    let invalid = Err(Fault::invalid_key_material());
    for other in [KeySpec::EcP256k, KeySpec::Rsa2048] {
        assert_eq!(import(&engine, &key, &pair(other).private_key), invalid, "{other:?}");
    }
    let own = pair(KeySpec::EcP256);
    import(&engine, &key, &own.private_key).expect("the pair is of the spec");
    engine.delete_key_material(&key).expect("it was imported");
    assert_eq!(import(&engine, &key, &pair(KeySpec::EcP256).private_key), invalid);
    import(&engine, &key, &own.private_key).expect("it is the same pair");
}

#[test]
fn pairs_have_wrapping_algorithms_of_their_own() {
    let engine = engine();
    let invalid = Some(Fault::invalid("WrappingAlgorithm"));
    let (pair, bytes) = (external(&engine, KeySpec::EcP256), external(&engine, KeySpec::Aes256));
    let given = engine.parameters_for_import(&pair, WrappingAlgorithm::RsaesOaepSha256);
    assert_eq!(given.err(), invalid);
    assert_eq!(engine.parameters_for_import(&bytes, ALGORITHM).err(), invalid);
}

#[cfg(feature = "sm")]
#[test]
fn a_pair_of_sm2_comes_encrypted_with_sm4() {
    use sm2::PublicKey;
    use sm2::elliptic_curve::common::getrandom::SysRng;
    use sm2::pkcs8::DecodePublicKey;
    use sm2::pke::EncryptingKey;
    use sm4::Sm4;
    use sm4::cipher::{Array, BlockCipherEncrypt, KeyInit};

    let engine = engine();
    let key = external(&engine, KeySpec::EcSm2);
    let given = engine.parameters_for_import(&key, WrappingAlgorithm::Sm2PkeSm4);
    let given = given.expect("the key is external");
    let public = PublicKey::from_public_key_der(&given.public_key).expect("it is DER");
    let sm4 = [9; 16];
    let mut wrapped = EncryptingKey::new(public).encrypt(&mut SysRng, &sm4).expect("it encrypts");
    let mut pair = [7; 32];
    let (blocks, _) = Array::slice_as_chunks_mut(&mut pair);
    Sm4::new_from_slice(&sm4).expect("16 bytes").encrypt_blocks(blocks);
    wrapped.extend(pair);
    engine.import_key_material(&key, &wrapped, &given.import_token, 0).expect("it is a pair");
    let message = Message::Raw(b"message");
    let signature = engine.sign(&key, None, SigningAlgorithm::Sm2Dsa, message).expect("it signs");
    let verified = engine.verify(&key, None, SigningAlgorithm::Sm2Dsa, message, &signature.value);
    assert_eq!(verified.map(|it| it.value), Ok(true));
}

fn external(engine: &Engine, spec: KeySpec) -> String {
    let usage = spec.usages().contains(&KeyUsage::SignVerify).then_some(KeyUsage::SignVerify);
    let new = NewKey { origin: Origin::External, usage, ..spec.into() };
    engine.create_key(new).expect("the key is valid").key_id
}

fn pair(spec: KeySpec) -> DataKeyPair {
    DataKeyPair::generate(spec.as_str(), KeyFormat::Der).expect("it is drawn")
}

/// Imports a PKCS#8 document as the service's pages describe it.
fn import(engine: &Engine, key: &str, pkcs8: &[u8]) -> Result<(), Fault> {
    let given = engine.parameters_for_import(key, ALGORITHM).expect("the key is external");
    let public = PublicEncryptingKey::from_der(&given.public_key).expect("it is DER");
    let public = OaepPublicEncryptingKey::new(public).expect("it is an RSA key");
    let aes = Drawn::Bytes(vec![9; 32].into());
    let mut wrapped = vec![0; public.ciphertext_size()];
    public.encrypt(&OAEP_SHA256_MGF1SHA256, &[9; 32], &mut wrapped, None).expect("it encrypts");
    let cipher = Cipher::new(KeySpec::Aes256, &aes).expect("the key is symmetric");
    wrapped
        .extend(cipher.encrypt_blocks(BlockMode::Ecb, Padding::Pkcs7, pkcs8).expect("it encrypts"));
    engine.import_key_material(key, &wrapped, &given.import_token, 0)
}
