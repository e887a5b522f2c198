//! What a config drops of real logs in, what of it is such as attackers do out.

use super::tally::{Row, Tally};
use crate::knowledge::{Finding, Knowledge};

/// A dropped pair that looks like an attacker's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspect {
    /// Its row in [`Tally::rows`].
    pub row: usize,
    /// What it looks like, in words.
    pub what: String,
    /// Where that is known from.
    pub source: String,
}

/// The image of whoever connects from another computer.
const SYSTEM: &str = "System";

pub(super) fn suspects(tally: &Tally, knowledge: &Knowledge) -> Vec<Suspect> {
    let dropped = tally.rows.iter().enumerate().filter(|(_, row)| !row.logged);
    let suspect = |(at, row): (usize, &Row)| {
        let (what, source) = suspicion(row, knowledge)?;
        Some(Suspect { row: at, what, source })
    };
    dropped.filter_map(suspect).collect()
}

/// Why a pair is suspect, and where that is known from: the strongest reason.
fn suspicion(row: &Row, knowledge: &Knowledge) -> Option<(String, String)> {
    let (name, image) = (row.pipe_name.as_str(), row.image.as_str());
    if let Some(bad) = knowledge.known_bad_of(name, &[image]) {
        return Some((format!("Attackers' tools use it: {}", bad.what), bad.source.to_string()));
    }
    let told = |before: &str, found: Finding<'_>| (format!("{before}: {}", found.what), found.source.to_owned());
    if let Some(found) = knowledge.masquerade(image) {
        return Some(told("The program is not what it is called", found));
    }
    if let Some(found) = knowledge.writable(image) {
        return Some(told("Any user can put a program there", found));
    }
    let remote = image == SYSTEM && row.events[1] > 0;
    let pipe = knowledge.well_known(name).filter(|_| remote)?;
    Some((
        format!("System opens it for somebody on another computer: {}", pipe.what),
        pipe.source.to_string(),
    ))
}
