//! What attackers do in, what of it a config would not log out, with the rule that hides it.

use indexmap::IndexMap;

use super::rules::Table;
use crate::event::Kind;
use crate::knowledge::{Knowledge, Witness, WitnessKind};
use crate::sysmon::{Engine, Event};

/// What a config hides.
#[derive(Debug, Clone, Default)]
pub struct Hidden {
    /// How many examples of what attackers do were tried.
    pub tried: usize,
    /// How many of them would not be logged.
    pub hidden: usize,
    /// The rules that hide any, those that hide most first.
    pub by_rule: Vec<HiddenBy>,
}

/// What one rule hides.
#[derive(Debug, Clone)]
pub struct HiddenBy {
    /// The rule, by its position; `None` where no rule matches, and the config drops what none matches.
    pub rule: Option<usize>,
    /// How many examples.
    pub examples: usize,
    /// What kinds of them, the most telling first.
    pub groups: Vec<Group>,
}

/// Hidden examples that are bad for the same reason.
#[derive(Debug, Clone)]
pub struct Group {
    /// That reason.
    pub kind: WitnessKind,
    /// How many examples.
    pub examples: usize,
    /// How many different pipe names.
    pub names: usize,
    /// How many different programs.
    pub images: usize,
    /// The most telling ones, each of another name.
    pub telling: Vec<Example>,
}

/// One event that attackers cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Created or connected.
    pub event: Kind,
    /// The pipe's name.
    pub pipe_name: String,
    /// The program's path.
    pub image: String,
    /// What is known of the name or of the program.
    pub what: String,
    /// Where that is known from.
    pub source: String,
}

/// So many examples of a group are kept.
const TELLING: usize = 3;

/// Tries every witness on the engine.
pub(super) fn hidden(engine: &Engine, rules: &Table, knowledge: &Knowledge) -> Hidden {
    let witnesses = knowledge.attack_witnesses();
    let mut by_rule: IndexMap<Option<usize>, Vec<&Witness<'_>>> = IndexMap::new();
    let mut found = Vec::new();
    for witness in &witnesses {
        let event = Event::of(witness.event, &witness.pipe_name, witness.image);
        let verdict = engine.outcome(&event, &mut found);
        if !verdict.logged {
            let rule = verdict
                .decided_by
                .and_then(|decision| rules.of_decision(decision, &found));
            by_rule.entry(rule).or_default().push(witness);
        }
    }
    let mut by_rule: Vec<HiddenBy> = by_rule
        .into_iter()
        .map(|(rule, witnesses)| HiddenBy {
            rule,
            examples: witnesses.len(),
            groups: groups(&witnesses, knowledge),
        })
        .collect();
    by_rule.sort_by_key(|by| (std::cmp::Reverse((by.certain(), by.examples)), by.rule));
    Hidden {
        tried: witnesses.len(),
        hidden: by_rule.iter().map(|by| by.examples).sum(),
        by_rule,
    }
}

fn groups(witnesses: &[&Witness<'_>], knowledge: &Knowledge) -> Vec<Group> {
    // A system's pipe that anyone's program opens tells most: the name looks harmless, and is used all the time.
    let kinds = [
        WitnessKind::Payload,
        WitnessKind::Remote,
        WitnessKind::KnownBad,
        WitnessKind::ForeignCode,
    ];
    let of = |kind| {
        (
            kind,
            witnesses
                .iter()
                .copied()
                .filter(|witness| reason(witness) == kind)
                .collect::<Vec<_>>(),
        )
    };
    kinds
        .into_iter()
        .map(of)
        .filter_map(|(kind, witnesses)| group(kind, &witnesses, knowledge))
        .collect()
}

/// Why a witness is one. An image whose every pipe is bad is one that runs other people's code.
fn reason(witness: &Witness<'_>) -> WitnessKind {
    match witness.kind {
        WitnessKind::KnownBad if witness.entry.image.is_some() => WitnessKind::ForeignCode,
        kind => kind,
    }
}

fn group(kind: WitnessKind, witnesses: &[&Witness<'_>], knowledge: &Knowledge) -> Option<Group> {
    witnesses.first()?;
    let mut names: IndexMap<&str, &Witness<'_>> = IndexMap::new();
    let mut images: IndexMap<&str, ()> = IndexMap::new();
    for witness in witnesses {
        // Whoever does not own a pipe connects to it; a name of the attacker's own is created.
        let prefers = if knowledge.well_known(&witness.pipe_name).is_some() {
            Kind::Connected
        } else {
            Kind::Created
        };
        let kept = names.entry(&witness.pipe_name).or_insert(witness);
        if kept.event != prefers && witness.event == prefers {
            *kept = witness;
        }
        images.insert(witness.image, ());
    }
    let mut telling: Vec<(&str, &Witness<'_>)> = names.iter().map(|(name, witness)| (*name, *witness)).collect();
    telling.sort_by_key(|(name, _)| knowledge.well_known(name).is_none());
    let telling = telling
        .into_iter()
        .take(TELLING)
        .map(|(_, witness)| example(witness))
        .collect();
    Some(Group {
        kind,
        examples: witnesses.len(),
        names: names.len(),
        images: images.len(),
        telling,
    })
}

fn example(witness: &Witness<'_>) -> Example {
    Example {
        event: witness.event,
        pipe_name: witness.pipe_name.clone(),
        image: witness.image.to_owned(),
        what: witness.entry.what.to_string(),
        source: witness.entry.source.to_string(),
    }
}

impl HiddenBy {
    /// How many examples are not of programs that anyone may have a good reason to run.
    fn certain(&self) -> usize {
        let certain = self
            .groups
            .iter()
            .filter(|group| group.kind != WitnessKind::ForeignCode);
        certain.map(|group| group.examples).sum()
    }

    /// What it hides, in a sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        let mut names = self
            .groups
            .iter()
            .flat_map(|group| &group.telling)
            .map(|example| &example.pipe_name);
        let one = names
            .next()
            .filter(|first| self.groups.iter().all(|group| group.names == 1) && names.all(|n| n == *first));
        let groups = self.groups.iter().map(|group| match one {
            Some(_) => group.who(),
            None => format!("{}, {}", group.pipes(), group.who()),
        });
        let groups = groups.collect::<Vec<_>>().join("; ");
        one.map_or_else(|| format!("{groups}."), |name| format!("{name}, {groups}."))
    }
}

impl Group {
    /// Its pipes, by name.
    fn pipes(&self) -> String {
        let some: Vec<&str> = self.telling.iter().map(|example| example.pipe_name.as_str()).collect();
        match some.as_slice() {
            [only] if self.names == 1 => (*only).to_owned(),
            _ => format!(
                "{} pipes ({}{})",
                self.names,
                some.join(", "),
                if self.names > some.len() { ", …" } else { "" }
            ),
        }
    }

    /// Who uses them, and what is bad in that.
    fn who(&self) -> String {
        let Some(first) = self.telling.first() else {
            return String::new();
        };
        let images = |nouns: &str| match self.images {
            1 => format!("by {}", first.image),
            n => format!("by any of {n} {nouns}, such as {}", first.image),
        };
        let what = &first.what;
        match self.kind {
            WitnessKind::Payload => format!("used {} ({what})", images("programs where an attacker could put one")),
            WitnessKind::Remote => "opened from another computer (image System)".to_owned(),
            WitnessKind::KnownBad => format!("as attackers' tools use them ({what}), {}", images("programs")),
            WitnessKind::ForeignCode => format!("used {}", images("programs that run other people's code")),
        }
    }
}
