//! What is true of the logs: a row for each pipe event that was written.

use std::io::{self, Write};

use serde::{Deserialize, Serialize};

use crate::event::Event;
use crate::log::Placed;

/// One pipe event as it lies in a log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub struct Row {
    /// Path of the log, relative to the fleet's folder.
    pub file: String,
    /// `System/Computer`.
    pub host: String,
    /// `System/EventRecordID`.
    pub record_id: u64,
    /// 17 or 18.
    pub event_id: u16,
    /// `UtcTime`.
    pub utc_time: String,
    /// `ProcessGuid`, in braces and lower case.
    pub process_guid: String,
    /// `ProcessId`.
    pub process_id: u32,
    /// `PipeName`; lone surrogates as U+FFFD.
    pub pipe_name: String,
    /// `Image`.
    pub image: String,
    /// `User`; none in older schemas.
    pub user: Option<String>,
    /// The attacker's scenario that it is part of.
    pub planted: Option<String>,
    /// The chunk it lies in, from 0.
    pub chunk: usize,
    /// Its offset in the file.
    pub offset: usize,
    /// Its size in bytes.
    pub size: usize,
    /// Whether it defines names or templates, without which later records of the chunk cannot be read.
    pub defines: bool,
}

impl Row {
    /// The row of an event; none where it is no pipe event of Sysmon.
    #[must_use]
    pub fn of(event: &Event, host: &str, file: &str, placed: Placed, planted: Option<&str>) -> Option<Self> {
        let sysmon = event.provider.name == "Microsoft-Windows-Sysmon";
        if !(sysmon && matches!(event.id, 17 | 18)) {
            return None;
        }
        let field = |name| event.field(name).map(|value| value.to_text().to_string());
        Some(Self {
            file: file.to_owned(),
            host: host.to_owned(),
            record_id: placed.record_id,
            event_id: event.id,
            utc_time: field("UtcTime").unwrap_or_default(),
            process_guid: field("ProcessGuid").unwrap_or_default(),
            process_id: field("ProcessId").and_then(|id| id.parse().ok()).unwrap_or_default(),
            pipe_name: field("PipeName").unwrap_or_default(),
            image: field("Image").unwrap_or_default(),
            user: field("User"),
            planted: planted.map(str::to_owned),
            chunk: placed.chunk,
            offset: placed.offset,
            size: placed.size,
            defines: placed.defines,
        })
    }
}

/// Rows of all logs, in the order of the files.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truth {
    /// The rows. An event that lies in two logs has two.
    pub rows: Vec<Row>,
}

impl Truth {
    /// The rows without those that repeat an event of an earlier one: the same machine, number and time.
    pub fn distinct(&self) -> impl Iterator<Item = &Row> {
        let mut seen = indexmap::IndexSet::new();
        self.rows.iter().filter(move |row| {
            let host = row.host.split('.').next().unwrap_or_default().to_lowercase();
            seen.insert((host, row.record_id, row.utc_time.clone()))
        })
    }

    /// Writes a JSON object a line.
    ///
    /// # Errors
    /// What `out` says.
    pub fn write(&self, out: &mut dyn Write) -> io::Result<()> {
        for row in &self.rows {
            serde_json::to_writer(&mut *out, row)?;
            out.write_all(b"\n")?;
        }
        Ok(())
    }
}
