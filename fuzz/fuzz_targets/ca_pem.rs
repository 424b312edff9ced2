//! Arbitrary bytes as CA certificates and as a client's own certificate and key. What rustls takes for
//! trust anchors is taken, and nothing that it reads is lost.

#![no_main]

use alibabacloud_kms::{TlsIdentity, TlsOptions};
use alibabacloud_kms_fuzz::first;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;
use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use secrecy::SecretSlice;

const CERTIFICATE: &[u8] = include_bytes!("../../tests/data/client_key/certificate.pem");

/// Two of them are in the line that begins a block, and two in the line that ends it.
const DASHES: &[u8] = b"-----";

fuzz_target!(|data: &[u8]| {
    let (which, bytes) = first(data);
    match which & 1 {
        0 => text(bytes),
        _ => certificate(bytes),
    }
    let key = SecretSlice::from(bytes.to_vec());
    if let Ok(identity) = TlsIdentity::pem(bytes, &key) {
        assert!(identity.certificates().next().is_some());
    }
    let _ = TlsIdentity::pem(CERTIFICATE, &key);
    let _ = TlsIdentity::der([bytes.to_vec()], &key);
});

fn text(pem: &[u8]) {
    let theirs: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let theirs = theirs.unwrap_or_default();
    match TlsOptions::ca_pem(pem) {
        Ok(options) => {
            let ours: Vec<&[u8]> = options.ca_certificates().collect();
            assert!(!ours.is_empty());
            assert!(theirs.iter().all(|certificate| ours.contains(&certificate.as_ref())));
        }
        // Another block may be damaged, down to a half of one of its lines, which rustls passes over.
        Err(_) => {
            let dashes = pem.windows(DASHES.len()).filter(|window| *window == DASHES).count();
            let has_more = dashes > 4 * theirs.len();
            assert!(theirs.is_empty() || has_more || !theirs.iter().all(is_anchor));
        }
    }
}

/// One certificate in DER, as PEM.
fn certificate(der: &[u8]) {
    let base64 = STANDARD.encode(der);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    match TlsOptions::ca_pem(pem.as_bytes()) {
        Ok(options) => assert!(options.ca_certificates().eq([der])),
        Err(_) => assert!(!is_anchor(&CertificateDer::from(der))),
    }
}

fn is_anchor(certificate: &CertificateDer<'_>) -> bool {
    RootCertStore::empty().add(certificate.clone().into_owned()).is_ok()
}
