//! What the collector got, for people to read.

use opentelemetry_proto::tonic::common::v1::KeyValue;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::metrics::v1::metric::Data;
use opentelemetry_proto::tonic::metrics::v1::number_data_point;
use opentelemetry_proto::tonic::metrics::v1::{HistogramDataPoint, Metric, NumberDataPoint};
use opentelemetry_proto::tonic::trace::v1::Span;
use opentelemetry_proto::tonic::trace::v1::status::StatusCode;

/// Spans as a tree, in the order of their beginning.
pub(crate) fn spans(mut spans: Vec<Span>) {
    spans.sort_by_key(|span| span.start_time_unix_nano);
    println!("spans:");
    children(&spans, &[], 1);
}

fn children(spans: &[Span], parent: &[u8], depth: usize) {
    for span in spans.iter().filter(|span| span.parent_span_id == parent) {
        let indent = "  ".repeat(depth);
        let failed = span.status.as_ref().is_some_and(|status| status.code() == StatusCode::Error);
        let status = if failed { " ERROR" } else { "" };
        println!("{indent}{}{status} {}", span.name, attributes(&span.attributes));
        for event in &span.events {
            println!("{indent}  - {} {}", event.name, attributes(&event.attributes));
        }
        children(spans, &span.span_id, depth + 1);
    }
}

/// Metrics by name, each with its series.
pub(crate) fn metrics(mut metrics: Vec<Metric>) {
    metrics.sort_by(|a, b| a.name.cmp(&b.name));
    println!("metrics:");
    for metric in metrics {
        println!("  {} ({}): {}", metric.name, metric.unit, metric.description);
        for (labels, value) in series(metric.data) {
            println!("    {labels} {value}");
        }
    }
}

/// The labels and the value of each series.
fn series(data: Option<Data>) -> Vec<(String, String)> {
    match data {
        Some(Data::Gauge(gauge)) => gauge.data_points.iter().map(number).collect(),
        Some(Data::Sum(sum)) => sum.data_points.iter().map(number).collect(),
        Some(Data::Histogram(histogram)) => {
            histogram.data_points.iter().map(distribution).collect()
        }
        _ => Vec::new(),
    }
}

fn number(point: &NumberDataPoint) -> (String, String) {
    let value = match point.value {
        Some(number_data_point::Value::AsInt(value)) => value.to_string(),
        Some(number_data_point::Value::AsDouble(value)) => value.to_string(),
        None => String::new(),
    };
    (attributes(&point.attributes), value)
}

fn distribution(point: &HistogramDataPoint) -> (String, String) {
    let mean = point.sum.unwrap_or_default() / point.count as f64;
    (attributes(&point.attributes), format!("{} times, {mean:.4} on average", point.count))
}

fn attributes(attributes: &[KeyValue]) -> String {
    let shown = attributes.iter().map(|attribute| {
        let value = attribute.value.as_ref().and_then(|value| value.value.as_ref());
        let value = match value {
            Some(Value::StringValue(text)) => text.clone(),
            Some(Value::IntValue(number)) => number.to_string(),
            other => format!("{other:?}"),
        };
        format!("{}={value}", attribute.key)
    });
    let mut shown: Vec<_> = shown.collect();
    shown.sort();
    format!("{{{}}}", shown.join(", "))
}
