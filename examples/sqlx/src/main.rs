//! A database password that is rotated under a running pool of sqlx, without a failed query.
//!
//! A feed of the secret gives each new version to the pool's connect options. Connections that are there
//! stay until their `max_lifetime`; new ones are made as the new account. It starts a PostgreSQL of its own,
//! which must be installed: `apt-get install postgresql`.

mod postgres;
mod rotation;

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use alibabacloud_kms::api::secret::GetSecretValueResponse;
use alibabacloud_kms::cache::SecretCache;
use alibabacloud_kms::{ExposeSecret, KmsClient};
use alibabacloud_kms_local::LocalGateway;
use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::{Connection, PgConnection, PgPool};
use tokio::task::JoinSet;

use self::postgres::Postgres;
use self::rotation::{Account, Rotation, SECRET};

const WORKERS: usize = 8;
const ROTATIONS: usize = 5;

/// The options to connect with this version of the secret.
fn connect_options(
    base: &PgConnectOptions,
    secret: &GetSecretValueResponse,
) -> Result<PgConnectOptions, Box<dyn Error + Send + Sync>> {
    let account: Account = serde_json::from_str(secret.secret_data.expose_secret())?;
    Ok(base.clone().username(&account.account_name).password(&account.account_password))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let database = Postgres::start()?;
    let local = LocalGateway::start().await?;
    // What rotates the secret is another program, which has another client.
    let other = KmsClient::builder()
        .shared(local.open_api_gateway())
        .instance(local.instance_gateway())
        .build()?;
    let administrator = PgConnection::connect_with(&database.administrator()).await?;
    let mut rotation = Rotation::start(other, administrator).await?;

    let cache = SecretCache::builder().ttl(Duration::from_millis(200)).build();
    let client =
        KmsClient::builder().shared(local.open_api_gateway()).layer(cache.layer()).build()?;
    let feed = cache.feed(&client, SECRET).interval(Duration::from_millis(50)).start()?;
    let mut versions = feed.versions();
    let first = versions.next().await.ok_or("the feed ended")?;

    let base = database.over_tcp();
    let pool = PgPoolOptions::new()
        .max_connections(4)
        // Connections of the old account are gone soon. Minutes in production.
        .max_lifetime(Duration::from_millis(300))
        .connect_with(connect_options(&base, &first).map_err(|error| error.to_string())?)
        .await?;
    let follower = {
        let pool = pool.clone();
        tokio::spawn(async move {
            // Ends with the feed.
            while let Some(secret) = versions.next().await {
                match connect_options(&base, &secret) {
                    Ok(options) => pool.set_connect_options(options),
                    // The last good options stay.
                    Err(_) => eprintln!("version {} is no account", secret.version_id),
                }
            }
        })
    };

    let stop = Arc::new(AtomicBool::new(false));
    let mut workers = JoinSet::new();
    for _ in 0..WORKERS {
        workers.spawn(work(pool.clone(), Arc::clone(&stop)));
    }
    for _ in 0..ROTATIONS {
        // An account may be given another password once no connection uses it.
        rotation.settled().await?;
        println!("the secret names {} now", rotation.rotate().await?);
    }
    rotation.settled().await?;
    stop.store(true, Ordering::Relaxed);

    let mut queries = BTreeMap::new();
    while let Some(worker) = workers.join_next().await {
        for (account, count) in worker?? {
            *queries.entry(account).or_insert(0) += count;
        }
    }
    println!("{queries:?} queries by account, none failed, in {ROTATIONS} rotations");
    assert_eq!(queries.len(), 2, "both accounts were used");

    drop(feed);
    follower.await?;
    pool.close().await;
    rotation.close().await?;
    Ok(())
}

/// Queries without a pause, and returns how many were made as which account. The first that fails is an
/// error.
async fn work(pool: PgPool, stop: Arc<AtomicBool>) -> Result<BTreeMap<String, u64>, sqlx::Error> {
    let mut queries = BTreeMap::new();
    while !stop.load(Ordering::Relaxed) {
        let query = sqlx::query_scalar::<_, String>("SELECT current_user::text");
        let account = query.fetch_one(&pool).await?;
        *queries.entry(account).or_insert(0) += 1;
    }
    Ok(queries)
}
