//! Runs a program that reads its settings from the environment against a local gateway.
//!
//! ```sh
//! cargo run -p alibabacloud-kms-examples --bin run_locally -- route_all_to_shared
//! cargo run -p alibabacloud-kms-examples --bin run_locally -- python3 program.py
//! ```
//!
//! The first word is the name of an example, or else a command with its arguments.

use std::env;
use std::error::Error;
use std::path::Path;
use std::process::{Command, ExitCode};

use alibabacloud_kms::api::alias::CreateAliasRequest;
use alibabacloud_kms::api::key::CreateKeyRequest;
use alibabacloud_kms::api::secret::CreateSecretRequest;
use alibabacloud_kms::{Credential, ExposeSecret, KmsClient, OpenApiGateway, TlsOptions};
use alibabacloud_kms_examples::Demo;

#[tokio::main]
async fn main() -> Result<ExitCode, Box<dyn Error>> {
    let words: Vec<String> = env::args().skip(1).collect();
    let mut program = match words.as_slice() {
        [] => return Err("add a program, such as `-- route_all_to_shared`".into()),
        [name] if is_example(name) => example(name),
        [command, arguments @ ..] => {
            let mut program = Command::new(command);
            program.args(arguments);
            program
        }
    };
    let demo = Demo::start().await?;
    prepare(&demo).await?;
    let Credential::AccessKey { id, secret, .. } = &demo.credential else {
        return Err("the local gateway has an access key".into());
    };
    let address = demo.endpoint.trim_start_matches("https://");
    program
        .env("ALIBABA_CLOUD_KMS_ENDPOINT", address)
        .env("ALIBABA_CLOUD_ACCESS_KEY_ID", id)
        .env("ALIBABA_CLOUD_ACCESS_KEY_SECRET", secret.expose_secret())
        .env("ALIBABA_CLOUD_KMS_INSTANCE_ENDPOINT", address)
        .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_FILE", &demo.client_key_file)
        .env("ALIBABA_CLOUD_KMS_CLIENT_KEY_PASSWORD", demo.password.expose_secret())
        .env("ALIBABA_CLOUD_KMS_CA_FILE", &demo.ca_file)
        // What the program takes for the operating system's CAs: it must trust the shared gateway.
        .env("SSL_CERT_FILE", &demo.ca_file)
        .env("REQUESTS_CA_BUNDLE", &demo.ca_file);
    let status = tokio::task::spawn_blocking(move || program.status()).await??;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn is_example(name: &str) -> bool {
    let programs = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/bin");
    programs.join(name).with_extension("rs").is_file()
}

fn example(name: &str) -> Command {
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["run", "--quiet", "-p", "alibabacloud-kms-examples", "--bin", name]);
    cargo
}

/// Creates the key and the secret that the programs use.
async fn prepare(demo: &Demo) -> Result<(), Box<dyn Error>> {
    let gateway = OpenApiGateway::new(demo.endpoint.parse()?, demo.credential.clone())
        .tls(TlsOptions::ca_file(&demo.ca_file)?);
    let client = KmsClient::builder().shared(gateway).build()?;
    let key = client.create_key(CreateKeyRequest::new()).await?.key_metadata.key_id;
    client.create_alias(CreateAliasRequest::new("alias/app", key)).await?;
    client.create_secret(CreateSecretRequest::new("app/db", "v1", "hunter2")).await?;
    Ok(())
}
