//! The RPC dialect's parameters, read: the reverse of
//! [`wire::parameters`](alibabacloud_kms::middleware::wire::parameters).

use alibabacloud_kms::Payload;
use alibabacloud_kms::middleware::payload::{Scalar, Slot};
use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::middleware::wire::parameters::Parameter;
use zeroize::Zeroizing;

use super::engine::Fault;

/// Reads `a=b&c=d`: percent-encoded UTF-8, a plus sign for a space.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Parameter>, Fault> {
    text.split(|byte| *byte == b'&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let end = pair.iter().position(|byte| *byte == b'=');
            let (name, value) = match end {
                Some(end) => (&pair[..end], &pair[end + 1..]),
                None => (pair, &b""[..]),
            };
            let name = decode(name).ok_or_else(malformed)?;
            let value = decode(value).ok_or_else(malformed)?;
            Ok(Parameter::new(name.as_str(), value))
        })
        .collect()
}

/// Puts parameters into an empty request. Unknown ones are passed over, as the service does.
pub(super) fn fill<'a>(
    request: &mut dyn Payload,
    parameters: impl IntoIterator<Item = &'a Parameter>,
) -> Result<(), Fault> {
    let entries = parameters
        .into_iter()
        .map(|parameter| Entry { path: &parameter.name, value: &parameter.value });
    fill_entries(request, entries.collect())
}

/// What is left of a parameter's name, and its value.
#[derive(Clone, Copy)]
struct Entry<'a> {
    path: &'a str,
    value: &'a str,
}

impl<'a> Entry<'a> {
    /// The name's first part, and what is behind it.
    fn split(self) -> (&'a str, Self) {
        let (head, path) = self.path.split_once('.').unwrap_or((self.path, ""));
        (head, Self { path, ..self })
    }
}

fn fill_entries(payload: &mut dyn Payload, mut entries: Vec<Entry<'_>>) -> Result<(), Fault> {
    entries.sort_by_key(|entry| entry.split().0);
    for group in entries.chunk_by(|one, next| one.split().0 == next.split().0) {
        let name = group[0].split().0;
        let rest: Vec<Entry<'_>> = group.iter().map(|entry| entry.split().1).collect();
        let Some((info, field)) = payload.named_mut(name) else {
            continue;
        };
        let taken = match (info.json, &rest[..]) {
            (false, _) => fill_slot(field.slot(), rest)?,
            (true, [Entry { path: "", value }]) => {
                json::decode_field(value.as_bytes(), info, field).is_ok()
            }
            (true, _) => false,
        };
        if !taken {
            return Err(Fault::invalid(name));
        }
    }
    Ok(())
}

/// `false` if the field is of another form.
fn fill_slot(slot: Slot<'_>, entries: Vec<Entry<'_>>) -> Result<bool, Fault> {
    match (slot, &entries[..]) {
        (Slot::Scalar(field), [Entry { path: "", value }]) => {
            return Ok(field.set(Scalar::Text(value)));
        }
        (Slot::Texts(texts), _) => {
            let Some(items) = items(&entries) else {
                return Ok(false);
            };
            for (_, entry) in items {
                if !entry.path.is_empty() {
                    return Ok(false);
                }
                texts.push(entry.value.to_owned());
            }
        }
        (Slot::Objects(list), _) => {
            let Some(items) = items(&entries) else {
                return Ok(false);
            };
            for item in items.chunk_by(|(one, _), (next, _)| one == next) {
                let fields = item.iter().map(|(_, entry)| *entry).collect();
                fill_entries(list.push(), fields)?;
            }
        }
        (Slot::Object(object), _) => fill_entries(object, entries)?,
        (Slot::Pairs(pairs), _) => {
            for entry in entries {
                pairs.insert(entry.path, entry.value);
            }
        }
        (Slot::Json(map), _) => {
            for entry in entries {
                map.insert(entry.path.to_owned(), entry.value.into());
            }
        }
        (Slot::Scalar(_), _) => return Ok(false),
    }
    Ok(true)
}

/// The entries of a list by their position, which counts from 1.
fn items<'a>(entries: &[Entry<'a>]) -> Option<Vec<(u32, Entry<'a>)>> {
    let mut items: Vec<(u32, Entry<'a>)> = entries
        .iter()
        .map(|entry| {
            let (position, entry) = entry.split();
            let position = position.parse().ok().filter(|position| *position > 0)?;
            Some((position, entry))
        })
        .collect::<Option<_>>()?;
    items.sort_by_key(|(position, _)| *position);
    Some(items)
}

fn malformed() -> Fault {
    let message = "The parameters are not percent-encoded UTF-8.";
    Fault::new(400, "InvalidParameter", message)
}

fn decode(text: &[u8]) -> Option<Zeroizing<String>> {
    let mut bytes = Zeroizing::new(Vec::with_capacity(text.len()));
    let mut rest = text;
    while let Some((first, behind)) = rest.split_first() {
        rest = behind;
        bytes.push(match first {
            b'%' => {
                let (digits, behind) = rest.split_at_checked(2)?;
                rest = behind;
                16 * hex_digit(digits[0])? + hex_digit(digits[1])?
            }
            b'+' => b' ',
            other => *other,
        });
    }
    let text = String::from_utf8(std::mem::take(&mut *bytes));
    text.map(Zeroizing::new).map_err(|error| drop(Zeroizing::new(error.into_bytes()))).ok()
}

fn hex_digit(digit: u8) -> Option<u8> {
    let value = char::from(digit).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::api::key::CreateKeyRequest;
    use alibabacloud_kms::api::secret::CreateSecretRequest;
    use alibabacloud_kms::api::tag::{Tag, TagResourcesRequest};
    use alibabacloud_kms::api::{crypto::EncryptRequest, data_key::GenerateDataKeyRequest};
    use alibabacloud_kms::middleware::payload::FieldKind;
    use alibabacloud_kms::middleware::wire::parameters::{self, Parameters};
    use alibabacloud_kms::{JsonObject, Pairs};

    use super::*;

    #[test]
    fn what_the_client_writes_is_read_back() {
        let config = JsonObject::from_iter([("a".to_owned(), serde_json::json!([1, "b"]))]);
        let requests: [Box<dyn Payload>; 5] = [
            Box::new(
                EncryptRequest::new("alias/app", "中 +&=%~")
                    .encryption_context(Pairs::from([("k", "v"), ("a", "\"}")])),
            ),
            Box::new(GenerateDataKeyRequest::new("key").number_of_bytes(1024)),
            Box::new(
                CreateSecretRequest::new("name", "v1", "data")
                    .extended_config(config)
                    .enable_automatic_rotation(false),
            ),
            Box::new(CreateKeyRequest::new().description("")),
            Box::new(TagResourcesRequest::new(
                "cn-hangzhou",
                "key",
                (1..=11).map(|n| n.to_string()),
                [Tag::new().key("a").value("1"), Tag::new().key("b")],
            )),
        ];
        for request in requests {
            let written = Parameters::of(&*request);
            let mut read = Vec::new();
            for place in [&written.query, &written.form] {
                read.extend(
                    parse(parameters::encode(place).as_bytes()).expect("it is well formed"),
                );
            }
            // The service's clients sort what they sign, not what they send.
            read.reverse();
            let action = alibabacloud_kms::api::ALL
                .iter()
                .find(|action| std::ptr::eq(action.request, request.info()))
                .expect("it is declared");
            let mut again = (action.new_request)();
            fill(&mut *again, &read).expect("it is the request's own");
            assert_eq!(*json::expose(&*again), *json::expose(&*request));
        }
    }

    #[test]
    fn every_actions_request_is_read_as_it_was_written() {
        for action in alibabacloud_kms::api::ALL.iter() {
            for round in 0..12 {
                let mut request = (action.new_request)();
                fill_most(&mut *request, round);
                let written = texts(&*request);
                let mut again = (action.new_request)();
                let parameters = [&written.0, &written.1]
                    .map(|text| parse(text.as_bytes()).expect("it is well formed"));
                fill(&mut *again, parameters.iter().flatten()).expect("it is the request's own");
                assert!(texts(&*again) == written, "{} {round}", action.name);
            }
        }
    }

    /// Sets three of four fields, and in each round others, to texts that codecs are known to mangle.
    fn fill_most(payload: &mut dyn Payload, round: usize) {
        const TEXTS: [&str; 5] = ["a Z0", "%&=+", "\"\\\n\u{1}/", "~é中", "🔑\u{7f}"];
        for (index, info) in payload.info().fields.iter().enumerate() {
            if (index + round).is_multiple_of(4) {
                continue;
            }
            let text = |n| TEXTS[(index + round + n) % TEXTS.len()];
            let several = 0..=round % 3;
            match payload.field_mut(index).expect("a field of the table").slot() {
                Slot::Scalar(field) => assert!(field.set(match info.kind {
                    FieldKind::Bytes => Scalar::Bytes(text(0).as_bytes()),
                    FieldKind::Integer => Scalar::Integer(7),
                    FieldKind::Boolean => Scalar::Boolean(true),
                    _ => Scalar::Text(text(0)),
                })),
                Slot::Texts(texts) => texts.extend(several.map(|n| text(n).to_owned())),
                Slot::Pairs(pairs) => several.for_each(|n| pairs.insert(text(n), text(n + 1))),
                Slot::Json(map) => {
                    map.insert(text(0).to_owned(), text(1).into());
                    map.insert("number".to_owned(), 7.into());
                }
                Slot::Object(object) => fill_most(object, round),
                // Not round 0: an object without its only field cannot be written.
                Slot::Objects(list) => several.for_each(|n| fill_most(list.push(), n + 1)),
            }
        }
    }

    /// The query and the form.
    fn texts(request: &dyn Payload) -> (Zeroizing<String>, Zeroizing<String>) {
        let Parameters { query, form } = Parameters::of(request);
        (parameters::encode(&query), parameters::encode(&form))
    }

    #[test]
    fn booleans_are_read_as_python_writes_them() {
        let mut request = CreateKeyRequest::new();
        let given = parse(b"EnableAutomaticRotation=True").expect("it is well formed");
        fill(&mut request, &given).expect("it is a boolean");
        assert_eq!(request.enable_automatic_rotation, Some(true));
    }

    #[test]
    fn a_plus_sign_is_a_space_and_empty_pairs_are_none() {
        let read = parse(b"&a=b+c&&d&").expect("it is well formed");
        let pairs: Vec<_> = read.iter().map(|p| (p.name.as_str(), &**p.value)).collect();
        assert_eq!(pairs, [("a", "b c"), ("d", "")]);
    }

    #[test]
    fn malformed_encodings_are_refused() {
        for text in [&b"a=%"[..], b"a=%2", b"a=%zz", b"%ff=a", b"a=\xff", b"a=%+1"] {
            let fault = parse(text).expect_err("it is malformed");
            assert_eq!((fault.status, fault.code), (400, "InvalidParameter"));
        }
    }

    #[test]
    fn parameters_of_another_form_are_refused_by_name() {
        let action = alibabacloud_kms::api::find("TagResources").expect("it is declared");
        for text in [
            "RegionId=a&RegionId=b",
            "RegionId.1=a",
            "ResourceId=a",
            "ResourceId.0=a",
            "ResourceId.x=a",
            "ResourceId.1.a=b",
            "Tag=a",
            "Tag.1.Key.x=a",
        ] {
            let mut request = (action.new_request)();
            let given = parse(text.as_bytes()).expect("it is well formed");
            assert!(fill(&mut *request, &given).is_err(), "{text}");
        }
        for text in ["{", "[]", "\"a\"", "{}, \"KeyId\": \"b\"", "{}{}"] {
            let mut request = EncryptRequest::new("a", "");
            let given = [Parameter::new("EncryptionContext", Zeroizing::new(text.to_owned()))];
            assert!(fill(&mut request, &given).is_err(), "{text}");
            assert_eq!(request.key_id, "a");
        }
    }

    #[test]
    fn unknown_parameters_are_passed_over() {
        let mut request = EncryptRequest::new("a", "");
        let given = parse(b"SignatureType=x&Format=json&Tag.1.Key=a").expect("it is well formed");
        fill(&mut request, &given).expect("nobody minds");
        assert_eq!(request.key_id, "a");
    }
}
