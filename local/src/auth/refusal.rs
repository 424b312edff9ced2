//! A refusal on its way to the client, with the text that it should have signed.

use std::fmt;

use alibabacloud_kms::{Error, ServiceError};
use zeroize::Zeroizing;

use crate::engine::Fault;

/// A [`Fault`], with what only the client may see.
///
/// The text that should have been signed contains the request's parameters. It goes into the
/// answer, as the service sends it, and nowhere else: not into `Debug`, a span, an event or a log.
pub(crate) struct Refusal {
    fault: Fault,
    /// The code from a handler of the user, in place of the fault's.
    own_code: Option<String>,
    expected: Option<Box<Expected>>,
}

/// What the gateway computed for a signature that does not match.
pub(super) struct Expected {
    /// The string to sign.
    pub(super) string_to_sign: Zeroizing<String>,
    /// The canonical request that the string to sign is a hash of.
    pub(super) canonical_request: Option<Zeroizing<String>>,
    /// The client's mistake, if it is known.
    pub(super) diagnosis: Option<String>,
}

impl Refusal {
    /// Returns the refusal of a signature that does not match, in the words of its dialect.
    pub(super) fn mismatch(fault: Fault, expected: Expected) -> Self {
        Self { fault, own_code: None, expected: Some(Box::new(expected)) }
    }

    /// Returns the fault, without the text to sign.
    pub(crate) fn fault(&self) -> &Fault {
        &self.fault
    }

    /// Returns the error code.
    pub(crate) fn code(&self) -> &str {
        self.own_code.as_deref().unwrap_or(self.fault.code)
    }

    /// Returns the message for the client.
    ///
    /// Clients cut it at its first colon, and compare the rest with what they signed.
    pub(crate) fn message(&self) -> Zeroizing<String> {
        let words = self.fault.message.trim_end_matches('.');
        let Some(expected) = &self.expected else {
            return Zeroizing::new(self.fault.message.clone());
        };
        let mut parts = vec![words];
        if let Some(diagnosis) = &expected.diagnosis {
            parts.extend(["; the client's signature results if ", diagnosis]);
        }
        if let Some(request) = &expected.canonical_request {
            // There is no colon before the first one: names and values are percent-encoded, but
            // headers are not. So the string to sign comes first.
            parts.extend([". server string to sign is:", &expected.string_to_sign]);
            parts.extend([". server canonical request is:", request]);
        } else {
            parts.extend([". server string to sign is:", &expected.string_to_sign]);
        }
        let mut message =
            Zeroizing::new(String::with_capacity(parts.iter().map(|part| part.len()).sum()));
        message.extend(parts);
        message
    }
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { fault, own_code: None, expected: None }
    }
}

/// Converts the error of a user's handler. A refusal without a status has 400.
impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let Some(code) = error.code() else {
            return Fault::internal().into();
        };
        let message = error.service().and_then(ServiceError::message).unwrap_or_default();
        let status = error.status().map_or(400, |status| status.as_u16());
        Self {
            fault: Fault::new(status, "", message),
            own_code: Some(code.to_owned()),
            expected: None,
        }
    }
}

/// Without the text to sign.
impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Refusal").field("fault", &self.fault).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_to_be_signed_is_behind_the_messages_first_colon_and_not_in_debug() {
        let fault = Fault::new(400, "SignatureDoesNotMatch", "It does not match.");
        let expected = Expected {
            string_to_sign: Zeroizing::new("GET&%2F&canary".to_owned()),
            canonical_request: None,
            diagnosis: Some("a is b".to_owned()),
        };
        let refusal = Refusal::mismatch(fault, expected);
        let message = refusal.message();
        let (words, signed) = message.split_once(':').expect("there is a colon");
        assert_eq!(signed, "GET&%2F&canary");
        assert!(words.contains("results if a is b"));
        assert!(!format!("{refusal:?}").contains("canary"));
    }
}
