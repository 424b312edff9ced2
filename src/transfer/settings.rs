//! What a transfer is told to do.

use super::aad::ContextAad;

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Settings {
    pub(super) low_version: bool,
    pub(super) context_aad: ContextAad,
}
