//! The transfer backwards: an action's answer as the native operation's that it was transferred to.
//!
//! So a rule on `EncryptRequest` answers with an `EncryptResponse` on the instance too, where the
//! request on the wire is one of `AdvanceEncrypt`: the real transfer makes the one of the other.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderValue;
use zeroize::Zeroizing;

use crate::payload::{Scalar, Slot, Value};
use crate::transfer::blob::Blob;
use crate::{ActionInfo, BoxError, Charset, Error, ErrorKind, Payload};

/// A native operation's answer.
pub(super) struct Native {
    pub(super) response: Box<dyn Payload>,
    /// The header that carries the key version, where the operation's answer has no field for it.
    pub(super) key_version: Option<HeaderValue>,
}

/// The answer of the native operation that becomes this answer of the action.
pub(super) fn native(
    answer: &dyn Payload,
    action: &'static ActionInfo,
    operation: &'static ActionInfo,
    charset: Charset,
) -> Result<Native, Error> {
    let inexpressible = |field: &'static str, why: BoxError| {
        let message = format!(
            "the mock's answer is not one that an instance can give: its {field} is not {}; correct \
             it, or send the call to the shared gateway",
            match field {
                "CiphertextBlob" => "the Base64 of a ciphertext with its key version and nonce",
                "KeyVersionId" => "a header's value",
                "Plaintext" if action.name == "Decrypt" => "a text of the call's charset",
                _ => "Base64",
            }
        );
        Error::new(ErrorKind::Layer, message).with_action(action).with_source(why)
    };
    let base64 = |field| {
        let octets = STANDARD.decode(text(answer, field)).map(Zeroizing::new);
        // The decoder's own words quote a character of what may be a plaintext.
        octets.map_err(|_| inexpressible(field, "it is not standard Base64 with padding".into()))
    };
    let blob = || {
        Blob::of_parameter(text(answer, "CiphertextBlob"))
            .map_err(|error| inexpressible("CiphertextBlob", error.into()))
    };

    let mut response = (operation.new_response)();
    copy(answer, &mut *response);
    let mut key_version = text(answer, "KeyVersionId").to_owned();
    match (action.name, operation.name) {
        (_, "AdvanceEncrypt") => {
            put(&mut *response, "CiphertextBlob", Scalar::Bytes(&blob()?.to_advance()));
        }
        ("AsymmetricEncrypt", "Encrypt") => {
            put(&mut *response, "CiphertextBlob", Scalar::Bytes(&base64("CiphertextBlob")?));
        }
        (_, "Encrypt") => {
            let blob = blob()?;
            put(&mut *response, "Iv", Scalar::Bytes(blob.nonce()));
            put(&mut *response, "CiphertextBlob", Scalar::Bytes(blob.ciphertext()));
            let version = blob.key_version();
            version
                .map_err(|error| inexpressible("CiphertextBlob", error.into()))?
                .clone_into(&mut key_version);
        }
        ("Decrypt", _) => {
            let octets = charset.encode(text(answer, "Plaintext"));
            let octets = octets.map_err(|error| inexpressible("Plaintext", error.into()))?;
            put(&mut *response, "Plaintext", Scalar::Bytes(&octets));
        }
        // Its answer has no plaintext: the client makes a ciphertext of this one and forgets it.
        ("GenerateDataKeyWithoutPlaintext", _) => {
            put(&mut *response, "Plaintext", Scalar::Bytes(&[0; 32]));
        }
        ("AsymmetricDecrypt" | "GenerateDataKey", _) => {
            put(&mut *response, "Plaintext", Scalar::Bytes(&base64("Plaintext")?));
        }
        ("AsymmetricSign", _) => {
            put(&mut *response, "Signature", Scalar::Bytes(&base64("Value")?));
        }
        _ => {}
    }
    let has_field = response.fields().any(|(info, _)| info.name == "KeyVersionId");
    let key_version = match has_field || key_version.is_empty() {
        true => None,
        false => Some(
            HeaderValue::from_str(&key_version)
                .map_err(|error| inexpressible("KeyVersionId", error.into()))?,
        ),
    };
    Ok(Native { response, key_version })
}

/// Takes over what both have under the same name and in the same form.
fn copy(answer: &dyn Payload, native: &mut dyn Payload) {
    for (info, field) in answer.fields() {
        match field.value() {
            Value::Text(text) => put(native, info.name, Scalar::Text(text)),
            Value::Boolean(boolean) => put(native, info.name, Scalar::Boolean(boolean)),
            Value::Texts(texts) => {
                if let Some((_, field)) = native.named_mut(info.name)
                    && let Slot::Texts(into) = field.slot()
                {
                    into.extend_from_slice(texts);
                }
            }
            _ => {}
        }
    }
}

fn put(native: &mut dyn Payload, name: &str, scalar: Scalar<'_>) {
    if let Some((_, field)) = native.named_mut(name)
        && let Slot::Scalar(field) = field.slot()
    {
        // Octets do not take a text: these are converted by name.
        field.set(scalar);
    }
}

/// The text of a field; an absent one is empty.
fn text<'a>(answer: &'a dyn Payload, name: &str) -> &'a str {
    let field = answer.fields().find(|(info, _)| info.name == name);
    match field.map(|(_, field)| field.value()) {
        Some(Value::Text(text)) => text,
        _ => "",
    }
}
