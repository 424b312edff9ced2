//! The gateway in a process of its own, which is killed.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway};
use alibabacloud_kms_local::LocalGateway;

/// The other process; it is killed with this one.
pub(crate) struct Gateway {
    process: Child,
    folder: PathBuf,
    port: u16,
}

impl Gateway {
    pub(crate) fn start(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()?;
        let mut ready = String::new();
        BufReader::new(process.stdout.take().ok_or("it has a stdout")?).read_line(&mut ready)?;
        let mut gateway = Self { process, folder: folder.to_owned(), port: 0 };
        gateway.port = ready.trim().parse().map_err(|_| "the gateway did not start")?;
        Ok(gateway)
    }

    /// A client that tries once.
    pub(crate) fn client(&self) -> Result<KmsClient, Box<dyn Error>> {
        let key = std::fs::read_to_string(self.folder.join("access_key.json"))?;
        let key: serde_json::Value = serde_json::from_str(&key)?;
        let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
        let credential = Credential::access_key(text("access_key_id"), text("access_key_secret"));
        let endpoint = format!("http://127.0.0.1:{}", self.port).parse()?;
        Ok(KmsClient::builder()
            .shared(OpenApiGateway::new(endpoint, credential))
            .max_attempts(1)
            .timeout(Duration::from_secs(60))
            .attempt_timeout(Duration::from_secs(60))
            .build()?)
    }

    /// Kills it with `SIGKILL`.
    pub(crate) fn kill(&mut self) -> Result<(), Box<dyn Error>> {
        self.process.kill()?;
        self.process.wait()?;
        Ok(())
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// What the other process does.
pub(crate) async fn serve(folder: PathBuf) -> Result<(), Box<dyn Error>> {
    let builder = LocalGateway::builder().directory(&folder).store(&folder);
    let gateway = builder.start().await?;
    println!("{}", gateway.address().port());
    Ok(gateway.run_until_signal().await?)
}
