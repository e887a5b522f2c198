//! What a merge leaves as it was, and what it puts where.

use super::*;
use crate::event::Kind;
use crate::sysmon::Event;
use crate::test_support::{APP, CHROME, Events, POWERSHELL, SVCHOST, baseline};

const AGENT: &str = r"C:\Program Files\Contoso\Agent\agent.exe";

fn noise() -> Baseline {
    baseline(&[
        Events::connected(r"\wkssvc", SVCHOST),
        Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid(),
        Events::connected(r"\AppPipe", APP),
        Events::connected(r"\wkssvc", POWERSHELL),
    ])
}

fn merged(file: &[u8], prune: Prune) -> Result<Merged, MergeError> {
    merge(file, &noise(), Knowledge::builtin(), &Options::default(), prune)
}

pub(super) fn text(file: &str) -> (String, Merged) {
    let merged = merged(file.as_bytes(), Prune::Leave).unwrap_or_else(|error| panic!("{error}\n{file}"));
    (String::from_utf8(merged.bytes.clone()).unwrap(), merged)
}

fn why_not(file: &str) -> String {
    merged(file.as_bytes(), Prune::Leave).unwrap_err().to_string()
}

pub(super) fn logs(file: &[u8], kind: Kind, name: &str, image: &str) -> bool {
    let event = Event::of(kind, name, image);
    Config::load(file).unwrap().engine().verdict(&event).logged
}

/// The lines of `after` that are not in `before`, which must hold all others in their order.
pub(super) fn added<'t>(before: &str, after: &'t str) -> Vec<&'t str> {
    let mut old = before.split_inclusive('\n').peekable();
    let new: Vec<&str> = after
        .split_inclusive('\n')
        .filter(|line| old.next_if(|old| old == line).is_none())
        .collect();
    assert_eq!(old.next(), None, "every line of before is in\n{after}");
    new
}

const BY_OR: &str = "<?xml version=\"1.0\"?>\n<!-- ours -->\n<Sysmon schemaversion=\"4.50\">\n\t<HashAlgorithms>*</HashAlgorithms>\n\
\t<EventFiltering>\n\t\t<RuleGroup name=\"\" groupRelation=\"or\">\n\t\t\t<PipeEvent onmatch=\"exclude\">\n\
\t\t\t\t<!-- by hand -->\n\t\t\t\t<PipeName condition=\"is\">\\AppPipe</PipeName> <!-- why -->\n\t\t\t</PipeEvent>\n\
\t\t</RuleGroup>\n\t\t<RuleGroup name=\"\" groupRelation=\"or\">\n\t\t\t<DnsQuery onmatch=\"include\"/>\n\t\t</RuleGroup>\n\
\t</EventFiltering>\n</Sysmon>";

#[test]
fn what_is_covered_is_not_written_again_and_the_rest_is_added_in_the_files_own_way() {
    let (after, merged) = text(BY_OR);
    insta::assert_snapshot!(added(BY_OR, &after).concat());
    assert_eq!(merged.placed, Some(Placed::Node(7)));
    assert!(!logs(after.as_bytes(), Kind::Connected, r"\wkssvc", SVCHOST));
    assert!(logs(after.as_bytes(), Kind::Connected, r"\wkssvc", POWERSHELL));
    let covered: Vec<String> = merged
        .draft
        .candidates
        .iter()
        .filter(|c| c.is_covered)
        .map(|c| c.title())
        .collect();
    assert_eq!(covered, [format!("\\AppPipe opened by {APP}")]);
}

#[test]
fn a_second_merge_changes_no_byte() {
    let (once, _) = text(BY_OR);
    let (twice, merged) = text(&once);
    assert_eq!(once, twice);
    assert_eq!((merged.placed, merged.draft.rules.len()), (None, 0));
}

#[test]
fn a_draft_is_a_config_that_has_all_of_its_rules() {
    let draft = draft::draft(&noise(), Knowledge::builtin(), &Options::default());
    let mut file = Vec::new();
    draft::write::write(&draft, &Options::default(), "tests", &mut file).unwrap();
    let merged = merged(&file, Prune::Report).unwrap();
    assert_eq!(merged.bytes, file);
    assert_eq!((merged.own.rules, merged.own.stale.len()), (draft.rules.len(), 0));
}

#[test]
fn a_draft_lacks_none_of_its_rules_where_one_carves_out_of_a_name_what_must_stay_of_another() {
    let edge = r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe";
    let mut events = Vec::new();
    for (host, key) in ["QJXIPZKW", "RYQXXALX", "IMQGKXWK", "LDVPNSEQ", "AYWWCICC", "FUZRATCU"]
        .iter()
        .enumerate()
    {
        let name = format!(r"\LOCAL\crashpad_4204_{key}DRRJKSGR");
        let on_its_host = |events: Events| events.one_host().days(6).on(u32::try_from(host).unwrap() % 3);
        events.push(on_its_host(Events::created(&name, edge).own_pid()));
        events.push(on_its_host(Events::connected(&name, edge)));
    }
    // The same name on several hosts, though such names are made anew each time: to open it is kept, to make it is noise.
    let name = r"\LOCAL\crashpad_4204_WPRBTGZLQVNXSYKC";
    events.push(Events::created(name, edge).own_pid().one_host());
    events.push(Events::connected(name, edge));
    let baseline = baseline(&events);
    let (knowledge, options) = (Knowledge::builtin(), Options::default());
    let draft = draft::draft(&baseline, knowledge, &options);
    let mut file = Vec::new();
    draft::write::write(&draft, &options, "tests", &mut file).unwrap();
    let text = String::from_utf8(file).unwrap();
    assert!(text.contains(r#"<PipeName condition="is not">"#), "{text}");
    let merged = merge(text.as_bytes(), &baseline, knowledge, &options, Prune::Report).unwrap();
    assert_eq!(String::from_utf8(merged.bytes).unwrap(), text);
    assert!(merged.own.stale.is_empty());
}

#[test]
fn an_attackers_name_that_an_earlier_rule_takes_is_told_and_logged_again_when_that_is_pruned() {
    let edge = r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe";
    let noise = |key: &str| format!(r"\LOCAL\crashpad_4204_{key}DRRJKSGR");
    let keys = ["QJXIPZKW", "RYQXXALX", "IMQGKXWK", "LDVPNSEQ"];
    let mut events: Vec<Events> = keys
        .iter()
        .map(|key| Events::created(&noise(key), edge).own_pid())
        .collect();
    let first = draft::draft(&baseline(&events), Knowledge::builtin(), &Options::default());
    let mut file = Vec::new();
    draft::write::write(&first, &Options::default(), "tests", &mut file).unwrap();
    // Code that runs in the browser makes a pipe of the browser's shape, named after no process of its own.
    let attackers = r"\LOCAL\crashpad_9336_WPRBTGZLQVNXSYKC";
    assert!(!logs(&file, Kind::Created, attackers, edge), "the shape takes it");
    events.push(Events::created(attackers, edge));
    let again = |prune| {
        let baseline = baseline(&events);
        merge(&file, &baseline, Knowledge::builtin(), &Options::default(), prune).unwrap()
    };
    let left = again(Prune::Leave);
    assert!(left.dropped.undue > 0 && left.bytes == file);
    let pruned = again(Prune::Apply);
    assert_eq!((pruned.own.stale.len(), pruned.dropped.undue), (1, 0));
    assert!(logs(&pruned.bytes, Kind::Created, attackers, edge));
    for key in keys {
        assert!(!logs(&pruned.bytes, Kind::Created, &noise(key), edge), "{key}");
    }
}

#[test]
fn line_ends_marks_and_encodings_stay() {
    let crlf = BY_OR.replace('\n', "\r\n");
    let utf16 = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    let (lf, _) = text(BY_OR);
    let bare = |bytes: &[u8]| merged(bytes, Prune::Leave).unwrap().bytes;
    assert_eq!(bare(crlf.as_bytes()), lf.replace('\n', "\r\n").into_bytes());
    let with_bom = |bytes: &[u8]| [b"\xEF\xBB\xBF", bytes].concat();
    assert_eq!(bare(&with_bom(BY_OR.as_bytes())), with_bom(lf.as_bytes()));
    let with_bom = |bytes: Vec<u8>| [b"\xFF\xFE".to_vec(), bytes].concat();
    assert_eq!(bare(&with_bom(utf16(BY_OR))), with_bom(utf16(&lf)));
    assert_eq!(bare(&utf16(BY_OR)), utf16(&lf));
    let latin = |text: &str| {
        text.replace("?>", " encoding=\"ISO-8859-1\"?>")
            .replace("ours", "\u{fc}ber")
    };
    let bytes = |text: String| {
        text.chars()
            .map(|c| u8::try_from(u32::from(c)).unwrap())
            .collect::<Vec<u8>>()
    };
    assert_eq!(bare(&bytes(latin(BY_OR))), bytes(latin(&lf)));
}

fn config(schema: &str, filtering: &str) -> String {
    format!("<Sysmon schemaversion=\"{schema}\">\n  <EventFiltering>\n{filtering}  </EventFiltering>\n</Sysmon>\n")
}

pub(super) fn grouped(relation: &str, pipe_event: &str) -> String {
    config(
        "4.50",
        &format!("    <RuleGroup name=\"\" groupRelation=\"{relation}\">\n{pipe_event}    </RuleGroup>\n"),
    )
}

#[test]
fn an_empty_node_takes_the_rules_whether_it_closes_itself_or_not() {
    for node in [
        "<PipeEvent onmatch=\"exclude\"/>",
        "<PipeEvent onmatch=\"exclude\" />",
        "<PipeEvent default=\"include\"></PipeEvent>",
        "<PipeEvent onmatch=\"exclude\"> <!-- nothing yet --> </PipeEvent>",
        "<PipeEvent onmatch=\"exclude\">\n      </PipeEvent>",
    ] {
        let file = grouped("or", &format!("      {node}\n"));
        let (after, merged) = text(&file);
        assert_eq!(merged.placed, Some(Placed::Node(4)));
        assert_eq!(merged.dropped.after, merged.draft.events * 3 / 4, "{after}");
        assert!(
            after.contains("\n        <Rule groupRelation=\"and\">\n          <Image"),
            "{after}"
        );
        assert!(
            after.contains("\n        </Rule>\n      </PipeEvent>\n    </RuleGroup>"),
            "{after}"
        );
        assert_eq!(
            after.contains("<!-- nothing yet -->"),
            node.contains("nothing"),
            "{after}"
        );
    }
}

#[test]
fn a_file_in_one_line_is_added_to_in_lines() {
    let file = "<Sysmon schemaversion='4.50'><EventFiltering><RuleGroup groupRelation='or'><PipeEvent onmatch='exclude'>\
                <PipeName>\\x</PipeName></PipeEvent></RuleGroup></EventFiltering></Sysmon>";
    let (after, _) = text(file);
    let (before, behind) = file.split_once("</PipeEvent>").unwrap();
    assert!(after.starts_with(&format!("{before}\n  <!-- pipemine:")), "{after}");
    assert!(after.ends_with(&format!("</Rule>\n</PipeEvent>{behind}")), "{after}");
}

#[test]
fn without_pipe_rules_a_node_is_made_and_it_is_said_that_pipes_are_logged_now() {
    let without_group = "    <ProcessCreate onmatch=\"exclude\"/>\n";
    for file in [
        config("4.50", without_group),
        config("4.50", &format!("{without_group}    <PipeEvent/>\n")),
        "<Sysmon schemaversion=\"4.50\"><EventFiltering/></Sysmon>".to_owned(),
        "<Sysmon schemaversion=\"4.50\"/>\n".to_owned(),
        "<Sysmon schemaversion=\"4.50\">\n</Sysmon>\n".to_owned(),
    ] {
        let (after, merged) = text(&file);
        assert_eq!(merged.placed, Some(Placed::FirstNode), "{after}");
        assert_eq!(merged.dropped.before, merged.draft.events);
        assert_eq!(merged.dropped.after, merged.draft.events * 3 / 4, "{after}");
    }
}

#[test]
fn an_include_of_everything_goes_on_and_what_an_include_names_is_kept() {
    let include = |filter: &str| {
        grouped(
            "or",
            &format!("      <PipeEvent onmatch=\"include\">{filter}</PipeEvent>\n"),
        )
    };
    let (after, merged) = text(&include(r#"<PipeName condition="contains">\</PipeName>"#));
    assert_eq!(
        (merged.placed, merged.draft.rules.len()),
        (Some(Placed::NextToIncludes), 3),
        "{after}"
    );
    assert!(!logs(after.as_bytes(), Kind::Connected, r"\wkssvc", SVCHOST));
    assert!(logs(after.as_bytes(), Kind::Connected, r"\another", SVCHOST));

    let (after, merged) = text(&include(r#"<PipeName condition="is any">\wkssvc;\AppPipe</PipeName>"#));
    assert_eq!(
        (merged.placed, merged.dropped.before),
        (None, merged.dropped.after),
        "{after}"
    );
    let kept: Vec<_> = merged
        .draft
        .candidates
        .iter()
        .filter(|c| c.reasons[0].code.word() == "included")
        .collect();
    assert_eq!(kept.len(), 3);
    assert!(
        kept[0].reasons[0].text.contains("line 4"),
        "{}",
        kept[0].reasons[0].text
    );
}

#[test]
fn what_an_include_names_is_kept_though_nobody_has_seen_it_yet() {
    let all = r#"<PipeName condition="begin with">\</PipeName>"#;
    for named in [
        r#"<PipeName condition="begin with">\mojo.66</PipeName>"#,
        r#"<PipeName condition="contains">.1337.</PipeName>"#,
        r#"<PipeName condition="end with">.77</PipeName>"#,
        r#"<PipeName condition="is any">\x;\mojo.1.2.3</PipeName>"#,
        r#"<Image condition="image">chrome.exe</Image>"#,
    ] {
        let only = grouped(
            "or",
            &format!(
                "      <PipeEvent onmatch=\"exclude\"/>\n      <PipeEvent onmatch=\"include\">{named}</PipeEvent>\n"
            ),
        );
        // Beside an include of everything too, of either kind alone or of both, before it or behind it.
        let created = r#"<EventType condition="is">CreatePipe</EventType>"#;
        for beside in ["", all, created] {
            for both in [format!("{named}{beside}"), format!("{beside}{named}")] {
                let (after, merged) = text(&only.replace(named, &both));
                let rules = &merged.draft.rules;
                assert!(rules.iter().all(|rule| rule.product != "Google Chrome"), "{both}");
                assert_eq!(rules.len(), if beside == all { 2 } else { 0 }, "{both}: {after}");
            }
        }
    }
    // A node of its own that needs several at once.
    let and = r#"<PipeEvent onmatch="include"><PipeName condition="begin with">\mojo.</PipeName><Image condition="image">chrome.exe</Image></PipeEvent>"#;
    let broad = format!("<PipeEvent onmatch=\"include\">{all}</PipeEvent>");
    let groups = [("and", and), ("or", broad.as_str())];
    for order in [[0, 1], [1, 0]] {
        let group = |at: &usize| {
            let (relation, node) = groups[*at];
            format!("    <RuleGroup name=\"\" groupRelation=\"{relation}\">\n      {node}\n    </RuleGroup>\n")
        };
        let inside: String = order.iter().map(group).collect();
        let (_, merged) = text(&config("4.50", &inside));
        let products: Vec<&str> = merged.draft.rules.iter().map(|rule| rule.product.as_str()).collect();
        assert!(
            !products.contains(&"Google Chrome") && products.len() == 2,
            "{products:?}"
        );
    }
}

#[test]
fn a_node_without_a_group_is_wrapped_where_that_changes_nothing() {
    for inside in ["", "      <PipeName>\\x</PipeName>\n      <PipeName>\\y</PipeName>\n"] {
        let file = config(
            "4.50",
            &format!("    <PipeEvent onmatch=\"exclude\">\n{inside}    </PipeEvent>\n"),
        );
        let (after, merged) = text(&file);
        assert_eq!(merged.placed, Some(Placed::Wrapped(3)));
        assert_eq!(merged.dropped.after, merged.draft.events * 3 / 4, "{after}");
        let own: Vec<&str> = added(&file, &after)
            .into_iter()
            .filter(|line| line.contains("RuleGroup"))
            .collect();
        assert_eq!(
            own,
            ["    <RuleGroup name=\"\" groupRelation=\"or\">\n", "    </RuleGroup>\n"],
            "{after}"
        );
        assert_eq!(text(&after).0, after);
    }
    let (after, _) = text(&config("4.50", "    <PipeEvent onmatch=\"exclude\"/>\n"));
    assert!(after.contains("    </PipeEvent>\n    </RuleGroup>\n"), "{after}");
}

#[test]
fn an_old_schema_combines_by_or_and_gets_nothing_newer_than_itself() {
    let old = |schema| {
        config(
            schema,
            "    <PipeEvent onmatch=\"exclude\">\n      <PipeName>\\x</PipeName>\n    </PipeEvent>\n",
        )
    };
    let (after, merged) = text(&old("4.1"));
    // Each of these is for one kind of event, and pipe events have no EventType before 4.21.
    assert_eq!((after, merged.draft.refused.len()), (old("4.1"), 3));
    assert!(
        merged.draft.refused[0]
            .why
            .contains("from schema 4.21 on, and the config declares 4.10")
    );
    let both = baseline(&[
        Events::connected(r"\AppPipe", APP),
        Events::created(r"\AppPipe", APP),
        Events::connected(r"\AgentPipe", AGENT),
        Events::created(r"\AgentPipe", AGENT),
        Events::connected(r"\AgentLog", AGENT),
        Events::created(r"\AgentLog", AGENT),
    ]);
    let merged = merge(
        old("4.1").as_bytes(),
        &both,
        Knowledge::builtin(),
        &Options::default(),
        Prune::Leave,
    )
    .unwrap();
    let after = String::from_utf8(merged.bytes).unwrap();
    assert_eq!(merged.placed, Some(Placed::Node(3)));
    assert_eq!(merged.dropped.after, merged.draft.events, "{after}");
    assert!(!after.contains("any"), "lists came with 4.22: {after}");
}

#[test]
fn a_rule_takes_no_label_from_a_named_group() {
    let file = grouped("or", "      <PipeEvent onmatch=\"exclude\"/>\n").replace("name=\"\"", "name=\"T1559\"");
    let (after, _) = text(&file);
    assert!(after.contains("<Rule name=\"\" groupRelation=\"and\">"), "{after}");
    assert_eq!(text(&after).0, after);
}

#[test]
fn where_rules_have_no_place_the_reason_is_said() {
    let exclude = "      <PipeEvent onmatch=\"exclude\"><PipeName>\\x</PipeName></PipeEvent>\n";
    let why = why_not(&grouped("or", &exclude.repeat(2)));
    assert!(why.contains("2 exclude nodes for pipe events (lines 4, 5)"), "{why}");
    let why = why_not(&grouped("and", exclude));
    assert!(
        why.contains("line 4, column 7") && why.contains("write groupRelation=\"or\""),
        "{why}"
    );
    let both = exclude.replace("</PipeEvent>", "<Image>C:\\a.exe</Image></PipeEvent>");
    for file in [grouped("and", &both), config("4.50", &both)] {
        let why = why_not(&file);
        assert!(why.contains("drops only what matches 2 of its items at once"), "{why}");
    }
    let wrong = exclude.replace(
        "<PipeName>\\x</PipeName>",
        "<Rule groupRelation=\"or\"><TargetObject>x</TargetObject></Rule>",
    );
    let why = why_not(&grouped("or", &wrong));
    assert!(why.contains("pipe events have no TargetObject"), "{why}");
    let why = why_not("<Sysmon schemaversion=\"4.50\">\n<EventFiltering>\n</Sysmon>");
    assert!(why.starts_with("line 3, column 1: "), "{why}");
}

#[test]
fn two_exclude_nodes_beside_an_include_of_everything_take_rules() {
    let node = |on| {
        format!("      <PipeEvent onmatch=\"{on}\"><PipeName condition=\"begin with\">\\{on}</PipeName></PipeEvent>\n")
    };
    let all = "      <PipeEvent onmatch=\"include\"><PipeName condition=\"begin with\">\\</PipeName></PipeEvent>\n";
    let file = grouped("or", &(node("exclude") + &node("exclude") + all));
    let (after, merged) = text(&file);
    assert_eq!(merged.placed, Some(Placed::Node(5)), "{after}");
    assert_eq!(merged.dropped.after, merged.draft.events * 3 / 4, "{after}");
}

#[test]
fn what_a_users_filter_lets_through_is_not_covered() {
    let file = grouped(
        "or",
        "      <PipeEvent onmatch=\"exclude\">\n        <Rule groupRelation=\"and\"><PipeName>\\AppPipe\
         </PipeName><User condition=\"is not\">CORP\\alice</User></Rule>\n      </PipeEvent>\n",
    )
    .replace("4.50", "4.90");
    let (_, merged) = text(&file);
    assert!(merged.draft.candidates.iter().all(|candidate| !candidate.is_covered));
}
