//! Arbitrary bytes as the aliyun CLI's file. Tokens that are written back change their profile's
//! fields and nothing else.

#![no_main]

use std::collections::BTreeMap;
use std::fs;

use alibabacloud_kms::credential::{CliProfile, LoadCredential};
use alibabacloud_kms_fuzz::{environment, file, wait};
use libfuzzer_sys::fuzz_target;
use serde_json::value::RawValue;

/// What the OAuth server says of tokens and of access keys; each reader takes its own fields.
const ANSWER: &str = r#"{"access_token":"A","refresh_token":"R","expires_in":7200,
    "AccessKeyId":"I","AccessKeySecret":"S","SecurityToken":"T","Expiration":"2026-11-23T09:00:00Z"}"#;

/// The fields that are written.
const WRITTEN: [&str; 7] = [
    "oauth_refresh_token",
    "oauth_access_token",
    "oauth_access_token_expire",
    "access_key_id",
    "access_key_secret",
    "sts_token",
    "sts_expiration",
];

fuzz_target!(|data: &[u8]| {
    // No other file is read.
    const TOKEN_FILE: &[u8] = b"oidc_token_file";
    if data.windows(TOKEN_FILE.len()).any(|window| window == TOKEN_FILE) {
        return;
    }
    let path = file("cli", data);
    let loaded = wait(CliProfile::new(&environment(ANSWER)).file(&path).load());
    if let Err(error) = loaded {
        assert!(!error.to_string().is_empty());
    }
    let after = fs::read(&path).expect("the file is there");
    if after != data {
        assert_eq!(without_written(&after), without_written(data));
    }
});

/// The text of each value of the file and of its profiles, without those that are written. Texts, since
/// a number may be one that no type holds, and a value deeper than most readers go.
fn without_written(text: &[u8]) -> (Texts, Vec<Texts>) {
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    let mut config = texts(std::str::from_utf8(text).expect("text"));
    let profiles = config.remove("profiles").expect("profiles");
    let profiles: Vec<&RawValue> = serde_json::from_str(&profiles).expect("an array");
    let profiles = profiles.into_iter().map(|profile| {
        let mut fields = texts(profile.get());
        fields.retain(|name, _| !WRITTEN.contains(&name.as_str()));
        fields
    });
    (config, profiles.collect())
}

type Texts = BTreeMap<String, String>;

/// The text of each value of an object.
fn texts(object: &str) -> Texts {
    let values: BTreeMap<String, &RawValue> = serde_json::from_str(object).expect("an object");
    values.into_iter().map(|(name, value)| (name, value.get().to_owned())).collect()
}
