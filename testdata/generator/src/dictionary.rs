//! What a chunk has defined so far: names and templates in, the places of their definitions out.
//!
//! Both are found by hash in the chunk's header: 64 buckets of names and 32 of templates, each a list from the newest
//! definition to the oldest.

use indexmap::IndexMap;

use crate::value;

/// What identifies a template within a chunk.
pub(crate) type Shape = [u8; 16];

#[derive(Debug, Clone)]
pub(crate) struct Dictionary {
    names: IndexMap<String, u32>,
    templates: IndexMap<Shape, u32>,
    name_table: [u32; 64],
    template_table: [u32; 32],
}

/// A state of a dictionary to go back to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    names: usize,
    templates: usize,
    name_table: [u32; 64],
    template_table: [u32; 32],
}

impl Dictionary {
    pub(crate) fn new() -> Self {
        Self {
            names: IndexMap::new(),
            templates: IndexMap::new(),
            name_table: [0; 64],
            template_table: [0; 32],
        }
    }

    pub(crate) fn mark(&self) -> Mark {
        Mark {
            names: self.names.len(),
            templates: self.templates.len(),
            name_table: self.name_table,
            template_table: self.template_table,
        }
    }

    pub(crate) fn rewind(&mut self, mark: Mark) {
        self.names.truncate(mark.names);
        self.templates.truncate(mark.templates);
        self.name_table = mark.name_table;
        self.template_table = mark.template_table;
    }

    /// Where the chunk defines `name`.
    pub(crate) fn name(&self, name: &str) -> Option<u32> {
        self.names.get(name).copied()
    }

    /// Notes that `name` is defined at `place`; returns the definition: the previous name of the bucket, hash, length,
    /// units, NUL.
    pub(crate) fn define_name(&mut self, name: &str, place: u32) -> Vec<u8> {
        let units: Vec<u16> = name.encode_utf16().collect();
        let hash = hash(&units) & 0xFFFF;
        let slot = &mut self.name_table[hash as usize % 64];
        let mut out = slot.to_le_bytes().to_vec();
        *slot = place;
        out.extend((hash as u16).to_le_bytes());
        out.extend(u16::try_from(units.len()).unwrap_or(u16::MAX).to_le_bytes());
        value::units(&units, &mut out);
        out.extend([0, 0]);
        self.names.insert(name.to_owned(), place);
        out
    }

    /// Where the chunk defines the template.
    pub(crate) fn template(&self, shape: &Shape) -> Option<u32> {
        self.templates.get(shape).copied()
    }

    /// Notes that the template is defined at `place`; returns the previous one of the bucket.
    pub(crate) fn define_template(&mut self, shape: Shape, guid: &[u8; 16], place: u32) -> u32 {
        let units: Vec<u16> = guid
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]]))
            .collect();
        // As in logs of version 3.1. Version 3.2 places templates by another hash.
        let slot = &mut self.template_table[hash(&units) as usize % 32];
        let previous = std::mem::replace(slot, place);
        self.templates.insert(shape, place);
        previous
    }

    /// The two tables as they stand in a chunk's header.
    pub(crate) fn tables(&self) -> impl Iterator<Item = u8> {
        self.name_table
            .iter()
            .chain(&self.template_table)
            .flat_map(|place| place.to_le_bytes())
    }
}

/// The hash of names: h = h * 65599 + unit.
fn hash(units: &[u16]) -> u32 {
    units.iter().fold(0u32, |hash, unit| {
        hash.wrapping_mul(65_599).wrapping_add(u32::from(*unit))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hash_as_in_real_logs() {
        // Read off logs that Windows wrote.
        for (name, expected) in [
            ("Event", 0x0CBA),
            ("System", 0x546F),
            ("xmlns", 0x0FBC),
            ("EventData", 0x8244),
        ] {
            let units: Vec<u16> = name.encode_utf16().collect();
            assert_eq!(hash(&units) & 0xFFFF, expected, "{name}");
        }
    }

    #[test]
    fn a_rewound_dictionary_has_forgotten() {
        let mut dictionary = Dictionary::new();
        dictionary.define_name("Event", 600);
        let mark = dictionary.mark();
        let before: Vec<u8> = dictionary.tables().collect();
        dictionary.define_name("System", 700);
        dictionary.define_template([1; 16], &[1; 16], 800);
        dictionary.rewind(mark);
        assert_eq!(dictionary.name("System"), None);
        assert_eq!(dictionary.template(&[1; 16]), None);
        assert_eq!(dictionary.name("Event"), Some(600));
        assert_eq!(dictionary.tables().collect::<Vec<_>>(), before);
    }
}
