//! Arbitrary bytes as the INI file that the SDKs share, and a field of plain text that is read as it
//! was written.

#![no_main]

use alibabacloud_kms::Credential;
use alibabacloud_kms::credential::{IniProfile, LoadCredential};
use alibabacloud_kms_fuzz::{environment, file, wait};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    if let Err(error) = load(data) {
        assert!(!error.to_string().is_empty());
    }
    // Nothing that begins a comment, is quoted, stands for something else or is no part of a key.
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-._:=+/@[]".contains(byte);
    let text: Vec<u8> = data.iter().copied().filter(is_plain).take(64).collect();
    let text = String::from_utf8(text).expect("ASCII");
    // No key: what a program writes where it has none.
    let is_key = !["", "true", "false", "null"].contains(&text.as_str());
    if is_key {
        let section = format!(
            "[default]\ntype = access_key\naccess_key_id = {text}\naccess_key_secret = s\n"
        );
        match load(section.as_bytes()).expect("a profile") {
            Credential::AccessKey { id, .. } => assert_eq!(id, text),
            other => panic!("{other:?}"),
        }
    }
});

fn load(content: &[u8]) -> Result<Credential, alibabacloud_kms::Error> {
    let path = file("ini", content);
    let profile = IniProfile::new(&environment("{}")).file(path);
    wait(profile.load()).map(|loaded| loaded.credential)
}
