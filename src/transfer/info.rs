//! The table of a transfer: erases the types of an action, and is found by its `ActionInfo`.

use std::fmt;
use std::marker::PhantomData;

#[cfg(feature = "test-util")]
use http::HeaderValue;

use super::native::{Native, Ready, TransferSettings};
#[cfg(feature = "test-util")]
use super::operation::NativeReply;
use super::operation::Operation;
use super::{Transfer, fault, field};
use crate::{ActionInfo, BoxFuture, Call, Error, ErrorKind, Reply};
#[cfg(feature = "test-util")]
use crate::{Charset, middleware::payload::Payload};

/// The description of a transfer, in a static table: what
/// [`ActionInfo::transfer`](crate::ActionInfo) holds.
pub struct TransferInfo {
    operations: &'static [Operation],
    run: fn(Call, Ready, TransferSettings) -> BoxFuture<Reply>,
}

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

    /// Returns the table in an action's description, or `None` if the action is not transferred.
    pub fn from_action(action: &ActionInfo) -> Option<&'static Self> {
        action.transfer?.downcast_ref()
    }

    /// Returns the operations that the action becomes, in either version.
    pub fn operations(&self) -> &'static [Operation] {
        self.operations
    }

    /// Transfers a call of this table's action.
    pub(super) fn run(
        &self,
        call: Call,
        ready: Ready,
        settings: TransferSettings,
    ) -> BoxFuture<Reply> {
        (self.run)(call, ready, settings)
    }
}

fn run<A: Transfer>(call: Call, ready: Ready, settings: TransferSettings) -> BoxFuture<Reply> {
    Box::pin(async move {
        let mut native = Native::new(ready, &call, settings, A::OPERATIONS);
        match transfer::<A>(&call, &mut native).await {
            Ok(response) => Ok(native.into_head().with_response(response)),
            Err(error) => {
                let error = native.outcome_of_call(error);
                Err(fault::of_call(error, &call, native.attempts()).into())
            }
        }
    })
}

async fn transfer<A: Transfer>(call: &Call, native: &mut Native<'_>) -> Result<A::Response, Error> {
    field::check(call)?;
    let request: &A = call.request().ok_or_else(|| {
        Error::new(ErrorKind::Layer, "a layer sent the request of another action under this name")
    })?;
    request.transfer(native).await
}

/// Returns the operation's answer that becomes this response of the action, with the key version
/// for the answer's header.
#[cfg(feature = "test-util")]
pub(crate) fn back(
    action: &'static ActionInfo,
    operation: &'static ActionInfo,
    response: &dyn Payload,
    charset: Charset,
) -> Result<(Box<dyn Payload>, Option<HeaderValue>), Error> {
    let operations = TransferInfo::from_action(action).map(TransferInfo::operations);
    let listed = operations.unwrap_or_default().iter();
    let back = listed.filter(|listed| listed.info == operation).find_map(|it| it.back);
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

impl fmt::Debug for TransferInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TransferInfo").field("operations", &self.operations).finish_non_exhaustive()
    }
}
