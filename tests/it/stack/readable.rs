//! What a layer can read of its call in each slot: the table of `alibabacloud-kms-middleware`'s docs.

use std::sync::Arc;

use alibabacloud_kms::api::crypto::{EncryptRequest, EncryptResponse};
use alibabacloud_kms::middleware::signals::{
    Attempt, Deadline, Departure, EffectiveTls, Progress, SignedBy,
};
use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::{
    ActionInfo, Body, BoxCall, BoxHttp, Call, CallOptions, ExposeSecret, Gateway, KmsClient, Reply,
    TlsOptions,
};
use alibabacloud_kms_tests::answers::sealed;
use http::{Request, Response, StatusCode};
use tower::layer::layer_fn;
use tower::{ServiceExt, service_fn};

use super::{encrypted, instance, request, shared};

/// A value of the program's own.
#[derive(Clone)]
struct Tenant(&'static str);

/// A layer of the call level that hands each call, and what comes of it, to a function.
macro_rules! call_level {
    (|$call:ident| $down:block |$result:ident| $up:block) => {
        layer_fn(|inner: BoxCall| {
            service_fn(move |$call: Call| {
                let inner = inner.clone();
                async move {
                    $down
                    let $result = inner.oneshot($call).await;
                    $up
                    $result
                }
            })
        })
    };
}

/// The same of the HTTP level.
macro_rules! http_level {
    (|$request:ident| $down:block |$response:ident| $up:block) => {
        layer_fn(|inner: BoxHttp| {
            service_fn(move |$request: Request<Body>| {
                let inner = inner.clone();
                async move {
                    $down
                    let $response = inner.oneshot($request).await;
                    if let Ok($response) = &$response $up
                    $response
                }
            })
        })
    };
}

fn carries_what_the_codec_leaves(request: &Request<Body>) {
    let extensions = request.extensions();
    assert_eq!(extensions.get::<&'static ActionInfo>().expect("the action").name, "Encrypt");
    assert_eq!(extensions.get::<Gateway>(), Some(&Gateway::Shared));
    assert!(extensions.get::<Arc<CallOptions>>().is_some());
    assert_eq!(extensions.get::<Tenant>().expect("the program's value").0, "blue");
    assert!(extensions.get::<Deadline>().is_some() && extensions.get::<Progress>().is_some());
}

async fn succeeds(client: &KmsClient) {
    let answer = client.encrypt(request()).extension(Tenant("blue")).await;
    assert!(!answer.expect("an answer").ciphertext_blob.is_empty());
}

#[tokio::test]
async fn a_layer_of_calls_reads_the_request_options_and_extensions_and_the_whole_reply() {
    let client = shared()
        .transport(service_fn(async |_: Request<Body>| Ok::<_, std::io::Error>(encrypted())))
        .layer(call_level!(|call| {
            assert_eq!(call.action().name, "Encrypt");
            assert_eq!(call.request::<EncryptRequest>().expect("typed").key_id, "k");
            assert!(call.payload().fields().any(|(field, _)| field.name == "KeyId"));
            assert_eq!(call.options().gateway, None);
            assert_eq!(call.extensions().get::<Tenant>().expect("the program's value").0, "blue");
            assert!(call.extensions().get::<Deadline>().is_none());
        } | result
            | {
                let reply: &Reply = result.as_ref().expect("a reply");
                assert!(
                    reply.response::<EncryptResponse>().is_some() && reply.request_id().is_some()
                );
                assert_eq!((reply.gateway(), reply.status()), (Gateway::Shared, StatusCode::OK));
                assert_eq!((reply.attempts(), reply.headers().len()), (1, 0));
            }))
        .build()
        .expect("a client");
    succeeds(&client).await;
}

#[tokio::test]
async fn a_layer_of_one_gateway_reads_the_signals_of_the_whole_call() {
    let client = shared()
        .transport(service_fn(async |_: Request<Body>| Ok::<_, std::io::Error>(encrypted())))
        .shared_layer(call_level!(|call| {
            assert!(call.extensions().get::<Deadline>().is_some());
            assert!(call.extensions().get::<Progress>().is_some());
            assert!(call.extensions().get::<Attempt>().is_none());
        } | _result
            | {}))
        .build()
        .expect("a client");
    succeeds(&client).await;
}

#[tokio::test]
async fn a_layer_of_attempts_reads_the_operation_its_number_and_the_attempts_own_result() {
    let transport = service_fn(async |request: Request<Body>| {
        let attempt = request.extensions().get::<Attempt>().map_or(1, |attempt| attempt.number());
        let mut response = Response::new(Body::new(protobuf::encode(&sealed()).to_vec()));
        if attempt == 1 {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        Ok::<_, std::io::Error>(response)
    });
    let client = instance()
        .transport(transport)
        .attempt_layer(layer_fn(|inner: BoxCall| {
            service_fn(move |call: Call| {
                let inner = inner.clone();
                async move {
                    let operation = call.request::<AdvanceEncryptRequest>().expect("the operation");
                    assert_eq!(operation.plaintext.expose_secret(), b"t");
                    let number =
                        call.extensions().get::<Attempt>().map_or(1, |attempt| attempt.number());
                    let result = inner.oneshot(call).await;
                    assert_eq!(result.is_err(), number == 1);
                    assert!(result.as_ref().map_or(true, |reply| reply.attempts() == 1));
                    result
                }
            })
        }))
        .build()
        .expect("a client");
    tokio::time::pause();
    succeeds(&client).await;
}

#[tokio::test]
async fn an_http_layer_reads_what_the_codec_leaves_and_the_answer_before_it_is_decoded() {
    let client = shared()
        .transport(service_fn(async |_: Request<Body>| Ok::<_, std::io::Error>(encrypted())))
        .http_layer(http_level!(|request| {
            carries_what_the_codec_leaves(&request);
            assert!(request.headers().get("authorization").is_none());
            assert!(request.extensions().get::<EffectiveTls>().is_none());
        } | response
            | {
                assert_eq!(response.status(), StatusCode::OK);
                assert!(response.extensions().get::<SignedBy>().is_none());
            }))
        .build()
        .expect("a client");
    succeeds(&client).await;
}

#[tokio::test]
async fn an_http_layer_reads_whose_signature_was_refused() {
    let refused = async |_: Request<Body>| {
        let mut response = Response::new(Body::from(r#"{"Code":"Forbidden.NoPermission"}"#));
        *response.status_mut() = StatusCode::FORBIDDEN;
        Ok::<_, std::io::Error>(response)
    };
    let client = shared()
        .transport(service_fn(refused))
        .http_layer(http_level!(|request| {
            carries_what_the_codec_leaves(&request);
        } | response
            | {
                assert!(response.extensions().get::<SignedBy>().is_some());
            }))
        .build()
        .expect("a client");
    let error = client.encrypt(request()).extension(Tenant("blue")).await.expect_err("a refusal");
    assert_eq!(error.code(), Some("Forbidden.NoPermission"));
}

#[tokio::test]
async fn a_layer_of_the_transport_reads_the_signature_and_what_the_transport_goes_by() {
    let client = shared()
        .tls(TlsOptions::danger_accept_any_certificate())
        .transport(service_fn(async |_: Request<Body>| Ok::<_, std::io::Error>(encrypted())))
        .transport_layer(http_level!(|request| {
            carries_what_the_codec_leaves(&request);
            assert!(request.headers().get("authorization").is_some());
            assert!(request.extensions().get::<EffectiveTls>().is_some());
            assert!(request.extensions().get::<Departure>().is_some());
        } | _response
            | {}))
        .build()
        .expect("a client");
    succeeds(&client).await;
}
