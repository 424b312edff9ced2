//! A KMS of data keys in memory, which counts what it is asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use alibabacloud_kms::api::crypto::{DecryptRequest, DecryptResponse};
use alibabacloud_kms::api::data_key::{GenerateDataKeyRequest, GenerateDataKeyResponse};
use alibabacloud_kms::{BoxError, Call, Charset, Error, Gateway, KmsClient, Pairs, Reply};
use alibabacloud_kms_tests::canary::base64;
use tokio::sync::Semaphore;
use tower::service_fn;

#[derive(Clone)]
pub(super) struct Kms(Arc<State>);

type Context = Vec<(String, String)>;

struct State {
    /// What each ciphertext opens to, with its context.
    keys: Mutex<HashMap<String, (String, Context)>>,
    generated: AtomicUsize,
    decrypted: AtomicUsize,
    /// A call takes a permit for good.
    gate: Semaphore,
    plaintext: Option<String>,
    failing: bool,
}

impl Kms {
    pub(super) fn new() -> Self {
        Self::of(Semaphore::MAX_PERMITS, None, false)
    }

    /// Answers nothing until it is [let](Self::answer).
    pub(super) fn held() -> Self {
        Self::of(0, None, false)
    }

    /// Is held, and refuses every call then.
    pub(super) fn failing() -> Self {
        Self::of(0, None, true)
    }

    /// Answers this for every data key.
    pub(super) fn with_plaintext(text: &str) -> Self {
        Self::of(Semaphore::MAX_PERMITS, Some(text.to_owned()), false)
    }

    fn of(permits: usize, plaintext: Option<String>, failing: bool) -> Self {
        Self(Arc::new(State {
            keys: Mutex::default(),
            generated: AtomicUsize::new(0),
            decrypted: AtomicUsize::new(0),
            gate: Semaphore::new(permits),
            plaintext,
            failing,
        }))
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
        let mut contexts: Vec<Context> =
            keys.values().map(|(_, context)| context.clone()).collect();
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
        let octet = u8::try_from(number % 251).expect("an octet");
        let plaintext = self.0.plaintext.clone().unwrap_or_else(|| base64(&[octet; 32]));
        let blob = base64(format!("{} {number}", request.key_id).as_bytes());
        let context = listed(request.encryption_context.as_ref());
        let mut keys = self.0.keys.lock().expect("no panic before");
        keys.insert(blob.clone(), (plaintext.clone(), context));
        let mut response = GenerateDataKeyResponse::default();
        response.key_id = format!("id of {}", request.key_id);
        response.ciphertext_blob = blob;
        response.plaintext = plaintext.into();
        response
    }

    fn decrypt(&self, request: &DecryptRequest) -> Result<DecryptResponse, Error> {
        let context = listed(request.encryption_context.as_ref());
        let keys = self.0.keys.lock().expect("no panic before");
        let known = keys.get(&request.ciphertext_blob).filter(|(_, bound)| *bound == context);
        let plaintext = match (&self.0.plaintext, known) {
            (Some(plaintext), _) => plaintext,
            (None, Some((plaintext, _))) => plaintext,
            (None, None) => return Err(Error::refused("Forbidden.KeyNotFound", "No.")),
        };
        let mut response = DecryptResponse::default();
        response.plaintext = plaintext.as_str().into();
        Ok(response)
    }
}

fn listed(context: Option<&Pairs>) -> Context {
    assert!(context.is_none_or(|context| !context.is_empty()), "no context is sent as none");
    let pairs = context.into_iter().flat_map(Pairs::iter);
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
