//! An operation as part of a transfer: its description, its answer, and the transfer back for
//! mocks.

use std::any::TypeId;
use std::fmt;

use crate::{Action, ActionInfo, Charset, Error};
#[cfg(feature = "test-util")]
use crate::{ErrorKind, middleware::payload::Payload};

/// The request and response header that carries a key version in the instance's dialect, if the
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

/// The answer of a native operation.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct NativeReply<R> {
    /// The response.
    pub response: R,
    /// The key version in the answer's header, [`KEY_VERSION`]; never empty.
    pub key_version: Option<String>,
}

/// An operation of the instance's own dialect: what an action can become.
///
/// `kms_api!` implements it for the request of every `operation`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the request of an operation",
    label = "not an operation",
    note = "an action becomes operations of the instance's own dialect, which `kms_api!` declares \
         with `pub operation`"
)]
pub trait NativeOperation: Action {}

/// The transfer back, for mocks: turns an action's response into the answer of the operation `O`.
///
/// With it, a mock's rule on `EncryptRequest` can answer with an `EncryptResponse` on an instance
/// too, where the request on the wire is one of `AdvanceEncrypt`: the real transfer turns the
/// answer into the response again. [`Operation::with_back`] registers it.
///
/// An implementation that is `#[inline]` is compiled only where a mock uses it.
pub trait TransferBack<O: NativeOperation>: Action {
    /// Returns the operation's answer that becomes this response of the action.
    ///
    /// `charset` is that of the call. If the action becomes several operations, each returns its
    /// own part.
    ///
    /// # Errors
    ///
    /// No answer of the operation becomes this response.
    fn back(response: &Self::Response, charset: Charset)
    -> Result<NativeReply<O::Response>, Error>;
}

impl Operation {
    /// Describes the operation `O`, which a mock of the instance cannot answer for the action.
    pub const fn new<O: NativeOperation>() -> Self {
        Self {
            info: O::INFO,
            type_id: TypeId::of::<O>,
            #[cfg(feature = "test-util")]
            back: None,
        }
    }

    /// Describes the operation `O`, which a mock answers with the response of a rule on the action
    /// `A`.
    pub const fn with_back<A: TransferBack<O>, O: NativeOperation>() -> Self {
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
    pub(super) fn is<O: NativeOperation>(&self) -> bool {
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

/// A [`TransferBack`] with erased types.
#[cfg(feature = "test-util")]
fn erased_back<A: TransferBack<O>, O: NativeOperation>(
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
