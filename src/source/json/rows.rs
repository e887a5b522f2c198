//! The bytes of one JSON value in, what its rows are out.

use serde::de::DeserializeSeed;
use serde_json::error::Category;

use super::embedded;
use super::shapes::{SHAPES, Shape};
use super::walk::{Row, Walk};
use crate::source::escapes::without_surrogates;
use crate::source::fallback::{self, Again};
use crate::source::meaning::Meaning;
use crate::source::notes::Note;
use crate::source::values::{Judged, Told};
use crate::source::{Sink, saved, text};

/// Takes a row of a list, with room for text.
type EmitRow<'a> = &'a mut dyn FnMut(&mut Row, &mut String);

/// What came of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It was read, and its rows are handed over.
    Read {
        /// Whether they are all in a known shape.
        is_known: bool,
    },
    /// It could not be read: what it is.
    Bad(&'static str),
    /// It is not what these bytes are, or not all of it: nothing has been handed over.
    Other,
}

/// What is known of the bytes of a value before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    /// They are a line, which looks like one row.
    Line,
    /// They are one value, whatever that is.
    Value,
}

/// Reads values. It is used for all of a source, so that it takes memory once.
#[derive(Debug, Default)]
pub(super) struct Rows {
    row: Row,
    /// Whether it is told that these are lines of a saved baseline.
    is_saved: bool,
    scratch: String,
}

impl Rows {
    /// Reads one value.
    pub(super) fn read(&mut self, bytes: &[u8], given: Given, offset: u64, sink: &mut dyn Sink) -> Outcome {
        let Some(text) = text::decode(bytes) else {
            return Outcome::Bad("JSON that is not in UTF-8");
        };
        // A list of records is looked through before any of it is handed over: where a record in it is in no known form,
        // all of them are read as such.
        let (mut rows, mut are_whole) = (0, true);
        let mut look = |row: &mut Row, scratch: &mut String| {
            rows += 1;
            are_whole &= !is_wanting(row, scratch);
        };
        let read = match given {
            Given::Line => self.walk(&text, None),
            Given::Value => self.walk(&text, Some(&mut look)),
        };
        if let Err(error) = read {
            return match given {
                Given::Line if may_be_other(&error) => Outcome::Other,
                _ => Outcome::Bad(reason(&error)),
            };
        }
        let is_list = rows > 0;
        if is_list && are_whole && self.row.is_empty() {
            let mut is_known = true;
            let mut emit = |row: &mut Row, scratch: &mut String| {
                is_known &= tell(row, scratch, offset, sink) == Told::Something;
            };
            // It was read before.
            let _ = self.walk(&text, Some(&mut emit));
            sink.records(rows);
            return Outcome::Read { is_known };
        }
        let judged = judge(&mut self.row, &mut self.scratch);
        let values = &mut self.row.values;
        let is_asked =
            is_list || !values.is_complete(judged) && !matches!(judged, Judged::OtherEvent | Judged::OtherProvider);
        let (events, told) =
            if is_asked && (fallback::may_hold(bytes) || memchr::memmem::find(bytes, b"executable").is_some()) {
                fallback::read(Again::Json(&text), values, judged, offset, sink)
            } else {
                (0, values.hand_over(judged, offset, sink))
            };
        sink.records(events.max(rows).max(1));
        if told == Told::Nothing {
            sink.note(Note::Shape {
                form: "JSON",
                keys: &self.row.keys,
            });
            // What was learned must not be passed over as if it were a log of something else.
            if !self.is_saved && saved::is_line(&self.row.keys) {
                self.is_saved = true;
                let what = "a saved baseline whose beginning is damaged: nothing of it is read";
                sink.skip(offset, what.into());
            }
        }
        Outcome::Read {
            is_known: told == Told::Something,
        }
    }

    /// Goes through a value. Each row of a list in it is handed to `emit`; what is left in the row is the value itself.
    fn walk(&mut self, text: &str, emit: Option<EmitRow<'_>>) -> Result<(), serde_json::Error> {
        let text = without_surrogates(text);
        let mut json = serde_json::Deserializer::from_str(&text);
        self.row.begin();
        let scratch = &mut self.scratch;
        let mut with_scratch = emit.map(|emit| move |row: &mut Row| emit(row, scratch));
        let mut walk = Walk {
            row: &mut self.row,
            emit: with_scratch.as_mut().map(|emit| emit as &mut dyn FnMut(&mut Row)),
        };
        walk.deserialize(&mut json).and_then(|()| json.end())
    }
}

/// Whether a row is no whole event in a known form, and may be one in another.
fn is_wanting(row: &mut Row, scratch: &mut String) -> bool {
    let judged = judge(row, scratch);
    !row.values.is_complete(judged) && !matches!(judged, Judged::OtherEvent | Judged::OtherProvider)
}

/// Whether what was read of a line goes on in the next one, ends before this one does, or is a list.
fn may_be_other(error: &serde_json::Error) -> bool {
    match error.classify() {
        Category::Eof | Category::Data => true,
        Category::Syntax => error.to_string().starts_with("trailing characters"),
        Category::Io => false,
    }
}

/// An error of `serde_json` in words that can be counted.
fn reason(error: &serde_json::Error) -> &'static str {
    let text = error.to_string();
    if text.starts_with("recursion limit") {
        "JSON nested too deep"
    } else if text.starts_with("number out of range") {
        "JSON with a number that is too large"
    } else if text.starts_with("control character") {
        "JSON with a control character in a string"
    } else {
        "JSON with a mistake in it"
    }
}

/// Decides what a row is, in whichever dialect fits.
fn judge(row: &mut Row, scratch: &mut String) -> Judged {
    if fits_by_fields(row, scratch) || fits_by_texts(row, scratch) || fits_at_all(row) {
        row.values.judge()
    } else {
        row.values.forget_meanings();
        Judged::Nothing
    }
}

/// Hands over what a row is.
fn tell(row: &mut Row, scratch: &mut String, offset: u64, sink: &mut dyn Sink) -> Told {
    let judged = judge(row, scratch);
    let told = row.values.hand_over(judged, offset, sink);
    if told == Told::Nothing {
        sink.note(Note::Shape {
            form: "JSON",
            keys: &row.keys,
        });
    }
    told
}

/// Whether a dialect finds the pipe's name among the fields. The message then gives only what the fields lack.
fn fits_by_fields(row: &mut Row, scratch: &mut String) -> bool {
    let fits = |shape: &&Shape| shape.pipe_name.is_some_and(|slot| row.slot(slot).is_some()) && has_id(row, shape);
    let Some(shape) = SHAPES.shapes.iter().find(fits) else {
        return false;
    };
    adopt(row, shape);
    if row.values.lacks(Meaning::Image) || row.values.lacks(Meaning::ProcessId) {
        add_texts(row, shape, scratch);
    }
    true
}

/// Whether a dialect finds the pipe's name in one of its texts.
fn fits_by_texts(row: &mut Row, scratch: &mut String) -> bool {
    for shape in &SHAPES.shapes {
        let has_text = shape.texts.iter().any(|slot| row.slot(*slot).is_some());
        if !has_text || !(shape.event_id.is_empty() || has_id(row, shape) || shape.pipe_name.is_some()) {
            continue;
        }
        adopt(row, shape);
        add_texts(row, shape, scratch);
        if row.values.get(Meaning::PipeName).is_some() && row.values.get(Meaning::EventId).is_some() {
            return true;
        }
    }
    false
}

/// Whether a dialect finds anything to tell the row by, though it be no pipe event.
fn fits_at_all(row: &mut Row) -> bool {
    let has_provider = |shape: &Shape| shape.provider.iter().any(|slot| row.slot(*slot).is_some());
    let with_id = || SHAPES.shapes.iter().filter(|shape| has_id(row, shape));
    let Some(shape) = with_id().find(|shape| has_provider(shape)).or_else(|| with_id().next()) else {
        return false;
    };
    adopt(row, shape);
    true
}

fn has_id(row: &Row, shape: &Shape) -> bool {
    shape.event_id.iter().any(|slot| row.slot(*slot).is_some())
}

/// Gives the row's values the meanings that they have in this dialect.
fn adopt(row: &mut Row, shape: &Shape) {
    row.values.forget_meanings();
    for (meaning, slots) in &shape.meanings {
        if let Some(span) = slots.iter().find_map(|slot| row.slot(*slot)) {
            row.values.mean(*meaning, span);
        }
    }
    row.values.join_user();
}

fn add_texts(row: &mut Row, shape: &Shape, scratch: &mut String) {
    for slot in &shape.texts {
        if let Some(span) = row.slot(*slot) {
            embedded::add(&span, false, &mut row.values, scratch);
        }
    }
}
