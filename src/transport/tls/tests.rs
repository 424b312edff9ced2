use super::*;

#[cfg(feature = "webpki-roots")]
fn anchor_count(tls: &TlsOptions) -> usize {
    anchors(tls).expect("anchors").len()
}

#[test]
fn a_ca_file_that_is_not_one_is_an_error_that_names_it() {
    let missing = TlsOptions::ca_file("/nonexistent/ca.pem").expect_err("no such file");
    assert_eq!(missing.kind(), ErrorKind::Config);
    assert!(missing.to_string().contains("/nonexistent/ca.pem"));
    for text in ["", "not PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"] {
        let error = TlsOptions::ca_pem(text.as_bytes()).expect_err(text);
        assert_eq!(error.kind(), ErrorKind::Config);
    }
}

#[cfg(feature = "webpki-roots")]
#[test]
fn given_cas_stand_alone_unless_the_roots_are_asked_for() {
    let key = rcgen::KeyPair::generate().expect("a key");
    let ca = rcgen::CertificateParams::default().self_signed(&key).expect("a certificate");
    let given = TlsOptions::ca_pem(ca.pem().as_bytes()).expect("a CA");
    assert_eq!(anchor_count(&given), 1);
    let both = given.clone().and_roots();
    assert!(anchor_count(&both) > 10);
    assert_ne!(given, both, "their connections are not shared");
}
