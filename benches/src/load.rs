//! Calls in a closed loop: some are in flight at any time, and each that ends is followed by another.

use std::cell::Cell;
use std::future::Future;
use std::hint::black_box;
use std::rc::Rc;

use tokio::task::LocalSet;

use crate::work;

/// Encrypts Base64, and returns the bytes of the ciphertext.
pub trait Encrypt: Clone + 'static {
    /// Encrypts.
    fn encrypt(&self, plaintext: String) -> impl Future<Output = usize>;
}

/// Which plaintexts are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plaintexts {
    /// Another one each time: nothing that was made for one call serves another.
    Various,
    /// The same each time.
    Same,
}

/// Makes calls, with a fixed number in flight.
pub async fn run(
    encrypts: &impl Encrypt,
    calls: usize,
    in_flight: usize,
    size: usize,
    plaintexts: Plaintexts,
) {
    thread_local!(static NUMBER: Cell<u64> = const { Cell::new(0) });
    let next = move || {
        let number = match plaintexts {
            Plaintexts::Same => 0,
            Plaintexts::Various => NUMBER.replace(NUMBER.get() + 1),
        };
        work::plaintext(size, number)
    };
    if in_flight == 1 {
        for _ in 0..calls {
            black_box(encrypts.encrypt(next()).await);
        }
        return;
    }
    let left = Rc::new(Cell::new(calls));
    let tasks = LocalSet::new();
    for _ in 0..in_flight {
        let (encrypts, left) = (encrypts.clone(), Rc::clone(&left));
        tasks.spawn_local(async move {
            while left.get() > 0 {
                left.set(left.get() - 1);
                black_box(encrypts.encrypt(next()).await);
            }
        });
    }
    tasks.await;
}
