//! Texts in, numbers out: what many families have in common is on the page once.

use indexmap::IndexSet;
use serde::{Serialize, Serializer};

/// Each text once, in the order in which it was first asked for.
#[derive(Debug, Default)]
pub(super) struct Strings(IndexSet<String>);

impl Strings {
    /// The number of a text.
    pub(super) fn number(&mut self, text: &str) -> usize {
        match self.0.get_index_of(text) {
            Some(number) => number,
            None => self.0.insert_full(text.to_owned()).0,
        }
    }

    /// The numbers of several texts.
    pub(super) fn numbers<'a>(&mut self, texts: impl IntoIterator<Item = &'a str>) -> Vec<usize> {
        texts.into_iter().map(|text| self.number(text)).collect()
    }
}

impl Serialize for Strings {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(&self.0)
    }
}
