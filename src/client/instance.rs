//! The client's way to the instance gateway's own operations.

use super::{KmsClient, PendingCall};
use crate::Action;

/// The operations of the instance gateway's own dialect, as methods.
///
/// They go to the instance, whatever the client's routing says of actions.
#[derive(Debug, Clone)]
pub struct InstanceApi {
    client: KmsClient,
}

impl KmsClient {
    /// Returns the operations of the instance gateway's own dialect.
    pub fn instance(&self) -> InstanceApi {
        InstanceApi { client: self.clone() }
    }
}

impl InstanceApi {
    /// Creates a call of any operation; each operation also has a method of its own.
    pub fn invoke<A: Action>(&self, request: A) -> PendingCall<A> {
        self.client.invoke(request)
    }
}
