//! Every action's types through every codec: what is written is read again, and what is not right is
//! an error and never a panic.

use alibabacloud_kms::middleware::payload::Payload;
use alibabacloud_kms::middleware::wire::{json, protobuf};
use alibabacloud_kms::{ActionInfo, api, native};
use alibabacloud_kms_tests::random::Random;
use serde_json::Value;

const ROUNDS: u64 = 40;

fn all() -> impl Iterator<Item = &'static ActionInfo> {
    api::ALL.iter().chain(native::ALL.iter()).copied()
}

/// A payload and an empty one of the same type.
type Pair = (Box<dyn Payload>, Box<dyn Payload>);

/// Requests and responses of every action, filled at random.
fn for_each_payload(mut check: impl FnMut(&ActionInfo, Pair, &mut Random)) {
    for action in all() {
        for round in 0..ROUNDS {
            let mut random = Random::new(round << 8 | 0x5eed);
            for make in [action.new_request, action.new_response] {
                let mut payload = make();
                random.fill(&mut *payload);
                check(action, (payload, make()), &mut random);
            }
        }
    }
}

#[test]
fn json_is_read_as_it_was_written() {
    for_each_payload(|action, (payload, mut again), _| {
        let text = json::expose(&*payload);
        json::decode(text.as_bytes(), &mut *again).unwrap_or_else(|error| {
            panic!("{}: {error}", action.name);
        });
        assert_eq!(*json::expose(&*again), *text, "{}", action.name);
    });
}

#[test]
fn protobuf_is_read_as_it_was_written() {
    for action in native::ALL.iter() {
        for round in 0..ROUNDS {
            let mut random = Random::new(round);
            for make in [action.new_request, action.new_response] {
                let (mut payload, mut again) = (make(), make());
                random.fill(&mut *payload);
                let bytes = protobuf::encode(&*payload);
                protobuf::decode(&bytes, &mut *again).expect("a message");
                assert_eq!(*protobuf::encode(&*again), *bytes, "{}", action.name);
            }
        }
    }
}

#[test]
fn missing_null_and_extra_fields_do_not_matter() {
    for_each_payload(|action, (payload, mut again), random| {
        let mut tree: Value = serde_json::from_str(&json::expose(&*payload)).expect("JSON");
        let object = tree.as_object_mut().expect("an object");
        let names: Vec<String> = object.keys().cloned().collect();
        for name in names {
            match random.below(3) {
                0 => drop(object.remove(&name)),
                1 => drop(object.insert(name, Value::Null)),
                _ => {}
            }
        }
        let expected = tree.clone();
        let object = tree.as_object_mut().expect("an object");
        object.insert("A new field".to_owned(), serde_json::json!([{"deep": [null]}]));
        json::decode(tree.to_string().as_bytes(), &mut *again).expect("a tolerant decoder");
        let given: Value = serde_json::from_str(&json::expose(&*again)).expect("JSON");
        for (name, value) in expected.as_object().expect("an object") {
            if !value.is_null() {
                assert_eq!(&given[name], value, "{} of {}", name, action.name);
            }
        }
    });
}

#[test]
fn fields_of_another_type_are_an_error_that_quotes_nothing() {
    let wrong = [
        serde_json::json!({"canary": "canary"}),
        serde_json::json!(["canary"]),
        serde_json::json!([[1]]),
        serde_json::json!("canary"),
        serde_json::json!(1.5e300),
        serde_json::json!(true),
    ];
    for action in all() {
        for make in [action.new_request, action.new_response] {
            for info in make().info().fields {
                for value in &wrong {
                    let text = serde_json::json!({ info.name: value }).to_string();
                    if let Err(error) = json::decode(text.as_bytes(), &mut *make()) {
                        assert!(!format!("{error} {error:?}").contains("canary"));
                    }
                }
            }
        }
    }
}

#[test]
fn bytes_that_were_damaged_are_an_error_or_another_message() {
    for action in native::ALL.iter() {
        let mut random = Random::new(7);
        let mut payload = (action.new_response)();
        random.fill(&mut *payload);
        let bytes = protobuf::encode(&*payload).to_vec();
        for end in 0..bytes.len() {
            let _ = protobuf::decode(&bytes[..end], &mut *(action.new_response)());
        }
        for _ in 0..200 {
            let mut damaged = bytes.clone();
            if damaged.is_empty() {
                break;
            }
            let at = random.below(damaged.len());
            damaged[at] ^= 1 << random.below(8);
            let _ = protobuf::decode(&damaged, &mut *(action.new_response)());
        }
    }
}
