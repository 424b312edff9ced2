//! What each legacy charset's table is made of: one of `encoding_rs`'s, cut and mended to Python's
//! codec.

use encoding_rs as web;

use super::labels::Legacy;
use super::table::{Run, Spec, UNWRITTEN, Width};

impl Legacy {
    /// How the charset's table is made.
    pub(super) fn spec(self) -> Spec {
        let all =
            Spec { base: web::GBK, width: Width::One, keep: |_, _| true, read: &[], write: &[] };
        let two = Spec { width: Width::Two, ..all };
        let windows = Spec { keep: is_no_hole, ..all };
        let c1 = Spec { read: &[(0x80, 0x80, 32)], ..all };
        match self {
            // Go writes the euro sign as 80 and Java as a2e3; Python writes and reads neither.
            Self::Gbk => Spec { keep: in_gbk, write: &[(0x20ac, UNWRITTEN)], ..two },
            Self::Gb2312 => {
                Spec { keep: in_gb2312, read: &[(0xa1a4, 0x30fb, 1), (0xa1aa, 0x2015, 1)], ..two }
            }
            Self::Gb18030 => Spec {
                base: web::GB18030,
                width: Width::Gb18030,
                keep: |code, _| code != 0x80,
                read: GB18030_2000,
                ..all
            },
            Self::Big5 => Spec {
                base: web::BIG5,
                keep: |code, _| in_big5(code) && !matches!(code, 0xa3e1 | 0xf9d6..=0xf9fe),
                read: BIG5,
                write: &[(0x5341, 0xa451), (0x5345, 0xa4ca), (0xff0f, 0xa241), (0xff3c, 0xa242)],
                ..two
            },
            Self::Cp950 => Spec {
                base: web::BIG5,
                keep: |code, _| in_big5(code),
                read: CP950,
                write: CP950_WRITTEN,
                ..two
            },
            Self::ShiftJis => Spec {
                base: web::SHIFT_JIS,
                keep: |code, _| !matches!(code, 0x80 | 0x8740..=0x879c | 0xed40..),
                read: &[
                    (0x8160, 0x301c, 1),
                    (0x8161, 0x2016, 1),
                    (0x817c, 0x2212, 1),
                    (0x8191, 0xa2, 2),
                    (0x81ca, 0xac, 1),
                ],
                write: &[(0xa5, 0x5c), (0x203e, 0x7e)],
                ..two
            },
            Self::Cp932 => Spec {
                base: web::SHIFT_JIS,
                read: &[(0xa0, 0xf8f0, 1), (0xfd, 0xf8f1, 3)],
                write: &[
                    (0xa2, 0x8191),
                    (0xa3, 0x8192),
                    (0xac, 0x81ca),
                    (0x2016, 0x8161),
                    (0x2212, 0x817c),
                    (0x301c, 0x8160),
                ],
                ..two
            },
            Self::EucJp => Spec { width: Width::EucJp, ..EUC_JP },
            Self::Iso2022Jp => Spec {
                // Half-width katakana have no place in it.
                keep: |code, c| (EUC_JP.keep)(code, c) && code >> 8 != 0x8e,
                ..EUC_JP
            },
            Self::EucKr => Spec { base: web::EUC_KR, keep: |code, _| in_euc(code), ..two },
            Self::Cp949 => Spec { base: web::EUC_KR, ..two },
            Self::Iso8859_2 => Spec { base: web::ISO_8859_2, ..all },
            Self::Iso8859_3 => Spec { base: web::ISO_8859_3, ..all },
            Self::Iso8859_4 => Spec { base: web::ISO_8859_4, ..all },
            Self::Iso8859_5 => Spec { base: web::ISO_8859_5, ..all },
            Self::Iso8859_6 => Spec { base: web::ISO_8859_6, ..all },
            Self::Iso8859_7 => Spec { base: web::ISO_8859_7, ..all },
            Self::Iso8859_8 => Spec { base: web::ISO_8859_8, ..all },
            Self::Iso8859_9 => Spec { base: web::WINDOWS_1254, ..c1 },
            Self::Iso8859_10 => Spec { base: web::ISO_8859_10, ..all },
            Self::Iso8859_11 => Spec { base: web::WINDOWS_874, ..c1 },
            Self::Iso8859_13 => Spec { base: web::ISO_8859_13, ..all },
            Self::Iso8859_14 => Spec { base: web::ISO_8859_14, ..all },
            Self::Iso8859_15 => Spec { base: web::ISO_8859_15, ..all },
            Self::Iso8859_16 => Spec { base: web::ISO_8859_16, ..all },
            Self::Tis620 => Spec { base: web::WINDOWS_874, keep: |code, _| code != 0xa0, ..c1 },
            Self::Cp874 => Spec { base: web::WINDOWS_874, ..windows },
            Self::Cp1250 => Spec { base: web::WINDOWS_1250, ..windows },
            Self::Cp1251 => Spec { base: web::WINDOWS_1251, ..windows },
            Self::Cp1252 => Spec { base: web::WINDOWS_1252, ..windows },
            Self::Cp1253 => Spec { base: web::WINDOWS_1253, ..windows },
            Self::Cp1254 => Spec { base: web::WINDOWS_1254, ..windows },
            Self::Cp1255 => Spec {
                base: web::WINDOWS_1255,
                keep: |code, c| is_no_hole(code, c) && code != 0xca,
                ..all
            },
            Self::Cp1256 => Spec { base: web::WINDOWS_1256, ..all },
            Self::Cp1257 => Spec { base: web::WINDOWS_1257, ..windows },
            Self::Cp1258 => Spec { base: web::WINDOWS_1258, ..windows },
            Self::Cp866 => Spec { base: web::IBM866, ..all },
            Self::Koi8R => Spec { base: web::KOI8_R, ..all },
            Self::Koi8U => {
                Spec { base: web::KOI8_U, read: &[(0xae, 0x255d, 1), (0xbe, 0x256c, 1)], ..all }
            }
            Self::MacRoman => Spec { base: web::MACINTOSH, ..all },
            Self::MacCyrillic => Spec { base: web::X_MAC_CYRILLIC, ..all },
        }
    }
}

/// The web gives the holes of Windows' code pages to control characters.
fn is_no_hole(code: u32, c: u32) -> bool {
    !(code == c && (0x80..0xa0).contains(&code))
}

fn in_euc(code: u32) -> bool {
    code < 0x80 || (code >> 8 >= 0xa1 && code & 0xff >= 0xa1)
}

/// Without user-defined codes and those that GBK got after 1995; but 80 is read.
fn in_gbk(code: u32, c: u32) -> bool {
    let later = matches!(code,
        0xa3a0 | 0xa6d9..=0xa6df | 0xa6ec..=0xa6ed | 0xa6f3 | 0xa8bc | 0xa8bf
        | 0xa989..=0xa995 | 0xfe50..);
    !later && !(0xe000..0xf900).contains(&c)
}

fn in_gb2312(code: u32, _: u32) -> bool {
    let outside = matches!(code,
        0xa2a1..=0xa2b0 | 0xa2e3..=0xa2e4 | 0xa2ef..=0xa2f0 | 0xa2fd..=0xa2fe | 0xa4f4..=0xa4fe
        | 0xa5f7..=0xa5fe | 0xa6b9..=0xa6c0 | 0xa6d9..=0xa6fe | 0xa7c2..=0xa7d0
        | 0xa7f2..=0xa7fe | 0xa8bb..=0xa8c4 | 0xa8ea..=0xa9a3 | 0xa9f0..=0xaffe
        | 0xd7fa..=0xd7fe | 0xf8a1..);
    in_euc(code) && !outside
}

/// Without Hong Kong's supplement.
fn in_big5(code: u32) -> bool {
    let supplement = matches!(code, 0xa3c0..=0xa3e0 | 0xc7fd..=0xc8fe | 0xfa40..);
    code < 0x80 || (code >= 0xa100 && !supplement)
}

const EUC_JP: Spec = Spec {
    base: web::EUC_JP,
    width: Width::Two,
    // Without NEC's and IBM's rows.
    keep: |code, _| !matches!(code, 0xada1..=0xadfe | 0xf9a1..=0xfcfe),
    read: &[
        (0xa1c1, 0x301c, 1),
        (0xa1c2, 0x2016, 1),
        (0xa1dd, 0x2212, 1),
        (0xa1f1, 0xa2, 2),
        (0xa2cc, 0xac, 1),
        (0x8f_a2b7, 0x7e, 1),
    ],
    write: &[(0xa5, 0x5c), (0x203e, 0x7e)],
};

/// The edition of 2000, which gives to private-use characters what that of 2022 gives to others.
const GB18030_2000: &[Run] = &[
    (0xa3a0, 0xe5e5, 1),
    (0xa6d9, 0xe78d, 7),
    (0xa6ec, 0xe794, 2),
    (0xa6f3, 0xe796, 1),
    (0xa8bc, 0xe7c7, 1),
    (0xfe59, 0xe81e, 1),
    (0xfe61, 0xe826, 1),
    (0xfe66, 0xe82b, 2),
    (0xfe6d, 0xe832, 1),
    (0xfe7e, 0xe843, 1),
    (0xfe90, 0xe854, 1),
    (0xfea0, 0xe864, 1),
    (0x8135_f437, 0x1e3f, 1),
];

const BIG5: &[Run] = &[
    (0xa145, 0x2022, 1),
    (0xa14e, 0xff64, 1),
    (0xa1c2, 0x203e, 1),
    (0xa1e3, 0x223c, 1),
    (0xa1f2, 0x2641, 1),
    (0xa1f3, 0x2609, 1),
    (0xa241, 0xff0f, 1),
    (0xa242, 0xff3c, 1),
    (0xa244, 0xa5, 1),
    (0xa246, 0xa2, 2),
    (0xc6a1, 0x30fe, 1),
    (0xc6a2, 0x309d, 2),
    (0xc6a4, 0x3005, 1),
    (0xc6a5, 0x3041, 83),
    (0xc6f8, 0x30a1, 7),
    (0xc740, 0x30a8, 63),
    (0xc7a1, 0x30e7, 16),
    (0xc7b1, 0x414, 2),
    (0xc7b3, 0x401, 1),
    (0xc7b4, 0x416, 7),
    (0xc7bb, 0x423, 19),
    (0xc7ce, 0x451, 1),
    (0xc7cf, 0x436, 26),
    (0xc7e9, 0x2460, 10),
    (0xc7f3, 0x2474, 10),
];

const CP950: &[Run] = &[
    (0xc6a1, 0x30fe, 1),
    (0xc6a2, 0x309d, 2),
    (0xc6a4, 0x3005, 1),
    (0xc6a5, 0x3041, 83),
    (0xc6f8, 0x30a1, 7),
    (0xc740, 0x30a8, 63),
    (0xc7a1, 0x30e7, 16),
    (0xc7b1, 0x414, 2),
    (0xc7b3, 0x401, 1),
    (0xc7b4, 0x416, 7),
    (0xc7bb, 0x423, 19),
    (0xc7ce, 0x451, 1),
    (0xc7cf, 0x436, 26),
    (0xc7e9, 0x2460, 10),
    (0xc7f3, 0x2474, 10),
    (0xf9fe, 0x2593, 1),
];

/// Written as a look-alike's code, besides the usual choice among two codes.
const CP950_WRITTEN: &[(u32, u32)] = &[
    (0xa2, 0xa246),
    (0xa3, 0xa247),
    (0xa5, 0xa244),
    (0x2022, 0xa145),
    (0x203e, 0xa1c2),
    (0x223c, 0xa1e3),
    (0x2609, 0xa1f3),
    (0x2641, 0xa1f2),
    (0x5341, 0xa451),
    (0x5345, 0xa4ca),
    (0xff64, 0xa14e),
];
