//! An instance of a template in, its values out, borrowed from the chunk.
//!
//! An instance is the definition's place, the definition itself at its first use in a chunk, then an array: how many
//! values, size and type of each, the values. Layout: \[MS-EVEN6\] 2.2.12, and libevtx's description of how a chunk
//! stores template definitions.

use super::cursor::{Cursor, END};

/// The token that a template instance begins with.
const INSTANCE: u8 = 0x0C;

/// Types of values: absent, UTF-16, unsigned integers, GUID, SID, and binary XML nested in a value.
pub(super) const NULL: u8 = 0x00;
pub(super) const STRING: u8 = 0x01;
pub(super) const UINT16: u8 = 0x06;
pub(super) const UINT32: u8 = 0x08;
pub(super) const UINT64: u8 = 0x0A;
pub(super) const GUID: u8 = 0x0F;
const SID: u8 = 0x13;
const BINARY_XML: u8 = 0x21;

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
        let mut offset = u32::try_from(self.values.at).ok()?;
        for descriptor in before {
            let (size, doubt) = size(
                Extent {
                    offset,
                    descriptor: u32::from_le_bytes(*descriptor),
                },
                self.values.bytes,
            );
            offset += (doubt == 0).then_some(size)?;
        }
        Some(
            Extent {
                offset,
                descriptor: u32::from_le_bytes(*last),
            }
            .of(self.values.bytes),
        )
    }

    /// All values, kept in `room`. `None` where their sizes leave room for doubt, where something follows them, and where
    /// there are more of them than a pipe event has.
    pub(super) fn values<'r>(&self, room: &'r mut Room) -> Option<Values<'c, 'r>> {
        let bytes = self.values.bytes;
        let extents = room.0.get_mut(..self.descriptors.len())?;
        let mut offset = u32::try_from(self.values.at).ok()?;
        let mut doubts = 0;
        let mut nested = 0;
        for (descriptor, extent) in self.descriptors.iter().zip(&mut *extents) {
            *extent = Extent {
                offset,
                descriptor: u32::from_le_bytes(*descriptor),
            };
            let (size, doubt) = size(*extent, bytes);
            doubts |= doubt;
            if extent.kind() == BINARY_XML && size > 0 {
                nested += 1;
            }
            offset += size;
        }
        let rest = bytes.get(usize::try_from(offset).ok()?..)?;
        (doubts == 0 && matches!(rest, [] | [END, ..])).then_some(Values { bytes, extents, nested })
    }
}

/// A value's size, and a number that is not 0 where a reader that goes by the type and one that goes by the size would not
/// agree on where it ends, and for types that need more than that.
#[inline]
fn size(extent: Extent, bytes: &[u8]) -> (u32, u32) {
    let size = extent.size();
    let Sizes { bits, are } = SIZES[usize::from(extent.kind())];
    let mut doubt = (size & u32::from(bits)) ^ u32::from(are);
    if extent.kind() == SID {
        // It says itself how many parts it has.
        let parts = bytes.get(extent.offset as usize + 1).copied().map_or(0, u32::from);
        doubt |= size ^ (8 + 4 * parts);
    }
    (size, doubt)
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
        self.extents
            .get(usize::from(slot))
            .copied()
            .unwrap_or_default()
            .of(self.bytes)
    }
}

/// Where a value is in a chunk, and its size and type.
#[derive(Debug, Clone, Copy, Default)]
struct Extent {
    offset: u32,
    /// 16 bits of size, 8 of type, 8 of nothing.
    descriptor: u32,
}

impl Extent {
    fn size(self) -> u32 {
        self.descriptor & 0xFFFF
    }

    fn kind(self) -> u8 {
        self.descriptor.to_le_bytes()[2]
    }

    fn of(self, bytes: &[u8]) -> Value<'_> {
        let offset = self.offset as usize;
        let bytes = bytes.get(offset..).and_then(|rest| rest.get(..self.size() as usize));
        Value {
            kind: self.kind(),
            bytes: bytes.unwrap_or_default(),
            offset,
        }
    }
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
