//! The instance's errors in the shared gateway's words, as the official clients report them.
//!
//! The gateway's own code and message stay readable beside them.

use crate::{Call, Error, Gateway};

/// Makes an error, of the way down or up, one of the call that is transferred.
pub(super) fn of_call(error: Error, call: &Call, attempts: u32) -> Error {
    in_shared_words(error)
        .for_action(call.action())
        .with_gateway(Gateway::Instance)
        .with_attempts(attempts)
        .with_idempotent(call.is_idempotent())
}

/// Rewords an error that the instance answered with; every other passes through.
fn in_shared_words(error: Error) -> Error {
    error.map_service(|service| {
        let Some(gateway_code) = service.code() else {
            return service;
        };
        let words = match (gateway_code, service.message().unwrap_or_default()) {
            ("InvalidParam", "The Param Date is invalid.") => (
                "IllegalTimestamp",
                "The input parameter \"Timestamp\" that is mandatory for processing this request \
                 is not supplied.",
            ),
            ("InvalidParam", "The Param Authorization is invalid.") => (
                "IncompleteSignature",
                "The request signature does not conform to Aliyun standards.",
            ),
            ("Unauthorized", _) => (
                "InvalidAccessKeyId.NotFound",
                "The Access Key ID provided does not exist in our records.",
            ),
            ("Forbidden.KeyNotFound", _) => {
                ("Forbidden.KeyNotFound", "The specified Key is not found.")
            }
            ("Forbidden.NoPermission", _) => {
                ("Forbidden.NoPermission", "This operation is forbidden by permission system.")
            }
            ("InternalFailure", _) => ("InternalFailure", "Internal Failure"),
            ("Rejected.Throttling", _) => ("Rejected.Throttling", "QPS Limit Exceeded"),
            _ => return service,
        };
        // Refusals of ours have no status, and are in the shared gateway's words already.
        match service.status() {
            Some(_) => service.reworded(words.0, words.1),
            None => service,
        }
    })
}
