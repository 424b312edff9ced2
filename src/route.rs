//! Decides which gateway a call goes to.
//!
//! The router is above both gateways' stacks and below the layers that both share, because charset,
//! transfer and signing depend on the gateway.

use std::fmt;
use std::task::{Context, Poll};

use alibabacloud_kms_middleware::__private::nearest;
use tower::Service;

use crate::trimmed::shown_action;
use crate::{
    ActionInfo, BoxCall, BoxError, BoxFuture, Call, CallService, Dialect, Error, ErrorKind,
    Gateway, Reply, api,
};

/// The client's settings for routing.
#[derive(Debug, Clone, Default)]
pub struct Routing {
    use_shared_gateway: Option<bool>,
    /// Sorted, since every call looks for its action.
    default_kms_api_names: Vec<&'static str>,
    /// The names of the user's own actions.
    actions: Vec<&'static str>,
}

impl Routing {
    /// Returns the default routing: actions that an instance serves go there.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sends all actions to the shared gateway (`true`), or every action that the instance serves
    /// to the instance (`false`). Both override
    /// [`default_kms_api_names`](Self::default_kms_api_names) (default: neither is set).
    #[must_use]
    pub fn use_shared_gateway(mut self, shared: bool) -> Self {
        self.use_shared_gateway = Some(shared);
        self
    }

    /// Registers actions of your own, so that
    /// [`default_kms_api_names`](Self::default_kms_api_names) accepts their names. Pass the
    /// registry that `kms_api!` declares, or the [`INFO`](crate::Action::INFO) of single request
    /// types.
    ///
    /// ```
    /// use alibabacloud_kms::api::crypto::EncryptRequest;
    /// use alibabacloud_kms::{Action, Error, Gateway, OpenApiGateway, Routing, kms_api};
    ///
    /// kms_api! {
    ///     version = "2016-01-20";
    ///     pub registry LAB;
    ///
    ///     /// Measures something.
    ///     pub action Measure {
    ///         gateways: shared;
    ///         data_plane: true;
    ///         idempotent: true;
    ///         request {}
    ///         response {}
    ///     }
    /// }
    ///
    /// # fn main() -> Result<(), Error> {
    /// let routing = Routing::new().actions(LAB).default_kms_api_names(["Measure", "Encrypt"])?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn actions(mut self, actions: &[&'static ActionInfo]) -> Self {
        self.actions.extend(actions.iter().map(|action| action.name));
        self
    }

    /// Sends the actions with these wire names to the shared gateway. Register actions of your own
    /// first, with [`actions`](Self::actions).
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: there is no action of this name. The error suggests the nearest name.
    pub fn default_kms_api_names<N: AsRef<str>>(
        mut self,
        names: impl IntoIterator<Item = N>,
    ) -> Result<Self, Error> {
        for (number, name) in (1..).zip(names) {
            let name = name.as_ref();
            let known = self.known().find(|known| *known == name);
            let known = known.ok_or_else(|| self.unknown(number, name))?;
            if let Err(place) = self.default_kms_api_names.binary_search(&known) {
                self.default_kms_api_names.insert(place, known);
            }
        }
        Ok(self)
    }

    fn known(&self) -> impl Iterator<Item = &'static str> {
        api::NAMES.iter().copied().chain(self.actions.iter().copied())
    }

    fn unknown(&self, number: usize, name: &str) -> Error {
        let remedy = match nearest(name, self.known()) {
            Some(nearest) => format!("did you mean `{nearest}`?"),
            None => "use wire names such as `Encrypt`, and register actions of your own with \
                     `actions(..)` first"
                .to_owned(),
        };
        let name = shown_action(name);
        let message = format!(
            "name {number} of default_kms_api_names, {name}, is not the name of an action: {remedy}"
        );
        Error::new(ErrorKind::Config, message)
    }

    /// Returns the gateway that the client's settings prefer, even if it is not configured, or
    /// `None` if they prefer none.
    fn preferred(&self, action: &ActionInfo) -> Option<Gateway> {
        let shared = |shared| if shared { Gateway::Shared } else { Gateway::Instance };
        let named = self.default_kms_api_names.binary_search(&action.name).is_ok();
        self.use_shared_gateway.map(shared).or(named.then_some(Gateway::Shared))
    }
}

/// Sends each call to one of two gateways.
///
/// The router is always ready: a call waits for its own gateway, never for the other. Clones share
/// the gateways.
///
/// The first of these that is set decides: the call's option, the client's
/// [`use_shared_gateway`](Routing::use_shared_gateway),
/// [`default_kms_api_names`](Routing::default_kms_api_names). Otherwise, and if the client's
/// setting prefers a gateway that does not serve the action, the instance gets every action that it
/// serves, and the shared gateway the rest. With only a shared gateway, all actions go there,
/// except a call whose own option is the instance. Native operations always go to the instance. If
/// the chosen gateway is not configured or does not serve the action, the call fails before any IO.
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
    /// Creates a router between these gateways, which can be any call-level services.
    pub fn new<S, I>(shared: S, instance: I, routing: Routing) -> Self
    where
        S: CallService + Clone + Send + Sync + 'static,
        I: CallService + Clone + Send + Sync + 'static,
    {
        Self::over(Some(BoxCall::new(shared)), Some(BoxCall::new(instance)), routing)
    }

    /// Creates a router that sends all calls to a shared gateway.
    pub fn only_shared<S>(shared: S, routing: Routing) -> Self
    where
        S: CallService + Clone + Send + Sync + 'static,
    {
        Self::over(Some(BoxCall::new(shared)), None, routing)
    }

    /// Creates a router that sends the calls that an instance serves to it.
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

    /// Sets the dialect of the instance gateway (default [`Dialect::Protobuf`]). In
    /// [`Dialect::Rpc`] it serves every data-plane action and no native operations.
    #[must_use]
    pub fn instance_dialect(mut self, dialect: Dialect) -> Self {
        self.instance_dialect = dialect;
        self
    }

    /// Returns the gateway of a call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Route`]: no configured gateway serves the action.
    pub fn route(&self, call: &Call) -> Result<Gateway, Error> {
        let action = call.action();
        // A native operation can only go to the instance.
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
        // The client's settings are preferences: an action that the preferred gateway does not
        // serve goes to the other one.
        let first = preferred.unwrap_or(Gateway::Instance);
        let candidates = [first, other(first)];
        let configured = || candidates.into_iter().filter(|gateway| self.is_configured(*gateway));
        match configured().find(|gateway| self.is_served(action, *gateway)) {
            Some(gateway) => Ok(gateway),
            // No configured gateway serves it. "Does not serve it", the error of a configured one,
            // says more than "is not configured".
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
            Gateway::Shared => "add a shared gateway to the client",
            Gateway::Instance => "add an instance gateway to the client",
        };
        let other = other(gateway);
        let remedy = match (self.is_served(action, gateway), self.is_served(action, other)) {
            (true, true) => format!("{}, or send the call to the {other} gateway", give(gateway)),
            (true, false) => give(gateway).to_owned(),
            (false, true) if self.is_configured(other) => {
                format!("send the call to the {other} gateway")
            }
            (false, true) => give(other).to_owned(),
            (false, false) if action.gateways.contains(&Gateway::Instance) => {
                let feature =
                    if cfg!(feature = "client-key") { "" } else { " (feature `client-key`)" };
                format!("give the instance gateway a client key instead of a credential{feature}")
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
            // The clone was not polled for readiness: a `BoxCall` then waits for it in the call.
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
