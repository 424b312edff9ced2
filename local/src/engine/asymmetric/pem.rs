//! Public keys as text.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;

const LINE: usize = 64;

/// A `SubjectPublicKeyInfo` in PEM.
pub(super) fn pem(der: &[u8]) -> String {
    let mut text = BASE64.encode(der);
    let breaks = (LINE..text.len()).step_by(LINE).rev();
    breaks.for_each(|at| text.insert(at, '\n'));
    format!("-----BEGIN PUBLIC KEY-----\n{text}\n-----END PUBLIC KEY-----\n")
}

#[cfg(test)]
mod tests {
    use super::pem;

    #[test]
    fn pem_lines_have_64_characters() {
        for (length, lines) in [(1, 1), (48, 1), (49, 2), (96, 2), (294, 7)] {
            let pem = pem(&vec![0; length]);
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
