//! Reads CA certificates: from a text, a file or the files of a directory.

use std::collections::BinaryHeap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use super::x509;
use crate::bounded_file::read_bounded;
use crate::error::{Error, ErrorKind};
use crate::pem::{self, Block, BlockKind};
use crate::shown::{shown, unread_because};
use crate::wire::time::http_date;

/// The maximum length of a file in bytes; all CAs of a system are about 250 KiB.
const MAX_FILE: usize = 16 << 20;

/// Certificates in DER, each once.
type Certificates = Vec<Vec<u8>>;

/// The content of a text or a file.
#[derive(Default)]
struct Found {
    certificates: Certificates,
    /// What is wrong with the first unusable block or certificate, or what the content is if it is
    /// neither.
    wrong: Option<&'static str>,
    /// The labels of PEM blocks that are not certificates.
    others: Vec<String>,
}

/// Returns the certificates of a PEM text: at least one, all of them X.509.
pub(super) fn text(pem: &[u8]) -> Result<Certificates, Error> {
    all_of(pem, "the CA")
}

/// Returns the certificate in a block, or what is wrong with it; `None` if the block is not a
/// certificate.
pub(super) fn of_block(block: &Block<'_>) -> Option<Result<Vec<u8>, &'static str>> {
    let kind = block.kind();
    if !matches!(kind, BlockKind::Certificate | BlockKind::TrustedCertificate) {
        return None;
    }
    let Some(der) = block.decode() else {
        return Some(Err("has a damaged -----BEGIN CERTIFICATE----- block"));
    };
    let certificate = match kind {
        // OpenSSL's trust settings follow the certificate.
        BlockKind::TrustedCertificate => x509::first(&der),
        _ => x509::public_key(&der).map(|_| &**der),
    };
    Some(certificate.map(<[u8]>::to_vec).ok_or("holds a certificate that is not X.509"))
}

/// Returns the certificates of a file, in PEM or DER.
pub(super) fn file(path: &Path) -> Result<Certificates, Error> {
    let what = format!("the CA file {}", shown(path));
    match read_bounded(path, MAX_FILE) {
        Ok(content) => all_of(&content, &what),
        Err(error) => Err(unread(&what, error)),
    }
}

/// Returns the certificates of all files in a directory that are named like certificates. Unusable
/// ones are skipped, since a directory may contain other files too.
#[inline]
pub(super) fn directory(path: &Path) -> Result<Certificates, Error> {
    let what = format!("the CA directory {}", shown(path));
    let files = certificate_files(path).map_err(|error| unread(&what, error))?;
    let (mut certificates, mut others) = (Certificates::new(), Vec::new());
    let mut first_wrong = None;
    for file in &files {
        let wrong = match read_bounded(file, MAX_FILE) {
            Ok(content) => {
                let found = Found::read(&content);
                add(&mut certificates, found.certificates);
                add(&mut others, found.others);
                found.wrong
            }
            Err(error) => Some(unread_because(&error)),
        };
        if let Some(wrong) = wrong {
            let file = shown(file);
            tracing::debug!("a file of a CA directory is ignored in whole or part: {file} {wrong}");
            first_wrong.get_or_insert_with(|| format!("{file} {wrong}"));
        }
    }
    if certificates.is_empty() {
        let message = match files.len() {
            0 => format!(
                "{what} has no certificate: expected files named *.pem, *.crt, *.cer, *.der, or as \
                 `openssl rehash` names them"
            ),
            files if others.is_empty() => {
                let example = first_wrong.map(|wrong| format!(": {wrong}")).unwrap_or_default();
                format!(
                    "{what} has {files} files with names of certificates, and none contains \
                     one{example}"
                )
            }
            _ => no_certificate_but(&what, &others),
        };
        return Err(Error::new(ErrorKind::Config, message));
    }
    warn_of(&what, &certificates, &others);
    Ok(certificates)
}

/// Warns of the certificates that have expired, and of the PEM blocks that are ignored.
fn warn_of(what: &str, certificates: &Certificates, others: &[String]) {
    let now = SystemTime::now();
    let expiries = certificates.iter().filter_map(|certificate| x509::expiry(certificate));
    if let Some(expiry) = expiries.filter(|expiry| *expiry < now).min() {
        let expiry = http_date(expiry);
        tracing::warn!(
            "{what} has a certificate that expired on {expiry}: as a CA it is trusted nevertheless"
        );
    }
    if !others.is_empty() {
        let others = others.join(", ");
        tracing::warn!(
            "{what} has PEM blocks other than certificates, which are ignored: {others}"
        );
    }
}

fn no_certificate_but(what: &str, others: &[String]) -> String {
    let others = others.join(", ");
    format!("{what} has no certificate, but {others}: expected -----BEGIN CERTIFICATE----- blocks")
}

pub(super) fn unread(what: &str, error: std::io::Error) -> Error {
    Error::new(ErrorKind::Config, format!("{what} {}", unread_because(&error))).with_source(error)
}

/// Returns the files that are named like certificates, sorted by name so that the same directory
/// always gives equal options.
#[inline]
fn certificate_files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = BinaryHeap::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        // Reading a pipe would not end, and a link may point to nothing.
        if is_certificates_name(&path) && path.is_file() {
            files.push(path);
        }
    }
    Ok(files.into_sorted_vec())
}

#[inline]
fn is_certificates_name(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    if ["pem", "crt", "cer", "der"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
        return true;
    }
    // The hash of the subject's name and a number, which OpenSSL looks for.
    let hash = path.file_stem().and_then(OsStr::to_str).unwrap_or_default();
    let is_number = !extension.is_empty() && extension.bytes().all(|byte| byte.is_ascii_digit());
    is_number && hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Returns all certificates of a content, which must have no fault.
fn all_of(content: &[u8], what: &str) -> Result<Certificates, Error> {
    let wrong = |why: &str| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let Found { certificates, wrong: first, others } = Found::read(content);
    if let Some(why) = first {
        return Err(wrong(why));
    }
    match (certificates.is_empty(), others.is_empty()) {
        (false, _) => {
            warn_of(what, &certificates, &others);
            Ok(certificates)
        }
        (true, true) => Err(wrong(
            "has no certificate: expected PEM with -----BEGIN CERTIFICATE----- blocks, or DER",
        )),
        (true, false) => Err(Error::new(ErrorKind::Config, no_certificate_but(what, &others))),
    }
}

impl Found {
    fn read(content: &[u8]) -> Self {
        let mut found = Self::default();
        if let Some(certificates) = der(content) {
            add(&mut found.certificates, certificates);
            return found;
        }
        for block in pem::blocks(content) {
            match of_block(&block) {
                None => found.add_other(block.label()),
                Some(Ok(_)) if excludes_servers(&block) => {
                    found.wrong.get_or_insert(
                        "holds a TRUSTED CERTIFICATE whose settings exclude servers: remove it, or \
                         write it without settings with `openssl x509`",
                    );
                }
                Some(Ok(certificate)) => add(&mut found.certificates, [certificate]),
                Some(Err(why)) => {
                    found.wrong.get_or_insert(why);
                }
            }
        }
        if found.certificates.is_empty() && found.others.is_empty() && found.wrong.is_none() {
            found.wrong = other_format(content);
        }
        found
    }

    /// Adds the label of an ignored block. Keys and parameters are left out: they are often in the
    /// same file, and nothing is lost without them.
    fn add_other(&mut self, label: &[u8]) {
        let label = named(label);
        if !label.ends_with("KEY") && !label.ends_with("PARAMETERS") {
            add(&mut self.others, [label]);
        }
    }
}

/// Recognizes what is taken for a file of CAs, and says what to do with it.
fn other_format(content: &[u8]) -> Option<&'static str> {
    const UTF_16: [[u8; 2]; 4] = [[0xff, 0xfe], [0xfe, 0xff], [b'-', 0], [0, b'-']];
    const PRIVATE_KEY: &str = "is a private key: give the certificate of the CA";
    /// The object identifier `signedData`, 1.2.840.113549.1.7.2.
    const SIGNED_DATA: &[u8] = &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2];

    if UTF_16.iter().any(|start| content.starts_with(start)) {
        return Some("is text in UTF-16: save it in ASCII or UTF-8");
    }
    if pem::blocks(content).any(|block| block.kind().is_private_key()) {
        return Some(PRIVATE_KEY);
    }
    match x509::within_sequence(content)? {
        // Their versions.
        [2, 1, 3, ..] => Some(
            "is a PKCS#12 file: write its CAs in PEM with `openssl pkcs12 -nokeys -cacerts`, or its \
             only certificate without `-cacerts`",
        ),
        [2, 1, 0 | 1, ..] => Some(PRIVATE_KEY),
        inside if inside.starts_with(SIGNED_DATA) => Some(
            "is a PKCS#7 file: write its certificates in PEM with `openssl pkcs7 -inform DER \
             -print_certs`",
        ),
        _ => None,
    }
}

fn excludes_servers(block: &Block<'_>) -> bool {
    block.kind() == BlockKind::TrustedCertificate
        && block.decode().is_some_and(|der| {
            let settings = x509::first(&der).and_then(|first| der.get(first.len()..));
            settings.is_some_and(x509::excludes_servers)
        })
}

/// Describes a block by its label. Text that does not look like a label may be anything, so it is
/// not shown.
fn named(label: &[u8]) -> String {
    let is_labels = |byte: &u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || *byte == b' ';
    match std::str::from_utf8(label) {
        Ok(text) if text.len() <= 40 && label.iter().all(is_labels) => format!("a block {text}"),
        _ => "a block with an unknown label".to_owned(),
    }
}

/// Returns the certificates of a content that is nothing but DER.
fn der(mut content: &[u8]) -> Option<Certificates> {
    let mut certificates = Vec::new();
    while !content.trim_ascii().is_empty() {
        let certificate = x509::first(content)?;
        certificates.push(certificate.to_vec());
        content = &content[certificate.len()..];
    }
    (!certificates.is_empty()).then_some(certificates)
}

/// Adds those that are not there yet: a directory often has each certificate under two names.
fn add<T: PartialEq>(found: &mut Vec<T>, more: impl IntoIterator<Item = T>) {
    for one in more {
        if !found.contains(&one) {
            found.push(one);
        }
    }
}
