//! Floods of every kind, beyond every limit: the same bytes in any order and in any parts.

use proptest::prelude::*;

use super::{ROOM, Shares, parts};
use crate::baseline::group::Group;
use crate::baseline::{Baseline, Fold, Occurrences, Pair, SharedFold};
use crate::event::Millis;
use crate::test_support::{OwnedEvent, few_or_many, folded as baseline, owned, text};

/// What a flood varies.
#[derive(Debug, Clone, Copy)]
enum Flood {
    Names,
    Templates,
    Images,
    Folders,
    All,
    /// With their users.
    Hosts,
    Spellings,
    /// Of the image.
    Cases,
    /// Of few hosts.
    Users,
    /// Of few hosts, and beyond all calendars.
    Clocks,
    /// Of many hosts.
    Days,
}

fn letters(mut n: u64) -> String {
    let mut text = String::new();
    loop {
        text.push(char::from(b'a' + u8::try_from(n % 26).unwrap()));
        n /= 26;
        if n == 0 {
            return text;
        }
    }
}

/// `count` events, each of a pair of its own, on few hosts.
fn flood(flood: Flood, count: u64) -> impl Iterator<Item = OwnedEvent> {
    (0..count).map(move |n| {
        let host = format!("WS{}", n % 5);
        // An event of one flood is none of another, but for its like.
        let mut event = owned(&format!(r"\mojo.4204.{n}"), &host, 1000 + n + 10_000 * flood as u64);
        match flood {
            Flood::Names => {}
            Flood::Templates => event.pipe_name = format!(r"\{}", letters(n)),
            Flood::Images => event.image = format!(r"C:\Users\x\{}.exe", letters(n)),
            Flood::Folders => event.image = format!(r"C:\Users\{}\{}\x.exe", letters(n), letters(n / 3)),
            Flood::Hosts => {
                (event.pipe_name, event.host) = (r"\x".into(), format!("H{n}"));
                event.user = format!(r"CORP\u{}", n * 7);
            }
            Flood::Spellings => {
                let upper = |bit: u64, c: char| if n >> bit & 1 == 1 { c.to_ascii_uppercase() } else { c };
                event.pipe_name = format!(
                    r"\{}",
                    (0..)
                        .zip("spellings".chars())
                        .map(|(bit, c)| upper(bit, c))
                        .collect::<String>()
                );
            }
            Flood::Cases => {
                let upper = |bit: u64, c: char| {
                    if n >> (bit % 11) & 1 == 1 {
                        c.to_ascii_uppercase()
                    } else {
                        c
                    }
                };
                event.image = (0..)
                    .zip(r"c:\spellings.exe".chars())
                    .map(|(bit, c)| upper(bit, c))
                    .collect();
            }
            Flood::Users => event.user = format!(r"CORP\u{}", n / 7),
            Flood::Clocks => {
                event.time = Some(Millis((5_000_000 + (n / 3).cast_signed()) * 86_400_000));
                event.user = format!(r"CORP\u{}", n % 3);
            }
            Flood::Days => {
                event.host = format!("H{}", n % 40);
                event.time = Some(Millis((20_000 + (n / 9).cast_signed()) * 86_400_000));
            }
            Flood::All => {
                event.image = format!(r"C:\Users\{}\{}.exe", letters(n / 2), letters(n));
                event.pipe_name = format!(r"\{}", letters(n * 7));
            }
        }
        event
    })
}

/// What is frequent, and the same in every baseline.
fn frequent() -> Vec<OwnedEvent> {
    let of_pair = |pair: u64| {
        (0..20).map(move |n| {
            let mut event = owned(
                &format!(r"\frequent{}", letters(pair)),
                &format!("WS{}", n % 7),
                5_000_000 + pair * 100 + n,
            );
            event.image = format!(r"C:\Windows\System32\{}.exe", letters(pair));
            event
        })
    };
    (0..10).flat_map(of_pair).collect()
}

fn any_flood() -> impl Strategy<Value = (Flood, u64)> {
    let kind = prop_oneof![
        Just(Flood::Names),
        Just(Flood::Templates),
        Just(Flood::Images),
        Just(Flood::Folders),
        Just(Flood::All),
        Just(Flood::Hosts),
        Just(Flood::Spellings),
        Just(Flood::Cases),
        Just(Flood::Users),
        Just(Flood::Clocks),
        Just(Flood::Days),
    ];
    (kind, 1..6 * ROOM as u64)
}

fn shuffle<T>(items: &mut [T], seed: u64) {
    let mut state = seed | 1;
    for i in (1..items.len()).rev() {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        items.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(few_or_many(8, 32)))]

    #[test]
    fn floods_merge_to_the_same_bytes_in_any_order_and_partition(
        floods in proptest::collection::vec(any_flood(), 1..4), seed in any::<u64>(), cuts in (0.0..1.0f64, 0.0..1.0f64)) {
        let mut events: Vec<OwnedEvent> = floods.into_iter().flat_map(|(kind, count)| flood(kind, count)).chain(frequent()).collect();
        shuffle(&mut events, seed);
        let whole = baseline(&events);
        let bytes = text(&whole);
        prop_assert!(room(&whole) <= ROOM);
        let cut = |at: f64| { #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)] { (at * events.len() as f64) as usize } };
        let (a, b) = (cut(cuts.0.min(cuts.1)), cut(cuts.0.max(cuts.1)));
        let [x, y, z] = [baseline(&events[..a]), baseline(&events[a..b]), baseline(&events[b..])];
        prop_assert!(text(&x.clone().merge(y.clone()).merge(z.clone())) == bytes);
        prop_assert!(text(&x.clone().merge(y.clone().merge(z.clone()))) == bytes);
        prop_assert!(text(&z.merge(x).merge(y)) == bytes);
        prop_assert!(text(&whole.clone().merge(whole.clone())) == bytes);
        prop_assert!(read(&bytes) == whole);
        shuffle(&mut events, seed ^ 0x5555);
        prop_assert!(text(&baseline(&events)) == bytes);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(few_or_many(8, 32)))]

    #[test]
    fn folds_that_hand_over_are_small_and_make_the_same_bytes(
        floods in proptest::collection::vec(any_flood(), 1..4), seed in any::<u64>(), folds in 1usize..5) {
        let mut events: Vec<OwnedEvent> = floods.into_iter().flat_map(|(kind, count)| flood(kind, count)).chain(frequent()).collect();
        shuffle(&mut events, seed);
        let shared_fold = SharedFold::of(folds);
        let occurrences = Occurrences::default();
        let mut parts: Vec<Fold> = (0..folds).map(|_| Fold::default()).collect();
        for (nth, event) in events.iter().enumerate() {
            // One of them is slow, and goes on with limits that are old.
            let fold = &mut parts[if nth % 5 == 0 { 0 } else { nth % folds }];
            fold.add(&event.borrow(), &occurrences);
            shared_fold.relieve(fold);
            prop_assert!(folds == 1 || fold.room <= ROOM / 4 / folds);
        }
        let rest = parts.into_iter().map(Fold::finish).reduce(Baseline::merge).unwrap();
        let all = shared_fold.finish(rest);
        prop_assert!(text(&all) == text(&baseline(&events)));
    }
}

fn room(baseline: &Baseline) -> usize {
    baseline.groups.values().map(Group::room).sum()
}

fn read(text: &str) -> Baseline {
    let mut input = text.as_bytes();
    let mut lines = crate::source::saved::Lines::of(&mut input).unwrap();
    let mut back = None;
    crate::baseline::saved::read(&mut lines, |read| back = Some(read.unwrap().fold.finish())).unwrap();
    back.unwrap()
}

fn is_frequent(pair: &Pair) -> bool {
    pair.pipe_name.starts_with(r"\frequent")
}

#[test]
fn what_is_frequent_elsewhere_stays_exact() {
    let quiet: Vec<Pair> = baseline(&frequent()).pairs();
    for kind in [
        Flood::Names,
        Flood::Templates,
        Flood::Images,
        Flood::Folders,
        Flood::All,
    ] {
        let count = 8 * ROOM as u64;
        let all: Vec<OwnedEvent> = flood(kind, count).chain(frequent()).collect();
        let whole = baseline(&all);
        assert_eq!(whole.events(), count + 200, "{kind:?}");
        assert_eq!(room(&whole), ROOM, "{kind:?}");
        assert_eq!(
            whole.events_without_name(),
            count + 10 - whole.names() as u64,
            "{kind:?}"
        );
        let kept: Vec<Pair> = whole.pairs().into_iter().filter(is_frequent).collect();
        assert_eq!(kept.len(), 10, "{kind:?}");
        for (kept, alone) in kept.iter().zip(&quiet) {
            assert_eq!((&kept.pipe_name, &kept.image), (&alone.pipe_name, &alone.image));
            assert_eq!(kept.evidence.events(), alone.evidence.events());
            assert_eq!(kept.evidence.spread(), alone.evidence.spread());
        }
    }
}

#[test]
fn nothing_comes_back_of_which_a_part_was_not_kept() {
    let all: Vec<OwnedEvent> = flood(Flood::Images, 4 * ROOM as u64).collect();
    let whole = baseline(&all);
    let mut selection = crate::baseline::Selection::default();
    selection.add_host("WS1");
    // Room enough, now that most is gone.
    let selected = whole.select(&selection);
    let kept: Vec<String> = selected.pairs().into_iter().map(|pair| pair.image).collect();
    let again = selected.clone().merge(baseline(&all[..ROOM / 2]));
    assert!(again.events() >= selected.events());
    let more = again.pairs().len() - kept.len();
    // Some of the pairs of other hosts that are within the limits come in; the rest does not.
    assert!(more < ROOM / 3, "{more}");
    assert!(again.events_without_name() > selected.events_without_name());
}

#[test]
fn a_place_that_lacks_something_says_so() {
    let all: Vec<OwnedEvent> = flood(Flood::Images, 4 * ROOM as u64).chain(frequent()).collect();
    let whole = baseline(&all);
    for group in whole.groups(crate::baseline::Part::ALL) {
        let is_frequent = group.template().to_string().starts_with(r"\frequent");
        assert!(group.has_all_names());
        assert_eq!(group.has_all_images_beside(), is_frequent);
    }
    let all: Vec<OwnedEvent> = flood(Flood::Templates, 4 * ROOM as u64).chain(frequent()).collect();
    for group in baseline(&all).groups(crate::baseline::Part::ALL) {
        let is_frequent = group.template().to_string().starts_with(r"\frequent");
        assert_eq!(group.has_all_names(), is_frequent);
        assert!(group.has_all_images_beside());
    }
}

#[test]
fn a_path_is_its_folders_and_what_is_behind_them() {
    let of = |path: &'static str| -> Vec<&'static str> { parts(path).map(|part| &path[part]).collect() };
    assert_eq!(of(r"c:\a\b.exe"), [r"c:\", r"a\", "b.exe"]);
    assert_eq!(of("system"), ["system"]);
    assert_eq!(of(r"c:\a\"), [r"c:\", r"a\", ""]);
    let deep: &str = r"x\".repeat(40).leak();
    assert_eq!(of(deep).len(), super::DEEPEST + 1);
    assert_eq!(of(deep).concat(), deep);
}

#[test]
fn a_limit_holds_for_all_that_lies_below() {
    let mut shares = Shares::default();
    shares.limit_folder(r"c:\users\", 0);
    assert!(!shares.keeps(r"C:\USERS\x\y.exe", r"\x"));
    assert!(shares.keeps(r"C:\Users2\x\y.exe", r"\x"));
    shares.limit_image(r"c:\a.exe", 0);
    assert!(!shares.keeps(r"C:\A.exe", r"\x"));
    assert!(shares.keeps(r"C:\A.exe2", r"\x"));
}
