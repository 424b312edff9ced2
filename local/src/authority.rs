//! The CA of a local gateway, whose certificate clients trust. A store keeps it.

use std::fmt;

use alibabacloud_kms::BoxError;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, KeyUsagePurpose};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// A CA, which signs certificates of this gateway only.
pub(super) struct Authority {
    issuer: Issuer<'static, KeyPair>,
    pem: String,
}

/// The stored form of a CA.
#[derive(Serialize, Deserialize)]
struct Kept {
    key: Zeroizing<String>,
    pem: String,
}

impl Authority {
    /// Creates a CA.
    pub(super) fn generate() -> Result<Self, BoxError> {
        let key = KeyPair::generate()?;
        let params = ca_params()?;
        let pem = params.self_signed(&key)?.pem();
        Ok(Self { issuer: Issuer::new(params, key), pem })
    }

    /// Reads the CA that [`to_kept`](Self::to_kept) has written.
    pub(super) fn from_kept(kept: &SecretString) -> Result<Self, BoxError> {
        let Kept { key, pem } = serde_json::from_str(kept.expose_secret())?;
        Ok(Self { issuer: Issuer::new(ca_params()?, KeyPair::from_pem(&key)?), pem })
    }

    /// Returns the stored form of the CA.
    pub(super) fn to_kept(&self) -> Result<SecretString, BoxError> {
        let key = Zeroizing::new(self.issuer.key().serialize_pem());
        Ok(serde_json::to_string(&Kept { key, pem: self.pem.clone() })?.into())
    }

    pub(super) fn issuer(&self) -> &Issuer<'static, KeyPair> {
        &self.issuer
    }

    /// Returns its certificate in PEM.
    pub(super) fn pem(&self) -> &str {
        &self.pem
    }
}

impl fmt::Debug for Authority {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authority").finish_non_exhaustive()
    }
}

fn ca_params() -> Result<CertificateParams, rcgen::Error> {
    let mut ca = params(&[], "alibabacloud-kms local gateway CA")?;
    ca.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    ca.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    Ok(ca)
}

/// Returns the parameters that all certificates have.
pub(super) fn params(
    names: &[String],
    common_name: &str,
) -> Result<CertificateParams, rcgen::Error> {
    let mut params = CertificateParams::new(names)?;
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, common_name);
    Ok(params)
}
