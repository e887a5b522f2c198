use proptest::prelude::*;

use super::*;
use crate::baseline::{Baseline, Fold};
use crate::event::Millis;
use crate::records::Stretch;
use crate::source::saved::Lines;
use crate::test_support::{OwnedEvent, any_event, folded as baseline, owned};

fn saved(baseline: &Baseline) -> String {
    let mut out = Vec::new();
    baseline.save(&mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// What is read of a text: the whole baselines, and the reasons why others are refused.
fn read_all(text: &[u8]) -> (Vec<Baseline>, Vec<String>) {
    let (mut whole, mut events, mut refused) = (Vec::new(), Vec::new(), Vec::new());
    let mut input = text;
    let mut lines = Lines::of(&mut input).unwrap();
    read(&mut lines, |found| match found {
        Ok(saved) => {
            events.push(saved.events);
            whole.push(saved.fold.finish());
        }
        Err(refusal) => refused.push(refusal.what),
    })
    .unwrap();
    // A forged file may hold an event twice.
    assert!(
        whole
            .iter()
            .zip(events)
            .all(|(baseline, events): (&Baseline, u64)| baseline.events() <= events)
    );
    (whole, refused)
}

#[track_caller]
fn loaded(text: &str) -> Baseline {
    let (mut whole, refused) = read_all(text.as_bytes());
    assert_eq!((whole.len(), refused), (1, vec![]), "{text}");
    assert!(text.contains(&format!(r#""events":{},"#, whole[0].events())), "{text}");
    whole.remove(0)
}

proptest! {
    #[test]
    fn what_is_saved_is_read_back(events in proptest::collection::vec(any_event(), 0..120)) {
        let baseline = baseline(&events);
        let text = saved(&baseline);
        let back = loaded(&text);
        prop_assert_eq!(&back, &baseline);
        prop_assert_eq!(saved(&back), text);
    }

    #[test]
    fn parts_that_are_saved_merge_to_the_same_bytes(
        events in proptest::collection::vec(any_event(), 0..120), cut in 0usize..120) {
        let whole = saved(&baseline(&events));
        let cut = cut.min(events.len());
        let parts = saved(&baseline(&events[cut..])) + &saved(&baseline(&events[..cut]));
        let (parts, refused) = read_all(parts.as_bytes());
        prop_assert_eq!(refused, Vec::<String>::new());
        let mut fold = Fold::default();
        parts.iter().for_each(|part| fold.absorb(part.clone()));
        prop_assert_eq!(saved(&fold.finish()), whole);
    }

    /// Nothing is believed of a file that is not what was written; and nothing in it does harm.
    #[test]
    fn a_file_that_was_changed_anywhere_is_refused(
        events in proptest::collection::vec(any_event(), 1..30), at in any::<prop::sample::Index>(), to in any::<u8>(), kind in 0..3) {
        let whole = saved(&baseline(&events));
        let mut bytes = whole.clone().into_bytes();
        let at = at.index(bytes.len());
        match kind {
            0 => bytes[at] = to,
            1 => drop(bytes.remove(at)),
            _ => bytes.truncate(at),
        }
        let (read, refused) = read_all(&bytes);
        // All but the last line's end must be there.
        if String::from_utf8_lossy(&bytes).trim_end() == whole.trim_end() || at == whole.len() - 1 {
            return Ok(());
        }
        prop_assert_eq!(read.len(), 0, "{}", String::from_utf8_lossy(&bytes));
        prop_assert!(!refused.is_empty() || bytes.is_empty());
    }

    #[test]
    fn a_forged_file_does_no_harm(lines in proptest::collection::vec(forged_line(), 0..12)) {
        let _ = read_all(forged(&lines).as_bytes()).0.iter().map(saved).count();
    }
}

/// Lines of any content with the checks and the trailer that fit them.
fn forged(lines: &[String]) -> String {
    let mut out = Vec::new();
    let mut writer = line::Lines::of(&Baseline::default(), &mut out);
    writer
        .line()
        .extend(br#"{"pipemine":"baseline","version":1,"program":"x""#);
    writer.end().unwrap();
    for line in lines {
        writer.line().extend(line.as_bytes());
        writer.end().unwrap();
    }
    let (count, sum) = writer.so_far();
    let events = lines.iter().filter(|line| line.contains("seen")).count();
    let end = format!(r#"{{"end":{{"lines":{count},"hosts":1,"events":{events},"sum":"{sum:016x}"}}"#);
    writer.line().extend(end.as_bytes());
    writer.end().unwrap();
    String::from_utf8(out).unwrap()
}

fn forged_line() -> impl Strategy<Value = String> {
    let ids = prop_oneof![Just("gokeuIuSRC"), Just("AA"), Just("~AA"), Just("////////A"), Just("")];
    let day = prop_oneof![
        Just("20150"),
        Just("-2147483648"),
        Just("2147483647"),
        Just("-"),
        Just("x")
    ];
    let head = prop_oneof![
        Just(r#""pipe":"\\x""#),
        Just(r#""name":"\\mojo.1""#),
        Just(r#""name":"\\\ufdd0""#),
        Just(r#""other_names":true"#),
        Just(r#""pipe":"","other_spellings":true"#),
        Just(r#""pipe":"-","image":"""#),
    ];
    prop_oneof![
        Just(r#"{"image":"C:\\a.exe""#.to_owned()),
        Just(r#"{"template":"\\mojo.\ufdd0","limit":"0000000000000000""#.to_owned()),
        Just(r#"{"template":"""#.to_owned()),
        (head, ids, day)
            .prop_map(|(head, ids, day)| format!(r#"{{{head},"seen":{{"H":{{"17 u":{{"{day}":"{ids}"}}}}}}"#)),
    ]
}

#[test]
fn the_text_is_the_documented_one() {
    let doc = include_str!("../../../docs/baseline-format.md");
    let example = doc.split("```json\n").nth(1).unwrap().split("```").next().unwrap();
    let mut events = [owned(r"\lsass", "WS01", 1), owned(r"\mojo.4204.7", "WS02", 1)];
    events[0].user = r"CORP\bob".into();
    events[1].user = String::new();
    // The first line names the version of the program, which the sum in the last one covers.
    let lines = |text: &str| text.lines().map(|line| line.replace("0.1.0", "")).collect::<Vec<_>>();
    let text = saved(&baseline(&events)).replace(env!("CARGO_PKG_VERSION"), "0.1.0");
    let (found, documented) = (lines(&text), lines(example));
    assert_eq!(found[1..5], documented[1..5]);
    assert_eq!(found[0].split("check").next(), documented[0].split("check").next());
    assert_eq!(found[5].split("sum").next(), documented[5].split("sum").next());
}

/// The lines between the first and the last.
fn inner(events: &[OwnedEvent]) -> Vec<String> {
    let lines: Vec<String> = saved(&baseline(events)).lines().map(str::to_owned).collect();
    lines[1..lines.len() - 1].to_vec()
}

#[test]
fn spellings_and_what_is_not_known_have_their_lines() {
    let mut spelled = owned(r"\LSASS", "ws01.corp.example", 2);
    spelled.image = r"c:\A.exe".into();
    let mut timeless = owned(r"\mojo.4204.1", "", 3);
    timeless.time = None;
    timeless.user = String::new();
    assert_eq!(
        inner(&[owned(r"\lsass", "WS01", 1), spelled, timeless]),
        [
            r#"{"image":"C:\\a.exe","check":"dpKZ"}"#,
            r#"{"pipe":"\\LSASS","image":"c:\\A.exe","seen":{"ws01.corp.example":{"18 u":{"19675":"igtpsCE"}}},"check":"6T46"}"#,
            r#"{"pipe":"\\lsass","seen":{"WS01":{"18 u":{"19675":"hgtpsCC"}}},"check":"rk0E"}"#,
            r#"{"template":"\\mojo.\ufdd0.\ufdd3","check":"S+EN"}"#,
            r#"{"name":"\\mojo.4204.1","seen":{"-":{"18 -":{"-":"AG"}}},"check":"3Cv7"}"#,
        ]
    );
    assert_eq!(
        inner(&[owned(r"\lsass", "WS01", 1), owned(r"\LSASS", "WS01", 1)]),
        [
            r#"{"image":"C:\\a.exe","check":"dpKZ"}"#,
            r#"{"template":"\\LSASS","check":"um77"}"#,
            r#"{"name":"\\lsass","also_spelled":["\\LSASS"],"seen":{"WS01":{"18 u":{"19675":"hgtpsCC"}}},"check":"DVel"}"#,
        ]
    );
}

#[test]
fn what_whole_logs_hold_has_its_lines_and_comes_back() {
    let mut fold = Fold::default();
    fold.absorb(baseline(&[owned(r"\lsass", "WS01", 1)]));
    for (host, first, last) in [
        ("ws02", 7, 7),
        ("ws01.corp.example", 90, 99),
        ("ws01.corp.example", 1, 20),
    ] {
        let stretch = Stretch::new((first, Millis(1_000)), (last, Millis(2_000))).unwrap();
        fold.logs.add(host, &stretch.into());
    }
    let baseline = fold.finish();
    let text = saved(&baseline);
    assert!(text.starts_with(r#"{"pipemine":"baseline","version":4,"#), "{text}");
    assert_eq!(
        text.lines().skip(1).take(4).collect::<Vec<_>>(),
        [
            r#"{"log_of":"ws01.corp.example","records":[1,20],"written":[1000,2000],"check":"Vc0A"}"#,
            r#"{"log_of":"ws01.corp.example","records":[90,99],"written":[1000,2000],"check":"X7MI"}"#,
            r#"{"log_of":"ws02","records":[7,7],"written":[1000,2000],"check":"5UEw"}"#,
            r#"{"image":"C:\\a.exe","check":"dpKZ"}"#,
        ]
    );
    assert_eq!(loaded(&text), baseline);
    // One that was read before events came is not forgotten for them.
    let mut logs_first = Fold {
        logs: baseline.logs.clone(),
        ..Fold::default()
    };
    logs_first.join(Fold::from(baseline.clone()));
    assert_eq!(logs_first.finish(), baseline);
}

#[test]
fn a_flood_of_names_and_of_spellings_survives() {
    let spelled = |n: u64| -> String { (0..8).map(|i| if n >> i & 1 == 1 { 'A' } else { 'a' }).collect() };
    let mut events: Vec<_> = (0..256).map(|n| owned(&format!(r"\{}", spelled(n)), "a", n)).collect();
    events.extend((0..263_000).map(|n| owned(&format!(r"\mojo.4204.{n}"), "a", 1_000 + n)));
    let whole = baseline(&events);
    assert!(whole.events_without_name() > 0);
    assert!(loaded(&saved(&whole)) == whole, "it comes back as it was");
}

#[test]
fn a_name_of_many_hosts_has_a_line_for_each() {
    let events: Vec<_> = (0..20).map(|n| owned(r"\lsass", &format!("WS{n:02}"), n)).collect();
    let text = saved(&baseline(&events));
    assert_eq!(text.lines().filter(|line| line.contains(r#""pipe""#)).count(), 20);
    let many: Vec<_> = (0..100_000).map(|n| owned(r"\lsass", "a", n)).collect();
    let text = saved(&baseline(&many));
    assert!(text.lines().all(|line| line.len() < 200_000));
    assert_eq!(loaded(&text), baseline(&many));
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let text = saved(&baseline(&[owned(r"\lsass", "WS01", 1), owned(r"\srvsvc", "WS01", 2)]));
    let lines: Vec<&str> = text.lines().collect();
    let refused = |text: String| {
        let (read, refused) = read_all(text.as_bytes());
        assert_eq!((read.len(), refused.len()), (0, 1), "{text}");
        refused.concat()
    };
    assert_eq!(
        refused(lines[..lines.len() - 1].join("\n")),
        "a saved baseline ends here without its last line: it is incomplete, and none of it is counted"
    );
    assert_eq!(
        refused(text.replace("lsass", "lsasS")),
        "line 3: a saved baseline is damaged here: the line does not fit its check; none of it is counted"
    );
    assert_eq!(
        refused(text.replace(r#""version":1"#, r#""version":5"#)),
        "line 1: a saved baseline of version 5 of the format, of which this program reads up to 4: use a newer pipemine; \
         none of it is counted"
    );
    let without = [&lines[..2], &lines[3..]].concat().join("\n");
    assert!(refused(without).contains("line 4: a saved baseline is damaged here: there should be 4 lines before it"));
}

#[test]
fn what_follows_a_refused_baseline_is_read() {
    let good = saved(&baseline(&[owned(r"\lsass", "WS01", 1)]));
    let cut = &good[..good.len() / 2];
    let (read, refused) = read_all(format!("{good}{cut}\n{good}x\ny\n\n{good}").as_bytes());
    assert_eq!((read.len(), refused.len()), (3, 2), "{refused:?}");
    assert_eq!(refused[1], "line 12: no saved baseline begins here");
}

#[test]
fn line_ends_of_windows_do_no_harm() {
    let baseline = baseline(&[owned(r"\lsass", "WS01", 1)]);
    assert_eq!(loaded(&saved(&baseline).replace('\n', "\r\n")), baseline);
}
