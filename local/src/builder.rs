//! What a local gateway is started with.

use std::fmt;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use alibabacloud_kms::{BoxError, Clock, ContextAad, Error, ErrorKind, TlsOptions};
use tokio::net::TcpListener;

use super::certificate::Certificate;
use super::directory;
use super::engine::{Config, Engine};
use super::identity::Identity;
use super::seed::REGION;
use super::server::Server;
use super::state::State;
use super::{LocalGateway, reachable};

/// The account in every ARN, and the creator of every key.
const ACCOUNT: &str = "1000000000000000";

/// Settings of a [`LocalGateway`] to be.
#[must_use = "`start` starts the gateway"]
#[derive(Clone)]
pub struct LocalGatewayBuilder {
    listen: SocketAddr,
    with_tls: bool,
    directory: Option<PathBuf>,
    context_aad: ContextAad,
    clock: Clock,
}

impl LocalGatewayBuilder {
    pub(super) fn new() -> Self {
        Self {
            listen: (Ipv4Addr::LOCALHOST, 0).into(),
            with_tls: false,
            directory: None,
            context_aad: ContextAad::default(),
            clock: Clock::default(),
        }
    }

    /// Listens there; on a free port of 127.0.0.1 unless told.
    ///
    /// Whoever reaches the address and has the access key or the client key may use every key.
    pub fn listen(mut self, address: SocketAddr) -> Self {
        self.listen = address;
        self
    }

    /// Speaks TLS, with a certificate for `localhost`, 127.0.0.1, ::1 and the address that it
    /// listens on, by a CA of its own.
    pub fn with_tls(mut self) -> Self {
        self.with_tls = true;
        self
    }

    /// Writes what clients need into this folder, which is made if it is not there:
    /// `client_key.json` and its `password`, `access_key.json` (`access_key_id`,
    /// `access_key_secret`), `ca.pem` with TLS, and, last, `port`.
    ///
    /// On Unix, the files with secrets are readable for their owner only.
    pub fn directory(mut self, path: impl Into<PathBuf>) -> Self {
        self.directory = Some(path.into());
        self
    }

    /// Authenticates the encryption contexts of the RPC dialect in this form: what clients of the
    /// instance's dialect that have the same setting encrypt, the RPC dialect decrypts.
    pub fn context_aad(mut self, form: ContextAad) -> Self {
        self.context_aad = form;
        self
    }

    /// Checks and makes dates by this clock.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Starts the gateway.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Config`]: it cannot listen there, the folder cannot be written, or the system
    /// has no random numbers.
    ///
    /// # Panics
    ///
    /// Outside a Tokio runtime with IO and time.
    pub async fn start(self) -> Result<LocalGateway, Error> {
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            let address = self.listen;
            failed(format!("cannot listen on {address}"), error)
        })?;
        let address =
            listener.local_addr().map_err(|error| failed("cannot tell its address", error))?;
        // An RSA key takes a fraction of a second, and files may be slow.
        let prepared = tokio::task::spawn_blocking(move || self.prepare(address));
        let (state, certificate) =
            prepared.await.map_err(|error| failed("could not be prepared", error))??;
        let state = Arc::new(state);
        let (tls, ca_pem) = match certificate {
            Some(Certificate { server, ca_pem }) => (Some(server), Some(ca_pem)),
            None => (None, None),
        };
        let scheme = if tls.is_some() { "https" } else { "http" };
        Ok(LocalGateway {
            endpoint: format!("{scheme}://{}", reachable(address)).parse()?,
            credential: state.identity.credential(),
            client_key: state.identity.client_key.clone(),
            tls: ca_pem.as_ref().map(|pem| TlsOptions::ca_pem(pem.as_bytes())).transpose()?,
            ca_pem,
            server: Server::start(listener, address, tls, state),
        })
    }

    fn prepare(self, address: SocketAddr) -> Result<(State, Option<Certificate>), Error> {
        let identity = Identity::generate()
            .map_err(|error| failed("could not make its keys: no random numbers", error))?;
        let engine = Engine::new(Config {
            region: REGION.to_owned(),
            account_id: ACCOUNT.to_owned(),
            clock: self.clock.clone(),
        });
        engine.seed().map_err(|fault| failed("could not make its keys", fault))?;
        let certificate = self
            .with_tls
            .then(|| Certificate::generate(reachable(address).ip()))
            .transpose()
            .map_err(|error| failed("could not make its certificate", error))?;
        if let Some(path) = &self.directory {
            let ca_pem = certificate.as_ref().map(|certificate| &*certificate.ca_pem);
            directory::write(path, &identity, ca_pem, address.port()).map_err(|error| {
                failed(format!("cannot write the folder {}", path.display()), error)
            })?;
        }
        let state = State::new(engine, identity, self.context_aad, self.clock);
        Ok((state, certificate))
    }
}

impl fmt::Debug for LocalGatewayBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalGatewayBuilder")
            .field("listen", &self.listen)
            .field("with_tls", &self.with_tls)
            .field("directory", &self.directory)
            .field("context_aad", &self.context_aad)
            .finish_non_exhaustive()
    }
}

fn failed(what: impl fmt::Display, why: impl Into<BoxError>) -> Error {
    Error::new(ErrorKind::Config, format!("the local gateway {what}")).with_source(why)
}
