//! What the command says: answers on stdout, a failure as one JSON object on stderr, and the exit
//! code.

use std::error::Error as StdError;
use std::io::{self, Write};

use alibabacloud_kms::{Error, ErrorKind, Gateway, Payload, ServiceError, wire};
use serde::ser::{Serialize, SerializeMap, Serializer};

/// How the process ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The call succeeded.
    Success,
    /// The service said no, or an envelope does not open.
    Refused,
    /// The command line, the configuration, a credential or a parameter is wrong.
    Usage,
    /// No usable answer came, or something of the system's failed.
    Transport,
    /// The process was told to end.
    Interrupted,
}

impl Exit {
    /// The process's exit code.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Transport => 3,
            // As a shell reports one that an interrupt ended.
            Self::Interrupted => 130,
        }
    }

    fn of(kind: ErrorKind) -> Self {
        match kind {
            ErrorKind::Service | ErrorKind::Envelope => Self::Refused,
            ErrorKind::Config
            | ErrorKind::Credential
            | ErrorKind::ClientKey
            | ErrorKind::Route
            | ErrorKind::Encode
            | ErrorKind::Sign => Self::Usage,
            _ => Self::Transport,
        }
    }
}

/// Why the command failed: what goes to stderr. Absent parts are left out.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    kind: String,
    message: String,
    code: Option<String>,
    request_id: Option<String>,
    status: Option<u16>,
    gateway: Option<Gateway>,
}

impl Failure {
    /// A command line that says nothing useful. The message must not hold secrets.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "Usage", message)
    }

    /// Something of the system's that the command needs failed.
    pub(crate) fn system(what: &str, error: &io::Error) -> Self {
        Self::new(Exit::Transport, "System", format!("{what}: {error}"))
    }

    /// The process was told to end before it was done.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "Interrupted", "interrupted")
    }

    /// How the process ends.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Writes the one object. A stderr that takes nothing leaves the exit code to speak.
    pub(crate) fn report(&self, stderr: &mut dyn Write) {
        if let Ok(text) = serde_json::to_string(self) {
            let _ = writeln!(stderr, "{text}");
        }
    }

    fn new(exit: Exit, kind: &str, message: impl Into<String>) -> Self {
        Self {
            exit,
            kind: kind.into(),
            message: message.into(),
            code: None,
            request_id: None,
            status: None,
            gateway: None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // The service's own words stand alone: its code, status and id have places of their own.
        let message = match error.service().and_then(ServiceError::message) {
            Some(message) if !message.is_empty() => message.into(),
            _ => with_causes(&error),
        };
        Self {
            exit: Exit::of(error.kind()),
            kind: format!("{:?}", error.kind()),
            message,
            code: error.code().map(Into::into),
            request_id: error.request_id().map(Into::into),
            status: error.status().map(|status| status.as_u16()),
            gateway: error.gateway(),
        }
    }
}

impl Serialize for Failure {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        if let Some(code) = &self.code {
            map.serialize_entry("Code", code)?;
        }
        map.serialize_entry("Message", &self.message)?;
        if let Some(id) = &self.request_id {
            map.serialize_entry("RequestId", id)?;
        }
        if let Some(status) = self.status {
            map.serialize_entry("HttpStatus", &status)?;
        }
        if let Some(gateway) = self.gateway {
            map.serialize_entry("Gateway", gateway.as_str())?;
        }
        map.serialize_entry("Kind", &self.kind)?;
        map.end()
    }
}

/// Writes an answer as JSON in wire names, secrets and all: it is what was asked for.
pub(crate) fn answer(stdout: &mut dyn Write, payload: &dyn Payload) -> Result<(), Failure> {
    let text = wire::json::expose(payload);
    write(stdout, |out| writeln!(out, "{}", text.as_str()))
}

/// Writes to stdout and flushes.
pub(crate) fn write(
    stdout: &mut dyn Write,
    writing: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    writing(stdout)
        .and_then(|()| stdout.flush())
        .map_err(|error| Failure::system("stdout cannot be written", &error))
}

/// An error's sentence with those of its causes, each once.
fn with_causes(error: &Error) -> String {
    let mut message = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        if !message.contains(&text) {
            message.push_str(": ");
            message.push_str(&text);
        }
        cause = error.source();
    }
    message
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn reported(failure: &Failure) -> Value {
        let mut out = Vec::new();
        failure.report(&mut out);
        serde_json::from_slice(&out).expect("one JSON object")
    }

    #[test]
    fn the_services_words_are_reported_in_their_places() {
        let service = ServiceError::new("Forbidden.KeyNotFound", "The specified Key is not found.")
            .with_request_id("id-1")
            .with_status(http::StatusCode::NOT_FOUND);
        let failure = Failure::from(Error::from_service(service).with_gateway(Gateway::Shared));
        assert_eq!(failure.exit(), Exit::Refused);
        assert_eq!(
            reported(&failure),
            json!({
                "Code": "Forbidden.KeyNotFound",
                "Message": "The specified Key is not found.",
                "RequestId": "id-1",
                "HttpStatus": 404,
                "Gateway": "shared",
                "Kind": "Service",
            })
        );
    }

    #[test]
    fn causes_follow_their_error_once() {
        let error = Error::new(ErrorKind::Connect, "no connection to h:1")
            .with_source(Error::new(ErrorKind::Connect, "refused").with_source("refused"));
        let failure = Failure::from(error);
        assert_eq!(
            reported(&failure),
            json!({"Message": "no connection to h:1: refused", "Kind": "Connect"})
        );
    }

    #[test]
    fn exit_codes_tell_whose_fault_it_is() {
        let code = |kind| Failure::from(Error::new(kind, "x")).exit().code();
        assert_eq!(code(ErrorKind::Service), 1);
        assert_eq!(code(ErrorKind::Envelope), 1);
        for kind in [
            ErrorKind::Config,
            ErrorKind::Credential,
            ErrorKind::ClientKey,
            ErrorKind::Route,
            ErrorKind::Encode,
        ] {
            assert_eq!(code(kind), 2, "{kind:?}");
        }
        for kind in [
            ErrorKind::Connect,
            ErrorKind::Tls,
            ErrorKind::Timeout,
            ErrorKind::Transport,
            ErrorKind::Decode,
            ErrorKind::Io,
        ] {
            assert_eq!(code(kind), 3, "{kind:?}");
        }
        assert_eq!(Failure::usage("x").exit().code(), 2);
    }
}
