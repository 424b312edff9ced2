// A users' crate: what is not used there, and not documented, is no warning.
#![deny(warnings, missing_docs, unreachable_pub)]
//! A binary.

use alibabacloud_kms::native::advance::AdvanceEncryptRequest;
use alibabacloud_kms::transfer::{Native, Operation, Transfer};
use alibabacloud_kms::{
    Error, ExposeSecret, KmsClient, Pairs, PendingCall, SecretString, kms_api,
};

kms_api! {
    version = "2016-01-20";
    trait LabApi;

    /// Seals a text.
    #[doc_url = "https://example.com/seal"]
    pub(crate) action Seal {
        gateways: shared, instance;
        idempotent: true;
        request {
            key_id: String,
            #[secret] plaintext: SecretString in body,
            context: Option<Pairs> as json,
            version: Option<String> = "KeyVersionId" required,
        }
        response { ciphertext_blob: String }
    }

    /// Never called.
    action GetLabURL {
        gateways: shared;
        idempotent: true;
        method: GET;
        request {}
        response { url: Option<String> }
    }
}

impl Transfer for SealRequest {
    const OPERATIONS: &'static [Operation] = &[Operation::new::<AdvanceEncryptRequest>()];

    async fn transfer(&self, native: &mut Native<'_>) -> Result<SealResponse, Error> {
        let plaintext = self.plaintext.expose_secret().as_bytes().to_vec();
        native.send(AdvanceEncryptRequest::new(&self.key_id, plaintext)).await?;
        Ok(SealResponse::default())
    }
}

fn seal(client: &KmsClient) -> PendingCall<SealRequest> {
    client.seal(SealRequest::new("alias/app", "text").context([("a", "b")]))
}

fn main() {
    let _ = seal;
}
