//! Arbitrary requests to the local gateway in the RPC dialect: typed ones, and those that no client of
//! ours writes.

#![no_main]

use alibabacloud_kms::{Dialect, api};
use alibabacloud_kms_fuzz::gateway;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| gateway::call(Dialect::Rpc, &api::ALL, data));
