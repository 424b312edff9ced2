//! The replacement of the facade without the feature `metrics`: it creates no labels and measures
//! no time.

#![allow(clippy::exhaustive_structs, reason = "outside of the public interface")]

use std::borrow::Cow;
use std::marker::PhantomData;

use super::table::Metric;
use crate::action::ActionInfo;

/// A label that is not recorded.
#[derive(Debug)]
pub struct Label;

/// Creates a label.
pub fn label(_: &'static str, _: impl Into<Cow<'static, str>>) -> Label {
    Label
}

pub(super) fn describe() {}

pub(super) fn count(_: &Metric, _: impl FnOnce() -> Vec<Label>) {}

/// Records nothing.
pub fn record(_: &Metric, _: f64, _: impl FnOnce() -> Vec<Label>) {}

/// A metric that is not recorded.
#[derive(Debug)]
pub(super) struct Prepared;

impl Prepared {
    pub(super) fn new(_: &Metric, _: Vec<Label>) -> Self {
        Self
    }

    pub(super) fn record(&self, _: f64) {}

    pub(super) fn record_time(&self, _: &Stopwatch) {}

    pub(super) fn count(&self) {}

    pub(super) fn hold(&self) -> Held {
        Held
    }
}

/// Nothing is prepared.
#[derive(Debug)]
pub(super) struct ByAction<T>(PhantomData<fn() -> T>);

impl<T> ByAction<T> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }

    pub(super) fn get(
        &self,
        _: &'static ActionInfo,
        _: &'static str,
        _: impl Fn() -> T,
    ) -> Made<'_, T> {
        Made(PhantomData)
    }
}

/// Nothing.
pub(super) struct Made<'a, T>(PhantomData<fn() -> &'a T>);

impl<T> Made<'_, T> {
    pub(super) fn with<R: Default>(&self, _: impl FnOnce(&T) -> R) -> R {
        R::default()
    }
}

/// A unit of a gauge that is not recorded.
#[derive(Debug, Default)]
pub struct Held;

/// Adds nothing.
pub fn hold(_: &Metric, _: impl FnOnce() -> Vec<Label>) -> Held {
    Held
}

/// Measures no time.
#[derive(Debug)]
pub struct Stopwatch;

impl Stopwatch {
    /// Starts a stopwatch.
    pub fn start() -> Self {
        Self
    }

    /// Returns 0.
    pub fn seconds(&self) -> f64 {
        0.0
    }
}
