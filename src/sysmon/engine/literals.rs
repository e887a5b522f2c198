//! A field's value in, the atoms that hold for it out.
//!
//! An atom is one positive comparison with literal text: equal, begins with, ends with, contains, file name equal. Equality
//! is looked up in a hash table, and so are beginnings and ends, once for each length that they have. What may stand
//! anywhere is searched for all at once by one automaton. Very long texts, and all texts where there are few, are searched
//! one by one: a byte comparison with the same result.
//!
//! Comparing UTF-8 bytes equals comparing UTF-16 units: a rule's text is whole characters, and inside UTF-16 no whole
//! character can begin or end in the middle of another (a lone surrogate in a name is a character of its own here, see
//! [`crate::utf16`]).

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use foldhash::fast::RandomState;
use indexmap::IndexMap;
use memchr::memmem;
use smallvec::SmallVec;

use crate::normalize::image::file_name;

/// The number of an atom.
pub(super) type Atom = u32;
pub(super) type Atoms = SmallVec<[Atom; 16]>;
type Table<V> = IndexMap<Box<str>, V, RandomState>;

/// Which atoms hang on a text.
type Uses = SmallVec<[Atom; 1]>;

/// Where a text must be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    End,
    Anywhere,
}

/// Collects the atoms of one field.
#[derive(Debug, Default)]
pub(super) struct Builder {
    equal: Table<Uses>,
    file_name: Table<Uses>,
    starts: Table<Uses>,
    ends: Table<Uses>,
    anywhere: Table<Uses>,
}

impl Builder {
    pub(super) fn equal(&mut self, text: &str, atom: Atom) {
        push(&mut self.equal, text, atom);
    }

    pub(super) fn file_name(&mut self, text: &str, atom: Atom) {
        push(&mut self.file_name, text, atom);
    }

    pub(super) fn found(&mut self, text: &str, anchor: Anchor, atom: Atom) {
        let table = match anchor {
            Anchor::Start => &mut self.starts,
            Anchor::End => &mut self.ends,
            Anchor::Anywhere => &mut self.anywhere,
        };
        push(table, text, atom);
    }

    pub(super) fn build(self) -> Literals {
        Literals {
            equal: self.equal,
            file_name: self.file_name,
            starts: ByLength::new(self.starts),
            ends: ByLength::new(self.ends),
            search: Search::new(self.anywhere),
        }
    }
}

fn push(table: &mut Table<Uses>, text: &str, atom: Atom) {
    match table.get_mut(text) {
        Some(atoms) => atoms.push(atom),
        None => {
            table.insert(text.into(), SmallVec::from_buf([atom]));
        }
    }
}

/// What is looked up in one field.
#[derive(Debug, Default)]
pub(super) struct Literals {
    equal: Table<Uses>,
    file_name: Table<Uses>,
    starts: ByLength,
    ends: ByLength,
    search: Search,
}

impl Literals {
    pub(super) fn is_empty(&self) -> bool {
        self.equal.is_empty()
            && self.file_name.is_empty()
            && self.starts.lengths.is_empty()
            && self.ends.lengths.is_empty()
            && self.search.is_empty()
    }

    /// Appends the atoms that hold for `value`, in any order, some perhaps twice.
    pub(super) fn look_up(&self, value: &str, atoms: &mut Atoms) {
        if let Some(equal) = self.equal.get(value) {
            atoms.extend_from_slice(equal);
        }
        if !self.file_name.is_empty()
            && let Some(equal) = self.file_name.get(file_name(value))
        {
            atoms.extend_from_slice(equal);
        }
        self.starts.look_up(|length| value.get(..length), atoms);
        self.ends
            .look_up(|length| value.get(value.len().checked_sub(length)?..), atoms);
        self.search.look_up(value, atoms);
    }
}

/// Beginnings, or ends: for each of their lengths, that much of a value is looked up in a hash table. Rules have
/// thousands of beginnings, but few lengths.
#[derive(Debug, Default)]
struct ByLength {
    texts: Table<Uses>,
    /// Rising.
    lengths: Vec<usize>,
}

impl ByLength {
    fn new(texts: Table<Uses>) -> Self {
        let mut lengths: Vec<usize> = texts.keys().map(|text| text.len()).collect();
        lengths.sort_unstable();
        lengths.dedup();
        Self { texts, lengths }
    }

    /// `part` gives so much of the value; `None` where it is shorter, or would be cut inside a character.
    fn look_up<'v>(&self, part: impl Fn(usize) -> Option<&'v str>, atoms: &mut Atoms) {
        for length in &self.lengths {
            if let Some(uses) = part(*length).and_then(|part| self.texts.get(part)) {
                atoms.extend_from_slice(uses);
            }
        }
    }
}

/// Below this many texts an automaton is not worth its overhead.
const FEW: usize = 4;
/// An automaton takes at most this many: building one costs time by their square.
const MANY: usize = 4096;
/// A text longer than this is compared on its own: values are seldom so long, and its length alone then says no.
const LONG: usize = 512;
/// Automata take texts up to this sum; what comes after is compared one by one, so that memory stays bounded.
const MOST_BYTES: usize = 1 << 20;
/// Up to this sum an automaton may take the memory of a full table, which is faster.
const TABLE_BYTES: usize = 32 << 10;

#[derive(Debug, Default)]
struct Search {
    automata: Vec<(AhoCorasick, Vec<Uses>)>,
    alone: Vec<(Box<str>, Uses)>,
}

impl Search {
    fn new(found: Table<Uses>) -> Self {
        let mut sum = 0;
        let (mut together, alone): (Vec<_>, Vec<_>) = found.into_iter().partition(|(text, _)| {
            let fits = text.len() <= LONG && sum + text.len() <= MOST_BYTES;
            sum += if fits { text.len() } else { 0 };
            fits
        });
        let mut search = Self {
            automata: Vec::new(),
            alone,
        };
        let kind = (sum <= TABLE_BYTES).then_some(AhoCorasickKind::DFA);
        while !together.is_empty() {
            let rest = together.split_off(together.len().min(MANY));
            search.add(std::mem::replace(&mut together, rest), kind);
        }
        search
    }

    fn add(&mut self, texts: Vec<(Box<str>, Uses)>, kind: Option<AhoCorasickKind>) {
        let built = AhoCorasick::builder()
            .match_kind(MatchKind::Standard)
            .kind(kind)
            .build(texts.iter().map(|(text, _)| text.as_bytes()));
        match built {
            Ok(automaton) if texts.len() >= FEW => {
                self.automata
                    .push((automaton, texts.into_iter().map(|(_, uses)| uses).collect()));
            }
            // The automaton's own limits lie far above the ones set here; searching one by one says the same.
            _ => self.alone.extend(texts),
        }
    }

    fn is_empty(&self) -> bool {
        self.automata.is_empty() && self.alone.is_empty()
    }

    fn look_up(&self, value: &str, atoms: &mut Atoms) {
        for (automaton, uses) in &self.automata {
            for found in automaton.find_overlapping_iter(value) {
                atoms.extend(uses.get(found.pattern().as_usize()).into_iter().flatten().copied());
            }
        }
        for (text, uses) in &self.alone {
            if text.len() <= value.len() && memmem::find(value.as_bytes(), text.as_bytes()).is_some() {
                atoms.extend_from_slice(uses);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_and_few_texts_find_the_same() {
        let texts = [
            (r"\a", Anchor::Start),
            ("b", Anchor::Anywhere),
            ("c", Anchor::End),
            ("", Anchor::Anywhere),
        ];
        for filler in [0, 10, 5000] {
            let mut builder = Builder::default();
            for (atom, (text, anchor)) in (0..).zip(texts) {
                builder.found(text, anchor, atom);
            }
            for i in 0..filler {
                builder.found(&format!("filler{i}"), Anchor::Anywhere, 100 + i);
            }
            let literals = builder.build();
            for (value, expected) in [
                (r"\abc", &[0, 1, 2, 3][..]),
                (r"x\a", &[3]),
                ("cb", &[1, 3]),
                ("é", &[3]),
            ] {
                let mut atoms = Atoms::new();
                literals.look_up(value, &mut atoms);
                atoms.sort_unstable();
                atoms.dedup();
                assert_eq!(atoms.as_slice(), expected, "{value} with {filler}");
            }
        }
    }
}
