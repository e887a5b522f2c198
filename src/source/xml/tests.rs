//! What can be relied on for XML of any form, sound or hostile.

use std::io::Read;

use proptest::prelude::*;

use crate::test_support::Gathered;
use crate::utf16;

fn event(name: &str) -> String {
    format!(
        "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><System><Provider \
         Name='Microsoft-Windows-Sysmon' Guid='{{5770385f}}'/><EventID>17</EventID><Version>1</Version><TimeCreated \
         SystemTime='2020-06-10T02:51:03.0000000Z'/><EventRecordID>464717</EventRecordID><Correlation/><Execution \
         ProcessID='3520' ThreadID='1'/><Computer>WS01</Computer><Security UserID='S-1-5-18'/></System><EventData>\
         <Data Name='RuleName'>-</Data><Data Name='UtcTime'>2020-06-10 02:51:02.755</Data><Data Name='ProcessGuid'>\
         {{b669e388}}</Data><Data Name='ProcessId'>4204</Data><Data Name='PipeName'>{name}</Data><Data Name='Image'>\
         C:\\svc.exe</Data><Data Name='User'>NT AUTHORITY\\SYSTEM</Data></EventData></Event>"
    )
}

fn line(name: &str) -> String {
    format!("Created {name} by C:\\svc.exe as NT AUTHORITY\\SYSTEM on WS01, 4204 {{b669e388}}, 1591757462755, #464717")
}

fn gathered_of(bytes: &[u8]) -> Gathered {
    Gathered::of(|sink| super::read(&mut { bytes } as &mut dyn Read, 0..u64::MAX, sink))
}

fn gathered(text: &str) -> Gathered {
    gathered_of(text.as_bytes())
}

#[test]
fn every_form_is_read() {
    let (a, b) = (event("\\a"), event("\\b"));
    let pretty = a
        .replace("><", ">\n  <")
        .replace('\'', "\"")
        .replace("<EventID>", "<EventID Qualifiers=\"\">");
    for text in [
        format!("{a}{b}"),
        format!("{a}\r\n{b}\r\n"),
        format!("<?xml version=\"1.0\" encoding=\"utf-8\" standalone=\"yes\"?>\r\n<Events>{a}{b}</Events>"),
        format!(
            "Record 1\n<?xml version=\"1.0\" encoding=\"utf-8\"?>\n{pretty}\n\nRecord 2\n<?xml version=\"1.0\"?>\n{b}\n"
        ),
    ] {
        for bytes in [
            text.clone().into_bytes(),
            format!("\u{FEFF}{text}").into_bytes(),
            format!("\u{FEFF}{text}")
                .encode_utf16()
                .flat_map(u16::to_le_bytes)
                .collect(),
            text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        ] {
            let gathered = gathered_of(&bytes);
            assert_eq!(gathered.lines(), [line("\\a"), line("\\b")], "{text}");
            assert_eq!((gathered.records, gathered.skips), (2, vec![]));
        }
    }
}

#[test]
fn one_level_of_escaping_is_undone() {
    for (written, name) in [
        ("&lt;Anonymous Pipe&gt;", "<Anonymous Pipe>"),
        ("&amp;lt;Anonymous Pipe&amp;gt;", "&lt;Anonymous Pipe&gt;"),
        ("<![CDATA[<a&amp;b>]]>", "<a&amp;b>"),
        (" \\a\n&#xD; &#65;&quot;&apos;", " \\a\n\r A\"'"),
        ("\\a<!-- no part of it -->b", "\\ab"),
    ] {
        assert_eq!(gathered(&event(written)).lines(), [line(name)], "{written}");
    }
    for written in ["-", "", "C:\\svc.exe"] {
        let gathered = gathered(&event(written));
        assert_eq!((gathered.events.len(), gathered.skips.len()), (0, 1), "{written}");
    }
}

#[test]
fn surrogates_are_kept() {
    let units = |written: &str| {
        let events = gathered(&event(written)).lines();
        let name = events[0].split(" by ").next().unwrap()["Created ".len()..].to_owned();
        utf16::units(&name).collect::<Vec<_>>()
    };
    assert_eq!(
        units("&#xD83D;&#xDE00;"),
        "\u{1F600}".encode_utf16().collect::<Vec<_>>()
    );
    assert_eq!(units("&#xD83D;a"), [0xD83D, 97]);
    assert_eq!(units("&#55357;"), [0xD83D]);
    assert_eq!(units("&#xDE00;&#xD83D;"), [0xDE00, 0xD83D]);
    assert_eq!(units("&#x10F800;"), [0xDBFE, 0xDC00]);
    let mut wide: Vec<u16> = event("@").encode_utf16().collect();
    let at = wide.iter().position(|unit| *unit == u16::from(b'@')).unwrap();
    wide[at] = 0xDC00;
    let bytes: Vec<u8> = wide.iter().flat_map(|unit| unit.to_be_bytes()).collect();
    assert!(utf16::has_lone_surrogate(&gathered_of(&bytes).lines()[0]));
}

#[test]
fn only_sysmons_pipe_events_count() {
    let other = event("x").replace("Microsoft-Windows-Sysmon", "Microsoft-Windows-Kernel-General");
    assert_eq!(
        gathered(&other).silence(),
        "events of Microsoft-Windows-Kernel-General only"
    );
    let other = event("x").replace("<EventID>17", "<EventID>1");
    let why = "no EventID 17 or 18 in 1 event, Sysmon's among them: its config may log no pipes; \
               `pipemine collect` prints one that does";
    assert_eq!(gathered(&other).silence(), why);
    let none = event("x").replace("<Provider Name='Microsoft-Windows-Sysmon' Guid='{5770385f}'/>", "");
    assert_eq!(gathered(&none).lines(), [line("x")]);
    assert_eq!(
        gathered("<Event>PipeName</Event>").silence(),
        "no XML in any known shape: its first keys are Event without EventID"
    );
}

#[test]
fn damage_is_reported_and_the_rest_is_kept() {
    let good = event("\\a");
    for (damage, why) in [
        (good[..300].to_owned(), "an event in XML that is cut off"),
        (
            good.replace("</Data>", "</Date>"),
            "an event in XML with a mistake in it",
        ),
        (
            good.replace("\\a", "&nbsp;"),
            "an event in XML with a reference to nothing",
        ),
        (
            good.replace("\\a", "&#x110000;"),
            "an event in XML with a reference to nothing",
        ),
        (good.replace("\\a", "a & b"), "an event in XML with a mistake in it"),
    ] {
        let gathered = gathered(&format!("{good}\n{damage}\n{good}"));
        assert_eq!(gathered.events.len(), 2, "{damage}");
        let at = good.len() as u64 + 1;
        assert_eq!(gathered.skips, [(at, why.to_owned())]);
    }
    let mut bytes = good.clone().into_bytes();
    bytes.extend(event("@").bytes().map(|byte| if byte == b'@' { 0xE9 } else { byte }));
    let gathered = gathered_of(&bytes);
    assert_eq!((gathered.events.len(), gathered.skips.len()), (1, 1));
    let cut = self::gathered(&good[..good.len() - 1]);
    assert_eq!((cut.events.len(), cut.skips.len()), (0, 1));
}

#[test]
fn an_event_of_any_size_is_passed_over() {
    let long = event(&"x".repeat(17 << 20));
    let gathered = gathered(&format!("{}{long}{}", event("\\a"), event("\\b")));
    assert_eq!(gathered.lines(), [line("\\a"), line("\\b")]);
    assert_eq!(gathered.skips.len(), 1);
}

#[test]
fn depth_does_no_harm() {
    let deep = format!("{}{}", "<a>".repeat(10_000), "</a>".repeat(10_000));
    let text = event("\\a").replace("<EventData>", &format!("{deep}<EventData>"));
    assert_eq!(gathered(&text).lines(), [line("\\a")]);
}

#[test]
fn what_is_opened_again_and_again_is_not_read_again_and_again() {
    let text = "<Event ".repeat(2 << 20) + &event("\\a");
    let began = std::time::Instant::now();
    let gathered = gathered(&text);
    assert!(began.elapsed().as_secs() < 60);
    assert_eq!(gathered.lines(), [line("\\a")]);
}

proptest! {
    /// However a source is cut into ranges, each event is read once.
    #[test]
    fn ranges_share_out_the_events(
        count in 0usize..12, cuts in proptest::collection::vec(0.0f64..1.0, 0..4)
    ) {
        let text: String = (0..count).map(|i| format!("<?xml?>\n{}\n", event(&format!("\\{i}")))).collect();
        let text = format!("<Events>{text}<Event ");
        let mut cuts: Vec<u64> = cuts.iter().map(|cut| (text.len() as f64 * cut) as u64).collect();
        cuts.extend([0, u64::MAX]);
        cuts.sort_unstable();
        cuts.dedup();
        let parts = Gathered::of(|sink| {
            for range in cuts.windows(2) {
                let from = usize::try_from(range[0]).unwrap();
                super::read(&mut &text.as_bytes()[from..], range[0]..range[1], sink)?;
            }
            Ok(())
        });
        let whole = gathered(&text);
        prop_assert_eq!(&whole.lines(), &(0..count).map(|i| line(&format!("\\{i}"))).collect::<Vec<_>>());
        prop_assert_eq!(&parts.lines(), &whole.lines());
        prop_assert_eq!(&parts.skips, &whole.skips);
        prop_assert_eq!(parts.records, whole.records);
    }

    #[test]
    fn nothing_panics(text in "(<Event>|</Event>|<Event |<Data Name='PipeName'>|</Data>|&#xD800;|&[a-z]{0,3};?|[<>&\"' a]){0,30}") {
        gathered(&text);
    }
}
