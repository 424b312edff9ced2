//! Arbitrary bytes as a message: what was read is written, and read again as the same; and prost reads
//! the same from the bytes.

#![no_main]

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::wire::protobuf;
use alibabacloud_kms::native::advance;
use alibabacloud_kms_fuzz::{first, payload};
use libfuzzer_sys::fuzz_target;
use prost::Message;

#[derive(Clone, PartialEq, Message)]
struct AdvanceEncryptResponse {
    #[prost(string, tag = 1)]
    key_id: String,
    #[prost(bytes, tag = 2)]
    ciphertext_blob: Vec<u8>,
    #[prost(bytes, tag = 3)]
    iv: Vec<u8>,
    #[prost(string, tag = 4)]
    request_id: String,
    #[prost(string, tag = 5)]
    algorithm: String,
    #[prost(string, tag = 6)]
    padding_mode: String,
    #[prost(string, tag = 7)]
    key_version_id: String,
}

#[derive(Clone, PartialEq, Message)]
struct AdvanceGenerateDataKeyRequest {
    #[prost(string, tag = 1)]
    key_id: String,
    #[prost(int32, tag = 2)]
    number_of_bytes: i32,
    #[prost(bytes, tag = 3)]
    aad: Vec<u8>,
}

fuzz_target!(|data: &[u8]| {
    let (which, bytes) = first(data);
    match which {
        0 => agree::<advance::AdvanceEncryptResponse, AdvanceEncryptResponse>(bytes),
        1 => agree::<advance::AdvanceGenerateDataKeyRequest, AdvanceGenerateDataKeyRequest>(bytes),
        _ => read_again(data),
    }
});

fn read_again(data: &[u8]) {
    let (make, bytes) = payload(data);
    let mut read = make();
    if protobuf::decode(bytes, &mut *read).is_ok() {
        let written = protobuf::encode(&*read);
        let mut again = make();
        protobuf::decode(&written, &mut *again).expect("what was written is read");
        assert_eq!(*protobuf::encode(&*again), *written);
    }
}

fn agree<P: Payload + Default, M: Message + Default>(bytes: &[u8]) {
    let mut ours = P::default();
    if protobuf::decode(bytes, &mut ours).is_ok() {
        let theirs = M::decode(bytes).expect("prost reads it");
        assert_eq!(*protobuf::encode(&ours), theirs.encode_to_vec());
    }
}
