//! Many patterns in, those that a text fits out, without trying all of them.
//!
//! Every pattern has some fixed text, or one of several. One automaton looks for all of these at once; only patterns of
//! which a text is there are tried.

use std::sync::OnceLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, AhoCorasickKind};
use smallvec::SmallVec;

use super::pattern::{Pattern, Subject};

/// Patterns by their fixed text.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    patterns: Vec<Pattern>,
    /// Finds the patterns' anchors. It is built when it is first asked: most runs need few of the lists.
    anchors: OnceLock<Option<Anchors>>,
}

/// An automaton for texts, and the place in the patterns of each.
#[derive(Debug, Clone)]
struct Anchors {
    automaton: AhoCorasick,
    owners: Vec<usize>,
}

impl Index {
    /// Builds an index in which a match gives a pattern's place in `patterns`.
    pub(super) fn new(patterns: Vec<Pattern>) -> Self {
        Self {
            patterns,
            anchors: OnceLock::new(),
        }
    }

    /// `None` where the patterns are too many or too long for one automaton: all of them are tried then.
    fn anchors(&self) -> Option<&Anchors> {
        let build = || {
            let of_pattern =
                |(at, pattern): (usize, &Pattern)| pattern.anchors().into_iter().map(move |text| (at, text));
            let (owners, texts): (Vec<usize>, Vec<String>) =
                self.patterns.iter().enumerate().flat_map(of_pattern).unzip();
            let mut builder = AhoCorasickBuilder::new();
            // One of the faster kinds takes longer to build than all look-ups of most runs.
            let builder = builder
                .ascii_case_insensitive(true)
                .kind(Some(AhoCorasickKind::ContiguousNFA));
            let automaton = builder.build(texts).ok()?;
            Some(Anchors { automaton, owners })
        };
        self.anchors.get_or_init(build).as_ref()
    }

    /// The places of all patterns that `text` fits, best first: those with the most fixed text, of equals the later.
    pub(super) fn all(&self, text: &str) -> SmallVec<[usize; 4]> {
        self.fitting(text, &Subject::plain(text))
    }

    /// The place of the best pattern that `text` fits.
    pub(super) fn best(&self, text: &str) -> Option<usize> {
        self.all(text).first().copied()
    }

    /// As [`all`](Self::all), for a subject whose text is `text`.
    pub(super) fn fitting(&self, text: &str, subject: &Subject<'_>) -> SmallVec<[usize; 4]> {
        let mut tried = SmallVec::<[usize; 8]>::new();
        let mut found = SmallVec::<[usize; 4]>::new();
        let mut try_at = |at: usize| {
            if tried.contains(&at) {
                return;
            }
            tried.push(at);
            if self.patterns.get(at).is_some_and(|pattern| pattern.fits(subject)) {
                found.push(at);
            }
        };
        match self.anchors() {
            _ if self.patterns.is_empty() => {}
            Some(anchors) => {
                let hits = anchors.automaton.find_overlapping_iter(text);
                let owners = hits.filter_map(|hit| anchors.owners.get(hit.pattern().as_usize()).copied());
                owners.for_each(&mut try_at);
            }
            None => (0..self.patterns.len()).for_each(&mut try_at),
        }
        found.sort_unstable_by_key(|at| (self.patterns.get(*at).map_or(0, Pattern::weight), *at));
        found.reverse();
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn index(patterns: &[&str]) -> Index {
        Index::new(patterns.iter().map(|text| Pattern::parse(text).unwrap()).collect())
    }

    #[test]
    fn the_most_telling_pattern_comes_first_and_of_equals_the_later() {
        let index = index(&[r"\abc<*>", r"\abcdef", r"\abc<+>", r"\other", "<*>cde<*>"]);
        assert_eq!(index.all(r"\ABCDEF").as_slice(), [1, 2, 0, 4]);
        assert_eq!(index.all(r"\abc").as_slice(), [0]);
        assert!(index.all(r"\ab").is_empty());
    }

    #[test]
    fn no_patterns_match_nothing() {
        assert_eq!(index(&[]).best("x"), None);
    }

    #[test]
    fn equal_anchors_are_all_tried() {
        let index = index(&[r"C:\aa\svchost.exe", r"C:\bb\svchost.exe"]);
        assert_eq!(index.best(r"C:\bb\svchost.exe"), Some(1));
        assert_eq!(index.best(r"C:\aa\svchost.exe"), Some(0));
    }
}
