//! Transfer: serves actions by operations of the instance's own dialect.
//!
//! An instance gateway with a client key serves operations such as `AdvanceEncrypt`, not actions
//! such as `Encrypt`. [`TransferLayer`] is between the charset layer and `Retry`, and turns actions
//! into operations. Each operation that it sends is retried by itself. The answer is returned as
//! the action's own response, and errors have the codes and messages of the shared gateway, so a
//! program cannot tell which gateway it called. Operations that are native already pass through.
//!
//! An action's [`Transfer`] defines how it is transferred: one implementation per action, which
//! `kms_api!` puts into the action's [`ActionInfo`](crate::ActionInfo). The layer, the mocks of
//! `testing` and the local gateway read the same table, [`TransferInfo`].

pub(crate) mod aad;
mod asymmetric;
mod blob;
mod crypto;
mod data_key;
mod fault;
mod field;
mod info;
mod layer;
mod native;
mod operation;
mod secret;

use std::future::Future;

pub use self::aad::ContextAad;
pub use self::info::TransferInfo;
#[cfg(feature = "test-util")]
pub(crate) use self::info::back;
pub use self::layer::{TransferLayer, TransferService};
pub use self::native::Native;
pub use self::operation::{KEY_VERSION, NativeOperation, NativeReply, Operation, TransferBack};
use crate::{Action, Error};

/// An action that an instance gateway with a client key serves as operations of its own dialect.
///
/// `kms_api!` requires it of every action of the RPC dialect that the instance serves (`gateways:
/// shared, instance;`) and puts it into the action's table, so that nothing has to be registered.
///
/// An action of your own brings its own transfer:
///
/// ```
/// use alibabacloud_kms::native::random::{GenerateRandomRequest, GenerateRandomResponse};
/// use alibabacloud_kms::transfer::{Native, Operation, Transfer, TransferLayer};
/// use alibabacloud_kms::{
///     BoxError, Call, Error, ExposeSecret, Gateway, Reply, SecretString, kms_api,
/// };
/// use tower::{Layer, ServiceExt, service_fn};
///
/// kms_api! {
///     version = "2016-01-20";
///
///     /// Makes a random token.
///     #[doc_url = "https://example.com/get-random-token"]
///     pub action GetRandomToken {
///         gateways: shared, instance;
///         idempotent: true;
///         request { number_of_bytes: i32 }
///         response { #[secret] token: SecretString }
///     }
/// }
///
/// impl Transfer for GetRandomTokenRequest {
///     const OPERATIONS: &'static [Operation] = &[Operation::new::<GenerateRandomRequest>()];
///
///     async fn transfer(&self, native: &mut Native<'_>) -> Result<GetRandomTokenResponse, Error> {
///         let answer = native.send(GenerateRandomRequest::new(self.number_of_bytes)).await?.response;
///         let bytes = answer.random.expose_secret().iter();
///         let mut response = GetRandomTokenResponse::default();
///         response.token = bytes.map(|byte| format!("{byte:02x}")).collect::<String>().into();
///         response.request_id = answer.request_id;
///         Ok(response)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), BoxError> {
/// let instance = service_fn(|call: Call| async move {
///     assert_eq!(call.action().name, "GenerateRandom");
///     let mut response = GenerateRandomResponse::default();
///     response.random = vec![0x0a, 0xff].into();
///     Ok::<_, BoxError>(Reply::new(response, Gateway::Instance))
/// });
/// let call = Call::new(GetRandomTokenRequest::new(2));
/// let reply = TransferLayer::new().layer(instance).oneshot(call).await?;
/// let response = reply.into_response::<GetRandomTokenRequest>()?;
/// assert_eq!(response.token.expose_secret(), "0aff");
/// # Ok(()) }
/// ```
///
/// # The way down
///
/// [`Native::send`] sends an operation through the rest of the stack. It carries the options and
/// the extensions of the call, so limits, attempts, headers and charset apply to it. A transfer may
/// send several operations, one after the other; each is retried by itself, and the limit of the
/// whole call holds for all of them. Where the instance takes a key version in a header, use
/// [`Native::send_with_key_version`].
///
/// The layer refuses, before the transfer runs, a call that lacks a required parameter, and one
/// that sets `Recipient` or `DryRun`, which no operation has.
///
/// # The way up
///
/// The response that the transfer returns becomes the response of the call. The reply keeps status,
/// headers and request id of the last operation; its attempts are those of all operations together.
///
/// # Errors
///
/// An error of [`send`](Native::send) is returned with `?` as it is, and so is one that the
/// transfer makes, with [`Error::new`] for instance. The layer sets its action, gateway, attempts
/// (of all operations together) and whether the call is idempotent, and translates the code and
/// message of an error of the service to those of the shared gateway. No layer above the transfer
/// retries, so a transfer never runs twice for a call.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is served by the instance gateway and has no transfer",
    label = "an instance with a client key cannot be asked for this",
    note = "implement `alibabacloud_kms::transfer::Transfer` for it, or declare `gateways: shared;`, \
         with `data_plane: true;` if an instance's host serves it in the RPC dialect"
)]
pub trait Transfer: Action {
    /// The operations that the transfer may send, in either version. It cannot send others.
    const OPERATIONS: &'static [Operation];

    /// Sends the operations that this request becomes, and returns the action's response.
    fn transfer(
        &self,
        native: &mut Native<'_>,
    ) -> impl Future<Output = Result<Self::Response, Error>> + Send;
}
