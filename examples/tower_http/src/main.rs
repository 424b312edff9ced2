//! Layers of tower-http in both places for them: above signing and around the transport.
//!
//! | layer | slot | why there |
//! |---|---|---|
//! | `SetRequestId` | `http_layer` | each attempt has an id; the dialect signs the name `x-acs-*` |
//! | `SetRequestHeader` | `http_layer` | likewise |
//! | `SetSensitiveRequestHeaders` | `transport_layer` | above the trace, which then shows no signature |
//! | `Trace` | `transport_layer` | it sees what is sent; its span has no URI, whose query may hold plaintexts |
//! | `Decompression` | `transport_layer` | all above it see plain bodies |
//! | `Timeout` | `transport_layer` | of one request; it answers 408, which is the error's status |

mod log;
mod network;

use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use alibabacloud_kms::api::account::DescribeRegionsRequest;
use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::{Body, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use http::header::AUTHORIZATION;
use http::{HeaderName, HeaderValue, Request, StatusCode};
use tower::ServiceBuilder;
use tower::layer::layer_fn;
use tower_http::decompression::DecompressionLayer;
use tower_http::request_id::{MakeRequestId, RequestId, SetRequestIdLayer};
use tower_http::sensitive_headers::SetSensitiveRequestHeadersLayer;
use tower_http::set_header::SetRequestHeaderLayer;
use tower_http::timeout::TimeoutLayer;
use tower_http::trace::{DefaultOnRequest, TraceLayer};
use tracing::Level;

use self::log::Log;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-acs-our-request-id");
const SOURCE: HeaderName = HeaderName::from_static("x-acs-our-source");

/// Numbers; a UUID in production.
#[derive(Clone, Default)]
struct Numbered(Arc<AtomicU64>);

impl MakeRequestId for Numbered {
    fn make_request_id<B>(&mut self, _: &Request<B>) -> Option<RequestId> {
        let number = self.0.fetch_add(1, Ordering::Relaxed);
        HeaderValue::from_str(&format!("payroll-{number}")).ok().map(RequestId::new)
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(Level::DEBUG)
        .with_ansi(false)
        .with_writer(move || writer.clone())
        .init();
    let local = LocalGateway::start().await?;

    let above_signing = ServiceBuilder::new()
        .layer(SetRequestIdLayer::new(REQUEST_ID, Numbered::default()))
        .layer(SetRequestHeaderLayer::overriding(SOURCE, HeaderValue::from_static("payroll")));
    let trace = TraceLayer::new_for_http()
        .make_span_with(|request: &Request<Body>| {
            tracing::debug_span!("sent", method = %request.method(), headers = ?request.headers())
        })
        .on_request(DefaultOnRequest::new().level(Level::DEBUG));
    let around_the_transport = ServiceBuilder::new()
        .layer(SetSensitiveRequestHeadersLayer::new([AUTHORIZATION]))
        .layer(trace)
        .layer(DecompressionLayer::new())
        .layer(TimeoutLayer::with_status_code(
            StatusCode::REQUEST_TIMEOUT,
            Duration::from_millis(500),
        ));
    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .http_layer(above_signing)
        .transport_layer(around_the_transport)
        .transport_layer(layer_fn(network::odd_network))
        .build()?;

    let reply = client.list_keys(ListKeysRequest::new()).reply().await?;
    println!("{} keys", reply.response().map_or(0, keys));

    let late = client.describe_regions(DescribeRegionsRequest::new()).await;
    let late = late.expect_err("this action is not answered here");
    println!("{late}");
    assert_eq!(late.status(), Some(StatusCode::REQUEST_TIMEOUT));

    let text = log.text();
    assert!(text.contains("payroll-0") && text.contains(r#""authorization": Sensitive"#));
    assert!(!text.contains("Signature="), "{text}");
    println!("the trace shows headers and no signature");
    Ok(())
}

fn keys(response: &alibabacloud_kms::api::key::ListKeysResponse) -> i32 {
    response.total_count
}
