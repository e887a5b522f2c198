//! A pattern and a text in, whether they fit out, in time proportional to the product of their lengths.
//!
//! All positions that the parts so far can reach are carried along, so that no text makes it try the same twice.

use smallvec::{SmallVec, smallvec};

use super::{Class, Part, Pattern};

/// Stands in a [`Subject`] for the event's own process id.
pub(in crate::knowledge) const PID: char = '\u{FDD0}';
/// Stands in a [`Subject`] for any other part that a template replaced.
pub(in crate::knowledge) const VARIABLE: char = '\u{FDD1}';

/// The text that a pattern is held against.
#[derive(Debug, Clone, Copy)]
pub(in crate::knowledge) struct Subject<'a> {
    text: &'a str,
    /// The file stem of the image, for patterns with `<stem>`.
    stem: &'a str,
    /// Whether [`PID`] and [`VARIABLE`] stand for replaced parts; in the text of an event they are mere characters.
    marked: bool,
    /// Whether `<pid>` takes only [`PID`], and not any number.
    proved: bool,
}

impl<'a> Subject<'a> {
    /// Text as an event has it.
    pub(in crate::knowledge) fn plain(text: &'a str) -> Self {
        Self {
            text,
            stem: "",
            marked: false,
            proved: false,
        }
    }

    /// A template with marks; with `proved`, its process id has to be the event's own.
    pub(in crate::knowledge) fn template(text: &'a str, stem: &'a str, proved: bool) -> Self {
        Self {
            text,
            stem,
            marked: true,
            proved,
        }
    }

    fn tail(&self, at: usize) -> &[u8] {
        self.text.as_bytes().get(at..).unwrap_or_default()
    }

    /// The position after `mark`, if that stands at `at`.
    fn after_mark(&self, at: usize, mark: char) -> Option<usize> {
        let mut bytes = [0; 4];
        let bytes = mark.encode_utf8(&mut bytes).as_bytes();
        (self.marked && self.tail(at).starts_with(bytes)).then_some(at + bytes.len())
    }

    /// The position after `literal`, if that stands at `at`.
    fn after_literal(&self, at: usize, literal: &str) -> Option<usize> {
        let found = self.tail(at).get(..literal.len())?;
        found
            .eq_ignore_ascii_case(literal.as_bytes())
            .then_some(at + literal.len())
    }
}

/// Places in a text that the parts so far can end at.
type Positions = SmallVec<[usize; 8]>;

impl Pattern {
    /// Whether `subject` ends as everything of this shape does: most that does not fit is told by that alone.
    fn ends(&self, subject: &Subject<'_>) -> bool {
        let Some(Part::Literal(end)) = self.parts.last() else {
            return true;
        };
        let start = subject.text.len().checked_sub(end.len());
        start.is_some_and(|start| subject.after_literal(start, end).is_some())
    }

    /// Whether `subject` has this shape.
    pub(in crate::knowledge) fn fits(&self, subject: &Subject<'_>) -> bool {
        if !self.ends(subject) {
            return false;
        }
        let mut reached: Positions = smallvec![0];
        for (i, part) in self.parts.iter().enumerate() {
            let last = i + 1 == self.parts.len();
            if let (
                true,
                Part::Run {
                    class: Class::Any,
                    least,
                    ..
                },
            ) = (last, part)
            {
                // Any rest will do.
                return reached.first().is_some_and(|at| subject.tail(*at).len() >= *least);
            }
            let mut next = Positions::new();
            let mut runs = Runs::default();
            for at in reached {
                part.advance(subject, at, &mut runs, &mut next);
            }
            next.sort_unstable();
            next.dedup();
            if next.is_empty() {
                return false;
            }
            reached = next;
        }
        reached.last() == Some(&subject.text.len())
    }
}

impl Part {
    /// Adds every position that this part can end at when it begins at `at`.
    fn advance(&self, subject: &Subject<'_>, at: usize, runs: &mut Runs, next: &mut Positions) {
        match self {
            Self::Literal(text) => next.extend(subject.after_literal(at, text)),
            Self::Choice(texts) => next.extend(texts.iter().filter_map(|text| subject.after_literal(at, text))),
            Self::Stem => next.extend(subject.after_literal(at, subject.stem)),
            Self::Guid => {
                next.extend(is_guid(subject.tail(at)).then_some(at + GUID));
                next.extend(subject.after_mark(at, VARIABLE));
            }
            Self::Pid { hex } => {
                next.extend(subject.after_mark(at, PID));
                if !subject.proved {
                    next.extend(subject.after_mark(at, VARIABLE));
                    let class = if *hex { Class::Hex } else { Class::Digits };
                    runs.advance(subject, at, (class, 1, usize::MAX), next);
                }
            }
            Self::Run { class, least, most } => {
                runs.advance(subject, at, (*class, *least, *most), next);
                if !class.is_wide() {
                    next.extend(subject.after_mark(at, VARIABLE));
                    // A number that happens to be the process id is still a number.
                    next.extend(subject.after_mark(at, PID));
                }
            }
        }
    }
}

/// The positions that runs of one part have reached.
///
/// Positions come in rising order, so a run that begins inside an earlier one ends where that did, and reaches nothing
/// that it did not. Without this, a name of one character repeated would cost the square of its length.
#[derive(Default)]
struct Runs {
    end: usize,
}

impl Runs {
    fn advance(
        &mut self,
        subject: &Subject<'_>,
        at: usize,
        (class, least, most): (Class, usize, usize),
        next: &mut Positions,
    ) {
        // Up to `end` all bytes are known to be of the class.
        let known = self.end.saturating_sub(at);
        let more = subject.tail(at + known).iter().take(most.saturating_sub(known));
        let have = match class {
            Class::Any => subject.tail(at).len().min(most),
            _ => known + more.take_while(|byte| class.has(**byte)).count(),
        };
        let have = have.min(most);
        let first = least.max(if known > 0 { known + 1 } else { 0 });
        next.extend((first..=have).map(|len| at + len));
        self.end = self.end.max(at + have);
    }
}

const GUID: usize = 36;

fn is_guid(tail: &[u8]) -> bool {
    tail.get(..GUID).is_some_and(|head| {
        head.iter().enumerate().all(|(i, byte)| match i {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    })
}
