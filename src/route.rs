//! Which gateway a call goes to.
//!
//! Read in this order: the call's own option; the client's share flag; `default_kms_api_names`; and
//! the default, which is the instance for what it serves. With only a shared gateway configured
//! everything goes there but a call that names the instance itself. A gateway that a call names, or a
//! shared gateway that the client names, and that is not configured or does not serve the action, is
//! an error before any IO.

use std::collections::BTreeSet;
use std::fmt;
use std::task::{Context, Poll};

use tower::Service;

use crate::middleware::CallService;
use crate::{
    ActionInfo, BoxCall, BoxError, BoxFuture, Call, Dialect, Error, ErrorKind, Gateway, Reply, api,
};

/// What the client says of routing.
#[derive(Debug, Clone, Default)]
pub struct Routing {
    use_shared_gateway: Option<bool>,
    default_kms_api_names: BTreeSet<&'static str>,
}

impl Routing {
    /// The default: the instance for what it serves.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends everything to the shared gateway (`true`) or to the instance (`false`).
    #[must_use]
    pub fn use_shared_gateway(mut self, shared: bool) -> Self {
        self.use_shared_gateway = Some(shared);
        self
    }

    /// Sends these actions to the shared gateway.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: a name is not one of an action.
    pub fn default_kms_api_names<N: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, Error> {
        for name in names {
            let name = name.as_ref();
            let action = api::find(name).ok_or_else(|| {
                Error::new(
                    ErrorKind::Config,
                    format!(
                        "default_kms_api_names holds `{name}`, which is not an action: expected \
                         names such as `Encrypt`"
                    ),
                )
            })?;
            self.default_kms_api_names.insert(action.name);
        }
        Ok(self)
    }

    /// The gateway that the client says an action is for, whichever are configured.
    fn preferred(&self, action: &ActionInfo) -> Option<Gateway> {
        let shared = |shared| if shared { Gateway::Shared } else { Gateway::Instance };
        let named = self.default_kms_api_names.contains(action.name);
        self.use_shared_gateway.map(shared).or(named.then_some(Gateway::Shared))
    }
}

/// Sends each call to one of two gateways.
///
/// Always ready: it waits for the gateway of the call, and never for the other. Clones share the
/// gateways.
///
/// ```
/// use alibabacloud_kms::api::crypto::{DecryptResponse, EncryptRequest};
/// use alibabacloud_kms::{
///     BoxError, Call, Credential, Gateway, OpenApiGateway, Reply, Router, Routing,
/// };
///
/// # fn run() -> Result<(), alibabacloud_kms::Error> {
/// let credential = Credential::access_key("LTAI…", "secret");
/// let shared = OpenApiGateway::region("cn-hangzhou", credential)?.into_service()?;
/// let instance = tower::service_fn(|call: Call| async move {
///     println!("{} would go to the instance", call.action().name);
///     Ok::<_, BoxError>(Reply::new(DecryptResponse::default(), Gateway::Instance))
/// });
/// let router = Router::new(shared, instance, Routing::new());
/// assert_eq!(router.route(&Call::new(EncryptRequest::new("alias/app", "text")))?, Gateway::Instance);
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Router {
    shared: Option<BoxCall>,
    instance: Option<BoxCall>,
    instance_dialect: Dialect,
    routing: Routing,
}

impl Router {
    /// Routes between these gateways: any call-level services.
    pub fn new<S, I>(shared: S, instance: I, routing: Routing) -> Self
    where
        S: CallService + Clone + Send + Sync + 'static,
        I: CallService + Clone + Send + Sync + 'static,
    {
        Self::over(Some(BoxCall::new(shared)), Some(BoxCall::new(instance)), routing)
    }

    /// Sends everything to a shared gateway.
    pub fn only_shared<S>(shared: S, routing: Routing) -> Self
    where
        S: CallService + Clone + Send + Sync + 'static,
    {
        Self::over(Some(BoxCall::new(shared)), None, routing)
    }

    /// Sends what an instance serves to it.
    pub fn only_instance<I>(instance: I, routing: Routing) -> Self
    where
        I: CallService + Clone + Send + Sync + 'static,
    {
        Self::over(None, Some(BoxCall::new(instance)), routing)
    }

    pub(crate) fn over(
        shared: Option<BoxCall>,
        instance: Option<BoxCall>,
        routing: Routing,
    ) -> Self {
        Self { shared, instance, instance_dialect: Dialect::Protobuf, routing }
    }

    /// Sets the dialect of the instance gateway (default [`Dialect::Protobuf`], its own). In RPC it
    /// serves every data-plane action and no native operation.
    #[must_use]
    pub fn instance_dialect(mut self, dialect: Dialect) -> Self {
        self.instance_dialect = dialect;
        self
    }

    /// Returns the gateway of a call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Route`]: no gateway that is configured serves the action.
    pub fn route(&self, call: &Call) -> Result<Gateway, Error> {
        let action = call.action();
        // An operation of the instance's own has no other place.
        if action.dialect == Dialect::Protobuf {
            return self.only(action, Gateway::Instance);
        }
        if let Some(gateway) = call.options().gateway {
            return self.only(action, gateway);
        }
        let preferred = self.routing.preferred(action);
        if preferred == Some(Gateway::Shared) && self.shared.is_none() {
            return self.only(action, Gateway::Shared);
        }
        // The client's flag is about the actions that both serve.
        let first = preferred.unwrap_or(Gateway::Instance);
        let candidates = [first, other(first)];
        let configured = || candidates.into_iter().filter(|gateway| self.is_configured(*gateway));
        match configured().find(|gateway| self.is_served(action, *gateway)) {
            Some(gateway) => Ok(gateway),
            // The refusal of a gateway that there is says more.
            None => self.only(action, configured().next().unwrap_or(first)),
        }
    }

    fn only(&self, action: &'static ActionInfo, gateway: Gateway) -> Result<Gateway, Error> {
        match (self.is_configured(gateway), self.is_served(action, gateway)) {
            (true, true) => Ok(gateway),
            (true, false) => Err(self.refused(action, gateway, "does not serve it")),
            (false, _) => Err(self.refused(action, gateway, "is not configured")),
        }
    }

    fn is_configured(&self, gateway: Gateway) -> bool {
        match gateway {
            Gateway::Shared => self.shared.is_some(),
            Gateway::Instance => self.instance.is_some(),
        }
    }

    fn is_served(&self, action: &ActionInfo, gateway: Gateway) -> bool {
        match (gateway, self.instance_dialect) {
            (Gateway::Instance, Dialect::Rpc) => {
                action.data_plane && action.dialect == Dialect::Rpc
            }
            _ => action.is_served_by(gateway),
        }
    }

    fn refused(&self, action: &'static ActionInfo, gateway: Gateway, cause: &str) -> Error {
        let give = |gateway| match gateway {
            Gateway::Shared => "give the client a shared gateway",
            Gateway::Instance => "give the client an instance gateway",
        };
        let other = other(gateway);
        let remedy = match (self.is_served(action, gateway), self.is_served(action, other)) {
            (true, true) => format!("{}, or send it to the {other} gateway", give(gateway)),
            (true, false) => give(gateway).to_owned(),
            (false, true) if self.is_configured(other) => format!("send it to the {other} gateway"),
            (false, true) => give(other).to_owned(),
            (false, false) if action.gateways.contains(&Gateway::Instance) => {
                "give the instance gateway a client key instead of a credential".to_owned()
            }
            (false, false) => "no gateway does: correct the action's declaration".to_owned(),
        };
        let message = format!("the {gateway} gateway {cause}: {remedy}");
        Error::new(ErrorKind::Route, message).with_action(action)
    }
}

fn other(gateway: Gateway) -> Gateway {
    match gateway {
        Gateway::Shared => Gateway::Instance,
        Gateway::Instance => Gateway::Shared,
    }
}

impl Service<Call> for Router {
    type Response = Reply;
    type Error = BoxError;
    type Future = BoxFuture<Reply>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, call: Call) -> BoxFuture<Reply> {
        let routed = self.route(&call).and_then(|gateway| {
            let service = match gateway {
                Gateway::Shared => &self.shared,
                Gateway::Instance => &self.instance,
            };
            let missing = || self.refused(call.action(), gateway, "is not configured");
            service.clone().ok_or_else(missing)
        });
        match routed {
            // It was not polled, so that the call itself waits until the gateway is ready.
            Ok(mut gateway) => gateway.call(call),
            Err(error) => Box::pin(std::future::ready(Err(error.into()))),
        }
    }
}

impl fmt::Debug for Router {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Router")
            .field("shared", &self.shared.is_some())
            .field("instance", &self.instance.is_some())
            .field("routing", &self.routing)
            .finish()
    }
}
