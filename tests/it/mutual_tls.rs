//! Client certificates: the forms of their keys, and a client key that is presented in TLS, too.

use std::sync::{Arc, Mutex};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{ClientKey, InstanceGateway, KmsClient, TlsIdentity, TlsOptions};
use alibabacloud_kms_tests::certificate::Authority;
use alibabacloud_kms_tests::server::{Behaviour, Server};
use alibabacloud_kms_tests::{canary, data};
use http::StatusCode;
use rustls::client::danger::HandshakeSignatureValid;
use rustls::crypto::{aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, UnixTime};
use rustls::server::danger::{ClientCertVerified, ClientCertVerifier};
use rustls::{DigitallySignedStruct, DistinguishedName, Error, SignatureScheme};

#[test]
fn keys_are_read_in_their_three_forms() {
    for name in ["pkcs8", "pkcs1", "sec1", "ed25519"] {
        let path = data(&format!("tls/{name}.pem"));
        let identity = TlsIdentity::pem_files(&path, &path);
        assert!(identity.is_ok(), "{name}: {identity:?}");
    }
}

#[tokio::test]
async fn a_client_key_proves_itself_to_a_server_that_asks_for_a_certificate() {
    let file = std::fs::read(data("client_key/default.p12")).expect("a fixture");
    let file = canary::base64(&file);
    let json = format!(r#"{{"KeyId":"KAAP.x","PrivateKeyData":"{file}"}}"#);
    let key = ClientKey::from_content(&json.into(), &"fixture-password".into()).expect("a key");

    let authority = Authority::generate();
    let seen = Arc::new(Asking::default());
    let acceptor = authority.server_that_asks(Arc::<Asking>::clone(&seen));
    let behaviour = Behaviour::answer("503 Service Unavailable", "text/plain", b"");
    let server = Server::tls(behaviour, acceptor).await;

    let tls = TlsOptions::ca_pem(authority.pem().as_bytes()).expect("a CA");
    let tls = tls.identity(key.tls_identity().expect("a certificate"));
    let endpoint = format!("https://{}", server.address()).parse().expect("an endpoint");
    let gateway = InstanceGateway::new(endpoint, key).tls(tls);
    let client = KmsClient::builder().instance(gateway).max_attempts(1).build().expect("a client");
    let error = client.encrypt(EncryptRequest::new("key", "text")).await.expect_err("a refusal");

    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE), "{error:?}");
    let expected = CertificateDer::from_pem_file(data("client_key/certificate.pem"));
    let shown = seen.certificates.lock().expect("no panic");
    assert_eq!(*shown, [expected.expect("a certificate")]);
}

/// Asks for a certificate, takes any, and checks that the client has its key.
#[derive(Debug, Default)]
struct Asking {
    certificates: Mutex<Vec<CertificateDer<'static>>>,
}

impl ClientCertVerifier for Asking {
    fn root_hint_subjects(&self) -> &[DistinguishedName] {
        &[]
    }

    fn verify_client_cert(
        &self,
        certificate: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: UnixTime,
    ) -> Result<ClientCertVerified, Error> {
        self.certificates.lock().expect("no panic").push(certificate.clone().into_owned());
        Ok(ClientCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls12_signature(message, certificate, signed, &algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = aws_lc_rs::default_provider().signature_verification_algorithms;
        verify_tls13_signature(message, certificate, signed, &algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        aws_lc_rs::default_provider().signature_verification_algorithms.supported_schemes()
    }
}
