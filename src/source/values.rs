//! The values of one record in, by their meaning; what the record is out: a pipe event, or something to note.

use std::ops::Range;

use super::meaning::Meaning;
use super::notes::Note;
use super::{PROVIDER, Sink, message, plausible, times};
use crate::event::{Kind, PipeEvent};

/// A part of [`Values`]' text.
pub(super) type Span = Range<usize>;

/// The values of one record: one text that holds all of them, and where in it each is. It is used anew for each
/// record, so that reading on takes no memory.
#[derive(Debug, Default)]
pub(super) struct Values {
    pub(super) text: String,
    spans: [Option<Span>; Meaning::COUNT],
}

impl Values {
    /// Forgets the values and keeps the room they had.
    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.spans = Default::default();
    }

    /// Forgets what the values mean and keeps their text.
    pub(super) fn forget_meanings(&mut self) {
        self.spans = Default::default();
    }

    /// Lays a value down without saying what it means.
    pub(super) fn push(&mut self, value: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(value);
        start..self.text.len()
    }

    /// Says what a value means that has been laid down.
    pub(super) fn mean(&mut self, meaning: Meaning, span: Span) {
        if let Some(known) = self.spans.get_mut(meaning as usize) {
            *known = Some(span);
        }
    }

    /// Lays a value down.
    pub(super) fn set(&mut self, meaning: Meaning, value: &str) {
        let span = self.push(value);
        self.mean(meaning, span);
    }

    /// A value, if the record has it.
    pub(super) fn get(&self, meaning: Meaning) -> Option<&str> {
        let span = self.spans.get(meaning as usize)?.clone()?;
        self.text.get(span)
    }

    /// Whether a value is missing or empty.
    pub(super) fn lacks(&self, meaning: Meaning) -> bool {
        self.get(meaning).is_none_or(str::is_empty)
    }

    /// Takes the fields of a pipe event from the message that Windows makes of it, which has been laid down at `span`.
    /// Those that the record has already are kept, unless the message `wins`. Says whether it is such a message.
    pub(super) fn add_message(&mut self, span: &Span, wins: bool) -> bool {
        let Some(fields) = self.text.get(span.clone()).and_then(message::fields) else {
            return false;
        };
        for (meaning, field) in fields {
            if wins || self.lacks(meaning) {
                self.mean(meaning, span.start + field.start..span.start + field.end);
            }
        }
        true
    }

    /// Decides what the record is, and hands it over.
    ///
    /// A record of another provider than Sysmon is none of its events, whatever it holds. One that names no provider
    /// is taken as Sysmon's if it has the EventID and the PipeName of a pipe event.
    pub(super) fn tell(&mut self, offset: u64, sink: &mut dyn Sink) -> Told {
        let judged = self.judge();
        self.hand_over(judged, offset, sink)
    }

    /// Decides what the record is. What is written for no value is taken out of it before, and what was escaped twice is
    /// written as it is.
    pub(super) fn judge(&mut self) -> Judged {
        self.tidy();
        let provider = self.get(Meaning::Provider).unwrap_or_default();
        if !provider.is_empty() && !provider.eq_ignore_ascii_case(PROVIDER) {
            return Judged::OtherProvider;
        }
        let Some(event_id) = self.get(Meaning::EventId).and_then(number) else {
            return Judged::Nothing;
        };
        match u32::try_from(event_id).ok().and_then(Kind::from_event_id) {
            None => Judged::OtherEvent,
            Some(kind) => match self.mistake() {
                None => Judged::Event(kind),
                Some(mistake) => Judged::Unreadable(mistake),
            },
        }
    }

    /// Why the values make no pipe event, if they make none.
    fn mistake(&self) -> Option<Mistake> {
        let Some(pipe_name) = self.get(Meaning::PipeName).filter(|name| !name.is_empty()) else {
            return Some(Mistake::NoPipe);
        };
        let text = |meaning| self.get(meaning).unwrap_or_default();
        let (image, guid) = (text(Meaning::Image), text(Meaning::ProcessGuid));
        let (process_id, utc_time) = (text(Meaning::ProcessId), text(Meaning::UtcTime));
        if !plausible::is_pipe(pipe_name) {
            Some(Mistake::Pipe)
        } else if image.is_empty() {
            Some(Mistake::NoImage)
        } else if !plausible::is_image(image) {
            Some(Mistake::Image)
        } else if !guid.is_empty() && !plausible::is_guid(guid) {
            Some(Mistake::Guid)
        } else if plausible::is_surely_pipe(process_id) || plausible::is_guid(process_id) {
            Some(Mistake::ProcessId)
        } else if plausible::is_guid(utc_time) || plausible::is_insert(utc_time) {
            Some(Mistake::Time)
        } else {
            None
        }
    }

    /// Hands over what the record was judged to be.
    pub(super) fn hand_over(&self, judged: Judged, offset: u64, sink: &mut dyn Sink) -> Told {
        let provider = self.get(Meaning::Provider).unwrap_or_default();
        match judged {
            Judged::Event(kind) => {
                let event = self.pipe_event(kind);
                if event.host.is_empty() {
                    sink.note(Note::NoHost);
                }
                if event.record_id.is_some() && event.time.is_some() && self.lacks(Meaning::UtcTime) {
                    sink.note(Note::Written);
                }
                if event.time.is_none() {
                    let written = [Meaning::UtcTime, Meaning::Written].map(|meaning| self.get(meaning));
                    let mut written = written.into_iter().flatten().filter(|text| !text.is_empty());
                    let written = written
                        .clone()
                        .find(|text| times::is_ambiguous(text))
                        .or_else(|| written.next());
                    sink.note(Note::NoTime(written.unwrap_or_default()));
                }
                sink.pipe_event(&event);
            }
            Judged::Unreadable(Mistake::NoPipe) if provider.is_empty() => return Told::Nothing,
            Judged::Unreadable(mistake) => {
                sink.note(Note::Unreadable);
                sink.skip(offset, mistake.words().into());
            }
            Judged::OtherEvent => sink.note(Note::Sysmon),
            Judged::OtherProvider => sink.note(Note::Provider(provider)),
            Judged::Nothing => return Told::Nothing,
        }
        Told::Something
    }

    /// Whether the record is an event that has all that is asked of one, so that nothing else need be looked for.
    pub(super) fn is_complete(&self, judged: Judged) -> bool {
        let has_time = || {
            let time = |meaning| self.get(meaning).and_then(times::parse);
            time(Meaning::UtcTime).or_else(|| time(Meaning::Written)).is_some()
        };
        matches!(judged, Judged::Event(_)) && !self.lacks(Meaning::Host) && has_time()
    }

    /// The same values by themselves.
    pub(super) fn copied(&self) -> Self {
        let mut copy = Self::default();
        copy.fill(self);
        copy
    }

    /// Takes from `other` what this record lacks.
    pub(super) fn fill(&mut self, other: &Self) {
        for (at, span) in other.spans.iter().enumerate() {
            let Some(value) = span.clone().and_then(|span| other.text.get(span)) else {
                continue;
            };
            let is_missing = self.spans.get(at).is_some_and(|known| {
                let known = known.clone().and_then(|known| self.text.get(known));
                known.is_none_or(str::is_empty)
            });
            if is_missing && !value.is_empty() {
                let span = self.push(value);
                if let Some(known) = self.spans.get_mut(at) {
                    *known = Some(span);
                }
            }
        }
    }

    /// Takes a value out.
    pub(super) fn remove(&mut self, meaning: Meaning) {
        if let Some(known) = self.spans.get_mut(meaning as usize) {
            *known = None;
        }
    }

    fn tidy(&mut self) {
        for span in &mut self.spans {
            if span
                .clone()
                .and_then(|span| self.text.get(span))
                .is_some_and(plausible::is_absent)
            {
                *span = None;
            }
        }
        // A message that is rendered by an older Sysmon's template, or a newer one's, may lack this last value alone.
        if self.get(Meaning::User).is_some_and(plausible::is_insert) {
            self.remove(Meaning::User);
        }
        if self.get(Meaning::Image).is_some_and(plausible::is_escaped_twice) {
            for meaning in [Meaning::PipeName, Meaning::Image, Meaning::User] {
                if let Some(value) = self.get(meaning).map(|value| value.replace(r"\\", r"\")) {
                    self.set(meaning, &value);
                }
            }
        }
    }

    fn pipe_event(&self, kind: Kind) -> PipeEvent<'_> {
        let text = |meaning| self.get(meaning).unwrap_or_default();
        let time = times::parse(text(Meaning::UtcTime)).or_else(|| times::parse(text(Meaning::Written)));
        PipeEvent {
            kind,
            pipe_name: text(Meaning::PipeName),
            image: text(Meaning::Image),
            user: text(Meaning::User),
            host: text(Meaning::Host),
            time,
            process_id: number(text(Meaning::ProcessId)).and_then(|id| u32::try_from(id).ok()),
            process_guid: text(Meaning::ProcessGuid),
            record_id: number(text(Meaning::RecordId)),
        }
    }

    /// Puts a user's domain before the name, as Sysmon writes it, where a source keeps them apart.
    pub(super) fn join_user(&mut self) {
        let (Some(domain), Some(user)) = (self.get(Meaning::Domain), self.get(Meaning::User)) else {
            return;
        };
        if !domain.is_empty() && !user.is_empty() && !user.contains('\\') {
            let joined = format!("{domain}\\{user}");
            self.set(Meaning::User, &joined);
        }
    }
}

/// Whether a record could be told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// It is a pipe event or surely none.
    Something,
    /// It is in no known shape, as far as can be seen.
    Nothing,
}

/// What a record is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Judged {
    /// A pipe event of Sysmon, which makes sense.
    Event(Kind),
    /// A record with the EventID of a pipe event that makes none.
    Unreadable(Mistake),
    /// Another event of Sysmon.
    OtherEvent,
    /// An event of another provider.
    OtherProvider,
    /// It has no EventID, as far as can be seen.
    Nothing,
}

/// Why a record with the EventID of a pipe event is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mistake {
    NoPipe,
    Pipe,
    NoImage,
    Image,
    Guid,
    ProcessId,
    Time,
    Several,
}

impl Mistake {
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::NoPipe => "a pipe event without its PipeName",
            Self::NoImage => "a pipe event without its Image",
            Self::Pipe => "a pipe event whose PipeName is the value of another field",
            Self::Image => "a pipe event whose Image is no path of a program",
            Self::Guid => "a pipe event whose ProcessGuid is no GUID",
            Self::ProcessId => "a pipe event whose ProcessId is the value of another field",
            Self::Several => "several pipe events in one record, which cannot be told apart",
            Self::Time => "a pipe event whose UtcTime is the value of another field",
        }
    }
}

/// A number as logs write it: decimal, or hexadecimal after `0x`, perhaps with `.0` behind it or commas between, or with
/// the same number again in brackets (evtxexport).
pub(super) fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let text = text.split_once(" (").map_or(text, |(number, _)| number);
    if let Some(digits) = text.strip_prefix("0x").or(text.strip_prefix("0X")) {
        return u64::from_str_radix(digits, 16).ok();
    }
    let text = text.strip_suffix(".0").unwrap_or(text);
    match text.parse() {
        Ok(number) => Some(number),
        Err(_) if text.contains(',') => text.replace(',', "").parse().ok(),
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_every_exporter_are_read() {
        for text in ["6908", "0x1afc", "6908.0", "6,908", " 6908 ", "0x00001afc (6908)"] {
            assert_eq!(number(text), Some(6908), "{text}");
        }
        for text in ["", "-", "-1", "1e9", "18446744073709551616"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
