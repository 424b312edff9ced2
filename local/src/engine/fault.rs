//! Refusals of the service: HTTP status, code and message.
//!
//! They come from the service's public table of common errors and from the pages of the actions. No
//! message repeats a value from the request.

use std::error::Error;
use std::fmt;

use aws_lc_rs::error::{KeyRejected, Unspecified};

/// A refusal, which is encoded as JSON, XML or protobuf.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The HTTP status.
    pub(crate) status: u16,
    /// The error code, such as `Forbidden.KeyNotFound`.
    pub(crate) code: &'static str,
    /// The service's message.
    pub(crate) message: String,
}

impl Fault {
    /// Creates a refusal for which there is no other constructor.
    pub(crate) fn new(status: u16, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into() }
    }

    /// Creates a refusal: the mandatory parameter `name` is absent or empty.
    pub(crate) fn missing(name: &str) -> Self {
        let message = format!("The parameter {name} needed but no provided.");
        Self::new(400, "MissingParameter", message)
    }

    /// Creates a refusal: the service does not accept the value of the parameter `name`.
    pub(crate) fn invalid(name: &str) -> Self {
        let message = format!("The parameter  {name}  is invalid.");
        Self::new(400, "InvalidParameter", message)
    }

    /// Returns the same refusal, with `to` for `from` as the name of the parameter.
    pub(crate) fn renamed(mut self, from: &str, to: &str) -> Self {
        self.message = self.message.replace(from, to);
        self
    }

    /// Creates a refusal: a ciphertext is malformed, or was made with another key or context.
    pub(crate) fn invalid_ciphertext() -> Self {
        let message = "The specified parameter CiphertextBlob is not valid.";
        Self::new(400, "InvalidParameter", message)
    }

    /// Creates a refusal: the key's spec or usage does not allow the operation.
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

    /// Creates a refusal: this build of the local gateway does not support `what` (SM2, SM3 or
    /// SM4).
    pub(crate) fn not_built(what: &str) -> Self {
        Self::without_feature("sm", what)
    }

    /// Creates a refusal: `what` needs a feature that this build of the local gateway does not
    /// have.
    pub(crate) fn without_feature(feature: &str, what: &str) -> Self {
        let message = format!(
            "The local gateway is built without the feature `{feature}`, which {what} needs."
        );
        Self::new(400, "UnsupportedOperation", message)
    }

    /// Creates a refusal: the key is in the state `state`, which does not allow the operation.
    pub(crate) fn key_state(code: &'static str, state: &str) -> Self {
        let message = format!("The request was rejected because the key state is {state}.");
        Self::new(409, code, message)
    }

    /// Creates a refusal: the key's state does not allow this change of state.
    pub(crate) fn key_state_unchangeable() -> Self {
        Self::new(409, "Rejected.StateModifiedFailed", "Keystate modified failed.")
    }

    pub(crate) fn invalid_key_material() -> Self {
        Self::new(400, "InvalidKeyMaterial", "key material is invalid.")
    }

    pub(crate) fn invalid_import_token() -> Self {
        Self::new(400, "InvalidImportToken", "import token is invalid.")
    }

    pub(crate) fn expired_import_token() -> Self {
        Self::new(400, "ExpiredImportToken", "import token is expired.")
    }

    /// Creates a refusal: the operation is for keys of another origin.
    pub(crate) fn unsupported_origin() -> Self {
        Self::new(400, "Unsupported.Origin", "This key origin is not valid for this api.")
    }

    /// Creates a refusal: the key is protected from deletion. The service's pages name no code for
    /// it.
    pub(crate) fn deletion_protection() -> Self {
        let message = "The request was rejected because deletion protection is enabled.";
        Self::new(409, "Rejected.DeletionProtection", message)
    }

    /// Creates a refusal: the secret, one of its versions, or another named resource does not
    /// exist.
    pub(crate) fn resource_not_found() -> Self {
        Self::new(404, "Forbidden.ResourceNotFound", "Resource not found.")
    }

    /// Creates a refusal: a resource with this name exists, or a secret's version with other data.
    pub(crate) fn resource_exists() -> Self {
        Self::new(409, "Rejected.ResourceExist", "The resource already exists.")
    }

    /// Creates a refusal: the deletion of the secret is scheduled.
    pub(crate) fn resource_in_delete_window() -> Self {
        let message = "The secret is planned to be deleted.";
        Self::new(409, "Rejected.ResourceInDeleteWindow", message)
    }

    pub(crate) fn certificate_not_found() -> Self {
        Self::new(404, "Certificate.NotFound", "The specified certificate is not found.")
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

/// For failures that no request can cause; other failures are mapped where they occur.
impl From<Unspecified> for Fault {
    fn from(_: Unspecified) -> Self {
        Self::internal()
    }
}

/// For failures that no request can cause; other failures are mapped where they occur.
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
