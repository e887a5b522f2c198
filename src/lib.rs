//! Mines named-pipe events (Sysmon EventID 17 and 18) from exported logs and drafts exclusion rules.
//!
//! Data flows one way:
//!
//! ```text
//! sources -> pipe events -> normalised pairs -> Baseline -> { table/csv/json, draft, check, diff, report }
//! ```
//!
//! The modules stand in that order, and a module uses only those above it. Nothing here prints, exits or reads the
//! environment: functions return values, or write to a `&mut dyn Write` that the caller gives.
//!
//! ```no_run
//! use pipemine::scan::{Progress, Settings, scan};
//! use pipemine::source::walk::walk;
//! use pipemine::{draft, knowledge::Knowledge};
//!
//! let found = scan(walk(&["logs".into()]), &Settings::default(), &Progress::default())?;
//! let draft = draft::draft(&found.baseline, Knowledge::builtin(), &draft::Options::default());
//! println!("{} rules drop {} of {} events", draft.rules.len(), draft.dropped, draft.events);
//! # Ok::<(), pipemine::error::Error>(())
//! ```

pub mod error;
pub mod utf16;
pub mod event;
pub mod wording;
pub mod lines;
pub mod normalize;
pub mod records;
pub mod source;
pub mod template;
pub mod baseline;
mod threads;
pub mod scan;
pub mod knowledge;
pub mod sysmon;
pub mod sigma;
pub mod output;
pub mod family;
pub mod draft;
pub mod questions;
pub mod merge;
pub mod collect;
pub mod listing;
pub mod diff;
pub mod check;
pub mod report;
#[cfg(test)]
mod test_support;
