//! The mock kit: what its rules answer, what it shows, and that it holds no network.

mod captured;
mod clients;
mod conditions;
mod instance_shaped;
mod recordings;
mod rules;
mod sequences;
mod transferred;
mod unanswered;

use alibabacloud_kms::api::crypto::{EncryptRequest, EncryptResponse};

fn encrypt() -> EncryptRequest {
    EncryptRequest::new("alias/app", "text")
}

fn sealed(blob: &str) -> EncryptResponse {
    let mut response = EncryptResponse::default();
    response.ciphertext_blob = blob.into();
    response
}
