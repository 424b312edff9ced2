//! `kms local` with files: `--seed`, `--faults` and `kms local export`.

use serde_json::{Value, json};

use super::Local;
use crate::{Folder, answer, failure, kms, ran};

const SEED: &str = "
keys:
  - id: key-app
    aliases: [alias/app]
    tags: { env: test }
  - aliases: [alias/rsa]
    spec: RSA_2048
    usage: SIGN/VERIFY
  - aliases: [alias/ec]
    spec: EC_P256
secrets:
  - name: db
    data: canary of a seed
access_keys:
  - { id: LTAIseed, secret: canary-of-an-access-key }
";

/// What clients see of the keys and secrets of a seed.
fn seen(local: &Local) -> Value {
    let answered = |line: &[&str]| answer(&ran(&mut local.kms("http"), line));
    let key = |alias: &str| {
        let key_id = format!("--KeyId={alias}");
        let metadata = &answered(&["DescribeKey", &key_id])["KeyMetadata"];
        let version = metadata["PrimaryKeyVersion"].as_str().expect("a text").to_owned();
        json!([metadata["KeyId"], metadata["KeySpec"], metadata["KeyUsage"], version])
    };
    let public = |alias: &str| {
        let described = key(alias);
        let (id, version) = (&described[0], &described[3]);
        let id = format!("--KeyId={}", id.as_str().expect("a text"));
        let version = format!("--KeyVersionId={}", version.as_str().expect("a text"));
        answered(&["GetPublicKey", &id, &version])["PublicKey"].clone()
    };
    let secret = answered(&["GetSecretValue", "--SecretName=db"]);
    json!({
        "keys": [key("alias/app"), key("alias/rsa"), key("alias/ec")],
        "public": [public("alias/rsa"), public("alias/ec")],
        "secret": [secret["SecretData"], secret["VersionId"]],
    })
}

#[test]
fn the_same_seed_gives_the_same_keys_and_so_does_what_is_exported() {
    let folder = Folder::new("seeds");
    folder.write("seed.yaml", SEED);
    let as_option = |name: &str| format!("--seed={}", folder.path(name).display());
    let mut first = Local::start("seed-first", &[&as_option("seed.yaml")]);
    let expected = seen(&first);
    assert_eq!(expected["keys"][0][0], "key-app");
    assert_eq!(expected["secret"][0], "canary of a seed");
    let line = ["Encrypt", "--KeyId=key-app", "--Plaintext=text"];
    let sealed = answer(&ran(&mut first.kms("http"), &line));
    let blob = format!("--CiphertextBlob={}", sealed["CiphertextBlob"].as_str().expect("a text"));

    // The folder is in use.
    let export = |local: &Local| {
        let mut command = kms();
        command.args(["local", "export", "--dir"]).arg(&local.directory);
        command
    };
    assert_eq!(failure(&ran(&mut export(&first), &[]), 2)["Kind"], "Config");
    first.end();
    let output = format!("--output={}", folder.path("exported.json").display());
    let exported = ran(&mut export(&first), &[&output]);
    assert_eq!((exported.status.code(), &*exported.stderr), (Some(0), &b""[..]), "{exported:?}");
    // An existing file stays as it is.
    assert_eq!(failure(&ran(&mut export(&first), &[&output]), 2)["Kind"], "Usage");
    // Neither is what was given for a path shown.
    let content = "--output={\"canary\": 1}/out";
    assert_eq!(failure(&ran(&mut export(&first), &[content]), 2)["Kind"], "Usage");

    for (name, seed) in [("seed-again", "seed.yaml"), ("seed-exported", "exported.json")] {
        let next = Local::start(name, &[&as_option(seed)]);
        assert_eq!(seen(&next), expected, "{seed}");
        assert_eq!(next.access_key(), "LTAIseed");
        let opened = answer(&ran(&mut next.kms("http"), &["Decrypt", &blob]));
        assert_eq!(opened["Plaintext"], "text", "{seed}");
    }
    // It is applied once: the same seed again, and no other.
    let again = first.again(&[&as_option("seed.yaml")]);
    assert_eq!(seen(&again), expected);
    drop(again);
    folder.write("other.yaml", &SEED.replace("canary of a seed", "canary of another"));
    let mut other = kms();
    other.args(["local", "--dir"]).arg(&first.directory).arg(as_option("other.yaml"));
    let refused = failure(&ran(&mut other, &[]), 2);
    assert_eq!(refused["Kind"], "Config");
    assert!(refused["Message"].as_str().expect("a text").contains("db"), "{refused}");
}

#[test]
fn what_an_export_leaves_out_is_reported() {
    let mut local = Local::start("left-out", &[]);
    let line = ["CreateSecret", "--SecretName=db", "--VersionId=1", "--SecretData=x"];
    answer(&ran(&mut local.kms("http"), &line));
    answer(&ran(&mut local.kms("http"), &["DeleteSecret", "--SecretName=db"]));
    local.end();
    let mut export = kms();
    export.args(["local", "export", "--dir"]).arg(&local.directory);
    let exported = ran(&mut export, &[]);
    assert_eq!(exported.status.code(), Some(0));
    let seed: Value = serde_json::from_slice(&exported.stdout).expect("JSON");
    assert_eq!(seed["secrets"].as_array().map(Vec::len), Some(1), "the example");
    let noted: Value = serde_json::from_slice(&exported.stderr).expect("one JSON object");
    assert_eq!(noted["Kind"], "LeftOut");
    let message = noted["Message"].as_str().expect("a text");
    assert!(message.contains("secrets that wait for their deletion (1)"), "{message}");
}

#[test]
fn a_wrong_seed_is_an_error_that_shows_no_secret() {
    let folder = Folder::new("wrong-seeds");
    for (name, content, expected) in [
        ("a.yaml", "keys:\n  - aliases: [alias/a]\n    kind: canary\n", "line 3"),
        ("b.json", "{\"secrets\": [{\"name\": \"a\", \"dta\": \"canary\"}]}", "line 1"),
        ("c.yaml", "keys: canary\n", "line 1"),
        ("d.yaml", "keys:\n  - { aliases: [alias/a], spec: AES }\n", "KeySpec"),
        ("f.yaml", "access_keys: [{ id: A, secret: canary }, { id: A, secret: b }]\n", "id A"),
        ("g.yaml", "secrets: [{ name: a, data: canary, rotation_interval: 7d }]\n", "secret a"),
        ("e.yaml", "keys:\n  - { aliases: [alias/a], material: canary }\n", "alias/a"),
    ] {
        folder.write(name, content);
        let mut local = kms();
        local.args(["local", "--seed"]).arg(folder.path(name));
        let refused = failure(&ran(&mut local, &[]), 2);
        let message = refused["Message"].as_str().expect("a text");
        assert!(message.contains(expected), "{name}: {message}");
        assert!(!message.contains("canary"), "{name}: {message}");
    }
    let mut absent = kms();
    absent.args(["local", "--seed"]).arg(folder.path("absent.yaml"));
    let refused = failure(&ran(&mut absent, &[]), 2);
    let message = refused["Message"].as_str().expect("a text");
    assert!(message.contains("--seed names") && message.contains("does not exist"), "{message}");
}

#[test]
fn faults_of_a_file_happen_in_json_and_in_yaml() {
    let folder = Folder::new("faults");
    let json = r#"[{"action": "Encrypt", "after": 1, "times": 1,
        "effect": {"error": {"status": 503, "code": "ServiceUnavailable", "message": "later"}}},
        {"action": "Decrypt", "effect": {"throttle": {"hint": {"seconds": 7}}}}]"#;
    let yaml = "
- action: Encrypt
  after: 1
  times: 1
  effect: { error: { status: 503, code: ServiceUnavailable, message: later } }
- action: Decrypt
  effect:
    throttle: { hint: { seconds: 7 } }
";
    for (name, content) in [("faults.json", json), ("faults.yaml", yaml)] {
        folder.write(name, content);
        let option = format!("--faults={}", folder.path(name).display());
        let local = Local::start(&format!("with-{name}"), &[&option]);
        let line = ["--max-attempts=1", "Encrypt", "--KeyId=alias/default", "--Plaintext=text"];
        let encrypt = || ran(local.kms("http").arg("--use-shared-gateway=true"), &line);
        let sealed = answer(&encrypt());
        let second = failure(&encrypt(), 1);
        assert_eq!(
            (&second["Code"], &second["HttpStatus"]),
            (&json!("ServiceUnavailable"), &json!(503))
        );
        answer(&encrypt());
        let blob = sealed["CiphertextBlob"].as_str().expect("a text");
        let line = ["--max-attempts=1", "Decrypt", "--CiphertextBlob", blob];
        let decrypted = ran(local.kms("http").arg("--use-shared-gateway=true"), &line);
        assert_eq!(failure(&decrypted, 1)["Code"], "Rejected.Throttling");
        let line = ["--timeout=2", "Decrypt", "--CiphertextBlob", blob];
        let decrypted = ran(local.kms("http").arg("--use-shared-gateway=true"), &line);
        let message = &failure(&decrypted, 1)["Message"];
        let message = message.as_str().expect("a text");
        assert!(message.ends_with("7s, which does not fit the call's time limit"), "{message}");
    }
}

#[test]
fn wrong_faults_are_named() {
    let folder = Folder::new("wrong-faults");
    for (name, content, expected) in [
        ("a.yaml", "- { actoin: Encrypt }\n", "actoin"),
        ("b.json", "[{\"effect\": \"explode\"}]", "explode"),
        ("c.yaml", "action: Encrypt\n", "list"),
    ] {
        folder.write(name, content);
        let mut local = kms();
        local.args(["local", "--faults"]).arg(folder.path(name));
        let refused = failure(&ran(&mut local, &[]), 2);
        let message = refused["Message"].as_str().expect("a text");
        assert!(message.contains(expected) && message.contains(name), "{name}: {message}");
    }
}
