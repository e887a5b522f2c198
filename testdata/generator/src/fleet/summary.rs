//! A fleet's files in, a table of what is in them out, as `testdata/README.md` shows it.

use std::fmt::{self, Write as _};

use indexmap::IndexSet;
use sha2::{Digest, Sha256};

use super::writing::Files;
use crate::truth::Row;

/// What is in a fleet's logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Summary {
    /// A line for each file.
    pub lines: Vec<Line>,
    /// All files together; an event that lies in two counts once.
    pub total: Line,
}

/// What is in one log, or in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The log's path; empty for all.
    pub file: String,
    /// Bytes.
    pub bytes: usize,
    /// Records, of whatever kind.
    pub records: u64,
    /// Sysmon's events 17.
    pub created: usize,
    /// Sysmon's events 18.
    pub connected: usize,
    /// Distinct pairs of pipe name and image, ignoring ASCII case.
    pub pairs: usize,
    /// Pipe events that an attacker made.
    pub planted: usize,
    /// SHA-256 of the file; empty for all.
    pub sha256: String,
}

impl Line {
    fn of<'a>(rows: impl Iterator<Item = &'a Row>) -> Self {
        let mut line = Self {
            file: String::new(),
            bytes: 0,
            records: 0,
            created: 0,
            connected: 0,
            pairs: 0,
            planted: 0,
            sha256: String::new(),
        };
        let mut pairs = IndexSet::new();
        for row in rows {
            match row.event_id {
                17 => line.created += 1,
                _ => line.connected += 1,
            }
            line.planted += usize::from(row.planted.is_some());
            pairs.insert((row.pipe_name.to_ascii_lowercase(), row.image.to_ascii_lowercase()));
        }
        Self {
            pairs: pairs.len(),
            ..line
        }
    }

    /// Pipe events of both kinds.
    #[must_use]
    pub fn pipe_events(&self) -> usize {
        self.created + self.connected
    }
}

impl Summary {
    /// Of a fleet's files.
    #[must_use]
    pub fn of(files: &Files) -> Self {
        let line = |file: &super::File| Line {
            file: file.path.clone(),
            bytes: file.bytes.len(),
            records: file.records,
            sha256: hex(&Sha256::digest(&file.bytes)),
            ..Line::of(files.truth.rows.iter().filter(|row| row.file == file.path))
        };
        let lines: Vec<Line> = files.files.iter().map(line).collect();
        let total = Line {
            bytes: lines.iter().map(|line| line.bytes).sum(),
            records: lines.iter().map(|line| line.records).sum(),
            ..Line::of(files.truth.distinct())
        };
        Self { lines, total }
    }
}

/// A Markdown table.
impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| log | bytes | records | created | connected | pipe events | pairs | planted | SHA-256 |"
        )?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|--:|--:|---|")?;
        for line in self.lines.iter().chain([&self.total]) {
            let (name, sum) = match line.file.as_str() {
                "" => ("all, each event once".to_owned(), String::new()),
                file => (format!("`{file}`"), format!("`{}`", line.sha256)),
            };
            let events = line.pipe_events();
            let Line {
                bytes,
                records,
                created,
                connected,
                pairs,
                planted,
                ..
            } = line;
            writeln!(
                f,
                "| {name} | {bytes} | {records} | {created} | {connected} | {events} | {pairs} | {planted} | {sum} |"
            )?;
        }
        Ok(())
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut hex, byte| {
        // Writing to a String cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
