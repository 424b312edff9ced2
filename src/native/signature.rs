//! Signatures and public keys.

use crate::api::values::{MessageType, SigningAlgorithm};
use crate::client::NativeApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl NativeApi;
    examples = "client.instance()";
    pub registry ACTIONS;

    /// Signs a message or its digest.
    pub operation Sign {
        // A repeated call makes another signature of the same message, which is harmless.
        idempotent: true;
        request_id: 3;
        request {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The digest, for older instances, which read it from this field.
            digest: Option<Vec<u8>> @ 2,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: SigningAlgorithm @ 3,
            /// The message, or its digest if `MessageType` is `DIGEST`.
            #[secret] message: SecretBytes @ 4,
            /// Whether `Message` is the message (`RAW`) or its digest (`DIGEST`).
            message_type: Option<MessageType> @ 5,
        }
        response {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The signature.
            signature: Vec<u8> @ 2,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: SigningAlgorithm or empty @ 4,
            /// Whether `Message` is the message (`RAW`) or its digest (`DIGEST`).
            message_type: MessageType or empty @ 5,
        }
    }

    /// Verifies a signature.
    pub operation Verify {
        idempotent: true;
        request_id: 3;
        request {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The digest, for older instances, which read it from this field.
            digest: Option<Vec<u8>> @ 2,
            /// The signature.
            signature: Vec<u8> @ 3,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: SigningAlgorithm @ 4,
            /// The message, or its digest if `MessageType` is `DIGEST`.
            #[secret] message: SecretBytes @ 5,
            /// Whether `Message` is the message (`RAW`) or its digest (`DIGEST`).
            message_type: Option<MessageType> @ 6,
        }
        response {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// Whether the signature is valid for the message.
            value: bool @ 2,
            /// The algorithm (default: the one of the key, if it has only one).
            algorithm: SigningAlgorithm or empty @ 4,
            /// Whether `Message` is the message (`RAW`) or its digest (`DIGEST`).
            message_type: MessageType or empty @ 5,
        }
    }

    /// Returns the public key of an asymmetric key.
    pub operation GetPublicKey {
        idempotent: true;
        request_id: 3;
        request {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
        }
        response {
            /// Id, alias or ARN of the key.
            key_id: String @ 1,
            /// The public key, in PEM.
            public_key: String @ 2,
        }
    }
}
