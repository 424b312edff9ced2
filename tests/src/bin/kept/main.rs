//! How fast `kms local` is with a store: until it is ready with many keys, also after it was killed,
//! how often it encrypts and how often it puts durable values, and its memory.
//!
//! `kept PATH_OF_KMS` starts that command on this machine, in a folder for temporary files. With
//! `PATH_OF_MOTO_SERVER` as well, it makes the same calls to `moto_server` and prints the ratios;
//! `tests/kept/run` installs that one. Linux only: it reads `/proc`.

mod local;
mod moto;
mod often;
mod process;

use std::error::Error as StdError;
use std::path::{Path, PathBuf};
use std::time::Duration;

use alibabacloud_kms::KmsClient;
use alibabacloud_kms::api::crypto::EncryptRequest;
use alibabacloud_kms::api::key::CreateKeyRequest;
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, GetSecretValueRequest, PutSecretValueRequest,
};
use serde_json::json;

use self::local::Local;
use self::moto::{Moto, MotoClient};
use self::often::{AT_ONCE, Until, often};

const KEYS: usize = 10_000;
const STARTS: usize = 9;
const TIME: Until = Until::Passed(Duration::from_secs(5));
/// A round of the comparison, and how many there are: the machine's speed drifts.
const ROUND: Until = Until::Passed(Duration::from_secs(3));
const ROUNDS: usize = 3;

#[tokio::main(worker_threads = 2)]
async fn main() -> Result<(), Box<dyn StdError>> {
    let mut programs = std::env::args().skip(1).map(PathBuf::from);
    let kms = programs.next().ok_or("usage: kept PATH_OF_KMS [PATH_OF_MOTO_SERVER]")?;
    let folder = std::env::temp_dir().join(format!("kms-kept-{}", std::process::id()));
    let measured = measure(&kms, programs.next().as_deref(), &folder).await;
    // Only tidiness: it is in the folder for temporary files.
    let _ = std::fs::remove_dir_all(&folder);
    measured
}

async fn measure(kms: &Path, moto: Option<&Path>, folder: &Path) -> Result<(), Box<dyn StdError>> {
    let new = Local::start(kms, folder)?;
    println!("ready when new:          {:.0?}, {} KiB", new.ready, new.process.memory()?);
    let made = often(&new.client()?, Until::Times(KEYS), create_key).await?;
    println!("CreateKey, durable:      {made:.0}/s");
    new.process.kill()?;

    let killed = starts(kms, folder, |local| local.process.kill())?;
    println!("ready after kill -9:     {killed} with {KEYS} keys");
    let stopped = starts(kms, folder, |local| local.process.stop())?;
    println!("ready after a stop:      {stopped} with {KEYS} keys");
    let local = Local::start(kms, folder)?;
    println!("memory when idle:        {} KiB", local.process.memory()?);

    let client = local.client()?;
    println!("Encrypt:                 {:.0}/s", often(&client, TIME, encrypt).await?);
    for index in 0..AT_ONCE {
        let request = CreateSecretRequest::new(secret(index), "0", "value");
        client.create_secret(request).await?;
    }
    println!("PutSecretValue, durable: {:.0}/s", often(&client, TIME, put_secret_value).await?);
    println!("GetSecretValue:          {:.0}/s", often(&client, TIME, get_secret_value).await?);
    println!("memory afterwards:       {} KiB", local.process.memory()?);
    local.process.kill()?;
    match moto {
        Some(moto) => compare(kms, moto, &folder.join("compared")).await,
        None => Ok(()),
    }
}

/// Starts it some times, each time after this end; returns the median and the slowest time.
fn starts(
    kms: &Path,
    folder: &Path,
    end: impl Fn(Local) -> Result<(), Box<dyn StdError>>,
) -> Result<String, Box<dyn StdError>> {
    end(Local::start(kms, folder)?)?;
    let mut times = Vec::new();
    for _ in 0..STARTS {
        let local = Local::start(kms, folder)?;
        times.push(local.ready);
        end(local)?;
    }
    times.sort_unstable();
    let (median, slowest) = (times[STARTS / 2], times[STARTS - 1]);
    Ok(format!("{median:.0?}, the slowest of {STARTS} {slowest:.0?},"))
}

/// The same calls to both, in turn.
async fn compare(kms: &Path, moto: &Path, folder: &Path) -> Result<(), Box<dyn StdError>> {
    let (local, moto) = (Local::start(kms, folder)?, Moto::start(moto)?);
    println!("\n|  | kms local, with a store | moto_server | ratio |\n|---|--:|--:|--:|");
    let (ours, theirs) = (local.ready.as_secs_f64(), moto.ready.as_secs_f64());
    println!("| ready, ms | {:.0} | {:.0} | {:.0} |", ours * 1e3, theirs * 1e3, theirs / ours);
    row("memory when idle, KiB", local.process.memory()? as f64, moto.process.memory()? as f64);

    let (client, their_client) = (local.client()?, moto.client);
    for index in 0..AT_ONCE {
        client.create_secret(CreateSecretRequest::new(secret(index), "0", "value")).await?;
        let secret = json!({ "Name": secret(index), "SecretString": "value" });
        their_client.call("secretsmanager.CreateSecret", &secret).await?;
    }
    let key = their_client.call("TrentService.CreateKey", &json!({})).await?;
    let alias = json!({ "AliasName": "alias/default", "TargetKeyId": key["KeyMetadata"]["KeyId"] });
    their_client.call("TrentService.CreateAlias", &alias).await?;
    let mut rounds = [const { Vec::new() }; 6];
    for _ in 0..ROUNDS {
        rounds[0].push(often(&client, ROUND, encrypt).await?);
        rounds[1].push(often(&their_client, ROUND, their_encrypt).await?);
        rounds[2].push(often(&client, ROUND, get_secret_value).await?);
        rounds[3].push(often(&their_client, ROUND, their_get_secret_value).await?);
        rounds[4].push(often(&client, ROUND, create_key).await?);
        rounds[5].push(often(&their_client, ROUND, their_create_key).await?);
    }
    let [encrypt, their_encrypt, get, their_get, create, their_create] = rounds.map(median);
    row("CreateKey per second", create, their_create);
    row("Encrypt per second", encrypt, their_encrypt);
    row("GetSecretValue per second", get, their_get);
    Ok(())
}

/// A row with the ratio of the larger to the smaller.
fn row(what: &str, ours: f64, theirs: f64) {
    println!("| {what} | {ours:.0} | {theirs:.0} | {:.1} |", ours.max(theirs) / ours.min(theirs));
}

fn median(mut rounds: Vec<f64>) -> f64 {
    rounds.sort_unstable_by(f64::total_cmp);
    rounds[rounds.len() / 2]
}

fn secret(number: usize) -> String {
    format!("s{}", number % AT_ONCE)
}

async fn create_key(client: KmsClient, _: usize) -> Result<(), alibabacloud_kms::Error> {
    client.create_key(CreateKeyRequest::new()).await.map(drop)
}

async fn encrypt(client: KmsClient, _: usize) -> Result<(), alibabacloud_kms::Error> {
    client.encrypt(EncryptRequest::new("alias/default", "text")).await.map(drop)
}

async fn put_secret_value(client: KmsClient, number: usize) -> Result<(), alibabacloud_kms::Error> {
    let version = format!("v{number}");
    let request = PutSecretValueRequest::new(secret(number), version, "another value");
    client.put_secret_value(request).await.map(drop)
}

async fn get_secret_value(client: KmsClient, number: usize) -> Result<(), alibabacloud_kms::Error> {
    client.get_secret_value(GetSecretValueRequest::new(secret(number))).await.map(drop)
}

async fn their_create_key(client: MotoClient, _: usize) -> std::io::Result<()> {
    client.call("TrentService.CreateKey", &json!({})).await.map(drop)
}

async fn their_encrypt(client: MotoClient, _: usize) -> std::io::Result<()> {
    let request = json!({ "KeyId": "alias/default", "Plaintext": "dGV4dA==" });
    client.call("TrentService.Encrypt", &request).await.map(drop)
}

async fn their_get_secret_value(client: MotoClient, number: usize) -> std::io::Result<()> {
    let request = json!({ "SecretId": secret(number) });
    client.call("secretsmanager.GetSecretValue", &request).await.map(drop)
}
