//! The events of one name in, lines out: by host, by kind and user, by day.

use std::io;

use smallvec::SmallVec;

use super::NO_DAY;
use super::line::{Lines, push_number};
use crate::baseline::Baseline;
use crate::baseline::cells::Cells;
use crate::event::Kind;
use crate::normalize::day::Day;

/// A name that is seen on more hosts than this has a line for each host.
const HOSTS: usize = 8;
/// A line that is longer goes on in another one: few programs that show lines are made for longer ones.
const LONG: usize = 64 * 1024;
/// So many identities of one day at most stand in a line.
const IDS: usize = 8 * 1024;

/// One cell, with what its label says. The order of the members is that of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Row<'a> {
    pub(super) spelling: u32,
    pub(super) image: u32,
    host: u32,
    kind: Kind,
    counted: u64,
    user: u32,
    day: Day,
    ids: &'a [u64],
}

pub(super) type Rows<'a> = SmallVec<[Row<'a>; 1]>;

impl Row<'_> {
    fn who(&self) -> (Kind, u64, u32) {
        (self.kind, self.counted, self.user)
    }
}

/// The cells in the order of the file.
pub(super) fn rows<'a>(baseline: &Baseline, cells: &'a Cells) -> Rows<'a> {
    let row = |cell: crate::baseline::cells::Cell<'a>| {
        let label = baseline.labels.get(cell.key.label as usize)?;
        Some(Row {
            spelling: cell.key.spelling,
            image: label.image_spelling,
            host: label.host_spelling,
            kind: label.kind,
            counted: label.counted,
            user: label.user,
            day: cell.key.day,
            ids: cell.ids,
        })
    };
    let mut rows: Rows<'a> = cells.iter().filter_map(row).collect();
    rows.sort_unstable();
    rows
}

/// Writes rows of one name: one line, or several where it would get too long. Each begins with `head`.
pub(super) fn save(head: &[u8], rows: &[Row<'_>], lines: &mut Lines<'_>) -> io::Result<()> {
    let hosts = rows.chunk_by(|a, b| a.host == b.host).count();
    let by_host = hosts > HOSTS && head.len() <= LONG;
    // A head that is long itself is not said again and again.
    let room = head.len() + LONG.max(head.len());
    let mut open: Option<&Row<'_>> = None;
    for row in rows {
        for (nth, ids) in row.ids.chunks(IDS).enumerate() {
            if let Some(last) = open
                && (nth > 0 || lines.line().len() > room || (by_host && last.host != row.host))
            {
                lines.line().extend(b"}}}");
                lines.end()?;
                open = None;
            }
            save_cell(head, row, open, ids, lines);
            open = Some(row);
        }
    }
    if open.is_some() {
        lines.line().extend(b"}}}");
        lines.end()?;
    }
    Ok(())
}

/// Appends some identities of a row to a line in which `open` was the last.
fn save_cell(head: &[u8], row: &Row<'_>, open: Option<&Row<'_>>, ids: &[u64], lines: &mut Lines<'_>) {
    let (line, hosts, users) = lines.with_texts();
    let same_host = open.is_some_and(|open| open.host == row.host);
    let same_who = same_host && open.is_some_and(|open| open.who() == row.who());
    line.extend(match open {
        None => head,
        Some(_) if same_who => b",",
        Some(_) if same_host => b"},",
        Some(_) => b"}},",
    });
    if !same_host {
        line.push(b'"');
        line.extend(hosts.get(row.host));
        line.extend(b"\":{");
    }
    if !same_who {
        line.push(b'"');
        push_number(row.kind.event_id(), line);
        if row.counted > 0 {
            line.push(b'x');
            push_number(row.counted, line);
        }
        line.push(b' ');
        line.extend(users.get(row.user));
        line.extend(b"\":{");
    }
    line.push(b'"');
    match row.day {
        Day::NONE => line.extend(NO_DAY.as_bytes()),
        day => push_number(day.number(), line),
    }
    line.extend(b"\":\"");
    super::ids::write(ids, line);
    line.push(b'"');
}
