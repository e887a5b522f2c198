//! A pipe event's text in, the one spelling that everything later compares out.
//!
//! Pure rules, one a file. A name is never changed beyond them: what a rule is written from must match what Sysmon sees.

pub mod day;
pub mod fold;
pub mod host;
pub mod image;
pub mod pipe_name;
pub mod time;

/// What Sysmon writes, and its filter engine compares, where a field has no value.
pub const EMPTY: &str = "-";

/// `text`, or [`EMPTY`] where it has none.
#[must_use]
pub fn or_empty(text: &str) -> &str {
    if text.is_empty() { EMPTY } else { text }
}
