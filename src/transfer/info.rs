//! The table of a transfer: how an action's types are erased, and found again by its `ActionInfo`.

use std::any::TypeId;
use std::fmt;
use std::marker::PhantomData;

#[cfg(feature = "test-util")]
use http::HeaderValue;

#[cfg(feature = "test-util")]
use super::native::NativeReply;
use super::native::{Native, Ready, Settings};
use super::{Transfer, TransferBack, fault, field};
use crate::{Action, ActionInfo, BoxFuture, Call, Dialect, Error, ErrorKind, Reply};
#[cfg(feature = "test-util")]
use crate::{Charset, Payload};

/// The description of a transfer, in a static table: what
/// [`ActionInfo::transfer`](crate::ActionInfo) holds.
pub struct TransferInfo {
    operations: &'static [Operation],
    run: fn(Call, Ready, Settings) -> BoxFuture<Reply>,
}

/// An operation that an action becomes.
#[derive(Clone, Copy)]
pub struct Operation {
    info: &'static ActionInfo,
    type_id: fn() -> TypeId,
    #[cfg(feature = "test-util")]
    back: Option<BackFn>,
}

#[cfg(feature = "test-util")]
type BackFn = fn(&dyn Payload, Charset) -> Result<NativeReply<Box<dyn Payload>>, Error>;

impl TransferInfo {
    /// Returns the table of an action's transfer.
    pub const fn for_action<A: Transfer>() -> &'static Self {
        struct Of<A>(PhantomData<A>);
        impl<A: Transfer> Of<A> {
            const INFO: &'static TransferInfo =
                &TransferInfo { operations: A::OPERATIONS, run: run::<A> };
        }
        Of::<A>::INFO
    }

    /// Returns the table that an action's description holds, or `None` if it is not transferred.
    pub fn from_action(action: &ActionInfo) -> Option<&'static Self> {
        action.transfer?.downcast_ref()
    }

    /// Returns the operations that the action becomes, in either version.
    pub fn operations(&self) -> &'static [Operation] {
        self.operations
    }

    /// Transfers a call of the action that this is the table of.
    pub(super) fn run(&self, call: Call, ready: Ready, settings: Settings) -> BoxFuture<Reply> {
        (self.run)(call, ready, settings)
    }
}

fn run<A: Transfer>(call: Call, ready: Ready, settings: Settings) -> BoxFuture<Reply> {
    Box::pin(async move {
        let mut native = Native::new(ready, &call, settings, A::OPERATIONS);
        match transfer::<A>(&call, &mut native).await {
            Ok(response) => Ok(native.into_head().with_response(response)),
            Err(error) => Err(fault::of_call(error, &call, native.attempts()).into()),
        }
    })
}

async fn transfer<A: Transfer>(call: &Call, native: &mut Native<'_>) -> Result<A::Response, Error> {
    field::check(call)?;
    let request: &A = call.request().ok_or_else(|| {
        Error::new(ErrorKind::Layer, "a layer sent another action's request under this name")
    })?;
    request.transfer(native).await
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

/// Returns the operation's answer that becomes this response of the action, and the key version for
/// the answer's header.
#[cfg(feature = "test-util")]
pub(crate) fn back(
    action: &'static ActionInfo,
    operation: &'static ActionInfo,
    response: &dyn Payload,
    charset: Charset,
) -> Result<(Box<dyn Payload>, Option<HeaderValue>), Error> {
    let operations = TransferInfo::from_action(action).map(TransferInfo::operations);
    let listed = operations.unwrap_or_default().iter();
    let back = listed.filter(|listed| std::ptr::eq(listed.info, operation)).find_map(|it| it.back);
    let Some(back) = back else {
        let message = format!(
            "the mock cannot answer {}, which the call became: implement TransferBack and list the \
             operation with Operation::with_back, or send the call to the shared gateway",
            operation.name,
        );
        return Err(Error::new(ErrorKind::Layer, message).with_action(action));
    };
    let answer = back(response, charset).and_then(|NativeReply { response, key_version }| {
        let version = key_version.map(HeaderValue::try_from).transpose();
        let expected = "a header's value";
        Ok((response, version.map_err(|why| field::inexpressible("KeyVersionId", expected, why))?))
    });
    answer.map_err(|error| error.with_action(action))
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

impl fmt::Debug for TransferInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferInfo").field("operations", &self.operations).finish_non_exhaustive()
    }
}

impl fmt::Debug for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Operation").field(&self.info.name).finish()
    }
}
