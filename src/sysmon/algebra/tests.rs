//! The algebra against the engine: on rules that match an event, and against every short text.

use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::sysmon::condition::Condition;
use crate::sysmon::config::{Config, ItemId};
use crate::sysmon::write;

/// A rule by `and` of these filters on names of pipes, as a config.
fn config(filters: &[(Field, Condition, String)]) -> Config {
    let filters: Vec<String> = filters
        .iter()
        .map(|(field, condition, value)| write::filter(*field, *condition, value, None).unwrap())
        .collect();
    let text = format!(
        "<Sysmon schemaversion='4.90'><EventFiltering><RuleGroup groupRelation='or'><PipeEvent onmatch='exclude'>\
         <Rule groupRelation='and'>{}</Rule></PipeEvent></RuleGroup></EventFiltering></Sysmon>",
        filters.concat()
    );
    Config::load(text.as_bytes()).unwrap()
}

fn case_of(config: &Config) -> Case {
    cases_of_item(&config.nodes()[0].items[0]).remove(0)
}

fn matches(config: &Config, event: &Event<'_>) -> bool {
    config.engine().matches(event).contains(&ItemId { node: 0, item: 0 })
}

fn condition() -> impl Strategy<Value = Condition> {
    select(&Condition::ALL[..])
}

/// Filters on one field, of few letters, so that they meet and contradict each other.
fn filters(field: Field) -> impl Strategy<Value = Vec<(Field, Condition, String)>> {
    let filter = (condition(), "[\\\\ab;]{0,3}").prop_map(move |(condition, value)| (field, condition, value));
    prop::collection::vec(filter, 1..4)
}

/// All names of pipes that a backslash and so many further characters make.
fn short_names(length: usize) -> Vec<String> {
    let mut names = vec!["\\".to_owned()];
    let mut last = names.clone();
    for _ in 0..length {
        let longer = |name: &String| ['\\', 'a', 'b', ';', 'q'].map(|c| format!("{name}{c}"));
        last = last.iter().flat_map(longer).collect();
        names.extend(last.iter().cloned());
    }
    names.push("-".to_owned());
    names.push("<Anonymous Pipe>".to_owned());
    names
}

fn event(pipe_name: &str) -> Event<'_> {
    Event {
        pipe_name,
        ..Event::default()
    }
}

proptest! {
    /// The one thing that must not be: a rule that matches is never called empty.
    #[test]
    fn what_matches_is_never_empty(
        name in "\\\\[\\\\abAé;é-]{0,6}", image in "[Cc]:\\\\[\\\\ab;. É]{0,6}", user in "[abé\\\\]{0,4}",
        tries in prop::collection::vec((select(&[Field::PipeName, Field::Image, Field::User, Field::EventType][..]), condition(),
            prop_oneof!["[\\\\abé;c:]{0,3}", Just("CreatePipe".to_owned())], any::<prop::sample::Index>(), 0usize..5), 1..12),
        by_unicode: bool,
    ) {
        let event = Event { event_type: "CreatePipe", pipe_name: &name, image: &image, user: &user };
        let folding = if by_unicode { crate::sysmon::Folding::Unicode } else { crate::sysmon::Folding::Ascii };
        let fold = |text: &str| folding.fold(text).into_owned();
        // Values cut out of the event meet it oftener than random ones.
        let filters: Vec<_> = tries.into_iter().filter_map(|(field, condition, random, at, length)| {
            let chars: Vec<char> = event.value(field).chars().collect();
            let at = at.index(chars.len());
            let cut: String = chars.iter().skip(at).take(length).collect();
            [random, cut, event.value(field).to_owned()].into_iter()
                .find(|value| condition.holds(&fold(value), &fold(event.value(field))))
                .map(|value| (field, condition, value))
        }).collect();
        prop_assume!(!filters.is_empty());
        let config = config(&filters);
        let found = config.engine_with(folding).matches(&event);
        prop_assert_eq!(found.len(), 1, "the test's own reading");
        prop_assert!(!Algebra::default().is_empty(&case_of(&config)), "{:?}", filters);
        prop_assert!(!Algebra::default().is_everything(&[Case::from_iter([case_of(&config).tests()[0].negated()])]));
    }

    /// An example that is given matches, says the engine.
    #[test]
    fn examples_match(filters in filters(Field::PipeName), more in filters(Field::Image)) {
        let filters = [filters, more].concat();
        let config = config(&filters);
        if let Answer::Such(example) = Algebra::default().example(&case_of(&config)) {
            prop_assert!(matches(&config, &example.event()), "{:?} {:?}", filters, example);
        }
    }

    /// What is within something matches only where that does.
    #[test]
    fn what_is_within_matches_nothing_else(inner in filters(Field::PipeName), outer in filters(Field::PipeName)) {
        let [inner, outer] = [inner, outer].map(|filters| config(&filters));
        if Algebra::default().is_within(&case_of(&inner), &[case_of(&outer)]) {
            let [engine, outer] = [inner.engine(), outer.engine()];
            for name in short_names(4) {
                let event = event(&name);
                prop_assert!(engine.matches(&event).is_empty() || !outer.matches(&event).is_empty(), "{}", name);
            }
        }
    }
}

/// Of the rules that no short name meets, nearly all are found to be empty; the others ask for longer names.
#[test]
fn what_no_name_meets_is_found() {
    use proptest::strategy::ValueTree;
    use proptest::test_runner::{Config as Cases, RngAlgorithm, TestRng, TestRunner};
    let mut runner = TestRunner::new_with_rng(Cases::default(), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let names = short_names(5);
    let (mut empty, mut found) = (0, 0);
    while empty < 120 {
        let filters = filters(Field::PipeName).new_tree(&mut runner).unwrap().current();
        let config = config(&filters);
        let engine = config.engine();
        let is_empty = Algebra::default().is_empty(&case_of(&config));
        if !names.iter().any(|name| !engine.matches(&event(name)).is_empty()) {
            empty += 1;
            found += usize::from(is_empty);
        } else {
            assert!(!is_empty, "{filters:?}");
        }
    }
    assert!(found * 100 >= empty * 95, "{found} of {empty}");
}

#[test]
fn the_cases_that_people_write() {
    use Condition::*;
    let is_empty = |field, filters: &[(Condition, &str)]| {
        let case: Case = filters
            .iter()
            .map(|(condition, value)| Test::new(field, *condition, value))
            .collect();
        Algebra::default().is_empty(&case)
    };
    let (name, image) = (Field::PipeName, Field::Image);
    for (field, filters) in [
        (name, &[(BeginWith, r"\acme.ipc."), (BeginWith, r"\acme_crash_")][..]),
        (name, &[(EndWith, ".one"), (EndWith, ".two")]),
        (name, &[(Contains, "acme12"), (Excludes, "ACME")]),
        (name, &[(BeginWith, r"\acme12"), (NotBeginWith, r"\acme")]),
        (name, &[(IsAny, r"\one;\two"), (BeginWith, r"\three")]),
        (image, &[(Image, "one.exe"), (Image, "two.exe")]),
        (image, &[(Is, r"C:\a.exe;C:\b.exe")]),
        (image, &[(Is, "svchost.exe")]),
        (name, &[(Is, "srvsvc")]),
        (name, &[(LessThan, r"\b"), (MoreThan, r"\c")]),
        (name, &[(MoreThan, r"\a"), (LessThan, "\\a\0")]),
        (name, &[(ContainsAll, "a;b"), (ExcludesAny, "b;c")]),
        (Field::EventType, &[(Is, "17")]),
        (
            Field::EventType,
            &[(IsNot, "CreatePipe"), (IsNot, "connectpipe"), (Contains, "pipe")],
        ),
        (Field::RuleName, &[(Contains, "a")]),
    ] {
        assert!(is_empty(field, filters), "{field} {filters:?}");
    }
    for (field, filters) in [
        (
            name,
            &[(BeginWith, r"\a"), (EndWith, "z"), (Contains, "q"), (Excludes, "qq")][..],
        ),
        (name, &[(Is, r"\acme;b")]),
        (name, &[(Is, "\\acme \"prod\" ipc")]),
        (name, &[(Is, r"\É"), (Is, r"\é")]),
        (name, &[(BeginWith, "<anonymous"), (EndWith, "pipe>")]),
        (name, &[(ExcludesAny, r#"a;b;c;";*; "#), (BeginWith, r"\")]),
        (name, &[(LessThan, r"\b"), (MoreThan, r"\a")]),
        (image, &[(Is, "System")]),
        (image, &[(BeginWith, "C:"), (EndWith, r"\x.exe"), (Image, "x.exe")]),
        (image, &[(Is, r"\Device\HarddiskVolume2\a.exe")]),
        (Field::ProcessId, &[(Is, "4")]),
    ] {
        assert!(!is_empty(field, filters), "{field} {filters:?}");
    }
}

#[test]
fn negations_that_leave_each_other_out_are_everything() {
    let test = |condition, value| Test::new(Field::EventType, condition, value);
    let cases = [
        test(Condition::IsNot, "CreatePipe"),
        test(Condition::IsNot, "ConnectPipe"),
    ]
    .map(|test| Case::from_iter([test]));
    assert!(Algebra::default().is_everything(&cases) && !Algebra::default().is_everything(&cases[..1]));
}

#[test]
fn too_much_is_unknown() {
    let long: String = (0..4000).map(|n| format!("item{n};")).collect();
    let case: Case = [
        Test::new(Field::PipeName, Condition::ExcludesAny, &long[..long.len() - 1]),
        Test::new(Field::PipeName, Condition::BeginWith, r"\item1"),
    ]
    .into_iter()
    .collect();
    assert_eq!(Algebra::default().value(Field::PipeName, &case), Answer::Unknown);
    let spent = Algebra { steps: Cell::new(0) };
    let case = Case::from_iter([Test::new(Field::PipeName, Condition::Is, r"\a")]);
    assert!(!spent.is_empty(&case) && !spent.is_within(&case, std::slice::from_ref(&case)));
}
