//! A baseline in, the text that it is saved as out; and back.
//!
//! The text is lines of JSON, in one order and one spelling: the same logs give the same bytes, and one more event
//! changes one line (and the last). docs/baseline-format.md describes it. What is read is checked, since a file may be
//! damaged or forged: nothing in it is a size, a count to allocate by, or a number of another line.

mod file;
mod ids;
mod line;
mod place;
mod read;
mod rows;
mod seen;
mod write;

pub use file::{Packing, holds_baselines};
pub use read::{Refusal, Saved, read};

/// The newest version of the format. Versions up to this one are read; a baseline is written in the oldest that can say
/// what it holds.
pub const VERSION: u64 = 4;

/// Stands for the day of events without a time.
const NO_DAY: &str = "-";

#[cfg(test)]
mod tests;
