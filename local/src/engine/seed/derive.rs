//! Derives what a seed leaves out, always with the same result.

use aws_lc_rs::hmac::{HMAC_SHA512, Key, sign};
use zeroize::Zeroizing;

use crate::der::{explicit, integer, object, octet_string, sequence};
use crate::engine::id::{hex, uuid};
use crate::engine::material::Material;
use crate::engine::spec::{KeySpec, KeyUsage};

/// Derives 64 bytes: the first block of HKDF-Expand, with a key from `name` and an info from the
/// other arguments.
fn derive(what: &str, name: &str, number: usize) -> Zeroizing<Vec<u8>> {
    let key = Key::new(HMAC_SHA512, format!("alibabacloud-kms-local seed\0{name}").as_bytes());
    let info = format!("{what}\0{number}\x01");
    Zeroizing::new(sign(&key, info.as_bytes()).as_ref().to_vec())
}

/// Derives a key's id from its name.
pub(super) fn key_id(name: &str) -> String {
    format!("key-{}", hex(&derive("key id", name, 0)[..10]))
}

/// Derives the id of a version of a key or a secret, whose id or name is `owner`.
pub(super) fn version_id(owner: &str, number: usize) -> String {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&derive("version id", owner, number)[..16]);
    uuid(bytes)
}

/// Derives the material of a key's version. RSA primes are searched for on first use.
///
/// # Errors
///
/// If the spec is RSA and the feature `rsa-seeds` is off.
pub(super) fn material(
    key_id: &str,
    number: usize,
    spec: KeySpec,
    usage: KeyUsage,
) -> Result<Material, String> {
    let bytes = derive("material", key_id, number);
    let derived = match (spec.byte_length(), spec) {
        (Some(length), _) => {
            Material::imported(spec, usage, Zeroizing::new(bytes[..length].to_vec()))
        }
        (None, KeySpec::EcP256) => {
            let oid = [0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
            Material::from_ec_private_key(spec, usage, &ec_private_key(&bytes[..32], &oid))
        }
        (None, KeySpec::EcP256k) => {
            let oid = [0x2b, 0x81, 0x04, 0x00, 0x0a];
            Material::from_ec_private_key(spec, usage, &ec_private_key(&bytes[..32], &oid))
        }
        (None, KeySpec::EcSm2) => {
            Material::imported(spec, usage, Zeroizing::new(bytes[..32].to_vec()))
        }
        (None, _) if cfg!(feature = "rsa-seeds") => Some(Material::derived(spec, usage, bytes)),
        (None, _) => {
            let name = spec.as_str();
            return Err(format!(
                "{name} without material is derived, which needs the feature `rsa-seeds`: give the \
                 pair's PKCS#8 as material, or enable it"
            ));
        }
    };
    Ok(derived.unwrap_or_else(|| Material::lazy(spec, usage)))
}

/// Encodes an `ECPrivateKey` of RFC 5915 without its public key.
fn ec_private_key(scalar: &[u8], oid: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(sequence(&[&integer(&[1]), &octet_string(scalar), &explicit(&object(oid))]))
}
