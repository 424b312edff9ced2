//! Signatures and public keys.

use crate::api::values::{MessageType, SigningAlgorithm};
use crate::client::InstanceApi;
use crate::{SecretBytes, kms_api};

kms_api! {
    version = "dkms-gcs-0.2";
    impl InstanceApi;
    pub registry ACTIONS;

    /// Signs a message or its digest.
    pub operation Sign {
        // A repeated call makes another signature of the same message, which harms nobody.
        idempotent: true;
        request_id: 3;
        request {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The digest, as older instances take it.
            digest: Option<Vec<u8>> @ 2,
            /// The algorithm, where the key has several.
            algorithm: SigningAlgorithm @ 3,
            /// The message, or its digest where `MessageType` says so.
            #[secret] message: SecretBytes @ 4,
            /// `RAW` or `DIGEST`.
            message_type: Option<MessageType> @ 5,
        }
        response {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The signature.
            signature: Vec<u8> @ 2,
            /// The algorithm, where the key has several.
            algorithm: SigningAlgorithm @ 4,
            /// `RAW` or `DIGEST`.
            message_type: MessageType @ 5,
        }
    }

    /// Verifies a signature.
    pub operation Verify {
        idempotent: true;
        request_id: 3;
        request {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The digest, as older instances take it.
            digest: Option<Vec<u8>> @ 2,
            /// The signature.
            signature: Vec<u8> @ 3,
            /// The algorithm, where the key has several.
            algorithm: SigningAlgorithm @ 4,
            /// The message, or its digest where `MessageType` says so.
            #[secret] message: SecretBytes @ 5,
            /// `RAW` or `DIGEST`.
            message_type: Option<MessageType> @ 6,
        }
        response {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// Whether the signature is the message's.
            value: bool @ 2,
            /// The algorithm, where the key has several.
            algorithm: SigningAlgorithm @ 4,
            /// `RAW` or `DIGEST`.
            message_type: MessageType @ 5,
        }
    }

    /// Gives an asymmetric key's public key.
    pub operation GetPublicKey {
        idempotent: true;
        request_id: 3;
        request {
            /// Key id, alias or ARN.
            key_id: String @ 1,
        }
        response {
            /// Key id, alias or ARN.
            key_id: String @ 1,
            /// The public key, as PEM.
            public_key: String @ 2,
        }
    }
}
