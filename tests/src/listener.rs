//! Who listens to all spans and events: the one subscriber of the process, for all threads, so that
//! what other tests do in the meantime is heard too.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::fmt::Debug;
use std::io;
use std::sync::{Arc, LazyLock, Mutex};

use alibabacloud_kms::Error;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::FmtSpan;
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};
use tracing_subscriber::registry::LookupSpan;

/// What was heard, at every level.
#[derive(Clone, Default)]
pub struct Listener {
    /// The text.
    pub output: Output,
    /// The names of fields.
    pub fields: Fields,
}

/// Listens from now on, if nobody does yet.
pub fn listen() -> Listener {
    static LISTENER: LazyLock<Listener> = LazyLock::new(|| {
        let listener = Listener::default();
        let written = tracing_subscriber::fmt::layer()
            .with_span_events(FmtSpan::FULL)
            .with_ansi(false)
            .with_writer(listener.output.clone());
        let subscriber = tracing_subscriber::registry().with(written).with(listener.fields.clone());
        tracing::subscriber::set_global_default(subscriber).expect("the only subscriber");
        listener
    });
    LISTENER.clone()
}

/// What was written, by the subscriber or by a test.
#[derive(Clone, Default)]
pub struct Output(Arc<Mutex<Vec<u8>>>);

impl Output {
    /// Appends a text.
    pub fn line(&self, text: &str) {
        self.0.lock().expect("no panic before").extend_from_slice(text.as_bytes());
    }

    /// Writes the `Debug` of a value, in both of its forms.
    pub fn show(&self, shown: &dyn Debug) {
        self.line(&format!("{shown:?}"));
        self.line(&format!("{shown:#?}"));
    }

    /// Writes an error and its causes.
    pub fn show_error(&self, error: &Error) {
        self.show(error);
        self.line(&error.to_string());
        let mut cause = error.source();
        while let Some(error) = cause {
            self.line(&error.to_string());
            self.show(&error);
            cause = error.source();
        }
    }

    /// Returns all that was written so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("no panic before")).into_owned()
    }
}

impl io::Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("no panic before").extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// The names of all fields of our spans and events. What hyper and rustls say is theirs to answer for.
#[derive(Clone, Default)]
pub struct Fields(Arc<Mutex<Names>>);

/// Names of fields.
#[derive(Clone, Default)]
pub struct Names {
    /// The fields that spans and events have.
    pub declared: BTreeSet<&'static str>,
    /// The fields that had a value.
    pub recorded: BTreeSet<&'static str>,
}

impl Fields {
    /// Returns the names so far.
    pub fn names(&self) -> Names {
        self.0.lock().expect("no panic before").clone()
    }

    fn hear(&self, metadata: &'static Metadata<'static>, visit: impl FnOnce(&mut Names)) {
        if metadata.target().starts_with("alibabacloud_kms") {
            let mut names = self.0.lock().expect("no panic before");
            names.declared.extend(metadata.fields().iter().map(|field| field.name()));
            visit(&mut names);
        }
    }
}

impl Visit for Names {
    fn record_debug(&mut self, field: &Field, _: &dyn Debug) {
        self.recorded.insert(field.name());
    }
}

impl<S: Subscriber + for<'a> LookupSpan<'a>> Layer<S> for Fields {
    fn on_new_span(&self, attributes: &Attributes<'_>, _: &Id, _: Context<'_, S>) {
        self.hear(attributes.metadata(), |names| attributes.record(names));
    }

    fn on_record(&self, id: &Id, values: &Record<'_>, context: Context<'_, S>) {
        let metadata = context.span(id).expect("a span").metadata();
        self.hear(metadata, |names| values.record(names));
    }

    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        self.hear(event.metadata(), |names| event.record(names));
    }
}
