//! Parses certificates (RFC 5280).

use std::time::SystemTime;

use alibabacloud_kms::__private::{Element, Malformed, Reader, tag};
use alibabacloud_kms::middleware::wire::time::parse_iso8601;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::super::hex;
use super::name;

/// `id-ce-subjectKeyIdentifier`, 2.5.29.14.
const KEY_IDENTIFIER: &[u8] = &[0x55, 0x1d, 14];
/// `id-ce-subjectAltName`, 2.5.29.17.
const ALTERNATIVE_NAMES: &[u8] = &[0x55, 0x1d, 17];
/// The service's names of signature algorithms, by object identifier: `sha256WithRSAEncryption`,
/// `ecdsa-with-SHA256` and `SM2-with-SM3`.
const ALGORITHMS: [(&[u8], &str); 3] = [
    (&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 11], "RSA2048-SHA256"),
    (&[0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2], "ECDSA-SHA256"),
    (&[0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75], "SM2-SM3"),
];
const EXTENSIONS: u8 = 0xa3;
const DNS_NAME: u8 = 0x82;
const UTC_TIME: u8 = 0x17;

/// The content of a certificate.
pub(crate) struct X509 {
    /// A `SubjectPublicKeyInfo` in DER.
    pub(super) public_key: Vec<u8>,
    pub(crate) issuer: String,
    pub(crate) subject: String,
    /// Domains.
    pub(crate) alternative_names: Vec<String>,
    /// In hexadecimal digits.
    pub(crate) serial: String,
    /// The service's name of the algorithm.
    pub(crate) signature_algorithm: String,
    pub(crate) key_identifier: Option<String>,
    pub(crate) not_before: SystemTime,
    pub(crate) not_after: SystemTime,
}

impl X509 {
    /// Parses the first certificate of a PEM text.
    pub(super) fn parse(pem: &str) -> Option<Self> {
        let der = CertificateDer::from_pem_slice(pem.as_bytes()).ok()?;
        read(&der).ok()
    }
}

/// Returns `true` if a PEM text consists of certificates and has at least one.
pub(super) fn is_chain(pem: &str) -> bool {
    let mut chain = CertificateDer::pem_slice_iter(pem.as_bytes()).peekable();
    chain.peek().is_some() && chain.all(|der| der.is_ok_and(|der| read(&der).is_ok()))
}

fn read(der: &[u8]) -> Result<X509, Malformed> {
    let mut tbs = Reader::new(der).sequence()?.sequence()?;
    tbs.optional(tag::CONTEXT_0)?;
    let serial = hex(tbs.unsigned_integer()?);
    let algorithm = tbs.sequence()?.oid()?;
    let issuer = name::write(tbs.sequence()?)?;
    let mut validity = tbs.sequence()?;
    let (not_before, not_after) = (time(validity.any()?)?, time(validity.any()?)?);
    let subject = name::write(tbs.sequence()?)?;
    let public_key = tbs.expect(tag::SEQUENCE)?.encoding().to_vec();
    let known = ALGORITHMS.iter().find(|(id, _)| *id == algorithm);
    let mut read = X509 {
        public_key,
        issuer,
        subject,
        alternative_names: Vec::new(),
        serial,
        signature_algorithm: known.map_or_else(String::new, |(_, name)| (*name).to_owned()),
        key_identifier: None,
        not_before,
        not_after,
    };
    while !tbs.is_empty() {
        let element = tbs.any()?;
        if element.tag() == EXTENSIONS {
            extensions(element.children()?.sequence()?, &mut read)?;
        }
    }
    Ok(read)
}

fn extensions(mut all: Reader<'_>, read: &mut X509) -> Result<(), Malformed> {
    while !all.is_empty() {
        let mut extension = all.sequence()?;
        let id = extension.oid()?;
        // The flag `critical`.
        extension.optional(0x01)?;
        let value = extension.octets()?;
        match id {
            KEY_IDENTIFIER => read.key_identifier = Some(spaced(&Reader::new(&value).octets()?)),
            ALTERNATIVE_NAMES => {
                let mut names = Reader::new(&value).sequence()?;
                while !names.is_empty() {
                    let name = names.any()?;
                    if name.tag() == DNS_NAME {
                        let name = String::from_utf8_lossy(name.content());
                        read.alternative_names.push(name.into_owned());
                    }
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// Writes bytes in the service's form: `79 36 26`.
fn spaced(bytes: &[u8]) -> String {
    let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:02X}")).collect();
    bytes.join(" ")
}

/// Parses a time: `YYMMDDHHMMSSZ` until 2049, `YYYYMMDDHHMMSSZ` from 2050.
fn time(element: Element<'_>) -> Result<SystemTime, Malformed> {
    let text = std::str::from_utf8(element.content()).map_err(|_| Malformed)?;
    let text = match (element.tag(), text.get(..2)) {
        (UTC_TIME, Some(year)) if year >= "50" => format!("19{text}"),
        (UTC_TIME, _) => format!("20{text}"),
        _ => text.to_owned(),
    };
    let part = |from: usize| text.get(from..from + 2).ok_or(Malformed);
    let (year, rest) = (text.get(..4).ok_or(Malformed)?, text.get(14..));
    let [month, day, hour, minute, second] = [part(4)?, part(6)?, part(8)?, part(10)?, part(12)?];
    let text = format!("{year}-{month}-{day}T{hour}:{minute}:{second}{}", rest.unwrap_or_default());
    parse_iso8601(&text).ok_or(Malformed)
}
