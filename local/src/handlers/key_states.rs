//! Every action on a key in every state: the gateway's answers match the service's table.

use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use alibabacloud_kms::Clock;
use alibabacloud_kms::api::alias::*;
use alibabacloud_kms::api::asymmetric::*;
use alibabacloud_kms::api::crypto::*;
use alibabacloud_kms::api::data_key::*;
use alibabacloud_kms::api::key::*;
use alibabacloud_kms::api::key_material::*;
use alibabacloud_kms::api::policy::*;
use alibabacloud_kms::api::tag::*;
use alibabacloud_kms::native::advance::AdvanceGenerateDataKeyPairRequest;
use alibabacloud_kms::transfer::ContextAad;

use super::checks::encode;
use super::{Context, Fault, Handle};
use crate::engine::{
    Config, Engine, KeyState, NewKey, Origin, WrappingAlgorithm, state_tests, wrap,
};

/// A gateway with a key in a given state, and everything else that the actions need.
struct World {
    engine: Engine,
    key: String,
    /// Another key, which is enabled.
    other: String,
    /// A text that the key encrypted, and the key version that encrypted it.
    blob: String,
    version: String,
    /// A text that the other key encrypted.
    other_blob: String,
    token: String,
    material: String,
}

/// Generating an SM2 key takes less time than generating an RSA key.
const ALGORITHM: WrappingAlgorithm = if cfg!(feature = "sm") {
    WrappingAlgorithm::Sm2Pke
} else {
    WrappingAlgorithm::RsaesOaepSha256
};
/// An RSA public key to export to.
static PUBLIC_KEY: LazyLock<String> = LazyLock::new(|| {
    let engine = engine();
    let new = NewKey { origin: Origin::External, ..NewKey::default() };
    let key = engine.create_key(new).expect("the key is valid").key_id;
    let given = engine.parameters_for_import(&key, WrappingAlgorithm::RsaesOaepSha256);
    encode(&given.expect("the key is external").public_key)
});
const POLICY: &str = r#"{"Version":"1","Statement":[{"Effect":"Allow","Action":"kms:*",
    "Principal":{"RAM":"*"},"Resource":"*"}]}"#;

impl World {
    fn new(state: KeyState) -> Self {
        let engine = engine();
        let create = |origin| {
            let key = engine.create_key(NewKey { origin, ..NewKey::default() });
            key.expect("the key is valid").key_id
        };
        let (key, other) = (create(Origin::External), create(Origin::AliyunKms));
        let given = engine.parameters_for_import(&key, ALGORITHM).expect("the key is external");
        let material = wrap(&given.public_key, ALGORITHM, &[7; 32], "").expect("it wraps");
        engine
            .import_key_material(&key, &material, &given.import_token, 0)
            .expect("the material fits");
        engine.create_alias("alias/app", &key).expect("the alias is new");
        engine.create_alias("alias/other", &other).expect("the alias is new");
        // The Base64 text of a data key.
        let seal = |key: &str| engine.encrypt(key, b"AAAA", &context_aad()).expect("it encrypts");
        let (sealed, other_blob) = (seal(&key), encode(&seal(&other).shared_blob()));
        let reached = match state {
            KeyState::Enabled => Ok(()),
            KeyState::Disabled => engine.disable_key(&key),
            KeyState::PendingDeletion => engine.schedule_key_deletion(&key, 7),
            KeyState::PendingImport => engine.delete_key_material(&key),
        };
        reached.expect("the state is reached");
        assert_eq!(engine.describe_key(&key).expect("the key exists").state, state);
        Self {
            key,
            other,
            blob: encode(&sealed.shared_blob()),
            version: sealed.key_version_id,
            other_blob,
            token: given.import_token,
            material: encode(&material),
            engine,
        }
    }

    fn send<R: Handle>(&self, request: R) -> Option<Fault> {
        let context = Context {
            engine: &self.engine,
            context_aad: ContextAad::Digest,
            encryption_context: None,
            key_version_id: None,
            given: None,
        };
        request.handle(&context).err()
    }

    /// Does the action named `action`. Returns the refusal, if there is one.
    fn act(&self, action: &str) -> Option<Fault> {
        let (key, other, version) = (self.key.as_str(), self.other.as_str(), &*self.version);
        let (blob, public) = (self.blob.as_str(), PUBLIC_KEY.as_str());
        let rsa = ("RSA_2048", "RSAES_OAEP_SHA_256");
        let digest = encode(&[7; 32]);
        match action {
            "GenerateDataKey" => self.send(GenerateDataKeyRequest::new(key)),
            "GenerateDataKeyWithoutPlaintext" => {
                self.send(GenerateDataKeyWithoutPlaintextRequest::new(key))
            }
            "Encrypt" => self.send(EncryptRequest::new(key, "text")),
            "Decrypt" => self.send(DecryptRequest::new(blob)),
            "DescribeKey" => self.send(DescribeKeyRequest::new(key)),
            "UpdateKeyDescription" => {
                self.send(UpdateKeyDescriptionRequest::new(key).description("text"))
            }
            "EnableKey" => self.send(EnableKeyRequest::new(key)),
            "DisableKey" => self.send(DisableKeyRequest::new(key)),
            "ScheduleKeyDeletion" => self.send(ScheduleKeyDeletionRequest::new(key, 7)),
            "CancelKeyDeletion" => self.send(CancelKeyDeletionRequest::new(key)),
            "CreateAlias" => self.send(CreateAliasRequest::new("alias/new", key)),
            "UpdateAlias" => self.send(UpdateAliasRequest::new("alias/other", key)),
            "ListAliasesByKeyId" => self.send(ListAliasesByKeyIdRequest::new(key)),
            "GetParametersForImport" => {
                self.send(GetParametersForImportRequest::new(key, rsa.0, rsa.1))
            }
            "ImportKeyMaterial" => {
                let token = self.token.clone();
                self.send(ImportKeyMaterialRequest::new(key, &*self.material, token, 0))
            }
            "DeleteKeyMaterial" => self.send(DeleteKeyMaterialRequest::new(key)),
            "GenerateAndExportDataKey" => {
                self.send(GenerateAndExportDataKeyRequest::new(key, public, rsa.0, rsa.1))
            }
            "ExportDataKey" => self.send(ExportDataKeyRequest::new(blob, public, rsa.0, rsa.1)),
            "ReEncryptFrom" => self.send(ReEncryptRequest::new(other, blob)),
            "ReEncryptTo" => self.send(ReEncryptRequest::new(key, &*self.other_blob)),
            "GenerateDataKeyPair" => {
                self.send(AdvanceGenerateDataKeyPairRequest::new(key, "EC_P256"))
            }
            "AsymmetricEncrypt" => {
                self.send(AsymmetricEncryptRequest::new(key, rsa.1, digest).key_version_id(version))
            }
            "AsymmetricDecrypt" => {
                self.send(AsymmetricDecryptRequest::new(key, rsa.1, digest).key_version_id(version))
            }
            "AsymmetricSign" => self.send(
                AsymmetricSignRequest::new(key, "ECDSA_SHA_256", digest).key_version_id(version),
            ),
            "AsymmetricVerify" => {
                let value = digest.clone();
                self.send(
                    AsymmetricVerifyRequest::new(key, "ECDSA_SHA_256", digest, value)
                        .key_version_id(version),
                )
            }
            "GetPublicKey" => self.send(GetPublicKeyRequest::new(key).key_version_id(version)),
            "GenerateMac" => self.send(GenerateMacRequest::new(key, "HMAC_SHA_256", digest)),
            "VerifyMac" => {
                let mac = digest.clone();
                self.send(VerifyMacRequest::new(key, "HMAC_SHA_256", digest, mac))
            }
            "CreateKeyVersion" => self.send(CreateKeyVersionRequest::new(key)),
            "UpdateRotationPolicy" => {
                let request = UpdateRotationPolicyRequest::new(key, true);
                self.send(request.rotation_interval("7d"))
            }
            "DescribeKeyVersion" => self.send(DescribeKeyVersionRequest::new(key, version)),
            "ListKeyVersions" => self.send(ListKeyVersionsRequest::new(key)),
            "SetDeletionProtection" => {
                self.send(SetDeletionProtectionRequest::new(true).key_id(key))
            }
            "GetKeyPolicy" => self.send(GetKeyPolicyRequest::new(key)),
            "SetKeyPolicy" => self.send(SetKeyPolicyRequest::new(key, POLICY)),
            "TagResource" => {
                let tags = r#"[{"TagKey":"a","TagValue":"b"}]"#;
                self.send(TagResourceRequest::new(tags).key_id(key))
            }
            "UntagResource" => self.send(UntagResourceRequest::new(r#"["a"]"#).key_id(key)),
            "ListResourceTags" => self.send(ListResourceTagsRequest::new(key)),
            other => panic!("{other} is not done here"),
        }
    }
}

/// Returns the code with which an enabled key refuses actions that do not fit it: the key is
/// symmetric and has imported material. In other states, the state is checked first.
fn refused_when_enabled(action: &str) -> Option<&'static str> {
    match action {
        "AsymmetricEncrypt" | "AsymmetricDecrypt" | "AsymmetricSign" | "AsymmetricVerify"
        | "GetPublicKey" | "GenerateMac" | "VerifyMac" | "CreateKeyVersion" => {
            Some("Rejected.UnsupportedOperation")
        }
        "UpdateRotationPolicy" => Some("Unsupported.Origin"),
        _ => None,
    }
}

/// Returns `true` if the action changes the key or the aliases, so that the next action needs a new
/// gateway.
fn changes(action: &str) -> bool {
    matches!(
        action,
        "EnableKey"
            | "DisableKey"
            | "ScheduleKeyDeletion"
            | "CancelKeyDeletion"
            | "CreateAlias"
            | "UpdateAlias"
            | "ImportKeyMaterial"
            | "DeleteKeyMaterial"
            | "SetDeletionProtection"
    )
}

fn engine() -> Engine {
    let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_795_420_800);
    Engine::new(Config {
        region: "cn-hangzhou".to_owned(),
        account_id: "123456".to_owned(),
        clock: Clock::fixed(now),
    })
}

fn context_aad() -> Vec<u8> {
    use alibabacloud_kms::__private::context_aad;
    use alibabacloud_kms::Charset;

    let aad = context_aad(None, ContextAad::Digest, false, Charset::default());
    aad.expect("there is no context").unwrap_or_default()
}

#[test]
fn every_action_answers_in_every_state_what_the_table_says() {
    for (column, state) in KeyState::ALL.into_iter().enumerate() {
        let mut world = World::new(state);
        for (action, cells) in state_tests::rows() {
            let expected = match cells[column] {
                "Success" => refused_when_enabled(action).map(str::to_owned),
                code => Some(format!("Rejected.{code}")),
            };
            let answer = world.act(action).map(|fault| fault.code.to_owned());
            if changes(action) {
                world = World::new(state);
            }
            assert_eq!(answer, expected, "{action} of a key that is {state:?}");
        }
    }
}
