//! A network that is cut and healed: two network namespaces, joined by a link, with real addresses.
//!
//! The gateway is `kms local` in the one, the client is this program once more in the other. Needs
//! Linux, root and iproute2; where one is missing the tests say so and check nothing.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::middleware::retry::{Backoff, RetryPolicy};
use alibabacloud_kms::middleware::timeout::TimeLimit;
use alibabacloud_kms::{
    ClientBuilder, ClientKey, Error, ErrorKind, InstanceGateway, KmsClient, Outcome, SecretString,
    TlsOptions,
};
use alibabacloud_kms_local::DEFAULT_KEY;
use alibabacloud_kms_tests::own_process;

/// The command under test.
const KMS: &str = env!("CARGO_BIN_EXE_kms-under-test");

/// Tells the program that it is the client's side: the network's name.
const CLIENT_SIDE: &str = "KMS_TEST_NETWORK";
/// The gateway's address, one where nobody is, and a name that stands for both, the dead one first.
const GATEWAY: &str = "10.99.7.1";
const CLIENT: &str = "10.99.7.2";
const NOBODY: &str = "10.99.7.3";
const NAME: &str = "localhost";
const PORT: u16 = 4433;
/// The link's name, on both sides.
const LINK: &str = "kms0";
/// The time limit of an attempt.
const LIMIT: Duration = Duration::from_secs(1);

#[test]
fn a_cut_link_is_waited_out_by_idempotent_calls_and_connections_are_made_anew() {
    on_the_clients_side(
        "a_cut_link_is_waited_out_by_idempotent_calls_and_connections_are_made_anew",
        |network| async move {
            let client = network.client(&https(GATEWAY), |builder| {
                // Attempts enough to outlast the cut.
                let backoff = Backoff::new(Duration::from_millis(100), Duration::from_millis(200));
                builder.retry(RetryPolicy::default().max_attempts(60).backoff(backoff))
            });
            assert_eq!(encrypt(&client, true).await.expect("an answer"), 1);

            network.cut();
            let error = encrypt(&client, false).await.expect_err("the link is cut");
            // It went over a connection that was there: it may have arrived.
            assert_eq!((error.kind(), error.outcome()), (ErrorKind::Timeout, Outcome::Unknown));
            assert_eq!(error.time_limit(), Some(TimeLimit::Attempt(LIMIT)));
            assert_eq!(error.attempts(), 1);

            let waiting = tokio::spawn({
                let client = client.clone();
                async move { encrypt(&client, true).await }
            });
            // A call whose connection never came to be was not sent, whatever the action.
            let another = network.client(&https(GATEWAY), |builder| builder.max_attempts(2));
            let error = encrypt(&another, false).await.expect_err("the link is cut");
            assert_eq!((error.outcome(), error.attempts()), (Outcome::NotSent, 2), "{error:?}");
            assert!(!waiting.is_finished());

            network.heal();
            let attempts = waiting.await.expect("no panic").expect("the link is healed");
            assert!(attempts > 1, "{attempts}");
            assert_eq!(encrypt(&client, false).await.expect("an answer"), 1);
        },
    );
}

#[test]
fn a_link_that_was_cut_while_nobody_called_costs_nothing() {
    on_the_clients_side(
        "a_link_that_was_cut_while_nobody_called_costs_nothing",
        |network| async move {
            let client = network.client(&https(GATEWAY), |builder| builder);
            assert_eq!(encrypt(&client, false).await.expect("an answer"), 1);
            network.cut();
            network.heal();
            assert_eq!(encrypt(&client, false).await.expect("an answer"), 1);
        },
    );
}

#[test]
fn of_several_addresses_the_first_may_be_dead() {
    on_the_clients_side("of_several_addresses_the_first_may_be_dead", |network| async move {
        let resolved = tokio::net::lookup_host((NAME, PORT)).await.expect("a name of two hosts");
        let hosts: Vec<String> = resolved.map(|address| address.ip().to_string()).collect();
        assert_eq!(hosts, [NOBODY, GATEWAY], "the dead address is the first");
        let client = network.client(&https(NAME), |builder| {
            builder.connect_timeout(Duration::from_secs(2)).attempt_timeout(4 * LIMIT)
        });
        let begun = Instant::now();
        assert_eq!(encrypt(&client, false).await.expect("the second address answers"), 1);
        assert!(begun.elapsed() < 4 * LIMIT, "{:?}", begun.elapsed());
    });
}

fn https(host: &str) -> String {
    format!("https://{host}:{PORT}")
}

/// Encrypts once: after how many attempts.
async fn encrypt(client: &KmsClient, idempotent: bool) -> Result<u32, Error> {
    let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text")).idempotent(idempotent);
    call.reply().await.map(|reply| reply.attempts())
}

/// Runs a test in a namespace that is joined to a gateway's, or says why it cannot.
fn on_the_clients_side<F: Future<Output = ()>>(test: &str, run: impl FnOnce(Network) -> F) {
    if let Some(name) = std::env::var_os(CLIENT_SIDE) {
        let name = name.into_string().expect("a name of ours");
        let runtime = tokio::runtime::Runtime::new().expect("a runtime");
        runtime.block_on(async { run(Network::start(name)).await });
        return;
    }
    let namespaces = match Namespaces::join() {
        Ok(namespaces) => namespaces,
        Err(why) => {
            use std::io::Write as _;

            // Not through `println!`, which shows only what fails.
            let _ = writeln!(std::io::stderr(), "skipped: {test}: {why}");
            return;
        }
    };
    let mut command = Command::new("ip");
    command.args(["netns", "exec", &namespaces.client()]).arg(own_process::program());
    own_process::run(command.env(CLIENT_SIDE, &namespaces.name), test);
}

/// Two namespaces and the link between them; gone when dropped.
struct Namespaces {
    name: String,
}

impl Namespaces {
    /// Why there are none: no `ip`, no right to make any, no such links.
    fn join() -> Result<Self, String> {
        static NUMBER: AtomicUsize = AtomicUsize::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let namespaces = Self { name: format!("kms-{}-{number}", std::process::id()) };
        let (client, gateway) = (namespaces.client(), namespaces.gateway());
        ip(&["netns", "add", &client])?;
        ip(&["netns", "add", &gateway])?;
        let peer = ["type", "veth", "peer", "name", LINK, "netns", &gateway];
        ip(&[&["-n", &client, "link", "add", LINK][..], &peer].concat())?;
        namespaces.configure().expect("what there is can be configured");
        Ok(namespaces)
    }

    fn configure(&self) -> Result<(), String> {
        let (client, gateway) = (self.client(), self.gateway());
        for (side, address) in [(&client, CLIENT), (&gateway, GATEWAY)] {
            ip(&["-n", side, "addr", "add", &format!("{address}/24"), "dev", LINK])?;
            ip(&["-n", side, "link", "set", "lo", "up"])?;
            ip(&["-n", side, "link", "set", LINK, "up"])?;
        }
        // Whoever it is that has this hardware address does not answer.
        let nobody = ["neigh", "add", NOBODY, "lladdr", "02:00:00:00:00:77", "dev", LINK];
        ip(&[&["-n", &client][..], &nobody].concat())?;
        let hosts = format!("{NOBODY} {NAME}\n{GATEWAY} {NAME}\n");
        std::fs::create_dir_all(self.settings()).map_err(|error| error.to_string())?;
        let written = std::fs::write(self.settings().join("hosts"), hosts);
        written.map_err(|error| error.to_string())
    }

    fn client(&self) -> String {
        format!("{}-client", self.name)
    }

    fn gateway(&self) -> String {
        format!("{}-gateway", self.name)
    }

    /// What `ip netns exec` shows the client as `/etc`.
    fn settings(&self) -> PathBuf {
        Path::new("/etc/netns").join(self.client())
    }
}

impl Drop for Namespaces {
    fn drop(&mut self) {
        // What was not made need not be taken away.
        let _ = ip(&["netns", "del", &self.client()]);
        let _ = ip(&["netns", "del", &self.gateway()]);
        let _ = std::fs::remove_dir_all(self.settings());
    }
}

/// The network as the client's side sees it, with a gateway on the other side.
struct Network {
    gateway: String,
    process: Child,
    directory: PathBuf,
}

impl Network {
    fn start(name: String) -> Self {
        let gateway = format!("{name}-gateway");
        let directory = std::env::temp_dir().join(&name);
        let mut process = Command::new("ip")
            .args(["netns", "exec", &gateway, KMS, "local", "--tls"])
            .args(["--listen", &format!("{GATEWAY}:{PORT}"), "--dir"])
            .arg(&directory)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the gateway starts");
        let mut ready = String::new();
        let stdout = process.stdout.take().expect("piped");
        BufReader::new(stdout).read_line(&mut ready).expect("the gateway says something");
        assert_eq!(ready.trim(), format!("ready {PORT}"));
        Self { gateway, process, directory }
    }

    fn client(
        &self,
        endpoint: &str,
        settings: impl FnOnce(ClientBuilder) -> ClientBuilder,
    ) -> KmsClient {
        let password = std::fs::read_to_string(self.directory.join("password"));
        let password = SecretString::from(password.expect("a password").trim());
        let key = ClientKey::from_file(self.directory.join("client_key.json"), &password);
        let tls = TlsOptions::ca_file(self.directory.join("ca.pem")).expect("a CA");
        let endpoint = endpoint.parse().expect("an endpoint");
        let instance = InstanceGateway::new(endpoint, key.expect("a client key")).tls(tls);
        let builder = KmsClient::builder()
            .instance(instance)
            .timeout(60 * LIMIT)
            .connect_timeout(LIMIT)
            .attempt_timeout(LIMIT);
        settings(builder).build().expect("a client")
    }

    fn cut(&self) {
        ip(&["-n", &self.gateway, "link", "set", LINK, "down"]).expect("the link is cut");
    }

    fn heal(&self) {
        ip(&["-n", &self.gateway, "link", "set", LINK, "up"]).expect("the link is healed");
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // It is gone, or it goes; and nothing that matters is lost if the directory stays.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// Runs `ip` of iproute2; why it could not, if it could not.
fn ip(arguments: &[&str]) -> Result<(), String> {
    let output = Command::new("ip").args(arguments).output();
    let output = output.map_err(|error| format!("`ip` of iproute2 does not run: {error}"))?;
    match output.status.success() {
        true => Ok(()),
        false => {
            let why = String::from_utf8_lossy(&output.stderr);
            Err(format!("`ip {}`: {}", arguments.join(" "), why.trim()))
        }
    }
}
