//! What readers notice in, one sentence on why a source yielded nothing out.

use indexmap::IndexMap;

use super::PROVIDER;
use crate::wording::counted;

/// How many different names are kept.
const NAMES: usize = 8;
/// How much of a name is kept, in bytes: it comes from the source.
const NAME: usize = 120;

/// What works everywhere.
const EXPORT: &str = "export the log itself: `wevtutil epl Microsoft-Windows-Sysmon/Operational sysmon.evtx`";

/// Something that a reader noticed about a record that is no pipe event.
///
/// Text readers pass over most records without reading them, since a pipe event can be told from afar. They look into
/// the first few of a source to be able to say what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note<'a> {
    /// A record of another provider than Sysmon, whose name this is.
    Provider(&'a str),
    /// A record of Sysmon with another EventID.
    Sysmon,
    /// A record with the EventID of a pipe event, which cannot be read as one.
    Unreadable,
    /// A pipe event that names no host.
    NoHost,
    /// A pipe event whose time is not told, or cannot be read: how it is written, if it is.
    NoTime(&'a str),
    /// A pipe event with its record's number, whose time is when the record was written, for want of Sysmon's.
    Written,
    /// A pipe event that Microsoft Defender saw, not Sysmon.
    Defender,
    /// A record in no known shape.
    Shape {
        /// What it is: `JSON`, `XML`, `CSV`.
        form: &'static str,
        /// Its first keys, or its columns, separated by commas.
        keys: &'a str,
    },
}

/// All notes on one source, or on several parts of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    providers: IndexMap<String, u64>,
    of_others: u64,
    of_sysmon: u64,
    unreadable: u64,
    shape: Option<(&'static str, String)>,
    shapeless: u64,
    /// Pipe events that name no host.
    pub without_host: u64,
    /// Pipe events without a time that can be read.
    pub without_time: u64,
    /// How such a time is written, where one is: the first of them.
    pub unread_time: Option<String>,
    /// Pipe events whose time is that of their record.
    pub by_written: u64,
    /// Pipe events that are Microsoft Defender's.
    pub of_defender: u64,
}

impl Notes {
    /// Takes a note.
    pub fn add(&mut self, note: Note<'_>) {
        match note {
            Note::Provider(name) => {
                self.of_others += 1;
                self.add_provider(shortened(name), 1);
            }
            Note::Sysmon => self.of_sysmon += 1,
            Note::Unreadable => self.unreadable += 1,
            Note::NoHost => self.without_host += 1,
            Note::NoTime(text) => {
                self.without_time += 1;
                if self.unread_time.is_none() && !text.is_empty() {
                    self.unread_time = Some(shortened(text).to_owned());
                }
            }
            Note::Written => self.by_written += 1,
            Note::Defender => self.of_defender += 1,
            Note::Shape { form, keys } => {
                self.shapeless += 1;
                self.shape.get_or_insert_with(|| (form, shortened(keys).to_owned()));
            }
        }
    }

    /// Takes the notes on a later part of the same source.
    pub fn merge(&mut self, later: Self) {
        for (name, count) in later.providers {
            self.add_provider(&name, count);
        }
        self.of_others += later.of_others;
        self.of_sysmon += later.of_sysmon;
        self.unreadable += later.unreadable;
        self.shapeless += later.shapeless;
        self.shape = self.shape.take().or(later.shape);
        self.without_host += later.without_host;
        self.without_time += later.without_time;
        self.unread_time = self.unread_time.take().or(later.unread_time);
        self.by_written += later.by_written;
        self.of_defender += later.of_defender;
    }

    /// Why a source of so many records yielded no pipe event: half a sentence, to stand after the source's name.
    #[must_use]
    pub fn silence(&self, records: u64) -> String {
        if self.unreadable > 0 {
            return format!(
                "none of {} with EventID 17 or 18 could be read; {EXPORT}",
                counted(self.unreadable, "event")
            );
        }
        let looked_at = self.of_others + self.of_sysmon + self.shapeless;
        if records == 0 && looked_at == 0 {
            return "there is no record in it".to_owned();
        }
        if let (Some((form, keys)), 0, 0) = (&self.shape, self.of_others, self.of_sysmon) {
            if *form == "text" {
                return format!("no text in any known shape, which begins with `{keys}`; {EXPORT}");
            }
            let part = if *form == "CSV" { "columns" } else { "keys" };
            return format!("no {form} in any known shape: its first {part} are {keys}");
        }
        if self.of_others > 0 && self.of_sysmon == 0 {
            let providers = self.named_providers();
            if looked_at >= records {
                return format!("events of {providers} only");
            }
            return format!(
                "no EventID 17 or 18 of {PROVIDER} in {}; the first ones are of {providers}",
                counted(records, "event")
            );
        }
        let silence = format!("no EventID 17 or 18 in {}", counted(records, "event"));
        if self.of_sysmon == 0 {
            return silence;
        }
        format!("{silence}, Sysmon's among them: its config may log no pipes; `pipemine collect` prints one that does")
    }

    fn add_provider(&mut self, name: &str, count: u64) {
        if let Some(known) = self.providers.get_mut(name) {
            *known += count;
        } else if self.providers.len() < NAMES {
            self.providers.insert(name.to_owned(), count);
        }
    }

    fn named_providers(&self) -> String {
        let names: Vec<&str> = self.providers.keys().map(String::as_str).collect();
        match names.as_slice() {
            [a, b, c, _, ..] => format!("{a}, {b}, {c} and others"),
            [all @ .., last] if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            names => names.concat(),
        }
    }
}

/// The beginning of a text that a source gave.
fn shortened(text: &str) -> &str {
    let end = text.floor_char_boundary(NAME);
    text.get(..end).unwrap_or(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn silence(records: u64, notes: &[Note<'_>]) -> String {
        let mut all = Notes::default();
        notes.iter().for_each(|note| all.add(*note));
        all.silence(records)
    }

    #[test]
    fn every_silence_has_its_reason() {
        let security = Note::Provider("Microsoft-Windows-Security-Auditing");
        let shape = Note::Shape {
            form: "JSON",
            keys: "a, b, c",
        };
        assert_eq!(silence(0, &[]), "there is no record in it");
        assert_eq!(
            silence(1, &[shape]),
            "no JSON in any known shape: its first keys are a, b, c"
        );
        assert_eq!(
            silence(2, &[security, security]),
            "events of Microsoft-Windows-Security-Auditing only"
        );
        assert_eq!(
            silence(12_000, &[security]),
            "no EventID 17 or 18 of Microsoft-Windows-Sysmon in 12,000 events; \
             the first ones are of Microsoft-Windows-Security-Auditing"
        );
        for notes in [&[Note::Sysmon, security][..], &[Note::Sysmon]] {
            assert_eq!(
                silence(12_000, notes),
                "no EventID 17 or 18 in 12,000 events, Sysmon's among them: its config may log no pipes; \
                 `pipemine collect` prints one that does"
            );
        }
        assert_eq!(silence(300, &[]), "no EventID 17 or 18 in 300 events");
        assert_eq!(
            silence(1, &[Note::Unreadable]),
            "none of 1 event with EventID 17 or 18 could be read; export the log itself: `wevtutil epl \
             Microsoft-Windows-Sysmon/Operational sysmon.evtx`"
        );
    }

    #[test]
    fn providers_are_listed_but_not_without_end() {
        let names: Vec<String> = (0..1000).map(|i| format!("P{i}")).collect();
        let notes: Vec<_> = names.iter().map(|name| Note::Provider(name)).collect();
        assert_eq!(silence(1000, &notes), "events of P0, P1, P2 and others only");
        assert_eq!(silence(2, &notes[..2]), "events of P0 and P1 only");
    }

    #[test]
    fn parts_merge_in_order() {
        let (mut first, mut second) = (Notes::default(), Notes::default());
        first.add(Note::Shape {
            form: "JSON",
            keys: "a",
        });
        second.add(Note::Shape {
            form: "JSON",
            keys: "b",
        });
        first.merge(second);
        assert_eq!(first.silence(2), "no JSON in any known shape: its first keys are a");
    }
}
