//! The structure of a PKCS#12 file (RFC 7292), down to its private keys and certificates.
//!
//! A file is a MAC (`mac`) over a list of safes. A safe, encrypted (`pbe`) or not, is a list of
//! bags. A bag is a key, a certificate or another list. This module walks them and collects the
//! private keys in PKCS#8, in any order and depth. Certificates are collected if they can be read,
//! and are not required: a client key is identified by its id.

use zeroize::Zeroizing;

use super::der::{Element, Malformed, Reader, tag};
use super::error::ClientKeyErrorKind;
use super::kdf::Password;
use super::{mac, oid, pbe};

/// The maximum nesting of lists of bags; real files have none.
const MAX_NESTED_BAGS: u8 = 8;

/// The content of a file.
pub(super) struct Content {
    /// In PKCS#8; at least one.
    pub(super) keys: Vec<Zeroizing<Vec<u8>>>,
    /// In DER and in no order; at least one, or the reason why there is none.
    pub(super) certificates: Result<Vec<Vec<u8>>, ClientKeyErrorKind>,
}

/// Reads a file.
///
/// A safe that cannot be decrypted is skipped, since it is usually the one with the certificates;
/// if no key is found, its error is returned. Each attempt costs hashing, which is bounded per
/// file.
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
    /// The error of the first safe that could not be decrypted.
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

    /// Reads a `ContentInfo` of the `AuthenticatedSafe`.
    fn read_safe(&mut self, mut content_info: Reader<'_>) -> Result<(), ClientKeyErrorKind> {
        let kind = content_info.oid()?;
        let mut content = explicit(&mut content_info)?;
        content_info.finish()?;
        match kind {
            oid::DATA => self.read_bags(&content.octets()?),
            oid::ENCRYPTED_DATA => match self.decrypt_safe(content.sequence()?) {
                Ok(bags) => self.read_bags(&bags),
                Err(_) if self.password.is_spent() => Err(ClientKeyErrorKind::TooManyIterations),
                Err(problem) => {
                    self.passed_over.get_or_insert(problem);
                    Ok(())
                }
            },
            // For instance id-envelopedData: a safe under a public key.
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
            // Names and fingerprints, which the MAC covers and which change nothing.
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

/// Returns the inside of `[0] EXPLICIT`.
fn explicit<'a>(reader: &mut Reader<'a>) -> Result<Reader<'a>, Malformed> {
    reader.expect(tag::CONTEXT_0)?.children()
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use aws_lc_rs::hmac;

    use super::{ClientKeyErrorKind, oid, open, tag};
    use crate::client_key::kdf::{Purpose, pkcs12_sha1};

    /// Returns an element in DER.
    fn element(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u32::try_from(content.len()).expect("a short one").to_be_bytes();
        [&[tag, 0x84], &length[..], &content].concat()
    }

    /// Returns a safe that no password opens, whose key derivation takes this many iterations.
    fn locked_safe(iterations: u32) -> Vec<u8> {
        let count = iterations.to_be_bytes();
        let parameters =
            [element(tag::OCTET_STRING, &[b"salt"]), element(tag::INTEGER, &[&[0], &count])];
        let parameters = element(tag::SEQUENCE, &[&parameters[0], &parameters[1]]);
        let algorithm = [element(tag::OID, &[oid::PBE_SHA1_3DES]), parameters];
        let algorithm = element(tag::SEQUENCE, &[&algorithm[0], &algorithm[1]]);
        let content = element(tag::CONTEXT_0_PRIMITIVE, &[&[0; 8]]);
        let info = element(tag::OID, &[oid::DATA]);
        let info = element(tag::SEQUENCE, &[&info, &algorithm, &content]);
        let data = element(tag::SEQUENCE, &[&element(tag::INTEGER, &[&[0]]), &info]);
        let kind = element(tag::OID, &[oid::ENCRYPTED_DATA]);
        element(tag::SEQUENCE, &[&kind, &element(tag::CONTEXT_0, &[&data])])
    }

    /// Returns a file of these safes, with the right MAC.
    fn file(safes: &[Vec<u8>], password: &str) -> Vec<u8> {
        let safes: Vec<&[u8]> = safes.iter().map(Vec::as_slice).collect();
        let content = element(tag::SEQUENCE, &safes);
        let mut key = [0; 20];
        pkcs12_sha1(Purpose::Mac, password, b"salt", NonZeroU32::MIN, &mut key);
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &key);
        let mac = hmac::sign(&key, &content);
        let algorithm = element(tag::SEQUENCE, &[&element(tag::OID, &[oid::SHA1])]);
        let digest = element(tag::OCTET_STRING, &[mac.as_ref()]);
        let digest = element(tag::SEQUENCE, &[&algorithm, &digest]);
        let mac = element(tag::SEQUENCE, &[&digest, &element(tag::OCTET_STRING, &[b"salt"])]);
        let data = element(tag::CONTEXT_0, &[&element(tag::OCTET_STRING, &[&content])]);
        let auth_safe = element(tag::SEQUENCE, &[&element(tag::OID, &[oid::DATA]), &data]);
        element(tag::SEQUENCE, &[&element(tag::INTEGER, &[&[3]]), &auth_safe, &mac])
    }

    #[test]
    fn all_safes_of_a_file_share_one_bound_to_the_work() {
        for (safes, iterations, expected) in [
            (3, 1_000, ClientKeyErrorKind::WrongPassword),
            // One derivation of this length is allowed; all of them would take half an hour.
            (6_000, 2_000_000, ClientKeyErrorKind::TooManyIterations),
            (6_000, 1_000, ClientKeyErrorKind::TooManyIterations),
        ] {
            let file = file(&vec![locked_safe(iterations); safes], "password");
            assert_eq!(open(&file, "password").err(), Some(expected), "{safes} x {iterations}");
        }
    }

    #[test]
    fn other_files_are_not_pkcs12() {
        for file in
            [&b""[..], b"-----BEGIN PRIVATE KEY-----", &[0x30; 4096], &[0x30, 0x80, 2, 1, 3, 0, 0]]
        {
            assert_eq!(open(file, "password").err(), Some(ClientKeyErrorKind::InvalidPkcs12));
        }
    }
}
