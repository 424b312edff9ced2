//! Proxies from the environment, in the variables that curl and the official clients read.
//!
//! All programs of a machine share these variables, so an invalid one is an error only if a
//! connection needs it.

use std::ffi::OsString;
use std::sync::Once;

use super::no_proxy::NoProxy;
use super::url::Fault;
use super::{Choice, Proxy, ProxyOptions};
use crate::trimmed::trimmed;

impl ProxyOptions {
    /// Returns the proxies of the process's environment: `HTTPS_PROXY` and `HTTP_PROXY`, else
    /// `ALL_PROXY`, with the exceptions of `NO_PROXY`. Each is read in upper case, else in lower
    /// case, without the white space and quotes around it, and an empty value counts as unset.
    ///
    /// `localhost` and loopback addresses are always connected to directly, whatever `NO_PROXY`
    /// contains. `HTTP_PROXY` is ignored if `REQUEST_METHOD` is set: in a CGI program, a client can
    /// set it with the header `Proxy`.
    ///
    /// Other programs share these variables. An entry of `NO_PROXY` that
    /// [`no_proxy`](Self::no_proxy) would not accept is ignored, with a warning that names the
    /// variable. A variable that is not the URL of a proxy makes [`proxy_for`](Self::proxy_for)
    /// fail, and so affects only the connections that need it.
    pub fn from_env() -> Self {
        Self::from_variables(|name| std::env::var_os(name))
    }

    /// Returns the proxies of these variables, read as in [`from_env`](Self::from_env).
    pub fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let first = |names: &[&'static str]| {
            names.iter().find_map(|name| {
                let value = variable(name)?;
                (!trimmed(&value.to_string_lossy()).is_empty()).then_some((*name, value))
            })
        };
        let proxy = |names: &[&'static str]| {
            let (variable, url) = first(names)?;
            let proxy = url.to_str().ok_or(Fault::NotUtf8).and_then(Proxy::parse);
            let unusable = |fault| Choice::Unusable { variable, fault };
            Some(proxy.map_or_else(unusable, Choice::Via))
        };
        let all = || proxy(&["ALL_PROXY", "all_proxy"]).unwrap_or_default();
        let http: &[&str] = match variable("REQUEST_METHOD") {
            None => &["HTTP_PROXY", "http_proxy"],
            Some(_) => &["http_proxy"],
        };
        let http = proxy(http).unwrap_or_else(all);
        let https = proxy(&["HTTPS_PROXY", "https_proxy"]).unwrap_or_else(all);
        let is_direct = http == Choice::Direct && https == Choice::Direct;
        let (no_proxy, passed_over_in) = match first(&["NO_PROXY", "no_proxy"]) {
            Some((name, list)) if !is_direct => {
                let (list, passed_over) = NoProxy::parse_known(&list.to_string_lossy());
                (list, (passed_over > 0).then_some(name))
            }
            _ => (NoProxy::default(), None),
        };
        if let Some(name) = passed_over_in {
            warn_of(name);
        }
        Self { http, https, no_proxy: no_proxy.and_loopback(), passed_over_in, tls: None }
    }
}

/// Warns once per process: the transport of each gateway and credential reads the variable.
fn warn_of(name: &str) {
    static UPPER: Once = Once::new();
    static LOWER: Once = Once::new();
    let once = if name == "NO_PROXY" { &UPPER } else { &LOWER };
    once.call_once(|| {
        tracing::warn!(
            "{name} has invalid entries, which are ignored: expected hosts, \
             addresses, networks such as 10.0.0.0/8, or `*`"
        );
    });
}

#[cfg(test)]
mod tests {
    use http::Uri;

    use super::*;
    use crate::error::ErrorKind;
    use crate::options::passed_over_in;

    fn of(variables: &[(&str, &str)]) -> ProxyOptions {
        ProxyOptions::from_variables(|name| {
            let found = variables.iter().find(|(known, _)| *known == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    /// Returns the proxies for connections to a host over http and https.
    fn proxies(variables: &[(&str, &str)]) -> [Option<String>; 2] {
        let options = of(variables);
        ["http://kms.example.com/", "https://kms.example.com/"].map(|target| {
            let proxy = options.proxy_for(&Uri::from_static(target)).expect("usable");
            proxy.map(|proxy| format!("{proxy:?}"))
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
    fn what_is_around_a_value_is_taken_off_and_nothing_else_counts_as_unset() {
        let a = || Some("http://a:80".to_owned());
        for given in [" http://a ", "\"http://a\"", "'a'\r\n", "\" http://a/ \""] {
            assert_eq!(proxies(&[("ALL_PROXY", given)]), [a(), a()], "{given:?}");
        }
        for nothing in ["", " ", "\"\"", "''\n"] {
            let variables = [("ALL_PROXY", nothing), ("all_proxy", "a")];
            assert_eq!(proxies(&variables), [a(), a()], "{nothing:?}");
            let variables = [("ALL_PROXY", "a"), ("NO_PROXY", nothing), ("no_proxy", "*")];
            assert_eq!(proxies(&variables), [None, None], "{nothing:?}");
        }
        for list in ["\"example.com\"", " 'a.invalid, example.com' "] {
            assert_eq!(proxies(&[("ALL_PROXY", "a"), ("NO_PROXY", list)]), [None, None], "{list}");
        }
    }

    #[test]
    fn the_list_is_read_in_both_cases() {
        for name in ["NO_PROXY", "no_proxy"] {
            assert_eq!(proxies(&[("ALL_PROXY", "a"), (name, "example.com")]), [None, None]);
        }
    }

    #[test]
    fn this_machine_needs_no_entry() {
        for proxy in ["a", "not a proxy"] {
            let options = of(&[("ALL_PROXY", proxy)]);
            for local in ["https://127.0.0.1:8443/", "http://localhost/", "https://[::1]/"] {
                let direct = options.proxy_for(&Uri::from_static(local)).expect("usable");
                assert_eq!(direct.map(ToString::to_string), None, "{local}");
            }
        }
    }

    #[test]
    fn in_a_cgi_program_the_variable_of_the_request_header_is_not_read() {
        let variables = [("REQUEST_METHOD", "GET"), ("HTTP_PROXY", "evil")];
        assert_eq!(proxies(&variables), [None, None]);
    }

    #[test]
    fn a_variable_that_is_wrong_is_an_error_where_it_is_needed_and_names_it() {
        let [http, https] = ["http://kms.example.com/", "https://kms.example.com/"];
        for (variables, wrong, right) in [
            (&[("HTTPS_PROXY", "ftp://canary")][..], https, http),
            (&[("http_proxy", "socks4://canary")], http, https),
            (&[("ALL_PROXY", "socks4://canary"), ("HTTP_PROXY", "a")], https, http),
            (&[("all_proxy", "canary:99999"), ("HTTPS_PROXY", "a")], http, https),
        ] {
            let options = of(variables);
            options.proxy_for(&Uri::from_static(right)).expect(right);
            let error = options.proxy_for(&Uri::from_static(wrong)).expect_err(wrong);
            assert_eq!(error.kind(), ErrorKind::Config);
            let shown = format!("{error} {error:?} {options:?}");
            assert!(shown.contains(variables[0].0) && !shown.contains("canary"), "{shown}");
        }
        let unused = [("ALL_PROXY", "socks4://x"), ("HTTP_PROXY", "a"), ("HTTPS_PROXY", "b")];
        assert_eq!(proxies(&unused), [Some("http://a:80".into()), Some("http://b:80".into())]);
        let past = [("ALL_PROXY", "socks4://x"), ("NO_PROXY", "example.com")];
        assert_eq!(proxies(&past), [None, None]);
    }

    #[test]
    fn entries_of_no_proxy_that_are_not_understood_are_passed_over() {
        for odd in [
            "10.*",
            "<local>",
            "*.foo.*",
            "localhost;127.0.0.1",
            "münchen.de",
            "host/24",
            "a:b",
            "http://x",
            "[::1",
            "10.0.0.0/33",
            "\"quoted\"",
            "a=b",
            "\u{a0}",
            "\r\n",
            ",",
            "a:99999",
        ] {
            for list in [odd.to_owned(), format!("{odd},example.com"), format!("example.com {odd}")]
            {
                let is_named = list.contains("example.com");
                let [http, https] = proxies(&[("ALL_PROXY", "a"), ("NO_PROXY", &list)]);
                assert_eq!((http.is_none(), https.is_none()), (is_named, is_named), "{list:?}");
            }
            assert_eq!(proxies(&[("NO_PROXY", odd)]), [None, None], "no proxy: {odd:?}");
        }
    }

    #[test]
    fn one_warning_tells_of_all_entries_that_are_passed_over_and_names_the_variable() {
        use tracing_subscriber::layer::SubscriberExt as _;

        use crate::test_support::Warnings;

        let warnings = Warnings::default();
        let subscriber = tracing_subscriber::registry().with(warnings.clone());
        tracing::subscriber::with_default(subscriber, || {
            of(&[("no_proxy", "<canary>")]);
            // Other tests have their invalid entries in `NO_PROXY`, since each variable is warned
            // of only once.
            of(&[("HTTPS_PROXY", "a"), ("no_proxy", "canary/1, 10.*, example.com, <canary>")]);
            of(&[("HTTPS_PROXY", "a"), ("no_proxy", "<canary>")]);
        });
        let told = |list| passed_over_in(&of(&[("HTTPS_PROXY", "a"), ("NO_PROXY", list)]));
        assert_eq!((told("<canary>"), told("example.com")), (Some("NO_PROXY"), None));
        let warnings = warnings.messages();
        assert!(matches!(&warnings[..], [one] if one.contains("no_proxy")), "{warnings:?}");
        assert!(!warnings[0].contains("canary"), "{warnings:?}");
    }
}
