//! The shapes in which Windows stores events, one a test: what the generator writes is what is read, and the fast path
//! reads it as the twin does.

use pipemine_testdata::damage::{self, Damage};
use pipemine_testdata::sysmon::Schema;
use pipemine_testdata::{Event, Form, Log, PipeEvent, Provider, Random, SYSMON_CHANNEL, Text, Time, Value};

use super::super::tests::{Compared, compare_all, seen};
use super::FILE_HEADER;
use crate::event::Kind;
use crate::test_support::OwnedEvent;
use crate::utf16;

pub(super) const FORMS: [Form; 4] = [Form::Live, Form::Export, Form::Forwarded, Form::Literal];

/// The events of a log, read as they are and both ways.
fn events(log: Log) -> (Vec<OwnedEvent>, Compared) {
    let bytes = log.into_bytes();
    let seen = seen(&bytes);
    assert_eq!(seen.skips, []);
    (seen.events, compare_all(&bytes, &"a shape"))
}

fn the_event(log: Log) -> OwnedEvent {
    let (events, _) = events(log);
    let [event] = &events[..] else { panic!("{events:#?}") };
    event.clone()
}

/// A log of events, half of which are no pipe events.
pub(super) fn many(form: Form) -> Vec<u8> {
    let mut log = Log::new("WS01.corp.example").form(form);
    for id in 0..60 {
        let name = format!(r"\mojo.{}.{id}.77", 4 * id);
        let event = Event::from(PipeEvent::connected(name).image(r"C:\App\chrome.exe").pid(4 * id));
        log = log.event(event.clone()).event(Event { id: 1, ..event });
    }
    log.into_bytes()
}

fn event() -> PipeEvent {
    PipeEvent::created(r"\mojo.4711.88.123")
        .image(r"C:\App\chrome.exe")
        .user(r"CORP\alice")
        .pid(4711)
        .record_id(77)
}

#[test]
fn a_pipe_event_is_the_same_in_every_form() {
    for form in FORMS {
        let read = the_event(Log::new("WS01.corp.example").form(form).event(event()));
        assert_eq!(read.kind, Kind::Created);
        assert_eq!(read.pipe_name, r"\mojo.4711.88.123");
        assert_eq!(read.image, r"C:\App\chrome.exe");
        assert_eq!(read.user, r"CORP\alice");
        assert_eq!(read.host, "WS01.corp.example");
        assert_eq!((read.process_id, read.record_id), (Some(4711), Some(77)), "{form:?}");
        assert_eq!(
            read.time,
            crate::normalize::time::parse_utc_time("2025-03-03 09:00:00.000")
        );
        assert_eq!(read.process_guid.len(), 38, "{form:?}");
    }
}

#[test]
fn old_schemas_lack_fields() {
    for schema in [Schema::V3_30, Schema::V4_10, Schema::V4_21, Schema::V4_80] {
        for form in FORMS {
            let read = the_event(Log::new("WS01").form(form).event(event().schema(schema)));
            assert_eq!(read.pipe_name, r"\mojo.4711.88.123");
            assert_eq!(
                read.user,
                if schema == Schema::V4_80 { r"CORP\alice" } else { "" },
                "{schema:?} {form:?}"
            );
        }
    }
}

#[test]
fn a_collectors_rendering_and_channel_change_nothing() {
    for form in FORMS {
        let mut forwarded = Event::from(event());
        forwarded.rendered = true;
        forwarded.channel = "ForwardedEvents".into();
        let log = Log::new("COLLECTOR").form(form).event(forwarded.clone()).event(Event {
            id: 1,
            ..forwarded.clone()
        });
        let (events, compared) = events(log);
        assert_eq!((events.len(), compared.records), (1, 2));
        // Whatever the form, what is no pipe event is told from its number.
        assert_eq!(compared.other, 1, "{form:?}");
    }
}

#[test]
fn what_collectors_store_as_text_is_read_fast() {
    let mut rendered = Event::from(PipeEvent::connected("<Anonymous Pipe>").image(r"C:\R&D\a'b.exe"));
    rendered.rendered = true;
    let (events, compared) = events(Log::new("WS01").form(Form::Forwarded).event(event()).event(rendered));
    assert_eq!(events[1].pipe_name, "<Anonymous Pipe>");
    assert_eq!(events[1].image, r"C:\R&D\a'b.exe");
    assert_eq!(compared.pipe, 2);
}

#[test]
fn only_sysmons_events_count() {
    for form in FORMS {
        let mut other = Event::from(event());
        other.provider = Provider::classic("SomethingElse");
        other.qualifiers = Some(16_384);
        let mut similar = other.clone();
        similar.provider = Provider::classic("Microsoft-Windows-Sysmon2");
        let (events, compared) = events(Log::new("WS01").form(form).event(other).event(similar).event(event()));
        assert_eq!((events.len(), compared.records), (1, 3), "{form:?}");
    }
}

#[test]
fn qualifiers_beside_the_event_id_do_not_hide_it() {
    for form in FORMS {
        let mut qualified = Event::from(event());
        qualified.qualifiers = Some(0);
        assert_eq!(
            the_event(Log::new("WS01").form(form).event(qualified)).kind,
            Kind::Created,
            "{form:?}"
        );
    }
}

#[test]
fn a_lone_surrogate_is_kept_and_is_no_other_name() {
    for form in [Form::Live, Form::Export, Form::Forwarded] {
        let units = [0x5C, 0x61, 0xD800, 0x62];
        let name: Text = units.to_vec().into();
        let (read, compared) = events(Log::new("WS01").form(form).event(PipeEvent::created(name)));
        assert_eq!(utf16::units(&read[0].pipe_name).collect::<Vec<_>>(), units, "{form:?}");
        assert_eq!(compared.pipe, 1);
    }
}

#[test]
fn hostile_names_are_read_as_they_are() {
    let names = [
        "\\",
        "\\\u{202E}txt",
        "\\a\nb\r\t\u{1b}[31m",
        "\\\u{10FFFF}\u{10F800}",
        "\\=cmd|' /C calc'!A0",
        "\\]]>&amp;<x/>",
    ];
    for form in FORMS {
        let log = names.iter().fold(Log::new("WS01").form(form), |log, name| {
            log.event(PipeEvent::created(*name))
        });
        for (read, name) in events(log).0.iter().zip(names) {
            let units: Vec<_> = utf16::units(&read.pipe_name).collect();
            assert_eq!(units, name.encode_utf16().collect::<Vec<_>>(), "{form:?}");
        }
    }
}

#[test]
fn values_of_unexpected_types_are_read_as_the_twin_reads_them() {
    let time = Time::utc(2025, 3, 3, 9, 0, 0);
    for form in [Form::Live, Form::Export] {
        let log = Log::new("WS01").form(form).event(
            Event::new(Provider::sysmon(), SYSMON_CHANNEL, 17, time)
                .data("UtcTime", Value::text("no time"))
                .data("ProcessGuid", Value::text("{7F3D96AA-0000-0000-0000-000000000000}"))
                .data("ProcessId", Value::Hex32(0x10))
                .data("PipeName", Value::U32(42))
                .data("Image", Value::Null),
        );
        let read = the_event(log);
        assert_eq!(
            (read.pipe_name.as_str(), read.image.as_str(), read.process_id),
            ("42", "", Some(16))
        );
        assert_eq!(read.process_guid, "{7F3D96AA-0000-0000-0000-000000000000}");
        // Without a UtcTime, when the event was written.
        assert_eq!(
            read.time,
            crate::normalize::time::parse_utc_time("2025-03-03 09:00:00.000")
        );
    }
}

#[test]
fn a_field_that_occurs_twice_is_not_guessed_at() {
    let twice = Event::from(event()).data("PipeName", Value::text(r"\other"));
    let seen = seen(&Log::new("WS01").event(twice).into_bytes());
    assert_eq!(seen.events.len() + seen.skips.len(), 1);
}

/// A log of many kinds of records.
fn mixed(form: Form, seed: u64) -> Log {
    let mut random = Random::new(seed);
    let mut log = Log::new("WS01.corp.example").form(form).first_record_id(1000);
    for n in 0..random.range(100, 400) {
        let mut event = Event::from(match random.range(0, 3) {
            0 => event(),
            1 => PipeEvent::connected(format!(r"\pipe.{n}")).schema(Schema::V4_21),
            _ => PipeEvent::created("\\\u{e4}\u{1F680}").host(format!("WS{:02}", n % 7)),
        });
        event.rendered = random.percent(10);
        event.record_id = Some(1000 + n);
        if random.percent(40) {
            event.id = 3;
        }
        if random.percent(5) {
            event.provider = Provider::classic("Other");
        }
        if random.percent(20) {
            event.form = random.pick(&FORMS).copied();
        }
        log.push(&event).unwrap();
    }
    log
}

#[test]
fn mutated_shapes_are_read_as_the_twin_reads_them() {
    let rounds = std::env::var("EVTX_MUTANTS").map_or(10, |count| count.parse().unwrap());
    for seed in 0..rounds {
        for form in FORMS {
            let mut bytes = mixed(form, seed % 50).into_bytes();
            let mut random = Random::new(seed);
            let mut chunk = bytes.split_off(FILE_HEADER);
            compare_all(&[&bytes[..], &chunk].concat(), &(form, seed, "whole"));
            let used = if seed % 2 == 0 { 6000 } else { chunk.len() };
            let mut part = chunk[512..used.min(chunk.len())].to_vec();
            let len = part.len();
            damage::mutate(&mut part, 1 + seed % 9, &mut random);
            part.resize(len, 0);
            chunk[512..512 + len].copy_from_slice(&part);
            compare_all(&[&bytes[..], &chunk].concat(), &(form, seed));
        }
    }
}

#[test]
fn every_record_that_is_whole_is_read_whatever_is_damaged() {
    for form in [Form::Live, Form::Export] {
        for seed in 0..4 {
            let (mut log, mut placed) = (Log::new("WS01").form(form).first_record_id(500), Vec::new());
            for n in 0..400 {
                placed.push(
                    log.push(&PipeEvent::created(format!(r"\pipe.{n}.{seed}")).into())
                        .unwrap(),
                );
            }
            let bytes = log.into_bytes();
            let victim = placed[150 + usize::try_from(seed).unwrap() * 13];
            for damage in [
                Damage::Zeros {
                    offset: victim.offset,
                    size: 3,
                },
                Damage::Garbled {
                    offset: victim.offset,
                    seed,
                },
                Damage::Overlong { offset: victim.offset },
                Damage::SizeCopy { offset: victim.offset },
                Damage::Truncated(victim.offset + victim.size / 2),
            ] {
                let mut damaged = bytes.clone();
                damage.apply(&mut damaged);
                let seen = seen(&damaged);
                let whole = placed.iter().filter(|place| {
                    let end = place.offset + place.size;
                    damaged.get(place.offset..end) == bytes.get(place.offset..end)
                });
                let read: Vec<_> = seen.events.iter().filter_map(|event| event.record_id).collect();
                assert_eq!(
                    read,
                    whole.map(|place| place.record_id).collect::<Vec<_>>(),
                    "{form:?} {damage:?}"
                );
                assert!(!seen.skips.is_empty(), "{form:?} {damage:?}");
            }
        }
    }
}

#[test]
fn the_fleets_records_are_read_fast() {
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/fleet")];
    let mut pipes = 0;
    while let Some(folder) = folders.pop() {
        for path in std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let compared = compare_all(&std::fs::read(&path).unwrap(), &path);
            assert_eq!(compared.other + compared.pipe, compared.records, "{}", path.display());
            pipes += compared.pipe;
        }
    }
    assert!(pipes > 2000, "{pipes}");
}
