//! The two gateways: where each is, who calls it, and what the instance's dialect needs.

pub mod instance;
pub mod open_api;

pub use self::instance::InstanceGateway;
pub use self::open_api::OpenApiGateway;
pub use crate::transfer::{self, ContextAad, TransferLayer};
