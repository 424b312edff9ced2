//! Recorded calls: their form in a file, and the rules that they become.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Map, Value as Json, json};

use super::captured::CapturedRequest;
use super::difference::differences;
use super::effect::{Effect, WireEffect};
use super::entry::Entry;
use super::fill;
use super::times::Times;
use crate::middleware::payload::{FieldInfo, FieldKind, Payload, PayloadInfo};
use crate::middleware::wire;
use crate::{Call, Dialect, Error, ErrorKind, ExposeSecret, Outcome, Reply, SecretString};

/// The recorded calls of a client, for [`MockGateway::replay`](super::MockGateway::replay). A
/// [`Recorder`](super::Recorder) writes them.
///
/// A recording contains no secrets. On replay, the secrets of a request may be anything, and those
/// of responses are set with [`secret`](Self::secret) (default: a data key is zeros of the
/// requested length, and every other secret is the text `redacted`).
#[derive(Clone)]
pub struct Recording {
    exchanges: Vec<Exchange>,
    secrets: BTreeMap<String, SecretString>,
}

/// A call and its result.
#[derive(Clone)]
struct Exchange {
    place: String,
    action: String,
    dialect: Dialect,
    request: Json,
    answer: Answer,
}

#[derive(Clone)]
enum Answer {
    Response(Json),
    Failure(WireEffect),
}

impl Recording {
    /// Reads a file that [`Recorder::save`](super::Recorder::save) wrote.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the file cannot be read or is not a recording. The error names the
    /// line.
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, Error> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!("the recording {} cannot be read", path.display());
            Error::new(ErrorKind::Config, message).with_source(error)
        })?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Reads the text of a recording.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: the text is not a recording. The error names the line.
    pub fn from_text(text: &str) -> Result<Self, Error> {
        Self::parse("recording", text)
    }

    fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let lines = (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty());
        let exchanges = lines.map(|(number, line)| {
            let place = format!("{name}:{number}");
            let line = serde_json::from_str::<Map<String, Json>>(line).ok();
            line.and_then(|line| Exchange::new(&place, line)).ok_or_else(|| {
                let message = format!("{place} is not a line of a recording: record it again");
                Error::new(ErrorKind::Config, message)
            })
        });
        Ok(Self { exchanges: exchanges.collect::<Result<_, _>>()?, secrets: BTreeMap::new() })
    }

    /// Sets the value of a secret field in responses, by its wire name such as `SecretData` or
    /// `Plaintext`.
    #[must_use]
    pub fn secret(mut self, field: impl Into<String>, value: impl Into<SecretString>) -> Self {
        self.secrets.insert(field.into(), value.into());
        self
    }

    /// Returns a rule for each recorded call.
    pub(super) fn entries(&self) -> impl Iterator<Item = Entry> {
        self.exchanges.iter().map(|exchange| exchange.entry(self.secrets.clone()))
    }
}

impl Exchange {
    fn new(place: &str, mut line: Map<String, Json>) -> Option<Self> {
        let object = |value: Option<Json>| match value? {
            Json::Object(map) => Some(map),
            _ => None,
        };
        let text = |value: Option<Json>| Some(value?.as_str()?.to_owned());
        let dialect = match text(line.remove("dialect"))?.as_str() {
            "rpc" => Dialect::Rpc,
            "protobuf" => Dialect::Protobuf,
            _ => return None,
        };
        let answer = if let Some(fields) = object(line.remove("response")) {
            Answer::Response(fields.into())
        } else if let Some(mut error) = object(line.remove("error")) {
            Answer::Failure(WireEffect::Refusal {
                status: error.remove("status")?.as_u64()?.try_into().ok()?,
                code: text(error.remove("code")).unwrap_or_default(),
                message: text(error.remove("message")).unwrap_or_default(),
            })
        } else {
            Answer::Failure(match text(line.remove("failure"))?.as_str() {
                "not_sent" => WireEffect::Unconnected,
                "lost" => WireEffect::Lost,
                _ => return None,
            })
        };
        Some(Self {
            place: place.to_owned(),
            action: text(line.remove("action"))?,
            dialect,
            request: object(line.remove("request"))?.into(),
            answer,
        })
    }

    fn entry(&self, secrets: BTreeMap<String, SecretString>) -> Entry {
        let (action, dialect) = (self.action.clone(), self.dialect);
        let is_of_action =
            move |call: &Call| call.action().name == action && call.action().dialect == dialect;
        let subject = format!("the recorded `{}`", self.action);
        let entry = Entry::on(&self.action, subject, self.place.clone(), Box::new(is_of_action));
        let request = self.request.clone();
        entry.require(Arc::new(move |sent: &CapturedRequest| {
            let action = sent.call().action();
            let (mut fields, mut expected) = (request.clone(), (action.new_request)());
            replace_secrets(&mut fields, action.request, &|_| None);
            match read(&fields, &mut *expected) {
                Ok(()) => differences(&*expected, sent.call().payload()),
                Err(why) => vec![why],
            }
        }));
        entry.push(match &self.answer {
            Answer::Failure(effect) => Effect::WireAnswer(effect.clone()),
            Answer::Response(fields) => {
                let fields = fields.clone();
                Effect::Answer(Arc::new(move |call| respond(call, &fields, &secrets)))
            }
        });
        entry.set_times(Times::from(1));
        entry
    }
}

fn respond(
    call: &Call,
    fields: &Json,
    secrets: &BTreeMap<String, SecretString>,
) -> Box<dyn Payload> {
    let mut fields = fields.clone();
    replace_secrets(&mut fields, call.action().response, &|info| {
        let given = secrets.get(info.name).map(|secret| secret.expose_secret().to_owned());
        let text = given.or_else(|| fill::data_key(call)).unwrap_or_else(|| "redacted".to_owned());
        Some(match info.kind {
            FieldKind::Bytes => STANDARD.encode(text).into(),
            _ => text.into(),
        })
    });
    let mut answer = (call.action().new_response)();
    // What cannot be read stays empty, and the client reports what the answer lacks.
    let _ = read(&fields, &mut *answer);
    answer
}

fn read(fields: &Json, into: &mut dyn Payload) -> Result<(), String> {
    let read = wire::json::decode(fields.to_string().as_bytes(), into);
    read.map(drop).map_err(|_| "its line does not have the fields of this action".to_owned())
}

/// Returns the line of a call, or `None` for a result that the client produces by itself on replay
/// too, such as the refusal of a parameter.
pub(super) fn line(
    call: &Call,
    answer: Result<&Reply, &(dyn std::error::Error + Send + Sync + 'static)>,
) -> Option<String> {
    let action = call.action();
    let dialect = match action.dialect {
        Dialect::Rpc => "rpc",
        Dialect::Protobuf => "protobuf",
    };
    let mut line = json!({
        "action": action.name,
        "dialect": dialect,
        "request": without_secrets(call.payload()),
    });
    match answer {
        Ok(reply) => {
            line["gateway"] = reply.gateway().as_str().into();
            line["response"] = without_secrets(reply.payload());
        }
        Err(error) => {
            let error = Error::find(error)?;
            match (error.service(), error.status(), error.outcome()) {
                (Some(service), Some(status), _) => {
                    let code = service.gateway_code().or(service.code());
                    let message = service.gateway_message().or(service.message());
                    line["error"] =
                        json!({ "status": status.as_u16(), "code": code, "message": message });
                }
                (_, _, Outcome::Unknown) => line["failure"] = "lost".into(),
                (None, None, Outcome::NotSent) if error.kind() == ErrorKind::Connect => {
                    line["failure"] = "not_sent".into();
                }
                _ => return None,
            }
        }
    }
    Some(line.to_string())
}

/// Returns a payload as JSON with wire names and replaced secrets.
fn without_secrets(payload: &dyn Payload) -> Json {
    let mut whole = serde_json::from_str(&wire::json::expose(payload)).unwrap_or_default();
    replace_secrets(&mut whole, payload.info(), &|_| Some(REDACTED.into()));
    whole
}

/// Replaces or removes the secrets in the JSON of a payload, at every depth.
fn replace_secrets(json: &mut Json, info: &PayloadInfo, with: &dyn Fn(&FieldInfo) -> Option<Json>) {
    let Json::Object(fields) = json else { return };
    for info in info.fields {
        let Some(value) = fields.get_mut(info.name) else { continue };
        match info.kind {
            _ if info.secret => match with(info) {
                Some(stand_in) => *value = stand_in,
                None => drop(fields.remove(info.name)),
            },
            FieldKind::Object(inner) => replace_secrets(value, inner, with),
            FieldKind::ObjectList(inner) => {
                let list = match info.each {
                    Some(each) => value.get_mut(each),
                    None => Some(value),
                };
                for item in list.and_then(Json::as_array_mut).into_iter().flatten() {
                    replace_secrets(item, inner, with);
                }
            }
            _ => {}
        }
    }
}

const REDACTED: &str = "[redacted]";

impl fmt::Debug for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recording").field("calls", &self.exchanges.len()).finish_non_exhaustive()
    }
}
