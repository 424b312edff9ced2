//! SSH keys of the users of servers: RSA keys in the form that OpenSSH reads.

use alibabacloud_kms::__private::{Reader, tag};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

use super::super::asymmetric::private_pem;
use super::super::{Fault, generate_client_key};

/// A generated SSH key.
pub(super) struct SshKey {
    /// A line of `authorized_keys` (RFC 4253, section 6.6).
    pub(super) public: String,
    /// PKCS#8 in PEM.
    pub(super) private: Zeroizing<String>,
}

impl SshKey {
    pub(super) fn generate() -> Result<Self, Fault> {
        let (pkcs8, public_key) = generate_client_key()?;
        let (n, e) = components(&public_key).ok_or_else(Fault::internal)?;
        let mut blob = Vec::new();
        for field in [b"ssh-rsa", e, n] {
            blob.extend(u32::try_from(field.len()).unwrap_or_default().to_be_bytes());
            blob.extend(field);
        }
        Ok(Self {
            public: format!("ssh-rsa {}", BASE64.encode(blob)),
            private: private_pem(&pkcs8),
        })
    }
}

/// Returns the two integers of an `RSAPublicKey`, which SSH encodes like DER.
fn components(public_key: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut sequence = Reader::new(public_key).sequence().ok()?;
    let mut integer = || sequence.expect(tag::INTEGER).map(|integer| integer.content()).ok();
    Some((integer()?, integer()?))
}

#[cfg(test)]
mod tests {
    use super::{BASE64, SshKey};
    use base64::Engine as _;

    #[test]
    fn a_key_is_written_as_openssh_reads_it() {
        let key = SshKey::generate().expect("it is drawn");
        let text = key.public.strip_prefix("ssh-rsa ").expect("it names its type");
        let blob = BASE64.decode(text).expect("it is Base64");
        assert_eq!(&blob[..22], b"\0\0\0\x07ssh-rsa\0\0\0\x03\x01\0\x01\0\0\x01\x01");
        assert_eq!(blob.len(), 4 + 7 + 4 + 3 + 4 + 257);
        assert!(key.private.starts_with("-----BEGIN PRIVATE KEY-----\n"));
    }
}
