//! Many patterns in, those that a text fits out, without trying all of them.
//!
//! Every pattern has some fixed text, or one of several. One automaton looks for all of these at once; only patterns of
//! which a text is there are tried.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use smallvec::SmallVec;

use super::pattern::{Pattern, Subject};

/// Patterns by their fixed text.
#[derive(Debug, Clone, Default)]
pub(super) struct Index {
    patterns: Vec<Pattern>,
    /// Finds the patterns' anchors; none while there are no patterns.
    anchors: Option<AhoCorasick>,
    /// The place in `patterns` of each anchor.
    owners: Vec<usize>,
}

impl Index {
    /// Builds an index in which a match gives a pattern's place in `patterns`.
    ///
    /// # Errors
    /// The patterns are too many or too long for one automaton.
    pub(super) fn new(patterns: Vec<Pattern>) -> Result<Self, String> {
        let of_pattern = |(at, pattern): (usize, &Pattern)| pattern.anchors().into_iter().map(move |text| (at, text));
        let (owners, texts): (Vec<usize>, Vec<String>) = patterns.iter().enumerate().flat_map(of_pattern).unzip();
        let anchors = AhoCorasickBuilder::new()
            .ascii_case_insensitive(true)
            .build(texts)
            .map_err(|error| format!("too many patterns: {error}"))?;
        Ok(Self {
            anchors: (!patterns.is_empty()).then_some(anchors),
            owners,
            patterns,
        })
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
        let Some(anchors) = &self.anchors else { return found };
        for hit in anchors.find_overlapping_iter(text) {
            let Some(at) = self.owners.get(hit.pattern().as_usize()).copied() else {
                continue;
            };
            if tried.contains(&at) {
                continue;
            }
            tried.push(at);
            if self.patterns.get(at).is_some_and(|pattern| pattern.fits(subject)) {
                found.push(at);
            }
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
        Index::new(patterns.iter().map(|text| Pattern::parse(text).unwrap()).collect()).unwrap()
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
