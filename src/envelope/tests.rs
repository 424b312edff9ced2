//! The test vectors, octet for octet; `tests/envelope/vectors.py` made them.

use serde_json::Value;
use zeroize::Zeroizing;

use super::*;
use crate::api::crypto::DecryptResponse;
use crate::{BoxError, Call, Gateway, Reply};

const VECTORS: &str = include_str!("../../tests/data/envelope/vectors.json");

fn vectors(list: &str) -> Vec<Value> {
    let mut vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
    let Value::Array(vectors) = vectors[list].take() else { panic!("a list of {list} ones") };
    assert!(!vectors.is_empty());
    vectors
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().expect(name)
}

fn octets(vector: &Value, name: &str) -> Vec<u8> {
    let digits = text(vector, name).as_bytes().chunks_exact(2);
    let octet = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16);
    digits.map(|pair| octet(pair).expect("hexadecimal")).collect()
}

fn number(vector: &Value, name: &str) -> usize {
    usize::try_from(vector[name].as_u64().expect(name)).expect("a small number")
}

fn plaintext(vector: &Value) -> Vec<u8> {
    (0..number(vector, "length")).map(|n| (n % 251) as u8).collect()
}

fn context(vector: &Value) -> Pairs {
    let pairs = vector["context"].as_object().expect("an object").iter();
    pairs.map(|(name, value)| (name, value.as_str().expect("a text"))).collect()
}

/// Envelopes over a KMS that decrypts everything to this data key.
fn envelope(data_key: &[u8]) -> Envelope {
    use base64::Engine as _;

    let plaintext = base64::engine::general_purpose::STANDARD.encode(data_key);
    Envelope::new(KmsClient::from_service(tower::service_fn(move |call: Call| {
        assert_eq!(call.action().name, "Decrypt");
        let response =
            DecryptResponse { plaintext: plaintext.as_str().into(), ..DecryptResponse::default() };
        std::future::ready(Ok::<_, BoxError>(Reply::new(response, Gateway::Shared)))
    })))
}

#[tokio::test]
async fn good_vectors_are_sealed_octet_for_octet() {
    for vector in vectors("good") {
        let name = text(&vector, "name");
        let data_key = octets(&vector, "data_key");
        let envelope = envelope(&data_key).chunk_size(number(&vector, "chunk_size"));
        let envelope = envelope.expect("a chunk size");
        let generated = data_key::Generated {
            data_key: DataKey::new(Zeroizing::new(data_key)).expect("32 octets"),
            encrypted: octets(&vector, "encrypted_data_key"),
            key_id: text(&vector, "key_id").to_owned(),
        };
        let key = SealingKey::new(generated, std::time::SystemTime::UNIX_EPOCH, 0);
        let salt = octets(&vector, "salt").try_into().expect("32 octets");
        let (plaintext, expected) = (plaintext(&vector), octets(&vector, "envelope"));
        let begin =
            || envelope.begin(&key, context::sorted(&context(&vector)), salt).expect("a cipher");

        let (mut chunks, mut sealed) = begin();
        let size = envelope.chunk_size.octets();
        seal_pieces(&mut chunks, size, &plaintext, &mut sealed).expect("sealed");
        assert!(sealed == expected, "{name}");

        let (mut chunks, mut sealed) = begin();
        stream::seal(&mut chunks, size, &plaintext[..], &mut sealed, |_| {}).await.expect("sealed");
        assert!(sealed == expected, "{name}, as a stream");
    }
}

#[tokio::test]
async fn good_vectors_are_opened() {
    use secrecy::ExposeSecret;

    for vector in vectors("good") {
        let name = text(&vector, "name");
        let envelope = envelope(&octets(&vector, "data_key"));
        let (sealed, context) = (octets(&vector, "envelope"), context(&vector));
        let header = Header::parse(&sealed).expect(name);
        assert_eq!(header.key_id(), text(&vector, "key_id"));
        assert_eq!(header.context(), &context::sorted(&context));
        assert_eq!(header.chunk_size(), number(&vector, "chunk_size"));
        let opened = envelope.open(&sealed, &context).await.expect(name);
        assert!(*opened.expose_secret() == *plaintext(&vector), "{name}");
        let mut opened = Vec::new();
        envelope.open_stream(&sealed[..], &mut opened, &context).await.expect(name);
        assert!(opened == plaintext(&vector), "{name}, as a stream");
    }
}

#[tokio::test]
async fn bad_vectors_are_refused() {
    for vector in vectors("bad") {
        let reason = text(&vector, "reason");
        let envelope = envelope(&octets(&vector, "data_key"));
        let sealed = octets(&vector, "envelope");
        let error = envelope.open(&sealed, &Pairs::new()).await.expect_err(reason);
        assert_eq!(error.kind(), ErrorKind::Envelope, "{reason}");
        let mut written = Vec::new();
        let error = envelope.open_stream(&sealed[..], &mut written, &Pairs::new()).await;
        assert_eq!(error.expect_err(reason).kind(), ErrorKind::Envelope, "{reason}");
        let text: Vec<u8> = (0..2100).map(|n| (n % 251) as u8).collect();
        assert!(text.starts_with(&written), "{reason}: only authentic chunks are written");
    }
}
