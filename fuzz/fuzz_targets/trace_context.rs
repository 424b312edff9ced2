//! Arbitrary text as `traceparent` and `tracestate`, a line each: what was read is shown, and read as
//! the same.

#![no_main]

use alibabacloud_kms::middleware::propagate::TraceContext;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let (parent, state) = text.split_once('\n').unwrap_or((text, ""));
    if let Ok(context) = parent.parse::<TraceContext>() {
        assert_eq!(context.to_string().parse::<TraceContext>().expect("what it shows"), context);
        if let Ok(context) = context.with_state(state) {
            assert_eq!(context.state().unwrap_or_default(), state);
            let again = context.clone().with_state(context.state().unwrap_or_default());
            assert_eq!(again.expect("its own state"), context);
        }
    }
});
