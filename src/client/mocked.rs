//! A client with a mock in place of its network.

use std::sync::Arc;

use super::ClientBuilder;
use crate::BoxHttp;
use crate::gateway::instance::Authentication;
use crate::testing::{MockGateway, identity};

impl ClientBuilder {
    /// Replaces the network with a mock, and all credentials and client keys with the mock's own: a
    /// credential provider may use the network too.
    pub(crate) fn mocked(mut self, mock: &MockGateway) -> Self {
        if let Some(shared) = &mut self.shared {
            shared.credential = Arc::new(identity::credential());
        }
        if let Some(instance) = &mut self.instance {
            instance.authentication = match instance.authentication {
                Authentication::ClientKey(_) => {
                    Authentication::ClientKey(Arc::new(identity::MockClientKey))
                }
                Authentication::Credential(_) => {
                    Authentication::Credential(Arc::new(identity::credential()))
                }
            };
        }
        self.innermost.push(mock.layer());
        self.mocked = Some(BoxHttp::new(mock.transport()));
        self
    }
}
