//! Where CA certificates come from: a text, a file or the files of a directory.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;

use super::pem;
use crate::error::{Error, ErrorKind};

/// What an error names.
#[derive(Clone, Copy)]
pub(super) enum Source<'a> {
    Text,
    File(&'a Path),
}

impl Source<'_> {
    /// The certificates of a file.
    pub(super) fn read(self) -> Result<Vec<CertificateDer<'static>>, Error> {
        let Self::File(path) = self else { return Ok(Vec::new()) };
        let pem = std::fs::read(path).map_err(|error| {
            Error::new(ErrorKind::Config, format!("{self} cannot be read")).with_source(error)
        })?;
        self.cas(&pem)
    }

    /// The certificates of a PEM text: at least one, and all of them X.509.
    pub(super) fn cas(self, pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
        let wrong = |why: &str| Error::new(ErrorKind::Config, format!("{self} {why}"));
        let found = pem::blocks(pem, &[pem::CERTIFICATE])
            .map_err(|_| wrong("has a damaged -----BEGIN CERTIFICATE----- block"))?;
        let certificates: Vec<_> =
            found.into_iter().map(|block| CertificateDer::from(block.der.to_vec())).collect();
        if certificates.is_empty() {
            return Err(wrong(
                "holds no certificate: expected PEM with -----BEGIN CERTIFICATE----- blocks",
            ));
        }
        let mut anchors = RootCertStore::empty();
        for certificate in &certificates {
            anchors.add(certificate.clone()).map_err(|error| {
                wrong("holds a certificate that is not X.509").with_source(error)
            })?;
        }
        Ok(certificates)
    }
}

/// The certificates of all files in a directory that have the name of a certificate.
pub(super) fn directory(path: &Path) -> Result<Vec<CertificateDer<'static>>, Error> {
    let shown = path.display();
    let files = certificate_files(path).map_err(|error| {
        let message = format!("the CA directory {shown} cannot be read");
        Error::new(ErrorKind::Config, message).with_source(error)
    })?;
    if files.is_empty() {
        let message = format!("the CA directory {shown} holds no .pem, .crt or .cer file");
        return Err(Error::new(ErrorKind::Config, message));
    }
    let mut certificates = Vec::new();
    for file in files {
        certificates.extend(Source::File(&file).read()?);
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

impl fmt::Display for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text => f.write_str("the CA"),
            Self::File(path) => write!(f, "the CA file {}", path.display()),
        }
    }
}
