//! An arbitrary password on a client key's file: what the local gateway writes opens with it, and with
//! no other.

#![no_main]

use alibabacloud_kms::ClientKey;
use alibabacloud_kms_fuzz::first;
use alibabacloud_kms_local::__private::write_pkcs12;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use libfuzzer_sys::fuzz_target;

const KEY: &str = include_str!("../../tests/data/client_key/pkcs8.pem");

fuzz_target!(|data: &[u8]| {
    let (at, password) = first(data);
    let Ok(password) = std::str::from_utf8(password) else { return };
    let base64: String = KEY.lines().filter(|line| !line.starts_with('-')).collect();
    let key = STANDARD.decode(base64).expect("a key");
    let Some(file) = write_pkcs12(&key, &password.into()) else { return };
    let open = |file: &[u8], password: &str| {
        let data = STANDARD.encode(file);
        let json = format!(r#"{{"KeyId":"id","PrivateKeyData":"{data}"}}"#);
        ClientKey::from_content(&json.into(), &password.into())
    };
    assert!(open(&file, password).is_ok());
    assert!(open(&file, &format!("{password}x")).is_err());
    let mut changed = file;
    let at = usize::from(at) * changed.len() / 256;
    changed[at] ^= 1;
    let _ = open(&changed, password);
});
