//! How the service refuses: an HTTP status, a code and a message, in its own words.
//!
//! Codes, statuses and messages are those of the service's public table of common errors and of
//! the actions' own pages. No message repeats a value from the request.

use std::error::Error;
use std::fmt;

use aws_lc_rs::error::{KeyRejected, Unspecified};

/// A refusal, ready to be spelled as JSON or protobuf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The error code, as `Forbidden.KeyNotFound`.
    pub(crate) code: &'static str,
    /// The message of the service.
    pub(crate) message: String,
}

impl Fault {
    /// A refusal in other words than those below.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// The mandatory parameter `name` is absent or empty.
    pub(crate) fn missing(name: &str) -> Self {
        let message = format!("The parameter {name} needed but no provided.");
        Self::new(400, "MissingParameter", message)
    }

    /// The parameter `name` has a value that the service does not take.
    pub(crate) fn invalid(name: &str) -> Self {
        let message = format!("The parameter  {name}  is invalid.");
        Self::new(400, "InvalidParameter", message)
    }

    /// A ciphertext is malformed, or was not made by this key with this context.
    pub(crate) fn invalid_ciphertext() -> Self {
        let message = "The specified parameter CiphertextBlob is not valid.";
        Self::new(400, "InvalidParameter", message)
    }

    /// The key's spec or usage does not allow the operation.
    pub(crate) fn unsupported_operation() -> Self {
        Self::new(400, "Rejected.UnsupportedOperation", "Unsupported operation.")
    }

    pub(crate) fn key_not_found() -> Self {
        Self::new(404, "Forbidden.KeyNotFound", "The specified Key is not found.")
    }

    pub(crate) fn key_version_not_found() -> Self {
        let message = "The specified Key version is not found.";
        Self::new(404, "Forbidden.KeyVersionNotFound", message)
    }

    pub(crate) fn alias_not_found() -> Self {
        Self::new(404, "Forbidden.AliasNotFound", "The specified Alias is not found.")
    }

    pub(crate) fn alias_exists() -> Self {
        Self::new(400, "AliasAlreadyExists", "AliasName Already Exists.")
    }

    pub(crate) fn key_disabled() -> Self {
        let message = "The request was rejected because the key state is Disabled.";
        Self::new(409, "Rejected.Disabled", message)
    }

    /// No such secret, or no such version of it.
    pub(crate) fn resource_not_found() -> Self {
        Self::new(404, "Forbidden.ResourceNotFound", "Resource not found.")
    }

    /// A secret of that name, or a version of it with other data, is there already.
    pub(crate) fn resource_exists() -> Self {
        Self::new(409, "Rejected.ResourceExist", "The resource already exists.")
    }

    pub(crate) fn limit_exceeded() -> Self {
        let message = "The request was rejected because user create resource limit was exceeded.";
        Self::new(400, "Rejected.LimitExceeded", message)
    }

    pub(crate) fn internal() -> Self {
        Self::new(500, "InternalFailure", "Internal Failure.")
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({}): {}", self.code, self.status, self.message)
    }
}

impl Error for Fault {}

/// For failures that no request can cause; the others are mapped where they arise.
impl From<Unspecified> for Fault {
    fn from(_: Unspecified) -> Self {
        Self::internal()
    }
}

/// For failures that no request can cause; the others are mapped where they arise.
impl From<KeyRejected> for Fault {
    fn from(_: KeyRejected) -> Self {
        Self::internal()
    }
}

#[cfg(test)]
mod tests {
    use super::Fault;

    #[test]
    fn parameters_are_named_in_the_words_of_the_service() {
        assert_eq!(Fault::missing("KeyId").message, "The parameter KeyId needed but no provided.");
        assert_eq!(Fault::invalid("KeyId").message, "The parameter  KeyId  is invalid.");
    }

    #[test]
    fn a_fault_is_displayed_with_its_code_and_status() {
        assert_eq!(
            Fault::key_not_found().to_string(),
            "Forbidden.KeyNotFound (404): The specified Key is not found."
        );
    }
}
