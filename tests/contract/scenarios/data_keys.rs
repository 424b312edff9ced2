//! Data keys.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rsa::{
    KeySize, OAEP_SHA256_MGF1SHA256, OaepPrivateDecryptingKey, PrivateDecryptingKey,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::world::{World, text};

const INVALID: &str = "InvalidParameter";

pub(super) async fn a_data_key_is_its_own_ciphertext(world: &World) {
    let key = world.key(json!({})).await;
    for (request, length) in [
        (json!({"KeyId": key}), 32),
        (json!({"KeyId": key, "KeySpec": "AES_128"}), 16),
        (json!({"KeyId": key, "KeySpec": "AES_128", "NumberOfBytes": 1024}), 1024),
    ] {
        let made = world.ok("GenerateDataKey", request.clone()).await;
        let plaintext = text(&made["Plaintext"]);
        assert_eq!(STANDARD.decode(&plaintext).map(|key| key.len()), Ok(length));
        let opened = world.ok("Decrypt", json!({"CiphertextBlob": made["CiphertextBlob"]})).await;
        assert_eq!(opened["Plaintext"], plaintext);
        let hidden = world.ok("GenerateDataKeyWithoutPlaintext", request).await;
        assert_eq!(hidden.get("Plaintext"), None);
        let opened = world.ok("Decrypt", json!({"CiphertextBlob": hidden["CiphertextBlob"]})).await;
        let opened = STANDARD.decode(text(&opened["Plaintext"]));
        assert_eq!(opened.map(|key| key.len()), Ok(length));
    }
    for action in ["GenerateDataKey", "GenerateDataKeyWithoutPlaintext"] {
        world.refused(action, json!({"KeyId": key, "NumberOfBytes": 1025}), 400, INVALID).await;
        world.refused(action, json!({"KeyId": key, "KeySpec": "AES_64"}), 400, INVALID).await;
    }
}

pub(super) async fn a_data_key_is_exported(world: &World) {
    let key = world.key(json!({})).await;
    let private = PrivateDecryptingKey::generate(KeySize::Rsa2048).expect("a key");
    let public: PublicKeyX509Der<'_> = private.public_key().as_der().expect("it is written");
    let public = STANDARD.encode(public.as_ref());
    let private = OaepPrivateDecryptingKey::new(private).expect("it is for OAEP");
    let open = |wrapped: &serde_json::Value| {
        let wrapped = STANDARD.decode(text(wrapped)).expect("it is Base64");
        let mut out = vec![0; private.min_output_size()];
        let opened = private.decrypt(&OAEP_SHA256_MGF1SHA256, &wrapped, &mut out, None);
        STANDARD.encode(opened.expect("it opens"))
    };
    let to = |public: &str| {
        json!({"PublicKeyBlob": public, "WrappingKeySpec": "RSA_2048",
            "WrappingAlgorithm": "RSAES_OAEP_SHA_256"})
    };
    let mut generate = to(&public);
    generate["KeyId"] = key.as_str().into();
    let made = world.ok("GenerateAndExportDataKey", generate).await;
    let opened = world.ok("Decrypt", json!({"CiphertextBlob": made["CiphertextBlob"]})).await;
    assert_eq!(opened["Plaintext"], open(&made["ExportedDataKey"]));
    let mut export = to(&public);
    export["CiphertextBlob"] = made["CiphertextBlob"].clone();
    let exported = world.ok("ExportDataKey", export).await;
    assert_eq!(opened["Plaintext"], open(&exported["ExportedDataKey"]));
    let mut wrong = to("AAAA");
    wrong["KeyId"] = key.into();
    world.refused("GenerateAndExportDataKey", wrong, 400, INVALID).await;
    let mut wrong = to("AAAA");
    wrong["CiphertextBlob"] = made["CiphertextBlob"].clone();
    world.refused("ExportDataKey", wrong, 400, INVALID).await;
}

pub(super) async fn managed_data_keys_have_versions(world: &World) {
    let name = json!({"DataKeyName": alibabacloud_kms_local::EXAMPLE_DATA_KEY});
    let listed = world.ok("ListManagedDataKeyVersions", name.clone()).await;
    let versions = &listed["ManagedDataKeyVersions"]["ManagedDataKeyVersion"];
    let mut latest = name.clone();
    latest["UseLatest"] = true.into();
    for (request, version) in [(&name, &versions[0]), (&latest, &versions[1])] {
        let got = world.ok("GetManagedDataKey", request.clone()).await;
        assert_eq!(got["DataKeyVersionId"], version["DataKeyVersionId"]);
        assert_eq!(got["DataKeyVersionName"], version["DataKeyVersionName"]);
        let again = json!({"DataKeyName": name["DataKeyName"],
            "DataKeyVersionId": version["DataKeyVersionId"]});
        assert_eq!(world.ok("GetManagedDataKey", again).await["Plaintext"], got["Plaintext"]);
    }
    let none = json!({"DataKeyName": "none"});
    for action in ["GetManagedDataKey", "ListManagedDataKeyVersions"] {
        world.refused(action, none.clone(), 404, "Forbidden.ResourceNotFound").await;
    }
}
