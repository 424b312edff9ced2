//! The test vectors, byte for byte; `tests/envelope/vectors.py` made them.

use alibabacloud_kms::api::crypto::DecryptResponse;
use alibabacloud_kms::api::data_key::GenerateDataKeyResponse;
use alibabacloud_kms::envelope::{Envelope, Header};
use alibabacloud_kms::{
    BoxError, Call, ErrorKind, ExposeSecret as _, Gateway, KmsClient, Pairs, Reply,
};
use alibabacloud_kms_tests::canary::base64;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Salt};
use serde_json::Value;

const VECTORS: &str = include_str!("../../data/envelope/vectors.json");

/// Where a header has its salt.
const SALT: std::ops::Range<usize> = 9..41;

fn vectors(list: &str) -> Vec<Value> {
    let mut vectors: Value = serde_json::from_str(VECTORS).expect("JSON");
    let Value::Array(vectors) = vectors[list].take() else { panic!("a list of {list} ones") };
    assert!(!vectors.is_empty());
    vectors
}

fn text<'v>(vector: &'v Value, name: &str) -> &'v str {
    vector[name].as_str().expect(name)
}

fn bytes(vector: &Value, name: &str) -> Vec<u8> {
    let digits = text(vector, name).as_bytes().chunks_exact(2);
    let byte = |pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16);
    digits.map(|pair| byte(pair).expect("hexadecimal")).collect()
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

/// Envelopes over a KMS that knows the vector's data key alone.
fn envelope(vector: &Value) -> Envelope {
    let vector = vector.clone();
    Envelope::new(KmsClient::from_service(tower::service_fn(move |call: Call| {
        let data_key = base64(&bytes(&vector, "data_key"));
        let reply = match call.action().name {
            "GenerateDataKey" => {
                let mut response = GenerateDataKeyResponse::default();
                response.key_id = text(&vector, "key_id").to_owned();
                response.ciphertext_blob = base64(&bytes(&vector, "encrypted_data_key"));
                response.plaintext = data_key.into();
                Reply::new(response, Gateway::Shared)
            }
            name => {
                assert_eq!(name, "Decrypt");
                let mut response = DecryptResponse::default();
                response.key_id = text(&vector, "key_id").to_owned();
                response.plaintext = data_key.into();
                Reply::new(response, Gateway::Shared)
            }
        };
        std::future::ready(Ok::<_, BoxError>(reply))
    })))
}

/// The vector's envelope as it is with this salt, made by `src/envelope/FORMAT.md`: from its header,
/// its data key and its plaintext.
fn with_salt(vector: &Value, salt: &[u8]) -> Vec<u8> {
    let mut envelope = bytes(vector, "envelope");
    let header = usize::from(u16::from_be_bytes([envelope[6], envelope[7]]));
    envelope.truncate(header - 32);
    envelope[SALT].copy_from_slice(salt);

    let (label, digest) = (b"alibabacloud-kms envelope v1", digest(&SHA256, &envelope));
    let prk = Salt::new(HKDF_SHA256, salt).extract(&bytes(vector, "data_key"));
    let mut okm = [0; 64];
    let expanded = prk.expand(&[label, digest.as_ref()], Okm).and_then(|it| it.fill(&mut okm));
    expanded.expect("64 bytes");
    let (key, commitment) = okm.split_at(32);
    envelope.extend_from_slice(commitment);

    let key = LessSafeKey::new(UnboundKey::new(&AES_256_GCM, key).expect("32 bytes"));
    let plaintext = plaintext(vector);
    let mut pieces: Vec<&[u8]> = plaintext.chunks(number(vector, "chunk_size")).collect();
    if pieces.is_empty() {
        pieces.push(&[]);
    }
    for (index, piece) in pieces.iter().enumerate() {
        let mut nonce = [0; 12];
        nonce[7..11].copy_from_slice(&u32::try_from(index).expect("few chunks").to_be_bytes());
        nonce[11] = u8::from(index + 1 == pieces.len());
        let nonce = Nonce::assume_unique_for_key(nonce);
        let mut chunk = piece.to_vec();
        key.seal_in_place_append_tag(nonce, Aad::empty(), &mut chunk).expect("a chunk");
        envelope.extend_from_slice(&chunk);
    }
    envelope
}

/// What HKDF gives for an envelope: the message key and the commitment.
struct Okm;

impl KeyType for Okm {
    fn len(&self) -> usize {
        64
    }
}

#[test]
fn good_vectors_are_what_the_format_says() {
    for vector in vectors("good") {
        let made = with_salt(&vector, &bytes(&vector, "salt"));
        assert!(made == bytes(&vector, "envelope"), "{}", text(&vector, "name"));
    }
}

/// Each but for the salt, which sealing draws.
#[tokio::test]
async fn good_vectors_are_sealed_byte_for_byte() {
    for vector in vectors("good") {
        let name = text(&vector, "name");
        let envelope = envelope(&vector).chunk_size(number(&vector, "chunk_size"));
        let envelope = envelope.expect("a chunk size");
        let (key_id, plaintext, context) =
            (text(&vector, "key_id"), plaintext(&vector), context(&vector));

        let sealed = envelope.seal(key_id, &plaintext, &context).await.expect("sealed");
        assert!(sealed == with_salt(&vector, &sealed[SALT]), "{name}");

        let mut sealed = Vec::new();
        let written = envelope.seal_stream(key_id, &plaintext[..], &mut sealed, &context).await;
        assert_eq!(written.expect("sealed"), plaintext.len() as u64);
        assert!(sealed == with_salt(&vector, &sealed[SALT]), "{name}, as a stream");
    }
}

#[tokio::test]
async fn good_vectors_are_opened() {
    for vector in vectors("good") {
        let name = text(&vector, "name");
        let envelope = envelope(&vector);
        let (sealed, context) = (bytes(&vector, "envelope"), context(&vector));
        let header = Header::parse(&sealed).expect(name);
        assert_eq!(header.key_id(), text(&vector, "key_id"));
        let mut pairs: Vec<_> = context.iter().collect();
        pairs.sort_unstable();
        assert!(header.context().iter().eq(pairs), "{name}");
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
        let envelope = envelope(&vector);
        let sealed = bytes(&vector, "envelope");
        let error = envelope.open(&sealed, &Pairs::new()).await.expect_err(reason);
        assert_eq!(error.kind(), ErrorKind::Envelope, "{reason}");
        let mut written = Vec::new();
        let error = envelope.open_stream(&sealed[..], &mut written, &Pairs::new()).await;
        assert_eq!(error.expect_err(reason).kind(), ErrorKind::Envelope, "{reason}");
        let text: Vec<u8> = (0..2100).map(|n| (n % 251) as u8).collect();
        assert!(text.starts_with(&written), "{reason}: only authentic chunks are written");
    }
}
