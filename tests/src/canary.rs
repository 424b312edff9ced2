//! Secrets that no output may hold, and clients that carry them.

use std::net::SocketAddr;
use std::sync::LazyLock;

use alibabacloud_kms::{
    ClientKey, Credential, Endpoint, Gateway, InstanceGateway, KmsClient, OpenApiGateway,
    TlsOptions,
};

/// A plaintext.
pub const PLAINTEXT: &str = "canary-plaintext-5e1f0c";
/// The secret of [`credential`].
pub const ACCESS_KEY_SECRET: &str = "canary-access-key-secret-77a2";
/// The token of [`credential`].
pub const SECURITY_TOKEN: &str = "canary-security-token-19bd";
/// The value of a secret.
pub const SECRET_DATA: &str = "canary-secret-data-c0ffee";
/// The password of [`client_key`].
pub const PASSWORD: &str = "vector-password";
/// A data key.
pub const DATA_KEY: &[u8; 32] = b"canary-data-key-of-32-bytes-8d41";
const CLIENT_KEY: &str = include_str!("../data/vectors/client_key.json");

/// Every form in which a canary might show.
pub fn forms() -> Vec<String> {
    let key: serde_json::Value = serde_json::from_str(CLIENT_KEY).expect("JSON");
    let private_key = key["PrivateKeyData"].as_str().expect("a text");
    let mut forms: Vec<String> = vec![private_key[..64].to_owned(), PASSWORD.to_owned()];
    for bytes in [PLAINTEXT, ACCESS_KEY_SECRET, SECURITY_TOKEN, SECRET_DATA]
        .map(str::as_bytes)
        .into_iter()
        .chain([&DATA_KEY[..]])
    {
        forms.push(String::from_utf8_lossy(bytes).into_owned());
        forms.push(base64(bytes));
        forms.push(bytes.iter().map(|byte| format!("{byte:02x}")).collect());
        forms.push(format!("{bytes:?}").trim_matches(['[', ']']).to_owned());
    }
    forms
}

/// Returns the Base64 of some bytes.
pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}

/// Returns temporary credentials.
pub fn credential() -> Credential {
    Credential::sts("canary-id", ACCESS_KEY_SECRET, SECURITY_TOKEN)
}

/// Returns the client key of the recorded requests.
pub fn client_key() -> ClientKey {
    static KEY: LazyLock<ClientKey> = LazyLock::new(|| {
        ClientKey::from_content(&CLIENT_KEY.into(), &PASSWORD.into()).expect("the client key")
    });
    KEY.clone()
}

/// A client of one gateway at an address, which tries once.
pub fn client(gateway: Gateway, endpoint: &str, tls: impl Into<Option<TlsOptions>>) -> KmsClient {
    let endpoint: Endpoint = endpoint.parse().expect("an endpoint");
    let builder = KmsClient::builder().max_attempts(1);
    let builder = match gateway {
        Gateway::Shared => builder.shared(OpenApiGateway::new(endpoint, credential())),
        Gateway::Instance => builder.instance(InstanceGateway::new(endpoint, client_key())),
    };
    let builder = match tls.into() {
        Some(tls) => builder.tls(tls),
        None => builder,
    };
    builder.build().expect("a client")
}

/// Returns the endpoint at an address without TLS.
pub fn http(address: SocketAddr) -> String {
    format!("http://{address}")
}

/// Returns the endpoint at an address with TLS.
pub fn https(address: SocketAddr) -> String {
    format!("https://{address}")
}
