//! The offset of a template's definition in, what is needed of it out; each is read once in a chunk.
//!
//! The first record of a chunk carries its definition and all names in it, so in nearly every chunk of a log the same bytes
//! stand at the same place: what they say need not be read again. A definition of which a name stands elsewhere is.

use std::ops::Range;

/// More are left to the twin. A chunk of real logs has some twenty; one of a collector, one for each host in it.
const MAX_TEMPLATES: usize = 256;

/// See the module's text.
#[derive(Debug)]
pub(super) struct Templates<T> {
    /// Those of the chunk at hand by the offset of their definition; `None` for those whose instances the twin reads.
    met: Vec<(u32, Option<T>)>,
    known: Option<Known<T>>,
}

/// A definition that was read from bytes in one place alone.
#[derive(Debug)]
struct Known<T> {
    offset: u32,
    place: Range<usize>,
    bytes: Vec<u8>,
    template: T,
}

impl<T> Default for Templates<T> {
    fn default() -> Self {
        Self {
            met: Vec::new(),
            known: None,
        }
    }
}

impl<T: Clone> Templates<T> {
    /// Begins another chunk.
    pub(super) fn begin_chunk(&mut self) {
        self.met.clear();
    }

    /// The template whose definition is at `offset` of `chunk`. `parse` reads it, and tells where all bytes stand that it
    /// read, if they are in one place.
    pub(super) fn get(
        &mut self,
        chunk: &[u8],
        offset: u32,
        parse: impl FnOnce(&[u8], u32) -> Option<(T, Option<Range<usize>>)>,
    ) -> Option<&T> {
        let met = self.met.iter().position(|(met, _)| *met == offset);
        let at = match met {
            Some(at) => at,
            None if self.met.len() == MAX_TEMPLATES => return None,
            None => {
                let template = self.read(chunk, offset, parse);
                self.met.push((offset, template));
                self.met.len() - 1
            }
        };
        self.met.get(at)?.1.as_ref()
    }

    fn read(
        &mut self,
        chunk: &[u8],
        offset: u32,
        parse: impl FnOnce(&[u8], u32) -> Option<(T, Option<Range<usize>>)>,
    ) -> Option<T> {
        if let Some(known) = &self.known
            && known.offset == offset
            && chunk.get(known.place.clone()) == Some(&known.bytes)
        {
            return Some(known.template.clone());
        }
        let (template, place) = parse(chunk, offset)?;
        if let Some(place) = place {
            self.known = Some(Known {
                offset,
                bytes: chunk.get(place.clone())?.to_vec(),
                place,
                template: template.clone(),
            });
        }
        Some(template)
    }
}
