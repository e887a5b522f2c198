//! A file's bytes in, its text out, and the way back.
//!
//! Sysmon guesses 8 or 16 bits from the first two bytes, then leaves the rest to libxml2. It reads UTF-8 and UTF-16LE
//! with or without a byte order mark, and 8-bit encodings that the XML declaration names. UTF-16BE fails, since Sysmon
//! puts an 8-bit DTD in front of it.

use encoding_rs::{Encoding as Codec, UTF_8, UTF_16BE, UTF_16LE};

use super::position::place_in;
use super::reject::{LoadError, Place};

/// How a config's characters are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// One to four bytes a character; what a config without a mark and a declaration is in.
    Utf8,
    /// Two or four bytes a character, little end first.
    Utf16Le,
    /// ASCII alone, as declared.
    Ascii,
    /// ISO-8859-1: each byte is the character of that number.
    Latin1,
    /// Another 8-bit encoding that the declaration names.
    Named(&'static Codec),
}

/// A config's text, and how its file stores it.
#[derive(Debug, Clone)]
pub struct Text {
    text: String,
    encoding: Encoding,
    bom: bool,
}

/// Only this many bytes are searched for the first `<` (GetFileContentWithDtd8's buffer).
const FIRST_READ: usize = 2048;

impl Text {
    /// Decodes a config as Sysmon does.
    ///
    /// # Errors
    ///
    /// What Sysmon cannot read: another encoding than it knows, or bytes that are none of it.
    pub fn decode(bytes: &[u8]) -> Result<Self, LoadError> {
        let start = Place { line: 1, column: 1 };
        let first_read = bytes.get(..FIRST_READ).unwrap_or(bytes);
        if bytes.len() < 2 || !first_read.contains(&b'<') {
            return Err(LoadError::rejected(
                start,
                if bytes.len() < 2 {
                    "the file is empty"
                } else {
                    "no element begins in the file's first 2,048 bytes"
                },
                "start with <Sysmon schemaversion=\"4.50\">",
            ));
        }
        match bytes {
            [0xFF, 0xFE, rest @ ..] => return Self::decode_utf16(rest, true),
            [0xFE, 0xFF, ..] | [0, ..] => {
                return Err(LoadError::rejected(
                    start,
                    format!("the file is in {}, which Sysmon cannot read", UTF_16BE.name()),
                    "save it as UTF-8",
                ));
            }
            [first, 0, ..] if is_markup_start(*first) => return Self::decode_utf16(bytes, false),
            _ => {}
        }
        let (bom, rest) = match bytes.strip_prefix(b"\xEF\xBB\xBF") {
            Some(rest) => (true, rest),
            None => (false, bytes),
        };
        Self::decode_8_bit(rest, bom)
    }

    fn decode_utf16(bytes: &[u8], bom: bool) -> Result<Self, LoadError> {
        match UTF_16LE.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => Ok(Self {
                text: text.into_owned(),
                encoding: Encoding::Utf16Le,
                bom,
            }),
            None => {
                let (text, _) = UTF_16LE.decode_without_bom_handling(bytes);
                let at = text.find('\u{FFFD}').unwrap_or_default();
                Err(LoadError::rejected(
                    place_in(&text, at),
                    "the bytes here are no UTF-16",
                    "save the file as UTF-8",
                ))
            }
        }
    }

    fn decode_8_bit(bytes: &[u8], bom: bool) -> Result<Self, LoadError> {
        let start = Place { line: 1, column: 1 };
        let encoding = match declared_encoding(bytes) {
            _ if bom => Encoding::Utf8,
            None => Encoding::Utf8,
            Some(label) => match named(&label) {
                Some(encoding) => encoding,
                None => {
                    return Err(LoadError::rejected(
                        start,
                        format!("the declaration says encoding=\"{label}\", but the file is not that"),
                        "say encoding=\"utf-8\", and save the file so",
                    ));
                }
            },
        };
        let decoded = match encoding {
            Encoding::Utf8 | Encoding::Ascii => {
                let valid = match std::str::from_utf8(bytes) {
                    Ok(text) if encoding == Encoding::Ascii => text.find(|c: char| !c.is_ascii()).map_or(Ok(text), Err),
                    Ok(text) => Ok(text),
                    Err(error) => Err(error.valid_up_to()),
                };
                valid.map(str::to_owned)
            }
            Encoding::Latin1 => Ok(encoding_rs::mem::decode_latin1(bytes).into_owned()),
            Encoding::Named(codec) => match codec.decode_without_bom_handling_and_without_replacement(bytes) {
                Some(text) => Ok(text.into_owned()),
                None => Err(0),
            },
            Encoding::Utf16Le => Err(0),
        };
        match decoded {
            Ok(text) => Ok(Self { text, encoding, bom }),
            Err(at) => {
                let before = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default());
                Err(LoadError::rejected(
                    place_in(&before, before.len()),
                    "the bytes here are not of the encoding that the file is read in",
                    "save the file as UTF-8, or name its encoding in the XML declaration",
                ))
            }
        }
    }

    /// The characters, without a byte order mark.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// How the file stores them.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        self.encoding
    }

    /// Whether the file begins with a byte order mark.
    #[must_use]
    pub fn has_bom(&self) -> bool {
        self.bom
    }

    /// `text` as the bytes that this file would store it as, without a byte order mark. What the encoding cannot say
    /// becomes a character reference, so this holds for XML content alone.
    #[must_use]
    pub fn encode(&self, text: &str) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Ascii => encode_up_to(text, 0x7F),
            Encoding::Latin1 => encode_up_to(text, 0xFF),
            Encoding::Named(codec) => codec.encode(text).0.into_owned(),
        }
    }

    /// The whole file again, with `text` in place of its own.
    #[must_use]
    pub fn encode_file(&self, text: &str) -> Vec<u8> {
        let mut bytes = match (self.bom, self.encoding) {
            (false, _) => Vec::new(),
            (true, Encoding::Utf16Le) => vec![0xFF, 0xFE],
            (true, _) => vec![0xEF, 0xBB, 0xBF],
        };
        bytes.append(&mut self.encode(text));
        bytes
    }
}

/// One byte a character up to `last`, references beyond.
fn encode_up_to(text: &str, last: u8) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(text.len());
    for c in text.chars() {
        match u8::try_from(u32::from(c)) {
            Ok(byte) if byte <= last => bytes.push(byte),
            _ => bytes.extend(format!("&#{};", u32::from(c)).bytes()),
        }
    }
    bytes
}

fn is_markup_start(byte: u8) -> bool {
    byte == b'<' || byte.is_ascii_whitespace()
}

/// The `encoding` of the XML declaration, if there is one.
fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let head = bytes.get(..FIRST_READ).unwrap_or(bytes);
    let inside = head.strip_prefix(b"<?xml")?;
    let end = memchr::memmem::find(inside, b"?>")?;
    let declaration = quick_xml::events::BytesDecl::from_start(quick_xml::events::BytesStart::from_content(
        format!("xml{}", String::from_utf8_lossy(inside.get(..end)?)),
        3,
    ));
    let label = declaration.encoding()?.ok()?;
    Some(label.into_owned())
}

/// The 8-bit encoding of that name. libxml2 and encoding_rs know the same names for all that configs are saved in, but
/// differ in what ISO-8859-1 and ASCII are.
fn named(label: &str) -> Option<Encoding> {
    let is_one_of = |names: &[&str]| names.iter().any(|name| name.eq_ignore_ascii_case(label));
    if is_one_of(&["iso-8859-1", "iso-latin-1", "iso_8859-1", "latin1", "iso latin 1"]) {
        return Some(Encoding::Latin1);
    }
    if is_one_of(&["us-ascii", "ascii"]) {
        return Some(Encoding::Ascii);
    }
    match Codec::for_label(label.as_bytes())? {
        codec if codec == UTF_8 => Some(Encoding::Utf8),
        codec if codec == UTF_16LE || codec == UTF_16BE || codec == encoding_rs::REPLACEMENT => None,
        codec => Some(Encoding::Named(codec)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: &str = "<Sysmon schemaversion=\"4.50\"><!-- é 😀 --></Sysmon>";

    fn utf16(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn utf8_and_utf16le_are_read_with_and_without_a_mark() {
        let files = [
            (CONFIG.as_bytes().to_vec(), Encoding::Utf8, false),
            ([b"\xEF\xBB\xBF", CONFIG.as_bytes()].concat(), Encoding::Utf8, true),
            (utf16(CONFIG), Encoding::Utf16Le, false),
            ([b"\xFF\xFE".to_vec(), utf16(CONFIG)].concat(), Encoding::Utf16Le, true),
        ];
        for (bytes, encoding, bom) in files {
            let text = Text::decode(&bytes).unwrap();
            assert_eq!(
                (text.as_str(), text.encoding(), text.has_bom()),
                (CONFIG, encoding, bom)
            );
            assert_eq!(text.encode_file(text.as_str()), bytes);
        }
    }

    #[test]
    fn the_declaration_names_an_8_bit_encoding() {
        let declared = |label: &str, byte: u8| {
            let mut bytes = format!("<?xml version='1.0' encoding='{label}'?><a>").into_bytes();
            bytes.push(byte);
            Text::decode(&bytes)
        };
        for (label, byte, c) in [
            ("ISO-8859-1", 0x80, '\u{80}'),
            ("windows-1252", 0x80, '€'),
            ("koi8-r", 0xC1, 'а'),
        ] {
            let text = declared(label, byte).unwrap();
            assert!(text.as_str().ends_with(c), "{label}");
            assert_eq!(text.encode(&c.to_string()), [byte], "{label}");
        }
        for (label, byte) in [
            ("us-ascii", 0xE9),
            ("utf-8", 0xE9),
            ("utf-16", b'a'),
            ("nonsense", b'a'),
        ] {
            assert!(declared(label, byte).is_err(), "{label}");
        }
        assert_eq!(declared("latin1", 0xE9).unwrap().encode("é€"), b"\xE9&#8364;");
    }

    #[test]
    fn what_sysmon_cannot_read_is_refused_with_its_place() {
        let big_end: Vec<u8> = CONFIG.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            &big_end[..],
            &[&b"\xFE\xFF"[..], &big_end].concat(),
            b"",
            b"a",
            &[b' '; 3000],
        ] {
            assert!(Text::decode(bytes).is_err());
        }
        let error = Text::decode(b"<a>\n<b>\xFF</b></a>").unwrap_err();
        assert_eq!(error.place, Place { line: 2, column: 4 });
        let odd = Text::decode(&[&utf16("<a>"), &b"x"[..]].concat()).unwrap_err();
        assert!(odd.reason.contains("UTF-16"), "{odd}");
    }
}
