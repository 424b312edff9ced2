//! What surrounds a process, as providers see it.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::http::{Request, Response};
use bytes::Bytes;
use http_body::Body as HttpBody;
use tower::Service;

use super::http::{Http, Lookup};
use crate::middleware::retry::Backoff;
use crate::{Body, BoxError, Clock, Error, ErrorKind, Nonce, SecretString};

/// Variables, clock, chance and HTTP: all that providers know of the world, but for the files that a
/// variable or a setting names. Cheap to clone.
///
/// ```
/// use alibabacloud_kms::credential::{Environment, ProvideCredential, Variables};
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), alibabacloud_kms::Error> {
/// let environment = Environment::of_variables(|name| match name {
///     "ALIBABA_CLOUD_ACCESS_KEY_ID" => Some("id".into()),
///     "ALIBABA_CLOUD_ACCESS_KEY_SECRET" => Some("secret".into()),
///     _ => None,
/// });
/// let credential = Variables::new(&environment).provide().await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Environment {
    variables: Arc<Lookup>,
    http: Http,
    clock: Clock,
    nonce: Nonce,
    random: Option<Arc<dyn Fn() -> f64 + Send + Sync>>,
}

impl Environment {
    /// The process's own. Makes no connection and needs no runtime.
    pub fn process() -> Self {
        Self::of_variables(|name| std::env::var_os(name))
    }

    /// These variables, and everything else as the process has it.
    ///
    /// `HOME` (`USERPROFILE` on Windows) is one of them: files of the user are looked for there.
    pub fn of_variables(
        variables: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static,
    ) -> Self {
        let variables: Arc<Lookup> = Arc::new(variables);
        Self {
            http: Http::network(Arc::clone(&variables)),
            variables,
            clock: Clock::default(),
            nonce: Nonce::default(),
            random: None,
        }
    }

    /// Sends requests through this service instead of the network, such as a
    /// [`Transport`](crate::middleware::transport::Transport) with CAs of your own.
    #[must_use]
    pub fn with_http<S, B>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.http = Http::of(service);
        self
    }

    /// Tells by this clock what has expired, and dates signatures by it.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Takes signature nonces from this source.
    #[must_use]
    pub fn with_nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = nonce;
        self
    }

    /// Takes the jitter of refreshes and waits, from 0 to 1, from this source.
    #[must_use]
    pub fn with_random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.random = Some(Arc::new(random));
        self
    }

    /// A variable; an empty one is as unset.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: it is not UTF-8.
    pub fn variable(&self, name: &str) -> Result<Option<String>, Error> {
        match (self.variables)(name).filter(|value| !value.is_empty()) {
            None => Ok(None),
            Some(value) => value.into_string().map(Some).map_err(|_| {
                Error::new(ErrorKind::Credential, format!("the variable {name} is not UTF-8"))
            }),
        }
    }

    /// A variable that holds a secret.
    ///
    /// # Errors
    ///
    /// As those of [`variable`](Self::variable).
    pub fn secret(&self, name: &str) -> Result<Option<SecretString>, Error> {
        Ok(self.variable(name)?.map(SecretString::from))
    }

    /// Whether a variable is `true`, in capitals or not, as the official SDKs read their switches.
    pub fn is_true(&self, name: &str) -> bool {
        (self.variables)(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// The user's home directory.
    pub fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        (self.variables)(name).filter(|path| !path.is_empty()).map(PathBuf::from)
    }

    /// The clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// The source of nonces.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    pub(super) fn http(&self) -> &Http {
        &self.http
    }

    /// Waits of a random length, up to a bound that doubles.
    pub(super) fn backoff(&self, base: Duration, max: Duration) -> Backoff {
        let backoff = Backoff::new(base, max);
        match self.random.clone() {
            Some(random) => backoff.random(move || random()),
            None => backoff,
        }
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Environment")
    }
}

/// The error of a variable whose value cannot be used.
pub(super) fn wrong_variable(name: &str, error: Error) -> Error {
    Error::new(ErrorKind::Credential, format!("the variable {name} is wrong")).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_variable_is_as_unset_and_switches_are_read_in_any_case() {
        let environment = Environment::of_variables(|name| match name {
            "EMPTY" | "HOME" | "USERPROFILE" => Some(OsString::new()),
            "SET" => Some("value".into()),
            "ON" => Some("True".into()),
            "OFF" => Some("1".into()),
            _ => None,
        });
        let variable = |name| environment.variable(name).expect("UTF-8");
        assert_eq!(variable("SET").as_deref(), Some("value"));
        assert_eq!((variable("EMPTY"), variable("UNSET")), (None, None));
        assert!(environment.is_true("ON"));
        assert!(!environment.is_true("OFF") && !environment.is_true("UNSET"));
        assert_eq!(environment.home(), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_an_error_that_names_it_and_not_its_value() {
        use std::os::unix::ffi::OsStringExt as _;

        let environment =
            Environment::of_variables(|_| Some(OsString::from_vec(b"canary\xff".to_vec())));
        let error = environment.variable("NAME").expect_err("no UTF-8");
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.to_string().contains("NAME") && !format!("{error:?}").contains("canary"));
    }
}
