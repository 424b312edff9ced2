//! What a failed request means: which kind of error, and whether it can have been sent.

use hyper_util::client::legacy;
use rustls::{CertificateError, Error as TlsError};

use super::connect::ConnectTimeout;
use crate::error::{Error, ErrorKind, Outcome, find};

/// The error of a request that got no answer's head.
pub(super) fn of(error: legacy::Error) -> Error {
    let classified = if error.is_connect() {
        of_connection(&error)
    } else {
        Error::new(ErrorKind::Transport, "the connection broke before an answer came")
            .with_outcome(Outcome::Unknown)
    };
    classified.with_source(error)
}

fn of_connection(error: &legacy::Error) -> Error {
    if let Some(ConnectTimeout(limit)) = find(error) {
        return Error::new(
            ErrorKind::Timeout,
            format!("no connection within the connect timeout of {limit:?}"),
        );
    }
    match find(error) {
        Some(tls) => Error::new(ErrorKind::Tls, explain(tls)),
        None => Error::new(ErrorKind::Connect, "no connection to the gateway"),
    }
}

/// The cause and the remedy, in a sentence.
fn explain(error: &TlsError) -> &'static str {
    match error {
        TlsError::InvalidCertificate(certificate) => match certificate {
            CertificateError::UnknownIssuer => {
                "the server's certificate is not signed by a trusted CA: an instance has a CA of \
                 its own, to be downloaded from the instance's page in the KMS console and given \
                 as the CA file; other hosts need the CA certificates of this machine installed"
            }
            CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
                "the server's certificate has expired"
            }
            CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
                "the server's certificate is not valid yet: is this machine's clock right?"
            }
            CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
                "the server's certificate is for another host: check the endpoint"
            }
            _ => "the server's certificate was not accepted",
        },
        TlsError::InvalidMessage(_) => {
            "the server did not speak TLS: is its port one of plain http?"
        }
        TlsError::AlertReceived(_) => "the server refused the TLS handshake",
        _ => "the TLS handshake failed",
    }
}
