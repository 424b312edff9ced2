//! The connectors of a transport: its own, and one for each set of settings of single calls.

use std::sync::{Arc, Mutex};

use super::connect::Connector;
use super::proxies::Proxies;
use super::settings::{Route, TransportSettings};
use crate::lock::lock;
use crate::lru::Lru;
use crate::{Error, TlsOptions};

pub(super) struct Connectors {
    own: Arc<Connector>,
    of_calls: Mutex<Lru<Route, Arc<Connector>>>,
}

impl Connectors {
    pub(super) fn new(settings: &TransportSettings) -> Result<Self, Error> {
        let own = Arc::new(Connector::new(settings, &settings.route)?);
        Ok(Self { own, of_calls: Mutex::new(Lru::new(settings.max_call_settings)) })
    }

    /// Returns the connector for a request's settings, which default to the transport's own.
    pub(super) fn select(
        &self,
        settings: &TransportSettings,
        tls: Option<&Arc<TlsOptions>>,
        proxy: Option<&Proxies>,
    ) -> Result<Arc<Connector>, Error> {
        let own = &settings.route;
        let tls = tls.or(own.tls.as_ref());
        let proxy = proxy.unwrap_or(&own.proxy);
        if own.tls.as_ref() == tls && own.proxy == *proxy {
            return Ok(Arc::clone(&self.own));
        }
        let route = Route { tls: tls.cloned(), proxy: proxy.clone() };
        if let Some(connector) = lock(&self.of_calls).get(&route) {
            return Ok(Arc::clone(connector));
        }
        // Not under the lock.
        let connector = Arc::new(Connector::new(settings, &route)?);
        let mut known = lock(&self.of_calls);
        if let Some(connector) = known.get(&route) {
            return Ok(Arc::clone(connector));
        }
        let removed = known.insert(route, Arc::clone(&connector));
        drop(known);
        drop(removed);
        Ok(connector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::tests::authority::Authority;

    const MAX: usize = 3;

    #[test]
    fn they_are_bounded_and_the_least_recently_used_goes_first() {
        let settings = TransportSettings { max_call_settings: MAX, ..Default::default() };
        let connectors = Connectors::new(&settings).expect("connectors");
        let of_calls: Vec<_> = (0..=MAX).map(|_| Arc::new(Authority::new().as_only_ca())).collect();
        let select = |tls: &Arc<TlsOptions>| {
            connectors.select(&settings, Some(tls), None).expect("a connector")
        };
        for tls in &of_calls[..MAX] {
            select(tls);
        }
        select(&of_calls[0]);
        select(&of_calls[MAX]);
        let known = connectors.of_calls.lock().expect("no panic");
        let is_known =
            |tls: &Arc<TlsOptions>| known.iter().any(|(known, _)| known.tls.as_ref() == Some(tls));
        let unknown: Vec<_> = (0..=MAX).filter(|index| !is_known(&of_calls[*index])).collect();
        assert_eq!(unknown, [1]);
    }
}
