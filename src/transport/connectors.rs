//! The connectors of a transport: its own, and one for each set of settings that calls bring along.

use std::sync::{Arc, Mutex};

use super::connect::Connector;
use super::settings::{Route, Settings};
use crate::lock::lock;
use crate::{Error, ProxyOptions, TlsOptions};

/// Connectors kept for the settings of single calls; the least recently used goes first, and its
/// idle connections at their timeout.
pub(super) const MAX_OF_CALLS: usize = 16;

pub(super) struct Connectors {
    own: Arc<Connector>,
    of_calls: Mutex<Vec<(Route, Arc<Connector>)>>,
}

impl Connectors {
    pub(super) fn new(settings: &Settings) -> Result<Self, Error> {
        let own = Arc::new(Connector::new(settings, &settings.route)?);
        Ok(Self { own, of_calls: Mutex::default() })
    }

    /// Returns the connector of a request's settings, which are the transport's own where it has none.
    pub(super) fn select(
        &self,
        settings: &Settings,
        tls: Option<&Arc<TlsOptions>>,
        proxy: Option<&ProxyOptions>,
    ) -> Result<Arc<Connector>, Error> {
        let own = &settings.route;
        let tls = tls.or(own.tls.as_ref());
        let proxy = proxy.unwrap_or(&own.proxy);
        let is_it = |known: &Route| known.tls.as_ref() == tls && known.proxy == *proxy;
        if is_it(own) {
            return Ok(Arc::clone(&self.own));
        }
        if let Some(connector) = recent(&mut lock(&self.of_calls), is_it) {
            return Ok(connector);
        }
        let route = Route { tls: tls.cloned(), proxy: proxy.clone() };
        // Nobody waits meanwhile.
        let connector = Arc::new(Connector::new(settings, &route)?);
        let mut known = lock(&self.of_calls);
        if let Some(connector) = recent(&mut known, is_it) {
            return Ok(connector);
        }
        if known.len() == MAX_OF_CALLS {
            known.remove(0);
        }
        known.push((route, Arc::clone(&connector)));
        Ok(connector)
    }
}

/// Returns the connector with such a route, which is then the most recently used.
fn recent(
    known: &mut [(Route, Arc<Connector>)],
    is_it: impl Fn(&Route) -> bool,
) -> Option<Arc<Connector>> {
    let index = known.iter().position(|(route, _)| is_it(route))?;
    known[index..].rotate_left(1);
    known.last().map(|(_, connector)| Arc::clone(connector))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::tests::authority::Authority;

    #[test]
    fn they_are_bounded_and_the_least_recently_used_goes_first() {
        let settings = Settings::default();
        let connectors = Connectors::new(&settings).expect("connectors");
        let of_calls: Vec<_> =
            (0..=MAX_OF_CALLS).map(|_| Arc::new(Authority::new().as_only_ca())).collect();
        let select = |tls: &Arc<TlsOptions>| {
            connectors.select(&settings, Some(tls), None).expect("a connector")
        };
        for tls in &of_calls[..MAX_OF_CALLS] {
            select(tls);
        }
        select(&of_calls[0]);
        select(&of_calls[MAX_OF_CALLS]);
        let known = connectors.of_calls.lock().expect("no panic");
        let is_known =
            |tls: &Arc<TlsOptions>| known.iter().any(|(known, _)| known.tls.as_ref() == Some(tls));
        let unknown: Vec<_> =
            (0..=MAX_OF_CALLS).filter(|index| !is_known(&of_calls[*index])).collect();
        assert_eq!(unknown, [1]);
    }
}
