use std::error::Error as _;

use super::*;

#[test]
fn display_is_one_sentence_and_the_cause_is_the_source() {
    let error = Error::new(ErrorKind::Connect, "no connection to 127.0.0.1:1")
        .with_source(std::io::Error::other("refused"));
    assert_eq!(error.to_string(), "no connection to 127.0.0.1:1");
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("refused"));
}

#[test]
fn a_layers_error_is_found_again_in_its_box() {
    let boxed: BoxError = Box::new(Error::new(ErrorKind::Route, "nowhere"));
    assert_eq!(Error::from_boxed(boxed).kind(), ErrorKind::Route);
    let foreign: BoxError = "overloaded".into();
    let error = Error::from_boxed(foreign);
    assert_eq!(error.kind(), ErrorKind::Layer);
    assert_eq!(error.source().map(ToString::to_string).as_deref(), Some("overloaded"));
    assert_eq!(error.to_string(), "a layer of the client's stack failed the call: overloaded");
    assert_eq!(format!("{error:#}"), error.to_string());
}

/// Like `tower`'s `Buffer`: every caller gets a handle of the one error.
#[derive(Debug, Clone)]
struct Shared(Arc<BoxError>);

impl fmt::Display for Shared {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("buffered service failed")
    }
}

impl std::error::Error for Shared {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&**self.0)
    }
}

#[test]
fn an_error_behind_wrappers_is_found_whole() {
    let service = ServiceError::new("Throttling", "slow").with_request_id("id");
    let ours = Error::from_service(service)
        .with_source(std::io::Error::other("cause"))
        .with_gateway(Gateway::Instance)
        .with_attempts(2)
        .with_idempotent(true)
        .with_retry_after(Some(Duration::from_secs(1)));
    let expected = format!("{ours:?}");
    let shared = Shared(Arc::new(ours.into()));
    let nested = std::io::Error::other(Shared(Arc::new(shared.clone().into())));
    for wrapped in [BoxError::from(shared), nested.into()] {
        let found = Error::from_boxed(wrapped);
        assert_eq!(format!("{found:?}"), expected);
        assert!(found.is_throttled() && found.is_retryable());
        let cause = found.source().map(ToString::to_string);
        assert_eq!(cause.as_deref(), Some("cause"));
    }
}

#[test]
fn a_wrapper_of_nothing_of_ours_is_a_layers_error_with_it_as_cause() {
    let cause: BoxError = "overloaded".into();
    let error = Error::from_boxed(Shared(Arc::new(cause)).into());
    assert_eq!(error.kind(), ErrorKind::Layer);
    assert_eq!(error.outcome(), Outcome::Unknown);
    assert!(error.source().is_some_and(|source| source.is::<Shared>()));
    let shown =
        "a layer of the client's stack failed the call: buffered service failed: overloaded";
    assert_eq!(error.to_string(), shown);
}

#[test]
fn what_is_not_found_is_not_confused_with_a_credential_or_an_action_that_is_not() {
    let is_not_found = |code: &str| Error::from_service(ServiceError::new(code, "")).is_not_found();
    for entry in advice::CODES {
        let is_about_it = entry.subject == "not found";
        for code in entry.codes {
            assert_eq!(is_not_found(code), is_about_it, "{code}");
        }
    }
    for code in ["InvalidAccessKeyId.NotFound", "InvalidAction.NotFound", "NotFound", "404"] {
        assert!(!is_not_found(code), "{code}");
    }
}

#[test]
fn refusals_carry_the_services_words() {
    let error = Error::missing_parameter("KeyId");
    assert_eq!(error.code(), Some("MissingParameter"));
    assert_eq!(error.outcome(), Outcome::NotSent);
    assert_eq!(error.status(), None);
}
