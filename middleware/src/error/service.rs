//! The error answer of a gateway.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::SystemTime;

use http::StatusCode;

/// A gateway's error answer.
///
/// For a transferred call, [`code`](Self::code) and [`message`](Self::message) are those of the
/// shared gateway, as the official clients report them. [`gateway_code`](Self::gateway_code) and
/// [`gateway_message`](Self::gateway_message) keep those of the instance.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServiceError {
    code: Option<String>,
    message: Option<String>,
    request_id: Option<String>,
    status: Option<StatusCode>,
    date: Option<SystemTime>,
    host_id: Option<String>,
    recommend: Option<String>,
    access_denied_detail: Option<BTreeMap<String, String>>,
    gateway_words: Option<(String, String)>,
}

impl ServiceError {
    /// Creates an error with this code and message.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: Some(code.into()), message: Some(message.into()), ..Self::default() }
    }

    /// Creates an error with nothing but a status, for an answer such as a proxy's HTML page.
    pub fn from_status(status: StatusCode) -> Self {
        Self { status: Some(status), ..Self::default() }
    }

    /// Sets the HTTP status.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = Some(status);
        self
    }

    /// Sets when the gateway answered, by its own clock.
    #[must_use]
    pub fn with_date(mut self, date: Option<SystemTime>) -> Self {
        self.date = date;
        self
    }

    /// Sets the request id. An empty one is ignored.
    #[must_use]
    pub fn with_request_id(mut self, request_id: impl Into<String>) -> Self {
        self.request_id = Some(request_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets the host that answered. An empty one is ignored.
    #[must_use]
    pub fn with_host_id(mut self, host_id: impl Into<String>) -> Self {
        self.host_id = Some(host_id.into()).filter(|id| !id.is_empty());
        self
    }

    /// Sets the page that the service recommends. An empty one is ignored.
    #[must_use]
    pub fn with_recommend(mut self, recommend: impl Into<String>) -> Self {
        self.recommend = Some(recommend.into()).filter(|url| !url.is_empty());
        self
    }

    /// Sets the details of a denied access, by name.
    #[must_use]
    pub fn with_access_denied_detail(mut self, detail: BTreeMap<String, String>) -> Self {
        self.access_denied_detail = Some(detail).filter(|detail| !detail.is_empty());
        self
    }

    /// Replaces code and message, and keeps the gateway's own beside them.
    #[must_use]
    pub fn with_text(mut self, code: impl Into<String>, message: impl Into<String>) -> Self {
        let own = (
            self.code.replace(code.into()).unwrap_or_default(),
            self.message.replace(message.into()).unwrap_or_default(),
        );
        self.gateway_words.get_or_insert(own);
        self
    }

    /// Returns the error code, such as `Forbidden.KeyNotFound`, or `None` if the answer was not the
    /// service's.
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the error message.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the request id, which the service's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// Returns the HTTP status, or `None` if the request was refused before it was sent.
    pub fn status(&self) -> Option<StatusCode> {
        self.status
    }

    /// Returns when the gateway answered, by its own clock: the `date` header of the answer.
    pub fn date(&self) -> Option<SystemTime> {
        self.date
    }

    /// Returns the host that answered, as the service names it.
    pub fn host_id(&self) -> Option<&str> {
        self.host_id.as_deref()
    }

    /// Returns the service's page about this error.
    pub fn recommendation(&self) -> Option<&str> {
        self.recommend.as_deref()
    }

    /// Returns the details of a denied access, by name, as the service sent them.
    pub fn access_denied_detail(&self) -> Option<&BTreeMap<String, String>> {
        self.access_denied_detail.as_ref()
    }

    /// Returns the instance gateway's own code, if [`code`](Self::code) is a translation of it.
    pub fn gateway_code(&self) -> Option<&str> {
        self.gateway_words.as_ref().map(|(code, _)| code.as_str())
    }

    /// Returns the instance gateway's own message, if [`message`](Self::message) is a translation
    /// of it.
    pub fn gateway_message(&self) -> Option<&str> {
        self.gateway_words.as_ref().map(|(_, message)| message.as_str())
    }

    /// Sets the message of an error that is not the service's own.
    pub(crate) fn set_message(&mut self, message: String) {
        self.message = Some(message);
    }

    /// Changes every text of the answer.
    pub(crate) fn change_texts(&mut self, change: impl Fn(&str) -> String) {
        let texts = [
            &mut self.code,
            &mut self.message,
            &mut self.request_id,
            &mut self.host_id,
            &mut self.recommend,
        ];
        for text in texts.into_iter().flatten() {
            *text = change(text);
        }
        if let Some(detail) = &mut self.access_denied_detail {
            let own = std::mem::take(detail);
            detail.extend(own.iter().map(|(name, text)| (change(name), change(text))));
        }
    }

    /// Returns the error as one sentence.
    pub(crate) fn sentence(&self) -> String {
        let mut out = match (&self.code, &self.message) {
            (Some(code), Some(message)) if !message.is_empty() => format!("{code}: {message}"),
            (Some(code), _) => code.clone(),
            (None, Some(message)) => message.clone(),
            (None, None) => "the gateway answered with an error that is not the service's".into(),
        };
        let status = self.status.map(|status| format!("status {}", status.as_u16()));
        let request_id = self.request_id.as_ref().map(|id| format!("request id {id}"));
        let facts: Vec<String> = status.into_iter().chain(request_id).collect();
        if !facts.is_empty() {
            // Writing to a `String` cannot fail.
            let _ = write!(out, " ({})", facts.join(", "));
        }
        out
    }
}
