//! A crate that knows `alibabacloud-kms` through a facade only.
//!
//! That this compiles is the test.

use alibabacloud_kms_facade::kms;

kms::kms_api! {
    version = "2016-01-20";
    pub trait UserApi;

    /// Says a word.
    pub action SayWord {
        gateways: shared;
        idempotent: true;
        request { #[secret] word: kms::SecretString }
        response { count: i32 }
    }
}

/// Creates a call of each action, the facade's and our own.
pub fn calls(client: &kms::KmsClient) -> impl Sized + use<> {
    use alibabacloud_kms_facade::{FacadeApi as _, ListWordsRequest};
    (client.list_words(ListWordsRequest::new("word")), client.say_word(SayWordRequest::new("word")))
}
