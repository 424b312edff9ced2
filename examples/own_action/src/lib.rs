//! An action of one's own, end to end: passphrases of words.
//!
//! The crate of a user: it declares the action for the shared gateway's dialect and the operation that an
//! instance has for it in its own, the transfer between the two, and what a local gateway answers. All
//! that drives actions takes them from the declarations: client, mocks, command, local gateway.

mod handlers;
mod transfer;

use alibabacloud_kms::{SecretString, kms_api};

pub use self::handlers::local_gateway;

kms_api! {
    version = "2016-01-20";
    pub trait PassphraseApi;
    examples = "client";
    pub registry ACTIONS;

    /// Makes a random passphrase.
    #[doc_url = "https://example.com/get-random-passphrase"]
    pub action GetRandomPassphrase {
        gateways: shared, instance;
        // A passphrase that was lost on the way was never used.
        idempotent: true;
        request {
            /// The number of words.
            word_count: i32,
            /// The text between them (default a space).
            separator: Option<String>,
        }
        response {
            /// The passphrase.
            #[secret] random_passphrase: SecretString,
        }
    }
}

/// The operation of the instance's own dialect.
pub mod native {
    use alibabacloud_kms::{SecretString, kms_api};

    kms_api! {
        version = "dkms-gcs-0.2";
        examples = "client";
        pub registry OPERATIONS;

        /// Chooses words at random.
        #[doc_url = "https://example.com/choose-words"]
        pub operation ChooseWords {
            // A repeated call chooses others; the lost ones were never used.
            idempotent: true;
            request_id: 2;
            request {
                /// How many.
                count: i32 @ 1,
            }
            response {
                /// The words, with spaces between them.
                #[secret] words: SecretString @ 1,
            }
        }
    }
}
