//! Charsets.

use std::fmt;
use std::str::FromStr;

use secrecy::SecretString;
use zeroize::Zeroizing;

use super::error::CharsetError;
#[cfg(doc)]
use super::error::CharsetErrorKind;
use super::labels::{self, Codec, Label};
use super::single_byte;
use super::unicode::{self, Order};

/// A way to write text as bytes, such as UTF-8 (the default) or GBK.
///
/// A charset is parsed from its name in Python or Java.
///
/// ```
/// use alibabacloud_kms_middleware::Charset;
///
/// let latin: Charset = "Latin-1".parse()?;
/// assert_eq!(latin.name(), "iso8859-1");
/// assert_eq!(*latin.encode("café")?, b"caf\xe9");
/// assert!(latin.encode("价").is_err());
/// # Ok::<(), alibabacloud_kms_middleware::CharsetError>(())
/// ```
///
/// # What the names mean
///
/// A name means Python's codec of that name, byte for byte: its `utf-16` writes a byte order mark
/// and little endian. As there, a few look-alikes share a code (`¥` and `\` in `euc_jp`) and are
/// read as one of them. The differences are these:
///
/// | charset | here | Python |
/// |---|---|---|
/// | `gbk` | the byte 80 is read as `€`, as Windows does; `€` is not written | malformed |
/// | `euc_kr` | a lone filler (U+3164) is read back | written, but not read |
/// | `iso2022_jp` | the escape character (U+001B) is refused | written, but not read |
///
/// These are not the web's encodings: `iso-8859-1` and `ascii` are not windows-1252 here. Text that
/// a charset cannot hold is an error, never a replacement character. UTF-7 is not offered.
///
/// Without the feature `encodings` there are UTF-8, UTF-16, UTF-32, ISO-8859-1 and ASCII.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Charset {
    name: &'static str,
    codec: Codec,
}

impl Charset {
    /// UTF-8, without a byte order mark.
    pub const UTF_8: Self = Self::new("utf-8", Codec::Utf8);
    /// UTF-16: written in little endian with a byte order mark; read as the mark says, or in little
    /// endian without one.
    pub const UTF_16: Self = Self::new("utf-16", Codec::Utf16(Order::Marked));
    /// UTF-16 in little endian, without a byte order mark.
    pub const UTF_16LE: Self = Self::new("utf-16-le", Codec::Utf16(Order::Little));
    /// ISO-8859-1: the first 256 characters of Unicode, one byte each.
    pub const ISO_8859_1: Self = Self::new("iso8859-1", Codec::Latin1);
    /// US-ASCII: the first 128 characters of Unicode, one byte each.
    pub const US_ASCII: Self = Self::new("ascii", Codec::Ascii);

    const fn new(name: &'static str, codec: Codec) -> Self {
        Self { name, codec }
    }

    /// Returns the name of Python's codec, such as `utf-8`, `gbk` or `iso8859-1`.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Encodes text in this charset.
    ///
    /// # Errors
    ///
    /// [`Unencodable`](CharsetErrorKind::Unencodable) if the charset lacks a character.
    pub fn encode(&self, text: &str) -> Result<Zeroizing<Vec<u8>>, CharsetError> {
        let refuse = |position| CharsetError::unencodable(self.name, position);
        // Measured first, so that the vector never grows and leaves a copy of plaintext behind.
        let mut length = 0;
        self.write(text, &mut |bytes| length += bytes.len()).map_err(refuse)?;
        let mut encoded = Zeroizing::new(Vec::with_capacity(length));
        self.write(text, &mut |bytes| encoded.extend_from_slice(bytes)).map_err(refuse)?;
        Ok(encoded)
    }

    /// Decodes bytes in this charset.
    ///
    /// # Errors
    ///
    /// [`Malformed`](CharsetErrorKind::Malformed) if the bytes are not text in this charset.
    pub fn decode(&self, bytes: &[u8]) -> Result<SecretString, CharsetError> {
        let refuse = |offset| CharsetError::malformed(self.name, offset);
        let mut length = 0;
        self.read(bytes, &mut |c| length += c.len_utf8()).map_err(refuse)?;
        let mut text = Zeroizing::new(String::with_capacity(length));
        self.read(bytes, &mut |c| text.push(c)).map_err(refuse)?;
        // Full to its capacity, the string becomes the secret's box without being copied.
        Ok(SecretString::from(std::mem::take(&mut *text)))
    }

    fn write(&self, text: &str, put: &mut dyn FnMut(&[u8])) -> Result<(), usize> {
        match self.codec {
            Codec::Utf8 => put(text.as_bytes()),
            Codec::Utf8Signed => {
                put(&unicode::UTF_8_MARK);
                put(text.as_bytes());
            }
            Codec::Utf16(order) => unicode::write_utf16(order, text, put),
            Codec::Utf32(order) => unicode::write_utf32(order, text, put),
            Codec::Latin1 => return single_byte::write(0xff, text, put),
            Codec::Ascii => return single_byte::write(0x7f, text, put),
            #[cfg(feature = "encodings")]
            Codec::Legacy(legacy) => return legacy.write(text, put),
        }
        Ok(())
    }

    fn read(&self, bytes: &[u8], put: &mut dyn FnMut(char)) -> Result<(), usize> {
        match self.codec {
            Codec::Utf8 => unicode::read_utf8(bytes, put),
            Codec::Utf8Signed => unicode::read_utf8_signed(bytes, put),
            Codec::Utf16(order) => unicode::read_utf16(order, bytes, put),
            Codec::Utf32(order) => unicode::read_utf32(order, bytes, put),
            Codec::Latin1 => single_byte::read(0xff, bytes, put),
            Codec::Ascii => single_byte::read(0x7f, bytes, put),
            #[cfg(feature = "encodings")]
            Codec::Legacy(legacy) => legacy.read(bytes, put),
        }
    }
}

impl Default for Charset {
    fn default() -> Self {
        Self::UTF_8
    }
}

impl FromStr for Charset {
    type Err = CharsetError;

    /// Finds a charset by its name or one of its aliases in Python or Java.
    ///
    /// Case does not matter, nor do `-`, `_`, `.`, `:` and spaces.
    ///
    /// # Errors
    ///
    /// [`Unknown`](CharsetErrorKind::Unknown) if there is no such charset, and
    /// [`NeedsFeature`](CharsetErrorKind::NeedsFeature) without the feature `encodings`.
    fn from_str(name: &str) -> Result<Self, CharsetError> {
        match labels::find(name) {
            Some(&Label { name, codec: Some(codec), .. }) => Ok(Self::new(name, codec)),
            Some(label) => Err(CharsetError::needs_feature(label.name)),
            None => Err(CharsetError::unknown(name, labels::nearest(name))),
        }
    }
}

impl TryFrom<&str> for Charset {
    type Error = CharsetError;

    fn try_from(name: &str) -> Result<Self, CharsetError> {
        name.parse()
    }
}

impl fmt::Display for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
