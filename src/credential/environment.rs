//! The environment of a process, as providers see it.

use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use alibabacloud_kms_middleware::__private::looks_like_a_path;
use bytes::Bytes;
use http::{Request, Response};
use http_body::Body as HttpBody;
use tower::Service;

use super::file;
use super::http_client::{HttpClient, Lookup};
use crate::middleware::retry::Backoff;
use crate::trimmed::{Unusable, key, trimmed};
use crate::{Body, BoxError, Clock, Error, ErrorKind, ExposeSecret as _, Nonce, SecretString};

/// The surroundings of providers: environment variables, the clock, random numbers and the HTTP
/// client. Files are the only thing that providers read without it. Cheap to clone.
///
/// ```
/// use alibabacloud_kms::credential::{Environment, Variables};
/// use alibabacloud_kms::ProvideCredential;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), alibabacloud_kms::Error> {
/// let environment = Environment::from_variables(|name| match name {
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
    http: HttpClient,
    clock: Clock,
    nonce: Nonce,
    random: Option<Arc<dyn Fn() -> f64 + Send + Sync>>,
}

impl Environment {
    /// Returns the process's environment. Makes no connection and needs no runtime.
    pub fn from_process() -> Self {
        Self::from_variables(|name| std::env::var_os(name))
    }

    /// Returns an environment with these variables, and everything else from the process.
    ///
    /// The user's files are looked for in `HOME` (`USERPROFILE` on Windows), which is one of these
    /// variables.
    pub fn from_variables(
        variables: impl Fn(&str) -> Option<OsString> + Send + Sync + 'static,
    ) -> Self {
        let variables: Arc<Lookup> = Arc::new(variables);
        Self {
            http: HttpClient::network(Arc::clone(&variables)),
            variables,
            clock: Clock::default(),
            nonce: Nonce::default(),
            random: None,
        }
    }

    /// Returns an environment that sends requests through this service instead of the network, such
    /// as a [`Transport`](crate::transport::Transport) with CAs of your own.
    #[must_use]
    pub fn with_http<S, B>(mut self, service: S) -> Self
    where
        S: Service<Request<Body>, Response = Response<B>> + Clone + Send + Sync + 'static,
        S::Error: Into<BoxError>,
        S::Future: Send + 'static,
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        self.http = HttpClient::new(service);
        self
    }

    /// Returns an environment with this clock, which decides what has expired and dates signatures.
    #[must_use]
    pub fn with_clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Returns an environment with this source of signature nonces.
    #[must_use]
    pub fn with_nonce(mut self, nonce: Nonce) -> Self {
        self.nonce = nonce;
        self
    }

    /// Returns an environment with this source of jitter for refreshes and pauses: numbers from 0
    /// to 1.
    #[must_use]
    pub fn with_random(mut self, random: impl Fn() -> f64 + Send + Sync + 'static) -> Self {
        self.random = Some(Arc::new(random));
        self
    }

    /// Returns a variable, or `None` if it is unset or empty.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Credential`]: the value is not UTF-8.
    pub fn variable(&self, name: &str) -> Result<Option<String>, Error> {
        match (self.variables)(name).filter(|value| !value.is_empty()) {
            None => Ok(None),
            Some(value) => value.into_string().map(Some).map_err(|_| {
                Error::new(ErrorKind::Credential, format!("the variable {name} is not UTF-8"))
            }),
        }
    }

    /// Returns a variable that holds a secret, or `None` if it is unset or empty.
    ///
    /// # Errors
    ///
    /// Those of [`variable`](Self::variable).
    pub fn secret(&self, name: &str) -> Result<Option<SecretString>, Error> {
        Ok(self.variable(name)?.map(SecretString::from))
    }

    /// Returns a variable that holds a key or token, without the white space and quotes around it.
    pub(super) fn key(&self, name: &str) -> Result<Option<SecretString>, Error> {
        let unusable = |error: Error| {
            error.with_source(Unusable::new("a key or a token has only visible ASCII"))
        };
        let Some(value) = self.secret(name).map_err(unusable)? else { return Ok(None) };
        Ok(key(value.expose_secret(), name)?.map(SecretString::from))
    }

    /// Returns a variable that holds a name or an ARN, without the white space and quotes around
    /// it.
    pub(super) fn word(&self, name: &str) -> Result<Option<String>, Error> {
        let value = self.variable(name)?;
        let word = value.as_deref().map(trimmed).filter(|word| !word.is_empty());
        Ok(word.map(str::to_owned))
    }

    /// Returns a variable that holds the path of a file. White space and quotes alone are no path.
    pub(super) fn path(&self, name: &str) -> Result<Option<PathBuf>, Error> {
        let is_blank =
            |value: &OsString| value.to_str().is_some_and(|text| trimmed(text).is_empty());
        (self.variables)(name)
            .filter(|value| !is_blank(value))
            .map(|value| file::path(&value, &format!("the variable {name}")))
            .transpose()
    }

    /// Returns `true` if a variable is `true`, in upper or lower case, as the official SDKs read
    /// their switches.
    pub fn is_true(&self, name: &str) -> bool {
        let value = (self.variables)(name).and_then(|value| value.into_string().ok());
        value.is_some_and(|value| trimmed(&value).eq_ignore_ascii_case("true"))
    }

    /// Returns the user's home directory, if the variable holds an absolute path.
    pub fn home(&self) -> Option<PathBuf> {
        let name = if cfg!(windows) { "USERPROFILE" } else { "HOME" };
        let home = (self.variables)(name).filter(|path| !path.is_empty()).map(PathBuf::from);
        home.filter(|path| path.is_absolute() && looks_like_a_path(path))
    }

    /// Returns the clock.
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Returns the source of nonces.
    pub fn nonce(&self) -> &Nonce {
        &self.nonce
    }

    pub(super) fn http(&self) -> &HttpClient {
        &self.http
    }

    /// Returns pauses of a random length, up to a bound that doubles.
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

/// Returns the error of a variable whose value cannot be used.
pub(super) fn wrong_variable(name: &str, error: Error) -> Error {
    Error::new(ErrorKind::Credential, format!("the variable {name} is wrong")).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::credential::CredentialsUri;
    use crate::credential::link::Link as _;

    #[test]
    fn an_empty_variable_is_as_unset_and_switches_are_read_in_any_case() {
        let environment = Environment::from_variables(|name| match name {
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

    #[test]
    fn white_space_and_quotes_alone_are_as_unset() {
        for value in ["", " ", "\"\"", "' '\n"] {
            let environment = Environment::from_variables(move |_| Some(value.into()));
            assert_eq!(environment.path("NAME").expect("no error"), None, "{value:?}");
            assert_eq!(environment.word("NAME").expect("no error"), None, "{value:?}");
            assert!(environment.key("NAME").expect("no error").is_none(), "{value:?}");
            let uri = CredentialsUri::from_environment(&environment).cached();
            assert!(uri.not_applicable().is_some(), "{value:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_variable_that_is_no_text_is_an_error_that_names_it_and_not_its_value() {
        use std::os::unix::ffi::OsStringExt as _;

        let environment =
            Environment::from_variables(|_| Some(OsString::from_vec(b"canary\xff".to_vec())));
        let error = environment.variable("NAME").expect_err("no UTF-8");
        assert_eq!(error.kind(), ErrorKind::Credential);
        assert!(error.to_string().contains("NAME") && !format!("{error:?}").contains("canary"));
    }
}
