//! What `kms actions` lists, compared with the specifications.

use serde_json::{Value, json};

use super::{answer, kms, ran};

const SHARED_SPEC: &str = include_str!("../data/spec/kms-20160120.json");
const INSTANCE_SPEC: &str = include_str!("../data/spec/kms-instance.json");

#[test]
fn the_listed_actions_are_those_of_the_specification() {
    let listed = answer(&ran(&mut kms(), &["actions", "--json"]));
    let shared: Value = serde_json::from_str(SHARED_SPEC).expect("JSON");
    let instance: Value = serde_json::from_str(INSTANCE_SPEC).expect("JSON");
    let mut counts = (0, 0);
    for action in listed["actions"].as_array().expect("a list") {
        let name = action["action"].as_str().expect("a name");
        let expected = if action["gateway"] == "shared" {
            counts.0 += 1;
            let mut expected = shared["actions"]
                .as_array()
                .expect("a list")
                .iter()
                .find(|specified| specified["action"] == name)
                .unwrap_or_else(|| panic!("{name} is not specified"))
                .clone();
            expected["gateway"] = "shared".into();
            expected
        } else {
            counts.1 += 1;
            let message = |kind| &instance["messages"][format!("{name}{kind}")];
            json!({
                "action": name,
                "gateway": "instance",
                "method": instance["method"],
                "deprecated": false,
                "parameters": message("Request"),
                "response": message("Response"),
            })
        };
        assert_eq!(action, &expected, "{name}");
    }
    let declared = (alibabacloud_kms::api::ALL.len(), alibabacloud_kms::native::ALL.len());
    assert_eq!(counts, declared);
}
