//! What the packages of this workspace need of this one and users do not: outside semver.

pub use crate::bounded_file::read_bounded;
pub use crate::credential::secrets;
pub use crate::encode::answer::{PartialAnswer, broken_body, with_id_of_headers};
pub use crate::encode::error_answer::read_in_success;
pub use crate::encode::foreign::name as foreign_answer;
pub use crate::error::advice::{CODES, CodeAdvice, KINDS, KindAdvice};
pub use crate::error::{find, note};
pub use crate::hex::hex;
pub use crate::lock::{lock, unpoisoned};
pub use crate::nearest::{distance, nearest};
#[cfg(feature = "proxy")]
pub use crate::options::passed_over_in;
pub use crate::options::{has_proxy, x509};
pub use crate::piecewise::PiecewiseSha256;
pub use crate::secret_bytes::{SecretBuffer, append, collect, wiped_on_drop};
pub use crate::shown::{has_hex, has_random, looks_like_a_path, shown, unread_because};
pub use crate::trimmed::{fault_of_key, trimmed};
pub use crate::wire::repeated::repeated_name;

/// The tokio runtime that a call runs on, and timers for a call that changes it.
pub mod runtime {
    pub use crate::runtime::{current, sleep, sleep_until, timeout};
}

/// PEM blocks among whatever else is in a text.
pub mod pem {
    pub use crate::pem::{Block, BlockKind, blocks, decode};
}

/// How the transport reports its connections.
pub mod metrics {
    pub use crate::metrics::codes::word as bounded;
    pub use crate::metrics::facade::{Held, Label, Stopwatch, hold, label, record};
    pub use crate::metrics::table::{
        CONNECT_DURATION, CONNECTION_DURATION, CONNECTION_REQUESTS, CONNECTIONS,
    };
    pub use crate::telemetry::error_type::of_ours as error_type;
}
