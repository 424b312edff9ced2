mod refusals;
mod secrets;

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use http::{Method, StatusCode};
use tower::{Layer as _, ServiceExt as _};
use tower_test::mock;

use super::*;
use crate::action::{Action, ActionInfo};
use crate::error::{BoxError, ErrorKind, Outcome, ServiceError};
use crate::options::CallOptions;
use crate::test_support::{
    CreateRequest, CreateResponse, Frames, SECRET, answer, body_of, call_through, create_call,
    endpoint, exchange, refused, shows_secret,
};

fn layer() -> EncodeRpcLayer {
    EncodeRpcLayer::new(Gateway::Shared, endpoint())
}

const OK: &str = r#"{"KeyId":"k","RequestId":"id-1"}"#;

/// The request that a call becomes.
async fn sent(call: Call) -> http::Request<Body> {
    exchange(&layer(), call, answer(200, OK)).await.0
}

/// The error that an answer becomes.
async fn failed(answer: http::Response<Frames>) -> Error {
    call_through(&layer(), create_call(), answer).await.expect_err("an error answer")
}

#[tokio::test]
async fn a_call_becomes_a_signable_request() {
    let request = sent(create_call()).await;
    assert_eq!(request.method(), Method::POST);
    assert_eq!(
        *request.uri(),
        *"https://gateway.invalid:8443/?KeyId=alias%2Fapp&Region=cn-hangzhou&Plaintext=canary-5f1d"
    );
    let expected = [
        ("host", "gateway.invalid:8443"),
        ("accept", "application/json"),
        ("x-acs-action", "CreateThing"),
        ("x-acs-version", "2016-01-20"),
    ];
    for (name, value) in expected {
        assert_eq!(request.headers()[name], value, "{name}");
    }
    let agent = request.headers()["user-agent"].to_str().expect("text");
    assert!(agent.starts_with("alibabacloud-kms-rust/"));
    assert!(!request.headers().contains_key("content-type"));
    assert_eq!(request.headers().len(), expected.len() + 1);
    assert!(body_of(request).await.is_empty());
}

#[tokio::test]
async fn secrets_of_the_body_travel_in_a_form_and_not_in_the_url() {
    let call = Call::new(CreateRequest {
        plaintext: "p".into(),
        data: Some("a b&=+".into()),
        recipient: Some(b"r".to_vec()),
        ..CreateRequest::valid()
    });
    let request = sent(call).await;
    assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
    let query = request.uri().query().expect("a query");
    assert!(!query.contains("SecretData"));
    let body = body_of(request).await;
    assert_eq!(body, "SecretData=a%20b%26%3D%2B&Recipient=cg%3D%3D");
}

#[tokio::test]
async fn a_calls_own_headers_are_sent_beside_ours() {
    let mut options = CallOptions::default();
    options.headers.append("x-acs-extra", "1".parse().expect("a value"));
    options.headers.append("x-acs-extra", "2".parse().expect("a value"));
    let request = sent(create_call().with_options(options)).await;
    let extra: Vec<_> = request.headers().get_all("x-acs-extra").iter().collect();
    assert_eq!(extra, ["1", "2"]);
    assert_eq!(request.headers()["x-acs-action"], "CreateThing");
}

#[tokio::test]
async fn a_calls_own_header_that_frames_the_request_or_names_its_host_is_an_error() {
    for name in [
        "Content-Length",
        "transfer-encoding",
        "host",
        "connection",
        "keep-alive",
        "proxy-connection",
        "proxy-authorization",
        "te",
        "trailer",
        "upgrade",
    ] {
        let mut options = CallOptions::default();
        let name: HeaderName = name.parse().expect("a name");
        options.headers.insert(name.clone(), HeaderValue::from_static("3"));
        let error = refused(&layer(), create_call().with_options(options)).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Config, Outcome::NotSent));
        assert!(error.to_string().contains(name.as_str()), "{error}");
    }
}

/// A call with these parameters beside its request's.
fn with_parameters(parameters: &[(&str, &str)]) -> Call {
    let mut options = CallOptions::default();
    let own = parameters.iter().map(|(name, value)| ((*name).to_owned(), (*value).into()));
    options.parameters.extend(own);
    create_call().with_options(options)
}

#[tokio::test]
async fn a_calls_own_parameters_follow_the_requests_in_the_query() {
    let call = with_parameters(&[("Tag.1.Key", "a b"), ("Tag.1.Value", "")]);
    assert!(!format!("{call:?}").contains("a b"));
    let uri = sent(call).await.uri().to_string();
    assert!(uri.ends_with("&Plaintext=canary-5f1d&Tag.1.Key=a%20b&Tag.1.Value="), "{uri}");
}

#[tokio::test]
async fn a_calls_own_parameter_that_is_sent_already_or_has_no_name_is_an_error() {
    for parameters in [&[("KeyId", "other")][..], &[("", "x")], &[("A", "1"), ("A", "2")]] {
        let error = refused(&layer(), with_parameters(parameters)).await;
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Encode, Outcome::NotSent));
    }
}

#[tokio::test]
async fn the_user_agent_can_be_set() {
    let layer = layer().user_agent(HeaderValue::from_static("mine/1"));
    let (request, _) = exchange(&layer, create_call(), answer(200, OK)).await;
    assert_eq!(request.headers()["user-agent"], "mine/1");
}

#[tokio::test]
async fn layers_below_find_the_call_in_the_extensions() {
    #[derive(Clone, PartialEq, Debug)]
    struct Mark(u8);

    let options =
        CallOptions { attempt_timeout: Some(Duration::from_secs(7)), ..CallOptions::default() };
    let mut call = create_call().with_options(options);
    call.extensions_mut().insert(Mark(3));
    let request = sent(call).await;
    let extensions = request.extensions();
    assert_eq!(extensions.get(), Some(&Mark(3)));
    let options = extensions.get::<Arc<CallOptions>>().expect("the options");
    assert_eq!(options.attempt_timeout, Some(Duration::from_secs(7)));
    let action = extensions.get::<&'static ActionInfo>().expect("the action");
    assert_eq!(action.name, "CreateThing");
}

#[tokio::test]
async fn a_missing_parameter_is_an_error_and_nothing_is_sent() {
    let call = Call::new(CreateRequest { region: None, ..CreateRequest::valid() });
    let error = refused(&layer(), call).await;
    assert_eq!(error.kind(), ErrorKind::Encode);
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.code(), Some("MissingParameter"));
    let service = error.service().expect("the service's words");
    assert_eq!(service.message(), Some("The parameter Region needed but no provided."));
    assert_eq!(error.action(), Some("CreateThing"));
    assert_eq!(error.gateway(), Some(Gateway::Shared));
    assert!(!error.is_retryable());
}

#[tokio::test]
async fn on_the_instances_host_the_shared_gateways_parameters_are_not_required() {
    let layer = EncodeRpcLayer::new(Gateway::Instance, endpoint());
    let call = Call::new(CreateRequest { region: None, ..CreateRequest::valid() });
    let reply = call_through(&layer, call, answer(200, OK)).await;
    assert_eq!(reply.expect("a reply").gateway(), Gateway::Instance);
}

#[tokio::test]
async fn parameters_longer_than_a_uri_are_an_error_and_nothing_is_sent() {
    let call = Call::new(CreateRequest { key_id: "k".repeat(70_000), ..CreateRequest::valid() });
    assert_eq!(refused(&layer(), call).await.kind(), ErrorKind::Encode);
}

#[tokio::test]
async fn an_answer_becomes_a_typed_reply() {
    let mut answer = answer(200, r#"{"KeyId":"k","Plaintext":"p","RequestId":"id-1"}"#);
    answer.headers_mut().insert("x-extra", HeaderValue::from_static("e"));
    let reply = call_through(&layer(), create_call(), answer).await.expect("a reply");
    assert_eq!(reply.status(), StatusCode::OK);
    assert_eq!(reply.request_id(), Some("id-1"));
    assert_eq!(reply.gateway(), Gateway::Shared);
    assert_eq!(reply.headers()["x-extra"], "e");
    let response = reply.response::<CreateResponse>().expect("our type");
    assert_eq!(response.key_id, "k");
}

#[tokio::test]
async fn what_is_not_the_services_is_an_error_with_the_status() {
    for body in [
        "<html><body><h1>502 Bad Gateway</h1></body></html>",
        "",
        "{}",
        "[]",
        "null",
        r#"{"Code":"","Message":"m"}"#,
        r#"{"Code":null}"#,
        r#"{"Code":["A"]}"#,
        "{\"Code\":\"cut",
        "<Error><Message>no code</Message></Error>",
        "<Error><Code>cut",
    ] {
        let error = failed(answer(502, body)).await;
        assert_eq!(error.kind(), ErrorKind::Service, "{body}");
        assert_eq!(error.status(), Some(StatusCode::BAD_GATEWAY), "{body}");
        assert_eq!(error.code(), None, "{body}");
        assert!(error.is_retryable(), "{body}");
    }
    let bytes = answer(502, &b"\xff\xfe"[..]);
    assert_eq!(failed(bytes).await.status(), Some(StatusCode::BAD_GATEWAY));
}

#[tokio::test]
async fn a_web_servers_refusal_of_plain_http_names_https() {
    let page = "<html><center>The plain HTTP request was sent to HTTPS port</center></html>";
    let error = failed(answer(400, page)).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.status(), Some(StatusCode::BAD_REQUEST));
    assert!(error.to_string().contains("https"), "{error}");
}

#[tokio::test]
async fn a_success_that_is_not_an_answer_is_a_decode_error() {
    for body in [
        "",
        "{}",
        "null",
        "[]",
        r#"{"Other":1}"#,
        "<html>canary-5f1d</html>",
        r#"{"KeyId":"canary-5f1d"#,
        r#"{"KeyId":["canary-5f1d"]}"#,
        r#"{"Names":[["canary-5f1d"]]}"#,
    ] {
        let error = failed(answer(200, body)).await;
        assert_eq!(error.kind(), ErrorKind::Decode, "{body}");
        assert_eq!(error.outcome(), Outcome::Answered, "{body}");
        assert!(!error.is_retryable());
        assert!(!shows_secret(&format!("{error} {error:?}")), "{body}");
    }
}

#[tokio::test]
async fn an_empty_success_and_one_in_xml_are_named_for_what_they_are() {
    for (body, named) in [
        ("", "status 200, but the answer is empty"),
        (" \r\n", "status 200, but the answer is empty"),
        ("<R><KeyId>k</KeyId></R>", "status 200, but the answer is XML, not the action's JSON"),
    ] {
        let error = failed(answer(200, body)).await.to_string();
        assert!(error.ends_with(named), "{error}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_error_and_is_not_followed() {
    let mut redirect = answer(302, r#"{"KeyId":"k"}"#);
    redirect.headers_mut().insert("location", HeaderValue::from_static("https://evil.invalid/"));
    // The mock takes one request: a second would not be answered.
    let error = failed(redirect).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.status(), Some(StatusCode::FOUND));
    assert!(!error.is_retryable());
    assert!(error.to_string().contains("a redirect to https://evil.invalid,"), "{error}");
}

#[tokio::test]
async fn only_a_redirect_is_called_one_and_only_its_host_is_shown() {
    for (status, location, told) in [
        (301, "http://portal.invalid:8080/canary?a=canary", "a redirect to http://portal.invalid,"),
        (308, "https://[::1]/canary#canary", "a redirect to https://[::1],"),
        (303, "https://canary:canary@evil.invalid/", "a redirect, "),
        (307, "ftp://canary/", "a redirect, "),
        (302, "/canary", "a redirect, "),
        (302, "https://canary=x/", "a redirect, "),
        (300, "https://canary/", "status 300, which KMS does not use"),
        (304, "https://canary/", "status 304, which KMS does not use"),
    ] {
        let mut moved = answer(status, "");
        moved.headers_mut().insert("location", HeaderValue::from_static(location));
        let error = failed(moved).await;
        assert!(error.to_string().contains(told), "{error}");
        assert!(!format!("{error:?}{error}").contains("canary"), "{error:?}");
    }
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_by_its_announced_length() {
    let mut announced = answer(200, "");
    *announced.body_mut() = Frames::announcing((4 << 20) + 1);
    let error = failed(announced).await;
    assert_eq!(error.kind(), ErrorKind::Decode);
    assert_eq!(error.outcome(), Outcome::Answered);
    let mut huge = answer(200, "");
    *huge.body_mut() = Frames::announcing(u64::MAX);
    assert_eq!(failed(huge).await.kind(), ErrorKind::Decode);
}

#[tokio::test]
async fn an_answer_over_the_limit_is_refused_as_it_streams() {
    let of = async |limit| {
        let (head, tail) = OK.split_at(9);
        let mut streamed = answer(200, "");
        *streamed.body_mut() = Frames::streamed([head, "", tail].map(|frame| Ok(frame.into())));
        call_through(&layer().max_answer(limit), create_call(), streamed).await
    };
    let within = of(OK.len()).await.expect("exactly the limit");
    assert_eq!(within.request_id(), Some("id-1"));
    for limit in [0, 9, OK.len() - 1] {
        let error = of(limit).await.expect_err("over the limit");
        assert_eq!(error.kind(), ErrorKind::Decode);
        assert_eq!(error.outcome(), Outcome::Answered);
        assert_eq!(error.status(), Some(StatusCode::OK));
    }
}

#[tokio::test]
async fn an_error_answer_over_the_limit_keeps_its_status() {
    let mut large = answer(503, "");
    *large.body_mut() = Frames::announcing(u64::MAX);
    let error = failed(large).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.status(), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_transport_error_of_unknown_outcome() {
    let mut broken = answer(200, "");
    *broken.body_mut() = Frames::streamed([Ok("{".into()), Err("reset".into())]);
    let error = failed(broken).await;
    assert_eq!(error.kind(), ErrorKind::Transport);
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert_eq!(error.status(), Some(StatusCode::OK), "the head had come");
    assert_eq!(error.is_retryable(), CreateRequest::INFO.idempotent);
}

#[tokio::test]
async fn an_error_of_ours_in_the_body_passes_through_even_if_wrapped() {
    let ours = || Error::new(ErrorKind::Timeout, "slow").with_outcome(Outcome::Unknown);
    let wrapped: BoxError = std::io::Error::other(ours()).into();
    for error in [ours().into(), wrapped] {
        let mut broken = answer(200, "");
        *broken.body_mut() = Frames::streamed([Err(error)]);
        let error = failed(broken).await;
        assert_eq!(error.kind(), ErrorKind::Timeout);
        assert_eq!(error.status(), Some(StatusCode::OK));
        assert_eq!(error.action(), Some("CreateThing"));
    }
}

#[tokio::test]
async fn the_services_wish_to_wait_is_on_the_error() {
    let mut throttled = answer(429, r#"{"Code":"Throttling.User","Message":"slow down"}"#);
    throttled.headers_mut().insert("x-acs-retry-after", HeaderValue::from_static("1500"));
    let error = failed(throttled).await;
    assert_eq!(error.retry_after(), Some(Duration::from_millis(1500)));
    assert!(error.is_throttled() && error.is_retryable());
}

#[tokio::test]
async fn a_failure_below_is_marked_with_the_call() {
    let (mock, mut handle) = mock::pair::<http::Request<Body>, http::Response<Frames>>();
    let call = layer().layer(mock).oneshot(create_call());
    let serve = async {
        let (_, respond) = handle.next_request().await.expect("one request");
        respond.send_error(Error::new(ErrorKind::Connect, "refused"));
    };
    let (result, ()) = tokio::join!(call, serve);
    let error = Error::from_boxed(result.expect_err("a failure"));
    assert_eq!(error.kind(), ErrorKind::Connect);
    assert_eq!(error.action(), Some("CreateThing"));
    assert_eq!(error.gateway(), Some(Gateway::Shared));
    assert!(error.is_retryable());
}

#[tokio::test]
async fn readiness_is_that_of_the_service_below() {
    let (mut service, mut handle) =
        mock::spawn_layer::<http::Request<Body>, http::Response<Frames>, _>(layer());
    handle.allow(0);
    assert!(service.poll_ready::<Call>().is_pending());
    handle.allow(1);
    assert!(service.is_woken());
    assert!(matches!(service.poll_ready::<Call>(), Poll::Ready(Ok(()))));
    drop(handle);
    assert!(matches!(service.poll_ready::<Call>(), Poll::Ready(Err(_))));
}
