//! Locks whose data is whole whenever they are released.

use std::sync::{LockResult, Mutex, MutexGuard, PoisonError};

/// Locks data that is only changed in single steps: a thread that panicked cannot have left it
/// half-changed.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    unpoisoned(mutex.lock())
}

/// Returns the guard of such a lock, even if a thread panicked that held it.
pub fn unpoisoned<G>(locked: LockResult<G>) -> G {
    locked.unwrap_or_else(PoisonError::into_inner)
}
