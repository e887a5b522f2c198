//! Carves out of each rule what Sigma rules wait for, so that they still see all that they would fire on.
//!
//! A rule for a shape of names can hold names that nobody has seen yet and that a Sigma rule waits for. Where a text tells
//! these apart, it is carved out; what still blinds a Sigma rule afterwards is refused.

use super::candidate::Candidate;
use super::rule::{self, Filter, Rule, pass};
use super::{Options, engines};
use crate::sigma::{SigmaRule, Telling, missed};
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::{Condition, Field};

/// So often what is left to carve out is looked for: each time, one text for every name that is found.
const ROUNDS: usize = 8;

/// Carves out of each rule what Sigma rules wait for.
pub(super) fn carve(rules: &mut [Rule], candidates: &[Candidate], options: &Options) {
    for rule in rules.iter_mut().filter(|rule| is_of_shape(rule)) {
        for detection in &options.sigma {
            for _ in 0..ROUNDS {
                let names = waiting(rule, detection, options);
                let before = rule.filters.clone();
                for name in names {
                    take_out(rule, candidates, detection, &name, options.schema);
                }
                if rule.filters == before {
                    break;
                }
            }
        }
    }
}

/// Whole names were seen, and those that a Sigma rule fires on were kept.
fn is_of_shape(rule: &Rule) -> bool {
    rule::is_of_shape(rule.filters.iter().map(|filter| (filter.field, filter.condition)))
}

/// Names that this rule drops and a Sigma rule waits for.
fn waiting(rule: &Rule, detection: &SigmaRule, options: &Options) -> Vec<String> {
    let Ok(Some(engines)) = engines::compile(std::slice::from_ref(rule), options.schema) else {
        return Vec::new();
    };
    let events = missed(&engines.config, &engines.ascii, detection);
    events.into_iter().map(|event| event.pipe_name).collect()
}

/// Adds a filter that takes `name` out of the rule, and none of what it is written for.
fn take_out(rule: &mut Rule, candidates: &[Candidate], detection: &SigmaRule, name: &str, schema: SchemaVersion) {
    if !pass(&rule.filters, Field::PipeName, name) {
        return;
    }
    let names: Vec<&String> = rule.families(candidates).flat_map(|family| &family.names).collect();
    let filters = detection
        .tellings()
        .into_iter()
        .map(|telling| against(&telling, schema));
    let found = filters.into_iter().find(|filter| {
        let only = std::slice::from_ref(filter);
        !pass(only, Field::PipeName, name) && names.iter().all(|name| pass(only, Field::PipeName, name))
    });
    let Some(filter) = found else { return };
    // One list is easier to read than many filters; a text with a semicolon cannot stand in it.
    let is_listed = filter.condition == Condition::Excludes && !filter.value.contains(';');
    let list = rule
        .filters
        .iter_mut()
        .find(|other| other.condition == Condition::ExcludesAny && !rule::is_tight(other));
    match list.filter(|_| is_listed) {
        Some(list) => {
            list.value.push(';');
            list.value.push_str(&filter.value);
        }
        None => rule.filters.push(filter),
    }
}

/// The filter that a name with this text fails.
fn against(telling: &Telling, schema: SchemaVersion) -> Filter {
    // `excludes` is as old as Sysmon's filters; it also refuses the text anywhere else in the name.
    let newer = schema >= Condition::NotBeginWith.since();
    let condition = match telling {
        Telling::Whole(_) => Condition::IsNot,
        Telling::Begin(_) if newer => Condition::NotBeginWith,
        Telling::End(_) if newer => Condition::NotEndWith,
        Telling::Begin(_) | Telling::End(_) | Telling::Part(_) => Condition::Excludes,
    };
    Filter {
        field: Field::PipeName,
        condition,
        value: telling.text().to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::candidate::Verdict;
    use super::super::draft;
    use super::*;
    use crate::draft::Draft;
    use crate::event::Kind;
    use crate::knowledge::Knowledge;
    use crate::sigma::blinded;
    use crate::test_support::sigma_rule as rule;
    use crate::test_support::{APP, CHROME, Events, POWERSHELL, SVCHOST, baseline};

    fn drafted(events: &[Events], detections: &[&str], schema: (u16, u16)) -> (Draft, Options) {
        let options = Options {
            sigma: detections.iter().map(|detection| rule(detection)).collect(),
            schema: SchemaVersion::new(schema.0, schema.1),
            ..Options::default()
        };
        (draft(&baseline(events), Knowledge::builtin(), &options), options)
    }

    fn mojo() -> Events {
        Events::created(r"\mojo.4204.8052.1838949397870888770", CHROME).own_pid()
    }

    #[test]
    fn a_pair_that_a_rule_fires_on_is_kept_and_others_are_not() {
        let detection = "s:\n    PipeName: '\\wkssvc'\n    Image|endswith: '\\svchost.exe'\ncondition: s";
        let events = [
            Events::connected(r"\wkssvc", SVCHOST),
            Events::connected(r"\lsass", SVCHOST),
        ];
        let (draft, _) = drafted(&events, &[detection], (4, 50));
        let kept: Vec<_> = draft.with(Verdict::Keep).collect();
        assert_eq!(kept.len(), 1);
        assert_eq!(kept[0].reasons[0].code.word(), "sigma");
        assert_eq!(
            kept[0].reasons[0].text,
            r"Your Sigma rule Test (0a1b2c3d) fires on it (\wkssvc)."
        );
        assert_eq!(draft.dropped * 2, draft.events);
    }

    #[test]
    fn what_a_rule_waits_for_is_carved_out_of_a_shape() {
        for schema in [(4, 22), (4, 50), (4, 90)] {
            for detection in [
                "s:\n    PipeName|startswith: '\\mojo.6660.'\ncondition: s",
                "s:\n    PipeName|endswith: '.666'\ncondition: s",
                "s:\n    PipeName|contains|all: ['.13.', '.42.']\ncondition: s",
                "s:\n    PipeName: '\\mojo.1.2.3'\ncondition: s",
                "s:\n    PipeName|re: '\\\\mojo\\.77[0-9]{2}\\.x'\ncondition: s",
            ] {
                let (draft, options) = drafted(&[mojo()], &[detection], schema);
                assert_eq!(
                    (draft.rules.len(), draft.dropped),
                    (1, draft.events),
                    "{schema:?} {detection}"
                );
                let engines::Engines {
                    config, ascii: engine, ..
                } = engines::compile(&draft.rules, options.schema).unwrap().unwrap();
                assert_eq!(blinded(&config, &engine, &options.sigma), [], "{schema:?} {detection}");
            }
        }
    }

    #[test]
    fn a_rule_that_cannot_be_carved_is_refused_with_the_name_of_the_detection() {
        // Nothing fixed tells what it waits for.
        let detection = "s:\n    PipeName|re: '[0-9]{25}$'\ncondition: s";
        let (draft, _) = drafted(&[mojo()], &[detection], (4, 90));
        assert!(draft.rules.is_empty());
        let why = &draft.refused[0].why;
        assert!(why.contains("would blind your Sigma rule Test (0a1b2c3d)"), "{why}");
        assert_eq!(draft.candidates[0].verdict, Verdict::Keep);
    }

    #[test]
    fn a_decision_to_exclude_does_not_blind_a_rule() {
        let mut options = Options {
            sigma: vec![rule("s:\n    PipeName|startswith: '\\PSHost'\ncondition: s")],
            ..Options::default()
        };
        let name = r"\PSHost.132362371046452983.4204.DefaultAppDomain.powershell";
        let events = baseline(&[
            Events::created(name, POWERSHELL).own_pid(),
            Events::connected(r"\AppPipe", APP),
        ]);
        let before = draft(&events, Knowledge::builtin(), &options);
        let family = &before.with(Verdict::Keep).next().unwrap().family;
        let decision = format!("exclude-anyway\tany\t{}\t{}\tno", family.name, family.image);
        options.decisions = super::super::decisions::Decisions::parse(&decision).unwrap();
        let after = draft(&events, Knowledge::builtin(), &options);
        let kinds: Vec<_> = after.notes.iter().map(|note| note.kind).collect();
        assert_eq!(kinds, [super::super::decisions::NoteKind::Ineffective]);
        assert_eq!(after.with(Verdict::Exclude).count(), 1);
        assert!(after.refused[0].why.contains("Sigma rule"), "{}", after.refused[0].why);
        let is_kept = |candidate: &&Candidate| candidate.family.kind == Kind::Created;
        assert_eq!(after.with(Verdict::Keep).filter(is_kept).count(), 1);
    }
}
