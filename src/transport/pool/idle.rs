//! Idle connections, until they expire.

use std::sync::{Arc, Mutex, MutexGuard, Weak};
use std::time::Duration;

use alibabacloud_kms_middleware::__private::runtime;
use tokio::runtime::{Handle, Id};
use tokio::time::Instant;

use super::entries::{Entries, PoolKey, Usable};
use crate::lock::lock;
use crate::task::spawn;

/// The maximum time for a connection to become ready after the end of a response. hyper needs a
/// moment, unless the server has answered a request that it does not read.
const SETTLING: Duration = Duration::from_secs(1);

/// Idle connections, shared by the pool and its leases.
pub(super) struct Idle {
    entries: Mutex<Entries>,
    timeout: Duration,
}

impl Idle {
    pub(super) fn new(timeout: Duration) -> Self {
        Self { entries: Mutex::default(), timeout }
    }

    /// Takes an idle connection that hyper still considers usable.
    pub(super) async fn take(&self, key: &PoolKey) -> Option<Usable> {
        let mut settling = SETTLING;
        loop {
            let mut found = self.entries().take(key, Instant::now(), self.timeout)?;
            if !found.connection.is_ready() {
                // One is waited for; the next ones are no better.
                let limit = std::mem::take(&mut settling);
                let ready = Box::pin(runtime::timeout(limit, found.connection.ready()));
                if !ready.await.unwrap_or(false) {
                    continue;
                }
            }
            if !found.connection.is_quiet() {
                // The server may have just closed it, so let the runtime look at the network first.
                tokio::task::yield_now().await;
                // A future that `block_on` drives beside worker threads yields to none.
                if found.connection.is_disturbed() {
                    continue;
                }
            }
            if found.connection.is_ready() {
                return Some(found);
            }
        }
    }

    /// Makes a connection idle, and schedules its expiry.
    pub(super) fn put(self: &Arc<Self>, key: PoolKey, usable: Usable) {
        let mut entries = self.entries();
        entries.put(key, usable, Instant::now());
        let Ok(runtime) = Handle::try_current() else { return };
        entries.sweepers.retain(|(_, sweeper)| !sweeper.is_finished());
        if !entries.sweepers.iter().any(|(id, _)| *id == runtime.id()) {
            let sweeper = spawn(&runtime, sweep(Arc::downgrade(self), runtime.id()));
            entries.sweepers.push((runtime.id(), sweeper));
        }
    }

    /// Drops the connections that are closed and then those that were idle longest, until `limit`
    /// of them are left.
    pub(super) fn shrink(&self, limit: usize) {
        self.entries().shrink(limit);
    }

    fn entries(&self) -> MutexGuard<'_, Entries> {
        lock(&self.entries)
    }
}

/// Drops connections as they expire, until none is left.
async fn sweep(idle: Weak<Idle>, runtime: Id) {
    loop {
        let next = {
            let Some(idle) = idle.upgrade() else { return };
            let mut entries = idle.entries();
            let next = entries.sweep(Instant::now(), idle.timeout);
            if next.is_none() {
                entries.sweepers.retain(|(id, _)| *id != runtime);
            }
            next
        };
        match next {
            Some(next) => tokio::time::sleep_until(next).await,
            None => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};
    use tokio::net::{TcpListener, TcpStream};

    use super::*;
    use crate::Body;
    use crate::transport::pool::entries::tests::{SECOND, key, single};
    use crate::transport::socket::Socket;

    #[tokio::test(start_paused = true)]
    async fn a_connection_that_hyper_has_not_yet_made_ready_is_waited_for() {
        let idle = Arc::new(Idle::new(60 * SECOND));
        let (here, _there) = duplex(128);
        let usable = single(here).await;
        // Its task has not run.
        assert!(!usable.connection.is_ready());
        idle.put(key(), usable);
        let lent = idle.take(&key()).await.expect("it is open");
        assert!(lent.connection.is_ready());
    }

    #[tokio::test(start_paused = true)]
    async fn a_connection_whose_last_request_is_not_read_holds_up_no_other() {
        let idle = Arc::new(Idle::new(60 * SECOND));
        let (here, mut there) = duplex(128);
        let mut usable = single(here).await;
        let body = Body::from(vec![b'x'; 1 << 10]);
        let request = http::Request::post("http://kms.invalid/").body(body).expect("a request");
        let answering = async {
            there.read_u8().await?;
            there.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").await
        };
        let (response, answered) = tokio::join!(usable.connection.send(request), answering);
        answered.expect("an open connection");
        assert!(response.is_ok() && !usable.connection.is_closed());
        idle.put(key(), usable);
        let begun = Instant::now();
        assert!(idle.take(&key()).await.is_none());
        assert_eq!(begun.elapsed(), SETTLING);
    }

    #[tokio::test]
    async fn a_connection_that_the_server_closed_is_not_lent_though_hyper_has_not_looked() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback");
        let address = listener.local_addr().expect("an address");
        let (here, there) = tokio::join!(TcpStream::connect(address), listener.accept());
        let socket = Socket::new(here.expect("connected"));
        let peek = socket.peek();
        let mut usable = single(socket).await;
        usable.connection = usable.connection.with_peek(peek.clone());
        let idle = Arc::new(Idle::new(60 * SECOND));
        // Its task waits for the network before the server closes.
        assert!(usable.connection.ready().await);
        idle.put(key(), usable);
        drop(there);
        // From here on this test yields to no task, like `block_on` beside worker threads.
        while peek.is_quiet() {
            std::thread::yield_now();
        }
        let key = key();
        let mut taking = pin!(idle.take(&key));
        let context = &mut Context::from_waker(Waker::noop());
        assert!(taking.as_mut().poll(context).is_pending());
        let Poll::Ready(lent) = taking.as_mut().poll(context) else { panic!("it has yielded") };
        assert!(lent.is_none());
    }
}
