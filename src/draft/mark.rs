//! A rule in, the mark by which a later draft knows it for its own out; and what stands before a rule in, its mark out.
//!
//! ```text
//! <!-- pipemine:1a2b3c4d 74 events, 1 host, 5 days, 2025-03-03 to 2025-03-07 -->
//! <Rule groupRelation="and"> …
//! ```
//!
//! The digits are a digest of what the rule says: one that was edited since is its editor's, and is left alone. It is no
//! `name` of the rule, since that of a rule which fails can show up as the RuleName of a later match.

use xxhash_rust::xxh3::Xxh3;

use super::rule::Rule;
use crate::sysmon::{Condition, Field, Item, as_name};

const WORD: &str = "pipemine:";

/// What a mark says of its rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(u32);

impl Digest {
    /// Of filters in their order.
    #[must_use]
    pub fn of<'a>(filters: impl IntoIterator<Item = (Field, Condition, &'a str)>) -> Self {
        let mut hash = Xxh3::new();
        for (field, condition, value) in filters {
            for text in [field.name(), condition.name(), value] {
                hash.update(text.as_bytes());
                // No text of a config holds it.
                hash.update(&[0]);
            }
        }
        let [a, b, c, d, ..] = hash.digest().to_be_bytes();
        Self(u32::from_be_bytes([a, b, c, d]))
    }

    /// Of a rule of a draft.
    #[must_use]
    pub fn of_rule(rule: &Rule) -> Self {
        let filters = rule.filters.iter();
        Self::of(filters.map(|filter| (filter.field, filter.condition, filter.value.as_str())))
    }

    /// Of a rule that a config holds.
    #[must_use]
    pub fn of_item(item: &Item) -> Self {
        let values: Vec<_> = item.filters().iter().map(|filter| as_name(&filter.value)).collect();
        let filters = item.filters().iter().zip(&values);
        Self::of(filters.map(|(filter, value)| (filter.field, filter.condition, value.as_ref())))
    }
}

/// The mark of a rule: what the comment before it begins with.
#[must_use]
pub fn mark(rule: &Rule) -> String {
    format!("{WORD}{:08x}", Digest::of_rule(rule).0)
}

/// The mark that a comment begins with, and what follows it.
#[must_use]
pub fn read(comment: &str) -> Option<(Digest, &str)> {
    let rest = comment.trim_start().strip_prefix(WORD)?;
    let (digits, rest) = rest.split_at_checked(8)?;
    let is_whole = rest.is_empty() || rest.starts_with(char::is_whitespace);
    let is_mark = is_whole && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let digest = u32::from_str_radix(digits, 16).ok().filter(|_| is_mark)?;
    Some((Digest(digest), rest.trim()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn digest(value: &str) -> Digest {
        Digest::of([(Field::PipeName, Condition::Is, value)])
    }

    #[test]
    fn what_a_rule_says_is_its_digest() {
        assert_eq!(digest(r"\a"), digest(r"\a"));
        assert_ne!(digest(r"\a"), digest(r"\A"));
        assert_ne!(
            digest(r"\a"),
            Digest::of([(Field::PipeName, Condition::BeginWith, r"\a")])
        );
    }

    #[test]
    fn a_mark_is_read_back_and_nothing_else_is_one() {
        let comment = format!(" {WORD}{:08x} 3 events ", digest(r"\a").0);
        assert_eq!(read(&comment), Some((digest(r"\a"), "3 events")));
        for other in [
            "pipemine: 1a2b3c4d",
            "pipemine:1a2b3c4",
            "pipemine:1a2b3c4d5",
            "pipemine:+1a2b3c4",
            "3 events",
            "pipemine:1a2b3c4é",
        ] {
            assert!(read(other).is_none(), "{other}");
        }
    }
}
