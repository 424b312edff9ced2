//! Whom a connection trusts, and as whom it presents itself: data, which the transport acts on.

mod certificates;
mod identity;
mod pem;
mod x509;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use self::identity::{PrivateKeyFormat, TlsIdentity};
use crate::error::{Error, ErrorKind};

/// Whom a connection trusts, and as whom it presents itself.
///
/// Without more, servers are checked against the roots that the crate's features name: those of the
/// operating system (`native-roots`), Mozilla's (`webpki-roots`), or both. CAs can be given instead
/// of the roots or beside them. Any CA that is given is an anchor, also one that another CA signed:
/// an instance's CA is an intermediate. The server's name is always checked too.
///
/// ```no_run
/// use alibabacloud_kms_middleware::{TlsIdentity, TlsOptions, TlsVersion};
///
/// let tls = TlsOptions::ca_file("/etc/kms/instance.pem")?
///     .and_ca_directory("/etc/kms/ca")?
///     .identity(TlsIdentity::pem_files("/etc/kms/client.pem", "/etc/kms/client.key")?)
///     .min_version(TlsVersion::V1_3);
/// # let _ = tls;
/// # Ok::<(), alibabacloud_kms_middleware::Error>(())
/// ```
///
/// Two that are equal share their connections.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct TlsOptions {
    trust: Trust,
    identity: Option<TlsIdentity>,
    min_version: TlsVersion,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum TlsVersion {
    /// TLS 1.2, with the cipher suites that have forward secrecy and authenticated encryption.
    #[default]
    V1_2,
    /// TLS 1.3.
    V1_3,
}

#[derive(Clone, PartialEq, Eq, Hash)]
enum Trust {
    Cas { roots: bool, given: Arc<[Vec<u8>]> },
    Anyone,
}

impl Default for Trust {
    fn default() -> Self {
        Self::Cas { roots: true, given: Arc::default() }
    }
}

impl TlsOptions {
    /// Trusts the CAs of a PEM file, and no others.
    ///
    /// It may hold several in any order, and whatever else PEM files hold.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the file cannot be read or holds no certificate; the message names it.
    pub fn ca_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::nobody().and_ca_file(path)
    }

    /// Trusts the CAs of all files in a directory that are named `.pem`, `.crt` or `.cer`, and no
    /// others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the directory or such a file cannot be read, one of them holds no
    /// certificate, or there is none; the message names which.
    pub fn ca_directory(path: impl AsRef<Path>) -> Result<Self, Error> {
        Self::nobody().and_ca_directory(path)
    }

    /// Trusts the CAs of a PEM text, and no others.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it holds no certificate.
    pub fn ca_pem(pem: &[u8]) -> Result<Self, Error> {
        Self::nobody().and_ca_pem(pem)
    }

    /// Trusts the CAs of a PEM file too.
    ///
    /// # Errors
    ///
    /// Those of [`ca_file`](Self::ca_file), or no certificate is checked.
    pub fn and_ca_file(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        self.and_cas(certificates::file(path.as_ref())?)
    }

    /// Trusts the CAs of a directory too.
    ///
    /// # Errors
    ///
    /// Those of [`ca_directory`](Self::ca_directory), or no certificate is checked.
    pub fn and_ca_directory(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        self.and_cas(certificates::directory(path.as_ref())?)
    }

    /// Trusts the CAs of a PEM text too.
    ///
    /// # Errors
    ///
    /// Those of [`ca_pem`](Self::ca_pem), or no certificate is checked.
    pub fn and_ca_pem(self, pem: &[u8]) -> Result<Self, Error> {
        self.and_cas(certificates::text(pem)?)
    }

    /// Trusts the default roots too.
    #[must_use]
    pub fn and_roots(mut self) -> Self {
        if let Trust::Cas { roots, .. } = &mut self.trust {
            *roots = true;
        }
        self
    }

    /// Accepts every certificate: whoever is on the way can read and change everything.
    ///
    /// For tests only. A warning is logged by each client for which it is set. It excludes CAs:
    /// who gives some means them to be checked.
    pub fn danger_accept_any_certificate() -> Self {
        Self { trust: Trust::Anyone, ..Self::default() }
    }

    /// Presents this certificate to servers that ask for one (mTLS).
    #[must_use]
    pub fn identity(mut self, identity: TlsIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Speaks no older version of TLS than this; TLS 1.2 unless told.
    #[must_use]
    pub fn min_version(mut self, version: TlsVersion) -> Self {
        self.min_version = version;
        self
    }

    /// Returns `true` if every certificate is accepted.
    pub fn accepts_any_certificate(&self) -> bool {
        matches!(self.trust, Trust::Anyone)
    }

    /// Returns `true` if the default roots are trusted.
    pub fn trusts_roots(&self) -> bool {
        matches!(self.trust, Trust::Cas { roots: true, .. })
    }

    /// Returns the CAs that were given, each an X.509 certificate in DER.
    pub fn ca_certificates(&self) -> impl Iterator<Item = &[u8]> {
        let given: &[Vec<u8>] = match &self.trust {
            Trust::Cas { given, .. } => given,
            Trust::Anyone => &[],
        };
        given.iter().map(Vec::as_slice)
    }

    /// Returns the certificate and key to present to servers that ask for them.
    pub fn client_identity(&self) -> Option<&TlsIdentity> {
        self.identity.as_ref()
    }

    /// Returns the oldest version of TLS to speak.
    pub fn oldest_version(&self) -> TlsVersion {
        self.min_version
    }

    /// Returns the options for the TLS connection to a proxy on the way: the same CAs and the default
    /// roots, and no client certificate.
    #[must_use]
    pub fn for_proxy(&self) -> Self {
        Self { trust: self.trust.clone(), ..Self::default() }.and_roots()
    }

    fn nobody() -> Self {
        Self { trust: Trust::Cas { roots: false, given: Arc::default() }, ..Self::default() }
    }

    fn and_cas(mut self, more: Vec<Vec<u8>>) -> Result<Self, Error> {
        let Trust::Cas { given, .. } = &mut self.trust else {
            return Err(Error::new(
                ErrorKind::Config,
                "a CA and accepting every certificate exclude each other: leave one out",
            ));
        };
        *given = given.iter().cloned().chain(more).collect();
        Ok(self)
    }
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("trust", &self.trust)
            .field("identity", &self.identity)
            .field("min_version", &self.min_version)
            .finish()
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cas { roots: true, given } if given.is_empty() => f.write_str("default roots"),
            Self::Cas { roots: true, given } => write!(f, "default roots and {} CAs", given.len()),
            Self::Cas { roots: false, given } => write!(f, "{} CAs", given.len()),
            Self::Anyone => f.write_str("any certificate: not checked"),
        }
    }
}
