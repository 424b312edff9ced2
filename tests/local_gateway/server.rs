//! How a gateway starts, what it leaves for its clients, and how it ends.

use std::path::{Path, PathBuf};

use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::{
    ClientKey, Credential, Endpoint, ErrorKind, InstanceGateway, KmsClient, OpenApiGateway,
    SecretString, TlsOptions,
};
use alibabacloud_kms_local::{DEFAULT_KEY, LocalGateway};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::{builder, client, gateway};

#[tokio::test]
async fn the_folder_has_all_that_clients_need() {
    let folder = TempFolder::new("all");
    let started = LocalGateway::builder().with_tls().directory(&folder.0);
    let gateway = started.start().await.expect("the gateway starts");
    let port: u16 = folder.read("port").parse().expect("it is a port");
    assert_eq!(port, gateway.address().port());
    let endpoint: Endpoint =
        format!("https://127.0.0.1:{port}").parse().expect("it is an endpoint");
    let access_key: serde_json::Value =
        serde_json::from_str(&folder.read("access_key.json")).expect("it is JSON");
    let text = |name: &str| access_key[name].as_str().expect("it is there").to_owned();
    let credential = Credential::access_key(text("access_key_id"), text("access_key_secret"));
    let password = SecretString::from(folder.read("password"));
    let client_key = ClientKey::from_file(folder.0.join("client_key.json"), &password);
    let tls = TlsOptions::ca_file(folder.0.join("ca.pem")).expect("it is a CA");
    let client = KmsClient::builder()
        .shared(OpenApiGateway::new(endpoint.clone(), credential).tls(tls.clone()))
        .instance(InstanceGateway::new(endpoint, client_key.expect("it opens")).tls(tls))
        .build()
        .expect("the client is built");
    for shared in [false, true] {
        let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
        let sealed = call.use_shared_gateway(shared).await;
        sealed.expect("it is let in");
    }

    // The next gateway in the same folder speaks plain HTTP, and leaves no CA of another.
    drop(gateway);
    let next = LocalGateway::builder().directory(&folder.0).start().await;
    let next = next.expect("the gateway starts");
    assert_eq!(folder.read("port"), next.address().port().to_string());
    assert_eq!(
        folder.names(),
        ["access_key.json", "admin_token", "client_key.json", "password", "port"]
    );
}

#[cfg(unix)]
#[tokio::test]
async fn secrets_in_the_folder_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;

    let folder = TempFolder::new("modes");
    let started = LocalGateway::builder().directory(&folder.0).start().await;
    let _gateway = started.expect("the gateway starts");
    for name in ["access_key.json", "admin_token", "client_key.json", "password"] {
        let metadata = std::fs::metadata(folder.0.join(name)).expect("it is there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{name}");
    }
}

#[tokio::test]
async fn a_folder_or_an_address_that_cannot_be_had_is_an_error() {
    let taken = gateway().await;
    let started = LocalGateway::builder().listen(taken.address()).start();
    let error = started.await.expect_err("the port is taken");
    assert_eq!(error.kind(), ErrorKind::Config);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let started = LocalGateway::builder().directory(file).start();
    let error = started.await.expect_err("a file is no folder");
    assert_eq!(error.kind(), ErrorKind::Config);
}

#[tokio::test]
async fn a_gateway_on_every_address_is_reached_through_loopback() {
    let listen = "0.0.0.0:0".parse().expect("it is an address");
    let started = LocalGateway::builder().listen(listen).with_tls().start();
    let gateway = started.await.expect("the gateway starts");
    assert_eq!(gateway.endpoint().host(), "127.0.0.1");
    let sealed = client(&gateway).encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    sealed.await.expect("it encrypts");
}

#[tokio::test]
async fn slow_and_broken_clients_hold_up_nobody() {
    let gateway = LocalGateway::builder().with_tls().start().await;
    let tls = gateway.expect("the gateway starts");
    let plain = crate::gateway().await;
    let mut silent = Vec::new();
    for gateway in [&tls, &plain] {
        for sent in [
            &b""[..],
            b"POST / HT",
            b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\n",
            b"\0\xff\r\n\r\n",
        ] {
            let stream = TcpStream::connect(gateway.address()).await;
            let mut stream = stream.expect("it is accepted");
            stream.write_all(sent).await.expect("it is taken");
            silent.push(stream);
        }
    }
    for gateway in [&tls, &plain] {
        let sealed = client(gateway).encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
        sealed.await.expect("it is answered");
    }
}

#[tokio::test]
async fn calls_are_answered_side_by_side() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let calls: Vec<_> = (0..32)
        .map(|index| {
            let call = client.encrypt(EncryptRequest::new(DEFAULT_KEY, index.to_string()));
            tokio::spawn(call.use_shared_gateway(index % 2 == 0).into_future())
        })
        .collect();
    for call in calls {
        let sealed = call.await.expect("nobody panics");
        sealed.expect("it encrypts");
    }
}

#[tokio::test]
async fn a_dropped_gateway_is_gone_with_its_connections() {
    let gateway = gateway().await;
    let client = builder(&gateway).build().expect("the client is built");
    let encrypt = || client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    encrypt().await.expect("it encrypts");
    let mut idle = TcpStream::connect(gateway.address()).await.expect("it is accepted");
    let address = gateway.address();
    drop(gateway);
    let read = idle.read(&mut [0; 1]).await;
    assert!(matches!(read, Ok(0) | Err(_)));
    assert!(TcpStream::connect(address).await.is_err());
    let error = encrypt().await.expect_err("nobody is there");
    assert_eq!(error.kind(), ErrorKind::Connect);
}

#[tokio::test]
async fn a_gateway_that_shuts_down_ends_idle_connections() {
    let gateway = gateway().await;
    let client = client(&gateway);
    let encrypt = || client.encrypt(EncryptRequest::new(DEFAULT_KEY, "text"));
    encrypt().await.expect("it encrypts");
    let address = gateway.address();
    let start = std::time::Instant::now();
    gateway.shut_down().await;
    assert!(start.elapsed().as_secs() < 5, "it waited for nobody");
    assert!(TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn debug_shows_the_address_only() {
    let gateway = gateway().await;
    let shown = format!("{gateway:?}");
    let expected = format!("LocalGateway {{ address: {}, .. }}", gateway.address());
    assert_eq!(shown, expected);
}

/// A folder of this process and test, removed on drop.
struct TempFolder(PathBuf);

impl TempFolder {
    fn new(test: &str) -> Self {
        let name = format!("local-gateway-{}-{test}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).expect("the file is there")
    }

    fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the folder is there");
        let name = |entry: std::io::Result<std::fs::DirEntry>| {
            let name = entry.expect("it is there").file_name();
            name.into_string().expect("it is text")
        };
        let mut names: Vec<_> = entries.map(name).collect();
        names.sort_unstable();
        names
    }
}

impl Drop for TempFolder {
    fn drop(&mut self) {
        // Only tidiness: a folder that stays behind changes no result.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
