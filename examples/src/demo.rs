//! What the examples need of the world: both gateways, and the files that a user downloads.

use std::error::Error;
use std::path::PathBuf;

use alibabacloud_kms::{Credential, SecretString};
use alibabacloud_kms_local::LocalGateway;

/// A local gateway over TLS, with its files in a directory of their own.
#[derive(Debug)]
pub struct Demo {
    /// Both gateways' address, as `https://host:port`.
    pub endpoint: String,
    /// The client key that an instance gives for download.
    pub client_key_file: PathBuf,
    /// What opens the client key.
    pub password: SecretString,
    /// The CA of the instance's certificate.
    pub ca_file: PathBuf,
    /// An access key of the account.
    pub credential: Credential,
    directory: PathBuf,
    _gateway: LocalGateway,
}

impl Demo {
    /// Starts the gateway.
    ///
    /// # Errors
    ///
    /// If it does not start, or its files cannot be written.
    pub async fn start() -> Result<Self, Box<dyn Error>> {
        let name = format!("kms-example-{}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        let gateway = LocalGateway::builder().with_tls().directory(&directory).start().await?;
        let password = std::fs::read_to_string(directory.join("password"))?;
        Ok(Self {
            endpoint: gateway.endpoint().to_string(),
            client_key_file: directory.join("client_key.json"),
            password: SecretString::from(password.trim()),
            ca_file: directory.join("ca.pem"),
            credential: gateway.credential(),
            directory,
            _gateway: gateway,
        })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Nothing that matters is lost if the directory stays.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
