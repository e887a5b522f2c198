//! A record in no known form in, its pipe event out: found by what a pipe event is made of, whatever tool wrote it.
//!
//! Readers come here with what they could not make an event of, or not a whole one, and only where the bytes hold the word
//! *pipe*. A record is a `tree` of values, and `records` enters what is wrapped around them. Each value tells what it can:
//! by its name (`names`, one table), by what is written in it (`expand`: XML, messages, `labels`, a collector's `header`),
//! or by where it stands beside others (`positions`). `found` holds all of it, and decides which belong together.

mod expand;
mod found;
mod header;
mod labels;
mod names;
mod positions;
mod records;
#[cfg(test)]
mod tests;
mod tree;

use self::records::{Records, Seen};
use self::tree::Tree;
use super::Sink;
use super::meaning::Meaning;
use super::notes::Note;
use super::values::{Judged, Mistake, Told, Values};

/// Whether a line begins with a collector's header.
pub(super) fn is_header(line: &str) -> bool {
    header::begins(line)
}

/// Whether a record may be a pipe event in some form.
pub(super) fn may_hold(bytes: &[u8]) -> bool {
    static NEEDLES: std::sync::LazyLock<Option<aho_corasick::packed::Searcher>> =
        std::sync::LazyLock::new(|| aho_corasick::packed::Searcher::new(["ipe", "PIPE"]));
    NEEDLES.as_ref().is_none_or(|needles| needles.find(bytes).is_some())
}

/// A record that is read once more.
pub(super) enum Again<'i, 'a> {
    /// A JSON text.
    Json(&'a str),
    /// The cells of a row, each with its column's name.
    Row(&'i mut (dyn Iterator<Item = (&'a str, &'a str)> + 'i)),
    /// A text.
    Text(&'a str),
}

/// Reads a record once more that was judged to be no event, or lacks something, and hands over what it is: the events in
/// it, or what it was judged to be.
///
/// Returns how many events were handed over, damaged ones included, and whether what the record is could be told.
pub(super) fn read(
    again: Again<'_, '_>,
    known: &mut Values,
    judged: Judged,
    offset: u64,
    sink: &mut dyn Sink,
) -> (u64, Told) {
    let tree = match again {
        Again::Json(json) => Tree::of_json(json),
        Again::Row(cells) => Some(Tree::of_members(cells)),
        Again::Text(text) => Some(Tree::of_members(std::iter::once(("", text)))),
    };
    let Some(tree) = tree else {
        return (0, known.hand_over(judged, offset, sink));
    };
    let mut records = Records::of(&tree);
    if matches!(judged, Judged::Event(_)) {
        // What is known is right, and something is missing.
        let mut is_first = true;
        records.read(tree.root(), 0, &mut |values, found, _| {
            if std::mem::take(&mut is_first) && matches!(found, Judged::Event(_)) {
                known.fill(values);
            }
        });
        let judged = known.judge();
        return (1, known.hand_over(judged, offset, sink));
    }
    let mut told = 0;
    let mut last = None;
    records.read(tree.root(), 0, &mut |values, judged, seen| match judged {
        Judged::Unreadable(Mistake::NoPipe) if values.lacks(Meaning::Provider) => {
            last = Some((values.copied(), judged))
        }
        Judged::Event(_) | Judged::Unreadable(_) => {
            told += 1;
            if seen == Seen::ByDefender && matches!(judged, Judged::Event(_)) {
                sink.note(Note::Defender);
            }
            values.hand_over(judged, offset, sink);
        }
        judged => last = Some((values.copied(), judged)),
    });
    if told > 0 {
        return (told, Told::Something);
    }
    let told = known.hand_over(judged, offset, sink);
    match (told, last) {
        (Told::Nothing, Some((values, judged))) => (0, values.hand_over(judged, offset, sink)),
        _ => (0, told),
    }
}
