//! Secrets that a service's error repeats: its texts, names and details show none of them.

use http::header::LOCATION;
use http::{HeaderName, HeaderValue};
use secrecy::SecretString;

use super::*;
use crate::identity::Identity;
use crate::signals::SignedBy;

#[tokio::test]
async fn the_text_of_a_signature_mismatch_is_never_shown() {
    let text = format!(
        "Specified signature is not matched with our calculation. server string to sign is:GET\
         \\n/\\nPlaintext={SECRET}"
    );
    for code in ["SignatureDoesNotMatch", "SignatureDoesNotMatch.X", "Other"] {
        let body = format!(r#"{{"Code":"{code}","Message":"{text}","RequestId":"id"}}"#);
        let error = failed(answer(400, body)).await;
        assert_eq!(error.code(), Some(code));
        assert!(!shows_secret(&format!("{error} {error:?}")));
        let message = error.service().and_then(|service| service.message());
        assert!(message.is_some_and(|message| !message.contains("GET")));
    }
    let body = format!(r#"{{"Code":"SignatureDoesNotMatch","Message":"unlike {SECRET}x%20y"}}"#);
    let error = failed(answer(400, body)).await;
    assert!(!format!("{error} {error:?}").contains("x%20y"));
}

#[tokio::test]
async fn a_token_and_a_calls_own_parameter_are_taken_out_of_names_and_texts() {
    let body = r#"{"Code":"NoPermission","Message":"no to canary-5f1d","RequestId":"r",
        "AccessDeniedDetail":{"of canary-5f1d":"x","b":"canary%2D5f1d"}}"#;
    let call = |options| {
        let request = CreateRequest { plaintext: "other".into(), ..CreateRequest::valid() };
        Call::new(request).with_options(options)
    };
    let mut with_own = CallOptions::default();
    with_own.parameters.push(("Extra".to_owned(), SECRET.into()));
    let mut signed = answer(403, body);
    let signed_by = SignedBy::new(Identity::new(["id"])).with_token(SecretString::from(SECRET));
    signed.extensions_mut().insert(signed_by);
    for (options, answer) in [(with_own, answer(403, body)), (CallOptions::default(), signed)] {
        let error = call_through(&layer(), call(options), answer).await.expect_err("a refusal");
        assert_eq!(error.code(), Some("NoPermission"));
        assert!(!shows_secret(&format!("{error} {error:?}")), "{error:?}");
        let detail = error.service().and_then(|service| service.access_denied_detail());
        assert!(!shows_secret(&format!("{detail:?}")));
    }
}

#[tokio::test]
async fn a_secret_that_the_service_echoes_is_taken_out_wherever_it_is() {
    let json = format!(
        r#"{{"Code":"Invalid.{SECRET}","Message":"bad '{SECRET}' and {SECRET}",
        "RequestId":"{SECRET}","HostId":"{SECRET}","Recommend":"https://x/?q={SECRET}",
        "AccessDeniedDetail":{{"a":"{SECRET}","b":["{SECRET}"],"{SECRET}":1}}}}"#
    );
    #[cfg(feature = "xml")]
    let xml = format!("<Error><Code>C</Code><Message>bad {SECRET}</Message></Error>");
    for body in [
        json,
        #[cfg(feature = "xml")]
        xml,
    ] {
        let error = failed(answer(400, body)).await;
        assert!(error.code().is_some());
        assert!(!shows_secret(&format!("{error} {error:?}")));
        let message = error.service().and_then(|service| service.message());
        assert!(message.is_some_and(|message| message.starts_with("bad ")));
    }
}

#[tokio::test]
async fn a_secret_that_a_header_echoes_is_taken_out() {
    for (status, name, value) in [
        (429, "x-acs-request-id", SECRET.to_owned()),
        (503, "x-acs-request-id", format!(" id of {SECRET}")),
        (302, "location", format!("https://{SECRET}/login")),
    ] {
        let mut answer = answer(status, "");
        let value = HeaderValue::from_str(&value).expect("a header");
        answer.headers_mut().insert(HeaderName::from_static(name), value);
        let error = failed(answer).await;
        let said = format!("{error} {error:?}");
        assert!(said.contains("[redacted]") && !shows_secret(&said), "{said}");
    }
    // The words of an echoed signature are no secret in a host.
    let mut answer = answer(302, "");
    let elsewhere = HeaderValue::from_static("https://canonical.example/");
    answer.headers_mut().insert(LOCATION, elsewhere);
    let said = failed(answer).await.to_string();
    assert!(said.contains("https://canonical.example,"), "{said}");
}
