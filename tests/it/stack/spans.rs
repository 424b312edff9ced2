//! A subscriber that writes down spans and what is recorded on them.

use std::fmt;
use std::sync::LazyLock;

use tracing::Dispatch;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::subscriber::DefaultGuard;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::{LookupSpan, Registry};

use super::Log;

/// Writes down this thread's spans until the guard is dropped: `open NAME`, `NAME field=value`,
/// `close NAME`.
pub(super) fn record(log: &Log) -> DefaultGuard {
    // Of a process with one subscriber, `tracing` takes it that the thread which comes to a span
    // first has that one, and else switches the span off for all: there must be two.
    static SECOND: LazyLock<Dispatch> = LazyLock::new(|| Dispatch::new(Registry::default()));
    LazyLock::force(&SECOND);
    tracing::subscriber::set_default(Registry::default().with(Spans(log.clone())))
}

struct Spans(Log);

impl<S: tracing::Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Spans {
    fn on_new_span(&self, attributes: &Attributes<'_>, id: &Id, context: Context<'_, S>) {
        let name = attributes.metadata().name();
        let parent = context.span(id).and_then(|span| span.parent());
        match parent {
            Some(parent) => self.0.add(format!("open {name} in {}", parent.name())),
            None => self.0.add(format!("open {name}")),
        }
        attributes.record(&mut Fields { span: name, log: &self.0 });
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        if let Some(span) = context.span(id) {
            values.record(&mut Fields { span: span.name(), log: &self.0 });
        }
    }

    fn on_close(&self, id: Id, context: Context<'_, S>) {
        if let Some(span) = context.span(&id) {
            self.0.add(format!("close {}", span.name()));
        }
    }
}

struct Fields<'a> {
    span: &'static str,
    log: &'a Log,
}

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.log.add(format!("{} {field}={value:?}", self.span));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.log.add(format!("{} {field}={value}", self.span));
    }
}
