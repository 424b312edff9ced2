//! Arbitrary text as a proxy's URL, as a list of what needs none, and as variables. `hyper-util` reads
//! the list too, and agrees where the grammars are the same.
//!
//! The first line is the proxy, the second the list, the third the host.

#![no_main]

use std::ffi::OsString;

use alibabacloud_kms::ProxyOptions;
use http::Uri;
use hyper_util::client::proxy::matcher::Matcher;
use libfuzzer_sys::fuzz_target;

const PASSWORD: &str = "canary-password";

fuzz_target!(|text: &str| {
    let mut lines = text.split('\n');
    let [proxy, list, host] = [(); 3].map(|()| lines.next().unwrap_or_default());
    check_proxy(proxy, host);
    check_list(list, host);
    let variables = |name: &str| match name {
        "ALL_PROXY" => Some(OsString::from(proxy)),
        "NO_PROXY" => Some(OsString::from(list)),
        _ => None,
    };
    let options = ProxyOptions::from_variables(variables);
    if let Ok(target) = format!("https://{host}/").parse::<Uri>()
        && let Err(error) = options.proxy_for(&target)
    {
        assert!(error.to_string().contains("ALL_PROXY"));
    }
});

fn check_proxy(text: &str, host: &str) {
    let proxy = text.replace('\u{1}', PASSWORD);
    match ProxyOptions::all(&proxy) {
        Err(error) => assert!(!format!("{error} {error:?}").contains(PASSWORD)),
        Ok(options) => {
            let address = proxy.rsplit_once('@').map_or(&*proxy, |(_, address)| address);
            let is_hidden = !address.contains(PASSWORD);
            assert!(!is_hidden || !format!("{options:?}").contains(PASSWORD));
            if let Ok(target) = format!("https://{host}/").parse::<Uri>()
                && let Some(proxy) = options.proxy_for(&target).expect("the program's own")
            {
                assert!(proxy.uri().port().is_some() && !proxy.host().is_empty());
                let _ = proxy.authorization();
            }
        }
    }
}

fn check_list(list: &str, host: &str) {
    let Ok(options) = ProxyOptions::all("http://proxy:80").and_then(|all| all.no_proxy(list))
    else {
        return;
    };
    let Ok(target) = format!("https://{host}/").parse::<Uri>() else { return };
    let goes_through = options.proxy_for(&target).expect("the program's own").is_some();
    // Ports, wildcards before a name, dots at the end, spaces between entries, prefixes that begin with
    // a zero and addresses in two forms are ours alone.
    let is_common = |text: &str, more: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.as_bytes().contains(&byte))
    };
    let entries = || list.split(',').map(str::trim).filter(|entry| !entry.is_empty());
    let are_common = entries()
        .all(|entry| is_common(entry, ".-/") && !entry.ends_with('.') && !entry.contains("/0"));
    if are_common && is_common(host, ".-") && !host.ends_with('.') && !is_metadata(host) {
        let theirs = Matcher::builder().all("http://proxy:80").no(list.to_owned()).build();
        assert_eq!(theirs.intercept(&target).is_some(), goes_through, "{list} {host}");
    }
}

fn is_metadata(host: &str) -> bool {
    ["100.100.100.200", "169.254.169.254"].contains(&host)
}
