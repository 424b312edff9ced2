use std::collections::BTreeMap;

use super::*;

fn secret(data: &str, data_type: Option<&str>) -> GetSecretValueResponse {
    GetSecretValueResponse {
        secret_name: "app/db".into(),
        secret_data: data.into(),
        secret_data_type: data_type.map(Into::into),
        ..GetSecretValueResponse::default()
    }
}

#[test]
fn bytes_are_the_texts_or_what_a_binary_secrets_base64_stands_for() {
    for (data, data_type, expected) in [
        ("AP8=", Some("binary"), &[0, 255][..]),
        ("AP\n8=\r\n", Some("binary"), &[0, 255]),
        ("AP8=", Some("text"), b"AP8="),
        ("AP8=", None, b"AP8="),
        ("", None, b""),
        ("中", Some("text"), "中".as_bytes()),
    ] {
        let bytes = secret(data, data_type).bytes().expect("bytes");
        assert_eq!(bytes.expose_secret(), expected, "{data} {data_type:?}");
    }
    let value = SecretValue {
        secret_data: "AP8=".into(),
        secret_data_type: Some(SecretDataType::Binary),
        ..SecretValue::default()
    };
    assert_eq!(value.bytes().expect("bytes").expose_secret(), [0, 255]);
    let native = native::secret::GetSecretValueResponse {
        secret_data: "AP8=".into(),
        secret_data_type: SecretDataType::Binary,
        ..native::secret::GetSecretValueResponse::default()
    };
    assert_eq!(native.bytes().expect("bytes").expose_secret(), [0, 255]);
}

#[test]
fn a_binary_secret_of_json_is_read_as_one_of_text_is() {
    let text = r#"{"a":"1"}"#;
    let base64 = crate::api::crypto::EncryptRequest::from_bytes("k", text).plaintext;
    for secret in [secret(text, Some("text")), secret(base64.expose_secret(), Some("binary"))] {
        let map: BTreeMap<String, String> = secret.json().expect("JSON");
        assert_eq!(map["a"], "1");
    }
}

#[test]
fn errors_name_the_secret_and_the_place_and_quote_nothing() {
    type Map = BTreeMap<String, u32>;
    let canary = "canary-71c0";
    let cases = [
        secret(canary, Some("binary")).bytes().map(drop),
        secret("x", Some("hologram")).bytes().map(drop),
        secret(canary, None).json::<Map>().map(drop),
        secret("{", None).json::<Map>().map(drop),
        secret(&format!(r#"{{"a":"{canary}"}}"#), None).json::<Map>().map(drop),
        secret(&format!(r#"{{"{canary}":1,"AccountName":[]}}"#), None)
            .json::<RdsSecret>()
            .map(drop),
    ];
    for case in cases {
        let error = case.expect_err("unreadable");
        assert_eq!((error.kind(), error.outcome()), (ErrorKind::Decode, Outcome::Answered));
        let shown = format!("{error:#} {error:?}");
        assert!(shown.contains("app/db") && !shown.contains(canary), "{shown}");
    }
    let error = secret(r#"{"a":true}"#, None).json::<Map>().expect_err("no number").to_string();
    assert!(error.contains("line 1") && error.contains("BTreeMap"), "{error}");
}

#[test]
fn contents_are_read_in_both_forms_and_what_is_missing_is_named() {
    for text in [
        r#"{"AccountName":"app","AccountPassword":"pw","More":1}"#,
        r#"{"Accounts":[{"AccountName":"app","AccountPassword":"pw"},{"AccountName":"other"}]}"#,
    ] {
        let account: RdsSecret = secret(text, None).json().expect("an account");
        assert_eq!(account.account_name, "app");
        assert_eq!(account.account_password.expose_secret(), "pw");
        assert!(!format!("{account:?}").contains("pw"), "{account:?}");
    }
    let time = "2026-11-23T08:00:00Z";
    for text in [
        format!(r#"{{"AccessKeyId":"id","AccessKeySecret":"pw","ExpireTimestamp":"{time}"}}"#),
        r#"{"AccessKeys":[{"AccessKeyId":"id","AccessKeySecret":"pw"}]}"#.to_owned(),
    ] {
        let key: RamSecret = secret(&text, None).json().expect("an access key");
        assert_eq!(
            (key.access_key_id.as_str(), key.access_key_secret.expose_secret()),
            ("id", "pw")
        );
        assert_eq!(key.expire_timestamp.is_some(), text.contains(time));
        assert!(!format!("{key:?} {:?}", Credential::from(key.clone())).contains("pw"), "{key:?}");
    }
    let server: EcsSecret =
        secret(r#"{"UserName":"root","Password":"pw"}"#, None).json().expect("a password");
    assert_eq!(server.password.expect("a password").expose_secret(), "pw");
    let text = r#"{"UserName":"root","PublicKey":"ssh-rsa A","PrivateKey":"pw"}"#;
    let server: EcsSecret = secret(text, None).json().expect("keys");
    assert_eq!(server.public_key.as_deref(), Some("ssh-rsa A"));
    assert!(!format!("{server:?}").contains("pw"), "{server:?}");

    let lacks = |error: Result<(), Error>, field: &str| {
        let error = error.expect_err("it lacks a field").to_string();
        assert!(error.contains(&format!("lacks the field `{field}`")), "{error}");
    };
    lacks(secret("{}", None).json::<RdsSecret>().map(drop), "AccountName");
    let half = r#"{"AccountName":"app"}"#;
    lacks(secret(half, None).json::<RdsSecret>().map(drop), "AccountPassword");
    lacks(secret("{}", None).json::<RamSecret>().map(drop), "AccessKeyId");
    lacks(secret(r#"{"UserName":"root"}"#, None).json::<EcsSecret>().map(drop), "Password");
}
