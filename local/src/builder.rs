//! The builder of a local gateway.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use alibabacloud_kms::__private::shown;
use alibabacloud_kms::transfer::ContextAad;
use alibabacloud_kms::{Action, Clock, Error, ErrorKind, TlsOptions};
use tokio::net::TcpListener;

use super::certificate::{Certificate, check_names};
use super::directory::Folder;
use super::failed::failed;
use super::faults::{self, FaultRule, Faults};
use super::handlers::OwnHandlers;
#[cfg(feature = "store")]
use super::opened;
use super::opened::Opened;
use super::request_log::{LoggedRequest, RequestLog};
use super::seeds::{AccessKeySeed, ClientKeySeed, KeySeed, SecretSeed, Seed};
use super::server::Server;
use super::state::State;
use super::{LocalGateway, OpenStore, on_thread, reachable};

/// Builds a [`LocalGateway`].
#[must_use = "`start` starts the gateway"]
#[derive(Clone)]
pub struct LocalGatewayBuilder {
    listen: SocketAddr,
    with_tls: bool,
    names: Vec<String>,
    directory: Option<PathBuf>,
    #[cfg(feature = "store")]
    store: Option<PathBuf>,
    time: Option<SystemTime>,
    context_aad: ContextAad,
    clock: Clock,
    own: OwnHandlers,
    seed: Seed,
    faults: Vec<FaultRule>,
    log: RequestLog,
}

impl LocalGatewayBuilder {
    pub(super) fn new() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            with_tls: false,
            names: Vec::new(),
            directory: None,
            #[cfg(feature = "store")]
            store: None,
            time: None,
            context_aad: ContextAad::default(),
            clock: Clock::default(),
            own: OwnHandlers::default(),
            seed: Seed::default(),
            faults: Vec::new(),
            log: RequestLog::default(),
        }
    }

    /// Sets the address to listen on (default: a free port of 127.0.0.1).
    ///
    /// Anyone who can reach the address and has the access key or the client key can use every key.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Uses TLS (default: plain HTTP). The gateway creates a CA of its own and a certificate for
    /// `localhost`, 127.0.0.1, ::1 and the address that it listens on; if that is not a loopback
    /// address, also for this machine's name.
    pub fn with_tls(mut self) -> Self {
        self.with_tls = true;
        self
    }

    /// Adds a name or an address to the certificate, such as `kms.cn-hangzhou.aliyuncs.com`,
    /// `*.cryptoservice.kms.aliyuncs.com` or the name of a container. Has no effect without TLS.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.names.push(name.into());
        self
    }

    /// Sets the folder in which the gateway writes everything that clients need (default: none).
    ///
    /// The folder is created if it does not exist. The files are `client_key.json` and its
    /// `password`, `access_key.json` (`access_key_id`, `access_key_secret`, the same with
    /// `security_token` in `temporary`, and `bearer_token`), `admin_token`, with TLS `ca.pem`, and,
    /// last, `port`. On Unix, files with secrets are readable only by their owner.
    ///
    /// `port` is removed when the gateway stops. On Unix, the folder is locked, so that no second
    /// gateway can use it.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// Keeps all state in the file `store.redb` of this folder (default: in memory): access keys,
    /// client keys, the CA, keys with their material, secrets, and the offset of the clock. A
    /// gateway that is started with the same store later continues where this one ended, even after
    /// a crash: each write is on disk before it is answered.
    ///
    /// If the disk is full, a write is undone and refused with `ServiceUnavailableTemporary`. The
    /// file contains secrets unencrypted; on Unix, only its owner can read it.
    #[cfg(feature = "store")]
    pub fn store(mut self, folder: impl Into<PathBuf>) -> Self {
        self.store = Some(folder.into());
        self
    }

    /// Sets the start time of the clock by which keys and secrets age (default: the present time
    /// plus the offset in the store), in the years 1970 to 9999. See
    /// [`LocalGateway::advance_clock`].
    pub fn time(mut self, at: SystemTime) -> Self {
        self.time = Some(at);
        self
    }

    /// Sets the form in which the RPC dialect authenticates encryption contexts (default
    /// [`ContextAad::Digest`]). [`ContextAad::Java`] means the same here, because the gateway's
    /// charset is UTF-8. Data with an encryption context can be exchanged only with clients of the
    /// instance's own dialect that have the same setting.
    pub fn context_aad(mut self, form: ContextAad) -> Self {
        self.context_aad = form;
        self
    }

    /// Sets the clock that dates answers and resources, and that the dates of requests are compared
    /// with (default: the system's clock). It shows the years 1970 to 9999.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Adds a key that the gateway creates at its first start.
    ///
    /// ```
    /// use alibabacloud_kms_local::{KeySeed, LocalGateway, SecretSeed};
    ///
    /// let gateway = LocalGateway::builder()
    ///     .key(KeySeed::new("alias/app").id("key-app"))
    ///     .secret(SecretSeed::new("db", "a password"));
    /// # drop(gateway);
    /// ```
    ///
    /// With a store, later starts find the key there. If the store does not contain it as it is
    /// described here, starting the gateway fails.
    pub fn key(mut self, key: KeySeed) -> Self {
        self.seed.keys.push(key);
        self
    }

    /// Adds a secret that the gateway creates at its first start. With a store, later starts check
    /// it as they check a [`key`](Self::key).
    pub fn secret(mut self, secret: SecretSeed) -> Self {
        self.seed.secrets.push(secret);
        self
    }

    /// Adds an access key. The first one without a token is the gateway's
    /// [`credential`](LocalGateway::credential), the first one with a token its
    /// [`temporary_credential`](LocalGateway::temporary_credential).
    pub fn access_key(mut self, key: AccessKeySeed) -> Self {
        self.seed.access_keys.push(key);
        self
    }

    /// Adds a client key. The first one is the gateway's [`client_key`](LocalGateway::client_key).
    pub fn client_key(mut self, key: ClientKeySeed) -> Self {
        self.seed.client_keys.push(key);
        self
    }

    /// Adds the keys, secrets, access keys and client keys of a seed.
    pub fn seed(mut self, seed: Seed) -> Self {
        self.seed.merge(seed);
        self
    }

    /// Returns the content of the store as a seed. No gateway may be using the store.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): the store cannot be opened or
    /// written, or contradicts what was added here.
    #[cfg(feature = "store")]
    pub fn export(&self) -> Result<Seed, Error> {
        let opened = self.open()?;
        let exported = opened::export(&opened.engine, &opened.identity);
        // The seed has material that was generated for it.
        let exported = opened.engine.finish().and(exported);
        exported.map_err(|fault| failed("cannot export its state", fault.message))
    }

    /// Adds a rule that injects a fault into requests, after the existing rules. A rule for an
    /// action that does not exist is an error of [`start`](Self::start).
    pub fn fault(mut self, rule: FaultRule) -> Self {
        self.faults.push(rule);
        self
    }

    /// Sets a function that is called for each request, after it was answered.
    pub fn request_log(mut self, log: impl Fn(&LoggedRequest) + Send + Sync + 'static) -> Self {
        self.log = RequestLog::new(log);
        self
    }

    /// Answers an action with a function: an action of your own, or an action of KMS in place of
    /// the gateway's own answer.
    ///
    /// The gateway still does everything else: it authenticates and decodes the request, checks
    /// required parameters, sets the request id, and encodes the answer or the error. Operations of
    /// the instance's own dialect work in the same way. The function may block.
    ///
    /// ```
    /// use alibabacloud_kms::api::account::DescribeAccountKmsStatusRequest;
    /// use alibabacloud_kms::{Error, KmsClient};
    /// use alibabacloud_kms_local::LocalGateway;
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), alibabacloud_kms::Error> {
    /// let gateway = LocalGateway::builder()
    ///     .handle(|_: &DescribeAccountKmsStatusRequest| {
    ///         Err(Error::refused("Forbidden.NoPermission", "Not today."))
    ///     })
    ///     .start()
    ///     .await?;
    /// let client = KmsClient::builder().shared(gateway.open_api_gateway()).build()?;
    /// let refused = client.describe_account_kms_status(DescribeAccountKmsStatusRequest::new()).await;
    /// assert_eq!(refused.unwrap_err().code(), Some("Forbidden.NoPermission"));
    /// # Ok(()) }
    /// ```
    ///
    /// To refuse a request, return an error with a service error, such as
    /// [`Error::invalid_parameter`], [`Error::refused`] or [`Error::from_service`] (default status
    /// 400). Any other error becomes the service's `InternalFailure`.
    pub fn handle<A: Action>(
        mut self,
        handler: impl Fn(&A) -> Result<A::Response, Error> + Send + Sync + 'static,
    ) -> Self {
        self.own.add(handler);
        self
    }

    /// Starts the gateway.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config): it cannot listen on the address,
    /// the folder cannot be written or is in use, the store cannot be opened or contradicts a seed,
    /// the clock, the time, a seed, a fault rule or a name of the certificate is invalid, or the
    /// system's random source failed.
    ///
    /// # Panics
    ///
    /// Outside a tokio runtime with IO and time.
    pub async fn start(self) -> Result<LocalGateway, Error> {
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            let address = self.listen;
            failed(format!("cannot listen on {address}"), error)
        })?;
        let address =
            listener.local_addr().map_err(|error| failed("cannot find out its address", error))?;
        // Generating an RSA key takes a fraction of a second, and writing files may be slow.
        let prepared = tokio::task::spawn_blocking(move || self.prepare(address));
        let Prepared { state, certificate, folder } =
            prepared.await.map_err(|error| failed("could not be prepared", error))??;
        let store = OpenStore(state.engine.clone());
        let (clock, faults) = (state.ages_by.clone(), Arc::clone(&state.faults));
        state
            .engine
            .kept()
            .await
            .map_err(|fault| failed("could not store its initial state", fault.message))?;
        let (tls, ca_pem) = match certificate {
            Some(Certificate { server, ca_pem }) => (Some(server), Some(ca_pem)),
            None => (None, None),
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(LocalGateway {
            endpoint: format!("{scheme}://{}", reachable(address)).parse()?,
            credential: state.identity.access_key.credential(),
            temporary_credential: state.identity.temporary.credential(),
            bearer_token: state.identity.bearer_token.clone(),
            client_key: state.identity.client_key.clone(),
            tls: ca_pem.as_ref().map(|pem| TlsOptions::ca_pem(pem.as_bytes())).transpose()?,
            ca_pem,
            server: Server::start(listener, address, tls, state),
            store,
            clock,
            faults,
            _folder: folder,
            _thread: None,
        })
    }

    /// Starts the gateway on a thread of its own, which ends when the gateway is dropped.
    ///
    /// # Errors
    ///
    /// Those of [`start`](Self::start), and
    /// [`ErrorKind::Config`](alibabacloud_kms::ErrorKind::Config) if the thread or its runtime
    /// cannot be started.
    pub fn start_on_thread(self) -> Result<LocalGateway, Error> {
        let (gateway, thread) = on_thread::run(|| self.start())?;
        Ok(LocalGateway { _thread: Some(thread), ..gateway })
    }

    /// Prepares the gateway without its socket.
    pub(super) fn prepare(self, address: SocketAddr) -> Result<Prepared, Error> {
        if self.with_tls {
            check_names(&self.names)
                .map_err(|error| failed("could not make its certificate", error))?;
        }
        faults::check(&self.faults, &self.own.names()).map_err(|why| {
            Error::new(ErrorKind::Config, format!("a fault rule of the local gateway: {why}"))
        })?;
        let in_folder =
            |path: &Path, error| failed(format!("cannot use the folder {}", shown(path)), error);
        let folder = self
            .directory
            .as_deref()
            .map(|path| Folder::take(path).map_err(|error| in_folder(path, error)));
        let folder = folder.transpose()?;
        let opened = self.open()?;
        let certificate = self
            .with_tls
            .then(|| Certificate::generate(&opened.authority()?, address.ip(), &self.names))
            .transpose()
            .map_err(|error| failed("could not make its certificate", error))?;
        if let (Some(folder), Some(path)) = (&folder, &self.directory) {
            let ca_pem = certificate.as_ref().map(|certificate| &*certificate.ca_pem);
            folder
                .write(&opened.identity, ca_pem, address.port())
                .map_err(|error| in_folder(path, error))?;
        }
        let Opened { engine, identity, clock } = opened;
        let state = State {
            engine,
            identity: Arc::new(identity),
            nonces: Arc::default(),
            clock: self.clock,
            ages_by: clock,
            own: self.own,
            faults: Arc::new(Faults::new(self.faults)),
            log: self.log,
            context_aad: self.context_aad,
        };
        Ok(Prepared { state, certificate, folder })
    }

    fn open(&self) -> Result<Opened, Error> {
        let opened = match self.store_folder() {
            #[cfg(feature = "store")]
            Some(folder) => Opened::from_store(self.clock.clone(), folder, &self.seed),
            _ => Opened::in_memory(self.clock.clone(), &self.seed),
        };
        let opened = opened.map_err(|error| failed("could not open its state", error))?;
        if let Some(time) = self.time {
            opened.set_time(time).map_err(|why| failed("could not set its time", why))?;
        }
        Ok(opened)
    }

    #[cfg(feature = "store")]
    fn store_folder(&self) -> Option<&Path> {
        self.store.as_deref()
    }

    #[cfg(not(feature = "store"))]
    fn store_folder(&self) -> Option<&Path> {
        None
    }
}

/// A gateway that does not listen yet.
pub(super) struct Prepared {
    pub(super) state: State,
    certificate: Option<Certificate>,
    folder: Option<Folder>,
}

impl fmt::Debug for LocalGatewayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalGatewayBuilder")
            .field("listen", &self.listen)
            .field("with_tls", &self.with_tls)
            .field("names", &self.names)
            .field("directory", &self.directory.as_deref().map(|path| shown(path).to_string()))
            .field("context_aad", &self.context_aad)
            .field("own_handlers", &self.own)
            .finish_non_exhaustive()
    }
}
