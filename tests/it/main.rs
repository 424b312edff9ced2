//! The integration tests: a module per subject.

mod acs3;
#[cfg(feature = "blocking")]
mod blocking;
mod book;
mod cache;
mod cancellation;
mod charset;
mod client_key;
mod contract;
mod credential;
mod encoding;
mod envelope;
mod errors_page;
mod failures;
mod leak;
mod methods;
mod mock;
mod mutual_tls;
#[cfg(feature = "encodings")]
mod options;
mod own_transfer;
mod pages;
mod promises;
mod prost_oracle;
mod public_api;
mod quota;
mod registry;
mod round_trip;
mod routing;
mod runtimes;
mod secret_fields;
mod shared_gateway;
mod stack;
#[cfg(feature = "metrics")]
mod telemetry;
#[cfg(feature = "encodings")]
mod transfer;
mod twin;
mod wait;
