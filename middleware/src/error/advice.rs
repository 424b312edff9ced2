//! What to do about an error, for people: by the service's code if it has one, else by its kind.
//!
//! `docs/errors.md` is generated from the two tables of this file.

use super::classify::SERVER_FAULTS;
use super::{Error, ErrorKind};

/// What codes of the service mean and what to do about them.
///
/// Sources: the service's page of common error codes
/// (`help/en/kms/key-management-service/developer-reference/common-error-codes-1`), and, for the
/// codes of the front end of the shared gateway, its page of sample responses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct CodeAdvice {
    /// The subject, such as `throttling`.
    pub subject: &'static str,
    /// The codes. One that ends in `*` stands for all that begin with it.
    pub codes: &'static [&'static str],
    /// What the service reports with them, as a sentence without a full stop.
    pub meaning: &'static str,
    /// What to do, as a sentence without a full stop.
    pub advice: &'static str,
}

impl CodeAdvice {
    const fn new(
        subject: &'static str,
        codes: &'static [&'static str],
        meaning: &'static str,
        advice: &'static str,
    ) -> Self {
        Self { subject, codes, meaning, advice }
    }

    fn covers(&self, code: &str) -> bool {
        self.codes.iter().any(|known| match known.strip_suffix('*') {
            Some(prefix) => code.starts_with(prefix),
            None => code == *known,
        })
    }
}

/// The codes that users meet, in the order in which they are looked up.
pub const CODES: &[CodeAdvice] = &[
    CodeAdvice::new(
        "throttling",
        &["Throttling*", "Rejected.Throttling*", "429"],
        "more calls per second than the quota of the account or the instance allows",
        "lower the rate, for example with `quota::QuotaLayer`; cache secrets and data keys; raise \
         the quota",
    ),
    CodeAdvice::new(
        "clock",
        &["IllegalTimestamp", "InvalidTimeStamp.Expired", "RequestTimeTooSkewed"],
        "the request's date is more than 15 minutes off the gateway's clock",
        "synchronise the machine's clock, for example by NTP; if the answer had the \
         gateway's clock, the client has already repeated the call by it once",
    ),
    CodeAdvice::new(
        "signature",
        &["SignatureDoesNotMatch*", "SignatureNotMatch", "IncompleteSignature"],
        "the signature does not belong to the request",
        "check the secret of the access key, or that the client key is the one of this instance; \
         let no layer below signing and no proxy change the request",
    ),
    CodeAdvice::new(
        "signature",
        &["SignatureNonceUsed"],
        "the gateway has seen a request with this nonce",
        "an earlier copy of the request arrived: call again only if a second execution does no \
         harm; a nonce source of your own must never repeat a value",
    ),
    CodeAdvice::new(
        "credential",
        &["InvalidAccessKeyId*", "Unauthorized", "InvalidBearerToken"],
        "the gateway does not accept the access key, the token or the client key",
        "check that it exists, is enabled and belongs to this account or instance; client keys \
         open only the instance that they were created for",
    ),
    CodeAdvice::new(
        "credential",
        &["InvalidSecurityToken*", "MissingSecurityToken"],
        "the STS token expired, or does not belong to the access key",
        "use a provider that renews its credential, for example `credential::DefaultChain`, in \
         place of a fixed `Credential::sts`",
    ),
    CodeAdvice::new(
        "permission",
        &["Forbidden.NoPermission", "NoPermission", "Forbidden.RAM*"],
        "the caller's policies do not allow the action on this key or secret",
        "allow it in the RAM policy of the caller, the access point's policy of the client key, or \
         the policy of the key; `access_denied_detail()` names the policy that decided",
    ),
    CodeAdvice::new(
        "not found",
        &["Forbidden.KeyNotFound", "Forbidden.AliasNotFound", "Forbidden.KeyVersionNotFound"],
        "there is no such key, alias or version in this region or instance",
        "check the id and the region; a key of an instance is reached through that instance, keys \
         of the shared gateway with `use_shared_gateway(true)`",
    ),
    CodeAdvice::new(
        "not found",
        &["Forbidden.ResourceNotFound", "Certificate.NotFound"],
        "there is no such secret, version or certificate in this region or instance",
        "check the name, the version and the region; a deleted secret can be restored until its \
         recovery window ends",
    ),
    CodeAdvice::new(
        "key state",
        &["Rejected.Disabled"],
        "the key is disabled",
        "enable it with `EnableKey`, or use another key; decryption needs the key that encrypted",
    ),
    CodeAdvice::new(
        "key state",
        &["Rejected.PendingDeletion", "Rejected.StateModifiedFailed"],
        "the key or secret is in a state that does not allow this, such as waiting for deletion",
        "cancel the deletion with `CancelKeyDeletion` or `RestoreSecret` while its window lasts",
    ),
    CodeAdvice::new(
        "key state",
        &["Rejected.PendingImport"],
        "the key has no key material yet, or its material expired",
        "import it with `GetParametersForImport` and `ImportKeyMaterial`",
    ),
    CodeAdvice::new(
        "key state",
        &["Rejected.DeletionProtection"],
        "the key is protected against deletion",
        "lift the protection with `SetDeletionProtection` if the key is to be deleted",
    ),
    CodeAdvice::new(
        "quota",
        &["Rejected.LimitExceeded"],
        "the account or the instance holds as many of these as its quota allows",
        "delete what is not used, or raise the quota",
    ),
    CodeAdvice::new(
        "conflict",
        &["Rejected.ResourceExist", "Rejected.ResourceInDeleting*"],
        "the name is taken, by something that may be waiting for its deletion",
        "choose another name, or restore the resource that has it",
    ),
    CodeAdvice::new(
        "operation",
        &["UnsupportedOperation", "Rejected.UnsupportedOperation", "Unsupported*"],
        "the key's spec, usage or origin does not allow this action",
        "use a key of another spec or usage; `DescribeKey` shows both",
    ),
    CodeAdvice::new(
        "endpoint",
        &["InvalidAction*", "InvalidVersion", "InvalidApiName", "InvalidApiVersion"],
        "the gateway does not have this action",
        "check the endpoint: an instance serves only some actions, the shared gateway of the \
         region all others",
    ),
    CodeAdvice::new(
        "parameter",
        &["MissingParameter", "InvalidParameter*", "InvalidParam"],
        "a parameter is missing or out of its range",
        "the message names the parameter; the action's page in the documentation has its range",
    ),
    CodeAdvice::new(
        "service fault",
        SERVER_FAULTS,
        "the service failed, and may have acted on the request",
        "call again later; if the call must not happen twice, first check whether it took effect; \
         if the failure persists, report the request id",
    ),
];

/// What a kind of error means and what to do about it, for errors without a code of [`CODES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct KindAdvice {
    /// The kind.
    pub kind: ErrorKind,
    /// What happened, as a sentence without a full stop.
    pub meaning: &'static str,
    /// What to do, as a sentence without a full stop; `None` if that depends on the service's code.
    pub advice: Option<&'static str>,
}

impl KindAdvice {
    const fn new(kind: ErrorKind, meaning: &'static str, advice: &'static str) -> Self {
        Self { kind, meaning, advice: Some(advice) }
    }
}

/// All kinds.
pub const KINDS: &[KindAdvice] = &[
    KindAdvice::new(
        ErrorKind::Config,
        "a setting of the client or the call is missing or wrong",
        "correct the setting that the message names",
    ),
    KindAdvice::new(
        ErrorKind::Credential,
        "no provider has a credential, or a provider failed",
        "give the credential that the message names; `kms credentials` shows what each provider of \
         the chain answers",
    ),
    KindAdvice::new(
        ErrorKind::ClientKey,
        "the client key cannot be read or opened",
        "check that the file is the client key as it was downloaded, and the password the one that \
         was shown with it",
    ),
    KindAdvice::new(
        ErrorKind::Route,
        "no gateway of the client serves the action",
        "configure the gateway that the message names",
    ),
    KindAdvice::new(
        ErrorKind::Encode,
        "a parameter is missing, wrong, or cannot be written in the charset or the dialect",
        "correct the parameter that the message names",
    ),
    KindAdvice::new(
        ErrorKind::Sign,
        "the request cannot be signed",
        "check the credential; the error of a signer of your own is the source",
    ),
    KindAdvice::new(
        ErrorKind::Connect,
        "there is no connection: the name is not found, or the gateway or the proxy refuses",
        "check the endpoint, the network and the proxy; an instance is reached only from its VPC",
    ),
    KindAdvice::new(
        ErrorKind::Tls,
        "the TLS handshake failed",
        "repair what the message names; for an unknown CA, give that of the instance, or of the \
         local gateway, with `TlsOptions::ca_file`; the shared gateway needs the system's roots, or \
         `webpki_roots()`; a port that does not speak TLS needs an endpoint that begins with \
         `http://`",
    ),
    KindAdvice::new(
        ErrorKind::Timeout,
        "a time limit ran out",
        "`time_limit()` says which: raise it, or find what is slow; after `Outcome::Unknown` check \
         whether the service acted",
    ),
    KindAdvice::new(
        ErrorKind::Transport,
        "the connection broke while the request or the response was on its way",
        "call again if that is harmless; after `Outcome::Unknown` check whether the service acted",
    ),
    KindAdvice::new(
        ErrorKind::Decode,
        "the gateway answered with success, but not with a response of this action",
        "check what answers at the endpoint: it may be a proxy or another service; a text in \
         another charset needs `charset(..)`",
    ),
    KindAdvice {
        kind: ErrorKind::Service,
        meaning: "the gateway answered with an error",
        advice: None,
    },
    KindAdvice::new(
        ErrorKind::Layer,
        "a layer that was added to the stack refused or failed the call",
        "see the layer's own error, which is shown with it and is its source",
    ),
    KindAdvice::new(
        ErrorKind::Envelope,
        "an envelope cannot be made or opened: damaged, of another context, key or version",
        "check that the data is complete, and that the context and the keys are those of its \
         encryption",
    ),
    KindAdvice::new(
        ErrorKind::Io,
        "a reader or writer that the caller passed has failed",
        "see its error, which is the source",
    ),
];

impl ErrorKind {
    /// Returns what to do about errors of this kind, for people to read, or `None` if that depends
    /// on the service's code.
    ///
    /// [`Error::advice`] is more precise.
    pub fn advice(self) -> Option<&'static str> {
        KINDS.iter().find(|row| row.kind == self)?.advice
    }
}

impl Error {
    /// Returns what to do about this error, for people to read: by the service's code if it is one
    /// that users meet, else by the error's kind.
    ///
    /// The text is fixed and contains no data of the call. The error's `Display` names the cause.
    /// All advice is in the page [errors and what to
    /// do](https://github.com/alibabacloud-kms/alibabacloud-kms-rs/blob/main/docs/errors.md).
    ///
    /// ```
    /// use alibabacloud_kms_middleware::{Error, ServiceError};
    ///
    /// let error = Error::from_service(ServiceError::new("Rejected.Disabled", "key is disabled"));
    /// assert!(error.advice().is_some_and(|advice| advice.starts_with("enable it")));
    /// ```
    pub fn advice(&self) -> Option<&'static str> {
        let by_code = self.code().and_then(|code| CODES.iter().find(|row| row.covers(code)));
        match by_code {
            Some(row) => Some(row.advice),
            None => self.kind().advice(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ServiceError;

    #[test]
    fn a_code_decides_before_the_kind() {
        let refused = Error::refused("MissingParameter", "The parameter KeyId needed.");
        assert_eq!(refused.kind(), ErrorKind::Encode);
        assert!(refused.advice().is_some_and(|advice| advice.contains("names the parameter")));
    }

    #[test]
    fn an_unknown_code_has_the_advice_of_its_kind() {
        assert_eq!(Error::from_service(ServiceError::new("Unheard.Of", "m")).advice(), None);
        let other = Error::refused("Unheard.Of", "m");
        assert_eq!(other.advice(), ErrorKind::Encode.advice());
    }

    #[test]
    fn every_code_is_found_in_its_own_row() {
        for row in CODES {
            for code in row.codes {
                let example = code.replace('*', ".User");
                let found = CODES.iter().find(|row| row.covers(&example));
                assert_eq!(found, Some(row), "{code}");
            }
        }
    }

    #[test]
    fn a_code_without_a_star_is_the_whole_code() {
        let odd = Error::from_service(ServiceError::new("Rejected.DisabledToday", "m"));
        assert_eq!(odd.advice(), None);
    }
}
