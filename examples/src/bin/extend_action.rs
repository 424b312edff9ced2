//! Declares an action that the crate does not have, and calls it on both gateways like the others.
//!
//! The shared gateway serves the action itself. An instance with a client key serves operations only,
//! so the action brings its own transfer: a passphrase is made of the words that random bytes of
//! `GenerateRandom` choose. Both gateways are a function here, so that this runs anywhere; with real
//! ones in their place, declaration and transfer are all that the call needs.

use std::sync::Arc;

use alibabacloud_kms::middleware::wire;
use alibabacloud_kms::native::random::GenerateRandomRequest;
use alibabacloud_kms::transfer::{Native, Operation, Transfer, TransferLayer};
use alibabacloud_kms::{
    BoxError, Call, Error, ExposeSecret, Gateway, KmsClient, Reply, Router, Routing, SecretString,
    kms_api,
};
use tower::{Layer, service_fn};

kms_api! {
    version = "2016-01-20";
    pub trait PassphraseApi;

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

impl Transfer for GetRandomPassphraseRequest {
    const OPERATIONS: &'static [Operation] = &[Operation::new::<GenerateRandomRequest>()];

    async fn transfer(
        &self,
        native: &mut Native<'_>,
    ) -> Result<GetRandomPassphraseResponse, Error> {
        const WORDS: [&str; 8] =
            ["apple", "cloud", "field", "light", "moon", "river", "stone", "tree"];
        let answer = native.send(GenerateRandomRequest::new(self.word_count)).await?.response;
        let bytes = answer.random.expose_secret().iter();
        let words: Vec<&str> = bytes.map(|byte| WORDS[usize::from(*byte) % WORDS.len()]).collect();
        let separator = self.separator.as_deref().unwrap_or(" ");
        Ok(GetRandomPassphraseResponse {
            random_passphrase: words.join(separator).into(),
            request_id: answer.request_id,
        })
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let shared = service_fn(|call| answer(call, Gateway::Shared));
    let instance = TransferLayer::new().layer(service_fn(|call| answer(call, Gateway::Instance)));
    let router = Router::new(shared, instance, Routing::default());
    let client = KmsClient::from_service(router);

    for use_shared_gateway in [true, false] {
        let request = GetRandomPassphraseRequest::new(4).separator("-");
        println!("{request:?}");

        let call = client.get_random_passphrase(request);
        let answer = call.use_shared_gateway(use_shared_gateway).await?;
        println!("{answer:?}");
        let length = answer.random_passphrase.expose_secret().len();
        println!("a passphrase of {length} characters");
    }
    Ok(())
}

/// What the gateways would answer, decoded as the real ones decode it.
async fn answer(call: Call, gateway: Gateway) -> Result<Reply, BoxError> {
    let text: &[u8] = match gateway {
        Gateway::Shared => {
            br#"{"RandomPassphrase": "apple-river-stone-moon", "RequestId": "4c9a3b7e"}"#
        }
        Gateway::Instance => br#"{"Random": "AAUGBA==", "RequestId": "5d0b4c8f"}"#,
    };
    let mut response = (call.action().new_response)();
    wire::json::decode(text, &mut *response)?;
    Ok(Reply::from_payload(Arc::from(response), gateway))
}
