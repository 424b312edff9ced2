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

    /// The gateway that a call prefers, whichever are configured.
    fn preferred(&self, call: &Call) -> Option<Gateway> {
        let shared = |shared| match shared {
            true => Gateway::Shared,
            false => Gateway::Instance,
        };
        let action = call.action();
        let named = self.default_kms_api_names.contains(action.name);
        call.options()
            .gateway
            .or(self.use_shared_gateway.map(shared))
            .or(named.then_some(Gateway::Shared))
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

    /// Says how the instance is spoken to: in its own dialect unless told, or in RPC, in which it
    /// serves every data-plane action and no native operation.
    #[must_use]
    pub fn instance_dialect(mut self, dialect: Dialect) -> Self {
        self.instance_dialect = dialect;
        self
    }

    /// The gateway of a call.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Route`]: no gateway that is configured serves the action.
    pub fn route(&self, call: &Call) -> Result<Gateway, Error> {
        let action = call.action();
        // An operation of the instance's own has no other place.
        if action.dialect == Dialect::Protobuf {
            return match self.instance {
                Some(_) => self.serve(action, Gateway::Instance),
                None => Err(not_configured(action, Gateway::Instance)),
            };
        }
        let explicit = call.options().gateway;
        let preferred = self.routing.preferred(call);
        match (&self.shared, &self.instance) {
            (Some(_), None) if explicit == Some(Gateway::Instance) => {
                Err(not_configured(action, Gateway::Instance))
            }
            (Some(_), None) => self.serve(action, Gateway::Shared),
            (None, _) if preferred == Some(Gateway::Shared) => {
                Err(not_configured(action, Gateway::Shared))
            }
            (None, _) => self.serve(action, Gateway::Instance),
            (Some(_), Some(_)) => match preferred {
                Some(gateway) if explicit.is_some() => self.serve(action, gateway),
                // The client's flag is about the actions that both serve.
                Some(gateway) if self.is_served(action, gateway) => Ok(gateway),
                None if self.is_served(action, Gateway::Instance) => Ok(Gateway::Instance),
                _ => self.serve(action, Gateway::Shared),
            },
        }
    }

    fn serve(&self, action: &'static ActionInfo, gateway: Gateway) -> Result<Gateway, Error> {
        match self.is_served(action, gateway) {
            true => Ok(gateway),
            false => Err(not_served(action, gateway)),
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
}

fn not_configured(action: &'static ActionInfo, gateway: Gateway) -> Error {
    let message = format!("the call is for the {gateway} gateway, which is not configured");
    Error::new(ErrorKind::Route, message).with_action(action)
}

fn not_served(action: &'static ActionInfo, gateway: Gateway) -> Error {
    let way_out = match action.dialect {
        Dialect::Rpc => "send it to the shared gateway",
        Dialect::Protobuf => "an instance's own operations are called with a client key",
    };
    let message = format!("the {gateway} gateway does not serve it: {way_out}");
    Error::new(ErrorKind::Route, message).with_action(action)
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
                Gateway::Shared => &mut self.shared,
                Gateway::Instance => &mut self.instance,
            };
            service.as_mut().ok_or_else(|| not_configured(call.action(), gateway))
        });
        match routed {
            // It was not polled, so that the call itself waits until the gateway is ready.
            Ok(gateway) => gateway.call(call),
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
