//! TLS as options ask for it: rustls' configuration of a connection.

mod danger;

use std::sync::Arc;

use rustls::crypto::aws_lc_rs::{self, sign};
use rustls::pki_types::{
    CertificateDer, PrivateKeyDer, PrivatePkcs1KeyDer, PrivatePkcs8KeyDer, PrivateSec1KeyDer,
};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ClientConfig, RootCertStore, version};
use secrecy::ExposeSecret;

use self::danger::AcceptAny;
use crate::middleware::{PrivateKeyFormat, TlsIdentity, TlsOptions, TlsVersion};
use crate::{Error, ErrorKind};

/// The configuration of connections with these options.
pub(super) fn client_config(options: &TlsOptions) -> Result<ClientConfig, Error> {
    let provider = Arc::new(aws_lc_rs::default_provider());
    let versions = match options.oldest_version() {
        TlsVersion::V1_3 => &[&version::TLS13][..],
        _ => &[&version::TLS13, &version::TLS12],
    };
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_protocol_versions(versions)
        .map_err(|error| {
            Error::new(ErrorKind::Config, "no TLS version is usable").with_source(error)
        })?;
    let builder = if options.accepts_any_certificate() {
        tracing::warn!("servers' certificates are not checked: connections can be intercepted");
        builder.dangerous().with_custom_certificate_verifier(Arc::new(AcceptAny::new(&provider)))
    } else {
        builder.with_root_certificates(anchors(options)?)
    };
    Ok(match options.client_identity() {
        Some(identity) => {
            let resolver = SingleCertAndKey::from(certified_key(identity)?);
            builder.with_client_cert_resolver(Arc::new(resolver))
        }
        None => builder.with_no_client_auth(),
    })
}

fn anchors(options: &TlsOptions) -> Result<RootCertStore, Error> {
    let mut anchors = RootCertStore::empty();
    for certificate in options.ca_certificates() {
        anchors.add(CertificateDer::from_slice(certificate).into_owned()).map_err(|error| {
            let message = "a CA that was given cannot be one: it is damaged, or of another kind";
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
    }
    if options.trusts_roots() {
        #[cfg(feature = "webpki-roots")]
        anchors.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        #[cfg(feature = "native-roots")]
        anchors.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    }
    Ok(anchors)
}

fn certified_key(identity: &TlsIdentity) -> Result<CertifiedKey, Error> {
    let (format, der) = identity.private_key();
    let der = der.expose_secret();
    let key = match format {
        PrivateKeyFormat::Pkcs1 => PrivateKeyDer::Pkcs1(PrivatePkcs1KeyDer::from(der)),
        PrivateKeyFormat::Sec1 => PrivateKeyDer::Sec1(PrivateSec1KeyDer::from(der)),
        _ => PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(der)),
    };
    let key = sign::any_supported_type(&key).map_err(|error| {
        let message = "the client certificate's key cannot sign TLS handshakes";
        Error::new(ErrorKind::Config, message).with_source(error)
    })?;
    let certificates = identity.certificates().map(|der| CertificateDer::from(der.to_vec()));
    Ok(CertifiedKey::new(certificates.collect(), key))
}

#[cfg(test)]
mod tests;
