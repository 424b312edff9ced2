//! RC2 (RFC 2268) decryption, for PKCS#12 files of old exporters.
//!
//! Used by `pbe` alone. The 40-bit variant was the export-grade default for certificates, and some
//! tools used it for keys; no maintained cryptography crate in the tree has it. It protects nothing
//! today: a file that needs it is only as safe as its storage.

use zeroize::Zeroizing;

/// The block size in bytes.
pub(super) const BLOCK: usize = 8;

/// Decrypts whole blocks in place, in CBC mode; a part of a block at the end stays as it is.
///
/// `key` has 1 to 128 bytes, of which only `effective_bits` (1 to 1024) count.
pub(super) fn decrypt_cbc(key: &[u8], effective_bits: usize, iv: [u8; BLOCK], data: &mut [u8]) {
    let expanded = expand(key, effective_bits);
    let mut previous = iv;
    for block in data.as_chunks_mut::<BLOCK>().0 {
        let ciphertext = *block;
        decrypt_block(&expanded, block);
        for (byte, mask) in block.iter_mut().zip(previous) {
            *byte ^= mask;
        }
        previous = ciphertext;
    }
}

/// RFC 2268, section 2.
fn expand(key: &[u8], effective_bits: usize) -> Zeroizing<[u16; 64]> {
    let mut bytes = Zeroizing::new([0u8; 128]);
    for (byte, given) in bytes.iter_mut().zip(key) {
        *byte = *given;
    }
    let len = key.len().clamp(1, bytes.len());
    for i in len..bytes.len() {
        bytes[i] = PI[usize::from(bytes[i - 1].wrapping_add(bytes[i - len]))];
    }
    let effective_bits = effective_bits.clamp(1, 8 * bytes.len());
    let effective_len = effective_bits.div_ceil(8);
    let mask = 0xff >> (8 * effective_len - effective_bits);
    let first = bytes.len() - effective_len;
    bytes[first] = PI[usize::from(bytes[first] & mask)];
    for i in (0..first).rev() {
        bytes[i] = PI[usize::from(bytes[i + 1] ^ bytes[i + effective_len])];
    }

    let mut words = Zeroizing::new([0u16; 64]);
    for (word, pair) in words.iter_mut().zip(bytes.as_chunks::<2>().0) {
        *word = u16::from_le_bytes(*pair);
    }
    words
}

/// RFC 2268, section 4: five mixing rounds, one mashing, six, one, five.
fn decrypt_block(key: &[u16; 64], block: &mut [u8; BLOCK]) {
    let mut words = [0u16; 4];
    for (word, pair) in words.iter_mut().zip(block.as_chunks::<2>().0) {
        *word = u16::from_le_bytes(*pair);
    }
    for round in (0..16).rev() {
        reverse_mix(&mut words, &key[4 * round..]);
        if round == 11 || round == 5 {
            reverse_mash(&mut words, key);
        }
    }
    for (pair, word) in block.as_chunks_mut::<2>().0.iter_mut().zip(words) {
        *pair = word.to_le_bytes();
    }
}

fn reverse_mix(words: &mut [u16; 4], key: &[u16]) {
    const ROTATIONS: [u32; 4] = [1, 2, 3, 5];
    for i in (0..4).rev() {
        let [before, two_before, three_before] =
            [words[(i + 3) % 4], words[(i + 2) % 4], words[(i + 1) % 4]];
        words[i] = words[i]
            .rotate_right(ROTATIONS[i])
            .wrapping_sub(key[i])
            .wrapping_sub(before & two_before)
            .wrapping_sub(!before & three_before);
    }
}

fn reverse_mash(words: &mut [u16; 4], key: &[u16; 64]) {
    for i in (0..4).rev() {
        let index = usize::from(words[(i + 3) % 4] & 63);
        words[i] = words[i].wrapping_sub(key[index]);
    }
}

/// RFC 2268's PITABLE, a permutation from the digits of pi.
#[rustfmt::skip]
const PI: [u8; 256] = [
    0xd9, 0x78, 0xf9, 0xc4, 0x19, 0xdd, 0xb5, 0xed, 0x28, 0xe9, 0xfd, 0x79, 0x4a, 0xa0, 0xd8, 0x9d,
    0xc6, 0x7e, 0x37, 0x83, 0x2b, 0x76, 0x53, 0x8e, 0x62, 0x4c, 0x64, 0x88, 0x44, 0x8b, 0xfb, 0xa2,
    0x17, 0x9a, 0x59, 0xf5, 0x87, 0xb3, 0x4f, 0x13, 0x61, 0x45, 0x6d, 0x8d, 0x09, 0x81, 0x7d, 0x32,
    0xbd, 0x8f, 0x40, 0xeb, 0x86, 0xb7, 0x7b, 0x0b, 0xf0, 0x95, 0x21, 0x22, 0x5c, 0x6b, 0x4e, 0x82,
    0x54, 0xd6, 0x65, 0x93, 0xce, 0x60, 0xb2, 0x1c, 0x73, 0x56, 0xc0, 0x14, 0xa7, 0x8c, 0xf1, 0xdc,
    0x12, 0x75, 0xca, 0x1f, 0x3b, 0xbe, 0xe4, 0xd1, 0x42, 0x3d, 0xd4, 0x30, 0xa3, 0x3c, 0xb6, 0x26,
    0x6f, 0xbf, 0x0e, 0xda, 0x46, 0x69, 0x07, 0x57, 0x27, 0xf2, 0x1d, 0x9b, 0xbc, 0x94, 0x43, 0x03,
    0xf8, 0x11, 0xc7, 0xf6, 0x90, 0xef, 0x3e, 0xe7, 0x06, 0xc3, 0xd5, 0x2f, 0xc8, 0x66, 0x1e, 0xd7,
    0x08, 0xe8, 0xea, 0xde, 0x80, 0x52, 0xee, 0xf7, 0x84, 0xaa, 0x72, 0xac, 0x35, 0x4d, 0x6a, 0x2a,
    0x96, 0x1a, 0xd2, 0x71, 0x5a, 0x15, 0x49, 0x74, 0x4b, 0x9f, 0xd0, 0x5e, 0x04, 0x18, 0xa4, 0xec,
    0xc2, 0xe0, 0x41, 0x6e, 0x0f, 0x51, 0xcb, 0xcc, 0x24, 0x91, 0xaf, 0x50, 0xa1, 0xf4, 0x70, 0x39,
    0x99, 0x7c, 0x3a, 0x85, 0x23, 0xb8, 0xb4, 0x7a, 0xfc, 0x02, 0x36, 0x5b, 0x25, 0x55, 0x97, 0x31,
    0x2d, 0x5d, 0xfa, 0x98, 0xe3, 0x8a, 0x92, 0xae, 0x05, 0xdf, 0x29, 0x10, 0x67, 0x6c, 0xba, 0xc9,
    0xd3, 0x00, 0xe6, 0xcf, 0xe1, 0x9e, 0xa8, 0x2c, 0x63, 0x16, 0x01, 0x3f, 0x58, 0xe2, 0x89, 0xa9,
    0x0d, 0x38, 0x34, 0x1b, 0xab, 0x33, 0xff, 0xb0, 0xbb, 0x48, 0x0c, 0x5f, 0xb9, 0xb1, 0xcd, 0x2e,
    0xc5, 0xf3, 0xdb, 0x47, 0xe5, 0xa5, 0x9c, 0x77, 0x0a, 0xa6, 0x20, 0x68, 0xfe, 0x7f, 0xc1, 0xad,
];

#[cfg(test)]
mod tests {
    use super::{BLOCK, PI, decrypt_cbc};

    /// RFC 2268, section 5: key, effective bits, plaintext, ciphertext.
    const VECTORS: [(&str, usize, u64, u64); 8] = [
        ("0000000000000000", 63, 0, 0xebb7_73f9_9327_8eff),
        ("ffffffffffffffff", 64, u64::MAX, 0x278b_27e4_2e2f_0d49),
        ("3000000000000000", 64, 0x1000_0000_0000_0001, 0x3064_9edf_9be7_d2c2),
        ("88", 64, 0, 0x61a8_a244_adac_ccf0),
        ("88bca90e90875a", 64, 0, 0x6ccf_4308_974c_267f),
        ("88bca90e90875a7f0f79c384627bafb2", 64, 0, 0x1a80_7d27_2bbe_5db1),
        ("88bca90e90875a7f0f79c384627bafb2", 128, 0, 0x2269_552a_b0f8_5ca6),
        (
            "88bca90e90875a7f0f79c384627bafb216f80a6f85920584c42fceb0be255daf1e",
            129,
            0,
            0x5b78_d3a4_3dff_f1f1,
        ),
    ];

    #[test]
    fn every_vector_of_rfc_2268_decrypts() {
        for (key, bits, plaintext, ciphertext) in VECTORS {
            let mut block = ciphertext.to_be_bytes();
            decrypt_cbc(&hex(key), bits, [0; BLOCK], &mut block);
            assert_eq!(u64::from_be_bytes(block), plaintext, "{key} {bits}");
        }
    }

    #[test]
    fn each_block_is_chained_to_the_one_before() {
        let (key, bits, plaintext, ciphertext) = VECTORS[1];
        let mut data = [ciphertext.to_be_bytes(), ciphertext.to_be_bytes()].concat();
        decrypt_cbc(&hex(key), bits, [0xff; BLOCK], &mut data);
        let second = plaintext ^ ciphertext;
        assert_eq!(data, [(!plaintext).to_be_bytes(), second.to_be_bytes()].concat());
    }

    #[test]
    fn the_table_is_a_permutation() {
        let mut sorted = PI;
        sorted.sort_unstable();
        assert!(sorted.iter().copied().eq(0..=255));
    }

    fn hex(text: &str) -> Vec<u8> {
        (0..text.len())
            .step_by(2)
            .map(|at| u8::from_str_radix(&text[at..at + 2], 16).expect("hexadecimal"))
            .collect()
    }
}
