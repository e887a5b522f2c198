//! Floods of every kind, beyond every limit: the same bytes in any parts and order, and by any number of folds that hand over
//! what they have. The limits are low here, so that a few hundred events reach them.

#![no_main]

use arbitrary::Arbitrary;
use libfuzzer_sys::fuzz_target;
use pipemine::baseline::{Baseline, SharedFold, Fold, Occurrences, saved};
use pipemine::event::{Kind, Millis};
use pipemine::source::saved::Lines;

#[path = "shared/events.rs"]
mod events;

use events::{Owned, baseline};

/// What the events of a flood differ in.
#[derive(Debug, Clone, Copy, Arbitrary)]
struct Differ {
    name: bool,
    template: bool,
    image: bool,
    folder: bool,
    case: bool,
    host: bool,
    user: bool,
    day: bool,
    wrong_day: bool,
    created: bool,
}

#[derive(Debug, Clone, Copy, Arbitrary)]
struct Flood {
    differ: Differ,
    /// So many events of each kind are alike.
    alike: u8,
    /// Where it begins: floods that begin at the same place have events in shared_fold.
    start: u8,
    count: u16,
}

#[derive(Debug, Arbitrary)]
struct Input {
    floods: Vec<Flood>,
    seed: u64,
    cuts: (u8, u8),
    folds: u8,
}

fn letters(mut n: u64) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'a' + (n % 26) as u8));
        n /= 26;
        if n == 0 {
            return text;
        }
    }
}

fn cased(text: &str, bits: u64) -> String {
    let cased = |(nth, c): (usize, char)| {
        if bits >> (nth % 16) & 1 == 1 {
            c.to_ascii_uppercase()
        } else {
            c
        }
    };
    text.chars().enumerate().map(cased).collect()
}

/// The event of a number: all of it follows from the number, so that an event which comes twice is told in one way.
fn event(flood: &Flood, nth: u64) -> Owned {
    let Differ {
        name,
        template,
        image,
        folder,
        case,
        host,
        user,
        day,
        wrong_day,
        created,
    } = flood.differ;
    let number = u64::from(flood.start) * 97 + nth / (1 + u64::from(flood.alike % 16));
    let bits = [name, template, image, folder, case, host, user, day, wrong_day, created];
    let kinds = bits.iter().fold(0, |kinds, bit| kinds << 1 | u64::from(*bit));
    let or = |differs: bool, text: String, else_: &str| if differs { text } else { else_.to_owned() };
    let last = or(image, format!("{}.exe", letters(number)), "x.exe");
    let path = or(
        folder,
        format!(r"C:\Users\{}\{last}", letters(number / 3)),
        &format!(r"C:\{last}"),
    );
    let pipe = match (name, template) {
        (_, true) => format!(r"\{}", letters(number * 7)),
        (true, false) => format!(r"\mojo.4204.{number}"),
        _ => r"\pipe".to_owned(),
    };
    let day = match (day, wrong_day) {
        (true, false) => 17_000 + number % 9_000,
        (_, true) => 100_000 + number,
        _ => 20_000,
    };
    let cased = |text: String| if case { cased(&text, number) } else { text };
    Owned {
        kind: if created && number % 2 == 0 {
            Kind::Created
        } else {
            Kind::Connected
        },
        name: cased(pipe),
        image: cased(path),
        host: or(host, format!("H{number}"), &format!("WS{}", nth % 3)),
        user: or(user, format!(r"CORP\u{number}"), r"CORP\a"),
        time: Some(Millis((day * 86_400_000 + nth % 1000) as i64)),
        process_id: Some(4204),
        record_id: Some(kinds << 24 | u64::from(flood.alike % 16) << 20 | u64::from(flood.start) << 12 | nth),
    }
}

/// As so many threads read them, each with a part.
fn by_folds(events: &[Owned], folds: usize) -> Baseline {
    let shared_fold = SharedFold::of(folds);
    let occurrences = Occurrences::default();
    let mut parts: Vec<Fold> = (0..folds).map(|_| Fold::default()).collect();
    for (nth, event) in events.iter().enumerate() {
        // One of them is slow, and goes on with limits that are old.
        let fold = &mut parts[if nth % 5 == 0 { 0 } else { nth % folds }];
        event.add_to(fold, &occurrences);
        shared_fold.relieve(fold);
    }
    let rest = parts.into_iter().map(Fold::finish).reduce(Baseline::merge);
    shared_fold.finish(rest.unwrap_or_default())
}

fn text(baseline: &Baseline) -> Vec<u8> {
    let mut out = Vec::new();
    baseline.save(&mut out).unwrap();
    out
}

fn shuffle<T>(items: &mut [T], mut state: u64) {
    for i in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(i, (state >> 33) as usize % (i + 1));
    }
}

fuzz_target!(|input: Input| {
    let floods = input.floods.iter().take(4);
    let mut events: Vec<Owned> = floods
        .flat_map(|flood| (0..u64::from(flood.count % 4096)).map(|nth| event(flood, nth)))
        .collect();
    let whole = baseline(&events);
    let bytes = text(&whole);
    shuffle(&mut events, input.seed);
    assert!(text(&baseline(&events)) == bytes, "another order");
    assert!(
        text(&by_folds(&events, 1 + usize::from(input.folds % 4))) == bytes,
        "by folds"
    );
    let cut = |at: u8| events.len() * usize::from(at) / 256;
    let (a, b) = (cut(input.cuts.0.min(input.cuts.1)), cut(input.cuts.0.max(input.cuts.1)));
    let [x, y, z] = [baseline(&events[..a]), baseline(&events[a..b]), baseline(&events[b..])];
    assert!(text(&x.clone().merge(y.clone()).merge(z.clone())) == bytes, "in parts");
    assert!(text(&z.merge(x.merge(y))) == bytes, "in parts, turned");
    assert!(text(&whole.clone().merge(whole.clone())) == bytes, "with itself");
    let mut saved = &bytes[..];
    let mut lines = Lines::of(&mut saved).unwrap();
    saved::read(&mut lines, |read| {
        assert!(read.expect("what was saved is read").fold.finish() == whole, "as saved");
    })
    .unwrap();
});
