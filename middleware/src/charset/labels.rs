//! The names of the charsets.

use super::unicode::Order;
use crate::nearest::{distance, slips};

/// How a charset writes and reads.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Codec {
    Utf8,
    /// UTF-8 behind a byte order mark.
    Utf8Signed,
    Utf16(Order),
    Utf32(Order),
    Latin1,
    Ascii,
    #[cfg(feature = "encodings")]
    Legacy(Legacy),
}

/// A charset of the time before Unicode.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[cfg(feature = "encodings")]
pub(super) enum Legacy {
    Gbk,
    Gb2312,
    Gb18030,
    Big5,
    Cp950,
    ShiftJis,
    Cp932,
    EucJp,
    Iso2022Jp,
    EucKr,
    Cp949,
    Iso8859_2,
    Iso8859_3,
    Iso8859_4,
    Iso8859_5,
    Iso8859_6,
    Iso8859_7,
    Iso8859_8,
    Iso8859_9,
    Iso8859_10,
    Iso8859_11,
    Iso8859_13,
    Iso8859_14,
    Iso8859_15,
    Iso8859_16,
    Tis620,
    Cp874,
    Cp1250,
    Cp1251,
    Cp1252,
    Cp1253,
    Cp1254,
    Cp1255,
    Cp1256,
    Cp1257,
    Cp1258,
    Cp866,
    Koi8R,
    Koi8U,
    MacRoman,
    MacCyrillic,
}

/// How many legacy charsets there are.
#[cfg(feature = "encodings")]
pub(super) const LEGACY_COUNT: usize = Legacy::MacCyrillic as usize + 1;

/// A charset's names.
pub(super) struct Label {
    /// The name of Python's codec.
    pub(super) name: &'static str,
    /// None if the feature `encodings` is needed.
    pub(super) codec: Option<Codec>,
    /// Other names, [folded](fold).
    pub(super) aliases: &'static [&'static str],
}

/// Finds a charset by any of its names.
pub(super) fn find(name: &str) -> Option<&'static Label> {
    let name = fold(name);
    LABELS.iter().find(|label| label.has(&name))
}

/// The charset that a misspelt name is near to, if it is near to no other as well.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    let name = fold(name);
    // The work grows with the length of what was given.
    if name.chars().count() > 24 {
        return None;
    }
    let limit = slips(&name);
    let of_label = |label: &Label| -> usize {
        let others = label.aliases.iter().map(|alias| distance(&name, alias));
        others.fold(distance(&name, &fold(label.name)), usize::min)
    };
    let least = LABELS.iter().map(of_label).min().filter(|least| *least <= limit)?;
    let mut nearest = LABELS.iter().filter(|label| of_label(label) == least);
    let only = nearest.next()?;
    nearest.next().is_none().then_some(only.name)
}

impl Label {
    fn has(&self, folded: &str) -> bool {
        fold(self.name) == folded || self.aliases.contains(&folded)
    }
}

/// The name in lower case, without what Python and Java put between its parts.
fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| !matches!(c, '-' | '_' | ' ' | '.' | ':'))
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

const fn label(
    name: &'static str,
    codec: Option<Codec>,
    aliases: &'static [&'static str],
) -> Label {
    Label { name, codec, aliases }
}

#[cfg(feature = "encodings")]
macro_rules! legacy {
    ($charset:ident) => {
        Some(Codec::Legacy(Legacy::$charset))
    };
}
#[cfg(not(feature = "encodings"))]
macro_rules! legacy {
    ($charset:ident) => {
        None
    };
}

pub(super) static LABELS: &[Label] = &[
    label(
        "utf-8",
        Some(Codec::Utf8),
        &["u8", "utf", "utf8ucs2", "utf8ucs4", "cp65001", "unicode11utf8"],
    ),
    label("utf-8-sig", Some(Codec::Utf8Signed), &[]),
    // Java's names of what begins with a byte order mark are here too: the mark decides how it is read.
    label(
        "utf-16",
        Some(Codec::Utf16(Order::Marked)),
        &["u16", "unicode", "unicodebig", "unicodelittle", "xutf16lebom"],
    ),
    label("utf-16-le", Some(Codec::Utf16(Order::Little)), &["unicodelittleunmarked", "xutf16le"]),
    label(
        "utf-16-be",
        Some(Codec::Utf16(Order::Big)),
        &["unicodebigunmarked", "xutf16be", "iso10646ucs2"],
    ),
    label("utf-32", Some(Codec::Utf32(Order::Marked)), &["u32"]),
    label("utf-32-le", Some(Codec::Utf32(Order::Little)), &["xutf32le"]),
    label("utf-32-be", Some(Codec::Utf32(Order::Big)), &["xutf32be"]),
    label(
        "iso8859-1",
        Some(Codec::Latin1),
        &[
            "latin1",
            "819",
            "8859",
            "88591",
            "cp819",
            "csisolatin1",
            "ibm819",
            "iso8859",
            "iso885911987",
            "isoir100",
            "l1",
            "latin",
        ],
    ),
    label(
        "ascii",
        Some(Codec::Ascii),
        &[
            "646",
            "ansix341968",
            "ansix341986",
            "cp367",
            "csascii",
            "ibm367",
            "iso646us",
            "iso646irv1991",
            "isoir6",
            "us",
            "usascii",
        ],
    ),
    label("gbk", legacy!(Gbk), &["936", "cp936", "ms936", "windows936", "xgbk", "xmswin936"]),
    label(
        "gb2312",
        legacy!(Gb2312),
        &[
            "chinese",
            "csiso58gb231280",
            "euccn",
            "eucgb2312cn",
            "gb23121980",
            "gb231280",
            "isoir58",
            "xmacsimpchinese",
            "xeuccn",
        ],
    ),
    label("gb18030", legacy!(Gb18030), &["gb180302000", "csgb18030"]),
    label("big5", legacy!(Big5), &["big5tw", "csbig5", "xmactradchinese"]),
    label("cp950", legacy!(Cp950), &["950", "ms950", "windows950", "xwindows950"]),
    label("shift_jis", legacy!(ShiftJis), &["csshiftjis", "sjis", "xmacjapanese", "xsjis"]),
    label(
        "cp932",
        legacy!(Cp932),
        &["932", "ms932", "mskanji", "windows31j", "cswindows31j", "windows932"],
    ),
    label("euc_jp", legacy!(EucJp), &["ujis", "cseucpkdfmtjapanese", "xeucjp"]),
    label("iso2022_jp", legacy!(Iso2022Jp), &["csiso2022jp"]),
    label(
        "euc_kr",
        legacy!(EucKr),
        &["korean", "ksc5601", "ksc56011987", "ksx1001", "xmackorean", "cseuckr"],
    ),
    label("cp949", legacy!(Cp949), &["949", "ms949", "uhc", "windows949", "xwindows949"]),
    label(
        "iso8859-2",
        legacy!(Iso8859_2),
        &["88592", "csisolatin2", "iso885921987", "isoir101", "l2", "latin2"],
    ),
    label(
        "iso8859-3",
        legacy!(Iso8859_3),
        &["88593", "csisolatin3", "iso885931988", "isoir109", "l3", "latin3"],
    ),
    label(
        "iso8859-4",
        legacy!(Iso8859_4),
        &["88594", "csisolatin4", "iso885941988", "isoir110", "l4", "latin4"],
    ),
    label(
        "iso8859-5",
        legacy!(Iso8859_5),
        &["88595", "csisolatincyrillic", "cyrillic", "iso885951988", "isoir144"],
    ),
    label(
        "iso8859-6",
        legacy!(Iso8859_6),
        &["88596", "arabic", "asmo708", "csisolatinarabic", "ecma114", "iso885961987", "isoir127"],
    ),
    label(
        "iso8859-7",
        legacy!(Iso8859_7),
        &[
            "88597",
            "csisolatingreek",
            "ecma118",
            "elot928",
            "greek",
            "greek8",
            "iso885971987",
            "isoir126",
        ],
    ),
    label(
        "iso8859-8",
        legacy!(Iso8859_8),
        &["88598", "csisolatinhebrew", "hebrew", "iso885981988", "isoir138"],
    ),
    label(
        "iso8859-9",
        legacy!(Iso8859_9),
        &["88599", "csisolatin5", "iso885991989", "isoir148", "l5", "latin5"],
    ),
    label(
        "iso8859-10",
        legacy!(Iso8859_10),
        &["csisolatin6", "iso8859101992", "isoir157", "l6", "latin6"],
    ),
    label("iso8859-11", legacy!(Iso8859_11), &["thai", "iso8859112001", "xiso885911"]),
    label("iso8859-13", legacy!(Iso8859_13), &["885913", "l7", "latin7"]),
    label(
        "iso8859-14",
        legacy!(Iso8859_14),
        &["iso8859141998", "isoceltic", "isoir199", "l8", "latin8"],
    ),
    label(
        "iso8859-15",
        legacy!(Iso8859_15),
        &["885915", "l9", "latin9", "csiso885915", "csisolatin9"],
    ),
    label(
        "iso8859-16",
        legacy!(Iso8859_16),
        &["csiso885916", "iso8859162001", "isoir226", "l10", "latin10"],
    ),
    label("tis-620", legacy!(Tis620), &["tis6200", "tis62025290", "tis62025291", "isoir166"]),
    label("cp874", legacy!(Cp874), &["ms874", "windows874", "xwindows874"]),
    label("cp1250", legacy!(Cp1250), &["1250", "windows1250"]),
    label("cp1251", legacy!(Cp1251), &["1251", "windows1251"]),
    label("cp1252", legacy!(Cp1252), &["1252", "windows1252"]),
    label("cp1253", legacy!(Cp1253), &["1253", "windows1253"]),
    label("cp1254", legacy!(Cp1254), &["1254", "windows1254"]),
    label("cp1255", legacy!(Cp1255), &["1255", "windows1255"]),
    label("cp1256", legacy!(Cp1256), &["1256", "windows1256"]),
    label("cp1257", legacy!(Cp1257), &["1257", "windows1257"]),
    label("cp1258", legacy!(Cp1258), &["1258", "windows1258"]),
    label("cp866", legacy!(Cp866), &["866", "csibm866", "ibm866"]),
    label("koi8-r", legacy!(Koi8R), &["cskoi8r", "koi8"]),
    label("koi8-u", legacy!(Koi8U), &["cskoi8u"]),
    label("mac-roman", legacy!(MacRoman), &["macintosh", "xmacroman"]),
    label("mac-cyrillic", legacy!(MacCyrillic), &["xmaccyrillic"]),
];
