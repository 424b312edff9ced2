//! What a local gateway answers: the action in one dialect, the operation in the other.

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

use alibabacloud_kms::Error;
use alibabacloud_kms_local::{LocalGateway, LocalGatewayBuilder};

use crate::native::{ChooseWordsRequest, ChooseWordsResponse};
use crate::{GetRandomPassphraseRequest, GetRandomPassphraseResponse};

const WORDS: [&str; 8] = ["apple", "cloud", "field", "light", "moon", "river", "stone", "tree"];

/// A local gateway, to be started, that serves passphrases beside everything else.
pub fn local_gateway() -> LocalGatewayBuilder {
    LocalGateway::builder().handle(get_random_passphrase).handle(choose_words)
}

fn get_random_passphrase(
    request: &GetRandomPassphraseRequest,
) -> Result<GetRandomPassphraseResponse, Error> {
    let separator = request.separator.as_deref().unwrap_or(" ");
    let passphrase = words(request.word_count, "WordCount")?.join(separator);
    // The request's id is the gateway's to give.
    Ok(GetRandomPassphraseResponse { random_passphrase: passphrase.into(), ..Default::default() })
}

fn choose_words(request: &ChooseWordsRequest) -> Result<ChooseWordsResponse, Error> {
    let words = words(request.count, "Count")?.join(" ");
    Ok(ChooseWordsResponse { words: words.into(), ..Default::default() })
}

/// Good enough for an example: passphrases want a random source that is made for secrets.
fn words(count: i32, parameter: &str) -> Result<Vec<&'static str>, Error> {
    if !(1..=64).contains(&count) {
        return Err(Error::invalid_parameter(parameter));
    }
    let random = || RandomState::new().hash_one(()) as usize;
    Ok((0..count).map(|_| WORDS[random() % WORDS.len()]).collect())
}
