//! The local gateway's certificate, signed by a CA of its own as an instance's is.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use alibabacloud_kms::BoxError;
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair, KeyUsagePurpose,
};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// What the server shows, and what clients must trust.
pub(super) struct Certificate {
    pub(super) server: Arc<ServerConfig>,
    pub(super) ca_pem: String,
}

impl Certificate {
    /// Makes a CA and a certificate for `localhost`, 127.0.0.1, ::1 and `address`. The CA's key is
    /// forgotten at once: it signs nothing else.
    pub(super) fn generate(address: IpAddr) -> Result<Self, BoxError> {
        let mut ca = params(&[], "alibabacloud-kms local gateway CA")?;
        ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
        ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate()?)?;

        let mut names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        names.push(address.to_string());
        names.dedup();
        let mut leaf = params(&names, "localhost")?;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let leaf = leaf.signed_by(&key, &ca)?;

        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let server = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)?;
        Ok(Self { server: Arc::new(server), ca_pem: ca.pem() })
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

fn params(names: &[String], common_name: &str) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    Ok(params)
}
