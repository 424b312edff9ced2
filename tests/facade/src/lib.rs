//! A crate that depends on `alibabacloud-kms` under another name, and passes it on.
//!
//! Nothing here may be called `alibabacloud_kms`: that this compiles is the test.

pub use kms;

kms::kms_api! {
    version = "2016-01-20";
    pub trait FacadeApi;
    pub registry ACTIONS;

    /// A word of the facade's.
    pub values Word { Yes = "Yes" }

    /// A pair of words.
    pub object Words {
        first: Option<Word>,
    }

    /// Lists words.
    pub action ListWords {
        gateways: shared;
        idempotent: true;
        pages: words;
        request {
            next_token: Option<String>,
            #[secret] password: kms::SecretString,
        }
        response { words: Vec<Words>, next_token: Option<String> }
    }
}
