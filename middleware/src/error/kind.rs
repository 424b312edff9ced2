//! The kinds of failures, and the time limits that can be exceeded.

use std::time::Duration;

/// The kind of a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A setting of the client or of the call is missing or wrong.
    Config,
    /// There is no credential, or it could not be loaded.
    Credential,
    /// The client key could not be read or opened.
    ClientKey,
    /// No configured gateway serves the action.
    Route,
    /// A parameter is missing, wrong, or cannot be encoded.
    Encode,
    /// The request could not be signed.
    Sign,
    /// No connection was made: name not found, refused or unreachable.
    Connect,
    /// The TLS handshake failed.
    Tls,
    /// A time limit was exceeded: see [`time_limit`](crate::Error::time_limit).
    Timeout,
    /// The connection broke during the request or the answer.
    Transport,
    /// The gateway's answer is neither an error nor a valid response of the action.
    Decode,
    /// The gateway answered with an error.
    Service,
    /// A layer that was added to the stack refused or failed the call. Its own error, if it has one,
    /// is shown with this one and is its source.
    Layer,
    /// An envelope cannot be sealed or opened: it is damaged, too long, or has another context, key
    /// or version.
    Envelope,
    /// A reader or writer that the caller passed failed; `source()` is its error.
    Io,
}

impl ErrorKind {
    /// Returns `true` if an attempt that failed in this way ended before a request was made.
    pub(crate) const fn is_before_request(self) -> bool {
        matches!(self, Self::Config | Self::Credential | Self::Encode | Self::Sign)
    }

    /// Returns its name in spans and metrics, such as `client_key`.
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

/// A time limit that was exceeded, with its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TimeLimit {
    /// The limit for making a connection, including the TLS handshake.
    Connect(Duration),
    /// The limit of an attempt, from its wait for a connection to the last byte of the answer.
    Attempt(Duration),
    /// The limit of the whole call, including retries and waits.
    Call(Duration),
}
