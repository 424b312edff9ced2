//! The reasons of failed TLS handshakes, and the remedies.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use rustls::pki_types::UnixTime;
use rustls::{AlertDescription, CertificateError, Error as TlsError, PeerIncompatible};

use crate::middleware::clock::http_date;

/// The cause and the remedy, in a sentence.
pub(super) fn explain(error: &TlsError, target: &str) -> Cow<'static, str> {
    match error {
        TlsError::InvalidCertificate(certificate) => of_certificate(certificate),
        TlsError::InvalidMessage(_) => {
            format!("{target} does not speak TLS: is its port one of plain http?").into()
        }
        TlsError::PeerIncompatible(
            PeerIncompatible::ServerDoesNotSupportTls12Or13
            | PeerIncompatible::ServerTlsVersionIsDisabledByOurConfig,
        )
        | TlsError::AlertReceived(AlertDescription::ProtocolVersion) => format!(
            "{target} speaks only versions of TLS older than the minimum that is set: set an older \
             one, down to TLS 1.2, or have the server updated"
        )
        .into(),
        TlsError::AlertReceived(alert) => of_alert(*alert, target).into(),
        _ => format!("the TLS handshake with {target} failed").into(),
    }
}

/// Whether the server did not accept who the client is, or asked for it in vain.
pub(super) fn refuses_the_client(error: &TlsError) -> bool {
    matches!(error, TlsError::AlertReceived(alert) if lacks(*alert) || dislikes(*alert))
}

fn lacks(alert: AlertDescription) -> bool {
    matches!(alert, AlertDescription::CertificateRequired | AlertDescription::NoCertificate)
}

fn dislikes(alert: AlertDescription) -> bool {
    matches!(
        alert,
        AlertDescription::BadCertificate
            | AlertDescription::UnsupportedCertificate
            | AlertDescription::CertificateRevoked
            | AlertDescription::CertificateExpired
            | AlertDescription::CertificateUnknown
            | AlertDescription::UnknownCA
            | AlertDescription::AccessDenied
            // It knows a CA of this name, with another key.
            | AlertDescription::DecryptError
    )
}

fn of_alert(alert: AlertDescription, target: &str) -> String {
    if lacks(alert) {
        return format!("{target} asks for a client certificate: give one with its key");
    }
    if dislikes(alert) {
        return format!(
            "{target} does not accept the client certificate ({alert:?}): check which CA it expects \
             and how long the certificate is valid"
        );
    }
    match alert {
        AlertDescription::UnrecognisedName => {
            format!("{target} does not serve this host name: check the endpoint")
        }
        AlertDescription::HandshakeFailure => format!(
            "{target} refused the TLS handshake: it has no cipher in common with this client, or \
             asks for a client certificate"
        ),
        _ => format!("{target} refused the TLS handshake ({alert:?})"),
    }
}

fn of_certificate(error: &CertificateError) -> Cow<'static, str> {
    match error {
        CertificateError::UnknownIssuer => "the server's certificate is not signed by a trusted \
             CA: an instance has a CA of its own, to be downloaded from the instance's page in the \
             KMS console and given as the CA file; other hosts need the CA certificates of this \
             machine installed"
            .into(),
        CertificateError::BadSignature => {
            "the server's certificate is not signed by the trusted CA \
             of this name: is the CA file of another instance, or older than the instance's CA?"
                .into()
        }
        CertificateError::ExpiredContext { not_after, .. } => format!(
            "the server's certificate has expired on {}: it must be renewed there, unless this \
             machine's clock is wrong",
            date(*not_after)
        )
        .into(),
        CertificateError::Expired => "the server's certificate has expired".into(),
        CertificateError::NotValidYetContext { not_before, .. } => format!(
            "the server's certificate is not valid before {}: is this machine's clock right?",
            date(*not_before)
        )
        .into(),
        CertificateError::NotValidYet => {
            "the server's certificate is not valid yet: is this machine's clock right?".into()
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = match presented.is_empty() {
                true => "no host at all".to_owned(),
                false => presented.join(", "),
            };
            let expected = expected.to_str();
            format!(
                "the server's certificate is for {names} and not for {expected}: check the endpoint"
            )
            .into()
        }
        CertificateError::NotValidForName => {
            "the server's certificate is for another host: check the endpoint".into()
        }
        CertificateError::Revoked => "the server's certificate was revoked".into(),
        _ => "the server's certificate was not accepted".into(),
    }
}

fn date(time: UnixTime) -> String {
    match SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs())) {
        Some(time) => http_date(time),
        None => "a date beyond all clocks".to_owned(),
    }
}
