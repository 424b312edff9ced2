//! The output of the command: answers on stdout, a failure as one JSON object on stderr, and the
//! exit code.

use std::error::Error as StdError;
use std::io::{self, Write};

use alibabacloud_kms::__private::note;
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::wire;
use alibabacloud_kms::{Error, ErrorKind, Gateway, ServiceError};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::words;

/// The outcome of the process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// The call succeeded.
    Success,
    /// The service refused the call, or an envelope cannot be opened.
    Refused,
    /// The command line, the configuration, a credential or a parameter is wrong.
    Usage,
    /// No usable answer arrived, or the system failed.
    Transport,
    /// A signal ended the process.
    Interrupted,
    /// The reader of the output is gone.
    ClosedPipe,
}

impl Exit {
    /// Returns the exit code of the process.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Refused => 1,
            Self::Usage => 2,
            Self::Transport => 3,
            // As a shell reports a process that an interrupt ended.
            Self::Interrupted => 130,
            // As a shell reports a process that SIGPIPE ended.
            Self::ClosedPipe => 141,
        }
    }

    fn new(kind: ErrorKind) -> Self {
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

/// Why the command failed: the object on stderr. Absent parts are left out.
#[derive(Debug)]
pub(crate) struct Failure {
    exit: Exit,
    kind: String,
    message: String,
    code: Option<String>,
    request_id: Option<String>,
    status: Option<u16>,
    gateway: Option<Gateway>,
    advice: Option<Box<str>>,
}

impl Failure {
    /// Creates the failure of a wrong command line. The message must not contain secrets.
    pub(crate) fn usage(message: impl Into<String>) -> Self {
        Self::new(Exit::Usage, "Usage", message)
    }

    /// Creates the failure of a part of the system that the command needs.
    pub(crate) fn system(what: &str, error: &io::Error) -> Self {
        Self::new(Exit::Transport, "System", format!("{what}: {error}"))
    }

    /// Creates the failure of a process that a signal ended.
    pub(crate) fn interrupted() -> Self {
        Self::new(Exit::Interrupted, "Interrupted", "interrupted")
    }

    /// Creates the failure of a closed stdout, as in `kms … | head`: it is not an error, and
    /// nothing is reported.
    pub(crate) fn closed_pipe() -> Self {
        Self::new(Exit::ClosedPipe, "ClosedPipe", "stdout is closed")
    }

    /// Creates the failure of writing to stdout.
    pub(crate) fn stdout(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::BrokenPipe => Self::closed_pipe(),
            _ => Self::system("stdout cannot be written", error),
        }
    }

    /// Returns the outcome of the process.
    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Writes the object. If stderr cannot be written, only the exit code reports the failure.
    pub(crate) fn report(&self, stderr: &mut dyn Write) {
        if self.exit == Exit::ClosedPipe {
            return;
        }
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
            advice: None,
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        // The service's message stands alone: code, status and id have fields of their own.
        let message = match error.service().and_then(ServiceError::message) {
            Some(message) if !message.is_empty() => match note(&error) {
                Some(note) => format!("{message}; {note}"),
                None => message.into(),
            },
            _ => words::own(&with_causes(&error)),
        };
        let exit = Exit::new(error.kind());
        Self {
            exit,
            kind: format!("{:?}", error.kind()),
            message,
            code: error.code().map(Into::into),
            request_id: error.request_id().map(Into::into),
            status: error.status().map(|status| status.as_u16()),
            gateway: error.gateway(),
            // The message of a wrong command line is complete.
            advice: error
                .advice()
                .filter(|_| exit != Exit::Usage)
                .map(|text| words::own(text).into()),
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
        if let Some(advice) = &self.advice {
            map.serialize_entry("Advice", advice)?;
        }
        map.end()
    }
}

/// Writes an answer as JSON with wire names, including secrets, which were requested.
pub(crate) fn answer(stdout: &mut dyn Write, payload: &dyn Payload) -> Result<(), Failure> {
    let text = wire::json::expose(payload);
    write(stdout, |out| writeln!(out, "{}", text.as_str()))
}

/// Writes to stdout and flushes.
pub(crate) fn write(
    stdout: &mut dyn Write,
    writing: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    writing(stdout).and_then(|()| stdout.flush()).map_err(|error| Failure::stdout(&error))
}

/// Returns the message of an error and those of its causes, each once.
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
        let error = Error::from_service(service).with_gateway(Gateway::Shared);
        let advice = error.advice().expect("a code that users meet");
        let failure = Failure::from(error);
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
                "Advice": words::own(advice),
            })
        );
    }

    #[test]
    fn causes_follow_their_error_once() {
        let error = Error::new(ErrorKind::Connect, "no connection to h:1")
            .with_source(Error::new(ErrorKind::Connect, "refused").with_source("refused"));
        let advice = error.advice().expect("a kind with advice");
        let failure = Failure::from(error);
        assert_eq!(
            reported(&failure),
            json!({"Message": "no connection to h:1: refused", "Kind": "Connect", "Advice": advice})
        );
    }

    #[test]
    fn a_closed_pipe_ends_quietly_and_another_fault_of_stdout_does_not() {
        let failing = |kind: io::ErrorKind| {
            write(&mut io::sink(), |_| Err(kind.into())).expect_err("it cannot be written")
        };
        let closed = failing(io::ErrorKind::BrokenPipe);
        let mut said = Vec::new();
        closed.report(&mut said);
        assert_eq!((closed.exit().code(), said), (141, Vec::new()));
        let full = failing(io::ErrorKind::StorageFull);
        assert_eq!((full.exit(), &reported(&full)["Kind"]), (Exit::Transport, &json!("System")));
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
