//! The way down from a transferred call: native operations, sent through the rest of the stack.

use http::HeaderValue;
use tower::{Service, ServiceExt};

use super::settings::Settings;
use super::{aad, blob};
use crate::payload::Value;
use crate::wire::parameters;
use crate::{Action, BoxError, Call, Charset, Error, ErrorKind, Gateway, Pairs, Reply};

/// The request and response header that carries a key version.
pub(crate) const KEY_VERSION: &str = "x-kms-migrationkeyversionid";

/// Sends native operations with the options of the call that they come from.
pub(super) struct Native<S> {
    inner: S,
    is_ready: bool,
    attempts: u32,
    origin: Call,
    settings: Settings,
}

/// A native operation's answer.
pub(super) struct Answer<R> {
    pub(super) response: R,
    reply: Reply,
}

impl<S> Native<S>
where
    S: Service<Call, Response = Reply>,
    S::Error: Into<BoxError>,
{
    /// Takes a service that is ready.
    pub(super) fn new(ready: S, origin: Call, settings: Settings) -> Self {
        Self { inner: ready, is_ready: true, attempts: 0, origin, settings }
    }

    pub(super) fn is_low_version(&self) -> bool {
        self.settings.low_version
    }

    pub(super) fn charset(&self) -> Charset {
        self.origin.options().charset.unwrap_or_default()
    }

    /// The requests that the operations have taken so far, all together.
    pub(super) fn attempts(&self) -> u32 {
        self.attempts
    }

    /// The additional data of a context.
    pub(super) fn aad(&self, context: Option<&Pairs>) -> Result<Option<Vec<u8>>, Error> {
        let Settings { low_version, context_aad } = self.settings;
        aad::of(context, context_aad, low_version, self.charset())
    }

    /// Sends an operation, with a key version in its header if there is one.
    pub(super) async fn send<A: Action>(
        &mut self,
        request: A,
        key_version: Option<&str>,
    ) -> Result<Answer<A::Response>, BoxError> {
        let mut call = self.origin.clone().with_request(request);
        if let Some(version) = key_version.filter(|version| !version.is_empty()) {
            let version = HeaderValue::from_str(version)
                .map_err(|_| Error::invalid_parameter("KeyVersionId"))?;
            call.options_mut().headers.insert(KEY_VERSION, version);
        }
        if !std::mem::take(&mut self.is_ready) {
            self.inner.ready().await.map_err(Into::into)?;
        }
        let reply = match self.inner.call(call).await {
            Ok(reply) => reply,
            Err(error) => {
                let error = Error::from_boxed(error.into());
                self.attempts += error.attempts();
                return Err(error.into());
            }
        };
        self.attempts += reply.attempts();
        let reply = reply.with_attempts(self.attempts);
        let response = reply.clone().into_response::<A>()?;
        Ok(Answer { response, reply })
    }
}

impl<R> Answer<R> {
    /// The key version of the answer's header.
    pub(super) fn key_version(&self) -> Option<&str> {
        let version = self.reply.headers().get(KEY_VERSION)?.to_str().ok()?;
        Some(version).filter(|version| !version.is_empty())
    }

    /// The reply, with the action's own response.
    pub(super) fn with<T: crate::Payload>(self, response: T) -> Reply {
        self.reply.with_response(response)
    }

    /// The answer without what it said, for those who took that out.
    pub(super) fn without_response(self) -> Answer<()> {
        Answer { response: (), reply: self.reply }
    }
}

/// The typed request of a call.
pub(super) fn request<A: Action>(call: &Call) -> Result<&A, Error> {
    call.request().ok_or_else(|| {
        Error::new(ErrorKind::Layer, "a layer sent another action's request under this name")
    })
}

/// Refuses what the instance needs and was not given, and what it cannot be told.
pub(super) fn check(call: &Call) -> Result<(), Error> {
    if let Some(field) = parameters::missing(call.payload(), Gateway::Instance) {
        return Err(Error::missing_parameter(field.name));
    }
    for (info, field) in call.payload().fields() {
        let unsupported = match (info.name, field.value()) {
            ("Recipient", Value::Text(_)) => true,
            ("DryRun", Value::Text(text)) => !text.eq_ignore_ascii_case("false"),
            _ => false,
        };
        if unsupported {
            return Err(Error::invalid_parameter(info.name).with_source(
                "the instance gateway has no such parameter: send the call to the shared gateway",
            ));
        }
    }
    Ok(())
}

/// A field that an answer must have; proto3 cannot tell empty from absent.
pub(super) fn required<T: AsRef<[u8]>>(name: &'static str, field: T) -> Result<T, Error> {
    match field.as_ref().is_empty() {
        false => Ok(field),
        true => Err(blob::answer(format!("the answer lacks the field {name}, which it must have"))),
    }
}
