//! A connection that is made for a request.

use std::sync::Arc;

use alibabacloud_kms_middleware::__private::runtime;
use tokio::time::Instant;

use super::entries::{PoolKey, Usable};
use super::idle::Idle;
use crate::Error;
use crate::transport::connect::Connector;
use crate::transport::measure::Connecting;

/// Everything needed to make a connection.
pub(super) struct Making {
    pub(super) connector: Arc<Connector>,
    pub(super) key: PoolKey,
    pub(super) idle: Arc<Idle>,
    pub(super) retires: Instant,
}

impl Making {
    /// Makes the connection within the connector's limit. A connection that can be shared becomes
    /// idle, too.
    pub(super) async fn run(self) -> Result<Usable, Error> {
        let Self { connector, key, idle, retires } = self;
        let counted = Connecting::begin(&key.origin.uri());
        let limit = connector.limit();
        let connecting = connector.connect(&key.origin, &counted);
        let connected = runtime::timeout(limit, connecting).await;
        let connection = connected
            .unwrap_or_else(|| Err(connector.timed_out(&key.origin)))
            .inspect_err(|error| counted.failed(error))?;
        if let Some(connection) = connection.share() {
            idle.put(key, Usable { connection, retires, is_new: false });
        }
        Ok(Usable { connection, retires, is_new: true })
    }
}
