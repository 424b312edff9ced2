//! Traces and metrics over OTLP, to a collector that this program starts and whose harvest it prints.
//!
//! A program of yours has a collector elsewhere: it needs `telemetry` and `current_context` only.

use std::error::Error;
use std::sync::atomic::{AtomicBool, Ordering};

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::middleware::metrics::METRICS;
use alibabacloud_kms::middleware::propagate::{PropagateTraceContextLayer, TraceContext};
use alibabacloud_kms_local::LocalGateway;
use http::{Response, StatusCode};
use metrics_opentelemetry::{OpenTelemetryMetrics, OpenTelemetryRecorder};
use opentelemetry::metrics::MeterProvider as _;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_otlp::{
    MetricExporter, SpanExporter, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::metrics::SdkMeterProvider;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tower::util::MapResponseLayer;
use tracing::Instrument as _;
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

mod collector;
mod post;
mod print;

/// The buckets that OpenTelemetry's conventions ask of durations.
const SECONDS: [f64; 14] =
    [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1.0, 2.5, 5.0, 7.5, 10.0];

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let collector = collector::Collector::start().await?;
    let (tracer_provider, meter_provider) = telemetry(&collector.url())?;

    let local = LocalGateway::start().await?;
    let client = KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(local.instance_gateway())
        .http_layer(PropagateTraceContextLayer::from_fn(current_context))
        .http_layer(failing_once())
        .build()?;
    calls(&client).instrument(tracing::info_span!("work")).await?;

    // Waits until the collector has all.
    tracer_provider.shutdown()?;
    meter_provider.shutdown()?;
    let harvest = collector.harvest();
    if harvest.spans.is_empty() || harvest.metrics.is_empty() {
        return Err("the collector got nothing".into());
    }
    print::spans(harvest.spans);
    print::metrics(harvest.metrics);
    Ok(())
}

/// Sends spans and metrics to a collector, from now until both are shut down.
fn telemetry(collector: &str) -> Result<(SdkTracerProvider, SdkMeterProvider), Box<dyn Error>> {
    let spans = SpanExporter::builder()
        .with_http()
        .with_http_client(post::Post::new())
        .with_endpoint(format!("{collector}/v1/traces"))
        .build()?;
    let tracer_provider = SdkTracerProvider::builder().with_batch_exporter(spans).build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(tracer_provider.tracer("example"))
        .with_location(false)
        .with_threads(false)
        .with_target(false)
        .with_tracked_inactivity(false);
    let levels = Targets::new()
        .with_target("alibabacloud_kms_middleware", LevelFilter::DEBUG)
        .with_target("observe_otlp", LevelFilter::INFO);
    tracing_subscriber::registry().with(layer).with(levels).init();

    let metrics = MetricExporter::builder()
        .with_http()
        .with_http_client(post::Post::new())
        .with_endpoint(format!("{collector}/v1/metrics"))
        .build()?;
    let meter_provider = SdkMeterProvider::builder().with_periodic_exporter(metrics).build();
    let recorder =
        OpenTelemetryRecorder::new(OpenTelemetryMetrics::new(meter_provider.meter("example")));
    let times = METRICS.iter().filter(|metric| metric.unit == "s").map(|metric| metric.name);
    recorder.set_histogram_bounds(times, &SECONDS);
    metrics::set_global_recorder(recorder).map_err(|_| "another recorder is installed")?;
    Ok((tracer_provider, meter_provider))
}

/// The span that sends the request, as `tracing-opentelemetry` knows it.
fn current_context() -> Option<TraceContext> {
    let context = tracing::Span::current().context();
    let span = context.span().span_context().clone();
    let flags = span.trace_flags().to_u8();
    TraceContext::new(span.trace_id().to_bytes(), span.span_id().to_bytes(), flags).ok()
}

/// A success on each gateway, and a failure.
async fn calls(client: &KmsClient) -> Result<(), Box<dyn Error>> {
    let sealed = client.encrypt(EncryptRequest::new("alias/default", "text")).await?;
    let request = DecryptRequest::new(sealed.ciphertext_blob);
    client.decrypt(request).use_shared_gateway(true).await?;
    match client.encrypt(EncryptRequest::new("alias/none", "text")).await {
        Ok(_) => Err("there is no such key".into()),
        Err(_) => Ok(()),
    }
}

/// Makes a failure of the first answer, so that there is a retry to see.
fn failing_once<B>() -> MapResponseLayer<impl Fn(Response<B>) -> Response<B> + Clone> {
    let first = std::sync::Arc::new(AtomicBool::new(true));
    MapResponseLayer::new(move |mut response: Response<B>| {
        if first.swap(false, Ordering::Relaxed) {
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
        }
        response
    })
}
