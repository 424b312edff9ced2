//! A world for providers: variables, a clock, and one server that stands for every host.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use alibabacloud_kms::credential::Environment;
use alibabacloud_kms::transport::Transport;
use alibabacloud_kms::{Body, BoxError, Clock, Credential, Error, ErrorKind, Nonce, TlsOptions};
use http::Uri;
use http_body_util::BodyExt as _;
use mockito::ServerGuard;
use tower::{Service, ServiceExt as _, service_fn};

/// `2026-11-23T08:00:00Z`.
pub(crate) fn start() -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800)
}

/// An answer's `Expiration` an hour after [`start`].
pub(crate) const IN_AN_HOUR: &str = "2026-11-23T09:00:00Z";

/// An environment in which every host is one server.
pub(crate) struct World {
    address: String,
    variables: BTreeMap<String, String>,
    now: Arc<Mutex<SystemTime>>,
    requests: Requests,
}

/// What was sent, as it was meant: method, URI, headers by name, body.
#[derive(Clone, Default)]
pub(crate) struct Requests(Arc<Mutex<Vec<String>>>);

impl World {
    /// Every host is at this address.
    pub(crate) fn at(address: impl Into<String>) -> Self {
        Self {
            address: address.into(),
            variables: BTreeMap::new(),
            now: Arc::new(Mutex::new(start())),
            requests: Requests::default(),
        }
    }

    /// Every host is this server.
    pub(crate) fn new(server: &ServerGuard) -> Self {
        Self::at(server.host_with_port())
    }

    pub(crate) fn set(&mut self, name: &str, value: impl Into<String>) -> &mut Self {
        self.variables.insert(name.into(), value.into());
        self
    }

    /// The environment with the variables that are set by now.
    pub(crate) fn environment(&self) -> Environment {
        let (variables, now) = (self.variables.clone(), self.now.clone());
        Environment::from_variables(move |name| variables.get(name).map(OsString::from))
            .with_http(redirected(self.address.clone(), self.requests.clone()))
            .with_clock(Clock::new(move || *now.lock().expect("no panic before")))
            .with_nonce(Nonce::new(|| "nonce-1".to_owned()))
            .with_random(|| 0.0)
    }

    pub(crate) fn advance(&self, time: Duration) {
        *self.now.lock().expect("no panic before") += time;
    }

    /// All that was sent so far, to whom it was meant.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.0.lock().expect("no panic before").clone()
    }
}

/// A transport that writes requests down and sends all of them to one address over plain HTTP.
pub(crate) fn redirected(
    address: String,
    requests: Requests,
) -> impl Service<
    http::Request<Body>,
    Response = http::Response<Body>,
    Error = BoxError,
    Future = impl Future<Output = Result<http::Response<Body>, BoxError>> + Send + 'static,
> + Clone
+ Send
+ Sync
+ 'static {
    // Nothing here is TLS: the system's CAs need not be read.
    let tls = TlsOptions::danger_accept_any_certificate();
    let transport = Transport::builder().tls(tls).build().expect("a transport");
    service_fn(move |mut request: http::Request<Body>| {
        let (address, requests, transport) = (address.clone(), requests.clone(), transport.clone());
        async move {
            requests.add(&request).await;
            let path = request.uri().path_and_query().expect("a path").clone();
            *request.uri_mut() = Uri::builder()
                .scheme("http")
                .authority(address)
                .path_and_query(path)
                .build()
                .expect("a URI");
            let (parts, body) = transport.oneshot(request).await?.into_parts();
            let body = body.collect().await?.to_bytes();
            Ok(http::Response::from_parts(parts, Body::new(body)))
        }
    })
}

impl Requests {
    async fn add(&self, request: &http::Request<Body>) {
        let body = request.body().clone().collect().await.expect("in memory").to_bytes();
        let mut lines = vec![format!("{} {}", request.method(), request.uri())];
        let headers = request.headers().iter();
        lines.extend(
            headers.map(|(name, value)| format!("{name}: {}", value.to_str().expect("a text"))),
        );
        lines[1..].sort();
        lines.push(String::from_utf8(body.into()).expect("a text"));
        self.0.lock().expect("no panic before").push(lines.join("\n"));
    }
}

/// What an issuer answers: an access key `<id>` until this time.
pub(crate) fn issued(id: &str, expiration: &str) -> String {
    format!(
        r#"{{"Code":"Success","AccessKeyId":"{id}","AccessKeySecret":"secret-of-{id}",
        "SecurityToken":"token-of-{id}","Expiration":"{expiration}","LastUpdated":"x"}}"#
    )
}

pub(crate) fn id_of(credential: Result<Credential, Error>) -> String {
    match credential.expect("a credential") {
        Credential::AccessKey { id, .. } => id,
        _ => panic!("an access key was expected"),
    }
}

/// The error of a provider, which is always of this kind.
pub(crate) fn error_of(credential: Result<Credential, Error>) -> Error {
    let error = credential.expect_err("no credential");
    assert_eq!(error.kind(), ErrorKind::Credential, "{error:?}");
    error
}

/// A path that nobody else has.
fn of_its_own(name: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    std::env::temp_dir().join(format!("kms-it-{}-{number}-{name}", std::process::id()))
}

/// A home directory that goes with the test.
pub(crate) struct Home(PathBuf);

impl Home {
    /// An empty one.
    pub(crate) fn new(name: &str) -> Self {
        let path = of_its_own(name);
        std::fs::create_dir(&path).expect("a folder");
        Self(path)
    }

    /// One with the aliyun CLI's file in it.
    pub(crate) fn from_cli(name: &str, config: &str) -> Self {
        let home = Self::new(name);
        home.put(CLI_FILE, config);
        home
    }

    /// One in which the CLI has the profile `default` with these fields.
    pub(crate) fn from_profile(name: &str, fields: &str) -> Self {
        Self::from_cli(name, &config(&format!(r#""name":"default",{fields}"#)))
    }

    pub(crate) fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.0.join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, content).expect("a file");
    }

    pub(crate) fn text(&self, path: &str) -> String {
        std::fs::read_to_string(self.0.join(path)).expect("a file")
    }

    /// The world whose user is at home here.
    pub(crate) fn of(&self, mut world: World) -> World {
        world.set(if cfg!(windows) { "USERPROFILE" } else { "HOME" }, self.0.display().to_string());
        world
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // Nothing depends on it.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Where the CLI's file is at home.
pub(crate) const CLI_FILE: &str = ".aliyun/config.json";

/// The CLI's file with one profile of these fields, which is the current one if it is the `default`.
pub(crate) fn config(fields: &str) -> String {
    format!(r#"{{"current":"default","profiles":[{{{fields}}}]}}"#)
}

/// A file that goes with the test.
pub(crate) struct TempFile(PathBuf);

impl TempFile {
    /// A file of this content.
    pub(crate) fn new(name: &str, content: &str) -> Self {
        let path = of_its_own(name);
        std::fs::write(&path, content).expect("a file");
        Self(path)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        // The test may have removed it.
        let _ = std::fs::remove_file(&self.0);
    }
}
