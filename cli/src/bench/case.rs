//! The calls of a benchmark: the official benchmark's cases.

use alibabacloud_kms::api::asymmetric::{AsymmetricSignRequest, AsymmetricVerifyRequest};
use alibabacloud_kms::api::crypto::{DecryptRequest, EncryptRequest};
use alibabacloud_kms::api::secret::GetSecretValueRequest;
use alibabacloud_kms::{Call, Error, KmsClient};
use clap::ArgMatches;

/// The names of the cases.
pub(super) const NAMES: [&str; 5] = ["encrypt", "decrypt", "sign", "verify", "get_secret_value"];

const PLAINTEXT: &str = "thirty-two bytes of a plain text";
const ALGORITHM: &str = "RSA_PKCS1_SHA_256";
/// The SHA-256 of an empty message.
const DIGEST: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

/// Returns the call that a case repeats. If it needs a ciphertext or a signature, one call creates
/// that first.
pub(super) async fn call(
    case: &str,
    options: &ArgMatches,
    client: &KmsClient,
) -> Result<Call, Error> {
    let text = |name: &str, default: &str| {
        let given: Option<&String> = options.get_one(name);
        given.map_or(default, String::as_str).to_owned()
    };
    let version: Option<String> = options.get_one("key-version-id").cloned();
    let encrypt = || EncryptRequest::new(text("key-id", "alias/default"), PLAINTEXT);
    let sign_key = || text("key-id", "alias/rsa-sign");
    let sign = || {
        let request = AsymmetricSignRequest::new(sign_key(), ALGORITHM, DIGEST);
        match &version {
            Some(version) => request.key_version_id(version),
            None => request,
        }
    };
    Ok(match case {
        "encrypt" => Call::new(encrypt()),
        "decrypt" => {
            let sealed = client.encrypt(encrypt()).await?;
            Call::new(DecryptRequest::new(sealed.ciphertext_blob))
        }
        "sign" => Call::new(sign()),
        "verify" => {
            let signed = client.asymmetric_sign(sign()).await?;
            let request = AsymmetricVerifyRequest::new(sign_key(), ALGORITHM, DIGEST, signed.value);
            Call::new(match &version {
                Some(version) => request.key_version_id(version),
                None => request,
            })
        }
        _ => Call::new(GetSecretValueRequest::new(text("secret-name", "example"))),
    })
}
