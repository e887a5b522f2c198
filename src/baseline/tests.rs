use proptest::prelude::*;

use super::*;
use crate::event::Millis;
use crate::test_support::{OwnedEvent, any_event, folded as baseline, owned, text};

/// What people are told of a baseline, without its inner numbers.
fn told(baseline: &Baseline) -> Vec<String> {
    let row = |pair: &Pair| {
        let evidence = &pair.evidence;
        let users: Vec<&str> = evidence.users.keys().map(|user| baseline.user(user)).collect();
        let seen = (
            evidence.created,
            evidence.connected,
            evidence.first_seen,
            evidence.last_seen,
        );
        let spread = (evidence.hosts().len(), evidence.days(), evidence.spread());
        format!("{} {} {users:?} {seen:?} {spread:?}", pair.pipe_name, pair.image)
    };
    baseline.pairs().iter().map(row).collect()
}

proptest! {
    #[test]
    fn merge_does_not_depend_on_order_or_partition(
        events in proptest::collection::vec(any_event(), 0..120), cuts in (0usize..120, 0usize..120), seed in any::<u64>()) {
        let whole = baseline(&events);
        let (a, b) = (cuts.0.min(cuts.1).min(events.len()), cuts.0.max(cuts.1).min(events.len()));
        let parts = [baseline(&events[..a]), baseline(&events[a..b]), baseline(&events[b..])];
        let [x, y, z] = parts;
        let left = x.clone().merge(y.clone()).merge(z.clone());
        let right = x.clone().merge(y.clone().merge(z.clone()));
        let turned = z.merge(y).merge(x);
        prop_assert_eq!(&left, &whole);
        prop_assert_eq!(&right, &whole);
        prop_assert_eq!(&turned, &whole);
        let mut shuffled = events.clone();
        let mut state = seed | 1;
        for i in (1..shuffled.len()).rev() {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            shuffled.swap(i, usize::try_from(state >> 33).unwrap() % (i + 1));
        }
        prop_assert_eq!(&baseline(&shuffled), &whole);
        prop_assert_eq!(whole.clone().merge(whole.clone()), whole);
    }

    #[test]
    fn a_selection_is_what_the_selected_events_alone_make(
        events in proptest::collection::vec(any_event(), 0..80), host in prop_oneof![Just("ws01"), Just("WS02.x"), Just("nix")]) {
        let mut selection = Selection::default();
        selection.since = Some(Millis(1_700_200_000_000));
        selection.add_host(host);
        let short = crate::normalize::host::short_name;
        let kept: Vec<OwnedEvent> = events.iter()
            .filter(|e| e.time.is_some_and(|t| t.0 >= 1_700_200_000_000) && short(&e.host).eq_ignore_ascii_case(&short(host)))
            .cloned().collect();
        prop_assert_eq!(told(&baseline(&events).select(&selection)), told(&baseline(&kept)));
    }
}

#[test]
fn spelling_and_case_make_no_other_pair_and_no_other_host() {
    let all = baseline(&[
        owned(r"\srvsvc", "WS01", 1),
        owned(r"\SRVSVC", "ws01.corp.example", 2),
        owned(r"\srvsvc", "WS01.", 3),
    ]);
    let pairs = all.pairs();
    assert_eq!(pairs.len(), 1);
    assert_eq!(
        (pairs[0].pipe_name.as_str(), pairs[0].evidence.events()),
        (r"\srvsvc", 3)
    );
    assert_eq!(pairs[0].evidence.hosts().len(), 1);
}

#[test]
fn case_beyond_ascii_makes_no_other_host() {
    let all = baseline(&[
        owned(r"\x", "WÜRZBURG1", 1),
        owned(r"\x", "würzburg1.corp.example", 2),
        owned(r"\x", "WURZBURG1", 3),
    ]);
    assert_eq!((all.hosts(), all.pairs()[0].evidence.spread().hosts), (2, 2));
    let mut selection = Selection::default();
    selection.add_host("wüRZBURG1");
    assert_eq!(all.clone().select(&selection).events(), 2);
}

#[test]
fn dates_that_fall_while_record_numbers_rise_are_no_days_of_evidence() {
    let days = |fall: bool, has_number: bool| {
        let events = (0..5).map(|nth| {
            let mut event = owned(r"\x", "WS01", 100 + nth);
            let day = if fall { 5 - nth } else { nth };
            event.time = Some(Millis(1_700_000_000_000 + i64::try_from(day).unwrap() * 86_400_000));
            event.record_id = event.record_id.filter(|_| has_number);
            event
        });
        baseline(&events.collect::<Vec<_>>()).pairs()[0].evidence.spread().days
    };
    assert_eq!((days(false, true), days(true, true)), (5, 1));
    // An export without record numbers tells nothing of their order.
    assert_eq!(days(true, false), 5);
}

#[test]
fn of_equally_frequent_spellings_the_smallest_is_shown() {
    let all = baseline(&[owned(r"\srvsvc", "a", 1), owned(r"\SrvSvc", "a", 2)]);
    assert_eq!(all.pairs()[0].pipe_name, r"\SrvSvc");
}

#[test]
fn the_same_record_number_at_another_time_is_another_event() {
    let mut cleared = owned(r"\x", "a", 1);
    cleared.time = Some(Millis(1_700_000_050_000));
    assert_eq!(
        baseline(&[owned(r"\x", "a", 1), cleared, owned(r"\x", "a", 1)]).events(),
        2
    );
}

#[test]
fn alike_events_without_record_number_count_once_each_and_once_only() {
    let mut event = owned(r"\x", "a", 1);
    event.record_id = None;
    let twice = [event.clone(), event];
    let all = baseline(&twice);
    assert_eq!(all.events(), 2);
    assert_eq!(all.clone().merge(baseline(&twice)), all);
    assert_eq!(all.pairs()[0].evidence.first_seen, all.pairs()[0].evidence.last_seen);
}

#[test]
fn events_without_record_number_that_differ_in_their_user_or_process_come_in_any_order() {
    // Found by fuzzing: the number of an event among its like must not depend on what else was met before.
    let mut first = owned(r"\mojo.4204.1", "a", 1);
    first.record_id = None;
    let (mut no_user, mut no_pid) = (first.clone(), first.clone());
    no_user.user = String::new();
    no_pid.process_id = None;
    let forth = baseline(&[first.clone(), no_user.clone(), no_pid.clone()]);
    assert_eq!(forth, baseline(&[no_pid, no_user, first]));
}

#[test]
fn an_event_that_one_source_tells_without_its_user_or_process_counts_once() {
    let full = owned(r"\mojo.4204.1", "a", 1);
    let (mut no_user, mut no_pid) = (full.clone(), full.clone());
    no_user.user = String::new();
    no_pid.process_id = None;
    let pairs = baseline(&[no_user, full, no_pid]).pairs();
    assert_eq!(
        (pairs.len(), pairs[0].evidence.events(), pairs[0].evidence.users.len()),
        (1, 1, 1)
    );
}

#[test]
fn a_clock_that_is_wrong_and_a_host_without_name_are_no_evidence() {
    let mut bogus = owned(r"\x", "b", 1);
    bogus.time = Some(Millis(0));
    let all = baseline(&[owned(r"\x", "a", 1), bogus, owned(r"\x", "", 3)]);
    let evidence = &all.pairs()[0].evidence;
    assert_eq!(evidence.events(), 3);
    assert_eq!(evidence.spread(), Threshold { hosts: 1, days: 1 });
    assert!(!evidence.meets(Threshold::default()));
}

#[test]
fn a_flood_of_names_is_sampled_and_still_counted() {
    let events: Vec<OwnedEvent> = (10_000..20_000)
        .map(|n| owned(&format!(r"\mojo.4204.{n}"), "a", n))
        .collect();
    let whole = baseline(&events);
    assert_eq!(whole.events(), 10_000);
    let kept = 1 + (shares::ROOM - 1) * group::NAMES_IN_ROOM;
    assert_eq!(whole.pairs().len(), kept);
    assert_eq!(whole.events_without_name(), 10_000 - kept as u64);
    let (a, b) = events.split_at(1_234);
    assert_eq!(baseline(b).merge(baseline(a)), whole);
}

/// What a flood must be, whatever was folded: so many events, the same in any parts and order, and as it is saved.
fn assert_still_counted(events: &[OwnedEvent]) -> Baseline {
    let whole = baseline(events);
    assert_eq!(whole.events(), events.len() as u64);
    let assert_same = |other: &Baseline| assert!(text(other) == text(&whole));
    let (a, b) = events.split_at(1_234);
    let (a, b) = (baseline(a), baseline(b));
    assert_same(&b.clone().merge(a.clone()));
    assert_same(&a.merge(whole.clone()));
    let saved = text(&whole);
    let mut input = saved.as_bytes();
    let mut lines = crate::source::saved::Lines::of(&mut input).unwrap();
    let mut back = None;
    saved::read(&mut lines, |read| back = Some(read.unwrap().fold.finish())).unwrap();
    assert!(back.as_ref() == Some(&whole));
    let mut turned = events.to_vec();
    turned.reverse();
    assert_same(&baseline(&turned));
    whole
}

#[test]
fn a_flood_of_hosts_is_sampled_and_still_counted() {
    let mut events: Vec<OwnedEvent> = (0..10_000)
        .map(|n| OwnedEvent {
            user: format!("CORP\\u{n}"),
            // Numbers come again on other hosts.
            ..owned(r"\x", &format!("H{n}.corp.example"), n % 1000)
        })
        .collect();
    events.extend((0..1000).map(|n| owned(r"\often", "WS01", n)));
    let whole = assert_still_counted(&events);
    // Those of no known host have users of their own, too many of them.
    assert!(whole.hosts_are_sampled() && whole.users_are_sampled() && !whole.days_are_sampled());
    let most = crowd::KEPT as u64;
    assert!((most - 2..=most).contains(&whole.hosts()), "{}", whole.hosts());
    let counts: Vec<u64> = whole.pairs().iter().map(|pair| pair.evidence.events()).collect();
    assert_eq!(counts, [10_000, 1000]);
}

#[test]
fn a_flood_of_users_is_sampled_host_by_host() {
    let event = |n: u64| OwnedEvent {
        user: format!("CORP\\u{n}"),
        ..owned(r"\x", "a", n)
    };
    let mut events: Vec<OwnedEvent> = (0..5_000).map(event).collect();
    events.extend((0..100).map(|n| owned(r"\x", "b", n)));
    let whole = assert_still_counted(&events);
    assert!(whole.users_are_sampled() && !whole.hosts_are_sampled());
    let pairs = whole.pairs();
    // And the one that b has.
    assert_eq!(pairs[0].evidence.users.len(), crowd::USERS + 1);
    assert_eq!(pairs[0].evidence.spread(), Threshold { hosts: 2, days: 1 });
    let of_b = OwnedEvent {
        user: "CORP\\u1".into(),
        ..owned(r"\y", "b", 1_000)
    };
    // A host that has few loses none of them.
    let more = baseline(&[of_b]).merge(whole);
    assert_eq!(
        more.pairs()[1]
            .evidence
            .users
            .keys()
            .map(|user| more.user(user))
            .collect::<Vec<_>>(),
        ["CORP\\u1"]
    );
}

#[test]
fn a_flood_of_days_that_cannot_be_is_sampled_and_leaves_those_that_can() {
    let at = |day: u64, n: u64| OwnedEvent {
        time: Some(Millis(day.cast_signed() * 86_400_000 + 7)),
        ..owned(r"\x", "a", n)
    };
    let mut events: Vec<OwnedEvent> = (0..5_000).map(|n| at(100_000 + n, n)).collect();
    events.extend((0..100).map(|n| at(20_000 + n, n)));
    let whole = assert_still_counted(&events);
    assert!(whole.days_are_sampled() && !whole.hosts_are_sampled());
    assert_eq!(whole.pairs()[0].evidence.spread(), Threshold { hosts: 1, days: 100 });
    assert_eq!(whole.days().count(), 100 + crowd::CLOCKS + 1);
}

#[test]
fn hosts_with_more_days_than_there_is_room_for_are_sampled() {
    let day = |n: u64| Millis((20_000 + n.cast_signed()) * 86_400_000);
    let event = |n: u64| OwnedEvent {
        time: Some(day(n / 100)),
        ..owned(r"\x", &format!("H{}", n % 100), n)
    };
    let whole = assert_still_counted(&(0..10_000).map(event).collect::<Vec<_>>());
    assert!(whole.hosts_are_sampled());
    // Each has 100 days and a user.
    assert_eq!(whole.hosts(), crowd::ROOM as u64 / 101);
    assert_eq!(whole.pairs()[0].evidence.spread().days, 100);
}

#[test]
fn a_flood_of_spellings_of_an_image_keeps_few() {
    let spelled = |n: u64| -> String {
        let cased = |bit: u64| if n >> bit & 1 == 1 { 'A' } else { 'a' };
        (0..12).map(cased).collect()
    };
    let event = |n: u64| OwnedEvent {
        image: format!(r"C:\{}.exe", spelled(n)),
        ..owned(r"\x", "a", n)
    };
    let whole = assert_still_counted(&(0..4096).map(event).collect::<Vec<_>>());
    assert_eq!(whole.images.len(), crowd::SPELLINGS + 1);
    assert_eq!(whole.pairs()[0].image, r"c:\aaaaaaaaaaaa.exe");
}

#[test]
fn a_flood_of_spellings_is_sampled_and_still_counted() {
    let spelled = |n: u64| {
        (0..12)
            .map(|i| if n >> i & 1 == 1 { 'A' } else { 'a' })
            .collect::<String>()
    };
    let events: Vec<OwnedEvent> = (0..4096).map(|n| owned(&format!(r"\{}", spelled(n)), "a", n)).collect();
    let whole = baseline(&events);
    assert_eq!((whole.events(), whole.pairs().len()), (4096, 1));
    let (a, b) = events.split_at(2000);
    assert_eq!(baseline(b).merge(baseline(a)), whole);
}
