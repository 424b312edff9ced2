//! Arbitrary requests to the local gateway in the instance's own dialect: typed ones, and those that no
//! client of ours writes.

#![no_main]

use alibabacloud_kms::{Dialect, native};
use alibabacloud_kms_fuzz::gateway;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| gateway::call(Dialect::Protobuf, &native::ALL, data));
