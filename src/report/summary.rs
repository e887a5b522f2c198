//! A review in, what it comes to out: what was collected, what the draft drops, what it leaves, whether it is enough.

use std::io::{self, Write};

use super::Review;
use super::curve;
use super::markup::Plain;
use crate::draft::candidate::Verdict;
use crate::draft::forecast::LeftOut;
use crate::output::{counted, date, grouped, percent, percent_of};

/// One line on what was collected.
pub(super) fn collected(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let scan = review.source.scan;
    let baseline = &scan.baseline;
    let days = baseline.days().filter(|day| day.is_plausible()).count() as u64;
    write!(
        out,
        "{} of {} on {}, from {}",
        counted(baseline.events(), "pipe event"),
        counted(baseline.hosts(), "host"),
        counted(days, "day"),
        counted(scan.sources, "source"),
    )?;
    if let Some((first, last)) = baseline.seen() {
        write!(out, "; {} to {}", date(first), date(last))?;
    }
    out.write_all(b".")
}

/// The figures that matter, each with what it rests on.
pub(super) fn tiles(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    let draft = review.draft();
    let [(_, _), (review_count, review_events), (keep_count, keep_events)] =
        [Verdict::Exclude, Verdict::Review, Verdict::Keep].map(|verdict| review.left(verdict));
    tile(
        out,
        "Dropped by the draft",
        &percent_of(draft.dropped, draft.events),
        &format!(
            "{} of {} events, by {}",
            grouped(draft.dropped),
            grouped(draft.events),
            counted(draft.rules.len() as u64, "rule")
        ),
    )?;
    bar(out, draft.events, [draft.dropped, review_events, keep_events])?;
    out.write_all(b"</div>\n")?;
    let (share, how) = match &review.forecast {
        Some(forecast) => (percent(forecast.share), how(forecast)),
        None => ("–".to_owned(), "Nothing could be left out to measure it.".to_owned()),
    };
    tile(out, "Expected on a host it never saw", &share, &how)?;
    out.write_all(b"</div>\n")?;
    tile(
        out,
        "Candidates for you to decide",
        &grouped(review_count),
        &format!(
            "with {}; a guard keeps {} more, with {}",
            counted(review_events, "event"),
            grouped(keep_count),
            counted(keep_events, "event"),
        ),
    )?;
    out.write_all(b"</div>\n")?;
    let saturation = &review.undecided.saturation;
    tile(
        out,
        "Is the baseline enough?",
        &percent(saturation.seen_already()),
        "of coming events should be of families seen already (Good\u{2013}Turing).",
    )?;
    curve::small(review, out)?;
    out.write_all(b"</div>\n")
}

fn how(forecast: &crate::draft::forecast::Forecast) -> String {
    let (low, high) = forecast.range;
    match forecast.left_out {
        LeftOut::Hosts(hosts) => format!(
            "would be dropped; from {} to {} of {hosts} hosts that were left out",
            percent(low),
            percent(high)
        ),
        LeftOut::Days(days) => format!(
            "would be dropped, going by the last {}, left out",
            counted(days as u64, "day")
        ),
    }
}

fn tile(out: &mut dyn Write, title: &str, figure: &str, words: &str) -> io::Result<()> {
    write!(
        out,
        "<div class=\"tile\"><h2>{title}</h2><p class=\"figure\">{figure}</p><p>{words}</p>"
    )
}

/// The three verdicts' shares of all events, as one bar; the words beside it say the same.
fn bar(out: &mut dyn Write, all: u64, parts: [u64; 3]) -> io::Result<()> {
    let all = all.max(1);
    let mut x = 0;
    out.write_all(b"<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\">")?;
    for (part, class) in parts.into_iter().zip(["exclude", "review", "keep"]) {
        let width = part.saturating_mul(1000) / all;
        write!(
            out,
            "<rect class=\"{class}\" x=\"{x}\" width=\"{width}\" height=\"10\"/>"
        )?;
        x += width;
    }
    out.write_all(b"</svg>")
}

/// What could not be read, and what counts once.
pub(super) fn losses(review: &Review<'_>, out: &mut dyn Write) -> io::Result<()> {
    const SAID: usize = 20;
    let scan = review.source.scan;
    let baseline = &scan.baseline;
    out.write_all(b"<ul>")?;
    if scan.skipped.is_empty() {
        out.write_all(b"<li>Everything that was given could be read.</li>")?;
    } else {
        write!(
            out,
            "<li>{} could not be read:<ul>",
            counted(scan.skipped.count(), "place")
        )?;
        for skipped in scan.skipped.iter().take(SAID) {
            write!(out, "<li>{}</li>", Plain(&skipped.to_string()))?;
        }
        let more = scan.skipped.count().saturating_sub(SAID as u64);
        if more > 0 {
            write!(out, "<li>and {} more</li>", grouped(more))?;
        }
        out.write_all(b"</ul></li>")?;
    }
    if scan.duplicates > 0 {
        write!(
            out,
            "<li>{} read more than once, counted once.</li>",
            counted(scan.duplicates, "event")
        )?;
    }
    let folded = baseline.events_without_name();
    if folded > 0 {
        write!(
            out,
            "<li>{} have names that were not kept, since their template, image or folder has too many: no figure of dropped events counts them.</li>",
            counted(folded, "event")
        )?;
    }
    if let Some((name, _)) = review.source.current {
        let dropped: u64 = review.current.iter().flatten().sum();
        write!(
            out,
            "<li>The config in use, <code>{}</code>, would drop {} of these events ({}).</li>",
            Plain(name),
            grouped(dropped),
            percent_of(dropped, baseline.events())
        )?;
    }
    for note in &review.draft().notes {
        write!(out, "<li>A decision, {}</li>", Plain(&note.text))?;
    }
    if let Some(forecast) = review
        .forecast
        .as_ref()
        .filter(|forecast| !forecast.came_through.is_empty())
    {
        out.write_all(b"<li>On what it never saw, most of what comes through: ")?;
        for (number, (name, events)) in forecast.came_through.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            write!(out, "{comma}<code>{}</code> ({})", Plain(name), grouped(*events))?;
        }
        out.write_all(b".</li>")?;
    }
    out.write_all(b"</ul>")
}
