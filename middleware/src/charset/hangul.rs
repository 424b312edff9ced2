//! EUC-KR's composed syllables: four codes (a filler, initial, vowel, final) for a syllable without
//! a code of its own.

/// The first byte of every letter's code.
const ROW: u8 = 0xa4;
/// The second byte of the filler, which precedes a syllable and replaces a missing final.
const FILLER: u8 = 0xd4;
const FIRST_VOWEL: u8 = 0xbf;
const VOWELS: u32 = 21;
const INITIALS: [u8; 19] = *b"\xa1\xa2\xa4\xa7\xa8\xa9\xb1\xb2\xb3\xb5\xb6\xb7\xb8\xb9\xba\xbb\
    \xbc\xbd\xbe";
const FINALS: [u8; 28] = *b"\xd4\xa1\xa2\xa3\xa4\xa5\xa6\xa7\xa9\xaa\xab\xac\xad\xae\xaf\xb0\xb1\
    \xb2\xb4\xb5\xb6\xb7\xb8\xba\xbb\xbc\xbd\xbe";

/// Returns the bytes of a syllable.
pub(super) fn compose(c: char) -> Option<[u8; 8]> {
    if !('\u{ac00}'..='\u{d7a3}').contains(&c) {
        return None;
    }
    let syllable = u32::from(c) - 0xac00;
    let (rest, r#final) = (syllable / 28, FINALS[syllable as usize % 28]);
    let (initial, vowel) = (INITIALS[(rest / VOWELS) as usize], rest % VOWELS);
    let vowel = FIRST_VOWEL + u8::try_from(vowel).ok()?;
    Some([ROW, FILLER, ROW, initial, ROW, vowel, ROW, r#final])
}

/// Returns the syllable at the beginning of the bytes, if it is a composed one.
pub(super) fn read(bytes: &[u8]) -> Option<char> {
    let [ROW, FILLER, ROW, initial, ROW, vowel, ROW, r#final] = *bytes.first_chunk()? else {
        return None;
    };
    let index = |letters: &[u8], letter| letters.iter().position(|other| *other == letter);
    let initial = u32::try_from(index(&INITIALS, initial)?).ok()?;
    let vowel = u32::from(vowel.checked_sub(FIRST_VOWEL)?);
    let r#final = u32::try_from(index(&FINALS, r#final)?).ok()?;
    let rest = initial * VOWELS + vowel;
    (vowel < VOWELS).then(|| char::from_u32(0xac00 + rest * 28 + r#final)).flatten()
}
