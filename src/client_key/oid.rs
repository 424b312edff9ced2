//! The object identifiers of PKCS#12 files, as the bytes inside a DER `OBJECT IDENTIFIER`.
//!
//! Names and arcs are those of RFC 7292 (PKCS#12), RFC 8018 (PKCS#5), RFC 5652 (CMS) and RFC 8017
//! (PKCS#1).

/// PKCS#1 `rsaEncryption`, 1.2.840.113549.1.1.1.
pub(super) const RSA_ENCRYPTION: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1];

/// CMS `id-data`, 1.2.840.113549.1.7.1.
pub(super) const DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 1];
/// CMS `id-encryptedData`, 1.2.840.113549.1.7.6.
pub(super) const ENCRYPTED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 7, 6];

/// `keyBag`, 1.2.840.113549.1.12.10.1.1.
pub(super) const KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 1];
/// `pkcs8ShroudedKeyBag`, 1.2.840.113549.1.12.10.1.2.
pub(super) const SHROUDED_KEY_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 2];
/// `certBag`, 1.2.840.113549.1.12.10.1.3.
pub(super) const CERTIFICATE_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 3];
/// PKCS#9 `x509Certificate`, 1.2.840.113549.1.9.22.1.
pub(super) const X509_CERTIFICATE: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 9, 22, 1];
/// `safeContentsBag`, 1.2.840.113549.1.12.10.1.6.
pub(super) const SAFE_CONTENTS_BAG: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 10, 1, 6];

/// `pbeWithSHAAnd3-KeyTripleDES-CBC`, 1.2.840.113549.1.12.1.3.
pub(super) const PBE_SHA1_3DES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 3];
/// `pbeWithSHAAnd2-KeyTripleDES-CBC`, 1.2.840.113549.1.12.1.4.
pub(super) const PBE_SHA1_2DES: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 4];
/// `pbeWithSHAAnd128BitRC2-CBC`, 1.2.840.113549.1.12.1.5.
pub(super) const PBE_SHA1_RC2_128: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 5];
/// `pbewithSHAAnd40BitRC2-CBC`, 1.2.840.113549.1.12.1.6.
pub(super) const PBE_SHA1_RC2_40: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 12, 1, 6];

/// `id-PBKDF2`, 1.2.840.113549.1.5.12.
pub(super) const PBKDF2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 12];
/// `id-PBES2`, 1.2.840.113549.1.5.13.
pub(super) const PBES2: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 13];
/// `id-PBMAC1`, 1.2.840.113549.1.5.14.
pub(super) const PBMAC1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 5, 14];

/// `aes128-CBC-PAD`, 2.16.840.1.101.3.4.1.2.
pub(super) const AES_128_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 1, 2];
/// `aes192-CBC-PAD`, 2.16.840.1.101.3.4.1.22.
pub(super) const AES_192_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 1, 22];
/// `aes256-CBC-PAD`, 2.16.840.1.101.3.4.1.42.
pub(super) const AES_256_CBC: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 1, 42];
/// `DES-EDE3-CBC-Pad`, 1.2.840.113549.3.7.
pub(super) const DES_EDE3_CBC: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 3, 7];

/// `id-sha1`, 1.3.14.3.2.26.
pub(super) const SHA1: &[u8] = &[0x2b, 14, 3, 2, 26];
/// `id-sha224`, 2.16.840.1.101.3.4.2.4.
pub(super) const SHA224: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 4];
/// `id-sha256`, 2.16.840.1.101.3.4.2.1.
pub(super) const SHA256: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 1];
/// `id-sha384`, 2.16.840.1.101.3.4.2.2.
pub(super) const SHA384: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 2];
/// `id-sha512`, 2.16.840.1.101.3.4.2.3.
pub(super) const SHA512: &[u8] = &[0x60, 0x86, 0x48, 1, 101, 3, 4, 2, 3];

/// `id-hmacWithSHA1`, 1.2.840.113549.2.7.
pub(super) const HMAC_SHA1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 7];
/// `id-hmacWithSHA224`, 1.2.840.113549.2.8.
pub(super) const HMAC_SHA224: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 8];
/// `id-hmacWithSHA256`, 1.2.840.113549.2.9.
pub(super) const HMAC_SHA256: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 9];
/// `id-hmacWithSHA384`, 1.2.840.113549.2.10.
pub(super) const HMAC_SHA384: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 10];
/// `id-hmacWithSHA512`, 1.2.840.113549.2.11.
pub(super) const HMAC_SHA512: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 11];

/// Returns the usual notation, as in `1.2.840.113549.1.12.1.1`, for error messages.
///
/// Arcs of more than 128 bits do not exist; they are shown as the largest that do.
pub(super) fn dotted(oid: &[u8]) -> String {
    let mut text = String::new();
    let mut arc = 0u128;
    for byte in oid {
        arc = arc.saturating_mul(128) | u128::from(byte & 0x7f);
        if byte & 0x80 != 0 {
            continue;
        }
        // X.690 8.19.4: the first two arcs share a number.
        if text.is_empty() {
            let first = (arc / 40).min(2);
            text = format!("{first}.{}", arc - 40 * first);
        } else {
            text.push('.');
            text.push_str(&arc.to_string());
        }
        arc = 0;
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{AES_256_CBC, PBE_SHA1_RC2_40, SHA1, dotted};

    #[test]
    fn identifiers_show_in_the_usual_notation() {
        assert_eq!(dotted(PBE_SHA1_RC2_40), "1.2.840.113549.1.12.1.6");
        assert_eq!(dotted(AES_256_CBC), "2.16.840.1.101.3.4.1.42");
        assert_eq!(dotted(SHA1), "1.3.14.3.2.26");
        assert_eq!(dotted(&[0x88, 0x37, 0x03]), "2.999.3");
    }

    #[test]
    fn an_endless_arc_does_not_overflow() {
        assert!(dotted(&[0xff; 64]).is_empty());
        let mut long = [0xff; 64];
        long[63] = 0x7f;
        assert!(dotted(&long).starts_with("2."));
    }
}
