//! The interface between a chain and its providers.

use super::{Cached, LoadCredential};
use crate::ProvideCredential;

/// A provider that a chain can ask.
pub(super) trait Link: ProvideCredential {
    fn name(&self) -> &'static str;

    /// Returns why the chain skips it, such as a variable that is not set.
    fn not_applicable(&self) -> Option<String>;

    /// Returns where it found its last credential, if there is a choice.
    fn origin(&self) -> Option<String> {
        None
    }

    /// Returns `true` if the chain tries it although no setting names it.
    fn is_implicit(&self) -> bool {
        false
    }
}

impl<L: LoadCredential> Link for Cached<L> {
    fn name(&self) -> &'static str {
        self.loader().name()
    }

    fn not_applicable(&self) -> Option<String> {
        self.loader().not_applicable()
    }

    fn origin(&self) -> Option<String> {
        self.loader().origin()
    }

    fn is_implicit(&self) -> bool {
        self.loader().is_implicit()
    }
}
