//! Actions: their request and response types, and the table that describes them.
//!
//! `kms_api!` generates all of this from a declaration. Everything that handles calls (codecs,
//! router, command, local gateway) is driven by the tables and contains no action's name.

use std::any::Any;
use std::sync::Arc;
use std::{fmt, mem};

use http::Method;

use crate::payload::{Payload, PayloadInfo, Table};

/// A request type, with its response type and its description.
pub trait Action: Payload + Clone {
    /// The response type.
    type Response: Payload + Clone + Default;

    /// The description of this action.
    const INFO: &'static ActionInfo;
}

/// The description of an action, in a constant table.
#[non_exhaustive]
pub struct ActionInfo {
    /// The wire name, such as `Encrypt`.
    pub name: &'static str,
    /// The API version, such as `2016-01-20` or `dkms-gcs-0.2`.
    pub version: &'static str,
    /// The dialect of requests.
    pub dialect: Dialect,
    /// The gateways that serve it. An action that the instance serves goes there by default.
    pub gateways: &'static [Gateway],
    /// Whether an instance's host serves it in the RPC dialect. `true` for actions that use keys
    /// and secrets, `false` for those that manage them.
    pub data_plane: bool,
    /// `POST` or `GET`.
    pub method: Method,
    /// Whether calling it twice has the same effect as calling it once.
    pub idempotent: bool,
    /// Whether the service advises against it.
    pub deprecated: bool,
    /// What it does, in one line.
    pub summary: &'static str,
    /// The address of its official documentation.
    pub doc_url: &'static str,
    /// The request's fields.
    pub request: &'static PayloadInfo,
    /// The response's fields.
    pub response: &'static PayloadInfo,
    /// How calls are transferred to operations of the instance's own dialect; `None` if they are
    /// not.
    ///
    /// This crate only carries the value; its type is that of the layer that transfers.
    pub transfer: Option<&'static (dyn Any + Send + Sync)>,
    /// Creates an empty request, to fill by field names.
    pub new_request: fn() -> Box<dyn Payload>,
    /// Creates an empty response, for decoders.
    pub new_response: fn() -> Box<dyn Payload>,
    /// Creates an empty response in the `Arc` in which replies hold it.
    pub(crate) new_shared_response: fn() -> Arc<dyn Payload>,
}

impl ActionInfo {
    /// Creates the description of an action of the RPC dialect: one of the shared gateway alone,
    /// sent with `POST`, not idempotent.
    pub const fn new<A>(name: &'static str, version: &'static str) -> Self
    where
        A: Action<Response: Table> + Table + Default,
    {
        Self {
            name,
            version,
            dialect: Dialect::Rpc,
            gateways: &[Gateway::Shared],
            data_plane: false,
            method: Method::POST,
            idempotent: false,
            deprecated: false,
            summary: "",
            doc_url: "",
            request: A::TABLE,
            response: A::Response::TABLE,
            transfer: None,
            new_request: empty::<A>,
            new_response: empty::<A::Response>,
            new_shared_response: empty_shared::<A::Response>,
        }
    }

    /// Creates the description of an operation of the instance's own dialect, not idempotent.
    pub const fn new_operation<A>(name: &'static str, version: &'static str) -> Self
    where
        A: Action<Response: Table> + Table + Default,
    {
        let mut operation = Self::new::<A>(name, version).gateways(&[Gateway::Instance]);
        operation.dialect = Dialect::Protobuf;
        operation.data_plane = true;
        operation
    }

    /// Sets the gateways that serve the action (default the shared one).
    #[must_use]
    pub const fn gateways(mut self, gateways: &'static [Gateway]) -> Self {
        self.gateways = gateways;
        self
    }

    /// Sets whether an instance's host serves the action in the RPC dialect (default `false`).
    #[must_use]
    pub const fn data_plane(mut self, data_plane: bool) -> Self {
        self.data_plane = data_plane;
        self
    }

    /// Sets the HTTP method (default `POST`).
    #[must_use]
    pub const fn method(mut self, method: Method) -> Self {
        // An assignment would drop the old method, which constants cannot.
        mem::forget(mem::replace(&mut self.method, method));
        self
    }

    /// Sets whether calling the action twice has the same effect as calling it once (default
    /// `false`).
    #[must_use]
    pub const fn idempotent(mut self, idempotent: bool) -> Self {
        self.idempotent = idempotent;
        self
    }

    /// Sets whether the service advises against the action (default `false`).
    #[must_use]
    pub const fn deprecated(mut self, deprecated: bool) -> Self {
        self.deprecated = deprecated;
        self
    }

    /// Sets what the action does, in a line (default empty).
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.summary = summary;
        self
    }

    /// Sets the address of the official documentation (default empty).
    #[must_use]
    pub const fn doc_url(mut self, doc_url: &'static str) -> Self {
        self.doc_url = doc_url;
        self
    }

    /// Sets how calls are transferred to operations of the instance's own dialect (default: they
    /// are not).
    #[must_use]
    pub const fn transfer(mut self, transfer: &'static (dyn Any + Send + Sync)) -> Self {
        self.transfer = Some(transfer);
        self
    }

    /// Returns `true` if this gateway serves the action.
    pub fn is_served_by(&self, gateway: Gateway) -> bool {
        self.gateways.contains(&gateway)
    }
}

/// Descriptions are equal if they have the same name and version. They are constants, of which one
/// may have several addresses.
impl PartialEq for ActionInfo {
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other) || (self.name == other.name && self.version == other.version)
    }
}

impl Eq for ActionInfo {}

impl fmt::Debug for ActionInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ActionInfo")
            .field("name", &self.name)
            .field("version", &self.version)
            .field("dialect", &self.dialect)
            .field("gateways", &self.gateways)
            .field("idempotent", &self.idempotent)
            .finish_non_exhaustive()
    }
}

fn empty<P: Payload + Default>() -> Box<dyn Payload> {
    Box::new(P::default())
}

fn empty_shared<P: Payload + Default>() -> Arc<dyn Payload> {
    Arc::new(P::default())
}

/// One of the two ways into KMS. There is no third, so a `match` of both is complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[expect(clippy::exhaustive_enums, reason = "closed")]
pub enum Gateway {
    /// The OpenAPI gateway that all customers of a region share.
    Shared,
    /// The gateway of a dedicated KMS instance.
    Instance,
}

impl Gateway {
    /// Returns `shared` or `instance`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Shared => "shared",
            Self::Instance => "instance",
        }
    }
}

impl fmt::Display for Gateway {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How a request is written on the wire. There are only these two, so a `match` of both is
/// complete.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "closed")]
pub enum Dialect {
    /// Parameters in the query and a form, a JSON answer; signed with an access key.
    Rpc,
    /// Protobuf in both directions; signed with a client key.
    Protobuf,
}
