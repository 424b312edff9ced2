//! An OTLP collector over HTTP and protobuf that keeps what it gets.

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use opentelemetry_proto::tonic::collector::metrics::v1::ExportMetricsServiceRequest;
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::metrics::v1::Metric;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message as _;
use tokio::net::TcpListener;

/// What came.
#[derive(Default)]
pub(crate) struct Harvest {
    pub(crate) spans: Vec<Span>,
    pub(crate) metrics: Vec<Metric>,
}

/// A collector on loopback, for as long as its runtime lives.
pub(crate) struct Collector {
    address: SocketAddr,
    harvest: Arc<Mutex<Harvest>>,
}

impl Collector {
    pub(crate) async fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let harvest = Arc::new(Mutex::new(Harvest::default()));
        let kept = Arc::clone(&harvest);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let harvest = Arc::clone(&kept);
                let service = service_fn(move |request| receive(request, Arc::clone(&harvest)));
                tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
            }
        });
        Ok(Self { address, harvest })
    }

    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Everything that came so far.
    pub(crate) fn harvest(&self) -> Harvest {
        std::mem::take(&mut *lock(&self.harvest))
    }
}

fn lock(harvest: &Mutex<Harvest>) -> MutexGuard<'_, Harvest> {
    harvest.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn receive(
    request: Request<Incoming>,
    harvest: Arc<Mutex<Harvest>>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    let mut response = Response::default();
    if keep(request, &harvest).await.is_none() {
        *response.status_mut() = StatusCode::BAD_REQUEST;
    }
    Ok(response)
}

/// Keeps an export; none if it is not one.
async fn keep(request: Request<Incoming>, harvest: &Mutex<Harvest>) -> Option<()> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.ok()?.to_bytes();
    match head.uri.path() {
        "/v1/traces" => {
            let export = ExportTraceServiceRequest::decode(body).ok()?;
            let scopes = export.resource_spans.into_iter().flat_map(|of| of.scope_spans);
            lock(harvest).spans.extend(scopes.flat_map(|scope| scope.spans));
        }
        "/v1/metrics" => {
            let export = ExportMetricsServiceRequest::decode(body).ok()?;
            let scopes = export.resource_metrics.into_iter().flat_map(|of| of.scope_metrics);
            lock(harvest).metrics.extend(scopes.flat_map(|scope| scope.metrics));
        }
        _ => return None,
    }
    Some(())
}
