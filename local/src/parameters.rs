//! The RPC dialect's parameters, read, with the service's words for what is wrong with them.

use alibabacloud_kms::__private::repeated_name;
use alibabacloud_kms::middleware::payload::{FieldKind, Payload};
use alibabacloud_kms::middleware::wire::parameters::{self, Parameter};

use super::engine::Fault;

/// Reads `a=b&c=d`: percent-encoded UTF-8, a plus sign for a space.
pub(super) fn parse(text: &[u8]) -> Result<Vec<Parameter>, Fault> {
    parameters::parse(text).ok_or_else(|| {
        let message = "The parameters are not percent-encoded UTF-8.";
        Fault::new(400, "InvalidParameter", message)
    })
}

/// Stores parameters in an empty request. Unknown ones are ignored, as by the service, and so are
/// those without a value: clients send `EncryptionContext=` for a missing context.
pub(super) fn fill<'a>(
    request: &mut dyn Payload,
    parameters: impl IntoIterator<Item = &'a Parameter>,
) -> Result<(), Fault> {
    let parameters: Vec<&Parameter> = parameters.into_iter().collect();
    let fields = request.info().fields;
    let is_object = |name: &str| {
        fields.iter().any(|it| it.name == name && it.json && matches!(it.kind, FieldKind::Map))
    };
    let is_wrong = |it: &&&Parameter| is_object(&it.name) && repeated_name(&it.value).is_some();
    if let Some(wrong) = parameters.iter().find(is_wrong) {
        return Err(Fault::invalid(&wrong.name));
    }
    parameters::fill(request, parameters).map_err(|name| Fault::invalid(&name))
}

#[cfg(test)]
mod tests {
    use alibabacloud_kms::api::key::CreateKeyRequest;
    use alibabacloud_kms::api::secret::CreateSecretRequest;
    use alibabacloud_kms::api::tag::{Tag, TagResourcesRequest};
    use alibabacloud_kms::api::{crypto::EncryptRequest, data_key::GenerateDataKeyRequest};
    use alibabacloud_kms::middleware::payload::{FieldKind, Scalar, Slot};
    use alibabacloud_kms::middleware::wire::json;
    use alibabacloud_kms::middleware::wire::parameters::Parameters;
    use alibabacloud_kms::{JsonObject, Pairs};
    use zeroize::Zeroizing;

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
            Box::new(CreateKeyRequest::new().description("~")),
            Box::new(TagResourcesRequest::new(
                "cn-hangzhou",
                "key",
                (1..=11).map(|n| n.to_string()),
                [Tag::new().key("a").value("1"), Tag::new().key("b")],
            )),
        ];
        for request in requests {
            let written = Parameters::new(&*request);
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
                .find(|action| action.request.name == request.info().name)
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

    /// Sets three of four fields, and in each round others, to texts that codecs are known to
    /// mangle.
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
        let Parameters { query, form, .. } = Parameters::new(request);
        (parameters::encode(&query), parameters::encode(&form))
    }

    #[test]
    fn what_has_no_value_is_absent() {
        let mut request = CreateSecretRequest::new("a", "b", "c");
        let given = parse(
            b"SecretName=d&ExtendedConfig=&EnableAutomaticRotation=&Description=&RotationInterval",
        );
        fill(&mut request, &given.expect("it is well formed")).expect("nothing is there");
        assert_eq!(request.secret_name, "d");
        assert_eq!(request.enable_automatic_rotation, None);
        assert!(request.extended_config.is_none() && request.description.is_none());
        for (action, parameters) in [
            ("Encrypt", "EncryptionContext="),
            ("GenerateDataKey", "NumberOfBytes="),
            ("ListKeys", "PageSize=&PageNumber="),
            ("GetSecretValue", "FetchExtendedConfig="),
            ("BatchGetSecretValue", "SecretsList="),
            ("TagResources", "Tag=&ResourceId=&RegionId="),
            ("UpdateSecret", "ExtendedConfig.CustomData="),
        ] {
            let action = alibabacloud_kms::api::find(action).expect("it is declared");
            let mut request = (action.new_request)();
            let given = parse(parameters.as_bytes()).expect("it is well formed");
            fill(&mut *request, &given).expect("nothing is there");
        }
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
    fn a_context_with_a_name_twice_is_refused_in_every_action() {
        let read = |action: &str, parameter: &str, text: &str| {
            let action = alibabacloud_kms::api::find(action).expect("it is declared");
            let given = [Parameter::new(parameter, Zeroizing::new(text.to_owned()))];
            fill(&mut *(action.new_request)(), &given)
        };
        for (action, parameter) in [
            ("Encrypt", "EncryptionContext"),
            ("Decrypt", "EncryptionContext"),
            ("GenerateDataKey", "EncryptionContext"),
            ("ReEncrypt", "SourceEncryptionContext"),
            ("ReEncrypt", "DestinationEncryptionContext"),
        ] {
            for text in [r#"{"a":"1","a":"2"}"#, r#"{"a":"1","b":"","\u0061":"1"}"#] {
                let fault = read(action, parameter, text);
                assert_eq!(fault, Err(Fault::invalid(parameter)), "{action} {text}");
            }
            for text in [r#"{"a":"1","b":"1"}"#, "{}", ""] {
                assert_eq!(read(action, parameter, text), Ok(()), "{action} {text}");
            }
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
