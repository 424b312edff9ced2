//! A client, a local gateway, and between them a server that fails.

use std::fmt;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::retry::{Backoff, RetryPolicy};
use alibabacloud_kms::{
    ClientBuilder, Error, ErrorKind, Gateway, InstanceGateway, KmsClient, OpenApiGateway, Outcome,
    Reply, TlsOptions,
};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use alibabacloud_kms_tests::certificate::Authority;
use alibabacloud_kms_tests::faults::{Fault, FaultServer};

/// The time limit of connections and attempts: long enough for a busy machine.
pub(crate) const LIMIT: Duration = Duration::from_millis(1500);
/// A time limit that nothing runs into.
pub(crate) const LONG: Duration = Duration::from_secs(60);
/// More than three attempts can take.
const BOUND: Duration = Duration::from_secs(20);

/// One client's way to one gateway.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) gateway: Gateway,
    pub(crate) is_tls: bool,
}

pub(crate) const WAYS: [Way; 4] = [
    Way { gateway: Gateway::Shared, is_tls: false },
    Way { gateway: Gateway::Shared, is_tls: true },
    Way { gateway: Gateway::Instance, is_tls: false },
    Way { gateway: Gateway::Instance, is_tls: true },
];

impl fmt::Display for Way {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} over {}", self.gateway, if self.is_tls { "TLS" } else { "plain HTTP" })
    }
}

/// A server that fails, and the client that meets it.
pub(crate) struct Bench {
    pub(crate) server: FaultServer,
    pub(crate) client: KmsClient,
}

impl Bench {
    pub(crate) async fn new(local: &LocalGateway, way: Way) -> Self {
        Self::with(local, way, |builder| builder).await
    }

    /// With settings of its own.
    pub(crate) async fn with(
        local: &LocalGateway,
        way: Way,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> Self {
        let server = FaultServer::start(local.address()).await;
        let mut tls = None;
        if way.is_tls {
            let authority = Authority::generate();
            server.speak_tls(authority.server());
            tls = Some(trust(&authority));
        }
        let builder = builder(local, way, server.address(), tls);
        Self { server, client: settings(builder).build().expect("a client") }
    }

    /// Fails the next requests like this, encrypts once, and says what that came to.
    pub(crate) async fn encrypt(&self, faults: &[Fault], idempotent: bool) -> Run {
        let before = self.server.tries();
        self.server.fail(faults.iter().cloned());
        let begun = Instant::now();
        let call = self.client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
        let result = call.idempotent(idempotent).reply().await;
        let took = begun.elapsed();
        assert!(took < BOUND, "it took {took:?}: {result:?}");
        Run { result, took, tries: self.server.tries() - before }
    }
}

/// What a call came to.
pub(crate) struct Run {
    pub(crate) result: Result<Reply, Error>,
    pub(crate) took: Duration,
    /// How many requests reached the server.
    pub(crate) tries: usize,
}

/// What a call must come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Success after so many requests.
    Success(usize),
    /// This error after so many requests.
    Failure(ErrorKind, Outcome, usize),
}

impl Run {
    pub(crate) fn check(&self, expected: Expected, what: &dyn fmt::Display) {
        let (tries, attempts) = match &self.result {
            Ok(reply) => (Expected::Success(self.tries), reply.attempts()),
            Err(error) => {
                (Expected::Failure(error.kind(), error.outcome(), self.tries), error.attempts())
            }
        };
        assert_eq!(tries, expected, "{what}: {:?}", self.result);
        assert_eq!(attempts as usize, self.tries, "{what}: {:?}", self.result);
    }

    pub(crate) fn error(&self) -> &Error {
        self.result.as_ref().expect_err("an error")
    }
}

pub(crate) async fn local() -> LocalGateway {
    LocalGateway::start().await.expect("the gateway starts")
}

/// A client of one gateway at this address, which waits little between attempts.
pub(crate) fn builder(
    local: &LocalGateway,
    way: Way,
    address: SocketAddr,
    tls: impl Into<Option<TlsOptions>>,
) -> ClientBuilder {
    let scheme = if way.is_tls { "https" } else { "http" };
    let endpoint = format!("{scheme}://{address}").parse().expect("an endpoint");
    let backoff = Backoff::new(Duration::from_millis(1), Duration::from_millis(5));
    let builder = KmsClient::builder()
        .connect_timeout(LONG)
        .attempt_timeout(LONG)
        .timeout(LONG)
        .retry(RetryPolicy::default().backoff(backoff));
    let builder = match tls.into() {
        Some(tls) => builder.tls(tls),
        None => builder,
    };
    match way.gateway {
        Gateway::Shared => builder.shared(OpenApiGateway::new(endpoint, local.credential())),
        Gateway::Instance => builder.instance(InstanceGateway::new(endpoint, local.client_key())),
    }
}

pub(crate) fn trust(authority: &Authority) -> TlsOptions {
    TlsOptions::ca_pem(authority.pem().as_bytes()).expect("a CA")
}
