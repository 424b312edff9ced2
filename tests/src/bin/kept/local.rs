//! `kms local` with a store.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use alibabacloud_kms::{Credential, KmsClient, OpenApiGateway};

use crate::process::Process;

pub(crate) struct Local {
    pub(crate) process: Process,
    folder: PathBuf,
    port: u16,
    /// How long it took until it was ready.
    pub(crate) ready: Duration,
}

impl Local {
    pub(crate) fn start(kms: &Path, folder: &Path) -> Result<Self, Box<dyn Error>> {
        let begun = Instant::now();
        let mut command = Command::new(kms);
        command.args(["local", "--dir"]).arg(folder).stdout(Stdio::piped());
        let mut process = Process(command.spawn()?);
        let mut line = String::new();
        let stdout = process.0.stdout.take().ok_or("it has a stdout")?;
        BufReader::new(stdout).read_line(&mut line)?;
        let ready = begun.elapsed();
        let port = line.trim().strip_prefix("ready ").ok_or("the gateway did not start")?;
        Ok(Self { process, folder: folder.to_owned(), port: port.parse()?, ready })
    }

    pub(crate) fn client(&self) -> Result<KmsClient, Box<dyn Error>> {
        let key = std::fs::read_to_string(self.folder.join("access_key.json"))?;
        let key: serde_json::Value = serde_json::from_str(&key)?;
        let text = |name: &str| key[name].as_str().unwrap_or_default().to_owned();
        let credential = Credential::access_key(text("access_key_id"), text("access_key_secret"));
        let endpoint = format!("http://127.0.0.1:{}", self.port).parse()?;
        Ok(KmsClient::builder().shared(OpenApiGateway::new(endpoint, credential)).build()?)
    }
}
