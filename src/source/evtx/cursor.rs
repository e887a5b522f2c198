//! A place in a chunk, from which numbers and bytes are read one after the other; `None` where there are none.

/// A fragment's header: major version 1, minor version 1, no flags.
const FRAGMENT: &[u8; 4] = &[0x0F, 1, 1, 0];
/// The token at the end of a stream.
pub(super) const END: u8 = 0x00;

/// A place in a chunk, and how far one may read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Cursor<'c> {
    /// The chunk up to where the reading ends.
    pub(super) bytes: &'c [u8],
    pub(super) at: usize,
}

impl<'c> Cursor<'c> {
    /// The bytes `start..end` of `chunk`.
    pub(super) fn new(chunk: &'c [u8], start: usize, end: usize) -> Option<Self> {
        let bytes = chunk.get(..end)?;
        (start <= end).then_some(Self { bytes, at: start })
    }

    pub(super) fn take(&mut self, len: usize) -> Option<&'c [u8]> {
        let taken = self.bytes.get(self.at..)?.get(..len)?;
        self.at += len;
        Some(taken)
    }

    pub(super) fn array<const N: usize>(&mut self) -> Option<&'c [u8; N]> {
        let taken = self.bytes.get(self.at..)?.first_chunk()?;
        self.at += N;
        Some(taken)
    }

    pub(super) fn u8(&mut self) -> Option<u8> {
        self.array().map(|&[byte]| byte)
    }

    pub(super) fn u16(&mut self) -> Option<u16> {
        self.array().map(|bytes| u16::from_le_bytes(*bytes))
    }

    pub(super) fn u32(&mut self) -> Option<u32> {
        self.array().map(|bytes| u32::from_le_bytes(*bytes))
    }

    pub(super) fn rest(&self) -> &'c [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Goes past a fragment's header, if it is one.
    pub(super) fn skip_fragment_header(&mut self) {
        if self.rest().starts_with(FRAGMENT) {
            self.at += FRAGMENT.len();
        }
    }
}
