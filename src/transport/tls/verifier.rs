//! The verifier of servers' certificates: webpki's, with two additions.
//!
//! A certificate that is configured as a CA may be the server's own. `openssl req -x509` makes one
//! that is a CA too, and webpki accepts a CA from no server. One that another CA issued has no path to
//! a trust anchor, since it is the anchor itself. And webpki does not report that a key is too small: its
//! signatures are just wrong.

use std::fmt;
use std::sync::Arc;

use alibabacloud_kms_middleware::__private::x509;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_name};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error as TlsError, OtherError, RootCertStore,
    SignatureScheme,
};

use crate::{Error, ErrorKind, TlsOptions};

/// The smallest RSA key whose signatures are accepted, in bits.
const SMALLEST_RSA_KEY: usize = 2048;

/// Verifies servers with webpki, and servers whose own certificate is configured.
#[derive(Debug)]
pub(super) struct Verifier {
    webpki: Arc<WebPkiServerVerifier>,
    provider: Arc<CryptoProvider>,
    /// The configured CAs, in DER.
    given: Vec<Vec<u8>>,
}

/// Why a server's certificate is not accepted, if webpki has no error for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::transport) enum Unacceptable {
    /// The server presents the certificate of a CA as its own, and that CA is not configured.
    CaAsServer,
    /// The server signed the handshake with another key than that of its certificate.
    NotItsKey,
    /// A certificate has a critical extension that webpki does not know.
    CriticalExtension,
    /// The name constraints of a CA exclude a name of the server's certificate.
    NameConstraints,
    /// A certificate is of X.509 version 1 or 2.
    Version(u8),
    /// An RSA key is too small: the server's or an issuer's, or that of a configured CA.
    SmallKey { bits: usize, of_given: bool },
}

impl Verifier {
    pub(super) fn new(
        options: &TlsOptions,
        anchors: Arc<RootCertStore>,
        provider: &Arc<CryptoProvider>,
    ) -> Result<Self, Error> {
        let webpki =
            WebPkiServerVerifier::builder_with_provider(anchors, Arc::clone(provider)).build();
        let webpki = webpki.map_err(|error| {
            Error::new(ErrorKind::Config, "no CA is trusted: set at least one").with_source(error)
        })?;
        let given = options.ca_certificates().map(<[u8]>::to_vec).collect();
        Ok(Self { webpki, provider: Arc::clone(provider), given })
    }

    /// Returns `true` if exactly this certificate is configured as a CA.
    fn is_given(&self, certificate: &CertificateDer<'_>) -> bool {
        self.given.iter().any(|given| given.as_slice() == certificate.as_ref())
    }

    /// Verifies a configured certificate by itself: its issuer and the certificates that the server
    /// sends with it do not matter. The handshake shows that the server has its key.
    fn verify_own(
        &self,
        certificate: &CertificateDer<'_>,
        server_name: &ServerName<'_>,
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let mut anchor = RootCertStore::empty();
        anchor.add(certificate.clone().into_owned())?;
        let alone =
            WebPkiServerVerifier::builder_with_provider(anchor.into(), Arc::clone(&self.provider))
                .build()
                .map_err(|error| TlsError::General(error.to_string()))?;
        let error = match alone.verify_server_cert(certificate, &[], server_name, &[], now) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        // webpki looks at the certificate before it looks for an issuer, first at whether it is
        // valid now and then at whether it is a CA. The issuer's signature does not matter, also if
        // the issuer has the same name.
        let is_of_the_issuer = |invalid: &CertificateError| {
            matches!(
                invalid,
                CertificateError::UnknownIssuer
                    | CertificateError::BadSignature
                    | CertificateError::UnsupportedSignatureAlgorithmContext { .. }
                    | CertificateError::UnsupportedSignatureAlgorithmForPublicKeyContext { .. }
            ) || matches!(webpki_error(invalid), Some(webpki::Error::CaUsedAsEndEntity))
        };
        if !matches!(&error, TlsError::InvalidCertificate(invalid) if is_of_the_issuer(invalid)) {
            return Err(self.explain(error, [certificate]));
        }
        // webpki has not looked at it if the certificate is a CA.
        if !x509::may_be_a_servers(certificate) {
            return Err(CertificateError::InvalidPurpose.into());
        }
        verify_server_name(&ParsedCertificate::try_from(certificate)?, server_name)?;
        Ok(ServerCertVerified::assertion())
    }

    /// Returns a better reason than webpki's, if there is one.
    fn explain<'c>(
        &self,
        error: TlsError,
        shown: impl IntoIterator<Item = &'c CertificateDer<'c>>,
    ) -> TlsError {
        let TlsError::InvalidCertificate(invalid) = &error else { return error };
        let why = match (invalid, webpki_error(invalid)) {
            (_, Some(webpki::Error::CaUsedAsEndEntity)) => Some(Unacceptable::CaAsServer),
            (_, Some(webpki::Error::UnsupportedCriticalExtension)) => {
                Some(Unacceptable::CriticalExtension)
            }
            (_, Some(webpki::Error::NameConstraintViolation)) => {
                Some(Unacceptable::NameConstraints)
            }
            (_, Some(_))
            | (
                CertificateError::BadSignature
                | CertificateError::BadEncoding
                | CertificateError::UnknownIssuer,
                _,
            ) => {
                let of_shown =
                    shown.into_iter().find_map(|certificate| weakness(certificate, false));
                let is_signature = matches!(invalid, CertificateError::BadSignature);
                of_shown.or_else(|| {
                    let mut given = self.given.iter().filter(|_| is_signature);
                    given.find_map(|certificate| weakness(certificate, true))
                })
            }
            _ => None,
        };
        why.map_or(error, TlsError::from)
    }
}

impl From<Unacceptable> for TlsError {
    fn from(why: Unacceptable) -> Self {
        CertificateError::Other(OtherError(Arc::new(why))).into()
    }
}

/// Returns why a handshake is not signed with the key of its certificate. The issuer does not matter.
pub(super) fn of_handshake(error: TlsError, certificate: &CertificateDer<'_>) -> TlsError {
    let TlsError::InvalidCertificate(invalid) = &error else { return error };
    let is_signature = matches!(invalid, CertificateError::BadSignature);
    let why =
        weakness(certificate, false).or_else(|| is_signature.then_some(Unacceptable::NotItsKey));
    why.map_or(error, TlsError::from)
}

/// Returns webpki's error, if rustls has none for it.
fn webpki_error(error: &CertificateError) -> Option<&webpki::Error> {
    match error {
        CertificateError::Other(OtherError(error)) => error.downcast_ref(),
        _ => None,
    }
}

fn weakness(certificate: &[u8], of_given: bool) -> Option<Unacceptable> {
    if let Some(version) = x509::version(certificate).filter(|version| *version < 3 && !of_given) {
        return Some(Unacceptable::Version(version));
    }
    let bits = x509::rsa_bits(certificate).filter(|bits| *bits < SMALLEST_RSA_KEY)?;
    Some(Unacceptable::SmallKey { bits, of_given })
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, TlsError> {
        let verified = self.webpki.verify_server_cert(
            end_entity,
            intermediates,
            server_name,
            ocsp_response,
            now,
        );
        match verified {
            Ok(verified) => Ok(verified),
            Err(_) if self.is_given(end_entity) => self.verify_own(end_entity, server_name, now),
            Err(error) => {
                Err(self.explain(error, std::iter::once(end_entity).chain(intermediates)))
            }
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let verified = self.webpki.verify_tls12_signature(message, certificate, signed);
        verified.map_err(|error| of_handshake(error, certificate))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, TlsError> {
        let verified = self.webpki.verify_tls13_signature(message, certificate, signed);
        verified.map_err(|error| of_handshake(error, certificate))
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.webpki.supported_verify_schemes()
    }
}

impl fmt::Display for Unacceptable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CaAsServer => f.write_str(
                "the server shows a CA's certificate as its own: give this very certificate as the \
                 CA file, or have the server's made without CA:TRUE",
            ),
            Self::NotItsKey => f.write_str(
                "the server does not have the key of the certificate that it shows: check which \
                 certificate and key it is set up with",
            ),
            Self::CriticalExtension => f.write_str(
                "the server's side has a certificate with a critical extension that is not \
                 supported: have it made without the extension, or with it not critical",
            ),
            Self::NameConstraints => f.write_str(
                "the server's certificate has a name that its CA's name constraints exclude: have \
                 it issued by another CA, or only for names that are allowed",
            ),
            Self::Version(version) => write!(
                f,
                "the server's side has a certificate of X.509 version {version}, which is not \
                 supported: have it made with version 3",
            ),
            Self::SmallKey { bits, of_given } => {
                let whose = if *of_given { "a configured CA" } else { "the server's side" };
                write!(
                    f,
                    "{whose} has a certificate with an RSA key of {bits} bits, which is too small: \
                     have it made with {SMALLEST_RSA_KEY} bits or more",
                )
            }
        }
    }
}

impl std::error::Error for Unacceptable {}

#[cfg(test)]
mod tests;
