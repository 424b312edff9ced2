//! The versions of HTTP that origins chose.

use std::sync::Mutex;

use super::origin::Origin;
use crate::lock::lock;
use crate::lru::Lru;

/// The maximum number of origins that are remembered. For a forgotten one, requests wait once more
/// for a shared connection.
const MAX_ORIGINS: usize = 256;

/// Which origins chose HTTP/1.1 at their last connection, if HTTP/2 is offered.
pub(super) struct Negotiated {
    offers_http2: bool,
    on_http1: Mutex<Lru<Origin, ()>>,
}

impl Negotiated {
    pub(super) fn new(offers_http2: bool) -> Self {
        Self { offers_http2, on_http1: Mutex::new(Lru::new(MAX_ORIGINS)) }
    }

    /// Returns `true` if requests may share a connection to this origin.
    pub(super) fn may_share(&self, origin: &Origin) -> bool {
        self.offers_http2 && origin.is_https() && lock(&self.on_http1).get(origin).is_none()
    }

    /// Remembers the version of a new connection.
    pub(super) fn remember(&self, origin: &Origin, is_http2: bool) {
        if !self.offers_http2 {
            return;
        }
        let mut on_http1 = lock(&self.on_http1);
        if is_http2 {
            let _ = on_http1.remove(origin);
        } else {
            let _ = on_http1.insert(origin.clone(), ());
        }
    }
}
