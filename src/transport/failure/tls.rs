//! The reasons of failed TLS handshakes, and the remedies.

use std::borrow::Cow;
use std::time::{Duration, SystemTime};

use rustls::pki_types::{ServerName, UnixTime};
use rustls::{AlertDescription, CertificateError, Error as TlsError, OtherError, PeerIncompatible};

use crate::middleware::wire::time::http_date;
use crate::transport::tls::Unacceptable;

/// Returns the cause and the remedy as a sentence.
pub(in crate::transport) fn explain(error: &TlsError, target: &str) -> Cow<'static, str> {
    match error {
        TlsError::InvalidCertificate(certificate) => of_certificate(certificate),
        TlsError::InvalidMessage(_) => {
            format!("{target} does not speak TLS: check that its port serves https").into()
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

/// Returns `true` if the server refused the client's certificate, or required one in vain.
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
            // A CA of this name is trusted, with another key.
            | AlertDescription::DecryptError
    )
}

fn of_alert(alert: AlertDescription, target: &str) -> String {
    if lacks(alert) {
        return format!(
            "{target} requires a client certificate: set one with its key in TlsOptions"
        );
    }
    if dislikes(alert) {
        return format!(
            "{target} does not accept the client certificate ({alert:?}): check which CA it \
             expects and how long the certificate is valid"
        );
    }
    match alert {
        AlertDescription::UnrecognisedName => {
            format!("{target} does not serve this host name: check the endpoint")
        }
        AlertDescription::HandshakeFailure => format!(
            "{target} refused the TLS handshake: it has no cipher in common with this client and \
             must be updated, or it requires a client certificate: set one with its key in \
             TlsOptions"
        ),
        _ => format!("{target} refused the TLS handshake ({alert:?})"),
    }
}

fn of_certificate(error: &CertificateError) -> Cow<'static, str> {
    match error {
        CertificateError::UnknownIssuer => "the server's certificate is not signed by a trusted \
             CA: an instance has a CA of its own, to be downloaded from the instance's page in the \
             KMS console and given as the CA file; a local gateway's CA must be given to both \
             gateways; other hosts need the CA certificates of this machine installed"
            .into(),
        CertificateError::BadSignature => {
            "the server's certificate is not signed by the trusted CA of this name: check whether \
             the CA file belongs to another instance, or is older than this instance's CA"
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
            "the server's certificate is not valid before {}: check this machine's clock",
            date(*not_before)
        )
        .into(),
        CertificateError::NotValidYet => {
            "the server's certificate is not valid yet: check this machine's clock".into()
        }
        CertificateError::NotValidForNameContext { expected, presented } => {
            let names = match presented.is_empty() {
                true => "no host at all".to_owned(),
                false => presented.iter().map(|name| bare(name)).collect::<Vec<_>>().join(", "),
            };
            let (is_address, expected) =
                (matches!(expected, ServerName::IpAddress(_)), expected.to_str());
            if is_address && names.split(", ").any(|name| name == expected) {
                return format!(
                    "the server's certificate has {expected} as a DNS name, which it needs as an \
                     IP address: have it made with the subject alternative name IP:{expected}"
                )
                .into();
            }
            format!(
                "the server's certificate is for {names} and not for {expected}: check the endpoint"
            )
            .into()
        }
        CertificateError::NotValidForName => {
            "the server's certificate is for another host: check the endpoint".into()
        }
        CertificateError::Revoked => "the server's certificate was revoked".into(),
        CertificateError::UnsupportedSignatureAlgorithmContext { .. }
        | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. } => {
            "the server's certificate is signed by an algorithm that is not supported, such as one \
             with SHA-1: have it made with SHA-256"
                .into()
        }
        CertificateError::InvalidPurpose | CertificateError::InvalidPurposeContext { .. } => {
            "the server's certificate is not for servers: it must have the extended key usage \
             serverAuth"
                .into()
        }
        CertificateError::BadEncoding => {
            "the server's certificate cannot be read: it is damaged or of an unknown format".into()
        }
        CertificateError::Other(OtherError(why)) if why.is::<Unacceptable>() => {
            why.to_string().into()
        }
        _ => "the server's certificate was not accepted".into(),
    }
}

/// Returns a name of a certificate as it is written, where webpki gives it as `DnsName("a.example")`.
fn bare(name: &str) -> &str {
    let within = |kind: &str| name.strip_prefix(kind)?.strip_prefix('(')?.strip_suffix(')');
    let name = within("DnsName").or_else(|| within("IpAddress")).unwrap_or(name);
    name.trim_matches('"')
}

fn date(time: UnixTime) -> String {
    match SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(time.as_secs())) {
        Some(time) => http_date(time),
        None => "a date beyond all clocks".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::bare;

    #[test]
    fn a_name_of_a_certificate_is_shown_as_it_is_written() {
        for (name, written) in [
            (r#"DnsName("*.example.com")"#, "*.example.com"),
            ("IpAddress(127.0.0.1)", "127.0.0.1"),
            ("UnsupportedNameType", "UnsupportedNameType"),
        ] {
            assert_eq!(bare(name), written);
        }
    }
}
