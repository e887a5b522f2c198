//! Every fix does what it says: the finding goes, nothing worse comes, and verdicts change as declared.

use std::path::Path;

use indexmap::IndexSet;
use proptest::prelude::*;
use proptest::sample::select;

use super::super::*;
use crate::sysmon::algebra::{Algebra, Answer, Case, cases_of_item};
use crate::sysmon::condition::Condition;
use crate::sysmon::engine::Event;
use crate::sysmon::field::Field;
use crate::sysmon::fold::as_name;
use crate::sysmon::{Folding, write};
use crate::test_support::few_or_many;

/// So many texts of a field are tried in all combinations.
const MOST_TEXTS: usize = 18;

/// Texts of fields that may tell two configs apart: those that filters name, what is like them, and examples of each case
/// and of each that fails one of its tests.
struct Texts([IndexSet<String>; Field::ALL.len()]);

impl Texts {
    fn of(configs: &[&Config]) -> Self {
        let mut texts = Self(Default::default());
        texts.add(Field::PipeName, [r"\a", r"\q", "<Anonymous Pipe>", ""]);
        texts.add(
            Field::Image,
            [r"C:\a\a.exe", r"C:\Windows\System32\svchost.exe", "System", ""],
        );
        texts.add(Field::EventType, ["CreatePipe", "ConnectPipe"]);
        texts.add(Field::User, ["", "a"]);
        let algebra = Algebra::default();
        for item in configs
            .iter()
            .flat_map(|config| config.nodes())
            .flat_map(|node| &node.items)
        {
            for case in cases_of_item(item) {
                let turned = case.tests().iter().map(|test| case.and(test.negated()));
                let turned = turned.chain(case.tests().iter().map(|test| Case::default().and(test.negated())));
                for case in std::iter::once(case.clone()).chain(turned) {
                    if let Answer::Such(example) = algebra.example(&case) {
                        let event = example.event();
                        for field in Field::ALL {
                            texts.add(field, [event.value(field)]);
                        }
                    }
                }
            }
        }
        for filter in configs
            .iter()
            .flat_map(|config| config.nodes())
            .flat_map(|node| &node.items)
            .flat_map(Item::filters)
        {
            let value = as_name(&filter.value);
            texts.add(
                filter.field,
                [value.clone().into_owned(), value.trim().to_owned(), format!("{value}x")],
            );
            for item in value.split(';') {
                let name = item.trim().trim_matches('"');
                texts.add(
                    filter.field,
                    [
                        item.to_owned(),
                        format!("\\{name}"),
                        format!("\\x{name}"),
                        format!("C:\\{name}"),
                    ],
                );
            }
        }
        texts
    }

    fn add(&mut self, field: Field, texts: impl IntoIterator<Item = impl Into<String>>) {
        let of_field = &mut self.0[field as usize];
        for text in texts {
            if of_field.len() < MOST_TEXTS {
                of_field.insert(text.into());
            }
        }
    }

    fn each(&self, mut each: impl FnMut(&Event<'_>)) {
        let of = |field: Field| &self.0[field as usize];
        for pipe_name in of(Field::PipeName)
            .iter()
            .filter(|name| is_written(Field::PipeName, name))
        {
            for image in of(Field::Image).iter().filter(|image| is_written(Field::Image, image)) {
                for event_type in ["CreatePipe", "ConnectPipe"] {
                    for user in of(Field::User)
                        .iter()
                        .take(2)
                        .filter(|user| is_written(Field::User, user))
                    {
                        each(&Event {
                            event_type,
                            pipe_name,
                            image,
                            user,
                        });
                    }
                }
            }
        }
    }
}

/// What is declared of a fix is declared of events that Sysmon can write.
fn is_written(field: Field, text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    match field {
        Field::PipeName => text.starts_with('\\') || text.is_empty() || lower == "<anonymous pipe>",
        Field::Image => {
            let has_drive = matches!(lower.as_bytes(), [b'a'..=b'z', b':', b'\\', ..]);
            let is_list = lower
                .split(';')
                .skip(1)
                .any(|item| matches!(item.as_bytes(), [b'a'..=b'z', b':', b'\\', ..]));
            (has_drive || lower == "system" || text.is_empty()) && !lower.contains(['"', '*', '|']) && !is_list
        }
        _ => !text.contains('"'),
    }
}

fn is_as_declared(effect: Effect, before: bool, after: bool) -> bool {
    match effect {
        Effect::Keeps => before == after,
        Effect::LogsMore => after || !before,
        Effect::DropsMore => before || !after,
    }
}

fn count(findings: &[Finding], code: &str) -> usize {
    findings.iter().filter(|finding| finding.code == code).count()
}

/// Applies a fix alone, and says what is wrong with it.
fn try_fix(config: &Config, findings: &[Finding], finding: &Finding, fix: &Fix) -> Result<(), String> {
    let after = config
        .with_text(&fix.applied(config))
        .map_err(|error| format!("the result does not load: {error}"))?;
    if after.other_events() != config.other_events() {
        return Err("what is not about pipes has changed".to_owned());
    }
    let left = find(&after, &LintOptions::default());
    if count(&left, finding.code) >= count(findings, finding.code) {
        return Err(format!("{} is still found", finding.code));
    }
    for worse in left.iter().filter(|other| other.severity > finding.severity) {
        if count(&left, worse.code) > count(findings, worse.code) {
            return Err(format!("{} has come: {}", worse.code, worse.what));
        }
    }
    let texts = Texts::of(&[config, &after]);
    let mut wrong = None;
    for folding in [Folding::Ascii, Folding::Unicode] {
        let (old, new) = (config.engine_with(folding), after.engine_with(folding));
        texts.each(|event| {
            let (before, after) = (old.verdict(event).logged, new.verdict(event).logged);
            if !is_as_declared(fix.effect, before, after) {
                wrong = Some(format!("{event:?} was logged: {before}, is: {after}"));
            }
        });
    }
    wrong.map_or(Ok(()), Err)
}

/// Tries every fix of a config, alone, and those that are safe together.
fn try_all(config: &Config) -> Result<usize, String> {
    let findings = lint(config, &LintOptions::default());
    let text = config.text().as_str();
    let mut tried = 0;
    for finding in &findings {
        if let Some(fix) = &finding.fix {
            try_fix(config, &findings, finding, fix).map_err(|why| {
                format!(
                    "{} {}: {why}\n{text}\n---\n{}",
                    finding.code,
                    fix.effect,
                    fix.applied(config)
                )
            })?;
            tried += 1;
        }
    }
    let mended = mend(config, &LintOptions::default(), false, |_, findings| findings)
        .map_err(|error| format!("{error}\n{text}"))?;
    let (old, new) = (config.engine(), mended.config.engine());
    let mut wrong = None;
    Texts::of(&[config, &mended.config]).each(|event| {
        if old.verdict(event).logged && !new.verdict(event).logged {
            wrong = Some(format!("{event:?} is lost by {:?}\n{text}", mended.applied));
        }
    });
    wrong.map_or(Ok(tried), Err)
}

fn filter() -> impl Strategy<Value = String> {
    const NAMES: &[&str] = &[
        r"\a",
        r"\ab",
        "a",
        "ab",
        r"\a;\b",
        r"\a; \b",
        r"\a;",
        r"a;;b",
        " \\a",
        "\\a\n",
        "\"\\a\"",
        r"\a*",
        "*a*",
        r"\\.\pipe\a",
        r"\pipe\a",
        "pipe",
        "",
        r"\",
        "&lt;Anonymous Pipe&gt;",
        "<Anonymous Pipe>",
        "anonymous pipe",
        r"\é",
        r"\É",
        "ab;a",
        ";",
        r"\a;b",
        "\"",
        "x",
    ];
    const IMAGES: &[&str] = &[
        r"C:\a\a.exe",
        "a.exe",
        r"\a.exe",
        r"C:\a\a.exe;C:\b\b.exe",
        r"C:\a\",
        r"a\a.exe",
        "System",
        "\"C:\\a\\a.exe\"",
        r"C:\a\*",
        "",
        r"C:\Users\a.exe",
        "%appdata%\\a.exe",
        r"\a.exe;\b.exe",
    ];
    const TYPES: &[&str] = &["CreatePipe", "ConnectPipe", "17", "18", "Pipe Created", "", "x"];
    let value = prop_oneof![
        5 => select(NAMES).prop_map(|value| (Field::PipeName, value)),
        3 => select(IMAGES).prop_map(|value| (Field::Image, value)),
        1 => select(TYPES).prop_map(|value| (Field::EventType, value)),
        1 => select(&["", "-", "a"][..]).prop_map(|value| (Field::RuleName, value)),
        1 => select(&["a", "\"a\""][..]).prop_map(|value| (Field::User, value)),
    ];
    let name = prop_oneof![4 => Just(None), 1 => Just(Some("n")), 1 => Just(Some("m"))];
    (value, select(&Condition::ALL[..]), name)
        .prop_map(|((field, value), condition, name)| write::filter(field, condition, value, name).unwrap())
}

fn item() -> impl Strategy<Value = String> {
    let relation = select(&["and", "and", "or", "xor", ""][..]);
    prop_oneof![
        2 => filter(),
        3 => (relation, prop::collection::vec(filter(), 1..4), any::<bool>()).prop_map(|(relation, filters, in_lines)| {
            let relation = if relation.is_empty() { String::new() } else { format!(" groupRelation=\"{relation}\"") };
            let between = if in_lines { "\n    " } else { "" };
            format!("<Rule{relation}>{between}{}{between}</Rule>", filters.join(between))
        }),
        1 => Just("<Rule> </Rule>".to_owned()),
    ]
}

/// A `PipeEvent`, in a RuleGroup or not.
fn node() -> impl Strategy<Value = String> {
    let group = select(&["or", "or", "or", "and", ""][..]);
    let on_match = select(&["exclude", "exclude", "include"][..]);
    (group, on_match, prop::collection::vec(item(), 0..5), any::<bool>()).prop_map(
        |(group, on_match, items, in_lines)| {
            let between = if in_lines { "\r\n  " } else { "" };
            let node = match items.is_empty() && in_lines {
                true => format!("<PipeEvent onmatch=\"{on_match}\"/>"),
                false => format!(
                    "<PipeEvent onmatch=\"{on_match}\">{between}{}{between}</PipeEvent>",
                    items.join(between)
                ),
            };
            match group {
                "" => node,
                _ => format!("<RuleGroup groupRelation=\"{group}\">{node}</RuleGroup>"),
            }
        },
    )
}

fn config() -> impl Strategy<Value = String> {
    let schema = select(&["4.90", "4.90", "4.90", "4.95", "4.82", "4.50", "4.22", "4.10"][..]);
    (schema, prop::collection::vec(node(), 1..4)).prop_map(|(schema, nodes)| {
        format!(
            "<Sysmon schemaversion=\"{schema}\"><EventFiltering><ProcessCreate onmatch=\"include\"/>{}</EventFiltering></Sysmon>",
            nodes.concat()
        )
    })
}

proptest! {
    // Each tries many events on many configs.
    #![proptest_config(ProptestConfig { cases: few_or_many(40, 10_000), ..ProptestConfig::default() })]
    #[test]
    fn fixes_of_random_configs_do_what_they_say(text in config()) {
        if let Ok(config) = Config::load(text.as_bytes()) {
            let tried = try_all(&config);
            prop_assert!(tried.is_ok(), "{}", tried.unwrap_err());
        }
    }
}

#[test]
fn fixes_of_the_cases_do_what_they_say() {
    let mut tried = 0;
    for (_, bad, mended) in super::cases() {
        for filtering in [bad, mended] {
            let text = format!("<Sysmon schemaversion=\"4.90\"><EventFiltering>{filtering}</EventFiltering></Sysmon>");
            tried += try_all(&Config::load(text.as_bytes()).unwrap()).unwrap();
        }
    }
    assert!(tried > 30, "{tried}");
}

#[test]
fn fixes_of_the_conformance_cases_do_what_they_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/sysmon-conformance");
    let mut tried = 0;
    for file in ["verdicts.jsonl", "cases.jsonl"] {
        let every = few_or_many(7, 1);
        for line in std::fs::read_to_string(path.join(file)).unwrap().lines().step_by(every) {
            let line: serde_json::Value = serde_json::from_str(line).unwrap();
            if let Some(Ok(config)) = line["config"].as_str().map(|text| Config::load(text.as_bytes())) {
                tried += try_all(&config).unwrap();
            }
        }
    }
    assert!(tried > 50, "{tried}");
}
