use secrecy::ExposeSecret;

use super::*;
use crate::test_support::{CreateRequest, CreateResponse, SECRET, Tag, shows_secret};

fn read(text: &str) -> CreateResponse {
    let mut response = CreateResponse::default();
    decode(text.as_bytes(), &mut response).expect(text);
    response
}

fn known(text: &str) -> usize {
    decode(text.as_bytes(), &mut CreateResponse::default()).expect(text)
}

fn error(text: &str) -> serde_json::Error {
    decode(text.as_bytes(), &mut CreateResponse::default()).expect_err(text)
}

#[test]
fn missing_and_null_fields_leave_the_default() {
    let text = r#"{"KeyId":null,"Blob":null,"Names":null,"Keys":null,"Keys":{"Key":null},
        "Owner":null,"Labels":null,"Count":null,"VersionStages":{}}"#;
    let response = read(text);
    assert_eq!(response.key_id, "");
    assert_eq!(response.total, None);
    assert!(response.owner.is_none() && response.labels.is_none());
    assert!(response.keys.is_empty() && response.stages.is_empty());
}

#[test]
fn unknown_fields_are_skipped_and_not_counted() {
    let text = r#"{"New":{"a":[1,{"b":null}]},"KeyId":"k","Newer":"x","RequestId":"r"}"#;
    assert_eq!(read(text).key_id, "k");
    assert_eq!(known(text), 2);
    assert_eq!(known("{}"), 0);
    assert_eq!(known("null"), 0);
    assert_eq!(known(r#"{"Owner":{"Key":"k"}}"#), 1);
}

#[test]
fn numbers_are_taken_for_texts_and_texts_for_numbers() {
    let response = read(r#"{"KeyId":7,"Count":"-12","TotalCount":"9","Enabled":"True"}"#);
    assert_eq!(response.key_id, "7");
    assert_eq!((response.count, response.total), (-12, Some(9)));
    assert!(response.enabled);
    let response = read(r#"{"KeyId":true,"Count":12.0,"Plaintext":1.5,"Names":[1,"a",false]}"#);
    assert_eq!((&*response.key_id, response.count), ("true", 12));
    assert_eq!(response.plaintext.expose_secret(), "1.5");
    assert_eq!(response.names, ["1", "a", "false"]);
}

#[test]
fn a_number_beyond_64_bits_of_sign_is_kept_where_a_text_is_declared() {
    assert_eq!(read(r#"{"KeyId":18446744073709551615}"#).key_id, "18446744073709551615");
}

#[test]
fn bytes_are_base64() {
    assert_eq!(read(r#"{"Blob":"+/8="}"#).blob, [0xfb, 0xff]);
}

#[test]
fn numbers_out_of_range_are_errors_that_name_the_field_and_not_the_number() {
    for number in [
        "2147483648",
        "-2147483649",
        "18446744073709551615",
        "99999999999999999999999",
        "1e300",
        "1.5",
    ] {
        let error = error(&format!(r#"{{"Count":{number}}}"#)).to_string();
        assert!(error.contains("Count"), "{error}");
        assert!(!error.contains(number), "{error}");
    }
    error(r#"{"Count":1e999}"#);
}

#[test]
fn a_wrong_type_is_an_error_that_names_the_field_and_does_not_quote_the_value() {
    for (field, value) in [
        ("Count", r#""canary-5f1d""#),
        ("TotalCount", r#"["canary-5f1d"]"#),
        ("Enabled", r#""canary-5f1d""#),
        ("Blob", r#""canary-5f1d""#),
        ("Plaintext", r#"["canary-5f1d"]"#),
        ("Plaintext", r#"{"canary-5f1d":1}"#),
        ("Names", r#""canary-5f1d""#),
        ("Names", r#"{"canary-5f1d":1}"#),
        ("Names", r#"[["canary-5f1d"]]"#),
        ("Names", r#"[{"canary-5f1d":1}]"#),
        ("VersionStages", r#"["canary-5f1d"]"#),
        ("VersionStages", r#"{"VersionStage":"canary-5f1d"}"#),
        ("Keys", r#"{"Key":["canary-5f1d"]}"#),
        ("Keys", r#"{"Key":[["canary-5f1d"]]}"#),
        ("Owner", r#""canary-5f1d""#),
        ("Owner", r#"["canary-5f1d"]"#),
        ("Labels", r#""canary-5f1d""#),
        ("Extra", r#"["canary-5f1d"]"#),
    ] {
        let error = error(&format!(r#"{{"{field}":{value}}}"#));
        assert!(error.to_string().contains(field), "{value}: {error}");
        assert!(!shows_secret(&format!("{error} {error:?}")), "{error}");
    }
}

#[test]
fn text_that_is_no_json_object_is_an_error_that_does_not_quote_it() {
    for text in [
        "",
        "canary-5f1d",
        r#""canary-5f1d""#,
        r#"["canary-5f1d"]"#,
        "12345",
        r#"{"KeyId":"canary-5f1d"#,
        r#"{"KeyId":"canary-5f1d"} canary-5f1d"#,
        r#"{"KeyId":"canary-5f1d",}"#,
        "{\"Plaintext\":\"canary-5f1d\n\"}",
        r#"{"Plaintext":"canary-5f1d\ud800"}"#,
        "<html>canary-5f1d</html>",
    ] {
        let error = error(text);
        assert!(!shows_secret(&format!("{error} {error:?}")), "{error}");
        assert!(!error.to_string().contains("12345"), "{error}");
    }
    let not_utf8 = decode(b"{\"KeyId\":\"\xff\"}", &mut CreateResponse::default());
    assert!(not_utf8.is_err());
}

#[test]
fn wrapped_lists_are_unwrapped_and_what_is_beside_them_is_skipped() {
    let response = read(
        r#"{"Keys":{"Total":1,"Key":[{"Key":"a"},{"Key":"b","Value":"c"}]},
            "VersionStages":{"VersionStage":["x",null,"y"]}}"#,
    );
    let keys: Vec<_> = response.keys.iter().map(|tag| &*tag.key).collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!(response.stages, ["x", "y"]);
}

#[test]
fn pairs_and_free_form_objects_keep_order_and_values() {
    let response = read(r#"{"Labels":{"z":"1","a":2,"b":{"c":[]}},"Extra":{"d":[1,null]}}"#);
    let labels = response.labels.expect("labels");
    let expected = [("z", "1"), ("a", "2"), ("b", r#"{"c":[]}"#)];
    assert_eq!(labels.iter().collect::<Vec<_>>(), expected);
    let extra = response.extra.expect("an object");
    assert_eq!(extra["d"], serde_json::json!([1, null]));
}

#[test]
fn nesting_that_would_exhaust_the_stack_is_an_error_or_skipped() {
    let deep = |field: &str, open: &str, close: &str| {
        let text = format!(r#"{{"{field}":{}0{}}}"#, open.repeat(100_000), close.repeat(100_000));
        let mut response = CreateResponse::default();
        decode(text.as_bytes(), &mut response).map(drop)
    };
    assert!(deep("Extra", r#"{"a":"#, "}").is_err());
    assert!(deep("Labels", r#"{"a":"#, "}").is_err());
    assert!(deep("Names", "[", "]").is_err());
    // Whether an unknown field of that depth is skipped is serde_json's choice; it must return.
    drop(deep("Unknown", "[", "]"));
}

#[test]
fn what_is_exposed_reads_back_the_same() {
    let response = CreateResponse {
        key_id: "键\u{0}\"\\\n".into(),
        plaintext: SECRET.into(),
        blob: vec![0, 255],
        count: i32::MIN,
        total: Some(i64::MAX),
        enabled: true,
        names: vec![String::new(), "a".into()],
        stages: vec!["ACSCurrent".into()],
        keys: vec![
            Tag::default(),
            Tag {
                key: "k".into(),
                value: Some("v".into()),
                note: Some("n".into()),
                ..Tag::default()
            },
        ],
        owner: Some(Tag::default()),
        labels: Some(Pairs::from([("b", "1"), ("a", "2")])),
        extra: serde_json::from_str(r#"{"x":[1.5,{"y":null}]}"#).ok(),
        request_id: "r".into(),
    };
    let text = expose(&response);
    assert!(text.contains(SECRET));
    assert_eq!(*expose(&read(&text)), *text);
    let tree: Json = serde_json::from_str(&text).expect("JSON");
    assert_eq!(tree["VersionStages"]["VersionStage"][0], "ACSCurrent");
    assert_eq!(tree["Keys"]["Key"][1]["Note"], "n");
}

#[test]
fn absent_fields_are_not_written_and_empty_ones_are() {
    let request = CreateRequest::default();
    assert_eq!(*expose(&request), r#"{"KeyId":"","Plaintext":""}"#);
}

#[test]
fn pairs_are_compact_text_with_non_ascii_kept() {
    let context = Pairs::from([("租户", "a b"), ("q", "\"")]);
    assert_eq!(*pairs(&context), r#"{"租户":"a b","q":"\""}"#);
}

#[test]
fn any_serde_format_can_be_read() {
    let tree = serde_json::json!({"KeyId": "k", "Count": "3", "Owner": {"Key": "o"}, "New": []});
    let mut response = CreateResponse::default();
    deserialize(tree, &mut response).expect("a tree");
    assert_eq!((&*response.key_id, response.count), ("k", 3));
    assert_eq!(response.owner.map(|owner| owner.key).as_deref(), Some("o"));
}
