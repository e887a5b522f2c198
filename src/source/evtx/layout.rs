//! The sizes and types of an instance's values in; where each of them is out, if there is only one answer.

/// Types of values: absent, UTF-16, unsigned integers, GUID, FILETIME, SID, and binary XML nested in a value.
pub(super) const NULL: u8 = 0x00;
pub(super) const STRING: u8 = 0x01;
pub(super) const UINT16: u8 = 0x06;
pub(super) const UINT32: u8 = 0x08;
pub(super) const UINT64: u8 = 0x0A;
pub(super) const GUID: u8 = 0x0F;
pub(super) const FILETIME: u8 = 0x11;
pub(super) const SID: u8 = 0x13;
pub(super) const BINARY_XML: u8 = 0x21;

/// Size, type and a byte of nothing, as they stand before the values.
pub(super) type Descriptor = [u8; 4];

/// A pipe event has 18 values, and 9 in its `EventData`.
const MAX_VALUES: usize = 24;

/// The layout of an instance's values up to the last one.
///
/// It is kept for the next instance: the values of an event's `System` have the sizes that those of the event before it
/// had. Only the last one, its data, has another; so that one is not part of it.
#[derive(Debug, Default)]
pub(super) struct Layout {
    descriptors: [Descriptor; MAX_VALUES],
    /// Where each value begins, counted from the first one; and where the last one ends.
    offsets: [u32; MAX_VALUES],
    len: usize,
    /// How many are binary XML with something in it.
    pub(super) nested: u32,
    /// The number of the SID among them.
    sid: Option<usize>,
}

impl Layout {
    /// Takes on the layout that `descriptors` describe, of values that begin at `start` of `bytes`: where they end. `None`
    /// where there is room for doubt, and where there are more than a pipe event has.
    pub(super) fn lay_out(&mut self, descriptors: &[Descriptor], bytes: &[u8], start: usize) -> Option<usize> {
        // As bytes, which are compared many at a time.
        if self.descriptors.get(..self.len)?.as_flattened() != descriptors.as_flattened() {
            self.learn(descriptors)?;
        }
        if let Some(sid) = self.sid {
            let (descriptor, offset) = self.get(sid)?;
            size(descriptor, bytes, start + offset)?;
        }
        Some(start + self.offsets.get(self.len).copied()? as usize)
    }

    fn learn(&mut self, descriptors: &[Descriptor]) -> Option<()> {
        // Nothing, until all is well.
        self.len = 0;
        self.nested = 0;
        self.sid = None;
        if descriptors.len() >= MAX_VALUES {
            return None;
        }
        let mut offset = 0;
        let room = self.descriptors.iter_mut().zip(self.offsets.get_mut(1..)?);
        for (nth, (&descriptor, (known, end))) in descriptors.iter().zip(room).enumerate() {
            let size = match descriptor[2] {
                // That it is as long as it says itself is looked at in each instance.
                SID if self.sid.replace(nth).is_some() => return None,
                SID => stated(descriptor),
                _ => size(descriptor, &[], 0)?,
            };
            self.nested += u32::from(descriptor[2] == BINARY_XML && size > 0);
            offset += u32::try_from(size).ok()?;
            (*known, *end) = (descriptor, offset);
        }
        self.len = descriptors.len();
        Some(())
    }

    /// Descriptor and offset of a value.
    pub(super) fn get(&self, nth: usize) -> Option<(Descriptor, usize)> {
        let descriptor = self.descriptors.get(..self.len)?.get(nth)?;
        Some((*descriptor, *self.offsets.get(nth)? as usize))
    }

    /// How many values there are.
    pub(super) fn len(&self) -> usize {
        self.len
    }
}

/// The size that a descriptor states.
pub(super) fn stated([low, high, ..]: Descriptor) -> usize {
    u16::from_le_bytes([low, high]).into()
}

/// The size of the value at `offset` of `bytes`. `None` where a reader that goes by the type and one that goes by the size
/// would not agree on where it ends, and for types that need more than that.
pub(super) fn size(descriptor: Descriptor, bytes: &[u8], offset: usize) -> Option<usize> {
    let size = stated(descriptor);
    let kind = descriptor[2];
    let Sizes { bits, are } = SIZES[usize::from(kind)];
    // A SID says itself how many parts it has.
    let certain = size & bits == are
        && (kind != SID
            || bytes
                .get(offset + 1)
                .is_some_and(|parts| size == 8 + 4 * usize::from(*parts)));
    certain.then_some(size)
}

/// The sizes in bytes that a type's values can have: these bits of a size are these.
#[derive(Debug, Clone, Copy)]
struct Sizes {
    bits: usize,
    are: usize,
}

const SIZES: [Sizes; 256] = {
    const ANY: Sizes = Sizes { bits: 0, are: 0 };
    const EVEN: Sizes = Sizes { bits: 1, are: 0 };
    const NONE: Sizes = Sizes { bits: 0, are: 1 };
    const fn exactly(size: usize) -> Sizes {
        Sizes {
            bits: usize::MAX,
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
    sizes[FILETIME as usize] = exactly(8);
    sizes[0x12] = exactly(16);
    sizes[SID as usize] = ANY;
    (sizes[0x14], sizes[0x15]) = (exactly(4), exactly(8));
    sizes[BINARY_XML as usize] = ANY;
    sizes
};

#[cfg(test)]
mod tests {
    use super::*;

    const fn of(kind: u8, size: u8) -> Descriptor {
        [size, 0, kind, 0]
    }

    #[test]
    fn values_lie_one_after_the_other() {
        let mut layout = Layout::default();
        for _ in 0..2 {
            let end = layout.lay_out(
                &[of(STRING, 6), of(NULL, 2), of(UINT64, 8), of(BINARY_XML, 5)],
                &[],
                100,
            );
            assert_eq!((end, layout.nested, layout.len()), (Some(121), 1, 4));
            assert_eq!(layout.get(2), Some((of(UINT64, 8), 8)));
            assert_eq!(layout.get(4), None);
        }
        assert_eq!(layout.lay_out(&[], &[], 7), Some(7));
        assert_eq!(layout.get(0), None);
    }

    #[test]
    fn a_size_that_the_type_cannot_have_is_in_doubt_each_time() {
        let mut layout = Layout::default();
        for wrong in [of(STRING, 5), of(UINT64, 4), of(0x81, 8), of(0xFF, 0)] {
            for _ in 0..2 {
                assert_eq!(layout.lay_out(&[of(UINT32, 4), wrong], &[], 0), None, "{wrong:?}");
                assert_eq!(layout.lay_out(&[wrong], &[], 0), None, "{wrong:?}");
            }
            assert_eq!(layout.lay_out(&[of(UINT32, 4)], &[], 0), Some(4));
        }
    }

    #[test]
    fn too_many_values_are_in_doubt_and_few_behind_them_are_not() {
        let mut layout = Layout::default();
        for many in [MAX_VALUES, MAX_VALUES + 1, 2 * MAX_VALUES] {
            assert_eq!(layout.lay_out(&vec![of(NULL, 0); many], &[], 0), None, "{many}");
            assert_eq!(layout.lay_out(&[of(UINT32, 4)], &[], 0), Some(4), "{many}");
        }
    }

    #[test]
    fn a_sid_is_looked_at_each_time() {
        let mut layout = Layout::default();
        let descriptors = [of(UINT32, 4), of(SID, 12)];
        let bytes = |parts| [0, 0, 0, 0, 1, parts, 0, 0, 0, 0, 0, 5, 18, 0, 0, 0];
        for (parts, end) in [(1, Some(16)), (2, None), (1, Some(16)), (0, None)] {
            assert_eq!(layout.lay_out(&descriptors, &bytes(parts), 0), end, "{parts}");
        }
    }
}
