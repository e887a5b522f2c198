//! A template's definition, or an event that is written out, in; its tokens out, borrowed from the chunk.
//!
//! Only the tokens of which Windows makes its events are read; everything else is `None`, and the record goes to the slow
//! twin. The stream is checked as it is read: attributes stand in start tags, elements close in order, one root. Layout:
//! \[MS-EVEN6\] 2.2.12, and libevtx's description of how a chunk stores names.

use std::ops::Range;

use super::chunk::u32_at;
use super::cursor::{Cursor, END};
use super::layout::STRING;

/// "This element depends on no value."
const NO_DEPENDENCY: u16 = 0xFFFF;
/// Elements nest four deep in real events.
const MAX_DEPTH: usize = 8;

/// A name as a chunk stores it: UTF-16.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Name<'c>(&'c [u8]);

impl<'c> Name<'c> {
    /// A name of these UTF-16 units.
    pub(super) fn new(units: &'c [u8]) -> Self {
        Self(units)
    }

    /// Whether it is this ASCII name.
    pub(super) fn is(self, ascii: &str) -> bool {
        self.0.len() == 2 * ascii.len()
            && self
                .0
                .as_chunks()
                .0
                .iter()
                .zip(ascii.bytes())
                .all(|(&[low, high], byte)| low == byte && high == 0)
    }

    /// Whether it is a name as Windows gives them. Others could look different to the twin.
    pub(super) fn is_plain(self) -> bool {
        let (units, _) = self.0.as_chunks();
        !units.is_empty()
            && units
                .iter()
                .all(|&[low, high]| high == 0 && (low.is_ascii_alphanumeric() || b"_.:-".contains(&low)))
    }
}

/// A token of a template's definition, or of an event that is written out.
#[derive(Debug, Clone, Copy)]
pub(super) enum Token<'c> {
    /// `<name`, and the value without which the element is left out.
    Open(Name<'c>, Option<u16>),
    /// `name=`, with its value to follow.
    Attribute(Name<'c>),
    /// `>`
    CloseStart,
    /// `/>`
    CloseEmpty,
    /// `</name>`
    Close,
    /// Text, UTF-16 with the offset of its first byte in the chunk.
    Text(usize, &'c [u8]),
    /// One of the characters that XML has names for, such as `&lt;`, as UTF-16.
    Char(&'static [u8; 2]),
    /// The value with this number.
    Slot(u16),
    /// The end, after the root element.
    End,
}

/// Reads tokens.
#[derive(Debug)]
pub(super) struct Tokens<'c> {
    chunk: &'c [u8],
    cursor: Cursor<'c>,
    /// Of a template's definition: its elements say what they depend on, and there are numbers of values.
    is_definition: bool,
    /// Elements that are open.
    depth: usize,
    /// Inside a start tag; after an attribute's name.
    in_start: bool,
    in_attribute: bool,
    /// The root element was closed.
    done: bool,
    /// Where the reading began.
    start: usize,
    /// All names are between there and the end.
    is_whole: bool,
}

impl<'c> Tokens<'c> {
    /// The tokens of the definition at `offset` of `chunk`.
    pub(super) fn of_definition(chunk: &'c [u8], offset: u32) -> Option<Self> {
        let start = usize::try_from(offset).ok()?.checked_add(24)?;
        let size = usize::try_from(u32_at(chunk, start.checked_sub(4)?)?).ok()?;
        Some(Self::new(
            chunk,
            Cursor::new(chunk, start, start.checked_add(size)?)?,
            true,
        ))
    }

    /// The tokens of an event that is written out, without a template, at `xml` of `chunk`.
    pub(super) fn of_event(chunk: &'c [u8], xml: Range<usize>) -> Option<Self> {
        Some(Self::new(chunk, Cursor::new(chunk, xml.start, xml.end)?, false))
    }

    fn new(chunk: &'c [u8], mut cursor: Cursor<'c>, is_definition: bool) -> Self {
        let start = cursor.at;
        cursor.skip_fragment_header();
        Self {
            chunk,
            start,
            is_whole: true,
            cursor,
            is_definition,
            depth: 0,
            in_start: false,
            in_attribute: false,
            done: false,
        }
    }

    /// The next token, `None` for anything that is not read here.
    pub(super) fn next(&mut self) -> Option<Token<'c>> {
        let ended = self.cursor.rest().is_empty();
        let token = if ended { END } else { self.cursor.u8()? };
        if self.done || token == END {
            return (self.done && token == END).then_some(Token::End);
        }
        let allowed = match token {
            0x01 | 0x41 => !self.in_start && self.depth < MAX_DEPTH,
            0x02 | 0x03 | 0x06 | 0x46 => self.in_start,
            0x04 => !self.in_start && self.depth > 0,
            _ => self.in_attribute || (!self.in_start && self.depth > 0),
        };
        if !allowed {
            return None;
        }
        Some(match token {
            0x01 | 0x41 => {
                let dependency = if self.is_definition {
                    self.cursor.u16()?
                } else {
                    NO_DEPENDENCY
                };
                let _size = self.cursor.u32()?;
                let name = self.name()?;
                if token == 0x41 {
                    let _attributes_size = self.cursor.u32()?;
                }
                self.depth += 1;
                self.in_start = true;
                Token::Open(name, (dependency != NO_DEPENDENCY).then_some(dependency))
            }
            0x02 => {
                (self.in_start, self.in_attribute) = (false, false);
                Token::CloseStart
            }
            0x03 => {
                (self.in_start, self.in_attribute) = (false, false);
                self.close();
                Token::CloseEmpty
            }
            0x04 => {
                self.close();
                Token::Close
            }
            0x05 | 0x45 => {
                if self.cursor.u8()? != STRING {
                    return None;
                }
                let units = self.cursor.u16()?;
                let offset = self.cursor.at;
                Token::Text(offset, self.cursor.take(2 * usize::from(units))?)
            }
            0x06 | 0x46 => {
                self.in_attribute = true;
                Token::Attribute(self.name()?)
            }
            0x09 | 0x49 => {
                let name = self.name()?;
                let named = [
                    ("amp", b"&\0"),
                    ("lt", b"<\0"),
                    ("gt", b">\0"),
                    ("quot", b"\"\0"),
                    ("apos", b"'\0"),
                ];
                Token::Char(named.into_iter().find(|(known, _)| name.is(known))?.1)
            }
            0x0D | 0x0E if self.is_definition => {
                let slot = self.cursor.u16()?;
                let kind = self.cursor.u8()?;
                // The instance says the type too, and that one counts; but this one must be a type.
                if !matches!(kind, 0..=0x15 | 0x20 | 0x21 | 0x23 | 0x81..=0x95) {
                    return None;
                }
                Token::Slot(slot)
            }
            _ => return None,
        })
    }

    /// Where in the chunk all bytes of a definition are that were read, its size among them, if they are in one place: names
    /// may stand elsewhere.
    pub(super) fn extent(&self) -> Option<Range<usize>> {
        let from = self.start.checked_sub(4)?;
        self.is_whole.then_some(from..self.cursor.bytes.len())
    }

    fn close(&mut self) {
        self.depth = self.depth.saturating_sub(1);
        self.done = self.depth == 0;
    }

    /// A name: where it is in the chunk. Its first use carries it: the next one's offset, a hash, the units, a zero.
    fn name(&mut self) -> Option<Name<'c>> {
        let offset = usize::try_from(self.cursor.u32()?).ok()?;
        let mut name = Cursor {
            bytes: self.chunk,
            at: offset.checked_add(6)?,
        };
        let units = usize::from(name.u16()?);
        let units_end = name.at + 2 * units;
        self.is_whole &= self.start <= offset && units_end <= self.cursor.bytes.len();
        let name = Name(name.take(2 * units)?);
        if offset == self.cursor.at {
            self.cursor.take(4 + 2 + 2 + 2 * units + 2)?;
        }
        Some(name)
    }
}
