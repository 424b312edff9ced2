//! Which servers a connection trusts, and which certificate it presents. This is data; the
//! transport acts on it.

mod certificates;
mod identity;
pub mod x509;

use std::fmt;
use std::path::Path;
use std::sync::Arc;

pub use self::identity::{PrivateKeyFormat, TlsIdentity};
use crate::error::{Error, ErrorKind};

/// Which servers a connection trusts, and which certificate it presents.
///
/// A constructor sets whom to trust, and the `and_*` methods add to it; there is no `Default`. Two
/// constructors need a cargo feature, which has no other effect:
///
/// | constructor | trusts | feature |
/// |---|---|---|
/// | `native_roots` | the operating system's certificate store | `native-roots` |
/// | `webpki_roots` | Mozilla's list, compiled in | `webpki-roots` |
/// | [`ca_file`](Self::ca_file), [`ca_directory`](Self::ca_directory), [`ca_pem`](Self::ca_pem) | the given CAs | |
/// | [`danger_accept_any_certificate`](Self::danger_accept_any_certificate) | every certificate | |
///
/// A given CA is a trust anchor even if another CA signed it: an instance's CA is an intermediate.
/// A server's own certificate can be given as a CA too, and is then accepted from that server. The
/// server's name is checked, except with `danger_accept_any_certificate`.
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
/// Connections are shared by calls with equal options.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TlsOptions {
    trust: Trust,
    identity: Option<TlsIdentity>,
    min_version: TlsVersion,
    post_quantum: bool,
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
    Anchors(Anchors),
    Anyone,
}

#[derive(Clone, Default, PartialEq, Eq, Hash)]
struct Anchors {
    native_roots: bool,
    webpki_roots: bool,
    cas: Arc<[Vec<u8>]>,
}

impl TlsOptions {
    /// Trusts the CAs of the operating system's certificate store.
    ///
    /// The store is read once per process, when the first connection needs it: from the variables
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` if one is set and not empty. If nothing can be read, these
    /// options trust the other CAs that are added to them, with a warning; without any, a connection
    /// is an error.
    #[cfg(feature = "native-roots")]
    pub fn native_roots() -> Self {
        Self::trusting(Trust::Anchors(Anchors { native_roots: true, ..Anchors::default() }))
    }

    /// Trusts Mozilla's list of CAs, which is compiled into the program.
    #[cfg(feature = "webpki-roots")]
    pub fn webpki_roots() -> Self {
        Self::trusting(Trust::Anchors(Anchors { webpki_roots: true, ..Anchors::default() }))
    }

    /// Trusts the CAs of a file of at most 16 MiB, in PEM or DER.
    ///
    /// A PEM file may contain several certificates in any order, with other blocks and comments.
    /// The labels of certificates are `CERTIFICATE`, `X509 CERTIFICATE` and `TRUSTED CERTIFICATE`;
    /// a warning names blocks with other labels, except keys and parameters.
    ///
    /// Of a CA's certificate only the name, the key and the name constraints count. Unlike OpenSSL,
    /// the client trusts a CA that has expired (with a warning), is not marked as a CA, may not sign
    /// certificates by its key usage, or signs longer chains than it may: remove such files. A
    /// `TRUSTED CERTIFICATE` whose settings exclude servers is an error.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the file cannot be read, or contains no certificate or a damaged one.
    /// The error names the file.
    pub fn ca_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        certificates::file(path.as_ref()).map(Self::cas)
    }

    /// Trusts the CAs of all files in a directory whose names end in `.pem`, `.crt`, `.cer` or
    /// `.der`, or have the form that `openssl rehash` gives them (`9d66eef0.0`).
    ///
    /// A directory may contain other files: those that cannot be read, or contain no certificate,
    /// are ignored.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the directory cannot be read, or contains no certificate. The error
    /// names the directory.
    pub fn ca_directory(path: impl AsRef<Path>) -> Result<Self, Error> {
        certificates::directory(path.as_ref()).map(Self::cas)
    }

    /// Trusts the CAs of a PEM text.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the text contains no certificate or a damaged one.
    pub fn ca_pem(pem: &[u8]) -> Result<Self, Error> {
        certificates::text(pem).map(Self::cas)
    }

    /// Accepts every certificate for every name: anyone on the network can read and change
    /// everything.
    ///
    /// For tests only. A client that sends requests with these options logs a warning, once. CAs
    /// cannot be added.
    ///
    /// The server must still have the certificate's key, and its signature must be verifiable: a
    /// certificate of X.509 version 1 or with an RSA key of less than 2,048 bits is an error.
    pub fn danger_accept_any_certificate() -> Self {
        Self::trusting(Trust::Anyone)
    }

    /// Also trusts the CAs of the operating system's certificate store.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: these options accept every certificate.
    #[cfg(feature = "native-roots")]
    pub fn and_native_roots(mut self) -> Result<Self, Error> {
        self.anchors()?.native_roots = true;
        Ok(self)
    }

    /// Also trusts Mozilla's list of CAs.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: these options accept every certificate.
    #[cfg(feature = "webpki-roots")]
    pub fn and_webpki_roots(mut self) -> Result<Self, Error> {
        self.anchors()?.webpki_roots = true;
        Ok(self)
    }

    /// Also trusts the CAs of a file, in PEM or DER.
    ///
    /// # Errors
    ///
    /// Those of [`ca_file`](Self::ca_file), and [`ErrorKind::Config`] if these options accept every
    /// certificate.
    pub fn and_ca_file(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        self.and_cas(certificates::file(path.as_ref())?)
    }

    /// Also trusts the CAs of a directory.
    ///
    /// # Errors
    ///
    /// Those of [`ca_directory`](Self::ca_directory), and [`ErrorKind::Config`] if these options
    /// accept every certificate.
    pub fn and_ca_directory(self, path: impl AsRef<Path>) -> Result<Self, Error> {
        self.and_cas(certificates::directory(path.as_ref())?)
    }

    /// Also trusts the CAs of a PEM text.
    ///
    /// # Errors
    ///
    /// Those of [`ca_pem`](Self::ca_pem), and [`ErrorKind::Config`] if these options accept every
    /// certificate.
    pub fn and_ca_pem(self, pem: &[u8]) -> Result<Self, Error> {
        self.and_cas(certificates::text(pem)?)
    }

    /// Sets the certificate and key to present to servers that ask for one (mTLS; default none).
    #[must_use]
    pub fn identity(mut self, identity: TlsIdentity) -> Self {
        self.identity = Some(identity);
        self
    }

    /// Sets the oldest version of TLS to accept (default TLS 1.2).
    #[must_use]
    pub fn min_version(mut self, version: TlsVersion) -> Self {
        self.min_version = version;
        self
    }

    /// Sets whether the hybrid post-quantum key exchange X25519MLKEM768 is offered, as the first
    /// choice (default `true`).
    ///
    /// It protects recorded traffic from future quantum computers, and enlarges the first message
    /// of a handshake by about 1,200 bytes. Turn it off where a firewall drops such messages.
    ///
    /// ```
    /// # use alibabacloud_kms_middleware::TlsOptions;
    /// # fn classical(tls: TlsOptions) -> TlsOptions {
    /// tls.post_quantum(false)
    /// # }
    /// ```
    #[must_use]
    pub fn post_quantum(mut self, offered: bool) -> Self {
        self.post_quantum = offered;
        self
    }

    /// Returns `true` if every certificate is accepted.
    pub fn accepts_any_certificate(&self) -> bool {
        matches!(self.trust, Trust::Anyone)
    }

    /// Returns `true` if the CAs of the operating system's certificate store are trusted.
    pub fn trusts_native_roots(&self) -> bool {
        matches!(&self.trust, Trust::Anchors(anchors) if anchors.native_roots)
    }

    /// Returns `true` if Mozilla's list of CAs is trusted.
    pub fn trusts_webpki_roots(&self) -> bool {
        matches!(&self.trust, Trust::Anchors(anchors) if anchors.webpki_roots)
    }

    /// Returns the given CAs, each an X.509 certificate in DER.
    pub fn ca_certificates(&self) -> impl Iterator<Item = &[u8]> {
        let cas: &[Vec<u8>] = match &self.trust {
            Trust::Anchors(anchors) => &anchors.cas,
            Trust::Anyone => &[],
        };
        cas.iter().map(Vec::as_slice)
    }

    /// Returns the certificate and key to present to servers that ask for one.
    pub fn client_identity(&self) -> Option<&TlsIdentity> {
        self.identity.as_ref()
    }

    /// Returns the oldest version of TLS to accept.
    pub fn oldest_version(&self) -> TlsVersion {
        self.min_version
    }

    /// Returns `true` if the hybrid post-quantum key exchange is offered.
    pub fn offers_post_quantum(&self) -> bool {
        self.post_quantum
    }

    /// Returns options for the connection to a proxy that has no [TLS
    /// options](super::ProxyOptions::tls) of its own: with the same trust and key exchange, without
    /// a client certificate, and with the default minimum version.
    #[cfg(feature = "proxy")]
    #[must_use]
    pub fn for_proxy(&self) -> Self {
        Self { post_quantum: self.post_quantum, ..Self::trusting(self.trust.clone()) }
    }

    fn trusting(trust: Trust) -> Self {
        Self { trust, identity: None, min_version: TlsVersion::default(), post_quantum: true }
    }

    fn cas(cas: Vec<Vec<u8>>) -> Self {
        Self::trusting(Trust::Anchors(Anchors { cas: cas.into(), ..Anchors::default() }))
    }

    fn and_cas(mut self, more: Vec<Vec<u8>>) -> Result<Self, Error> {
        let anchors = self.anchors()?;
        let more = more.into_iter().filter(|ca| !anchors.cas.contains(ca));
        anchors.cas = anchors.cas.iter().cloned().chain(more).collect();
        Ok(self)
    }

    fn anchors(&mut self) -> Result<&mut Anchors, Error> {
        match &mut self.trust {
            Trust::Anchors(anchors) => Ok(anchors),
            Trust::Anyone => Err(Error::new(
                ErrorKind::Config,
                "a CA cannot be added to options that accept every certificate: use one of the two",
            )),
        }
    }
}

impl fmt::Debug for TlsOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TlsOptions")
            .field("trust", &self.trust)
            .field("identity", &self.identity)
            .field("min_version", &self.min_version)
            .field("post_quantum", &self.post_quantum)
            .finish()
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self::Anchors(anchors) = self else {
            return f.write_str("any certificate: not checked");
        };
        let cas = match anchors.cas.len() {
            0 => None,
            1 => Some("1 CA".to_owned()),
            cas => Some(format!("{cas} CAs")),
        };
        let native = anchors.native_roots.then(|| "native roots".to_owned());
        let webpki = anchors.webpki_roots.then(|| "webpki roots".to_owned());
        let parts: Vec<_> = [native, webpki, cas].into_iter().flatten().collect();
        f.write_str(&parts.join(" and "))
    }
}

#[cfg(test)]
mod tests;
