//! What an answer depends on.

use std::any::{Any, TypeId};
use std::hash::{Hash, Hasher};
use std::sync::Arc;

use aws_lc_rs::digest;
use secrecy::ExposeSecret;
use zeroize::Zeroizing;

use crate::middleware::payload::{PayloadList, Value};
use crate::{Call, CallOptions, Gateway, Identity, Payload, ProvideCredential, TlsOptions};

/// What an answer depends on: calls of equal keys may be given the same one.
///
/// Parameters, headers and the like are kept as a digest only, so that the key holds no secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The service that the call came to: its stack has gateways and a routing of its own.
    service: u64,
    /// The request's type, which decides the response's.
    request: TypeId,
    digest: [u8; 32],
    signer: Signer,
    tls: Option<Arc<TlsOptions>>,
}

impl Key {
    /// The key of a call that came to this service.
    pub(super) fn of(call: &Call, service: u64) -> Self {
        let request: &dyn Any = call.payload();
        let options = call.options();
        Self {
            service,
            request: request.type_id(),
            digest: Digest::of(call),
            signer: Signer::of(options),
            tls: options.tls.clone(),
        }
    }

    /// The same key, whichever service the call came to.
    pub(super) fn of_any_service(&self) -> Self {
        Self { service: u64::MAX, ..self.clone() }
    }
}

/// Whose answer it is.
#[derive(Clone)]
enum Signer {
    /// The client's own credential or client key, which is the same for all calls of a service.
    Client,
    /// Whoever shows this identity.
    Known(Identity),
    /// A provider that says nothing of who it is. It is held, so that its address stays its own.
    Provider(Arc<dyn ProvideCredential>),
}

impl Signer {
    fn of(options: &CallOptions) -> Self {
        match &options.credential {
            None => Self::Client,
            Some(provider) => match provider.identity() {
                Some(identity) => Self::Known(identity),
                None => Self::Provider(Arc::clone(provider)),
            },
        }
    }
}

impl PartialEq for Signer {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Client, Self::Client) => true,
            (Self::Known(one), Self::Known(other)) => one == other,
            (Self::Provider(one), Self::Provider(other)) => Arc::ptr_eq(one, other),
            _ => false,
        }
    }
}

impl Eq for Signer {}

impl Hash for Signer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        match self {
            Self::Client => {}
            Self::Known(identity) => identity.hash(state),
            Self::Provider(provider) => Arc::as_ptr(provider).cast::<()>().hash(state),
        }
    }
}

/// Digests what a call says, in a form of which no two calls share one: lengths before texts, and a
/// mark before each value.
struct Digest(digest::Context);

impl Digest {
    /// Marks of values; a field's is preceded by its position.
    const TEXT: u8 = 1;
    const BYTES: u8 = 2;
    const INTEGER: u8 = 3;
    const BOOLEAN: u8 = 4;
    const TEXTS: u8 = 5;
    const PAIRS: u8 = 6;
    const JSON: u8 = 7;
    const OBJECT: u8 = 8;
    const OBJECTS: u8 = 9;

    fn of(call: &Call) -> [u8; 32] {
        let mut digest = Self(digest::Context::new(&digest::SHA256));
        let action = call.action();
        digest.part(action.version);
        digest.part(action.name);
        digest.payload(call.payload());
        digest.options(call.options());
        let mut out = [0; 32];
        out.copy_from_slice(digest.0.finish().as_ref());
        out
    }

    /// Time limits, attempts, idempotency and the proxy are left out: they say how an answer is
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
                self.0.update(&[Self::OBJECT]);
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
        self.0.update(&[mark]);
        self.part(bytes);
    }

    fn list(&mut self, mark: u8, length: usize) {
        self.0.update(&[mark]);
        self.number(length);
    }

    fn part(&mut self, bytes: impl AsRef<[u8]>) {
        let bytes = bytes.as_ref();
        self.number(bytes.len());
        self.0.update(bytes);
    }

    fn number(&mut self, number: usize) {
        self.0.update(&number.to_be_bytes());
    }
}

/// What a call is about: the bare name of its secret or key.
pub(super) fn subject(call: &Call) -> Option<&str> {
    let payload = call.payload();
    text(payload, "SecretName").or_else(|| text(payload, "KeyId")).map(bare_name)
}

/// The name in an ARN; what is no ARN is a name.
pub(super) fn bare_name(reference: &str) -> &str {
    let resource = reference.strip_prefix("acs:kms:").and_then(|resource| {
        resource.split_once(":secret/").or_else(|| resource.split_once(":key/"))
    });
    resource.map_or(reference, |(_, name)| name)
}

/// The text of the field of this wire name; an empty one is none.
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

    fn signer(credential: Arc<dyn ProvideCredential>) -> Signer {
        let mut options = CallOptions::default();
        options.credential = Some(credential);
        Signer::of(&options)
    }

    #[test]
    fn a_provider_without_an_identity_is_itself_only() {
        let (one, other): (Arc<dyn ProvideCredential>, _) = (Arc::new(Anonymous), Anonymous);
        assert!(signer(Arc::clone(&one)) == signer(Arc::clone(&one)));
        assert!(signer(Arc::clone(&one)) != signer(Arc::new(other)));
        assert!(signer(one) != Signer::of(&CallOptions::default()));
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
