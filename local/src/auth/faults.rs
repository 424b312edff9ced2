//! Faults of more than one scheme.

use crate::engine::Fault;

/// Returns the fault of an incomplete signature.
pub(super) fn incomplete() -> Fault {
    let message = "The request signature does not conform to Aliyun standards.";
    Fault::new(400, "IncompleteSignature", message)
}

/// Returns the fault of the missing required header or parameter `name`.
pub(super) fn mandatory(what: &str, name: &str) -> Fault {
    let message = format!("The {what} {name} is mandatory for this action.");
    Fault::new(400, "MissingParameter", message)
}

/// Returns the fault of a request of signature 1.0 without a time.
pub(super) fn no_timestamp() -> Fault {
    let message = "The input parameter \"Timestamp\" that is mandatory for processing this request \
                   is not supplied.";
    Fault::new(400, "IllegalTimestamp", message)
}

/// Returns the fault of a nonce that another request had.
pub(super) fn nonce_used() -> Fault {
    let message = "Specified signature nonce was used already.";
    Fault::new(400, "SignatureNonceUsed", message)
}
