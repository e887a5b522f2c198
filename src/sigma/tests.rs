use super::load::of_file;
use super::*;
use crate::sysmon::{Config, Decision};
use crate::test_support::sigma_rule as rule;
use proptest::prelude::*;

const SVCHOST: &str = r"C:\Windows\System32\svchost.exe";
const POWERSHELL: &str = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe";
const PAYLOAD: &str = r"C:\Users\Public\payload.exe";

fn read(text: &str) -> (Vec<SigmaRule>, Vec<Problem>) {
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    of_file("rule.yml", text.as_bytes(), &mut rules, &mut problems);
    (rules, problems)
}

fn event<'a>(pipe_name: &'a str, image: &'a str) -> PipeEventView<'a> {
    PipeEventView {
        kind: Kind::Created,
        pipe_name,
        image,
        user: None,
    }
}

#[test]
fn a_selection_is_a_map_a_list_of_maps_or_a_list_of_values() {
    let map = rule("s:\n    PipeName: ['\\a', '\\b*']\n    Image|endswith: '\\x.exe'\ncondition: s");
    assert!(map.matches(&event(r"\A", r"C:\X.EXE")) && map.matches(&event(r"\bcd", r"C:\x.exe")));
    assert!(!map.matches(&event(r"\c", r"C:\x.exe")) && !map.matches(&event(r"\a", r"C:\y.exe")));
    let maps = rule("s:\n    - PipeName: '\\a'\n    - Image|startswith: 'D:\\'\ncondition: s");
    assert!(maps.matches(&event(r"\a", "")) && maps.matches(&event(r"\b", r"D:\x")));
    assert!(!maps.matches(&event(r"\b", r"C:\x")));
    let words = rule("s:\n    - psexesvc\n    - 'bad*name'\ncondition: s");
    assert!(words.matches(&event(r"\PSEXESVC-1", "")) && words.matches(&event(r"\x", r"C:\bad.name.exe")));
    assert!(!words.matches(&event(r"\x", r"C:\x.exe")));
}

#[test]
fn modifiers_say_how_a_value_is_compared() {
    for (item, name, fires) in [
        (r"PipeName|contains: 'b\'", r"\ab\c", true),
        (r"PipeName|contains|all: ['\a', 'z']", r"\a-z", true),
        (r"PipeName|contains|all: ['\a', 'z']", r"\a-y", false),
        (r"PipeName|startswith: '\a'", r"\abc", true),
        (r"PipeName|startswith: 'a'", r"\abc", false),
        (r"PipeName|endswith: '-0,'", r"\x-0,", true),
        (r"PipeName|startswith|cased: '\A'", r"\abc", false),
        (r"PipeName|re: 'a[0-9]{2}'", r"\xa12y", true),
        (r"PipeName|re: 'a[0-9]{2}'", r"\xA12y", false),
        (r"PipeName|re|i: 'a[0-9]{2}'", r"\xA12y", true),
        (r"PipeName|neq: ['\a', '\b']", r"\b", false),
        (r"PipeName|neq: ['\a', '\b']", r"\c", true),
        (r"PipeName: null", "-", true),
        (r"PipeName: ''", "", true),
        (r"PipeName: null", r"\a", false),
        (r"PipeName|exists: true", r"\a", true),
        (r"PipeName|exists: false", r"\a", false),
        (r"EventID: 17", r"\a", true),
        (r"EventID: 18", r"\a", false),
        (r"EventType: CreatePipe", r"\a", true),
    ] {
        let rule = rule(&format!("s:\n    {item}\ncondition: s"));
        assert_eq!(rule.matches(&event(name, SVCHOST)), fires, "{item} {name}");
    }
}

#[test]
fn what_an_unknown_field_decides_counts_as_firing_either_way() {
    let needs = rule("s:\n    PipeName: '\\a'\n    ProcessId: 4\ncondition: s");
    assert!(needs.matches(&event(r"\a", SVCHOST)) && !needs.matches(&event(r"\b", SVCHOST)));
    let forbids = rule("s:\n    PipeName: '\\a'\nf:\n    User|contains: SYSTEM\ncondition: s and not f");
    assert!(forbids.matches(&event(r"\a", SVCHOST)));
    let known = |user| PipeEventView {
        user: Some(user),
        ..event(r"\a", SVCHOST)
    };
    assert!(!forbids.matches(&known(r"NT AUTHORITY\SYSTEM")) && forbids.matches(&known(r"CORP\alice")));
}

#[test]
fn witnesses_are_of_every_alternative_and_beside_the_filters() {
    let rule = rule(
        "sel_name:\n    PipeName|startswith: ['\\one_', '\\two_']\nsel_re:\n    PipeName|re: '\\\\three[0-9]{2}'\n\
         sel_image:\n    Image|endswith: '\\scrcons.exe'\nfilter_main:\n    Image|startswith: 'C:\\Users\\'\n\
         filter_name:\n    PipeName: '\\one_'\ncondition: 1 of sel_* and not 1 of filter_*",
    );
    let all = rule.witnesses();
    assert!(all.iter().all(|witness| rule.matches(&witness.view())), "{all:?}");
    for begin in [r"\one_", r"\two_", r"\three"] {
        assert!(
            all.iter().any(|witness| witness.pipe_name.starts_with(begin)),
            "{begin}: {all:?}"
        );
    }
    assert!(
        all.iter().any(|witness| witness.image.ends_with(r"\scrcons.exe")),
        "{all:?}"
    );
    assert!(
        all.iter()
            .all(|witness| witness.pipe_name != r"\one_" && !witness.image.starts_with(r"C:\Users"))
    );
}

#[test]
fn witnesses_are_of_the_kind_that_the_rule_asks_for() {
    let rule = rule("s:\n    EventID: 18\n    PipeName: '\\svcctl'\n    Image: System\ncondition: s");
    let all = rule.witnesses();
    assert_eq!(all.len(), 1, "{all:?}");
    assert_eq!(
        (all[0].kind, &*all[0].pipe_name, &*all[0].image),
        (Kind::Connected, r"\svcctl", "System")
    );
}

#[test]
fn only_rules_for_pipe_events_are_read() {
    let text = |source: &str| {
        format!("title: T\nlogsource:\n{source}\ndetection:\n  s:\n    EventID: 17\n    Image: x\n  condition: s\n")
    };
    for (source, is_read) in [
        ("  category: pipe_created", true),
        ("  product: windows\n  category: pipe_created", true),
        ("  product: linux\n  category: pipe_created", false),
        ("  product: windows\n  service: sysmon", true),
        ("  product: windows\n  service: security # sysmon", false),
        ("  category: process_creation # pipe_created", false),
    ] {
        assert_eq!(read(&text(source)).0.len(), usize::from(is_read), "{source}");
    }
    let of_files = "title: T\nlogsource:\n  service: sysmon\ndetection:\n  s:\n    EventID: 11\n  condition: s # 17\n";
    let (rules, problems) = read(of_files);
    assert!(rules.is_empty() && problems.is_empty());
}

#[test]
fn several_rules_in_a_file_and_what_is_wrong_with_one() {
    let one = |name: &str, condition: &str| {
        format!(
            "title: {name}\nlogsource:\n  category: pipe_created\ndetection:\n  s:\n    PipeName: '\\a'\n  condition: \
             {condition}\n"
        )
    };
    let (rules, problems) = read(&format!(
        "{}---\n{}---\n{}",
        one("A", "s"),
        one("B", "t"),
        one("C", "s")
    ));
    assert_eq!(
        rules.iter().map(|rule| (&*rule.title, rule.line)).collect::<Vec<_>>(),
        [("A", 1), ("C", 17)]
    );
    assert_eq!(problems.len(), 1);
    let said = problems[0].to_string();
    assert!(said.starts_with("rule.yml:15: ") && said.contains("`t`"), "{said}");
}

#[test]
fn what_cannot_be_evaluated_counts_as_met_and_the_rest_protects() {
    let view = |pipe_name| PipeEventView {
        kind: Kind::Created,
        pipe_name,
        image: r"C:\a.exe",
        user: None,
    };
    for item in [
        "PipeName|base64: 'x'",
        "PipeName|expand: '%hub%'",
        "PipeName|re: '(?<=a)b'",
        "PipeName|utf16le|base64offset|contains: x",
    ] {
        let alone = rule(&format!("s:\n    {item}\ncondition: s"));
        assert!(alone.matches(&view(r"\any")), "{item}");
        let beside = rule(&format!("s:\n    {item}\n    Image: 'C:\\b.exe'\ncondition: s"));
        assert!(!beside.matches(&view(r"\any")), "{item}: the image is another");
        let filter = rule(&format!(
            "s:\n    PipeName: '\\a'\nf:\n    {item}\ncondition: s and not f"
        ));
        assert!(
            filter.matches(&view(r"\a")),
            "{item}: a filter that may not hold hides nothing"
        );
        assert!(!filter.matches(&view(r"\b")), "{item}");
    }
}

#[test]
fn what_cannot_be_read_is_a_problem_with_its_line() {
    for (detection, line, why) in [
        ("s:\n    PipeName: {a: b}\ncondition: s", 8, "a value is"),
        ("s: []\ncondition: s", 7, "empty"),
        ("s:\n    PipeName: []\ncondition: s", 8, "no values"),
        ("s:\n    PipeName: a", 7, "no condition"),
    ] {
        let indented: Vec<String> = detection.lines().map(|line| format!("    {line}")).collect();
        let text = format!(
            "title: T\nid: x\nlogsource:\n  product: windows\n  category: pipe_created\ndetection:\n{}\n",
            indented.join("\n")
        );
        let (rules, problems) = read(&text);
        assert!(rules.is_empty() && problems.len() == 1, "{detection}: {problems:?}");
        assert!(
            problems[0].line == line && problems[0].what.contains(why),
            "{detection}: {:?}",
            problems[0]
        );
    }
    let latin = b"category: pipe_created\ndetection: \xE9";
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    of_file("x.yml", latin, &mut rules, &mut problems);
    assert_eq!(problems[0].to_string(), "x.yml: this is no UTF-8");
}

fn blinds(filters: &str, rules: &[SigmaRule]) -> Vec<Blinded> {
    blinds_in(&format!("<PipeEvent onmatch=\"exclude\">{filters}</PipeEvent>"), rules)
}

fn blinds_in(nodes: &str, rules: &[SigmaRule]) -> Vec<Blinded> {
    let text = format!(
        "<Sysmon schemaversion=\"4.90\"><EventFiltering><RuleGroup groupRelation=\"or\">{nodes}</RuleGroup>\
         </EventFiltering></Sysmon>"
    );
    let config = Config::load(text.as_bytes()).unwrap();
    let engine = config.engine();
    let found = blinded(&config, &engine, rules);
    for blinded in &found {
        let example = &blinded.example;
        assert!(rules[blinded.rule].matches(&example.view()), "{blinded:?}");
    }
    found
}

#[test]
fn a_rule_is_blind_where_one_programs_share_of_its_events_is_dropped() {
    let rules = [rule("s:\n    PipeName|startswith: '\\PSHost'\ncondition: s")];
    let pair = format!(
        "<PipeName>\\lsass</PipeName><Rule groupRelation=\"and\"><PipeName condition=\"begin with\">\\PSHost.</PipeName>\
         <PipeName condition=\"end with\">.powershell</PipeName><Image>{POWERSHELL}</Image>\
         <EventType>CreatePipe</EventType></Rule>"
    );
    let found = blinds(&pair, &rules);
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].by, Some(Decision { node: 0, item: Some(1) }));
    assert_eq!(found[0].example.image, POWERSHELL);
}

#[test]
fn what_its_filters_spare_may_be_dropped() {
    let rules = [rule(&format!(
        "s:\n    PipeName|startswith: '\\PSHost'\nf:\n    Image: '{POWERSHELL}'\ncondition: s and not f"
    ))];
    let of = |image: &str| {
        format!(
            "<Rule groupRelation=\"and\"><PipeName condition=\"begin with\">\\PSHost</PipeName><Image>{image}</Image></Rule>"
        )
    };
    assert_eq!(blinds(&of(POWERSHELL), &rules), []);
    assert_eq!(blinds(&of(SVCHOST), &rules).len(), 1);
    // The filter is narrower than what is dropped.
    assert_eq!(
        blinds("<PipeName condition=\"begin with\">\\PS</PipeName>", &rules).len(),
        1
    );
}

#[test]
fn every_condition_that_drops_what_a_rule_needs_is_found() {
    let rules = [rule(
        "s:\n    PipeName|contains: '\\evil-'\n    Image|endswith: '\\x.exe'\ncondition: s",
    )];
    for filter in [
        r"<PipeName>\evil-7</PipeName>",
        r#"<PipeName condition="is any">\a;\b\evil-2;\c</PipeName>"#,
        r#"<PipeName condition="begin with">\ev</PipeName>"#,
        r#"<PipeName condition="end with">-99</PipeName>"#,
        r#"<PipeName condition="contains">il-</PipeName>"#,
        r#"<PipeName condition="contains any">foo;vil</PipeName>"#,
        r#"<PipeName condition="contains all">one;two</PipeName>"#,
        r#"<Image condition="image">X.EXE</Image>"#,
        r"<Image>D:\tools\x.exe</Image>",
        r#"<Image condition="begin with">E:\</Image>"#,
        r#"<PipeName condition="is not">\lsass</PipeName>"#,
        r#"<Image condition="excludes">\Windows\</Image>"#,
        "<EventType>ConnectPipe</EventType>",
        r#"<Rule groupRelation="or"><PipeName>\no</PipeName><Image condition="end with">x.exe</Image></Rule>"#,
        r#"<Rule groupRelation="and"><PipeName condition="end with">z</PipeName><Image condition="begin with">F:\</Image></Rule>"#,
    ] {
        assert_eq!(blinds(filter, &rules).len(), 1, "{filter}");
    }
    for filter in [
        r"<PipeName>\evil</PipeName>",
        r"<Image>D:\tools\xx.exe</Image>",
        r#"<Rule groupRelation="and"><PipeName condition="begin with">\</PipeName><Image>C:\y.exe</Image></Rule>"#,
    ] {
        assert_eq!(blinds(filter, &rules), [], "{filter}");
    }
}

#[test]
fn a_config_that_logs_little_blinds_by_what_it_leaves_out() {
    let rules = [
        rule("s:\n    PipeName: '\\evil'\ncondition: s"),
        rule("s:\n    PipeName: '\\bad'\ncondition: s"),
    ];
    let found = blinds_in(
        r#"<PipeEvent onmatch="include"><PipeName>\evil</PipeName></PipeEvent>"#,
        &rules,
    );
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].rule, found[0].by), (1, None));
}

#[test]
fn filters_of_an_and_node_are_taken_together() {
    let rules = [rule(&format!(
        "s:\n    PipeName: '\\evil'\n    Image: '{PAYLOAD}'\ncondition: s"
    ))];
    let and = |filters: &str| {
        let text = format!(
            "<Sysmon schemaversion=\"4.90\"><EventFiltering><PipeEvent onmatch=\"exclude\">{filters}</PipeEvent>\
             </EventFiltering></Sysmon>"
        );
        let config = Config::load(text.as_bytes()).unwrap();
        blinded(&config, &config.engine(), &rules)
    };
    let both = format!("<PipeName>\\x</PipeName><PipeName>\\evil</PipeName><Image>{PAYLOAD}</Image>");
    assert_eq!(and(&both).len(), 1);
    assert_eq!(and(&format!("<PipeName>\\evil</PipeName><Image>{SVCHOST}</Image>")), []);
}

#[test]
fn a_watch_finds_what_each_rule_finds() {
    let rules = [
        rule("s:\n    PipeName|startswith: ['\\one', '\\two']\ncondition: s"),
        rule("s:\n    PipeName|re: 'o[0-9]'\ncondition: s"),
        rule("s:\n    Image|endswith: '\\x.exe'\ncondition: s"),
        rule("s:\n    PipeName: '\\Ärger'\ncondition: s"),
        rule("s:\n    PipeName|contains: 'k'\nf:\n    PipeName: '\\k'\ncondition: s and not f"),
        rule("s:\n    PipeName: '\\one'\ncondition: not s"),
        rule("s: [psexec]\ncondition: s"),
    ];
    let watch = Watch::new(&rules);
    for name in [
        r"\ONE",
        r"\two2",
        r"\o7",
        r"\ärger",
        "\\a\u{212A}",
        r"\k",
        r"\kk",
        r"\PSEXESVC",
        r"\psexec",
    ] {
        for image in [PAYLOAD, r"C:\x.exe", r"C:\psexec.exe"] {
            let event = event(name, image);
            let each: Vec<_> = rules
                .iter()
                .filter(|rule| rule.matches(&event))
                .map(std::ptr::from_ref)
                .collect();
            let found: Vec<_> = watch.firing(&event).map(std::ptr::from_ref).collect();
            assert_eq!(found, each, "{name} {image}");
        }
    }
}

#[test]
fn fixed_texts_of_a_rules_names_are_told() {
    use Telling::{Begin, End, Part, Whole};
    let detection = "s:\n    - PipeName: ['\\whole', '\\be*mid*end']\n    - PipeName|re: '^\\\\mojo\\.[0-9]+-(beacon|relay)$'\n    - \
                     PipeName|re: '\\\\win[0-9a-f]{2}'\n    - Image: 'C:\\x.exe'\ncondition: s";
    let told = rule(detection).tellings();
    let text = |text: &str| text.to_owned();
    for telling in [
        Whole(text(r"\whole")),
        Begin(text(r"\be")),
        Part(text("mid")),
        End(text("end")),
        Begin(text(r"\mojo.")),
        End(text("-beacon")),
        End(text("-relay")),
        Part(text(r"\win")),
    ] {
        assert!(told.contains(&telling), "{telling:?}: {told:?}");
    }
    assert_eq!(told.len(), 8, "{told:?}");
}

/// A condition on a name, as Sigma's modifier and as Sysmon's condition.
fn condition() -> impl Strategy<Value = (&'static str, &'static str, String)> {
    let ways = [
        ("", "is"),
        ("|startswith", "begin with"),
        ("|endswith", "end with"),
        ("|contains", "contains"),
    ];
    (proptest::sample::select(ways.to_vec()), "[ab]{1,3}")
        .prop_map(|((modifier, condition), text)| (modifier, condition, text))
}

proptest! {
    /// Where any short name is taken by a rule and by all filters, the rule is found blind, and nowhere else.
    #[test]
    fn two_sides_meet_where_they_can(
        (modifier, _, asked) in condition(),
        filters in proptest::collection::vec(condition(), 1..3),
    ) {
        let rules = [rule(&format!("s:\n    PipeName{modifier}: '{asked}'\ncondition: s"))];
        let written: String = filters
            .iter()
            .map(|(_, condition, text)| format!("<PipeName condition=\"{condition}\">{text}</PipeName>"))
            .collect();
        let found = !blinds(&format!("<Rule groupRelation=\"and\">{written}</Rule>"), &rules).is_empty();
        let takes = |name: &str| {
            filters.iter().all(|(_, condition, text)| match *condition {
                "is" => name == text,
                "begin with" => name.starts_with(text),
                "end with" => name.ends_with(text),
                _ => name.contains(text),
            })
        };
        // Every name of a and b that is long enough to hold all that is asked for one behind the other.
        let mut names = (1..=9_u32).flat_map(|length| {
            (0..1_u32 << length).map(move |bits| {
                let letters = (0..length).map(|at| if bits >> at & 1 == 0 { 'a' } else { 'b' });
                letters.collect::<String>()
            })
        });
        let exists = names.any(|name| takes(&name) && rules[0].matches(&event(&name, PAYLOAD)));
        prop_assert_eq!(found, exists, "{}", written);
    }

    #[test]
    fn no_file_is_too_strange(text in r"(?s)[ -~\n\t]{0,200}", lines in proptest::collection::vec(
        proptest::sample::select(vec![
            "detection:", "  s:", "    PipeName|re: '(('", "  condition: 1 of s*", "logsource:", "  category: pipe_created",
            "    - *a", "    - &a x", "---", "? [", "  condition: (s", "    Image: null", "  t: {", "]", "\t", "    |all: x", "    - {a: b}",
        ]), 0..14))
    {
        read(&format!("# pipe_created detection\n{text}\n{}", lines.join("\n")));
        read(&format!("# pipe_created detection\n{}", lines.join("\n")));
    }
}
