//! A pipe name or an image in, what is known of it out, with where that is known from.
//!
//! What is known stands in data files beside this code (`data/*.tsv`), one entry a line, and every entry names its
//! source. A user's own file has the same format, and [`Knowledge::extend`] adds it. The format:
//!
//! ```text
//! list<TAB>pattern<TAB>what it is<TAB>source[<TAB>key=value ...]
//!
//! known-bad<TAB>\evil_<hex:4><TAB>our red team's tool<TAB>exercise of 2024
//! protected<TAB>D:\Services\<*><TAB>our services<TAB>only administrators can write there
//! ```
//!
//! [`List`] says what lists there are and which keys they take, [`Pattern`] what patterns are made of. Where several
//! entries of a list fit, the one with the most fixed text counts, and of equals the later one. Nothing here decides
//! anything: each look-up answers one question about a name, an image, or both.

mod entry;
mod family;
mod imitation;
mod index;
mod masquerade;
mod path;
mod pattern;
mod place;
mod fixed_texts;
mod whose;
mod witness;

use std::borrow::Cow;
use std::sync::LazyLock;

use indexmap::IndexMap;
use smallvec::SmallVec;

pub use entry::{Entry, List, Proof};
pub use family::{FamilyMatch, PidProof, Piece};
pub use fixed_texts::FixedTexts;
pub use pattern::{Outline, Pattern};
pub use whose::Whose;
pub use witness::{Witness, WitnessKind};

use crate::event::Kind;
use index::Index;
use pattern::Subject;

/// The embedded files.
const DATA: [&str; 16] = [
    include_str!("data/known-bad.tsv"),
    include_str!("data/attack-tools.tsv"),
    include_str!("data/dual-use.tsv"),
    include_str!("data/well-known.tsv"),
    include_str!("data/family.tsv"),
    include_str!("data/host.tsv"),
    include_str!("data/place.tsv"),
    include_str!("data/program.tsv"),
    include_str!("data/foreign-code.tsv"),
    include_str!("data/studied.tsv"),
    include_str!("data/sensitive.tsv"),
    include_str!("data/product.tsv"),
    include_str!("data/products.tsv"),
    include_str!("data/remote-control.tsv"),
    include_str!("data/role.tsv"),
    include_str!("data/payload.tsv"),
];

/// Something that is known of a name or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding<'a> {
    /// What it is: a few words without a verb.
    pub what: Cow<'a, str>,
    /// Where this is known from.
    pub source: &'a str,
}

impl Finding<'static> {
    fn fixed(what: &'static str, source: &'static str) -> Self {
        Self {
            what: Cow::Borrowed(what),
            source,
        }
    }
}

impl<'a> From<&'a Entry> for Finding<'a> {
    fn from(entry: &'a Entry) -> Self {
        Self {
            what: Cow::Borrowed(&entry.what),
            source: &entry.source,
        }
    }
}

/// A line of a knowledge file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {what}")]
pub struct LineError {
    /// The line's number, from 1.
    pub line: usize,
    /// What is wrong, and how to mend it.
    pub what: String,
}

type Map<K, V> = IndexMap<K, V, foldhash::fast::RandomState>;

/// All that is known: the embedded files, and what a user added.
#[derive(Debug, Clone, Default)]
pub struct Knowledge {
    entries: Vec<Entry>,
    /// For each list, its entries' places in `entries`, and their patterns.
    lists: Map<List, (Vec<usize>, Index)>,
    /// The places of each program, by its file name in lower case.
    programs: Map<Box<str>, Vec<Pattern>>,
    /// The places in `entries` of the pipes of Windows that have one name, by how it reads at a glance.
    skeletons: Map<String, usize>,
    /// See [`fixed_texts`](Self::fixed_texts).
    fixed_texts: Vec<FixedTexts>,
}

impl Knowledge {
    /// What comes with the program. Clone it to [`extend`](Self::extend) it.
    #[must_use]
    pub fn builtin() -> &'static Self {
        static BUILTIN: LazyLock<Knowledge> = LazyLock::new(|| {
            let mut knowledge = Knowledge::default();
            // Less knowledge would hide attackers, so a file that is damaged must not be passed over.
            #[expect(
                clippy::expect_used,
                reason = "the files are part of the program, and a test reads them"
            )]
            knowledge
                .extend(&DATA.concat())
                .expect("the embedded files are well formed");
            knowledge
        });
        &BUILTIN
    }

    /// Adds the entries of `text`, a file in the format [above](self). On an error nothing is added.
    ///
    /// # Errors
    /// The first line that cannot be used.
    pub fn extend(&mut self, text: &str) -> Result<(), LineError> {
        let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
        let mut entries = self.entries.clone();
        for (number, line) in (1..).zip(text.lines()) {
            entries.extend(Entry::parse(line).map_err(|what| LineError { line: number, what })?);
        }
        *self = Self::of(entries);
        Ok(())
    }

    fn of(entries: Vec<Entry>) -> Self {
        let mut lists = Map::default();
        let mut programs = Map::<Box<str>, Vec<Pattern>>::default();
        for list in List::ALL {
            let of_list = || entries.iter().enumerate().filter(|(_, entry)| entry.list == list);
            let index = Index::new(of_list().map(|(_, entry)| entry.pattern.clone()).collect());
            lists.insert(list, (of_list().map(|(at, _)| at).collect(), index));
        }
        for entry in entries.iter().filter(|entry| entry.list == List::Program) {
            if let Some(name) = entry.program_name() {
                programs.entry(name.into()).or_default().push(entry.pattern.clone());
            }
        }
        let pipes = entries.iter().enumerate();
        let skeletons = pipes
            .filter(|(_, entry)| entry.list == List::WellKnown && entry.pattern.is_exact())
            .map(|(at, entry)| (imitation::skeleton(entry.pattern.literal_prefix()), at))
            .collect();
        Self {
            fixed_texts: FixedTexts::all(&entries),
            entries,
            lists,
            programs,
            skeletons,
        }
    }

    /// Every entry, in the order of the files.
    pub fn list(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    /// What attackers' tool uses this name, whoever does so now. Below a folder, such as an app container's `\LOCAL`, a
    /// tool's name is the same.
    #[must_use]
    pub fn known_bad(&self, name: &str) -> Option<&Entry> {
        self.bad(name).find(|entry| !entry.is_by_image())
    }

    /// What makes this name bad when one of `images` uses it: that it is bad by itself, or else PowerShell's pipe of a
    /// program that is no host of PowerShell, any pipe of the script host of WMI event consumers.
    #[must_use]
    pub fn known_bad_of(&self, name: &str, images: &[impl AsRef<str>]) -> Option<&Entry> {
        let bad: SmallVec<[&Entry; 2]> = self.bad(name).collect();
        let is_of = |entry: &Entry, image: &str| {
            entry.image.as_ref().is_none_or(|only| only.matches(image))
                && entry.unless.as_ref().is_none_or(|group| !self.is_host(group, image))
        };
        let by_name = || bad.iter().find(|entry| !entry.is_by_image());
        let by_image = |image: &str| bad.iter().find(|entry| entry.is_by_image() && is_of(entry, image));
        let by_images = || images.iter().find_map(|image| by_image(image.as_ref()));
        by_name().or_else(by_images).copied()
    }

    /// The entries for bad names that a name fits, or what it is below each of its folders.
    fn bad(&self, name: &str) -> impl Iterator<Item = &Entry> {
        below(name).flat_map(|name| {
            let found = self.all(List::KnownBad, name).into_iter();
            found.filter(move |entry| !entry.but.iter().any(|other| other.matches(name)))
        })
    }

    /// All names that are bad by themselves, for rules that must not match them: see [`Pattern::examples`].
    pub fn known_bad_names(&self) -> impl Iterator<Item = &Entry> {
        self.of_list(List::KnownBad).filter(|entry| !entry.is_by_image())
    }

    /// What is fixed of the names that are bad by themselves, sorted.
    #[must_use]
    pub fn fixed_texts(&self) -> &[FixedTexts] {
        &self.fixed_texts
    }

    /// What pipe of Windows this is.
    #[must_use]
    pub fn well_known(&self, name: &str) -> Option<&Entry> {
        self.best(List::WellKnown, name)
    }

    /// Whether `image` is the program that creates the pipe of Windows called `name`: the very path on `C:`. On
    /// another drive, or in another folder, it is not.
    #[must_use]
    pub fn is_owner(&self, name: &str, image: &str) -> bool {
        self.well_known(name)
            .is_some_and(|pipe| pipe.owners.iter().any(|owner| owner.matches(image)))
    }

    /// Whether `image` creates any pipe of Windows: it is one of its services.
    #[must_use]
    pub fn owns_a_pipe(&self, image: &str) -> bool {
        self.of_list(List::WellKnown)
            .any(|pipe| pipe.owners.iter().any(|owner| owner.matches(image)))
    }

    /// Whether `image` is a program that is known here, in its place.
    #[must_use]
    pub fn is_known_program(&self, image: &str) -> bool {
        let name = image.rsplit('\\').next().unwrap_or_default().to_ascii_lowercase();
        let at_home = self
            .programs
            .get(name.as_str())
            .is_some_and(|places| places.iter().any(|p| p.matches(image)));
        at_home
            || self.owns_a_pipe(image)
            || self
                .of_list(List::ForeignCode)
                .any(|e| e.path.as_deref().is_some_and(|p| p.eq_ignore_ascii_case(image)))
            || self.all(List::Host, image).into_iter().next().is_some()
    }

    /// What program `image` is, if all of its names are known here.
    #[must_use]
    pub fn studied(&self, image: &str) -> Option<Finding<'_>> {
        self.best(List::Studied, image).map(Into::into)
    }

    /// What attackers do through the pipe of Windows called `name`, if `image` is none of the programs that have business
    /// with it. Of a pipe that is there only when somebody asked for it, the creation tells.
    #[must_use]
    pub fn sensitive(&self, kind: Kind, name: &str, image: &str) -> Option<Finding<'_>> {
        let is_of = |entry: &&Entry| {
            entry.event == kind && entry.unless.as_ref().is_none_or(|group| !self.is_host(group, image))
        };
        self.all(List::Sensitive, name).into_iter().find(is_of).map(Into::into)
    }

    /// What other people's code `image` runs, wherever it lies.
    #[must_use]
    pub fn runs_foreign_code(&self, image: &str) -> Option<Finding<'_>> {
        self.best(List::ForeignCode, image).map(Into::into)
    }

    /// What tool that administrators and intruders use alike, such as remote control, makes pipes of this name, below
    /// whatever folder.
    #[must_use]
    pub fn dual_use(&self, name: &str) -> Option<Finding<'_>> {
        below(name)
            .find_map(|name| self.best(List::DualUse, name))
            .map(Into::into)
    }

    /// The entries of a list, in order.
    fn of_list(&self, list: List) -> impl Iterator<Item = &Entry> {
        self.entries.iter().filter(move |entry| entry.list == list)
    }

    fn all(&self, list: List, text: &str) -> Vec<&Entry> {
        self.fitting(list, text, &Subject::plain(text))
    }

    fn best(&self, list: List, text: &str) -> Option<&Entry> {
        let (entries, index) = self.lists.get(&list)?;
        self.entries.get(*entries.get(index.best(text)?)?)
    }

    fn fitting(&self, list: List, text: &str, subject: &Subject<'_>) -> Vec<&Entry> {
        let Some((entries, index)) = self.lists.get(&list) else {
            return Vec::new();
        };
        let found = index.fitting(text, subject);
        found
            .into_iter()
            .filter_map(|at| self.entries.get(*entries.get(at)?))
            .collect()
    }
}

/// The name, and what it is below each of its folders.
fn below(name: &str) -> impl Iterator<Item = &str> {
    let folders = name.match_indices('\\').map(|(at, _)| at).filter(|at| *at > 0);
    std::iter::once(0).chain(folders).filter_map(|at| name.get(at..))
}

#[cfg(test)]
mod tests;
