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

pub mod error;
pub mod utf16;
pub mod event;
pub mod normalize;
pub mod source;
pub mod template;
pub mod baseline;
pub mod scan;
pub mod knowledge;
pub mod sysmon;
pub mod sigma;
pub mod output;
pub mod family;
pub mod draft;
pub mod collect;
pub mod listing;
pub mod made_of;
pub mod diff;
pub mod check;
