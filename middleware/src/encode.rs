//! From the call level to the HTTP level and back: the only layers that change types.
//!
//! [`rpc`] writes parameters into the query and a form and reads JSON; [`protobuf`] writes and reads
//! protobuf. Both sit inside `Retry` (each attempt is encoded from the same call) and outside `Sign`
//! (what is signed is what was encoded). Both read answers up to a limit, 4 MiB by default.

mod answer;
pub mod hint;
pub mod protobuf;
pub mod rpc;
mod rpc_error;
mod scrub;
mod target;

pub use self::protobuf::{EncodeProtobuf, EncodeProtobufLayer};
pub use self::rpc::{EncodeRpc, EncodeRpcLayer};
pub use self::rpc_error::read as service_error;
