//! The same client without async, for programs without a runtime (feature `blocking`).
//!
//! There is no second client and no second list of methods: calls are made as usual, with
//! [`wait`](crate::PendingCall::wait) in place of `.await`. Pages and items become iterators.
//!
//! ```
//! # #[cfg(feature = "test-util")]
//! # fn main() -> Result<(), alibabacloud_kms::Error> {
//! use alibabacloud_kms::api::crypto::EncryptRequest;
//! use alibabacloud_kms::api::key::ListKeysRequest;
//! # use alibabacloud_kms::testing::MockGateway;
//! # let mock = MockGateway::new();
//! # mock.on::<EncryptRequest>().answer_with(|_, sealed| sealed.ciphertext_blob = "AA==".into());
//! # mock.on::<ListKeysRequest>().answer_with(|_, _| {});
//! # let client = mock.client();
//!
//! let sealed = client.encrypt(EncryptRequest::new("alias/app", "text")).wait()?;
//! for key in client.list_keys(ListKeysRequest::new()).items().wait() {
//!     println!("{}", key?.key_id);
//! }
//! # let _ = sealed;
//! # Ok(()) }
//! # #[cfg(not(feature = "test-util"))]
//! # fn main() {}
//! ```
//!
//! The function [`wait`] waits for any other future with a result, such as those of
//! [`Envelope`](crate::envelope::Envelope), of [`reply`](crate::PendingCall::reply) and of
//! [`explain`](crate::credential::DefaultChain::explain).
//!
//! # Where it runs
//!
//! The feature has a tokio runtime with one thread, which the first call starts and which runs
//! until the process ends. Calls, pages, connections, timers and loads of caches run on it, while
//! the caller's thread is parked. All waiting callers share the runtime, whatever client they use.
//! A client may be used with and without it at the same time: its connections and loads are kept
//! apart by runtime.
//!
//! # Inside a runtime
//!
//! Waiting blocks the thread. Inside an async function, that thread is a worker of another runtime,
//! which drives nothing else meanwhile: use `.await` there. This is not a deadlock, since the call
//! needs nothing from that worker, unless the server itself runs on it. A layer or a credential
//! provider may wait for another call on the feature's own thread; a separate thread is started for
//! that.

use std::cell::RefCell;
use std::fmt;
use std::future::Future;
use std::panic::resume_unwind;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

use futures_core::Stream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tracing::Instrument as _;

use crate::lock::lock;
use crate::{Action, Error, ErrorKind, Items, Paged, Pages, PendingCall};

/// Waits for a future on this thread, with the feature's own runtime.
///
/// ```
/// # #[cfg(feature = "test-util")]
/// # fn main() -> Result<(), alibabacloud_kms::Error> {
/// use alibabacloud_kms::blocking::wait;
/// use alibabacloud_kms::envelope::Envelope;
/// # use alibabacloud_kms::api::{crypto::DecryptRequest, data_key::GenerateDataKeyRequest};
/// # use alibabacloud_kms::{KmsClient, Pairs};
/// # const DATA_KEY: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
/// # let mock = alibabacloud_kms::testing::MockGateway::new();
/// # mock.on::<GenerateDataKeyRequest>().answer_with(|_, key| {
/// #     (key.plaintext, key.ciphertext_blob) = (DATA_KEY.into(), "AA==".into());
/// # });
/// # mock.on::<DecryptRequest>().answer_with(|_, key| key.plaintext = DATA_KEY.into());
/// # let client: KmsClient = mock.client();
///
/// let envelope = Envelope::new(client);
/// let sealed = wait(envelope.seal("alias/app", b"text", &Pairs::new()))?;
/// let opened = wait(envelope.open(&sealed, &Pairs::new()))?;
/// # let _ = opened;
/// # Ok(()) }
/// # #[cfg(not(feature = "test-util"))]
/// # fn main() {}
/// ```
///
/// # Errors
///
/// Those of the future. [`ErrorKind::Config`]: the feature's thread cannot be started.
pub fn wait<T>(future: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let runtime = Driven::for_this_thread()?;
    park_on(&runtime, future)
}

impl<A: Action> PendingCall<A> {
    /// Sends the call and waits for the response on this thread (feature `blocking`).
    ///
    /// See [`blocking`](self) for its use inside a runtime.
    ///
    /// # Errors
    ///
    /// Those of the call; see [`ErrorKind`].
    pub fn wait(self) -> Result<A::Response, Error> {
        run(self.into_future())?
    }
}

impl<A: Paged> Pages<A> {
    /// Returns the pages as an iterator that blocks the thread for each page (feature `blocking`).
    pub fn wait(self) -> Waiting<Self> {
        Waiting { stream: Some(self) }
    }
}

impl<A: Paged> Items<A> {
    /// Returns the items as an iterator that blocks the thread for each page (feature `blocking`).
    pub fn wait(self) -> Waiting<Self> {
        Waiting { stream: Some(self) }
    }
}

/// The pages or items of a list, as an iterator.
///
/// See [`blocking`](self).
#[must_use = "pages are fetched only when the iterator is advanced"]
pub struct Waiting<S> {
    /// `None` after the end, and after a panic in a layer.
    stream: Option<S>,
}

impl<S, T> Iterator for Waiting<S>
where
    S: Stream<Item = Result<T, Error>> + Send + Unpin + 'static,
    T: Send + 'static,
{
    type Item = Result<T, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut stream = self.stream.take()?;
        let advanced = run(async move {
            let item = std::future::poll_fn(|cx| std::pin::Pin::new(&mut stream).poll_next(cx));
            (item.await, stream)
        });
        match advanced {
            Ok((item, stream)) => {
                self.stream = item.is_some().then_some(stream);
                item
            }
            Err(error) => Some(Err(error)),
        }
    }
}

impl<S> fmt::Debug for Waiting<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").finish_non_exhaustive()
    }
}

/// Runs a future on the thread of one of the feature's runtimes, and parks this thread.
fn run<F>(future: F) -> Result<F::Output, Error>
where
    F: Future<Output: Send> + Send + 'static,
{
    let runtime = Driven::for_this_thread()?;
    let task = runtime.handle.spawn(future.in_current_span());
    match park_on(&runtime, task) {
        Ok(output) => Ok(output),
        Err(ended) => match ended.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(ended) => {
                Err(Error::new(ErrorKind::Layer, "the call ended with the runtime that it ran on")
                    .with_source(ended))
            }
        },
    }
}

/// Polls a future on this thread, inside a runtime that another thread drives.
fn park_on<F: Future>(runtime: &Driven, future: F) -> F::Output {
    struct Unpark(Thread);

    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let _blocked = Blocked::mark();
    // Inside a task of another runtime, the rest of tokio's cooperative budget of that task must
    // not count here.
    let mut future = pin!(tokio::task::unconstrained(future));
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut context = Context::from_waker(&waker);
    loop {
        let polled = {
            let _inside = runtime.handle.enter();
            future.as_mut().poll(&mut context)
        };
        match polled {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// A runtime with a thread that drives it.
#[derive(Clone)]
struct Driven {
    handle: Handle,
    waits: Arc<AtomicUsize>,
    /// Ends the thread when the last clone is dropped.
    _ends: Arc<oneshot::Sender<()>>,
}

thread_local! {
    /// On a thread that drives one of the feature's runtimes: the number of calls that wait on it,
    /// during which it drives nothing.
    static WAITS: RefCell<Option<Arc<AtomicUsize>>> = const { RefCell::new(None) };
}

impl Driven {
    /// Returns the feature's runtime, or one for this call alone if the thread that drives it is
    /// this one, or is waiting for a call itself.
    fn for_this_thread() -> Result<Self, Error> {
        static OWN: Mutex<Option<Driven>> = Mutex::new(None);
        let mut own = lock(&OWN);
        let driven = match &*own {
            Some(driven) => driven.clone(),
            None => own.insert(Self::start()?).clone(),
        };
        drop(own);
        let is_driver = WAITS.with_borrow(Option::is_some);
        if is_driver || driven.waits.load(Ordering::SeqCst) > 0 {
            Self::start()
        } else {
            Ok(driven)
        }
    }

    fn start() -> Result<Self, Error> {
        let failed = |error| {
            let message = "the thread that runs blocking calls cannot be started";
            Error::new(ErrorKind::Config, message).with_source(error)
        };
        let runtime = Builder::new_current_thread().enable_all().build().map_err(failed)?;
        let (ends, ended) = oneshot::channel::<()>();
        let (handle, waits) = (runtime.handle().clone(), Arc::new(AtomicUsize::new(0)));
        let of_thread = Arc::clone(&waits);
        let drive = move || {
            WAITS.set(Some(of_thread));
            // Nothing is ever sent: this ends when the sender is dropped.
            let _ = runtime.block_on(ended);
        };
        thread::Builder::new().name("kms-blocking".to_owned()).spawn(drive).map_err(failed)?;
        Ok(Self { handle, waits, _ends: Arc::new(ends) })
    }
}

/// Marks a thread that drives one of the feature's runtimes as waiting itself.
struct Blocked(Option<Arc<AtomicUsize>>);

impl Blocked {
    fn mark() -> Self {
        let waits = WAITS.with_borrow(Clone::clone);
        if let Some(waits) = &waits {
            waits.fetch_add(1, Ordering::SeqCst);
        }
        Self(waits)
    }
}

impl Drop for Blocked {
    fn drop(&mut self) {
        if let Some(waits) = &self.0 {
            waits.fetch_sub(1, Ordering::SeqCst);
        }
    }
}
