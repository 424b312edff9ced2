//! A KMS of data keys in memory, which counts what it is asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use alibabacloud_kms::api::crypto::{DecryptRequest, DecryptResponse};
use alibabacloud_kms::api::data_key::{GenerateDataKeyRequest, GenerateDataKeyResponse};
use alibabacloud_kms::{BoxError, Call, Charset, Error, Gateway, KmsClient, Pairs, Reply};
use alibabacloud_kms_tests::canary::base64;
use tokio::sync::Semaphore;
use tower::service_fn;

#[derive(Clone)]
pub(super) struct Kms(Arc<State>);

type Context = Vec<(String, String)>;

/// What a ciphertext opens to, and what it was made with.
struct DataKey {
    key_id: String,
    plaintext: String,
    context: Context,
}

struct State {
    keys: Mutex<HashMap<String, DataKey>>,
    generated: AtomicUsize,
    decrypted: AtomicUsize,
    /// A call takes a permit for good.
    gate: Semaphore,
    plaintext: Option<String>,
    failing: bool,
    delay: Duration,
    /// So many calls panic first.
    panics: AtomicUsize,
}

impl Kms {
    pub(super) fn new() -> Self {
        Self::with(Semaphore::MAX_PERMITS, None, false)
    }

    /// Answers nothing until it is [let](Self::answer).
    pub(super) fn held() -> Self {
        Self::with(0, None, false)
    }

    /// Is held, and refuses every call then.
    pub(super) fn failing() -> Self {
        Self::with(0, None, true)
    }

    /// Answers this for every data key.
    pub(super) fn with_plaintext(text: &str) -> Self {
        Self::with(Semaphore::MAX_PERMITS, Some(text.to_owned()), false)
    }

    fn with(permits: usize, plaintext: Option<String>, failing: bool) -> Self {
        Self(Arc::new(State {
            keys: Mutex::default(),
            generated: AtomicUsize::new(0),
            decrypted: AtomicUsize::new(0),
            gate: Semaphore::new(permits),
            plaintext,
            failing,
            delay: Duration::ZERO,
            panics: AtomicUsize::new(0),
        }))
    }

    /// Takes so long to answer.
    pub(super) fn delayed(mut self, delay: Duration) -> Self {
        Arc::get_mut(&mut self.0).expect("no call yet").delay = delay;
        self
    }

    /// Panics in its first calls.
    pub(super) fn panicking(calls: usize) -> Self {
        let mut kms = Self::new();
        Arc::get_mut(&mut kms.0).expect("no call yet").panics = AtomicUsize::new(calls);
        kms
    }

    pub(super) fn client(&self) -> KmsClient {
        let kms = self.clone();
        KmsClient::from_service(service_fn(move |call: Call| {
            let kms = kms.clone();
            async move { kms.answered(call).await }
        }))
    }

    /// Lets so many calls be answered.
    pub(super) fn answer(&self, calls: usize) {
        self.0.gate.add_permits(calls);
    }

    pub(super) fn generated(&self) -> usize {
        self.0.generated.load(Ordering::SeqCst)
    }

    pub(super) fn decrypted(&self) -> usize {
        self.0.decrypted.load(Ordering::SeqCst)
    }

    /// The contexts that were asked for, each once.
    pub(super) fn contexts(&self) -> Vec<Context> {
        let keys = self.0.keys.lock().expect("no panic before");
        let mut contexts: Vec<Context> = keys.values().map(|key| key.context.clone()).collect();
        contexts.dedup();
        contexts
    }

    async fn answered(&self, call: Call) -> Result<Reply, BoxError> {
        assert_eq!(call.options().charset, Some(Charset::UTF_8), "whatever the client's is");
        let counter = match call.request::<GenerateDataKeyRequest>() {
            Some(_) => &self.0.generated,
            None => &self.0.decrypted,
        };
        let number = counter.fetch_add(1, Ordering::SeqCst);
        let left = self.0.panics.load(Ordering::SeqCst);
        self.0.panics.store(left.saturating_sub(1), Ordering::SeqCst);
        assert_eq!(left, 0, "on purpose");
        if !self.0.delay.is_zero() {
            tokio::time::sleep(self.0.delay).await;
        }
        self.0.gate.acquire().await.expect("it stays open").forget();
        if self.0.failing {
            return Err(Error::refused("Forbidden.KeyNotFound", "No.").into());
        }
        if let Some(request) = call.request::<GenerateDataKeyRequest>() {
            return Ok(Reply::new(self.generate(number, request), Gateway::Shared));
        }
        let request = call.request::<DecryptRequest>().expect("one of the two");
        Ok(Reply::new(self.decrypt(request)?, Gateway::Shared))
    }

    fn generate(&self, number: usize, request: &GenerateDataKeyRequest) -> GenerateDataKeyResponse {
        let byte = u8::try_from(number % 251).expect("a byte");
        let plaintext = self.0.plaintext.clone().unwrap_or_else(|| base64(&[byte; 32]));
        let blob = base64(format!("{} {number}", request.key_id).as_bytes());
        let context = listed(request.encryption_context.as_ref());
        let mut keys = self.0.keys.lock().expect("no panic before");
        let key_id = format!("id of {}", request.key_id);
        let key = DataKey { key_id: key_id.clone(), plaintext: plaintext.clone(), context };
        keys.insert(blob.clone(), key);
        let mut response = GenerateDataKeyResponse::default();
        response.key_id = key_id;
        response.ciphertext_blob = blob;
        response.plaintext = plaintext.into();
        response
    }

    fn decrypt(&self, request: &DecryptRequest) -> Result<DecryptResponse, Error> {
        let context = listed(request.encryption_context.as_ref());
        let keys = self.0.keys.lock().expect("no panic before");
        let known = keys.get(&request.ciphertext_blob).filter(|key| key.context == context);
        let key = known.ok_or_else(|| Error::refused("Forbidden.KeyNotFound", "No."))?;
        let mut response = DecryptResponse::default();
        response.key_id.clone_from(&key.key_id);
        response.plaintext = self.0.plaintext.as_ref().unwrap_or(&key.plaintext).as_str().into();
        Ok(response)
    }
}

fn listed(context: Option<&Pairs>) -> Context {
    assert!(context.is_none_or(|context| !context.is_empty()), "no context is sent as none");
    let pairs = context.into_iter().flat_map(Pairs::iter);
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
