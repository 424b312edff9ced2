//! The protobuf codec against prost: the same bytes both ways, for every operation's messages.

use std::collections::BTreeMap;

use alibabacloud_kms::middleware::payload::{Payload, Value};
use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::native;
use prost::Message;

/// Declares prost's messages, and how the test fills and reads them.
macro_rules! messages {
    ($($message:ident { $($name:ident: $($kind:ident)+ = $number:tt),* $(,)? })*) => {
        /// Each message's name and check.
        const CHECKS: &[(&str, fn(&dyn Fn() -> Box<dyn Payload>))] = &[
            $((stringify!($message), check::<$message>),)*
        ];

        $(
            #[derive(Clone, PartialEq, Message)]
            struct $message {
                $(#[prost($($kind,)+ tag = $number)] $name: rust_type!($($kind)+),)*
            }

            impl Oracle for $message {
                fn fill(&mut self, random: &mut Random) {
                    $(if random.below(4) > 0 { self.$name = Sample::sample(random); })*
                }

                fn contents(&self) -> Contents {
                    contents([$(($number, self.$name.clone().into())),*])
                }
            }
        )*
    };
}

macro_rules! rust_type {
    (string) => { String };
    (bytes) => { Vec<u8> };
    (int32) => { i32 };
    (bool) => { bool };
    (repeated string) => { Vec<String> };
}

messages! {
    AdvanceDecryptRequest {
        ciphertext_blob: bytes = 1, key_id: string = 2, algorithm: string = 3, aad: bytes = 4,
        iv: bytes = 5, padding_mode: string = 6,
    }
    AdvanceDecryptResponse {
        key_id: string = 1, plaintext: bytes = 2, request_id: string = 3, algorithm: string = 4,
        padding_mode: string = 5, key_version_id: string = 6,
    }
    AdvanceEncryptRequest {
        key_id: string = 1, plaintext: bytes = 2, algorithm: string = 3, aad: bytes = 4,
        iv: bytes = 5, padding_mode: string = 6,
    }
    AdvanceEncryptResponse {
        key_id: string = 1, ciphertext_blob: bytes = 2, iv: bytes = 3, request_id: string = 4,
        algorithm: string = 5, padding_mode: string = 6, key_version_id: string = 7,
    }
    AdvanceGenerateDataKeyPairRequest {
        key_id: string = 1, key_pair_spec: string = 2, key_format: string = 3, aad: bytes = 4,
    }
    AdvanceGenerateDataKeyPairResponse {
        key_id: string = 1, iv: bytes = 2, key_pair_spec: string = 3,
        private_key_plaintext: bytes = 4, private_key_ciphertext_blob: bytes = 5,
        public_key: bytes = 6, request_id: string = 7, algorithm: string = 8,
        key_version_id: string = 9,
    }
    AdvanceGenerateDataKeyPairWithoutPlaintextRequest {
        key_id: string = 1, key_pair_spec: string = 2, key_format: string = 3, aad: bytes = 4,
    }
    AdvanceGenerateDataKeyPairWithoutPlaintextResponse {
        key_id: string = 1, iv: bytes = 2, key_pair_spec: string = 3,
        private_key_ciphertext_blob: bytes = 4, public_key: bytes = 5, request_id: string = 6,
        algorithm: string = 7, key_version_id: string = 8,
    }
    AdvanceGenerateDataKeyRequest { key_id: string = 1, number_of_bytes: int32 = 2, aad: bytes = 3 }
    AdvanceGenerateDataKeyResponse {
        key_id: string = 1, iv: bytes = 2, plaintext: bytes = 3, ciphertext_blob: bytes = 4,
        request_id: string = 5, algorithm: string = 6, key_version_id: string = 7,
    }
    DecryptRequest {
        ciphertext_blob: bytes = 1, key_id: string = 2, algorithm: string = 3, aad: bytes = 4,
        iv: bytes = 5, padding_mode: string = 6,
    }
    DecryptResponse {
        key_id: string = 1, plaintext: bytes = 2, request_id: string = 3, algorithm: string = 4,
        padding_mode: string = 5,
    }
    EncryptRequest {
        key_id: string = 1, plaintext: bytes = 2, algorithm: string = 3, aad: bytes = 4,
        iv: bytes = 5, padding_mode: string = 6,
    }
    EncryptResponse {
        key_id: string = 1, ciphertext_blob: bytes = 2, iv: bytes = 3, request_id: string = 4,
        algorithm: string = 5, padding_mode: string = 6,
    }
    GenerateDataKeyPairRequest {
        key_id: string = 1, algorithm: string = 2, key_pair_spec: string = 3,
        key_format: string = 4, aad: bytes = 5,
    }
    GenerateDataKeyPairResponse {
        key_id: string = 1, iv: bytes = 2, key_pair_spec: string = 3,
        private_key_plaintext: bytes = 4, private_key_ciphertext_blob: bytes = 5,
        public_key: bytes = 6, request_id: string = 7, algorithm: string = 8,
    }
    GenerateDataKeyPairWithoutPlaintextRequest {
        key_id: string = 1, algorithm: string = 2, key_pair_spec: string = 3,
        key_format: string = 4, aad: bytes = 5,
    }
    GenerateDataKeyPairWithoutPlaintextResponse {
        key_id: string = 1, iv: bytes = 2, key_pair_spec: string = 3,
        private_key_ciphertext_blob: bytes = 4, public_key: bytes = 5, request_id: string = 6,
        algorithm: string = 7,
    }
    GenerateDataKeyRequest {
        key_id: string = 1, algorithm: string = 2, number_of_bytes: int32 = 3, aad: bytes = 4,
    }
    GenerateDataKeyResponse {
        key_id: string = 1, iv: bytes = 2, plaintext: bytes = 3, ciphertext_blob: bytes = 4,
        request_id: string = 5, algorithm: string = 6,
    }
    GenerateRandomRequest { length: int32 = 1 }
    GenerateRandomResponse { random: bytes = 1, request_id: string = 2 }
    GetPublicKeyRequest { key_id: string = 1 }
    GetPublicKeyResponse { key_id: string = 1, public_key: string = 2, request_id: string = 3 }
    GetSecretValueRequest {
        secret_name: string = 1, version_stage: string = 2, version_id: string = 3,
        fetch_extended_config: bool = 4,
    }
    GetSecretValueResponse {
        secret_name: string = 1, secret_type: string = 2, secret_data: string = 3,
        secret_data_type: string = 4, version_stages: repeated string = 5, version_id: string = 6,
        create_time: string = 7, request_id: string = 8, last_rotation_date: string = 9,
        next_rotation_date: string = 10, extended_config: string = 11,
        automatic_rotation: string = 12, rotation_interval: string = 13,
    }
    HashRequest { message: bytes = 1, algorithm: string = 2 }
    HashResponse { digest: bytes = 1, request_id: string = 3 }
    HmacRequest { key_id: string = 1, message: bytes = 2 }
    HmacResponse { key_id: string = 1, signature: bytes = 2, request_id: string = 3 }
    KmsDecryptRequest { ciphertext_blob: bytes = 1, aad: bytes = 2 }
    KmsDecryptResponse { key_id: string = 1, plaintext: bytes = 2, request_id: string = 3 }
    KmsEncryptRequest { key_id: string = 1, plaintext: bytes = 2, aad: bytes = 3 }
    KmsEncryptResponse { key_id: string = 1, ciphertext_blob: bytes = 2, request_id: string = 3 }
    SignRequest {
        key_id: string = 1, digest: bytes = 2, algorithm: string = 3, message: bytes = 4,
        message_type: string = 5,
    }
    SignResponse {
        key_id: string = 1, signature: bytes = 2, request_id: string = 3, algorithm: string = 4,
        message_type: string = 5,
    }
    VerifyRequest {
        key_id: string = 1, digest: bytes = 2, signature: bytes = 3, algorithm: string = 4,
        message: bytes = 5, message_type: string = 6,
    }
    VerifyResponse {
        key_id: string = 1, value: bool = 2, request_id: string = 3, algorithm: string = 4,
        message_type: string = 5,
    }
}

#[test]
fn every_operations_messages_are_prosts_byte_by_byte() {
    for operation in native::ALL.iter() {
        for (suffix, new) in
            [("Request", operation.new_request), ("Response", operation.new_response)]
        {
            let name = format!("{}{suffix}", operation.name);
            let check = CHECKS.iter().find(|(message, _)| *message == name);
            let (_, check) = check.unwrap_or_else(|| panic!("{name} is not among the messages"));
            check(&new);
        }
    }
}

/// Writes and reads messages of pseudo-random contents with both, the same in every run.
fn check<M: Oracle>(new: &dyn Fn() -> Box<dyn Payload>) {
    assert!(protobuf::encode(&*new()).is_empty(), "an empty message is no bytes");
    let mut random = Random(0x6b6d_735f_6f72_6163);
    for _ in 0..200 {
        let mut theirs = M::default();
        theirs.fill(&mut random);
        let bytes = theirs.encode_to_vec();

        let mut ours = new();
        protobuf::decode(&bytes, &mut *ours).expect("we read what prost wrote");
        assert_eq!(contents_of(&*ours), theirs.contents());

        let written = protobuf::encode(&*ours);
        assert_eq!(*written, bytes, "{}", ours.info().name);
        let read = M::decode(written.as_slice()).expect("prost reads what we wrote");
        assert_eq!(read.contents(), theirs.contents());
    }
}

trait Oracle: Message + Default {
    /// Sets three fields of four.
    fn fill(&mut self, random: &mut Random);

    /// What its fields hold.
    fn contents(&self) -> Contents;
}

/// What fields hold, by their numbers; absent and empty are the same in proto3.
type Contents = BTreeMap<u32, Content>;

#[derive(Debug, PartialEq)]
enum Content {
    Text(String),
    Bytes(Vec<u8>),
    Integer(i64),
    Boolean(bool),
    Texts(Vec<String>),
}

fn contents(fields: impl IntoIterator<Item = (u32, Content)>) -> Contents {
    let is_empty = |content: &Content| match content {
        Content::Text(text) => text.is_empty(),
        Content::Bytes(bytes) => bytes.is_empty(),
        Content::Integer(number) => *number == 0,
        Content::Boolean(boolean) => !boolean,
        Content::Texts(texts) => texts.is_empty(),
    };
    let fields = fields.into_iter();
    fields.filter(|(_, content)| !is_empty(content)).collect()
}

fn contents_of(payload: &dyn Payload) -> Contents {
    let fields = payload.fields().filter_map(|(info, field)| {
        let content = match field.value() {
            Value::Absent => return None,
            Value::Text(text) => text.to_owned().into(),
            Value::Bytes(bytes) => bytes.to_vec().into(),
            Value::Integer(number) => Content::Integer(number),
            Value::Boolean(boolean) => boolean.into(),
            Value::Texts(texts) => texts.to_vec().into(),
            _ => panic!("{} is of a type that no message has", info.name),
        };
        Some((info.number, content))
    });
    contents(fields)
}

impl From<String> for Content {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Content {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

impl From<i32> for Content {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<bool> for Content {
    fn from(boolean: bool) -> Self {
        Self::Boolean(boolean)
    }
}

impl From<Vec<String>> for Content {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts)
    }
}

/// A value of pseudo-random content, empty ones and those with long lengths among them.
trait Sample {
    fn sample(random: &mut Random) -> Self;
}

impl Sample for String {
    fn sample(random: &mut Random) -> Self {
        const LETTERS: [char; 6] = ['a', 'Z', '\0', 'é', '中', '🔑'];
        let length = random.below(100);
        (0..length).map(|_| LETTERS[random.below(LETTERS.len())]).collect()
    }
}

impl Sample for Vec<u8> {
    fn sample(random: &mut Random) -> Self {
        let length = random.below(300);
        (0..length).map(|_| random.next() as u8).collect()
    }
}

impl Sample for i32 {
    fn sample(random: &mut Random) -> Self {
        // Shifted, so that every magnitude comes up; the shift keeps the sign.
        random.next() as Self >> random.below(32)
    }
}

impl Sample for bool {
    fn sample(random: &mut Random) -> Self {
        random.below(2) == 1
    }
}

impl Sample for Vec<String> {
    fn sample(random: &mut Random) -> Self {
        (0..random.below(4)).map(|_| Sample::sample(random)).collect()
    }
}

/// SplitMix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }
}
