//! An operation as a part of a transfer: what it is, its answer, and the way back for mocks.

use std::any::TypeId;
use std::fmt;

use crate::{Action, ActionInfo, Charset, Dialect, Error};
#[cfg(feature = "test-util")]
use crate::{ErrorKind, Payload};

/// The request and response header in which the instance's dialect carries a key version, where the
/// operation has no field for it.
pub const KEY_VERSION: &str = "x-kms-migrationkeyversionid";

/// An operation that an action becomes.
#[derive(Clone, Copy)]
pub struct Operation {
    pub(super) info: &'static ActionInfo,
    type_id: fn() -> TypeId,
    #[cfg(feature = "test-util")]
    pub(super) back: Option<BackFn>,
}

#[cfg(feature = "test-util")]
pub(super) type BackFn = fn(&dyn Payload, Charset) -> Result<NativeReply<Box<dyn Payload>>, Error>;

/// A native operation's answer.
#[derive(Debug, Clone)]
pub struct NativeReply<R> {
    /// The response.
    pub response: R,
    /// The key version in the answer's header, [`KEY_VERSION`]; never empty.
    pub key_version: Option<String>,
}

/// The transfer backwards, for mocks: an action's response as the answer of the operation `O`.
///
/// So a rule of a mock on `EncryptRequest` answers with an `EncryptResponse` on the instance too, where
/// the request on the wire is one of `AdvanceEncrypt`: the real transfer makes the one of the other.
/// [`Operation::with_back`] lists it.
pub trait TransferBack<O: Action>: Action {
    /// Returns the operation's answer that becomes this response of the action.
    ///
    /// The charset is the call's. If the action becomes several operations, each gives its own part.
    ///
    /// # Errors
    ///
    /// No answer of the operation becomes this response.
    fn back(response: &Self::Response, charset: Charset)
    -> Result<NativeReply<O::Response>, Error>;
}

impl Operation {
    /// Describes the operation `O`, which a mock of the instance cannot answer for the action.
    ///
    /// Does not compile if `O` is no operation of the instance's own dialect.
    pub const fn new<O: Action>() -> Self {
        const {
            assert!(
                matches!(O::INFO.dialect, Dialect::Protobuf),
                "an action becomes operations of the instance's own dialect: `pub operation`"
            );
        }
        Self {
            info: O::INFO,
            type_id: TypeId::of::<O>,
            #[cfg(feature = "test-util")]
            back: None,
        }
    }

    /// Describes the operation `O`, which a mock answers with what a rule on the action `A` gives.
    ///
    /// Does not compile if `O` is no operation of the instance's own dialect.
    pub const fn with_back<A: TransferBack<O>, O: Action>() -> Self {
        Self {
            #[cfg(feature = "test-util")]
            back: Some(erased_back::<A, O>),
            ..Self::new::<O>()
        }
    }

    /// Returns the operation's description.
    pub fn action(&self) -> &'static ActionInfo {
        self.info
    }

    /// Returns `true` if this describes the operation `O`.
    pub(super) fn is<O: Action>(&self) -> bool {
        (self.type_id)() == TypeId::of::<O>()
    }
}

impl<R> NativeReply<R> {
    /// Creates an answer without a key version in its header.
    pub fn new(response: R) -> Self {
        Self { response, key_version: None }
    }

    /// Sets the key version in the answer's header. An empty one is not sent.
    #[must_use]
    pub fn key_version(mut self, key_version: impl Into<Option<String>>) -> Self {
        self.key_version = key_version.into().filter(|version| !version.is_empty());
        self
    }
}

/// A [`TransferBack`] whose types are erased.
#[cfg(feature = "test-util")]
fn erased_back<A: TransferBack<O>, O: Action>(
    response: &dyn Payload,
    charset: Charset,
) -> Result<NativeReply<Box<dyn Payload>>, Error> {
    let response = response.downcast_ref::<A::Response>().ok_or_else(|| {
        Error::new(ErrorKind::Layer, "the mock's answer is another action's response")
    })?;
    let NativeReply { response, key_version } = A::back(response, charset)?;
    Ok(NativeReply { response: Box::new(response), key_version })
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.info.name).finish()
    }
}
