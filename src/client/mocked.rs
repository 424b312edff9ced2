//! A client that is to have a mock where others have a network.

use std::sync::Arc;

use tower::Layer;
use tower::util::BoxCloneSyncService;

use super::ClientBuilder;
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
        let layer = mock.layer();
        self.innermost = Some(Box::new(move |stack| BoxCloneSyncService::new(layer.layer(stack))));
        self.transport(mock.transport())
    }
}
