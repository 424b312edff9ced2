//! Proxies from the environment, in the variables that curl and the official clients read.

use std::ffi::OsString;

use super::no_proxy::NoProxy;
use super::{Proxy, ProxyOptions};
use crate::error::{Error, ErrorKind};

impl ProxyOptions {
    /// The proxies of the process's environment: `HTTPS_PROXY` and `HTTP_PROXY`, else `ALL_PROXY`,
    /// without those of `NO_PROXY`; each in upper case, else in lower case. An empty value is as unset.
    ///
    /// Beyond `NO_PROXY`, this machine itself is connected to directly. `HTTP_PROXY` is not read where
    /// `REQUEST_METHOD` is set: there, a client of a CGI program sets it by the header `Proxy`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: a variable is not a proxy's URL or not a list; the message names it.
    pub fn from_env() -> Result<Self, Error> {
        Self::from_variables(|name| std::env::var_os(name))
    }

    /// The proxies of these variables, as [`from_env`](Self::from_env) reads the process's.
    ///
    /// # Errors
    ///
    /// As [`from_env`](Self::from_env).
    pub fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Result<Self, Error> {
        let first = |names: &[&'static str]| {
            let set = names.iter().filter_map(|name| {
                let value = variable(name).filter(|value| !value.is_empty())?;
                Some((*name, value))
            });
            let text = |(name, value): (&'static str, OsString)| match value.into_string() {
                Ok(text) => Ok((name, text)),
                Err(_) => Err(Error::new(ErrorKind::Config, format!("{name} is not Unicode"))),
            };
            set.map(text).next().transpose()
        };
        let proxy = |names: &[&'static str]| match first(names)? {
            Some((name, url)) => Proxy::parse(&url, name).map(Some),
            None => Ok(None),
        };
        let all = proxy(&["ALL_PROXY", "all_proxy"])?;
        let http: &[&str] = match variable("REQUEST_METHOD") {
            None => &["HTTP_PROXY", "http_proxy"],
            Some(_) => &["http_proxy"],
        };
        let no_proxy = match first(&["NO_PROXY", "no_proxy"])? {
            Some((name, list)) => NoProxy::parse(&list, name)?,
            None => NoProxy::default(),
        };
        Ok(Self {
            http: proxy(http)?.or_else(|| all.clone()),
            https: proxy(&["HTTPS_PROXY", "https_proxy"])?.or(all),
            no_proxy: no_proxy.and_loopback(),
            tls: None,
        })
    }
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;

    fn of(variables: &[(&str, &str)]) -> Result<ProxyOptions, Error> {
        ProxyOptions::from_variables(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    /// The proxies on the way to a host by http and by https.
    fn proxies(variables: &[(&str, &str)]) -> [Option<String>; 2] {
        let options = of(variables).expect("proxies");
        ["http://kms.example.com/", "https://kms.example.com/"].map(|target| {
            options.on_the_way_to(&Uri::from_static(target)).map(|proxy| format!("{proxy:?}"))
        })
    }

    #[test]
    fn each_scheme_has_its_variable_in_both_cases_and_all_is_for_the_rest() {
        let a = || Some("http://a:80".to_owned());
        let b = || Some("http://b:80".to_owned());
        assert_eq!(proxies(&[]), [None, None]);
        assert_eq!(proxies(&[("HTTP_PROXY", "a")]), [a(), None]);
        assert_eq!(proxies(&[("https_proxy", "a")]), [None, a()]);
        assert_eq!(proxies(&[("all_proxy", "a")]), [a(), a()]);
        assert_eq!(proxies(&[("ALL_PROXY", "a"), ("HTTPS_PROXY", "b")]), [a(), b()]);
        assert_eq!(proxies(&[("HTTPS_PROXY", "a"), ("https_proxy", "b")]), [None, a()]);
        assert_eq!(proxies(&[("HTTPS_PROXY", ""), ("https_proxy", "b")]), [None, b()]);
    }

    #[test]
    fn the_list_is_read_in_both_cases() {
        for name in ["NO_PROXY", "no_proxy"] {
            assert_eq!(proxies(&[("ALL_PROXY", "a"), (name, "example.com")]), [None, None]);
        }
    }

    #[test]
    fn this_machine_needs_no_entry() {
        let options = of(&[("ALL_PROXY", "a")]).expect("proxies");
        let local = Uri::from_static("https://127.0.0.1:8443/");
        assert!(options.on_the_way_to(&local).is_none());
    }

    #[test]
    fn in_a_cgi_program_the_variable_of_the_request_header_is_not_read() {
        let variables = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil")];
        assert_eq!(proxies(&variables), [None, None]);
    }

    #[test]
    fn a_variable_that_is_wrong_is_named() {
        for (name, value) in [("HTTPS_PROXY", "ftp://x"), ("no_proxy", "a:b")] {
            let error = of(&[(name, value)]).expect_err(value);
            assert_eq!(error.kind(), ErrorKind::Config);
            assert!(error.to_string().contains(name), "{error}");
        }
    }
}
