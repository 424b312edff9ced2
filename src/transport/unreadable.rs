//! Answers that hyper cannot read.

/// What is wrong with an answer whose head cannot be read.
pub(super) enum Unreadable {
    NotHttp,
    /// It is HTTP, and has this.
    Malformed(&'static str),
}

impl Unreadable {
    pub(super) fn of(error: &hyper::Error) -> Option<Self> {
        if !error.is_parse() {
            return None;
        }
        // In a client, hyper has no predicates for most of these.
        Some(match &*error.to_string() {
            "message head is too large" => {
                Self::Malformed("a head that is too large (over 100 headers or about 400 kB)")
            }
            "invalid HTTP status-code parsed" => Self::Malformed("an invalid status line"),
            "invalid content-length parsed" => {
                Self::Malformed("a Content-Length that is not a number, or several that differ")
            }
            "unexpected transfer-encoding parsed" => {
                Self::Malformed("a Transfer-Encoding, which HTTP/1.0 does not have")
            }
            "invalid HTTP header parsed" => Self::Malformed("an invalid header"),
            _ => Self::NotHttp,
        })
    }
}
