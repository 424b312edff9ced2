//! What the packages of this workspace need of this one and users do not: outside semver.

pub use crate::error::find;

/// How the transport reports its connections.
pub mod metrics {
    pub use crate::metrics::codes::word as bounded;
    pub use crate::metrics::facade::{Held, Label, Stopwatch, hold, label, record};
    pub use crate::metrics::table::{
        CONNECT_DURATION, CONNECTION_DURATION, CONNECTION_REQUESTS, CONNECTIONS,
    };
    pub use crate::telemetry::error_type::of_ours as error_type;
}
