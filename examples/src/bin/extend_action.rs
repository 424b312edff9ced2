//! Declares an action that the crate does not have, and calls it like the others.
//!
//! The service behind the client is a mock, so that this runs anywhere; with gateways in its place
//! the declaration is all that the real call needs.

use std::sync::Arc;

use alibabacloud_kms::{
    BoxError, Call, ExposeSecret, Gateway, KmsClient, Reply, SecretString, kms_api, wire,
};

kms_api! {
    version = "2016-01-20";
    pub trait PassphraseApi;

    /// Makes a random passphrase.
    #[doc_url = "https://example.com/get-random-passphrase"]
    pub action GetRandomPassphrase {
        gateways: shared;
        // A passphrase that was lost on the way was never used.
        idempotent: true;
        request {
            /// How many words.
            word_count: i32,
            /// What stands between them; a space unless told.
            separator: Option<String>,
        }
        response {
            /// The passphrase.
            #[secret] random_passphrase: SecretString,
            /// The request's id.
            request_id: String,
        }
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), alibabacloud_kms::Error> {
    let client = KmsClient::from_service(tower::service_fn(answer));

    let request = GetRandomPassphraseRequest::new(4).separator("-");
    println!("{request:?}");

    let answer = client.get_random_passphrase(request).await?;
    println!("{answer:?}");
    let length = answer.random_passphrase.expose_secret().len();
    println!("a passphrase of {length} characters");
    Ok(())
}

/// What the shared gateway would answer, decoded as the real one decodes it.
async fn answer(call: Call) -> Result<Reply, BoxError> {
    let text = br#"{"RandomPassphrase": "apple-river-stone-moon", "RequestId": "4c9a3b7e"}"#;
    let mut response = (call.action().new_response)();
    wire::json::decode(text, &mut *response)?;
    Ok(Reply::from_payload(Arc::from(response), Gateway::Shared))
}
