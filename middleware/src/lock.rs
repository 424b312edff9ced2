//! Locks whose data is whole whenever they are released.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks data that is only changed in single steps: a thread that panicked cannot have left it
/// half-changed.
pub fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
