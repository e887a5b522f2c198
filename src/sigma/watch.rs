//! Many rules and an event in, the rules that fire on it out, without asking each of them.
//!
//! Most rules ask for a fixed text in the name. One automaton looks for all of these at once; a rule is asked only where one
//! of its texts is there.

use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use super::term::anchors;
use super::{PipeEventView, SigmaRule};
use crate::event::Kind;

/// Rules by the texts that they look for.
#[derive(Debug)]
pub struct Watch<'a> {
    rules: &'a [SigmaRule],
    texts: Option<AhoCorasick>,
    /// The rule of each text.
    owners: Vec<usize>,
    /// Rules without such a text.
    always: BTreeSet<usize>,
}

impl<'a> Watch<'a> {
    /// Prepares these rules.
    #[must_use]
    pub fn new(rules: &'a [SigmaRule]) -> Self {
        let (mut texts, mut owners, mut always) = (Vec::new(), Vec::new(), BTreeSet::new());
        for (place, rule) in rules.iter().enumerate() {
            match anchors(&rule.detection).filter(|anchors| anchors.iter().all(|text| text.is_ascii())) {
                Some(anchors) => {
                    owners.extend(anchors.iter().map(|_| place));
                    texts.extend(anchors);
                }
                None => {
                    always.insert(place);
                }
            }
        }
        // Without a text there is nothing to look for.
        let build = || AhoCorasick::builder().ascii_case_insensitive(true).build(&texts).ok();
        let automaton = (!texts.is_empty()).then(build).flatten();
        if automaton.is_none() {
            always.extend(0..rules.len());
        }
        Self {
            rules,
            texts: automaton,
            owners,
            always,
        }
    }

    /// The first rule that fires on such an event, whoever the user is, or may.
    #[must_use]
    pub fn first(&self, kind: Kind, pipe_name: &str, image: &str) -> Option<&'a SigmaRule> {
        let event = PipeEventView {
            kind,
            pipe_name,
            image,
            user: None,
        };
        self.firing(&event).next()
    }

    /// The rules that fire on an event, or may, in their order.
    pub fn firing<'w>(&'w self, event: &'w PipeEventView<'_>) -> impl Iterator<Item = &'a SigmaRule> + 'w {
        let mut asked = self.always.clone();
        if !event.pipe_name.is_ascii() {
            // The automaton folds ASCII case, a rule that of all letters.
            asked.extend(0..self.rules.len());
        } else if let Some(texts) = &self.texts {
            let hits = texts.find_overlapping_iter(event.pipe_name);
            asked.extend(hits.filter_map(|hit| self.owners.get(hit.pattern().as_usize())));
        }
        let asked = asked.into_iter().filter_map(|place| self.rules.get(place));
        asked.filter(|rule| rule.matches(event))
    }
}
