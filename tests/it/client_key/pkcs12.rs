//! PKCS#12 files of many makers; `tests/data/client_key/README.md` says how each was made.

use alibabacloud_kms::ClientKeyErrorKind as Kind;

use super::{SIGNATURE_SHA256, file, open, sha256};

const PASSWORD: &str = "fixture-password";
const NON_ASCII: &str = "pässwört-密码-🔑";

macro_rules! opens {
    ($($test:ident: $file:literal $password:ident;)*) => {$(
        #[test]
        fn $test() {
            let key = open(&file($file), $password).expect("it opens");
            let signature = key.sign(b"message").expect("it signs");
            assert_eq!(sha256(&signature), SIGNATURE_SHA256);
        }
    )*};
}

const EMPTY: &str = "";

opens! {
    openssls_default_opens: "default.p12" PASSWORD;
    openssls_legacy_export_opens: "legacy.p12" PASSWORD;
    triple_des_opens: "triple_des.p12" PASSWORD;
    two_key_triple_des_opens: "two_key_triple_des.p12" PASSWORD;
    a_key_under_rc2_40_opens: "rc2_40.p12" PASSWORD;
    a_key_under_rc2_128_opens: "rc2_128.p12" PASSWORD;
    a_certificate_under_an_unknown_cipher_is_passed_over: "rc4_certificate.p12" PASSWORD;
    aes_128_opens: "aes128.p12" PASSWORD;
    aes_192_opens: "aes192.p12" PASSWORD;
    triple_des_under_pbes2_opens: "pbes2_triple_des.p12" PASSWORD;
    a_key_without_a_certificate_opens: "key_only.p12" PASSWORD;
    a_legacy_key_without_a_certificate_opens: "key_only_legacy.p12" PASSWORD;
    a_mac_of_sha1_is_verified: "mac_sha1.p12" PASSWORD;
    a_mac_of_sha224_is_verified: "mac_sha224.p12" PASSWORD;
    a_mac_of_sha384_is_verified: "mac_sha384.p12" PASSWORD;
    a_mac_of_sha512_is_verified: "mac_sha512.p12" PASSWORD;
    bags_in_the_clear_open: "clear.p12" PASSWORD;
    a_certificate_in_the_clear_is_passed_over: "clear_certificate.p12" PASSWORD;
    many_iterations_open: "iterations_100000.p12" PASSWORD;
    a_single_iteration_is_the_default: "iterations_once.p12" PASSWORD;
    a_certificate_chain_is_passed_over: "chain.p12" PASSWORD;
    keytools_default_opens: "keytool.p12" PASSWORD;
    keytools_legacy_export_opens: "keytool_legacy.p12" PASSWORD;
    an_empty_password_opens: "empty_password.p12" EMPTY;
    an_empty_password_opens_a_legacy_export: "empty_password_legacy.p12" EMPTY;
    an_empty_password_without_its_zeros_opens: "absent_password.p12" EMPTY;
    a_non_ascii_password_opens: "non_ascii_password.p12" NON_ASCII;
    a_non_ascii_password_opens_a_legacy_export: "non_ascii_password_legacy.p12" NON_ASCII;
    ber_at_every_level_opens: "ber.p12" PASSWORD;
    ber_around_a_legacy_export_opens: "ber_legacy.p12" PASSWORD;
    nested_bags_open: "nested.p12" PASSWORD;
    a_key_in_an_encrypted_safe_opens: "encrypted_safe.p12" PASSWORD;
    pbkdf2_with_sha1_opens: "prf_sha1.p12" PASSWORD;
    pbkdf2_with_sha224_opens: "prf_sha224.p12" PASSWORD;
    pbkdf2_with_sha384_opens: "prf_sha384.p12" PASSWORD;
    pbkdf2_with_sha512_opens: "prf_sha512.p12" PASSWORD;
    a_mac_by_pbmac1_is_verified: "pbmac1.p12" PASSWORD;
    the_same_key_twice_opens: "twice_the_same_key.p12" PASSWORD;
}

#[test]
fn the_same_key_twice_is_one_key() {
    assert_eq!(refusal("twice_the_same_key.p12"), None);
}

#[test]
fn two_keys_are_refused_because_either_may_be_meant() {
    assert_eq!(refusal("keytool_two_keys.p12"), Some(Kind::SeveralPrivateKeys));
}

#[test]
fn a_key_of_another_algorithm_or_size_is_named() {
    assert_eq!(refusal("ec.p12"), Some(Kind::NotRsa));
    assert_eq!(refusal("rsa1024.p12"), Some(Kind::KeySize(1024)));
}

#[test]
fn a_file_without_a_key_is_named() {
    for name in ["certificate_only.p12", "no_safes.p12"] {
        assert_eq!(refusal(name), Some(Kind::NoPrivateKey));
    }
}

#[test]
fn a_wrong_password_is_named_whatever_the_mac() {
    for name in [
        "default.p12",
        "legacy.p12",
        "mac_sha512.p12",
        "keytool.p12",
        "empty_password.p12",
        "absent_password.p12",
        "ber.p12",
        "pbmac1.p12",
    ] {
        for password in ["wrong", "fixture-passwor", "Fixture-password"] {
            assert_eq!(open(&file(name), password).err(), Some(Kind::WrongPassword));
        }
    }
    assert_eq!(open(&file("default.p12"), "").err(), Some(Kind::WrongPassword));
}

#[test]
fn a_key_under_another_password_than_the_mac_is_a_wrong_password() {
    assert_eq!(refusal("other_key_password.p12"), Some(Kind::WrongPassword));
}

#[test]
fn a_file_without_a_mac_is_refused() {
    assert_eq!(refusal("no_mac.p12"), Some(Kind::NoMac));
}

#[test]
fn a_short_pbmac1_key_is_refused_although_its_mac_is_right() {
    assert_eq!(refusal("pbmac1_short_key.p12"), Some(Kind::InvalidPkcs12));
}

#[test]
fn an_unsupported_cipher_is_named_by_its_identifier() {
    assert_eq!(
        refusal("rc4_128.p12"),
        Some(Kind::UnsupportedAlgorithm("1.2.840.113549.1.12.1.1".into()))
    );
}

#[test]
fn too_many_iterations_are_refused_before_they_run() {
    for name in ["iterations_over_limit.p12", "mac_iterations_over_limit.p12"] {
        assert_eq!(refusal(name), Some(Kind::TooManyIterations));
    }
}

#[test]
fn bags_nested_too_deep_are_refused() {
    assert_eq!(refusal("nested_too_deep.p12"), Some(Kind::InvalidPkcs12));
}

#[test]
fn a_file_cut_at_any_byte_is_an_error() {
    for file in [file("default.p12"), file("ber.p12")] {
        // Of no bytes at all the field of the JSON is empty.
        for len in 1..file.len() {
            let problem = open(&file[..len], PASSWORD).err();
            assert_eq!(problem, Some(Kind::InvalidPkcs12), "cut at {len}");
        }
    }
}

#[test]
fn a_file_with_any_bit_flipped_is_an_error() {
    // One iteration each, so that 20 000 attempts take no time.
    let mut file = file("iterations_once.p12");
    for at in 0..file.len() {
        for bit in 0..8 {
            file[at] ^= 1 << bit;
            let problem = open(&file, PASSWORD).expect_err("another file");
            // Nothing of it was taken for a key.
            let early = matches!(
                problem,
                Kind::WrongPassword
                    | Kind::InvalidPkcs12
                    | Kind::NoMac
                    | Kind::TooManyIterations
                    | Kind::UnsupportedAlgorithm(_)
            );
            assert!(early, "bit {bit} of byte {at}: {problem:?}");
            file[at] ^= 1 << bit;
        }
    }
}

#[test]
fn other_files_are_not_pkcs12() {
    for name in ["client_key.json", "pkcs8.pem"] {
        assert_eq!(refusal(name), Some(Kind::InvalidPkcs12));
    }
}

/// Why a file is no client key, under the usual password.
fn refusal(name: &str) -> Option<Kind> {
    open(&file(name), PASSWORD).err()
}
