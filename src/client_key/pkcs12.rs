//! The structure of a PKCS#12 file (RFC 7292), down to the private keys and certificates in it.
//!
//! A file is a MAC (`mac`) over a list of safes; a safe, encrypted (`pbe`) or not, is a list of
//! bags; a bag is a key, a certificate or another list. This module walks them and collects the
//! private keys in PKCS#8, in whatever order and however deep the exporter put them. Certificates
//! are collected where they can be read and are never missed otherwise: a client key is known by its
//! id.

use zeroize::Zeroizing;

use super::der::{Element, Malformed, Reader, tag};
use super::error::ClientKeyErrorKind;
use super::kdf::Password;
use super::{mac, oid, pbe};

/// How deep a list of bags may hold other lists; real files have none at all.
const MAX_NESTED_BAGS: u8 = 8;

/// What is in a file.
pub(super) struct Content {
    /// In PKCS#8; at least one.
    pub(super) keys: Vec<Zeroizing<Vec<u8>>>,
    /// In DER and in no order; at least one, or why there is none.
    pub(super) certificates: Result<Vec<Vec<u8>>, ClientKeyErrorKind>,
}

/// Reads a file.
///
/// A safe that cannot be decrypted is passed over, since it is usually the one with the
/// certificates; if then no key is found at all, that is the error.
pub(super) fn open(input: &[u8], password: &str) -> Result<Content, ClientKeyErrorKind> {
    let mut pfx = Reader::new(input).sequence()?;
    if pfx.small_integer()? != 3 {
        return Err(Malformed.into());
    }
    let mut auth_safe = pfx.sequence()?;
    let mac_data = pfx.optional(tag::SEQUENCE)?;
    pfx.finish()?;

    let kind = auth_safe.oid()?;
    if kind != oid::DATA {
        return Err(ClientKeyErrorKind::UnsupportedAlgorithm(oid::dotted(kind)));
    }
    let content = explicit(&mut auth_safe)?.octets()?;
    auth_safe.finish()?;
    let mac_data = mac_data.ok_or(ClientKeyErrorKind::NoMac)?.children()?;
    let password = mac::verify(mac_data, &content, password)?;

    let mut found =
        Found { password, keys: Vec::new(), certificates: Vec::new(), passed_over: None };
    let mut contents = Reader::new(&content);
    let mut safes = contents.sequence()?;
    contents.finish()?;
    while !safes.is_empty() {
        found.read_safe(safes.sequence()?)?;
    }
    found.content()
}

struct Found<'p> {
    password: Password<'p>,
    keys: Vec<Zeroizing<Vec<u8>>>,
    certificates: Vec<Vec<u8>>,
    /// Why the first safe that could not be decrypted could not.
    passed_over: Option<ClientKeyErrorKind>,
}

impl Found<'_> {
    fn content(self) -> Result<Content, ClientKeyErrorKind> {
        let Self { keys, certificates, passed_over, .. } = self;
        match (keys.is_empty(), certificates.is_empty(), passed_over) {
            (true, _, problem) => Err(problem.unwrap_or(ClientKeyErrorKind::NoPrivateKey)),
            (false, true, problem) => {
                let problem = problem.unwrap_or(ClientKeyErrorKind::NoCertificate);
                Ok(Content { keys, certificates: Err(problem) })
            }
            (false, false, _) => Ok(Content { keys, certificates: Ok(certificates) }),
        }
    }

    /// A `ContentInfo` of the `AuthenticatedSafe`.
    fn read_safe(&mut self, mut content_info: Reader<'_>) -> Result<(), ClientKeyErrorKind> {
        let kind = content_info.oid()?;
        let mut content = explicit(&mut content_info)?;
        content_info.finish()?;
        match kind {
            oid::DATA => self.read_bags(&content.octets()?),
            oid::ENCRYPTED_DATA => match self.decrypt_safe(content.sequence()?) {
                Ok(bags) => self.read_bags(&bags),
                Err(problem) => {
                    self.passed_over.get_or_insert(problem);
                    Ok(())
                }
            },
            // id-envelopedData, for one: a safe under a public key.
            other => {
                self.passed_over
                    .get_or_insert(ClientKeyErrorKind::UnsupportedAlgorithm(oid::dotted(other)));
                Ok(())
            }
        }
    }

    /// RFC 5652, section 8: `EncryptedData`.
    fn decrypt_safe(
        &self,
        mut encrypted_data: Reader<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, ClientKeyErrorKind> {
        encrypted_data.small_integer()?;
        let mut content_info = encrypted_data.sequence()?;
        content_info.oid()?;
        let algorithm = content_info.sequence()?;
        let ciphertext = content_info.any()?.octets(tag::CONTEXT_0_PRIMITIVE)?;
        content_info.finish()?;
        pbe::decrypt(algorithm, &ciphertext, &self.password)
    }

    fn read_bags(&mut self, safe_contents: &[u8]) -> Result<(), ClientKeyErrorKind> {
        let mut contents = Reader::new(safe_contents);
        let bags = contents.sequence()?;
        contents.finish()?;
        self.read_bag_list(bags, MAX_NESTED_BAGS)
    }

    fn read_bag_list(&mut self, mut bags: Reader<'_>, depth: u8) -> Result<(), ClientKeyErrorKind> {
        while !bags.is_empty() {
            let mut bag = bags.sequence()?;
            let kind = bag.oid()?;
            let mut value = explicit(&mut bag)?;
            // Names and fingerprints; they are under the MAC and change nothing.
            bag.optional(tag::SET)?;
            bag.finish()?;
            match kind {
                oid::KEY_BAG => {
                    let key: Element<'_> = value.expect(tag::SEQUENCE)?;
                    self.keys.push(Zeroizing::new(key.encoding().to_vec()));
                }
                oid::SHROUDED_KEY_BAG => {
                    let mut shrouded = value.sequence()?;
                    let algorithm = shrouded.sequence()?;
                    let ciphertext = shrouded.octets()?;
                    shrouded.finish()?;
                    let key = pbe::decrypt(algorithm, &ciphertext, &self.password)?;
                    self.keys.push(key);
                }
                oid::SAFE_CONTENTS_BAG => {
                    let depth = depth.checked_sub(1).ok_or(Malformed)?;
                    self.read_bag_list(value.sequence()?, depth)?;
                }
                oid::CERTIFICATE_BAG => self.certificates.extend(certificate(value).ok()),
                // Revocation lists, secrets.
                _ => {}
            }
        }
        Ok(())
    }
}

/// RFC 7292, section 4.2.3: `CertBag`.
fn certificate(mut value: Reader<'_>) -> Result<Vec<u8>, Malformed> {
    let mut bag = value.sequence()?;
    if bag.oid()? != oid::X509_CERTIFICATE {
        return Err(Malformed);
    }
    Ok(explicit(&mut bag)?.octets()?.to_vec())
}

/// The inside of `[0] EXPLICIT`.
fn explicit<'a>(reader: &mut Reader<'a>) -> Result<Reader<'a>, Malformed> {
    reader.expect(tag::CONTEXT_0)?.children()
}

#[cfg(test)]
pub(super) mod tests {
    use aws_lc_rs::digest;

    use super::open;
    use crate::client_key::ClientKeyErrorKind as Kind;
    use crate::client_key::rsa::{self, PrivateKey};

    const PASSWORD: &str = "fixture-password";
    const NON_ASCII: &str = "pässwört-密码-🔑";

    /// Of the PKCS#8 that every good fixture holds.
    const KEY_SHA256: &str = "a626a6254de440cc94cf24551444fe26c1026dd2b0a33895633e5fa179b9f3fd";

    macro_rules! opens {
        ($($test:ident: $file:literal $password:ident;)*) => {$(
            #[test]
            fn $test() {
                let keys = open(fixture!($file), $password).expect("it opens").keys;
                assert!(!keys.is_empty());
                for key in keys {
                    assert_eq!(sha256(&key), KEY_SHA256);
                }
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
        assert!(load(fixture!("twice_the_same_key.p12")).is_ok());
    }

    #[test]
    fn two_keys_are_refused_because_either_may_be_meant() {
        assert_eq!(load(fixture!("keytool_two_keys.p12")).err(), Some(Kind::SeveralPrivateKeys));
    }

    #[test]
    fn a_key_of_another_algorithm_or_size_is_named() {
        assert_eq!(load(fixture!("ec.p12")).err(), Some(Kind::NotRsa));
        assert_eq!(load(fixture!("rsa1024.p12")).err(), Some(Kind::KeySize(1024)));
    }

    #[test]
    fn a_file_without_a_key_is_named() {
        for file in [&fixture!("certificate_only.p12")[..], fixture!("no_safes.p12")] {
            assert_eq!(load(file).err(), Some(Kind::NoPrivateKey));
        }
    }

    #[test]
    fn a_wrong_password_is_named_whatever_the_mac() {
        for file in [
            &fixture!("default.p12")[..],
            fixture!("legacy.p12"),
            fixture!("mac_sha512.p12"),
            fixture!("keytool.p12"),
            fixture!("empty_password.p12"),
            fixture!("absent_password.p12"),
            fixture!("ber.p12"),
            fixture!("pbmac1.p12"),
        ] {
            for password in ["wrong", "fixture-passwor", "Fixture-password"] {
                assert_eq!(open(file, password).err(), Some(Kind::WrongPassword));
            }
        }
        assert_eq!(open(fixture!("default.p12"), "").err(), Some(Kind::WrongPassword));
    }

    #[test]
    fn a_key_under_another_password_than_the_mac_is_a_wrong_password() {
        assert_eq!(load(fixture!("other_key_password.p12")).err(), Some(Kind::WrongPassword));
    }

    #[test]
    fn a_file_without_a_mac_is_refused() {
        assert_eq!(load(fixture!("no_mac.p12")).err(), Some(Kind::NoMac));
    }

    #[test]
    fn a_short_pbmac1_key_is_refused_although_its_mac_is_right() {
        assert_eq!(load(fixture!("pbmac1_short_key.p12")).err(), Some(Kind::InvalidPkcs12));
    }

    #[test]
    fn an_unsupported_cipher_is_named_by_its_identifier() {
        assert_eq!(
            load(fixture!("rc4_128.p12")).err(),
            Some(Kind::UnsupportedAlgorithm("1.2.840.113549.1.12.1.1".into()))
        );
    }

    #[test]
    fn too_many_iterations_are_refused_before_they_run() {
        for file in
            [&fixture!("iterations_over_limit.p12")[..], fixture!("mac_iterations_over_limit.p12")]
        {
            assert_eq!(load(file).err(), Some(Kind::TooManyIterations));
        }
    }

    #[test]
    fn bags_nested_too_deep_are_refused() {
        assert_eq!(load(fixture!("nested_too_deep.p12")).err(), Some(Kind::InvalidPkcs12));
    }

    #[test]
    fn a_file_cut_at_any_byte_is_an_error() {
        for file in [&fixture!("default.p12")[..], fixture!("ber.p12")] {
            for len in 0..file.len() {
                let problem = open(&file[..len], PASSWORD).err();
                assert_eq!(problem, Some(Kind::InvalidPkcs12), "cut at {len}");
            }
        }
    }

    #[test]
    fn a_file_with_any_bit_flipped_is_an_error() {
        // One iteration each, so that 20 000 attempts take no time.
        let mut file = fixture!("iterations_once.p12").to_vec();
        for at in 0..file.len() {
            for bit in 0..8 {
                file[at] ^= 1 << bit;
                assert!(open(&file, PASSWORD).is_err(), "bit {bit} of byte {at}");
                file[at] ^= 1 << bit;
            }
        }
    }

    #[test]
    fn other_files_are_not_pkcs12() {
        for file in [
            &b""[..],
            b"-----BEGIN PRIVATE KEY-----",
            fixture!("client_key.json"),
            fixture!("pkcs8.pem"),
            &[0x30; 4096],
            &[0x30, 0x80, 2, 1, 3, 0, 0],
        ] {
            assert_eq!(open(file, PASSWORD).err(), Some(Kind::InvalidPkcs12));
        }
    }

    fn load(file: &[u8]) -> Result<(), Kind> {
        let keys: Vec<_> = open(file, PASSWORD)?.keys.into_iter().map(PrivateKey::Pkcs8).collect();
        rsa::load(&keys).map(drop)
    }

    pub(in crate::client_key) fn sha256(bytes: &[u8]) -> String {
        digest::digest(&digest::SHA256, bytes)
            .as_ref()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}
