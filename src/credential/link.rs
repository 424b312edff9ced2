//! What a chain asks of its providers.

use super::{Cached, LoadCredential};
use crate::ProvideCredential;

/// A provider that a chain asks.
pub(super) trait Link: ProvideCredential {
    fn name(&self) -> &'static str;

    /// Why it is to be passed over, such as a variable that is not set.
    fn absent(&self) -> Option<String>;

    /// Where it found what it gave last, if it has a choice.
    fn origin(&self) -> Option<String> {
        None
    }

    /// Returns `true` if the chain tries it although no setting names it.
    fn is_guess(&self) -> bool {
        false
    }
}

impl<L: LoadCredential> Link for Cached<L> {
    fn name(&self) -> &'static str {
        self.loader().name()
    }

    fn absent(&self) -> Option<String> {
        self.loader().absent()
    }

    fn origin(&self) -> Option<String> {
        self.loader().origin()
    }

    fn is_guess(&self) -> bool {
        self.loader().is_guess()
    }
}
