//! An instance of a template in, its values out, borrowed from the chunk.
//!
//! An instance is the definition's place, the definition itself at its first use in a chunk, then an array: how many
//! values, size and type of each, the values. Layout: \[MS-EVEN6\] 2.2.12, and libevtx's description of how a chunk
//! stores template definitions.

use super::cursor::{Cursor, END};
use super::layout::{self, BINARY_XML, Descriptor, Layout, NULL};

/// The token that a template instance begins with.
const INSTANCE: u8 = 0x0C;

/// An instance of a template: where the definition is, and the values.
#[derive(Debug)]
pub(super) struct Instance<'c> {
    /// Where the template's definition is in the chunk.
    pub(super) definition: u32,
    /// Type and size of each value.
    descriptors: &'c [Descriptor],
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
            offset += layout::size(*descriptor, self.values.bytes, offset)?;
        }
        Some(Value::new(*last, self.values.bytes, offset))
    }

    /// All values, laid out in `layout`. `None` where their sizes leave room for doubt, where something follows them, and
    /// where there are more of them than a pipe event has.
    pub(super) fn values<'l>(&self, layout: &'l mut Layout) -> Option<Values<'c, 'l>> {
        let Cursor { bytes, at: start } = self.values;
        let (last, before) = self.descriptors.split_last()?;
        let offset = layout.lay_out(before, bytes, start)?;
        let end = offset + layout::size(*last, bytes, offset)?;
        let last = Value::new(*last, bytes, offset);
        let nothing_follows = matches!(bytes.get(end..)?, [] | [END, ..]);
        nothing_follows.then_some(Values {
            bytes,
            start,
            layout,
            last,
        })
    }
}

/// An instance's values by number.
#[derive(Debug)]
pub(super) struct Values<'c, 'l> {
    bytes: &'c [u8],
    start: usize,
    layout: &'l Layout,
    last: Value<'c>,
}

impl<'c> Values<'c, '_> {
    /// The value with this number, [`NULL`] where there is none.
    pub(super) fn get(&self, slot: u16) -> Value<'c> {
        let nth = usize::from(slot);
        match self.layout.get(nth) {
            Some((descriptor, offset)) => Value::new(descriptor, self.bytes, self.start + offset),
            None if nth == self.layout.len() => self.last,
            None => Value {
                kind: NULL,
                bytes: &[],
                offset: self.start,
            },
        }
    }

    /// How many are binary XML with something in it.
    pub(super) fn nested(&self) -> u32 {
        self.layout.nested + u32::from(self.last.is_nested())
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
    fn new(descriptor: Descriptor, bytes: &'c [u8], offset: usize) -> Self {
        let value = bytes
            .get(offset..)
            .and_then(|rest| rest.get(..layout::stated(descriptor)));
        Self {
            kind: descriptor[2],
            bytes: value.unwrap_or_default(),
            offset,
        }
    }

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
