//! The connectors of a transport: its own, and one for each set of settings that calls bring along.

use std::sync::{Arc, Mutex};

use super::connect::Connector;
use super::settings::{Route, Settings};
use crate::CallOptions;
use crate::Error;
use crate::lock::lock;

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

    /// The connector of a call's settings, which are the transport's own where it has none.
    pub(super) fn select(
        &self,
        settings: &Settings,
        call: Option<&CallOptions>,
    ) -> Result<Arc<Connector>, Error> {
        let own = &settings.route;
        let tls = call.and_then(|call| call.tls.as_deref()).unwrap_or(&own.tls);
        let proxy = call.and_then(|call| call.proxy.as_deref()).unwrap_or(&own.proxy);
        if *tls == own.tls && *proxy == own.proxy {
            return Ok(Arc::clone(&self.own));
        }
        let mut known = lock(&self.of_calls);
        let is_it = |known: &Route| known.tls == *tls && known.proxy == *proxy;
        let entry = match known.iter().position(|(known, _)| is_it(known)) {
            Some(index) => known.remove(index),
            None => {
                let route = Route { tls: tls.clone(), proxy: proxy.clone() };
                let connector = Connector::new(settings, &route)?;
                (route, Arc::new(connector))
            }
        };
        let connector = Arc::clone(&entry.1);
        if known.len() == MAX_OF_CALLS {
            known.remove(0);
        }
        known.push(entry);
        Ok(connector)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TlsOptions;
    use crate::transport::tests::authority::Authority;

    #[test]
    fn they_are_bounded_and_the_least_recently_used_goes_first() {
        let settings = Settings::default();
        let connectors = Connectors::new(&settings).expect("connectors");
        let of_calls: Vec<_> = (0..=MAX_OF_CALLS).map(|_| Authority::new().as_only_ca()).collect();
        let select = |tls: &TlsOptions| {
            let mut options = CallOptions::default();
            options.tls = Some(Arc::new(tls.clone()));
            connectors.select(&settings, Some(&options)).expect("a connector")
        };
        for tls in &of_calls[..MAX_OF_CALLS] {
            select(tls);
        }
        select(&of_calls[0]);
        select(&of_calls[MAX_OF_CALLS]);
        let known = connectors.of_calls.lock().expect("no panic");
        let is_known = |tls: &TlsOptions| known.iter().any(|(known, _)| known.tls == *tls);
        let unknown: Vec<_> =
            (0..=MAX_OF_CALLS).filter(|index| !is_known(&of_calls[*index])).collect();
        assert_eq!(unknown, [1]);
    }
}
