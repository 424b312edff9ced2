//! Errors in every form in which gateways and what is in front of them write them.

use super::*;

#[tokio::test]
async fn an_error_is_read_whatever_the_case_of_its_names_and_whether_its_code_is_a_number() {
    for (body, code) in [
        (r#"{"code":"A.B","message":"m","requestId":"id-4"}"#, "A.B"),
        (r#"{"CODE":"A.B","MESSAGE":"m","REQUESTID":"id-4"}"#, "A.B"),
        (r#"{"Code":400,"Message":"m","RequestId":"id-4"}"#, "400"),
        (r#"{"Code":null,"code":"A.B","Message":"m","RequestId":"id-4"}"#, "A.B"),
        (r#"{"Code":"A.B","Message":"m","RequestId":"id-4"} trailing"#, "A.B"),
        (r#"{"code":"other","Code":"A.B","Message":"m","RequestId":"id-4"}"#, "A.B"),
        (r#"{"error":{"code":"A.B","message":"m","requestId":"id-4"}}"#, "A.B"),
        #[cfg(feature = "xml")]
        (
            "<k:error xmlns:k='u'><k:code x='1'><![CDATA[A.B]]></k:code><message>&#109;</message>\
             <requestid>id-4</requestid></k:error>",
            "A.B",
        ),
        #[cfg(feature = "xml")]
        (
            "<ErrorResponse><Error><Code>A.B</Code><Message>m</Message></Error>\
             <RequestId>id-4</RequestId></ErrorResponse>",
            "A.B",
        ),
        ("\u{feff}{\"Code\":\"A.B\",\"Message\":\"m\",\"RequestId\":\"id-4\"}", "A.B"),
    ] {
        let error = failed(answer(400, body)).await;
        assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some(code)), "{body}");
        assert_eq!(error.service().and_then(ServiceError::message), Some("m"), "{body}");
        assert_eq!(error.request_id(), Some("id-4"), "{body}");
    }
}

#[tokio::test]
async fn a_throttle_in_small_letters_is_one() {
    let error = failed(answer(400, r#"{"code":"Throttling.User","message":"m"}"#)).await;
    assert!(error.is_throttled() && error.is_retryable());
}

#[tokio::test]
async fn the_requests_id_is_the_headers_where_the_body_has_none() {
    for (status, body, expected) in [
        (400, r#"{"Code":"A","RequestId":"body"}"#, "body"),
        (400, r#"{"Code":"A"}"#, "header"),
        (502, "<html>x</html>", "header"),
        (503, "", "header"),
    ] {
        let mut answer = answer(status, body);
        answer.headers_mut().insert("x-acs-request-id", HeaderValue::from_static("header"));
        assert_eq!(failed(answer).await.request_id(), Some(expected), "{body}");
    }
    let mut success = answer(200, r#"{"KeyId":"k"}"#);
    success.headers_mut().insert("x-acs-request-id", HeaderValue::from_static("header"));
    let reply = call_through(&layer(), create_call(), success).await.expect("a reply");
    assert_eq!(reply.request_id(), Some("header"));
}

#[tokio::test]
async fn what_another_server_wrote_is_named_for_what_it_is() {
    for (body, word) in [
        (&b"\x1f\x8b\x08\0abc"[..], "gzip"),
        (b"<!DOCTYPE html><html><code>A</code></html>", "HTML"),
        (b"\xef\xbb\xbf<p>", "BOM"),
        (b"\xff\xfe{\0}\0", "UTF-16"),
    ] {
        for (status, kind) in [(502, ErrorKind::Service), (200, ErrorKind::Decode)] {
            let error = failed(answer(status, body)).await;
            assert_eq!((error.kind(), error.code()), (kind, None), "{word}");
            assert!(error.to_string().contains(word), "{error}");
        }
    }
    let marked = failed(answer(200, "\u{feff}{\"KeyId\":\"k\"}")).await;
    assert!(marked.to_string().contains("BOM"), "{marked}");
}

#[tokio::test]
async fn a_code_with_the_status_of_success_is_the_services_error() {
    for (body, code) in [
        (
            r#"{"Code":"Forbidden.KeyNotFound","Message":"m","RequestId":"id-5"}"#,
            "Forbidden.KeyNotFound",
        ),
        (r#"{"KeyId":"k","code":500,"message":"m","requestId":"id-5"}"#, "500"),
        #[cfg(feature = "xml")]
        ("<Error><Code>A</Code><Message>m</Message><RequestId>id-5</RequestId></Error>", "A"),
    ] {
        let error = failed(answer(200, body)).await;
        assert_eq!((error.kind(), error.code()), (ErrorKind::Service, Some(code)), "{body}");
        assert_eq!(error.request_id(), Some("id-5"));
        assert_eq!((error.outcome(), error.status()), (Outcome::Answered, Some(StatusCode::OK)));
        assert_eq!(error.is_retryable(), code == "500");
    }
    for body in [
        r#"{"Code":"200","KeyId":"k"}"#,
        r#"{"code":"OK","KeyId":"k"}"#,
        r#"{"Code":0,"KeyId":"k"}"#,
        r#"{"Code":null,"KeyId":"k"}"#,
        r#"{"KeyId":"k","Owner":{"Key":"Code\"","Code":"A"}}"#,
    ] {
        let reply = call_through(&layer(), create_call(), answer(200, body)).await;
        assert!(reply.is_ok(), "{body}");
    }
}

#[tokio::test]
async fn a_json_error_keeps_all_that_the_service_said() {
    let body = r#"{"Code":"Forbidden.NoPermission","Message":"No.","RequestId":"id-2",
        "HostId":"kms.aliyuncs.com","Recommend":"https://example.com/x",
        "AccessDeniedDetail":{"AuthAction":"kms:Encrypt","Level":2}}"#;
    let error = failed(answer(403, body)).await;
    assert_eq!(error.kind(), ErrorKind::Service);
    assert_eq!(error.outcome(), Outcome::Answered);
    assert_eq!(error.status(), Some(StatusCode::FORBIDDEN));
    assert_eq!(error.code(), Some("Forbidden.NoPermission"));
    assert_eq!(error.request_id(), Some("id-2"));
    let service = error.service().expect("the service's words");
    assert_eq!(service.message(), Some("No."));
    assert_eq!(service.host_id(), Some("kms.aliyuncs.com"));
    assert_eq!(service.recommendation(), Some("https://example.com/x"));
    let detail = service.access_denied_detail().expect("a detail");
    assert_eq!(detail["AuthAction"], "kms:Encrypt");
    assert_eq!(detail["Level"], "2");
    assert!(!error.is_retryable());
}

#[cfg(not(feature = "xml"))]
#[tokio::test]
async fn an_xml_error_names_the_feature_that_reads_it() {
    for (status, body) in [
        (404, "<?xml version='1.0'?><Error><Code>A.B</Code></Error>"),
        (404, "\u{feff}<ErrorResponse><Error><Code>A.B</Code></Error></ErrorResponse>"),
        (200, "<Error><Code>A.B</Code></Error>"),
    ] {
        let error = failed(answer(status, body)).await;
        assert_eq!((error.status().map(|it| it.as_u16()), error.code()), (Some(status), None));
        assert!(error.to_string().contains("with the feature `xml`"), "{error}");
    }
}

#[cfg(feature = "xml")]
#[tokio::test]
async fn an_xml_error_is_read_too() {
    let body = "<?xml version='1.0'?><Error><RequestId>id-3</RequestId><HostId>h</HostId>\
        <Code>InvalidAccessKeyId.NotFound</Code><Message>&lt;a&gt; &amp;amp;</Message></Error>";
    let error = failed(answer(404, body)).await;
    assert_eq!(error.code(), Some("InvalidAccessKeyId.NotFound"));
    assert_eq!(error.request_id(), Some("id-3"));
    let service = error.service().expect("the service's words");
    assert_eq!(service.message(), Some("<a> &amp;"));
    assert_eq!(service.host_id(), Some("h"));
}
