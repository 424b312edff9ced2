//! The key of a cached answer: everything that the answer depends on.

use std::any::{Any, TypeId};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use alibabacloud_kms_middleware::__private::PiecewiseSha256;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::middleware::payload::Payload;
use crate::middleware::payload::{PayloadList, Value};
use crate::{ActionInfo, Call, CallOptions, Gateway, Identity, ProvideCredential, TlsOptions};

/// Everything that an answer depends on: calls with equal keys may share one.
///
/// Parameters, headers and the like are kept as a digest only, so the key contains no secret.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// The service that the call went through: its stack has its own gateways and routing.
    service: u64,
    /// The type of the request, which determines that of the response.
    request: TypeId,
    action: &'static ActionInfo,
    digest: [u8; 32],
    signer: Caller,
    tls: Option<Arc<TlsOptions>>,
}

impl Key {
    /// Creates the key of a call at this service.
    pub(super) fn new(call: &Call, service: u64) -> Self {
        let request: &dyn Any = call.payload();
        let options = call.options();
        Self {
            service,
            request: request.type_id(),
            action: call.action(),
            digest: Digest::compute(call),
            signer: Caller::new(options),
            tls: options.tls.clone(),
        }
    }

    /// Returns the same key for calls at any service.
    pub(super) fn for_any_service(&self) -> Self {
        Self { service: u64::MAX, ..self.clone() }
    }
}

/// Uses a part of the digest, which is a hash already, and the service. The other fields rarely
/// differ.
impl Hash for Key {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let mut start = [0; 8];
        start.copy_from_slice(&self.digest[..8]);
        state.write_u64(u64::from_ne_bytes(start) ^ self.service);
    }
}

/// Returns the number that [`Key`] writes as the hash, since it comes from a digest.
#[derive(Default)]
pub(super) struct DigestHasher(u64);

impl Hasher for DigestHasher {
    fn write(&mut self, bytes: &[u8]) {
        bytes.iter().for_each(|byte| self.write_u64(u64::from(*byte)));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = self.0.rotate_left(8) ^ number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

/// The caller that an answer belongs to.
#[derive(Clone)]
enum Caller {
    /// The client's own credential or client key, the same for all calls of a service.
    Client,
    /// A caller with this identity.
    Known(Identity),
    /// A provider without an identity. It is kept alive so that its address stays unique.
    Provider(Arc<dyn ProvideCredential>),
}

impl Caller {
    fn new(options: &CallOptions) -> Self {
        match &options.credential {
            None => Self::Client,
            Some(provider) => match provider.identity() {
                Some(identity) => Self::Known(identity),
                None => Self::Provider(Arc::clone(provider)),
            },
        }
    }
}

impl PartialEq for Caller {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Client, Self::Client) => true,
            (Self::Known(one), Self::Known(other)) => one == other,
            (Self::Provider(one), Self::Provider(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for Caller {}

/// Digests a call unambiguously: lengths before texts, and a mark before each value.
///
/// Most calls are short, and hashed as one block or two.
struct Digest(PiecewiseSha256<119>);

impl Digest {
    /// Marks of values. A field's mark is preceded by its position.
    const TEXT: u8 = 1;
    const BYTES: u8 = 2;
    const INTEGER: u8 = 3;
    const BOOLEAN: u8 = 4;
    const TEXTS: u8 = 5;
    const PAIRS: u8 = 6;
    const JSON: u8 = 7;
    const OBJECT: u8 = 8;
    const OBJECTS: u8 = 9;

    fn compute(call: &Call) -> [u8; 32] {
        let mut digest = Self(PiecewiseSha256::new());
        digest.payload(call.payload());
        digest.options(call.options());
        digest.0.finish()
    }

    fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// Time limits, attempts, idempotency and proxy are left out: they affect only how an answer is
    /// fetched.
    fn options(&mut self, options: &CallOptions) {
        self.part(options.gateway.map_or("", Gateway::as_str));
        self.part(options.charset.map_or("", |charset| charset.name()));
        self.number(options.headers.len());
        for (name, value) in &options.headers {
            self.part(name);
            self.part(value);
        }
        self.number(options.parameters.len());
        for (name, value) in &options.parameters {
            self.part(name);
            self.part(value.expose_secret());
        }
    }

    fn payload(&mut self, payload: &dyn Payload) {
        for (position, (_, field)) in payload.fields().enumerate() {
            let value = field.value();
            if !matches!(value, Value::Absent) {
                self.number(position);
                self.value(value);
            }
        }
        self.number(usize::MAX);
    }

    fn value(&mut self, value: Value<'_>) {
        match value {
            Value::Absent => {}
            Value::Text(text) => self.marked(Self::TEXT, text),
            Value::Bytes(bytes) => self.marked(Self::BYTES, bytes),
            Value::Integer(number) => self.marked(Self::INTEGER, number.to_be_bytes()),
            Value::Boolean(boolean) => self.marked(Self::BOOLEAN, [u8::from(boolean)]),
            Value::Texts(texts) => {
                self.list(Self::TEXTS, texts.len());
                texts.iter().for_each(|text| self.part(text));
            }
            Value::Pairs(pairs) => {
                self.list(Self::PAIRS, pairs.len());
                for (name, value) in pairs.iter() {
                    self.part(name);
                    self.part(value);
                }
            }
            Value::Json(map) => {
                // A map of texts to JSON values can always be written.
                let json = Zeroizing::new(serde_json::to_vec(map).unwrap_or_default());
                self.marked(Self::JSON, &*json);
            }
            Value::Object(object) => {
                self.update(&[Self::OBJECT]);
                self.payload(object);
            }
            Value::Objects(list) => {
                let objects = || (0..).map_while(|index| PayloadList::get(list, index));
                self.list(Self::OBJECTS, objects().count());
                objects().for_each(|object| self.payload(object));
            }
        }
    }

    fn marked(&mut self, mark: u8, bytes: impl AsRef<[u8]>) {
        self.update(&[mark]);
        self.part(bytes);
    }

    fn list(&mut self, mark: u8, length: usize) {
        self.update(&[mark]);
        self.number(length);
    }

    fn part(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.number(bytes.len());
        self.update(bytes);
    }

    /// Writes most numbers as one byte. A larger one is written after a mark, 255.
    fn number(&mut self, number: usize) {
        match u8::try_from(number) {
            Ok(small) if small < u8::MAX => self.update(&[small]),
            _ => {
                self.update(&[u8::MAX]);
                self.update(&number.to_be_bytes());
            }
        }
    }
}

/// Returns what a call is about: the bare name of its secret or key.
pub(super) fn subject(call: &Call) -> Option<&str> {
    let payload = call.payload();
    text(payload, "SecretName").or_else(|| text(payload, "KeyId")).map(bare_name)
}

/// Returns the name in an ARN. Anything else is a name already.
pub(super) fn bare_name(reference: &str) -> &str {
    let resource = reference.strip_prefix("acs:kms:").and_then(|resource| {
        resource.split_once(":secret/").or_else(|| resource.split_once(":key/"))
    });
    resource.map_or(reference, |(_, name)| name)
}

/// Returns the text of the field with this wire name, or `None` if it is empty.
pub(super) fn text<'a>(payload: &'a dyn Payload, name: &str) -> Option<&'a str> {
    let position = payload.info().fields.iter().position(|field| field.name == name)?;
    match payload.field(position)?.value() {
        Value::Text(text) if !text.is_empty() => Some(text),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use async_trait::async_trait;

    use super::*;
    use crate::{Credential, Error};

    #[derive(Debug)]
    struct Anonymous;

    #[async_trait]
    impl ProvideCredential for Anonymous {
        async fn provide(&self) -> Result<Credential, Error> {
            Ok(Credential::bearer("token"))
        }
    }

    fn signer(credential: Arc<dyn ProvideCredential>) -> Caller {
        let mut options = CallOptions::default();
        options.credential = Some(credential);
        Caller::new(&options)
    }

    #[test]
    fn a_provider_without_an_identity_is_itself_only() {
        let (one, other): (Arc<dyn ProvideCredential>, _) = (Arc::new(Anonymous), Anonymous);
        assert!(signer(Arc::clone(&one)) == signer(Arc::clone(&one)));
        assert!(signer(Arc::clone(&one)) != signer(Arc::new(other)));
        assert!(signer(one) != Caller::new(&CallOptions::default()));
    }

    #[test]
    fn credentials_are_told_apart_by_their_identity() {
        let known = |token: &str| signer(Arc::new(Credential::bearer(token)));
        assert!(known("a") == known("a"));
        assert!(known("a") != known("b"));
        assert!(known("a") != signer(Arc::new(Anonymous)));
    }

    #[test]
    fn an_arn_is_about_the_name_in_it() {
        for (reference, name) in [
            ("app/db", "app/db"),
            ("acs:kms:cn-hangzhou:123456:secret/app/db", "app/db"),
            ("acs:kms:cn-hangzhou:123456:key/key-1", "key-1"),
            ("acs:kms:cn-hangzhou:123456:alias/app", "acs:kms:cn-hangzhou:123456:alias/app"),
            ("secret/app", "secret/app"),
        ] {
            assert_eq!(bare_name(reference), name);
        }
    }
}
