//! The way to a gateway in a build without proxies: the interface of `proxied`, where the feature
//! `proxy` is off.

use std::marker::PhantomData;
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
        failure::connecting(error, target, note(is_in_environment))
    }

    pub(super) fn timed_out(&self, limit: Duration, target: &Origin) -> Error {
        failure::connect_timeout(limit, target, note(is_in_environment))
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
    std::env::var_os(variable).is_some_and(|value| !value.is_empty())
}

/// Returns the end of the error of a failed connection: where there is a proxy, it may be the only
/// way out of the network.
fn note(is_set: impl Fn(&str) -> bool) -> &'static str {
    let names =
        ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
    match names.into_iter().any(is_set) {
        true => "; the environment names a proxy, which needs the crate's feature `proxy`",
        false => "",
    }
}

#[cfg(test)]
mod tests {
    use super::note;

    #[test]
    fn the_feature_is_named_where_the_environment_names_a_proxy() {
        assert!(note(|name| name == "https_proxy").contains("feature `proxy`"));
        assert_eq!(note(|name| name == "NO_PROXY"), "");
    }
}
