//! What the examples need of the world: both gateways, and the files that a user downloads.

use std::error::Error;
use std::path::PathBuf;

use alibabacloud_kms_local::LocalGateway;
use alibabacloud_kms::{Credential, SecretString};

/// A local gateway over TLS, with its files in a directory of their own.
#[allow(dead_code, reason = "each example uses what it needs")]
pub(crate) struct Demo {
    /// Both gateways' address, as `https://host:port`.
    pub(crate) endpoint: String,
    /// What an instance gives for download.
    pub(crate) client_key_file: PathBuf,
    pub(crate) password: SecretString,
    pub(crate) ca_file: PathBuf,
    /// An access key of the account.
    pub(crate) credential: Credential,
    directory: PathBuf,
    gateway: LocalGateway,
}

impl Demo {
    pub(crate) async fn start() -> Result<Self, Box<dyn Error>> {
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
            gateway,
        })
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        // Nothing that matters is lost if the directory stays.
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}
