//! What rotates the password: two accounts that take turns, as KMS rotates the accounts of a database.
//!
//! The account that is not in use gets a new password, and then the secret names it. Who still connects as
//! the other one can: its password changes at the next rotation only.

use std::error::Error;
use std::fmt::Write;
use std::time::Duration;

use alibabacloud_kms::api::secret::{CreateSecretRequest, PutSecretValueRequest};
use alibabacloud_kms::native::random::GenerateRandomRequest;
use alibabacloud_kms::{ExposeSecret, KmsClient, SecretString};
use serde::{Deserialize, Serialize};
use sqlx::{Connection, PgConnection};

/// The secret in KMS.
pub(crate) const SECRET: &str = "app/db";

const ACCOUNTS: [&str; 2] = ["app_a", "app_b"];

/// The content of the secret, in the form of KMS's secrets of databases.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(crate) struct Account {
    pub(crate) account_name: String,
    pub(crate) account_password: String,
}

/// Rotates the accounts of one database.
pub(crate) struct Rotation {
    client: KmsClient,
    administrator: PgConnection,
    rotations: usize,
}

impl Rotation {
    /// Makes both accounts, and the secret with the first.
    pub(crate) async fn start(
        client: KmsClient,
        mut administrator: PgConnection,
    ) -> Result<Self, Box<dyn Error>> {
        for account in ACCOUNTS {
            let sql = format!("CREATE ROLE {account} LOGIN");
            sqlx::raw_sql(&sql).execute(&mut administrator).await?;
        }
        let mut rotation = Self { client, administrator, rotations: 0 };
        let data = rotation.next_account().await?;
        let request = CreateSecretRequest::new(SECRET, "v1", data);
        rotation.client.create_secret(request).await?;
        rotation.rotations += 1;
        Ok(rotation)
    }

    /// Gives the other account a new password, and the secret a new version that names it.
    pub(crate) async fn rotate(&mut self) -> Result<&'static str, Box<dyn Error>> {
        let account = self.account();
        let data = self.next_account().await?;
        let version = format!("v{}", self.rotations + 1);
        self.client.put_secret_value(PutSecretValueRequest::new(SECRET, version, data)).await?;
        self.rotations += 1;
        Ok(account)
    }

    /// Waits until the pool uses the account of the last rotation, and no connection uses the next one.
    pub(crate) async fn settled(&mut self) -> Result<(), Box<dyn Error>> {
        let (next, current) = (self.account(), ACCOUNTS[(self.rotations + 1) % ACCOUNTS.len()]);
        while self.connections(next).await? > 0 || self.connections(current).await? == 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        // A connection that was begun before may still be on its way. In production rotations are days
        // apart.
        tokio::time::sleep(Duration::from_millis(500)).await;
        Ok(())
    }

    async fn connections(&mut self, account: &str) -> Result<i64, sqlx::Error> {
        let sql = "SELECT count(*) FROM pg_stat_activity WHERE usename = $1";
        sqlx::query_scalar(sql).bind(account).fetch_one(&mut self.administrator).await
    }

    /// Ends the administrator's connection.
    pub(crate) async fn close(self) -> Result<(), sqlx::Error> {
        self.administrator.close().await
    }

    fn account(&self) -> &'static str {
        ACCOUNTS[self.rotations % ACCOUNTS.len()]
    }

    /// The secret's content with the account that is next, after its password was changed.
    async fn next_account(&mut self) -> Result<SecretString, Box<dyn Error>> {
        let random = self.client.instance().generate_random(GenerateRandomRequest::new(24)).await?;
        let mut password = String::new();
        for byte in random.random.expose_secret() {
            write!(password, "{byte:02x}")?;
        }
        let account = self.account();
        // Hexadecimal digits: nothing to escape. PostgreSQL takes no parameters here.
        let sql = format!("ALTER ROLE {account} PASSWORD '{password}'");
        sqlx::raw_sql(&sql).execute(&mut self.administrator).await?;
        let content = Account { account_name: account.into(), account_password: password };
        Ok(serde_json::to_string(&content)?.into())
    }
}
