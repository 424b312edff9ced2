//! Certificates, from the request to the verification of a signature.

use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, CertifiedIssuer, DnType,
    IsCa, KeyPair,
};

use super::super::testing::engine;
use super::{
    CertificateStatus, EncryptionAlgorithm, Engine, Fault, KeySpec, Message, NewCertificate,
    SigningAlgorithm,
};

const SUBJECT: &str = "CN=userName,OU=kms,O=aliyun,C=CN";
const MESSAGE: Message<'static> = Message::Raw(b"message");

fn create(engine: &Engine, spec: KeySpec) -> (String, String) {
    let new = NewCertificate {
        spec,
        subject: SUBJECT,
        alternative_names: vec!["a.example".to_owned()],
        is_exportable: true,
    };
    let text = engine.create_certificate(new).expect("the request is valid");
    (text.id, text.request)
}

/// Returns a self-signed certificate for another key.
fn other() -> String {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(Vec::new()).expect("no names");
    params.self_signed(&key).expect("a certificate").pem()
}

fn active(engine: &Engine, spec: KeySpec) -> String {
    let (id, request) = create(engine, spec);
    let (certificate, ca) = issue(&request);
    engine.upload_certificate(&id, &certificate, Some(&ca)).expect("it is the key's");
    id
}

/// Returns the certificate for a request, and that of its CA. Verifies the request's signature.
fn issue(request: &str) -> (String, String) {
    let mut ca = CertificateParams::new(Vec::new()).expect("no names");
    ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    ca.distinguished_name.push(DnType::CommonName, "testCA");
    let ca = CertifiedIssuer::self_signed(ca, KeyPair::generate().expect("a key")).expect("a CA");
    let request = CertificateSigningRequestParams::from_pem(request).expect("a request");
    let certificate = request.signed_by(&ca).expect("a certificate");
    (certificate.pem(), ca.pem())
}

#[test]
fn a_certificate_is_requested_uploaded_and_described() {
    let engine = engine();
    for (spec, key_spec) in [(KeySpec::Rsa2048, "RSA_2048"), (KeySpec::EcP256, "EC_P256")] {
        let (id, request) = create(&engine, spec);
        let pending = engine.describe_certificate(&id).expect("it exists");
        assert_eq!((pending.status, pending.x509.is_none()), (CertificateStatus::Pending, true));
        let (certificate, ca) = issue(&request);
        engine.upload_certificate(&id, &certificate, Some(&ca)).expect("it is the key's");
        let again = engine.upload_certificate(&id, &certificate, None);
        assert_eq!(again, Err(Fault::resource_exists()));
        let kept = engine.certificate(&id).expect("it exists");
        assert_eq!((kept.certificate, kept.chain), (Some(certificate), Some(ca)));
        let described = engine.describe_certificate(&id).expect("it exists");
        assert_eq!(described.arn, format!("acs:kms:cn-hangzhou:123456:certificate/{id}"));
        assert_eq!(described.status, CertificateStatus::Active);
        assert_eq!(described.spec.as_str(), key_spec);
        let x509 = described.x509.expect("it was uploaded");
        assert_eq!(x509.subject, SUBJECT);
        assert!(x509.issuer.contains("CN=testCA"), "{}", x509.issuer);
        assert_eq!(x509.alternative_names, ["a.example"]);
        assert_eq!(x509.signature_algorithm, "ECDSA-SHA256");
        assert!(x509.not_before < x509.not_after && !x509.serial.is_empty());
        engine.delete_certificate(&id).expect("it exists");
        assert_eq!(engine.delete_certificate(&id), Err(Fault::certificate_not_found()));
    }
}

#[test]
fn what_is_no_certificate_of_the_key_is_refused() {
    let engine = engine();
    let (id, request) = create(&engine, KeySpec::EcP256);
    let (certificate, _) = issue(&request);
    for wrong in ["", "text", &request, &other()] {
        let uploaded = engine.upload_certificate(&id, wrong, None);
        assert_eq!(uploaded, Err(Fault::invalid("Certificate")), "{wrong}");
    }
    for chain in ["text", &request] {
        let uploaded = engine.upload_certificate(&id, &certificate, Some(chain));
        assert_eq!(uploaded, Err(Fault::invalid("CertificateChain")), "{chain}");
    }
    let new = |spec, subject| {
        let new =
            NewCertificate { spec, subject, alternative_names: Vec::new(), is_exportable: true };
        engine.create_certificate(new).err()
    };
    assert_eq!(new(KeySpec::EcP256k, SUBJECT), Some(Fault::invalid("KeySpec")));
    assert_eq!(new(KeySpec::EcP256, "CN=a"), Some(Fault::invalid("Subject")));
    let code = new(KeySpec::EcSm2, SUBJECT).map(|fault| fault.code);
    assert_eq!(code, Some("UnsupportedOperation"));
}

#[test]
fn an_active_certificate_computes_and_its_status_decides() {
    let engine = engine();
    let (rsa, ec) = (active(&engine, KeySpec::Rsa2048), active(&engine, KeySpec::EcP256));
    let oaep = EncryptionAlgorithm::RsaesOaepSha256;
    let sealed = engine.certificate_encrypt(&rsa, oaep, b"text").expect("it encrypts");
    let opened = engine.certificate_decrypt(&rsa, oaep, &sealed).expect("it decrypts");
    assert_eq!(*opened, b"text");
    let refused = engine.certificate_encrypt(&ec, oaep, b"text");
    assert_eq!(refused, Err(Fault::invalid("Algorithm")));
    for (id, algorithm) in [
        (&rsa, SigningAlgorithm::RsaPssSha256),
        (&rsa, SigningAlgorithm::RsaPkcs1Sha256),
        (&ec, SigningAlgorithm::EcdsaSha256),
    ] {
        let signed = engine.certificate_sign(id, algorithm, MESSAGE).expect("it signs");
        let verify =
            |signature: &[u8]| engine.certificate_verify(id, algorithm, MESSAGE, signature);
        assert_eq!((verify(&signed), verify(b"")), (Ok(true), Ok(false)));
        let long = engine.certificate_sign(id, algorithm, Message::Raw(&[0; 4097]));
        assert_eq!(long, Err(Fault::invalid("Message")));
    }
    let algorithm = SigningAlgorithm::EcdsaSha256;
    let signed = engine.certificate_sign(&ec, algorithm, MESSAGE).expect("it signs");
    let set = |status| engine.set_certificate_status(&ec, status);
    let code = |result: Result<bool, Fault>| result.map_err(|fault| fault.code);
    let sign = || code(engine.certificate_sign(&ec, algorithm, MESSAGE).map(|_| true));
    let verify = || code(engine.certificate_verify(&ec, algorithm, MESSAGE, &signed));
    set(CertificateStatus::Inactive).expect("it is active");
    assert_eq!((sign(), verify()), (Err("Rejected.Disabled"), Err("Rejected.Disabled")));
    set(CertificateStatus::Active).expect("it is inactive");
    set(CertificateStatus::Revoked).expect("it is active");
    assert_eq!((sign(), verify()), (Err("Rejected.Disabled"), Ok(true)));
    assert_eq!(set(CertificateStatus::Active), Err(Fault::key_state_unchangeable()));
    let (pending, _) = create(&engine, KeySpec::EcP256);
    let signed = engine.certificate_sign(&pending, algorithm, MESSAGE).map_err(|it| it.code);
    assert_eq!(signed, Err("Rejected.PendingImport"));
}
