//! Certificates that no server of this crate's own TLS could show, as `openssl x509` wrote them.

use std::time::Duration;

use rustls::crypto::aws_lc_rs;

use super::*;

/// A CA with an ECDSA key.
const CA: &str = "\
-----BEGIN CERTIFICATE-----
MIIBcDCCARegAwIBAgIUWd9eXx7RHoreH/0ZKTHj2bqMoq0wCgYIKoZIzj0EAwIw
DTELMAkGA1UEAwwCY2EwIBcNMjYxMTI4MjIzNzE0WhgPMjEyNjExMDQyMjM3MTRa
MA0xCzAJBgNVBAMMAmNhMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEG8sYChvJ
riPwGscxoEZKEb6PYDosw5UNS2wW/37YSzp/+m7Djc8eBV2V01EHo0wmHU7WL6CA
Tzpv07b+nJRg/aNTMFEwHQYDVR0OBBYEFEjZAI8rlo7pfkkSE2wWZU+8OGkIMB8G
A1UdIwQYMBaAFEjZAI8rlo7pfkkSE2wWZU+8OGkIMA8GA1UdEwEB/wQFMAMBAf8w
CgYIKoZIzj0EAwIDRwAwRAIgTFl/Lpg2MOoScqVQOcFNsfgEhNXlD3IjAJhb2KQv
5toCIF2eo6MrHwIdyTZ1MrH8q+jyfwGWJvdxutMOETqV71vQ
-----END CERTIFICATE-----
";
/// A certificate of version 1 of this CA.
const VERSION_1: &str = "\
-----BEGIN CERTIFICATE-----
MIIBFDCBvAIUZ9Bla5UTIpk5i56c8rjZNV5+uRUwCgYIKoZIzj0EAwIwDTELMAkG
A1UEAwwCY2EwIBcNMjYxMTI4MjIzNzE0WhgPMjEyNjExMDQyMjM3MTRaMAwxCjAI
BgNVBAMMAWwwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATNm4Wea3p2Zff3ywVL
tIZeHt7YFmaq3wjPnWVBbIyQw+Ld2ecEk6Mtq49xTuqGlkZH2HrAONAlj5u/uswh
SIurMAoGCCqGSM49BAMCA0cAMEQCICrWHYaPL5UXIET/+txorW7nrXGx9eFUZgzd
OJT5O+n8AiA+zdSs/y2B7XPLgvXz+twWiXf2A4lgIJlMeHDIaGVhkw==
-----END CERTIFICATE-----
";
/// A certificate that this CA signed by SHA-1, for `localhost`.
const SHA_1: &str = "\
-----BEGIN CERTIFICATE-----
MIIBfTCCASWgAwIBAgIURxqsxxTIhUJopWgmjIhzXsvvuWMwCQYHKoZIzj0EATAN
MQswCQYDVQQDDAJjYTAgFw0yNjExMjgyMjM3MTVaGA8yMTI2MTEwNDIyMzcxNVow
DDEKMAgGA1UEAwwBbDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABM2bhZ5renZl
9/fLBUu0hl4e3tgWZqrfCM+dZUFsjJDD4t3Z5wSToy2rj3FO6oaWRkfYesA40CWP
m7+6zCFIi6ujYzBhMBQGA1UdEQQNMAuCCWxvY2FsaG9zdDAJBgNVHRMEAjAAMB0G
A1UdDgQWBBSOHf8D1iOfzpK8vDOBmK4KuRFgYDAfBgNVHSMEGDAWgBRI2QCPK5aO
6X5JEhNsFmVPvDhpCDAJBgcqhkjOPQQBA0cAMEQCIEKPaAcxaBHg5fYfgHzHnss8
Wm6g+CXgoszZdS3SVDK1AiA0Ydt7EdGCS+5cn9MLJJzyc+RKevqdcvnQPB1xF1My
tg==
-----END CERTIFICATE-----
";
/// A certificate that its own key signed by SHA-1, for `localhost`.
const SHA_1_BY_ITSELF: &str = "\
-----BEGIN CERTIFICATE-----
MIIBhTCCASugAwIBAgIUFHecE2eykoaaxzBn0qqUA5HvFwUwCQYHKoZIzj0EATAO
MQwwCgYDVQQDDANvd24wIBcNMjYxMTMwMDk0MzAwWhgPMjEyNTA2MjQwOTQzMDBa
MA4xDDAKBgNVBAMMA293bjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABENtEXK2
nxzehVkUGmlQ4ue1R5xb/DsSUygNeSLRK4PTtBfg1uYb6kO8oYwRSCqaBl8Il38u
TNXrVyXQhGMR4ymjZjBkMB0GA1UdDgQWBBRuo3HN8FT6tYz8ijODkqSBlvJxDzAf
BgNVHSMEGDAWgBRuo3HN8FT6tYz8ijODkqSBlvJxDzAUBgNVHREEDTALgglsb2Nh
bGhvc3QwDAYDVR0TAQH/BAIwADAJBgcqhkjOPQQBA0kAMEYCIQD8VkoISCJrpuzA
53Ljluv8bPTQboUO+pyLtNPoacbrpAIhAPnGVZVy09CKyo7fOSORtnkIuHxbmO2h
h/e9hgw3Vzq9
-----END CERTIFICATE-----
";
/// A CA with an RSA key of 1024 bits.
const SMALL_CA: &str = "\
-----BEGIN CERTIFICATE-----
MIIB/jCCAWegAwIBAgIUDCGafe9WKBT8Uc6QPN2fCDNsnDkwDQYJKoZIhvcNAQEL
BQAwEDEOMAwGA1UEAwwFc21hbGwwIBcNMjYxMTI4MjIzNzEzWhgPMjEyNjExMDQy
MjM3MTNaMBAxDjAMBgNVBAMMBXNtYWxsMIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB
iQKBgQDjTvWsD6kuUNQ8K4Av8u5fSvPEanDyLUsGCnqyJyfYLk/Z08Gpw9xVFpL6
1VThvmqJmWRS/0aM/m3zhvAoL9DClWC9Dhs4ROC51Iolg3q5dp+72/MpANeq5py8
tK6x91XtwYt41hdrEXpYejXLs/+CPXHhVDSEs+WZoGwTU86sdwIDAQABo1MwUTAd
BgNVHQ4EFgQUjHir2OF1tA4JdkKXHgkneMnxdfswHwYDVR0jBBgwFoAUjHir2OF1
tA4JdkKXHgkneMnxdfswDwYDVR0TAQH/BAUwAwEB/zANBgkqhkiG9w0BAQsFAAOB
gQDfbvY+HjerLxNi4yDgFbEWPJlEQn6lMqS4tIuiEJSsQXONwVZHq3AXbRitJxqR
4335cbGdvi+P+8IekaTXAOFmTI2DqurrJl4+wEYUfB45fTQ02SWmexcedJQ0v8qC
vw0Wrv9RiSPaT/4OjADpSOSaHikgPfz8jf5niceWPuKoOg==
-----END CERTIFICATE-----
";
/// A certificate of that CA, for `localhost`.
const OF_SMALL_CA: &str = "\
-----BEGIN CERTIFICATE-----
MIIBwzCCASygAwIBAgIULm4YI3V/6mW97VHMRfjj8eexMB8wDQYJKoZIhvcNAQEL
BQAwEDEOMAwGA1UEAwwFc21hbGwwIBcNMjYxMTI4MjIzNzE0WhgPMjEyNjExMDQy
MjM3MTRaMAwxCjAIBgNVBAMMAWwwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATN
m4Wea3p2Zff3ywVLtIZeHt7YFmaq3wjPnWVBbIyQw+Ld2ecEk6Mtq49xTuqGlkZH
2HrAONAlj5u/uswhSIuro2MwYTAUBgNVHREEDTALgglsb2NhbGhvc3QwCQYDVR0T
BAIwADAdBgNVHQ4EFgQUjh3/A9Yjn86SvLwzgZiuCrkRYGAwHwYDVR0jBBgwFoAU
jHir2OF1tA4JdkKXHgkneMnxdfswDQYJKoZIhvcNAQELBQADgYEAcV+VIGd6a9aE
XJOzNqzUA1gvQttucZF4aM24rxUmbYVB6saZtZv4FRtpTf3TW0lSe/vpcBSs3DoZ
nGjiCyMlT9jEg8/73UfXRU2hNCloS+zTDHzY/52A2m84I46T2NYyWMJIdN5+tLEw
MTtomUPXfy2afJxZa1nFeZ/wvtchkyI=
-----END CERTIFICATE-----
";

fn options(pem: &str) -> TlsOptions {
    TlsOptions::ca_pem(pem.as_bytes()).expect("a certificate")
}

fn der(pem: &str) -> CertificateDer<'static> {
    let options = options(pem);
    CertificateDer::from(options.ca_certificates().next().expect("one").to_vec())
}

/// The verifier that trusts these CAs.
fn verifier(cas: &str) -> Verifier {
    let options = options(cas);
    let mut anchors = RootCertStore::empty();
    for ca in options.ca_certificates() {
        anchors.add(CertificateDer::from(ca.to_vec())).expect("a CA");
    }
    let provider = Arc::new(aws_lc_rs::default_provider());
    Verifier::new(&options, Arc::new(anchors), &provider).expect("a verifier")
}

/// What is wrong with a server that shows these certificates in January 2030.
fn wrong(trusting: &str, shown: &[&str]) -> CertificateError {
    let shown: Vec<_> = shown.iter().map(|pem| der(pem)).collect();
    let name = ServerName::try_from("localhost").expect("a name");
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
    let verified = verifier(trusting).verify_server_cert(&shown[0], &shown[1..], &name, &[], now);
    match verified.expect_err("not accepted") {
        TlsError::InvalidCertificate(why) => why,
        other => panic!("not about a certificate: {other}"),
    }
}

fn unacceptable(trusting: &str, shown: &[&str]) -> Unacceptable {
    match wrong(trusting, shown) {
        CertificateError::Other(OtherError(why)) => *why.downcast_ref().expect("our reason"),
        other => panic!("no reason of ours: {other}"),
    }
}

#[test]
fn a_key_that_is_too_small_is_named_and_whose_it_is() {
    let reason = unacceptable(SMALL_CA, &[OF_SMALL_CA]);
    assert_eq!(reason, Unacceptable::SmallKey { bits: 1024, of_given: true });
    let reason = unacceptable(SMALL_CA, &[OF_SMALL_CA, SMALL_CA]);
    assert_eq!(reason, Unacceptable::SmallKey { bits: 1024, of_given: false });
    assert!(reason.to_string().contains("1024 bits"));
}

#[test]
fn a_version_that_is_not_supported_is_named() {
    assert_eq!(unacceptable(CA, &[VERSION_1]), Unacceptable::Version(1));
}

#[test]
fn an_algorithm_that_is_not_supported_is_no_mystery() {
    let why = wrong(CA, &[SHA_1]);
    assert!(matches!(why, CertificateError::UnsupportedSignatureAlgorithmContext { .. }), "{why}");
}

#[test]
fn a_ca_that_was_not_given_is_no_server() {
    assert_eq!(unacceptable(SMALL_CA, &[CA]), Unacceptable::CaAsServer);
}

#[test]
fn a_ca_that_was_given_is_no_server_of_another_name() {
    // It has no name at all.
    let why = wrong(CA, &[CA]);
    assert!(matches!(why, CertificateError::NotValidForNameContext { .. }), "{why}");
}

#[test]
fn a_ca_that_was_given_is_a_server_unless_its_key_usage_leaves_servers_out() {
    use rcgen::{
        BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose as Usage, IsCa, KeyPair,
    };

    let own = |usage: Usage| {
        let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.extended_key_usages = vec![usage];
        params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate").pem()
    };
    let of_clients = own(Usage::ClientAuth);
    assert!(matches!(wrong(&of_clients, &[&of_clients]), CertificateError::InvalidPurpose));
    let of_servers = own(Usage::ServerAuth);
    let name = ServerName::try_from("localhost").expect("a name");
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
    let server = der(&of_servers);
    let verified = verifier(&of_servers).verify_server_cert(&server, &[], &name, &[], now);
    verified.expect("it is the server's own");
}

#[test]
fn a_servers_own_certificate_that_was_given_is_accepted_whatever_is_sent_with_it() {
    use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, date_time_ymd};

    type Change = fn(&mut CertificateParams);
    let key = || KeyPair::generate().expect("a key");
    let issuer = |change: Change| {
        let mut issuer = CertificateParams::default();
        issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        change(&mut issuer);
        issuer
    };
    let issuers: [(&str, Change); 3] = [
        ("expired", |issuer| issuer.not_after = date_time_ymd(2029, 1, 1)),
        ("no CA", |issuer| issuer.is_ca = IsCa::ExplicitNoCa),
        ("good", |_| {}),
    ];
    let name = ServerName::try_from("localhost").expect("a name");
    let now = UnixTime::since_unix_epoch(Duration::from_secs(1_893_456_000));
    for (what, change) in issuers {
        let issuing = key();
        let sent = issuer(change).self_signed(&issuing).expect("a certificate").pem();
        let server = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        let server = server.signed_by(&key(), &Issuer::new(issuer(|_| {}), issuing));
        let server = server.expect("a certificate").pem();
        // Of the same name as the issuer, with another key.
        let namesake = issuer(|_| {}).self_signed(&key()).expect("a certificate").pem();
        for given in [server.clone(), server.clone() + &namesake] {
            for sent in [&[][..], &[der(&sent)]] {
                let verifier = verifier(&given);
                let verified = verifier.verify_server_cert(&der(&server), sent, &name, &[], now);
                assert!(verified.is_ok(), "{what}: {verified:?}");
                let other = ServerName::try_from("other.invalid").expect("a name");
                assert!(
                    verifier.verify_server_cert(&der(&server), sent, &other, &[], now).is_err()
                );
            }
        }
        assert!(matches!(wrong(&namesake, &[&server]), CertificateError::BadSignature));
    }
    let own = verifier(SHA_1_BY_ITSELF);
    let verified = own.verify_server_cert(&der(SHA_1_BY_ITSELF), &[], &name, &[], now);
    assert!(verified.is_ok(), "{verified:?}");
}

#[test]
fn without_verification_the_reasons_are_the_same() {
    let reason = |invalid: CertificateError, shown: &str| match of_handshake(
        TlsError::InvalidCertificate(invalid),
        &der(shown),
    ) {
        TlsError::InvalidCertificate(CertificateError::Other(OtherError(why))) => {
            *why.downcast_ref::<Unacceptable>().expect("our reason")
        }
        other => panic!("no reason of ours: {other}"),
    };
    let small = Unacceptable::SmallKey { bits: 1024, of_given: false };
    assert_eq!(reason(CertificateError::BadSignature, SMALL_CA), small);
    let version = OtherError(Arc::new(webpki::Error::UnsupportedCertVersion));
    let version = reason(CertificateError::Other(version), VERSION_1);
    assert_eq!(version, Unacceptable::Version(1));
    assert_eq!(reason(CertificateError::BadSignature, CA), Unacceptable::NotItsKey);
}

#[test]
fn a_critical_extension_and_name_constraints_are_named() {
    use rcgen::{
        BasicConstraints, CertificateParams, CustomExtension, GeneralSubtree, IsCa, Issuer,
        KeyPair, NameConstraints,
    };

    let chain = |constraints: Option<NameConstraints>, extensions: Vec<CustomExtension>| {
        let key = KeyPair::generate().expect("a key");
        let mut ca = CertificateParams::default();
        ca.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        ca.name_constraints = constraints;
        let anchor = ca.self_signed(&key).expect("a certificate").pem();
        let mut server = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
        server.custom_extensions = extensions;
        let own = KeyPair::generate().expect("a key");
        let server = server.signed_by(&own, &Issuer::new(ca, key)).expect("a certificate").pem();
        (anchor, server)
    };
    let permitted_subtrees = vec![GeneralSubtree::DnsName("example.com".to_owned())];
    let constraints = NameConstraints { permitted_subtrees, excluded_subtrees: Vec::new() };
    let (ca, server) = chain(Some(constraints), Vec::new());
    assert_eq!(unacceptable(&ca, &[&server]), Unacceptable::NameConstraints);
    let mut unknown = CustomExtension::from_oid_content(&[1, 2, 3, 4, 5], vec![5, 0]);
    unknown.set_criticality(true);
    let (ca, server) = chain(None, vec![unknown]);
    assert_eq!(unacceptable(&ca, &[&server]), Unacceptable::CriticalExtension);
}
