//! Headers of our own, in the three places where they can be added.
//!
//! For a call: beside its request. For all calls, above signing: those of the dialect's own names
//! (`x-acs-*`) are signed. For all calls, below signing: what a proxy on the way reads and takes off.

use std::error::Error;

use alibabacloud_kms::api::key::ListKeysRequest;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{Body, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use http::{HeaderName, HeaderValue};
use tower::ServiceBuilder;
use tower_http::set_header::SetRequestHeaderLayer;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let local = LocalGateway::start().await?;
    let signed = SetRequestHeaderLayer::overriding(
        HeaderName::from_static("x-acs-source"),
        HeaderValue::from_static("payroll"),
    );
    let unsigned = SetRequestHeaderLayer::overriding(
        HeaderName::from_static("x-egress-zone"),
        HeaderValue::from_static("blue"),
    );
    let transport = ServiceBuilder::new()
        .layer(unsigned)
        .map_request(|request: http::Request<Body>| {
            show(&request);
            request
        })
        .service(Transport::builder().build()?);
    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .http_layer(signed)
        .transport(transport)
        .build()?;

    client.list_keys(ListKeysRequest::new()).header("x-request-source", "example")?.await?;
    Ok(())
}

/// What went out of our headers, and which of them the signature covers.
fn show(request: &http::Request<Body>) {
    let authorization = request.headers()["authorization"].to_str().unwrap_or_default();
    for name in ["x-request-source", "x-acs-source", "x-egress-zone"] {
        let value = request.headers()[name].to_str().unwrap_or_default();
        let is_signed = authorization.contains(name);
        println!("{name}: {value} ({})", if is_signed { "signed" } else { "not signed" });
    }
}
