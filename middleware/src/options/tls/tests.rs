use base64::Engine as _;
use tracing_subscriber::layer::SubscriberExt as _;

use super::*;
use crate::test_support::Warnings;

fn ca() -> Vec<u8> {
    let key = rcgen::KeyPair::generate().expect("a key");
    let ca = rcgen::CertificateParams::default().self_signed(&key).expect("a certificate");
    ca.pem().into_bytes()
}

fn anyone() -> TlsOptions {
    TlsOptions::danger_accept_any_certificate()
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

#[test]
fn given_cas_stand_alone() {
    let given = TlsOptions::ca_pem(&ca()).expect("a CA");
    assert_eq!(given.ca_certificates().count(), 1);
    assert!(!given.trusts_native_roots() && !given.trusts_webpki_roots());
    let two = given.clone().and_ca_pem(&ca()).expect("another CA");
    assert_eq!(two.ca_certificates().count(), 2);
    assert_ne!(given, two, "their connections are not shared");
}

#[cfg(all(feature = "native-roots", feature = "webpki-roots"))]
#[test]
fn roots_are_trusted_only_where_they_are_named() {
    let both = |tls: &TlsOptions| (tls.trusts_native_roots(), tls.trusts_webpki_roots());
    assert_eq!(both(&TlsOptions::native_roots()), (true, false));
    assert_eq!(both(&TlsOptions::webpki_roots()), (false, true));
    let native = TlsOptions::native_roots().and_ca_pem(&ca()).expect("a CA");
    assert_eq!((both(&native), native.ca_certificates().count()), ((true, false), 1));
    let all = native.and_webpki_roots().expect("roots");
    assert_eq!((both(&all), all.ca_certificates().count()), ((true, true), 1));
    let native = TlsOptions::webpki_roots().and_native_roots().expect("roots");
    assert_eq!(both(&native), (true, true));
}

#[test]
fn anything_trusted_and_accepting_every_certificate_exclude_each_other() {
    let refused = |result: Result<TlsOptions, Error>| {
        let error = result.expect_err("either or");
        assert_eq!(error.kind(), ErrorKind::Config);
    };
    refused(anyone().and_ca_pem(&ca()));
    #[cfg(feature = "native-roots")]
    refused(anyone().and_native_roots());
    #[cfg(feature = "webpki-roots")]
    refused(anyone().and_webpki_roots());
}

#[cfg(feature = "proxy")]
#[test]
fn a_proxy_gets_the_same_trust_and_no_client_certificate() {
    let given = TlsOptions::ca_pem(&ca()).expect("a CA");
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(["client".to_owned()]).expect("a certificate");
    let key = signing_key.serialize_pem().into_bytes().into();
    let identity = TlsIdentity::pem(cert.pem().as_bytes(), &key).expect("an identity");
    assert_eq!(given.clone().identity(identity).for_proxy(), given);
}

#[test]
fn debug_names_what_is_trusted() {
    let shown = |tls: &TlsOptions| format!("{tls:?}");
    let given = TlsOptions::ca_pem(&ca()).expect("a CA");
    assert!(shown(&given).contains("trust: 1 CA,"));
    assert!(shown(&anyone()).contains("trust: any certificate: not checked,"));
    assert!(shown(&anyone().post_quantum(false)).contains("post_quantum: false"));
    #[cfg(feature = "native-roots")]
    {
        let both = given.and_native_roots().expect("roots");
        assert!(shown(&both).contains("trust: native roots and 1 CA,"));
    }
}

#[test]
fn a_directory_without_certificates_names_what_is_there_instead() {
    let folder = std::env::temp_dir().join(format!("kms-ca-others-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder");
    for (name, label) in [("a.pem", "PKCS7"), ("b.pem", "PKCS7"), ("c.pem", "PRIVATE KEY")] {
        let block = format!("-----BEGIN {label}-----\nAQID\n-----END {label}-----\n");
        std::fs::write(folder.join(name), block).expect("written");
    }
    let error = TlsOptions::ca_directory(&folder).expect_err("no certificate");
    std::fs::remove_dir_all(folder).expect("removed");
    assert_eq!(error.kind(), ErrorKind::Config);
    assert_eq!(error.to_string().matches("PKCS7").count(), 1, "{error}");
    assert!(!error.to_string().contains("PRIVATE KEY"), "{error}");
}

#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_an_error_that_says_so() {
    let endless = "/dev/zero";
    for error in [
        TlsOptions::ca_file(endless).expect_err("endless"),
        TlsIdentity::pem_files(endless, endless).expect_err("endless"),
    ] {
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains("/dev/zero is too large"), "{error}");
    }
}

#[test]
fn what_is_given_in_place_of_a_ca_is_named_with_its_remedy() {
    let key = rcgen::KeyPair::generate().expect("a key");
    let pem = String::from_utf8(ca()).expect("a text");
    let utf_16: Vec<u8> = pem.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let signed_data = [0x30, 0x80, 6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 2, 0xa0, 0x80];
    for (content, named) in [
        (key.serialize_pem().into_bytes(), "private key"),
        (key.serialize_der(), "private key"),
        ([&[0xff, 0xfe], &utf_16[..]].concat(), "UTF-16"),
        (utf_16, "UTF-16"),
        (vec![0x30, 0x82, 9, 0x85, 2, 1, 3, 0x30, 0x82, 9, 0x4b], "openssl pkcs12"),
        (vec![0x30, 0x80, 2, 1, 3, 0x30, 0x80], "openssl pkcs12"),
        (signed_data.to_vec(), "openssl pkcs7"),
    ] {
        let error = TlsOptions::ca_pem(&content).expect_err(named);
        assert_eq!(error.kind(), ErrorKind::Config);
        assert!(error.to_string().contains(named), "{error}");
    }
}

#[test]
fn a_directory_of_damaged_files_names_one_and_why() {
    let folder = std::env::temp_dir().join(format!("kms-ca-damaged-{}", std::process::id()));
    std::fs::create_dir(&folder).expect("a folder");
    for name in ["a.pem", "b.pem"] {
        std::fs::write(folder.join(name), "-----BEGIN CERTIFICATE-----\n").expect("written");
    }
    let error = TlsOptions::ca_directory(&folder).expect_err("no certificate");
    std::fs::remove_dir_all(folder).expect("removed");
    assert!(error.to_string().contains("a.pem has a damaged"), "{error}");
}

#[test]
fn a_trusted_certificate_that_excludes_servers_is_refused_with_its_reason() {
    // `reject` with `serverAuth`.
    let settings = [0x30, 12, 0xa0, 10, 6, 8, 0x2b, 6, 1, 5, 5, 7, 3, 1];
    let ca = TlsOptions::ca_pem(&ca()).expect("a CA");
    let der = [ca.ca_certificates().next().expect("one"), &settings].concat();
    let base64 = base64::engine::general_purpose::STANDARD.encode(der);
    let label = "TRUSTED CERTIFICATE";
    let pem = format!("-----BEGIN {label}-----\n{base64}\n-----END {label}-----\n");
    let error = TlsOptions::ca_pem(pem.as_bytes()).expect_err("not for servers");
    assert!(error.to_string().contains("settings exclude servers"), "{error}");
}

#[test]
fn a_ca_that_has_expired_is_trusted_with_a_warning() {
    let key = rcgen::KeyPair::generate().expect("a key");
    let mut params = rcgen::CertificateParams::default();
    params.not_after = rcgen::date_time_ymd(2001, 1, 1);
    let expired = params.self_signed(&key).expect("a certificate").pem();
    let warnings = Warnings::default();
    let subscriber = tracing_subscriber::registry().with(warnings.clone());
    tracing::subscriber::with_default(subscriber, || {
        let current = TlsOptions::ca_pem(&ca()).expect("a CA");
        assert_eq!(warnings.messages(), Vec::<String>::new());
        let both = current.and_ca_pem(expired.as_bytes()).expect("a CA");
        assert_eq!(both.ca_certificates().count(), 2);
    });
    let messages = warnings.messages();
    assert!(matches!(&messages[..], [one] if one.contains("expired on Mon, 01 Jan 2001")));
}
