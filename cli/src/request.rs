//! Fills the request of an action from the command line.
//!
//! An error names the parameter and what it accepts, never the value, which may be secret.

mod json;

use std::io::Read;

use alibabacloud_kms::ActionInfo;
use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::payload::{FieldInfo, FieldKind, Scalar, Slot};
use alibabacloud_kms::middleware::wire::base64_text;
use clap::ArgMatches;
use zeroize::Zeroizing;

use crate::items;
use crate::output::Failure;
use crate::parameters::{STDIN, mismatch};

/// The maximum length of stdin in bytes, larger than any request that the service accepts.
const MAX_STDIN: usize = 1 << 20;

/// Returns the action's request with the given parameters.
pub(crate) fn read(
    action: &'static ActionInfo,
    parameters: &ArgMatches,
    stdin: &mut dyn Read,
) -> Result<Box<dyn Payload>, Failure> {
    let mut request = (action.new_request)();
    let mut stdin = Some(stdin);
    for field in action.request.fields {
        if let Some(list) = items::given(field, parameters)? {
            fill(&mut *request, field, &list)?;
        }
        for value in parameters.get_many(field.name).into_iter().flatten() {
            let value: &String = value;
            if field.secret && value == STDIN {
                let stdin = stdin.take().ok_or_else(|| {
                    Failure::usage(format!(
                        "--{} cannot be read from stdin: only one parameter can, and another is",
                        field.name
                    ))
                })?;
                fill(&mut *request, field, &read_stdin(field, stdin)?)?;
            } else {
                fill(&mut *request, field, value)?;
            }
        }
    }
    Ok(request)
}

fn read_stdin(field: &FieldInfo, stdin: &mut dyn Read) -> Result<Zeroizing<String>, Failure> {
    let wrong = |why: &str| Failure::usage(format!("--{} {why}", field.name));
    // Room for one byte more than allowed shows whether the text is too long, and the buffer never
    // grows, which would leave copies behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_STDIN + 1));
    stdin
        .take(MAX_STDIN as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::system("stdin cannot be read", &error))?;
    if bytes.len() > MAX_STDIN {
        return Err(wrong("is longer than 1 MiB"));
    }
    let mut text = std::str::from_utf8(&bytes).map_err(|_| wrong("is not UTF-8"))?;
    if matches!(field.kind, FieldKind::Bytes) {
        text = text.trim();
    }
    Ok(Zeroizing::new(text.to_owned()))
}

fn fill(request: &mut dyn Payload, field: &FieldInfo, value: &str) -> Result<(), Failure> {
    let taken = match field.kind {
        FieldKind::String | FieldKind::Integer | FieldKind::Boolean => {
            scalar(request, field, Scalar::Text(value))
        }
        FieldKind::Bytes => base64_text::decode(value)
            .is_some_and(|bytes| scalar(request, field, Scalar::Bytes(&bytes))),
        FieldKind::StringList => texts(request, field, value),
        FieldKind::Map | FieldKind::Object(_) | FieldKind::ObjectList(_) => {
            return json::fill(request, field, value);
        }
    };
    match (taken, field.kind) {
        (true, _) => Ok(()),
        (false, FieldKind::Integer) if is_whole(value) => Err(out_of_range(request, field)),
        (false, _) => Err(mismatch(field)),
    }
}

/// Returns `true` for a whole number of any size.
fn is_whole(text: &str) -> bool {
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Returns the failure of a number that the parameter's type does not have.
fn out_of_range(request: &mut dyn Payload, field: &FieldInfo) -> Failure {
    let (least, most) = if scalar(request, field, Scalar::Integer(i64::MAX)) {
        (i64::MIN, i64::MAX)
    } else {
        (i32::MIN.into(), i32::MAX.into())
    };
    Failure::usage(format!("--{} must be a whole number from {least} to {most}", field.name))
}

fn scalar(request: &mut dyn Payload, field: &FieldInfo, value: Scalar<'_>) -> bool {
    match request.named_mut(field.name).map(|(_, field)| field.slot()) {
        Some(Slot::Scalar(slot)) => slot.set(value),
        _ => false,
    }
}

/// Reads a list in JSON, or one text of a list.
fn texts(request: &mut dyn Payload, field: &FieldInfo, value: &str) -> bool {
    let Some((_, list)) = request.named_mut(field.name) else {
        return false;
    };
    let Slot::Texts(list) = list.slot() else {
        return false;
    };
    if !value.trim_start().starts_with('[') {
        list.push(value.to_owned());
        return true;
    }
    serde_json::from_str::<Vec<String>>(value).map(|more| list.extend(more)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use alibabacloud_kms::middleware::wire;
    use alibabacloud_kms::{api, native};
    use serde_json::{Value as Json, json};

    use super::*;
    use crate::items::Items;
    use crate::parameters;

    /// Returns the request of a command line as JSON, or its error.
    fn filled(
        action: &'static ActionInfo,
        line: &[&str],
        mut stdin: &[u8],
    ) -> Result<Json, Failure> {
        let line: Vec<_> = std::iter::once(&action.name).chain(line).map(OsString::from).collect();
        let parameters = parameters::command(action, &Items::among(&line))
            .try_get_matches_from(line)
            .expect("options of the action");
        let request = read(action, &parameters, &mut stdin)?;
        Ok(serde_json::from_str(&wire::json::expose(&*request)).expect("JSON"))
    }

    fn action(name: &str) -> &'static ActionInfo {
        api::find(name).expect("a declared action")
    }

    #[test]
    fn scalars_are_taken_in_their_types() {
        let line = ["--page-number", "2", "--PageSize=100", "--filters", "-x"];
        let request = filled(action("ListKeys"), &line, b"").expect("filled");
        assert_eq!(request, json!({"PageNumber": 2, "PageSize": 100, "Filters": "-x"}));
        let line = ["--SecretName", "s", "--fetchExtendedConfig", "true"];
        let request = filled(action("GetSecretValue"), &line, b"").expect("filled");
        assert_eq!(request, json!({"SecretName": "s", "FetchExtendedConfig": true}));
    }

    #[test]
    fn lists_are_repeated_options_or_json() {
        let line = [
            "--RegionId=r",
            "--ResourceType=key",
            "--ResourceId=a",
            "--resource-id",
            r#"["b","c"]"#,
            "--Tag",
            r#"[{"Key":"k"},{"Key":"l","Value":"v"}]"#,
            "--tag",
            r#"{"Key":"m"}"#,
        ];
        let request = filled(action("TagResources"), &line, b"").expect("filled");
        assert_eq!(request["ResourceId"], json!(["a", "b", "c"]));
        assert_eq!(request["Tag"], json!([{"Key": "k"}, {"Key": "l", "Value": "v"}, {"Key": "m"}]));
    }

    #[test]
    fn lists_may_be_written_item_by_item() {
        let line = [
            "--RegionId=r",
            "--ResourceType=key",
            "--ResourceId.2=[b",
            "--resource-id.1",
            "-a",
            "--Tag.2.Key=l",
            "--Tag.1.Key",
            "k",
            "--tag.1.value",
            "--Tag.9.Key",
        ];
        let request = filled(action("TagResources"), &line, b"").expect("filled");
        assert_eq!(request["ResourceId"], json!(["-a", "[b"]));
        assert_eq!(request["Tag"], json!([{"Key": "k", "Value": "--Tag.9.Key"}, {"Key": "l"}]));
    }

    #[test]
    fn items_that_make_no_list_are_refused_with_their_names() {
        let both = "--ResourceId is given as a whole and as --ResourceId.1: use one of them";
        let gap = "--ResourceId.3 is given without --ResourceId.2: number the items from 1";
        let tag = r#"--Tag={"Key":"k"}"#;
        for (expected, line) in [
            (both, &[tag, "--ResourceId.1=canary", "--ResourceId=b"][..]),
            (gap, &[tag, "--ResourceId.1=canary", "--ResourceId.3=c"]),
            ("--ResourceId.0 is given without --ResourceId.1", &[tag, "--ResourceId.0=canary"]),
            ("--ResourceId.1 is given twice", &[tag, "--ResourceId.1=canary", "--resource-id.1=b"]),
            ("--ResourceId.1 is given twice", &[tag, "--ResourceId.1=canary", "--ResourceId.01=b"]),
            (
                "--Tag.1.Key is given twice",
                &["--ResourceId=a", "--Tag.1.Key=canary", "--Tag.1.key=b"],
            ),
            (
                "--Tag has no field `Kye`: expected Key, Value",
                &["--ResourceId=a", "--Tag.1.Kye=canary"],
            ),
        ] {
            let line = [&["--RegionId=r", "--ResourceType=key"][..], line];
            let refused = filled(action("TagResources"), &line.concat(), b"");
            let failure = format!("{:?}", refused.expect_err(expected));
            assert!(failure.contains(expected), "{failure}");
            assert!(!failure.contains("canary"), "{failure}");
        }
    }

    #[test]
    fn a_context_keeps_its_order_and_may_be_empty() {
        let encrypt = action("Encrypt");
        let context = |text: &str| {
            let line = ["Encrypt", "--KeyId=k", "--Plaintext=p", "--EncryptionContext", text];
            let parameters = parameters::command(encrypt, &Items::among(&[]))
                .try_get_matches_from(line)
                .expect("options of the action");
            let request = read(encrypt, &parameters, &mut &b""[..]).expect("filled");
            wire::json::expose(&*request).to_string()
        };
        assert!(context(r#"{"z":"1","a":"2"}"#).contains(r#"{"z":"1","a":"2"}"#));
        assert!(context("{}").contains("{}"));
    }

    #[test]
    fn bytes_are_base64() {
        let encrypt = native::find("AdvanceEncrypt").expect("a declared operation");
        let line = ["--KeyId", "k", "--Plaintext", "AP8=", "--Aad", ""];
        let request = filled(encrypt, &line, b"").expect("filled");
        assert_eq!(request, json!({"KeyId": "k", "Plaintext": "AP8=", "Aad": ""}));
        let line = ["--KeyId", "k", "--Plaintext", "-"];
        let request = filled(encrypt, &line, b"AP8=\n").expect("filled");
        assert_eq!(request["Plaintext"], "AP8=");
    }

    #[test]
    fn a_secret_is_read_from_stdin_as_it_is() {
        let line = ["--KeyId", "-", "--Plaintext", "-"];
        let request = filled(action("Encrypt"), &line, b" text\n").expect("filled");
        assert_eq!(request, json!({"KeyId": "-", "Plaintext": " text\n"}));
    }

    #[test]
    fn what_cannot_be_taken_is_refused_without_showing_it() {
        let tag = |value: &'static str| {
            let line = ["--RegionId=r", "--ResourceType=t", "--ResourceId=i", "--Tag", value];
            filled(action("TagResources"), &line, b"")
        };
        let encrypt = |name: &'static str, value: &'static str| {
            let line = ["--KeyId=k", "--Plaintext=p", name, value];
            filled(action("Encrypt"), &line, b"")
        };
        let secret = |stdin: &[u8]| {
            let line = ["--KeyId=k", "--Plaintext", "-"];
            filled(action("Encrypt"), &line, stdin)
        };
        let generate_random = native::find("GenerateRandom").expect("a declared operation");
        for (parameter, refused) in [
            ("--PageSize", filled(action("ListKeys"), &["--PageSize=canary"], b"")),
            (
                "--PageSize must be a whole number from -2147483648 to 2147483647",
                filled(action("ListKeys"), &["--PageSize=3000000000"], b""),
            ),
            (
                "--Length must be a whole number from -2147483648 to 2147483647",
                filled(generate_random, &["--Length=99999999999999999999"], b""),
            ),
            ("--EncryptionContext", encrypt("--EncryptionContext", "canary")),
            ("--EncryptionContext", encrypt("--EncryptionContext", r#"["canary"]"#)),
            ("--EncryptionContext", encrypt("--EncryptionContext", "null")),
            (
                "--EncryptionContext has \\\"a\\\" twice",
                encrypt("--EncryptionContext", r#"{"a":"canary","a":"2"}"#),
            ),
            ("--EncryptionContext", encrypt("--EncryptionContext", r#"{},"KeyId":"canary""#)),
            ("--Tag", tag(r#""canary""#)),
            ("--Tag", tag(r#"["canary"]"#)),
            ("--Tag", tag(r#"[{"Key":["canary"]}]"#)),
            ("--Tag", tag(r#"[{"Kye":"canary"}]"#)),
            ("--Plaintext", secret(b"canary \xff")),
            ("--Plaintext", secret(&vec![b'c'; MAX_STDIN + 1])),
        ] {
            let failure = format!("{:?}", refused.expect_err(parameter));
            assert!(failure.contains(parameter), "{failure}");
            assert!(!failure.contains("canary"), "{failure}");
        }
    }
}
