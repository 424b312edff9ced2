//! Translates the instance's errors into those of the shared gateway, as the official clients do.
//!
//! The instance's own code and message remain available: see
//! [`ServiceError::gateway_code`](crate::ServiceError::gateway_code).

use crate::{Call, Error, Gateway};

/// Attributes an error to the call that is transferred, in either direction.
#[inline]
pub(super) fn of_call(error: Error, call: &Call, attempts: u32) -> Error {
    in_shared_words(error)
        .for_action(call.action())
        .with_gateway(Gateway::Instance)
        .with_attempts(attempts)
        .with_idempotent(call.is_idempotent())
}

/// Translates an error that the instance answered with. Every other error is unchanged.
#[inline]
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
        // Errors of our own have no status, and the code and message of the shared gateway already.
        match service.status() {
            Some(_) => service.with_text(words.0, words.1),
            None => service,
        }
    })
}
