//! The values of one record in, by their meaning; what the record is out: a pipe event, or something to note.

use std::ops::Range;

use super::notes::Note;
use super::{PROVIDER, Sink, message};
use crate::event::{Kind, Millis, PipeEvent};
use crate::normalize::time::parse_utc_time;

/// What a value of a record means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Meaning {
    Provider,
    EventId,
    Host,
    RecordId,
    /// When the record was written.
    Written,
    PipeName,
    Image,
    User,
    /// The domain of a user, where it stands alone.
    Domain,
    ProcessId,
    ProcessGuid,
    UtcTime,
}

impl Meaning {
    const COUNT: usize = 12;

    /// What a field of a pipe event means, by its name in Sysmon's manifest.
    pub(super) fn of_field(name: &str) -> Option<Self> {
        Some(match name {
            "PipeName" => Self::PipeName,
            "Image" => Self::Image,
            "User" => Self::User,
            "ProcessId" => Self::ProcessId,
            "ProcessGuid" => Self::ProcessGuid,
            "UtcTime" => Self::UtcTime,
            _ => return None,
        })
    }
}

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
    pub(super) fn tell(&self, offset: u64, sink: &mut dyn Sink) -> Told {
        let provider = self.get(Meaning::Provider).unwrap_or_default();
        if !provider.is_empty() && !provider.eq_ignore_ascii_case(PROVIDER) {
            sink.note(Note::Provider(provider));
            return Told::Something;
        }
        let Some(event_id) = self.get(Meaning::EventId).and_then(number) else {
            return Told::Nothing;
        };
        let kind = u32::try_from(event_id).ok().and_then(Kind::from_event_id);
        match (kind, self.get(Meaning::PipeName)) {
            (Some(kind), Some(pipe_name)) => sink.pipe_event(&self.pipe_event(kind, pipe_name)),
            (Some(_), None) if provider.is_empty() => return Told::Nothing,
            (Some(_), None) => {
                sink.note(Note::Unreadable);
                sink.skip(offset, "a pipe event without its PipeName".into());
            }
            (None, _) => sink.note(Note::Sysmon),
        }
        Told::Something
    }

    fn pipe_event<'a>(&'a self, kind: Kind, pipe_name: &'a str) -> PipeEvent<'a> {
        let text = |meaning| self.get(meaning).unwrap_or_default();
        let time = parse_utc_time(text(Meaning::UtcTime)).or_else(|| time(text(Meaning::Written)));
        PipeEvent {
            kind,
            pipe_name,
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

/// A number as logs write it: decimal, or hexadecimal after `0x`, perhaps with `.0` behind it or commas between.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
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

/// When a record was written, as its exporter writes it: RFC 3339 with any offset, a space before the offset
/// (Hayabusa), seconds since 1970 with a fraction (Velociraptor), or milliseconds in `/Date(…)/` (Windows PowerShell's
/// `ConvertTo-Json`).
pub(super) fn time(text: &str) -> Option<Millis> {
    if let Some(time) = parse_utc_time(text) {
        return Some(time);
    }
    let dated = text
        .strip_prefix("/Date(")
        .and_then(|rest| rest.split([')', '+']).next());
    if let Some(millis) = dated {
        return millis.parse().ok().map(Millis);
    }
    if let Some((seconds, rest)) = text.split_once('.').or(Some((text, "")))
        && let Ok(seconds) = seconds.parse::<i64>()
        && rest.bytes().all(|byte| byte.is_ascii_digit())
    {
        let millis = format!("{rest:0<3}").get(..3)?.parse::<i64>().ok()?;
        return Some(Millis(seconds.checked_mul(1000)?.checked_add(millis)?));
    }
    let moment = match text.rsplit_once(' ') {
        Some((day, offset)) if offset.starts_with(['+', '-']) => format!("{day}{offset}"),
        _ => text.to_owned(),
    };
    let moment: jiff::Timestamp = moment.parse().ok()?;
    Some(Millis(moment.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_every_exporter_are_read() {
        let expected = Some(Millis(1_567_777_775_433));
        for text in [
            "2019-09-06T13:49:35.4336838Z",
            "2019-09-06 13:49:35.433684",
            "2019-09-06T13:49:35.433684+00:00",
            "2019-09-06T15:49:35.4336838+02:00",
            "2019-09-06 22:49:35.433 +09:00",
            "1567777775.4336838",
            "/Date(1567777775433)/",
            "/Date(1567777775433+0200)/",
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
        assert_eq!(time("1567777775"), Some(Millis(1_567_777_775_000)));
        for text in ["", "-", "9/6/2019 3:49:35 PM", ".", "9223372036854775807.9", "1.é"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_of_every_exporter_are_read() {
        for text in ["6908", "0x1afc", "6908.0", "6,908", " 6908 "] {
            assert_eq!(number(text), Some(6908), "{text}");
        }
        for text in ["", "-", "-1", "1e9", "18446744073709551616"] {
            assert_eq!(number(text), None, "{text}");
        }
    }
}
