//! A review in, its candidates as a plain table out: for a browser that runs no scripts.

use std::io::{self, Write};

use super::Review;
use super::markup::Plain;
use crate::draft::candidate::{Candidate, Verdict};
use crate::output::{counted, date, grouped};

/// So many rows are read by a person; what is for him to decide comes first.
const ROWS: usize = 500;

pub(super) fn write(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let draft = review.draft();
    let mut candidates: Vec<&Candidate> = draft.candidates.iter().collect();
    candidates.sort_by_key(|candidate| candidate.verdict != Verdict::Review);
    let shown = candidates.len().min(ROWS);
    let left_out = candidates.len() - shown;
    write!(
        out,
        "<table class=\"plain\"><caption>{}",
        counted(candidates.len() as u64, "candidate")
    )?;
    if left_out > 0 {
        write!(
            out,
            ": the first {}, those for a person to decide before the others. {} are left out here; \
             <code>pipemine draft --explain why.md</code> has all",
            grouped(shown as u64),
            grouped(left_out as u64)
        )?;
    }
    out.write_all(
        b"</caption>\n<thead><tr><th scope=\"col\">Verdict<th scope=\"col\">Pipe<th scope=\"col\">Image\
          <th scope=\"col\">Event<th scope=\"col\" class=\"n\">Events<th scope=\"col\" class=\"n\">Hosts\
          <th scope=\"col\" class=\"n\">Days<th scope=\"col\">Last seen<th scope=\"col\">First reason</tr></thead>\n<tbody>\n",
    )?;
    for candidate in candidates.into_iter().take(ROWS) {
        row(candidate, out)?;
    }
    out.write_all(b"</tbody></table>")
}

fn row(candidate: &Candidate, out: &mut dyn Write) -> io::Result<()> {
    let family = &candidate.family;
    let evidence = &family.evidence;
    let last = evidence.last_seen.map(date).unwrap_or_default();
    let reason = candidate.reasons.first();
    writeln!(
        out,
        "<tr><td>{}<td><code>{}</code><td><code>{}</code><td>{}<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{}<td>{}<td>{}",
        candidate.verdict,
        Plain(&family.name.to_string()),
        Plain(&family.image.to_string()),
        family.kind.event_id(),
        grouped(evidence.events()),
        grouped(evidence.hosts().len() as u64),
        grouped(evidence.days().len() as u64),
        last,
        Plain(reason.map_or("", |reason| reason.text.as_str())),
    )
}
