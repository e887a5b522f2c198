//! Bytes of binary XML in, tokens and values out, borrowed from the chunk.
//!
//! Only the shapes of which Windows makes its records are read; everything else is `None`, and the record goes to the
//! slow twin. The token stream is checked as it is read: attributes stand in start tags, elements close in order.
//! Layout: [MS-EVEN6] 2.2.12, and libevtx's description of how a chunk stores names and template definitions.

use std::ops::Range;

use super::chunk::u32_at;

/// A fragment's header: major version 1, minor version 1, no flags.
const FRAGMENT: &[u8; 4] = &[0x0F, 1, 1, 0];
/// The token that a template instance begins with.
const INSTANCE: u8 = 0x0C;
/// The token at the end of a stream.
const END: u8 = 0x00;
/// "This element depends on no value."
const NO_DEPENDENCY: u16 = 0xFFFF;
/// Elements nest three deep in the templates that are wanted.
const MAX_DEPTH: usize = 8;

/// Types of values: absent, UTF-16, unsigned integers, GUID, SID, and binary XML nested in a value.
pub(super) const NULL: u8 = 0x00;
pub(super) const STRING: u8 = 0x01;
pub(super) const UINT16: u8 = 0x06;
pub(super) const UINT32: u8 = 0x08;
pub(super) const UINT64: u8 = 0x0A;
pub(super) const GUID: u8 = 0x0F;
const SID: u8 = 0x13;
pub(super) const BINARY_XML: u8 = 0x21;

/// A place in a chunk, and how far one may read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'c> {
    /// The chunk up to where the reading ends.
    bytes: &'c [u8],
    at: usize,
}

impl<'c> Cursor<'c> {
    /// The bytes `start..end` of `chunk`.
    pub(super) fn new(chunk: &'c [u8], start: usize, end: usize) -> Option<Self> {
        let bytes = chunk.get(..end)?;
        (start <= end).then_some(Self { bytes, at: start })
    }

    fn take(&mut self, len: usize) -> Option<&'c [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..len)?;
        self.at += len;
        Some(taken)
    }

    fn array<const N: usize>(&mut self) -> Option<&'c [u8; N]> {
        let taken = self.bytes.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(taken)
    }

    fn u8(&mut self) -> Option<u8> {
        self.array().map(|&[byte]| byte)
    }

    fn u16(&mut self) -> Option<u16> {
        self.array().map(|bytes| u16::from_le_bytes(*bytes))
    }

    fn u32(&mut self) -> Option<u32> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    fn rest(&self) -> &'c [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes past a fragment's header, if it is one.
    fn skip_fragment_header(&mut self) {
        if self.rest().starts_with(FRAGMENT) {
            self.at += FRAGMENT.len();
        }
    }
}

/// An instance of a template: where the definition is, and the values.
#[derive(Debug)]
pub(super) struct Instance<'c> {
    /// Where the template's definition is in the chunk.
    pub(super) definition: u32,
    /// Type and size of each value.
    descriptors: &'c [[u8; 4]],
    /// The values, and what follows them.
    values: Cursor<'c>,
}

impl<'c> Instance<'c> {
    /// Reads the head of the one instance which the stream at `cursor` should consist of.
    pub(super) fn parse(mut cursor: Cursor<'c>) -> Option<Self> {
        cursor.skip_fragment_header();
        let &[token, _version, _, _, _, _] = cursor.array()?;
        if token != INSTANCE {
            return None;
        }
        let definition = cursor.u32()?;
        // Its first use in a chunk carries the definition: the next one's offset, a GUID, a size, the tokens.
        if usize::try_from(definition).ok()? == cursor.at {
            let &[.., s1, s2, s3, s4] = cursor.array::<24>()?;
            cursor.take(usize::try_from(u32::from_le_bytes([s1, s2, s3, s4])).ok()?)?;
        }
        let count = usize::try_from(cursor.u32()?).ok()?;
        let (descriptors, _) = cursor.take(count.checked_mul(4)?)?.as_chunks();
        Some(Self {
            definition,
            descriptors,
            values: cursor,
        })
    }

    /// The value with number `slot`. `None` where the sizes before it leave room for doubt, or there is no such value.
    pub(super) fn value(&self, slot: u16) -> Option<Value<'c>> {
        let (last, before) = self.descriptors.get(..=usize::from(slot))?.split_last()?;
        let mut offset = self.values.at;
        for descriptor in before {
            offset += usize::from(size(*descriptor, self.values.bytes, offset)?);
        }
        let size = size(*last, self.values.bytes, offset)?;
        Some(Value {
            kind: last[2],
            bytes: self.values.bytes.get(offset..)?.get(..size.into())?,
            offset,
        })
    }

    /// All values, kept in `room`. `None` where their sizes leave room for doubt, where something follows them, and where
    /// there are more of them than a pipe event has.
    pub(super) fn values<'r>(&self, room: &'r mut Room) -> Option<Values<'c, 'r>> {
        let bytes = self.values.bytes;
        let extents = room.0.get_mut(..self.descriptors.len())?;
        let mut offset = self.values.at;
        let mut nested = 0;
        for (&descriptor, extent) in self.descriptors.iter().zip(&mut *extents) {
            let size = size(descriptor, bytes, offset)?;
            nested += u32::from(descriptor[2] == BINARY_XML && size > 0);
            *extent = Extent {
                offset: u32::try_from(offset).ok()?,
                descriptor,
            };
            offset += usize::from(size);
        }
        let nothing_follows = matches!(bytes.get(offset..)?, [] | [END, ..]);
        nothing_follows.then_some(Values { bytes, extents, nested })
    }
}

/// A value's size. `None` where a reader that goes by the type and one that goes by the size would not agree on where it
/// ends, and for types that need more than that.
#[inline]
fn size([low, high, kind, _]: [u8; 4], bytes: &[u8], offset: usize) -> Option<u16> {
    let size = u16::from_le_bytes([low, high]);
    let Sizes { bits, are } = SIZES[usize::from(kind)];
    // A SID says itself how many parts it has.
    let certain = size & bits == are
        && (kind != SID
            || bytes
                .get(offset + 1)
                .is_some_and(|&parts| size == 8 + 4 * u16::from(parts)));
    certain.then_some(size)
}

/// Room for the values of an instance: a pipe event has 18, and 9 in its `EventData`.
#[derive(Debug, Default)]
pub(super) struct Room([Extent; 24]);

/// An instance's values by number.
#[derive(Debug)]
pub(super) struct Values<'c, 'r> {
    bytes: &'c [u8],
    extents: &'r [Extent],
    /// How many are binary XML with something in it.
    pub(super) nested: u32,
}

impl<'c> Values<'c, '_> {
    /// The value with this number, [`NULL`] where there is none.
    pub(super) fn get(&self, slot: u16) -> Value<'c> {
        let Extent {
            offset,
            descriptor: [low, high, kind, _],
        } = self.extents.get(usize::from(slot)).copied().unwrap_or_default();
        let offset = offset as usize;
        let size = u16::from_le_bytes([low, high]);
        let bytes = self
            .bytes
            .get(offset..)
            .and_then(|rest| rest.get(..size.into()))
            .unwrap_or_default();
        Value { kind, bytes, offset }
    }
}

/// Where a value is in a chunk, and its size and type.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    offset: u32,
    descriptor: [u8; 4],
}

/// A value of an instance.
#[derive(Debug, Clone, Copy)]
pub(super) struct Value<'c> {
    /// Its type, such as [`STRING`].
    pub(super) kind: u8,
    pub(super) bytes: &'c [u8],
    /// Where its bytes are in the chunk.
    pub(super) offset: usize,
}

impl<'c> Value<'c> {
    /// Its bytes, if it is of this type and size.
    pub(super) fn fixed<const N: usize>(&self, kind: u8) -> Option<&'c [u8; N]> {
        if self.kind == kind { self.bytes.as_array() } else { None }
    }

    /// Whether it is absent, which empty binary XML is too.
    pub(super) fn is_absent(&self) -> bool {
        self.kind == NULL || (self.kind == BINARY_XML && self.bytes.is_empty())
    }

    /// Whether it is binary XML with something in it.
    pub(super) fn is_nested(&self) -> bool {
        self.kind == BINARY_XML && !self.bytes.is_empty()
    }
}

/// The sizes in bytes that a type's values can have: these bits of a size are these.
///
/// A reader that goes by the type and one that goes by the size agree on where such a value ends.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    bits: u16,
    are: u16,
}

const SIZES: [Sizes; 256] = {
    const ANY: Sizes = Sizes { bits: 0, are: 0 };
    const EVEN: Sizes = Sizes { bits: 1, are: 0 };
    const NONE: Sizes = Sizes { bits: 0, are: 1 };
    const fn exactly(size: u16) -> Sizes {
        Sizes {
            bits: u16::MAX,
            are: size,
        }
    }
    // Types that are not listed need more than this to be read, or do not occur.
    let mut sizes = [NONE; 256];
    sizes[NULL as usize] = ANY;
    sizes[STRING as usize] = EVEN;
    // Integers of 8, 16, 32, 64 bits, signed and unsigned; floats of 32 and 64.
    (sizes[0x03], sizes[0x04]) = (exactly(1), exactly(1));
    (sizes[0x05], sizes[UINT16 as usize]) = (exactly(2), exactly(2));
    (sizes[0x07], sizes[UINT32 as usize]) = (exactly(4), exactly(4));
    (sizes[0x09], sizes[UINT64 as usize]) = (exactly(8), exactly(8));
    (sizes[0x0B], sizes[0x0C]) = (exactly(4), exactly(8));
    // Boolean, bytes, GUID, FILETIME, SYSTEMTIME, SID, hexadecimal numbers.
    sizes[0x0D] = exactly(4);
    sizes[0x0E] = ANY;
    sizes[GUID as usize] = exactly(16);
    sizes[0x11] = exactly(8);
    sizes[0x12] = exactly(16);
    sizes[SID as usize] = EVEN;
    (sizes[0x14], sizes[0x15]) = (exactly(4), exactly(8));
    sizes[BINARY_XML as usize] = ANY;
    sizes
};

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
        cursor.skip_fragment_header();
        Self {
            chunk,
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
        let name = Name(name.take(2 * units)?);
        if offset == self.cursor.at {
            self.cursor.take(4 + 2 + 2 + 2 * units + 2)?;
        }
        Some(name)
    }
}
