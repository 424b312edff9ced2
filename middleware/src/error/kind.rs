//! The kinds of failures, and the time limits that can be one.

use std::time::Duration;

/// What kind of thing went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the client or of the call is missing or wrong.
    Config,
    /// No credential could be had.
    Credential,
    /// The client key could not be read or opened.
    ClientKey,
    /// No configured gateway serves the action.
    Route,
    /// A parameter is missing, wrong, or cannot be written in the wire's form.
    Encode,
    /// The request could not be signed.
    Sign,
    /// No connection: name not found, refused, unreachable.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// A time limit ran out: [`time_limit`](crate::Error::time_limit) says which.
    Timeout,
    /// The connection broke while the request or the answer was on its way.
    Transport,
    /// The gateway answered with success, but not with an answer of this action.
    Decode,
    /// The gateway answered with an error.
    Service,
    /// A layer that is not ours refused or failed the call.
    Layer,
    /// An envelope cannot be opened, or not be made: damaged, of another context or version.
    Envelope,
    /// A reader or writer that the caller handed in failed; the cause says how.
    Io,
}

impl ErrorKind {
    /// Returns `true` if an attempt that fails like this ended before it came to a request.
    pub(crate) const fn is_before_request(self) -> bool {
        matches!(self, Self::Config | Self::Credential | Self::Encode | Self::Sign)
    }

    /// The kind as spans and metrics name it, such as `client_key`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Config => "config",
            Self::Credential => "credential",
            Self::ClientKey => "client_key",
            Self::Route => "route",
            Self::Encode => "encode",
            Self::Sign => "sign",
            Self::Connect => "connect",
            Self::Tls => "tls",
            Self::Timeout => "timeout",
            Self::Transport => "transport",
            Self::Decode => "decode",
            Self::Service => "service",
            Self::Layer => "layer",
            Self::Envelope => "envelope",
            Self::Io => "io",
        }
    }
}

/// A time limit that ran out, with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeLimit {
    /// Of a connection, TLS handshake included.
    Connect(Duration),
    /// Of a request, from the connection to the last byte of the answer.
    Attempt(Duration),
    /// Of the whole call, retries and waits included.
    Call(Duration),
}
