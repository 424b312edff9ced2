//! A gateway in a process of its own: this program once more, told to `serve`.
//!
//! So what this process uses is the client's alone.

use std::error::Error;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

use alibabacloud_kms::{ClientKey, Credential, InstanceGateway, OpenApiGateway, SecretString};

/// The other process; it ends with this one.
pub struct Gateway {
    process: Child,
    stdout: BufReader<ChildStdout>,
    directory: PathBuf,
    port: u16,
}

impl Gateway {
    /// Starts it with these arguments after `serve` and its directory.
    pub fn start(arguments: &[String]) -> Result<Self, Box<dyn Error>> {
        let directory = std::env::temp_dir().join(format!("kms-serve-{}", std::process::id()));
        let mut process = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg(&directory)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut stdout = BufReader::new(process.stdout.take().ok_or("it has a stdout")?);
        let mut ready = String::new();
        stdout.read_line(&mut ready)?;
        let port = ready.trim().parse().map_err(|_| "the gateway did not start")?;
        Ok(Self { process, stdout, directory, port })
    }

    /// Returns the settings of a client of the shared gateway.
    pub fn shared(&self) -> Result<OpenApiGateway, Box<dyn Error>> {
        let access_key = self.read("access_key.json")?;
        let access_key: serde_json::Value = serde_json::from_str(&access_key)?;
        let text = |name: &str| access_key[name].as_str().unwrap_or_default().to_owned();
        let credential = Credential::access_key(text("access_key_id"), text("access_key_secret"));
        Ok(OpenApiGateway::new(self.endpoint().parse()?, credential))
    }

    /// Returns the settings of a client of the instance gateway.
    pub fn instance(&self) -> Result<InstanceGateway, Box<dyn Error>> {
        let password = SecretString::from(self.read("password")?.trim());
        let key = ClientKey::from_file(self.directory.join("client_key.json"), &password)?;
        Ok(InstanceGateway::new(self.endpoint().parse()?, key))
    }

    /// Ends it: what it has to say at last.
    pub fn end(&mut self) -> Result<String, Box<dyn Error>> {
        drop(self.process.stdin.take());
        let mut said = String::new();
        self.stdout.read_to_string(&mut said)?;
        Ok(said)
    }

    fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    fn read(&self, name: &str) -> std::io::Result<String> {
        std::fs::read_to_string(self.directory.join(name))
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        // It is gone, or it goes; and nothing that matters is lost if the directory stays.
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = std::fs::remove_dir_all(&self.directory);
    }
}

/// The local gateway of the other process.
pub async fn local(
    directory: &Path,
) -> Result<alibabacloud_kms_local::LocalGateway, Box<dyn Error>> {
    Ok(alibabacloud_kms_local::LocalGateway::builder().directory(directory).start().await?)
}

/// Says where it listens, and waits for the first process to end.
pub async fn serve(port: u16) -> Result<(), Box<dyn Error>> {
    println!("{port}");
    tokio::task::spawn_blocking(|| std::io::stdin().lines().count()).await?;
    Ok(())
}
