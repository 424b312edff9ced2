//! Arbitrary text as the JSON of a payload: what was read is written, and read again as the same.
//!
//! Whatever is taken is JSON for `serde_json` too, whose types do not hold every number: texts, then.

#![no_main]

use std::collections::BTreeMap;

use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms_fuzz::{json_of, payload};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

fuzz_target!(|data: &[u8]| {
    let (make, text) = payload(data);
    let mut read = make();
    if json::decode(text, &mut *read).is_ok() {
        // What is skipped need not be UTF-8.
        let skips = std::str::from_utf8(text).is_err();
        let object = serde_json::from_slice::<Option<BTreeMap<String, &RawValue>>>(text);
        assert!(skips || object.is_ok(), "an object or null");
        let written = json_of(&*read);
        let mut again = make();
        json::decode(written.as_bytes(), &mut *again).expect("what was written is read");
        assert_eq!(json_of(&*again), written);
    }
});
