//! Direct connections: what `proxied` does in a build without the feature `proxy`.

use std::marker::PhantomData;
use std::net::IpAddr;
use std::time::Duration;

use http::{Response, Uri};

use super::connection::RequestForm;
use super::failure;
use super::origin::Origin;
use super::settings::{Route, TransportSettings};
use super::socket::Peek;
use super::stream::Stream;
use super::tcp::Tcp;
use crate::{BoxError, Error};

pub(super) struct Way;

/// A way to one target.
pub(super) struct Hop<'a>(PhantomData<&'a Way>);

impl Way {
    pub(super) fn new(_: &TransportSettings, _: &Route) -> Result<Self, Error> {
        Ok(Self)
    }

    pub(super) async fn hop(&self, _: &Origin) -> Result<Hop<'_>, Error> {
        Ok(Hop(PhantomData))
    }

    pub(super) fn failed(&self, error: BoxError, target: &Origin) -> Error {
        failure::connecting(error, target, note(target, is_in_environment))
    }

    pub(super) fn timed_out(&self, limit: Duration, target: &Origin) -> Error {
        failure::connect_timeout(limit, target, note(target, is_in_environment))
    }

    pub(super) fn unauthorized<B>(&self, _: &Uri, _: &Response<B>) -> Option<Error> {
        None
    }
}

impl Hop<'_> {
    pub(super) async fn open(
        &self,
        tcp: &Tcp,
        target: &Origin,
    ) -> Result<(Stream, Peek, RequestForm), BoxError> {
        let (stream, peek) = tcp.connect(target.uri()).await?;
        Ok((stream, peek, RequestForm::Origin))
    }
}

fn is_in_environment(variable: &str) -> bool {
    let value = std::env::var_os(variable).unwrap_or_default();
    !value.to_string_lossy().trim_matches(['"', '\'', ' ']).is_empty()
}

/// Returns the end of the error of a failed connection: where there is a proxy, it may be the only
/// way out of the network.
fn note(target: &Origin, is_set: impl Fn(&str) -> bool) -> &'static str {
    let host = target.host().trim_matches(['[', ']']);
    let is_loopback =
        host == "localhost" || host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
    let mut names = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"].into_iter();
    // Plain http is for tests and metadata, neither of which is reached through a proxy.
    match target.is_https() && !is_loopback && names.any(is_set) {
        true => "; the environment names a proxy, which may be needed (feature `proxy`)",
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feature_is_named_where_the_environments_proxy_would_be_used() {
        for (target, variable, is_named) in [
            ("https://kms.example.com", "https_proxy", true),
            ("https://kms.example.com", "HTTPS_PROXY", true),
            ("https://kms.example.com", "ALL_PROXY", true),
            ("https://kms.example.com", "HTTP_PROXY", false),
            ("http://kms.example.com", "HTTPS_PROXY", false),
            ("https://kms.example.com", "NO_PROXY", false),
            ("https://127.0.0.1:8443", "HTTPS_PROXY", false),
            ("https://[::1]:8443", "HTTPS_PROXY", false),
            ("https://localhost:8443", "HTTPS_PROXY", false),
            ("http://100.100.100.200", "ALL_PROXY", false),
        ] {
            let uri: Uri = target.parse().expect("a URI");
            let origin = Origin::new(0, &uri).expect("an origin");
            let note = note(&origin, |name| name == variable);
            assert_eq!(note.contains("feature `proxy`"), is_named, "{target} {variable}");
        }
    }
}
