//! What a worker wrote, what it was answered, and what therefore must be there.

use std::collections::BTreeMap;
use std::fmt;

use alibabacloud_kms::api::alias::CreateAliasRequest;
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::key::{
    CreateKeyRequest, DescribeKeyRequest, DisableKeyRequest, EnableKeyRequest,
};
use alibabacloud_kms::api::secret::{
    CreateSecretRequest, DeleteSecretRequest, GetSecretValueRequest, PutSecretValueRequest,
};
use alibabacloud_kms::{Error, ExposeSecret, KmsClient};
use alibabacloud_kms_tests::random::Random;

/// Of a secret's versions, KMS keeps ten.
const MAX_VERSIONS: usize = 8;

/// How many writes there were.
#[derive(Default)]
pub(crate) struct Tally {
    pub(crate) answered: usize,
    pub(crate) refused: usize,
    unknown: usize,
    checked: usize,
}

impl Tally {
    pub(crate) fn add(&mut self, other: &Self) {
        self.answered += other.answered;
        self.refused += other.refused;
        self.unknown += other.unknown;
        self.checked += other.checked;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { answered, refused, unknown, checked } = self;
        write!(
            f,
            "{answered} writes answered, {refused} refused, {unknown} cut off; {checked} checks"
        )
    }
}

/// A value that is known, or one of two if the answer to the last change did not come.
struct Known<T> {
    value: T,
    or: Option<T>,
}

impl<T: PartialEq + fmt::Debug> Known<T> {
    fn new(value: T) -> Self {
        Self { value, or: None }
    }

    /// Checks what was found, which is known from now on.
    fn settle(&mut self, found: T, what: &str) -> Result<(), String> {
        if found != self.value && self.or.as_ref() != Some(&found) {
            return Err(format!(
                "LOST: {what} is {found:?}, and was answered to be {:?}, or maybe {:?}",
                self.value, self.or
            ));
        }
        *self = Self::new(found);
        Ok(())
    }
}

struct Secret {
    /// The current version; none if there is no such secret.
    current: Known<Option<usize>>,
    changed: usize,
}

struct Key {
    is_enabled: Known<bool>,
    has_alias: Known<bool>,
    blob: Option<String>,
    changed: usize,
}

/// All that one worker wrote. Others write under other names.
pub(crate) struct Model {
    worker: usize,
    secrets: Vec<Secret>,
    keys: BTreeMap<String, Key>,
}

/// How a write ended.
enum End {
    Answered,
    Refused,
    Unknown,
}

fn end<T>(result: &Result<T, Error>) -> Result<End, String> {
    match result {
        Ok(_) => Ok(End::Answered),
        Err(error) if error.code() == Some("ServiceUnavailableTemporary") => Ok(End::Refused),
        Err(error) if error.service().is_some() => Err(format!("refused: {error}")),
        Err(_) => Ok(End::Unknown),
    }
}

fn data(name: &str, version: usize) -> String {
    format!("{name} {version} {}", "x".repeat(version * 131 % 2_000))
}

impl Model {
    pub(crate) fn new(worker: usize) -> Self {
        Self { worker, secrets: Vec::new(), keys: BTreeMap::new() }
    }

    pub(crate) fn worker(&self) -> usize {
        self.worker
    }

    fn name(&self, secret: usize) -> String {
        format!("w{}-{secret}", self.worker)
    }

    fn alias(key_id: &str) -> String {
        format!("alias/{}", key_id.replace("key-", "of-"))
    }

    /// Writes until an answer does not come.
    pub(crate) async fn write(
        &mut self,
        client: &KmsClient,
        mut random: Random,
        round: usize,
    ) -> Result<Tally, String> {
        let mut tally = Tally::default();
        loop {
            let end = match random.below(10) {
                0 | 1 => self.create_secret(client, round).await?,
                2..6 => self.put_secret(client, &mut random, round).await?,
                6 => self.delete_secret(client, &mut random, round).await?,
                7 => self.create_key(client, round).await?,
                _ => self.change_key(client, &mut random, round).await?,
            };
            match end {
                Some(End::Answered) => tally.answered += 1,
                Some(End::Refused) => tally.refused += 1,
                Some(End::Unknown) => {
                    tally.unknown += 1;
                    return Ok(tally);
                }
                None => {}
            }
        }
    }

    async fn create_secret(
        &mut self,
        client: &KmsClient,
        round: usize,
    ) -> Result<Option<End>, String> {
        let name = self.name(self.secrets.len());
        let request = CreateSecretRequest::new(&*name, "0", data(&name, 0));
        let end = end(&client.create_secret(request).await)?;
        let current = match end {
            End::Answered => Known::new(Some(0)),
            End::Refused => Known::new(None),
            End::Unknown => Known { value: None, or: Some(Some(0)) },
        };
        self.secrets.push(Secret { current, changed: round });
        self.check_refused_secret(client, &end, self.secrets.len() - 1).await?;
        Ok(Some(end))
    }

    async fn put_secret(
        &mut self,
        client: &KmsClient,
        random: &mut Random,
        round: usize,
    ) -> Result<Option<End>, String> {
        let Some((index, version)) = self.some_secret(random) else { return Ok(None) };
        if version >= MAX_VERSIONS {
            return Ok(None);
        }
        let (name, next) = (self.name(index), version + 1);
        let request = PutSecretValueRequest::new(&*name, next.to_string(), data(&name, next));
        let end = end(&client.put_secret_value(request).await)?;
        self.note_secret(index, &end, Some(next), round);
        self.check_refused_secret(client, &end, index).await?;
        Ok(Some(end))
    }

    async fn delete_secret(
        &mut self,
        client: &KmsClient,
        random: &mut Random,
        round: usize,
    ) -> Result<Option<End>, String> {
        let Some((index, _)) = self.some_secret(random) else { return Ok(None) };
        let request =
            DeleteSecretRequest::new(self.name(index)).force_delete_without_recovery("true");
        let end = end(&client.delete_secret(request).await)?;
        self.note_secret(index, &end, None, round);
        self.check_refused_secret(client, &end, index).await?;
        Ok(Some(end))
    }

    /// A secret that is there, and its current version.
    fn some_secret(&self, random: &mut Random) -> Option<(usize, usize)> {
        if self.secrets.is_empty() {
            return None;
        }
        let index = random.below(self.secrets.len());
        self.secrets[index].current.value.map(|version| (index, version))
    }

    fn note_secret(&mut self, index: usize, end: &End, to: Option<usize>, round: usize) {
        let secret = &mut self.secrets[index];
        secret.changed = round;
        match end {
            End::Answered => secret.current = Known::new(to),
            End::Refused => {}
            End::Unknown => secret.current.or = Some(to),
        }
    }

    /// What was refused is not to be seen.
    async fn check_refused_secret(
        &mut self,
        client: &KmsClient,
        end: &End,
        index: usize,
    ) -> Result<(), String> {
        if !matches!(end, End::Refused) {
            return Ok(());
        }
        // Reading may be refused too, or cut off.
        match self.find_secret(client, index).await {
            Ok(found) => {
                let name = self.name(index);
                self.secrets[index].current.settle(found, &name)
            }
            Err(error) if is_none_of_the_model(&error) => Ok(()),
            Err(error) => Err(format!("after a refusal: {error}")),
        }
    }

    /// The secret's current version, with its data checked.
    async fn find_secret(&self, client: &KmsClient, index: usize) -> Result<Option<usize>, Error> {
        let name = self.name(index);
        match client.get_secret_value(GetSecretValueRequest::new(&*name)).await {
            Ok(value) => {
                let version: usize = value.version_id.parse().unwrap_or(usize::MAX);
                assert_eq!(value.secret_data.expose_secret(), data(&name, version), "{name}");
                Ok(Some(version))
            }
            Err(error) if error.code() == Some("Forbidden.ResourceNotFound") => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn create_key(
        &mut self,
        client: &KmsClient,
        round: usize,
    ) -> Result<Option<End>, String> {
        let created = client.create_key(CreateKeyRequest::new()).await;
        let end = end(&created)?;
        if let Ok(created) = created {
            let (is_enabled, has_alias) = (Known::new(true), Known::new(false));
            let key = Key { is_enabled, has_alias, blob: None, changed: round };
            self.keys.insert(created.key_metadata.key_id, key);
        }
        Ok(Some(end))
    }

    async fn change_key(
        &mut self,
        client: &KmsClient,
        random: &mut Random,
        round: usize,
    ) -> Result<Option<End>, String> {
        if self.keys.is_empty() {
            return Ok(None);
        }
        let index = random.below(self.keys.len());
        let Some((id, key)) = self.keys.iter_mut().nth(index) else { return Ok(None) };
        key.changed = round;
        let (was, had) = (key.is_enabled.value, key.has_alias.value);
        match random.below(3) {
            0 if !had => {
                let request = CreateAliasRequest::new(Self::alias(id), &**id);
                let end = end(&client.create_alias(request).await)?;
                note(&mut key.has_alias, &end, true);
                Ok(Some(end))
            }
            1 if was => {
                let sealed = client.encrypt(EncryptRequest::new(&**id, &**id)).await;
                let end = end(&sealed)?;
                if let Ok(sealed) = sealed {
                    key.blob = Some(sealed.ciphertext_blob);
                }
                // No write: counted where it is checked.
                Ok(matches!(end, End::Unknown).then_some(end))
            }
            _ => {
                let end = if was {
                    end(&client.disable_key(DisableKeyRequest::new(&**id)).await)?
                } else {
                    end(&client.enable_key(EnableKeyRequest::new(&**id)).await)?
                };
                note(&mut key.is_enabled, &end, !was);
                Ok(Some(end))
            }
        }
    }

    /// Checks what changed in the last two rounds.
    pub(crate) async fn check(
        &mut self,
        client: &KmsClient,
        tally: &mut Tally,
        round: usize,
    ) -> Result<(), String> {
        self.check_since(client, tally, round.saturating_sub(2)).await
    }

    /// Checks everything.
    pub(crate) async fn check_all(
        &mut self,
        client: &KmsClient,
        tally: &mut Tally,
    ) -> Result<(), String> {
        self.check_since(client, tally, 0).await
    }

    async fn check_since(
        &mut self,
        client: &KmsClient,
        tally: &mut Tally,
        round: usize,
    ) -> Result<(), String> {
        let failed = |what: &str, error: Error| format!("LOST: {what}: {error}");
        for index in 0..self.secrets.len() {
            if self.secrets[index].changed < round {
                continue;
            }
            let name = self.name(index);
            let found = self.find_secret(client, index).await;
            let found = found.map_err(|error| failed(&name, error))?;
            self.secrets[index].current.settle(found, &name)?;
            tally.checked += 1;
        }
        for (id, key) in self.keys.iter_mut().filter(|(_, key)| key.changed >= round) {
            let described = client.describe_key(DescribeKeyRequest::new(&**id)).await;
            let described = described.map_err(|error| failed(id, error))?.key_metadata;
            let is_enabled =
                described.key_state.as_ref().is_some_and(|it| it.as_str() == "Enabled");
            key.is_enabled.settle(is_enabled, id)?;
            let alias = client.describe_key(DescribeKeyRequest::new(Self::alias(id))).await;
            key.has_alias.settle(alias.is_ok(), &Self::alias(id))?;
            if let Some(blob) = key.blob.as_ref().filter(|_| is_enabled) {
                let opened = client.decrypt(DecryptRequest::new(&**blob)).await;
                let opened = opened.map_err(|error| failed(id, error))?;
                if opened.plaintext.expose_secret() != &**id {
                    return Err(format!("LOST: {id} decrypts to something else"));
                }
            }
            tally.checked += 1;
        }
        Ok(())
    }
}

fn note(known: &mut Known<bool>, end: &End, to: bool) {
    match end {
        End::Answered => *known = Known::new(to),
        End::Refused => {}
        End::Unknown => known.or = Some(to),
    }
}

/// Refused because of the store, or cut off.
fn is_none_of_the_model(error: &Error) -> bool {
    error.service().is_none() || error.code() == Some("ServiceUnavailableTemporary")
}
