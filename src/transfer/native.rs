//! Sends the native operations of a transferred call through the rest of the stack.

use std::fmt;

use http::HeaderValue;
use tower::util::BoxService;
use tower::{Service, ServiceExt};

use super::aad::{self, ContextAad};
use super::operation::{KEY_VERSION, NativeOperation, NativeReply, Operation};
use crate::{BoxError, Call, Charset, Error, ErrorKind, Gateway, Outcome, Pairs, Reply, ReplyHead};

/// The rest of the stack, polled ready once.
pub(super) type Ready = BoxService<Call, Reply, BoxError>;

/// The settings of the layer.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct TransferSettings {
    pub(super) low_version: bool,
    pub(super) context_aad: ContextAad,
}

/// Sends native operations with the options of the transferred call.
pub struct Native<'a> {
    inner: Ready,
    is_ready: bool,
    call: &'a Call,
    settings: TransferSettings,
    operations: &'static [Operation],
    attempts: u32,
    /// The head of the last operation's reply.
    head: Option<ReplyHead>,
}

impl<'a> Native<'a> {
    pub(super) fn new(
        ready: Ready,
        call: &'a Call,
        settings: TransferSettings,
        operations: &'static [Operation],
    ) -> Self {
        Self { inner: ready, is_ready: true, call, settings, operations, attempts: 0, head: None }
    }

    /// Sends an operation and returns its answer.
    ///
    /// # Errors
    ///
    /// - Those of the operation's call.
    /// - [`ErrorKind::Layer`]: the action's [`OPERATIONS`](super::Transfer::OPERATIONS) do not
    ///   contain the operation.
    pub async fn send<O: NativeOperation>(
        &mut self,
        request: O,
    ) -> Result<NativeReply<O::Response>, Error> {
        self.send_with_key_version(request, None).await
    }

    /// Sends an operation with a key version in its header ([`KEY_VERSION`]), and returns its
    /// answer. An empty key version is not sent.
    ///
    /// # Errors
    ///
    /// - Those of [`send`](Self::send).
    /// - [`ErrorKind::Encode`](crate::ErrorKind::Encode): the key version cannot be sent in a header.
    pub async fn send_with_key_version<O: NativeOperation>(
        &mut self,
        request: O,
        key_version: Option<&str>,
    ) -> Result<NativeReply<O::Response>, Error> {
        let is_listed = self.operations.iter().any(Operation::is::<O>);
        let call = self.call.clone().with_request(request);
        let reply = self.exchange(call, is_listed, key_version).await?;
        let (response, head) = reply.into_parts::<O>()?;
        let reply = NativeReply::new(response).key_version(key_version_of(&head));
        self.head = Some(head);
        Ok(reply)
    }

    /// What does not depend on the operation's type, and so is compiled once.
    async fn exchange(
        &mut self,
        mut call: Call,
        is_listed: bool,
        key_version: Option<&str>,
    ) -> Result<Reply, Error> {
        if !is_listed {
            let (action, name) = (self.call.action().name, call.action().name);
            let message = format!(
                "the transfer of {action} sends {name}, which its OPERATIONS lack: add it there",
            );
            return Err(Error::new(ErrorKind::Layer, message));
        }
        if let Some(version) = key_version.filter(|version| !version.is_empty()) {
            let version = HeaderValue::from_str(version)
                .map_err(|_| Error::invalid_parameter("KeyVersionId"))?;
            call.options_mut().headers.insert(KEY_VERSION, version);
        }
        self.reply(call).await
    }

    async fn reply(&mut self, call: Call) -> Result<Reply, Error> {
        if !std::mem::take(&mut self.is_ready) {
            self.inner.ready().await.map_err(Error::from_boxed)?;
        }
        match self.inner.call(call).await {
            Ok(reply) => {
                self.attempts += reply.attempts();
                Ok(reply)
            }
            Err(error) => {
                let error = Error::from_boxed(error);
                self.attempts += error.attempts();
                Err(error)
            }
        }
    }

    /// Returns the call that is transferred, with its options and extensions.
    pub fn call(&self) -> &Call {
        self.call
    }

    /// Returns the charset in which the call's texts are encrypted (default UTF-8).
    pub fn charset(&self) -> Charset {
        self.call.options().charset.unwrap_or_default()
    }

    /// Returns `true` if the older operations are to be used
    /// ([`TransferLayer::force_low_version`](super::TransferLayer::force_low_version)).
    pub fn is_low_version(&self) -> bool {
        self.settings.low_version
    }

    /// Returns the additional authenticated data of an encryption context, in the form that the
    /// layer is set to, or `None` without a context.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Encode`](crate::ErrorKind::Encode): the call's charset cannot represent the
    /// context.
    #[inline]
    pub fn aad(&self, context: Option<&Pairs>) -> Result<Option<Vec<u8>>, Error> {
        let TransferSettings { low_version, context_aad } = self.settings;
        aad::context_aad(context, context_aad, low_version, self.charset())
    }

    /// Returns the number of requests of all operations so far.
    pub fn attempts(&self) -> u32 {
        self.attempts
    }

    /// Applies the outcome of the whole call to an error: an operation that was not sent does not
    /// undo that an earlier one was answered.
    pub(super) fn outcome_of_call(&self, error: Error) -> Error {
        if self.head.is_some() && error.outcome() == Outcome::NotSent {
            error.with_outcome(Outcome::Unknown)
        } else {
            error
        }
    }

    /// Returns the head of the call's reply: that of the last operation, with the attempts of all.
    pub(super) fn into_head(self) -> ReplyHead {
        let head = self.head.unwrap_or_else(|| ReplyHead::new(Gateway::Instance));
        head.with_attempts(self.attempts)
    }
}

fn key_version_of(head: &ReplyHead) -> Option<String> {
    head.headers().get(KEY_VERSION)?.to_str().ok().map(str::to_owned)
}

impl fmt::Debug for Native<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Native")
            .field("call", &self.call)
            .field("settings", &self.settings)
            .field("attempts", &self.attempts)
            .finish_non_exhaustive()
    }
}
