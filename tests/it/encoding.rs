//! The parameters' encoding against what the reference wrote of the same values.

use std::collections::BTreeMap;

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::wire::json;
use alibabacloud_kms::middleware::wire::parameters::Parameters;
use alibabacloud_kms::{JsonObject, Pairs, kms_api};
use serde::Deserialize;
use serde_json::Value;

const VECTORS: &str = include_str!("../data/vectors/encoding.json");

kms_api! {
    version = "2016-01-20";

    pub(super) object Tag {
        key: Option<String>,
        value: Option<String>,
    }

    pub(super) object Outer {
        b: Option<Inner>,
    }

    pub(super) object Inner {
        c: Option<String>,
    }

    pub(super) object Entry {
        secret_name: String,
    }

    /// Holds what the flattened values are made of.
    pub(super) action Flatten {
        gateways: shared;
        idempotent: true;
        request {
            tag: Vec<Tag>,
            resource_id: Vec<String>,
            a: Option<bool>,
            b: Option<bool>,
            n: Option<i32>,
            s: Option<String>,
            l: Vec<String>,
            // No parameter of the service is a fraction: one that comes is a text.
            z: Option<String>,
        }
        response {}
    }

    /// Holds the value whose `A` is an object.
    pub(super) action FlattenObject {
        gateways: shared;
        idempotent: true;
        request { a: Option<Outer> }
        response {}
    }

    /// Holds any object as `A`.
    pub(super) action FlattenTree {
        gateways: shared;
        idempotent: true;
        request { a: Option<JsonObject> }
        response {}
    }

    // The vectors of JSON texts themselves: what is declared can be deserialized, and `Pairs` keep
    // the order of the file, which a tree would lose.

    pub(super) action WritePairs {
        gateways: shared;
        idempotent: true;
        request {}
        response { value: Option<Pairs> = "value" as json, json: String = "json" }
    }

    pub(super) action WriteList {
        gateways: shared;
        idempotent: true;
        request {}
        response { value: Vec<Entry> = "value" as json, json: String = "json" }
    }

    pub(super) action WriteTree {
        gateways: shared;
        idempotent: true;
        request {}
        response { value: Option<JsonObject> = "value" as json, json: String = "json" }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
    query: Vec<QueryVector>,
    json: JsonVectors,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QueryVector {
    value: JsonObject,
    query: BTreeMap<String, String>,
}

/// As a tuple, so that a vector more or less is an error.
#[derive(Deserialize)]
struct JsonVectors(WritePairsResponse, WritePairsResponse, WriteListResponse, WriteTreeResponse);

fn vectors() -> Vectors {
    serde_json::from_str(VECTORS).expect("the vectors are JSON of this form")
}

/// Fills a request with a vector's value, every name of which it must know, and flattens it.
fn flattened(mut request: impl Payload, value: &JsonObject) -> BTreeMap<String, String> {
    let text = serde_json::to_vec(value).expect("a tree is JSON");
    let known = json::decode(&text, &mut request).expect("the request holds the value");
    assert_eq!(known, value.len(), "{request:?} does not have all of {value:?}");

    let parameters = Parameters::new(&request);
    assert!(parameters.form.is_empty());
    let count = parameters.query.len();
    let query: BTreeMap<String, String> = parameters
        .query
        .into_iter()
        .map(|parameter| (parameter.name, parameter.value.to_string()))
        .collect();
    assert_eq!(query.len(), count, "a name was written twice: {query:?}");
    query
}

/// The reference's query, but booleans: it writes Python's `True` and `False`, by its own mistake.
/// The service documents `true` and `false`.
fn expected(vector: &QueryVector) -> BTreeMap<String, String> {
    let mut query = vector.query.clone();
    for (name, value) in &vector.value {
        if let Value::Bool(boolean) = value {
            let pythons = if *boolean { "True" } else { "False" };
            let written = query.insert(name.clone(), boolean.to_string());
            assert_eq!(written.as_deref(), Some(pythons), "the reference mended {name}");
        }
    }
    query
}

#[test]
fn parameters_are_flattened_as_the_reference_does() {
    let vectors = vectors().query;
    assert_eq!(vectors.len(), 6);
    for vector in &vectors {
        let expected = expected(vector);
        match vector.value.get("A") {
            Some(Value::Object(_)) => {
                let typed = flattened(FlattenObjectRequest::new(), &vector.value);
                assert_eq!(typed, expected);
                let untyped = flattened(FlattenTreeRequest::new(), &vector.value);
                assert_eq!(untyped, expected);
            }
            _ => assert_eq!(flattened(FlattenRequest::new(), &vector.value), expected),
        }
    }
}

#[test]
fn json_parameters_are_written_as_the_reference_does() {
    let JsonVectors(sorted, escaped, list, tree) = vectors().json;
    for (vector, expected) in [
        (&sorted as &dyn Payload, &sorted.json),
        (&escaped, &escaped.json),
        (&list, &list.json),
        (&tree, &tree.json),
    ] {
        let parameters = Parameters::new(vector).query;
        let written = parameters.iter().find(|parameter| parameter.name == "value");
        let written = written.expect("the vector has a value");
        assert_eq!(*written.value, *expected);
    }
}
