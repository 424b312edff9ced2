//! The certificate of the local gateway, signed by a CA of its own, as that of an instance is.

use std::collections::HashSet;
use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use alibabacloud_kms::BoxError;
use rcgen::{ExtendedKeyUsagePurpose, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::crypto::aws_lc_rs;
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::authority::{Authority, params};

/// The certificate of the server, and the CA that clients must trust.
pub(super) struct Certificate {
    pub(super) server: Arc<ServerConfig>,
    pub(super) ca_pem: String,
}

impl Certificate {
    /// Creates a certificate for `localhost`, 127.0.0.1, ::1, the address that the gateway listens on
    /// and more names.
    pub(super) fn generate(
        ca: &Authority,
        address: IpAddr,
        more: &[String],
    ) -> Result<Self, BoxError> {
        let mut names = ["localhost", "127.0.0.1", "::1"].map(str::to_owned).to_vec();
        if !address.is_unspecified() {
            names.push(address.to_string());
        }
        if !address.is_loopback() {
            names.extend(own_name());
        }
        check_names(more)?;
        names.extend_from_slice(more);
        let mut known = HashSet::new();
        names.retain(|name| known.insert(name.to_ascii_lowercase()));
        let mut leaf = params(&names, "localhost")?;
        leaf.key_usages = vec![KeyUsagePurpose::DigitalSignature];
        leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        leaf.use_authority_key_identifier_extension = true;
        let key = KeyPair::generate()?;
        let leaf = leaf.signed_by(&key, ca.issuer())?;

        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let server = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)?;
        Ok(Self { server: Arc::new(server), ca_pem: ca.pem().to_owned() })
    }

    /// A certificate for the same names, issued by a CA that clients do not trust.
    pub(super) fn stranger(address: IpAddr) -> Result<Self, BoxError> {
        Self::generate(&Authority::generate()?, address, &[])
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

/// Returns this machine's own name, by which others reach it.
fn own_name() -> Option<String> {
    let name = gethostname::gethostname().into_string().ok()?;
    Some(name).filter(|name| is_name(name))
}

/// Checks the names that a certificate is to have, before anything is made for it.
///
/// # Errors
///
/// A name is neither a host name nor an address.
pub(super) fn check_names(names: &[String]) -> Result<(), BoxError> {
    if names.iter().all(|name| is_name(name)) {
        Ok(())
    } else {
        Err("a name of its certificate is neither a host name nor an address".into())
    }
}

/// Returns `true` for a host name, whose first label may be `*`, or an address.
fn is_name(name: &str) -> bool {
    let host = name.strip_prefix("*.").unwrap_or(name);
    let is_label = |label: &str| {
        let is_labels = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        (1..=63).contains(&label.len()) && label.bytes().all(is_labels)
    };
    name.parse::<IpAddr>().is_ok() || (host.len() <= 253 && host.split('.').all(is_label))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, ServerName};
    use rustls::{ClientConfig, ClientConnection, RootCertStore, ServerConnection};

    use super::*;

    /// Returns `true` if a client that trusts the CA accepts the server under this name.
    fn is_for(certificate: &Certificate, name: &str) -> bool {
        let mut roots = RootCertStore::empty();
        let ca = CertificateDer::from_pem_slice(certificate.ca_pem.as_bytes()).expect("a CA");
        roots.add(ca).expect("a CA");
        let provider = Arc::new(aws_lc_rs::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).expect("a name");
        let mut client = ClientConnection::new(Arc::new(config), name).expect("a client");
        let mut server = ServerConnection::new(Arc::clone(&certificate.server)).expect("a server");
        while client.is_handshaking() {
            let mut said = Vec::new();
            client.write_tls(&mut said).expect("in memory");
            server.read_tls(&mut said.as_slice()).expect("in memory");
            server.process_new_packets().expect("a handshake");
            let mut said = Vec::new();
            while server.wants_write() {
                server.write_tls(&mut said).expect("in memory");
            }
            let mut said = said.as_slice();
            while !said.is_empty() {
                client.read_tls(&mut said).expect("in memory");
                if client.process_new_packets().is_err() {
                    return false;
                }
            }
        }
        true
    }

    fn generated(address: Ipv4Addr, names: &[&str]) -> Result<Certificate, BoxError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        Certificate::generate(&Authority::generate()?, address.into(), &names)
    }

    #[test]
    fn it_is_for_loopback_and_for_each_name_that_is_given() {
        let names =
            ["kms.cn-hangzhou.aliyuncs.com", "*.cryptoservice.kms.aliyuncs.com", "10.9.8.7", "kms"];
        let certificate = generated(Ipv4Addr::LOCALHOST, &names).expect("a certificate");
        for name in [
            "localhost",
            "127.0.0.1",
            "::1",
            "kms.cn-hangzhou.aliyuncs.com",
            "kst-x.cryptoservice.kms.aliyuncs.com",
            "10.9.8.7",
            "kms",
        ] {
            assert!(is_for(&certificate, name), "{name}");
        }
        for name in ["other.invalid", "10.9.8.8", "a.b.cryptoservice.kms.aliyuncs.com"] {
            assert!(!is_for(&certificate, name), "{name}");
        }
    }

    #[test]
    fn beyond_loopback_it_is_for_this_machine_too() {
        let own = own_name().expect("a machine has a name");
        let local = generated(Ipv4Addr::LOCALHOST, &[]).expect("a certificate");
        let open = generated(Ipv4Addr::UNSPECIFIED, &[&own]).expect("a certificate");
        assert!(is_for(&open, &own) && is_for(&open, "localhost"));
        assert!(own == "localhost" || !is_for(&local, &own));
        let open = generated(Ipv4Addr::new(10, 0, 0, 1), &[]).expect("a certificate");
        assert!(is_for(&open, &own) && is_for(&open, "10.0.0.1"));
    }

    #[test]
    fn what_is_no_name_is_an_error() {
        for name in ["", "not a name", "a/b", "*", "*.", "a..b", "*.*.a", "a:1", "ä"] {
            generated(Ipv4Addr::LOCALHOST, &[name]).expect_err(name);
        }
    }
}
