//! The codec: from the call level to the HTTP level and back, in two dialects. It is the only layer
//! that changes types.
//!
//! [`EncodeRpcLayer`] encodes parameters into the query and a form and decodes JSON.
//! `EncodeProtobufLayer` (feature `client-key`) encodes and decodes protobuf. Both are inside
//! `Retry`, so each attempt is encoded from the same call, and outside `Sign`, so the encoded
//! request is signed. Both read answers up to a limit (default 4 MiB).
//!
//! ```
//! use alibabacloud_kms_middleware::Gateway;
//! use alibabacloud_kms_middleware::encode::EncodeRpcLayer;
//!
//! # fn run() -> Result<(), alibabacloud_kms_middleware::Error> {
//! let endpoint = "kms.cn-hangzhou.aliyuncs.com".parse()?;
//! let layer = EncodeRpcLayer::new(Gateway::Shared, endpoint).max_answer(1 << 20);
//! # let _ = layer;
//! # Ok(()) }
//! ```

pub(crate) mod answer;
pub(crate) mod error_answer;
pub(crate) mod foreign;
mod future;
mod hint;
mod layer;
mod markup;
#[cfg(feature = "client-key")]
mod protobuf;
mod rpc;
mod scrub;
mod target;
mod unescape;
#[cfg(feature = "xml")]
mod xml;

pub use self::error_answer::read as service_error;
pub use self::hint::{quota_window, retry_after};
pub use self::layer::{Encode, EncodeLayer};
#[cfg(feature = "client-key")]
pub use self::protobuf::{EncodeProtobuf, EncodeProtobufLayer, Protobuf};
pub use self::rpc::{EncodeRpc, EncodeRpcLayer, Rpc};
