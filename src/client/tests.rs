//! Settings that a client refuses to be built from.

use super::*;
use crate::transport::Transport;
use crate::{Credential, ErrorKind, InstanceGateway, OpenApiGateway, TlsOptions};

/// A client in a build without roots.
fn without_roots() -> ClientBuilder {
    KmsClient::builder().connections(Transport::builder().without_default_trust())
}

fn gateway(url: &str) -> OpenApiGateway {
    let credential = Credential::access_key("id", "secret");
    OpenApiGateway::new(url.parse().expect("an endpoint"), credential)
}

#[test]
fn a_gateway_that_would_trust_no_certificate_is_an_error_that_names_it_and_the_remedy() {
    let credential = Credential::access_key("id", "secret");
    let endpoint = "instance.invalid".parse().expect("an endpoint");
    let instance = InstanceGateway::with_credential(endpoint, credential);
    for (builder, name) in [
        (without_roots().shared(gateway("kms.invalid")), "shared gateway"),
        (without_roots().instance(instance), "instance gateway"),
    ] {
        let error = builder.build().expect_err("no trust");
        assert_eq!(error.kind(), ErrorKind::Config);
        let text = error.to_string();
        for part in [name, "feature native-roots", "TlsOptions::ca_file"] {
            assert!(text.contains(part), "{text}");
        }
    }
}

#[test]
fn trust_of_the_gateway_or_the_client_and_plain_http_need_no_roots() {
    let any = TlsOptions::danger_accept_any_certificate;
    for builder in [
        without_roots().shared(gateway("kms.invalid").tls(any())),
        without_roots().shared(gateway("kms.invalid")).tls(any()),
        without_roots().shared(gateway("http://kms.invalid")),
    ] {
        builder.build().expect("a client");
    }
}
