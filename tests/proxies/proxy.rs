//! Proxies of other people's making, run as they are.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use alibabacloud_kms::TlsOptions;
use alibabacloud_kms_tests::certificate::Authority;
use tokio::task::JoinHandle;

type User<'a> = Option<(&'a str, &'a str)>;

/// A proxy that runs until it is dropped.
pub(crate) struct RealProxy {
    process: Child,
    scheme: &'static str,
    address: SocketAddr,
    directory: PathBuf,
}

impl RealProxy {
    /// An HTTP proxy.
    pub(crate) fn tinyproxy(user: User<'_>) -> Self {
        let user = user.map(|(name, password)| format!("BasicAuth {name} {password}\n"));
        Self::tinyproxy_with(&user.unwrap_or_default())
    }

    /// An HTTP proxy that lets TLS through to this port only.
    pub(crate) fn tinyproxy_for_port(port: u16) -> Self {
        Self::tinyproxy_with(&format!("ConnectPort {port}\n"))
    }

    fn tinyproxy_with(settings: &str) -> Self {
        Self::start("tinyproxy", "http", |address, directory| {
            let mut config = format!("Port {}\nListen {}\n", address.port(), address.ip());
            writeln!(config, "LogLevel Info\nTimeout 60\n{settings}").expect("a string");
            let file = directory.join("tinyproxy.conf");
            fs::write(&file, config).expect("a file");
            let mut command = Command::new("tinyproxy");
            command.arg("-d").arg("-c").arg(file);
            command
        })
    }

    /// A SOCKS 5 proxy.
    pub(crate) fn microsocks(user: User<'_>) -> Self {
        Self::start("microsocks", "socks5", |address, _| {
            let mut command = Command::new("microsocks");
            command.args(["-i", &address.ip().to_string(), "-p", &address.port().to_string()]);
            if let Some((name, password)) = user {
                command.args(["-u", name, "-P", password]);
            }
            command
        })
    }

    fn start(
        name: &str,
        scheme: &'static str,
        command: impl FnOnce(SocketAddr, &Path) -> Command,
    ) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let directory =
            std::env::temp_dir().join(format!("{name}-{}-{number}", std::process::id()));
        fs::create_dir_all(&directory).expect("a directory");
        let free = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = free.local_addr().expect("an address");
        drop(free);
        let log = File::create(directory.join("log")).expect("a file");
        let process = command(address, &directory)
            .stdin(Stdio::null())
            .stdout(log.try_clone().expect("a file"))
            .stderr(log)
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not run, install it: {error}"));
        let started = Instant::now();
        while TcpStream::connect(address).is_err() {
            assert!(started.elapsed() < Duration::from_secs(20), "{name} does not listen");
            std::thread::yield_now();
        }
        Self { process, scheme, address, directory }
    }

    /// What a client is told, with this user.
    pub(crate) fn url(&self, user: User<'_>) -> String {
        url(self.scheme, self.address, user)
    }

    /// Whether the proxy wrote this into its log.
    pub(crate) fn has_logged(&self, text: &str) -> bool {
        fs::read_to_string(self.directory.join("log")).expect("a log").contains(text)
    }
}

fn url(scheme: &str, address: SocketAddr, user: User<'_>) -> String {
    let user = user.map(|(name, password)| format!("{name}:{password}@"));
    format!("{scheme}://{}{address}", user.unwrap_or_default())
}

impl std::fmt::Debug for RealProxy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.url(None))
    }
}

impl Drop for RealProxy {
    fn drop(&mut self) {
        self.process.kill().expect("it runs");
        self.process.wait().expect("it ends");
        fs::remove_dir_all(&self.directory).expect("the directory is ours");
    }
}

/// TLS before a proxy that speaks none itself.
pub(crate) struct TlsFront {
    _proxy: RealProxy,
    address: SocketAddr,
    ca_pem: String,
    task: JoinHandle<()>,
}

impl TlsFront {
    pub(crate) async fn before(proxy: RealProxy) -> Self {
        let authority = Authority::generate();
        let acceptor = authority.server();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let behind = proxy.address;
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let acceptor = acceptor.clone();
                tokio::spawn(async move {
                    // A client that does not trust us leaves.
                    let Ok(mut stream) = acceptor.accept(stream).await else { return };
                    let mut proxy =
                        tokio::net::TcpStream::connect(behind).await.expect("the proxy runs");
                    let _ = tokio::io::copy_bidirectional(&mut stream, &mut proxy).await;
                });
            }
        });
        Self { _proxy: proxy, address, ca_pem: authority.pem(), task }
    }

    pub(crate) fn url(&self, user: User<'_>) -> String {
        url("https", self.address, user)
    }

    /// Trust in the front, and in a gateway's CA if it has one.
    pub(crate) fn trust_with(&self, gateway: Option<&str>) -> TlsOptions {
        let pem = format!("{}\n{}", self.ca_pem, gateway.unwrap_or_default());
        TlsOptions::ca_pem(pem.as_bytes()).expect("certificates")
    }
}

impl Drop for TlsFront {
    fn drop(&mut self) {
        self.task.abort();
    }
}
