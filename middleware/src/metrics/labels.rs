//! The labels that several metrics have.

use super::facade::{Label, label};
use crate::action::{ActionInfo, Gateway};
use crate::telemetry::names::Method;

pub(super) fn method(action: &'static ActionInfo) -> Label {
    label("rpc.method", Method(action.name).to_string())
}

pub(super) fn operation(action: &'static ActionInfo) -> Label {
    label("kms.operation", action.name)
}

pub(super) fn gateway_label(gateway: Gateway) -> Label {
    label("kms.gateway", gateway.as_str())
}
