//! A client that is to have a mock where others have a network.

use std::sync::Arc;

use super::ClientBuilder;
use crate::BoxHttp;
use crate::gateway::instance::Identity;
use crate::testing::{MockGateway, identity};

impl ClientBuilder {
    /// Puts a mock in the place of the network, and identities of its own in that of all others: a
    /// provider of credentials may go over the network too.
    pub(crate) fn mocked(mut self, mock: &MockGateway) -> Self {
        if let Some(shared) = &mut self.shared {
            shared.credential = Arc::new(identity::credential());
        }
        if let Some(instance) = &mut self.instance {
            instance.identity = match instance.identity {
                Identity::ClientKey(_) => Identity::ClientKey(Arc::new(identity::MockClientKey)),
                Identity::Credential(_) => Identity::Credential(Arc::new(identity::credential())),
            };
        }
        self.innermost.push(mock.layer());
        self.mocked = Some(BoxHttp::new(mock.transport()));
        self
    }
}
