//! Certificates for keys of the service.

use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::super::spec::KeySpec;
use super::super::{Fault, kept};

/// The status of a certificate, which decides whether the certificate can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum CertificateStatus {
    /// The issued certificate has not been uploaded.
    Pending,
    Active,
    Inactive,
    /// The certificate can only verify signatures.
    Revoked,
}

/// A row of the table of certificates.
#[derive(Clone, Serialize, Deserialize)]
pub(in crate::engine) struct Certificate {
    pub(in crate::engine) id: String,
    pub(in crate::engine) spec: KeySpec,
    /// PKCS#8 in DER.
    #[serde(with = "kept::bytes")]
    pub(in crate::engine) private_key: Zeroizing<Vec<u8>>,
    /// The certificate request, in PEM.
    pub(in crate::engine) request: String,
    /// The subject of the request, in the form of RFC 2253.
    pub(in crate::engine) subject: String,
    pub(in crate::engine) alternative_names: Vec<String>,
    pub(in crate::engine) is_exportable: bool,
    pub(in crate::engine) status: CertificateStatus,
    /// In PEM, as it was uploaded.
    pub(in crate::engine) certificate: Option<String>,
    pub(in crate::engine) chain: Option<String>,
    pub(in crate::engine) create_time: SystemTime,
    pub(in crate::engine) update_time: SystemTime,
}

impl CertificateStatus {
    /// Returns the status with that name, if it can be set.
    pub(crate) fn parse(name: &str) -> Result<Self, Fault> {
        match name {
            "ACTIVE" => Ok(Self::Active),
            // The service's older pages name it `DISABLE`.
            "INACTIVE" | "DISABLE" => Ok(Self::Inactive),
            "REVOKED" => Ok(Self::Revoked),
            _ => Err(Fault::invalid("Status")),
        }
    }

    /// Returns the status's name on the wire.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Active => "ACTIVE",
            Self::Inactive => "INACTIVE",
            Self::Revoked => "REVOKED",
        }
    }
}
