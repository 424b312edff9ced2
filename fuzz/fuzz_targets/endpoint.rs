//! Arbitrary text as an endpoint: what it shows is read as the same, and is a URI of the same host and
//! port.

#![no_main]

use alibabacloud_kms::Endpoint;
use http::Uri;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    if let Ok(endpoint) = text.parse::<Endpoint>() {
        assert_eq!(endpoint.to_string().parse::<Endpoint>().expect("what it shows"), endpoint);
        let uri: Uri = format!("{endpoint}/").parse().expect("a URI");
        assert_eq!(uri.host(), Some(endpoint.host()));
        let port = uri.port_u16().unwrap_or(if endpoint.is_https() { 443 } else { 80 });
        assert_eq!(port, endpoint.port());
        assert_eq!(endpoint.uri("a=b").expect("a URI").authority(), uri.authority());
    }
});
