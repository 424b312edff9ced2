//! Which fields are secret: a decision for every name that sounds like it, held against the registries.

use std::collections::BTreeSet;

use alibabacloud_kms::middleware::payload::{FieldKind, PayloadInfo};
use alibabacloud_kms::{api, native};

use Decision::{Plain, Secret};

#[derive(Clone, Copy, PartialEq)]
enum Decision {
    Secret,
    Plain,
}

/// What makes a name suspicious, in lower case.
const SUSPICIOUS: [&str; 15] = [
    "plaintext",
    "secret",
    "password",
    "private",
    "data",
    "material",
    "token",
    "random",
    "credential",
    "message",
    "exported",
    "blob",
    "recipient",
    "config",
    "challenge",
];

/// The field or, where a name means different things, `Payload.Field`; the decision, and why.
const DECISIONS: [(&str, Decision, &str); 42] = [
    ("ChallengeToken", Secret, "a token: its bearer has an answer"),
    ("CiphertextBlob", Plain, "opens with the service's key only"),
    ("CiphertextForRecipient", Plain, "opens in the enclave only"),
    ("CustomData", Plain, "settings of a rotation"),
    ("DataKeyName", Plain, "a name"),
    ("DataKeyVersionId", Plain, "an id"),
    ("DataKeyVersionName", Plain, "a name"),
    ("EncryptedKeyMaterial", Plain, "opens with the service's key only"),
    ("ExportablePrivateKey", Plain, "yes or no"),
    ("ExportedDataKey", Plain, "opens with the recipient's key only"),
    ("ExtendedConfig", Plain, "settings of a rotation"),
    ("FetchExtendedConfig", Plain, "yes or no"),
    ("ImportToken", Secret, "a token: its bearer may import"),
    ("KeyMaterialExpireUnix", Plain, "a time"),
    ("KeyMetadata", Plain, "a description"),
    ("ManagedDataKeyVersions", Plain, "names and ids"),
    ("MaterialExpireTime", Plain, "a time"),
    ("Message", Secret, "what is signed may be confidential"),
    ("SecretFailure.Message", Plain, "an error's text"),
    ("MessageType", Plain, "one of two words"),
    ("NextToken", Plain, "a place in a list"),
    ("Password", Secret, "opens a client key"),
    ("PasswordLength", Plain, "a length"),
    ("Plaintext", Secret, "a plaintext or a data key"),
    ("PrivateKeyCiphertextBlob", Plain, "opens with the service's key only"),
    ("PrivateKeyData", Secret, "a private key under a chosen password"),
    ("PrivateKeyPlaintext", Secret, "a private key"),
    ("PublicKeyBlob", Plain, "a public key"),
    ("PublicKeyData", Plain, "a public key"),
    ("Random", Secret, "a key, more often than not"),
    ("RandomPassword", Secret, "a password"),
    ("Recipient", Plain, "an attestation"),
    ("SecretData", Secret, "the secret itself"),
    ("SecretDataType", Plain, "one of two words"),
    ("SecretList", Plain, "names and dates"),
    ("SecretName", Plain, "a name"),
    ("SecretNum", Plain, "a number"),
    ("SecretType", Plain, "a kind"),
    ("SecretValues", Plain, "a list whose secrets are marked"),
    ("SecretsList", Plain, "names"),
    ("SourcePrivateIp", Plain, "addresses"),
    ("TokenExpireTime", Plain, "a time"),
];

#[test]
fn every_suspicious_field_is_declared_as_decided() {
    let mut undecided = BTreeSet::new();
    let mut otherwise = BTreeSet::new();
    let mut used = BTreeSet::new();
    for field in fields() {
        let decision = decision(&field);
        let is_suspicious = is_suspicious(&field.name);
        match decision {
            Some((name, decision)) => {
                used.insert(name);
                if field.is_secret != (decision == Secret) {
                    otherwise.insert(field.path());
                }
            }
            None if is_suspicious || field.is_secret => {
                undecided.insert(field.path());
            }
            None => {}
        }
    }
    let unused: Vec<_> =
        DECISIONS.iter().filter(|(name, ..)| !used.contains(name)).map(|(name, ..)| name).collect();
    assert!(undecided.is_empty(), "not decided: {undecided:#?}");
    assert!(otherwise.is_empty(), "declared otherwise: {otherwise:#?}");
    assert!(unused.is_empty(), "no such field: {unused:#?}");
}

#[test]
fn the_decisions_are_about_suspicious_names_and_give_reasons() {
    for (name, _, reason) in DECISIONS {
        assert!(is_suspicious(name), "{name}");
        assert!(!reason.is_empty(), "{name}");
    }
}

#[test]
fn a_secret_field_is_redacted_in_debug() {
    let request = api::network::CreateClientKeyRequest::new("aap", "canary-password");
    let shown = format!("{request:?} {request:#?}");
    assert!(shown.contains("aap"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");

    let answer: api::secret::BatchGetSecretValueResponse = serde_json::from_str(
        r#"{"SecretValues": [{"SecretName": "db", "SecretData": "canary-data"}]}"#,
    )
    .expect("a response");
    assert_eq!(answer.secret_values.len(), 1);
    let shown = format!("{answer:?} {answer:#?}");
    assert!(shown.contains("db"), "{shown}");
    assert!(!shown.contains("canary"), "{shown}");
}

struct Declared {
    payload: &'static str,
    name: String,
    is_secret: bool,
}

impl Declared {
    fn path(&self) -> String {
        format!("{}.{}", self.payload, self.name)
    }
}

/// Every field of both registries, those of nested objects too.
fn fields() -> Vec<Declared> {
    let mut out = Vec::new();
    for action in api::ALL.iter().chain(native::ALL.iter()) {
        collect(&mut out, action.request);
        collect(&mut out, action.response);
    }
    out
}

fn collect(out: &mut Vec<Declared>, payload: &'static PayloadInfo) {
    for field in payload.fields {
        out.push(Declared {
            payload: payload.name,
            name: field.name.to_owned(),
            is_secret: field.secret,
        });
        if let FieldKind::Object(nested) | FieldKind::ObjectList(nested) = field.kind {
            collect(out, nested);
        }
    }
}

fn decision(field: &Declared) -> Option<(&'static str, Decision)> {
    let of = |name: &str| DECISIONS.iter().find(|(decided, ..)| *decided == name);
    let (name, decision, _) = of(&field.path()).or_else(|| of(&field.name))?;
    Some((*name, *decision))
}

fn is_suspicious(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SUSPICIOUS.iter().any(|word| name.contains(word))
}
