//! The native operations of the instance gateway.

use super::{KmsClient, PendingCall};
use crate::Action;

/// The operations of the instance gateway's own dialect, as methods.
///
/// They go to the instance, regardless of the client's routing.
#[derive(Debug, Clone)]
pub struct NativeApi {
    client: KmsClient,
}

impl KmsClient {
    /// Returns the operations of the instance gateway's own dialect.
    pub fn instance(&self) -> NativeApi {
        NativeApi { client: self.clone() }
    }
}

impl NativeApi {
    /// Creates a call of any operation; each operation also has a method of its own.
    pub fn invoke<A: Action>(&self, request: A) -> PendingCall<A> {
        self.client.invoke(request)
    }
}
