//! Where CA certificates come from: a text, a file or the files of a directory.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use super::{pem, x509};
use crate::error::{Error, ErrorKind};

/// Certificates in DER.
type Certificates = Vec<Vec<u8>>;

/// The certificates of a PEM text: at least one, and all of them X.509.
pub(super) fn text(pem: &[u8]) -> Result<Certificates, Error> {
    certificates(pem, "the CA")
}

/// The certificates of a PEM file.
pub(super) fn file(path: &Path) -> Result<Certificates, Error> {
    let what = format!("the CA file {}", path.display());
    match std::fs::read(path) {
        Ok(pem) => certificates(&pem, &what),
        Err(error) => {
            let message = format!("{what} cannot be read");
            Err(Error::new(ErrorKind::Config, message).with_source(error))
        }
    }
}

/// The certificates of all files in a directory that have the name of a certificate.
pub(super) fn directory(path: &Path) -> Result<Certificates, Error> {
    let what = format!("the CA directory {}", path.display());
    let files = certificate_files(path).map_err(|error| {
        Error::new(ErrorKind::Config, format!("{what} cannot be read")).with_source(error)
    })?;
    if files.is_empty() {
        let message = format!("{what} holds no .pem, .crt or .cer file");
        return Err(Error::new(ErrorKind::Config, message));
    }
    let mut certificates = Vec::new();
    for path in files {
        certificates.extend(file(&path)?);
    }
    Ok(certificates)
}

/// In the order of their names, so that the same directory always gives equal options.
fn certificate_files(directory: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
        if ["pem", "crt", "cer"].iter().any(|known| extension.eq_ignore_ascii_case(known)) {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn certificates(pem: &[u8], what: &str) -> Result<Certificates, Error> {
    let wrong = |why| Error::new(ErrorKind::Config, format!("{what} {why}"));
    let blocks = pem::blocks(pem, &[pem::CERTIFICATE])
        .map_err(|_| wrong("has a damaged -----BEGIN CERTIFICATE----- block"))?;
    if blocks.is_empty() {
        return Err(wrong(
            "holds no certificate: expected PEM with -----BEGIN CERTIFICATE----- blocks",
        ));
    }
    let certificates = blocks.into_iter().map(|block| {
        x509::public_key(&block.der)
            .ok_or_else(|| wrong("holds a certificate that is not X.509"))?;
        Ok(block.der.to_vec())
    });
    certificates.collect()
}
