//! Keys in PEM.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use zeroize::Zeroizing;

const LINE: usize = 64;

/// Writes a `SubjectPublicKeyInfo` in PEM.
pub(in crate::engine) fn public_pem(der: &[u8]) -> String {
    pem(der, "PUBLIC KEY")
}

/// Writes a PKCS#8 private key in PEM.
pub(in crate::engine) fn private_pem(der: &[u8]) -> Zeroizing<String> {
    Zeroizing::new(pem(der, "PRIVATE KEY"))
}

fn pem(der: &[u8], label: &str) -> String {
    let encoded = Zeroizing::new(BASE64.encode(der));
    let mut text = Zeroizing::new(String::with_capacity(encoded.len() + encoded.len() / LINE + 1));
    for line in encoded.as_bytes().chunks(LINE) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    format!("-----BEGIN {label}-----\n{}-----END {label}-----\n", *text)
}

#[cfg(test)]
mod tests {
    use super::public_pem;

    #[test]
    fn pem_lines_have_64_characters() {
        for (length, lines) in [(1, 1), (48, 1), (49, 2), (96, 2), (294, 7)] {
            let pem = public_pem(&vec![0; length]);
            let body = pem
                .strip_prefix("-----BEGIN PUBLIC KEY-----\n")
                .and_then(|pem| pem.strip_suffix("\n-----END PUBLIC KEY-----\n"))
                .expect("PEM is framed");
            let widths: Vec<_> = body.split('\n').map(str::len).collect();
            assert_eq!(widths.len(), lines);
            assert!(widths[..lines - 1].iter().all(|width| *width == 64));
            assert!((1..=64).contains(&widths[lines - 1]));
        }
    }
}
