//! The integration tests: a module per subject.

mod acs3;
mod cache;
mod cancellation;
mod charset;
mod client_key;
mod contract;
mod credential;
mod encoding;
mod envelope;
mod failures;
mod leak;
mod methods;
mod mock;
mod mutual_tls;
#[cfg(feature = "encodings")]
mod options;
mod own_transfer;
mod pages;
mod prost_oracle;
mod readme;
mod registry;
mod round_trip;
mod routing;
mod secret_fields;
mod shared_gateway;
mod stack;
#[cfg(feature = "metrics")]
mod telemetry;
#[cfg(feature = "encodings")]
mod transfer;
mod twin;
