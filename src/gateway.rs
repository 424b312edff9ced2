//! The two gateways: their addresses, and how they are called.

pub(crate) mod instance;
pub(crate) mod open_api;

pub use self::instance::InstanceGateway;
pub use self::open_api::OpenApiGateway;
