//! A review in, what the page's script reads out: columns of numbers, and each text once.
//!
//! `src/report/page/data.js` says the same in types. Families stand in the draft's order; a number that stands for a text
//! is its place in `strings`.

use serde::Serialize;

use super::Review;
use super::strings::Strings;
use crate::draft::candidate::{Candidate, ReasonCode, Verdict};
use crate::draft::decisions::Decisions;
use crate::draft::rule::LIST;
use crate::draft::write::element;
use crate::event::Kind;
use crate::family::{NAMES_SHOWN, Shape};
use crate::normalize::EMPTY;
use crate::sysmon::Condition;

/// The number of a text.
type Text = usize;

#[derive(Debug, Serialize)]
pub(super) struct Data<'a> {
    /// All events, those in names that are not kept included.
    events: u64,
    /// The draft without any decision.
    undecided: Outcome,
    /// The draft with the decisions of the file, where there is one.
    decided: Option<Outcome>,
    /// The file of decisions that the page was made with.
    decisions: Option<&'a str>,
    /// The config in use.
    current: Option<&'a str>,
    /// How many texts a list in a rule holds at most: 1 where the schema has no lists.
    list: usize,
    /// How many pairs that attackers use were tried.
    witnesses: usize,
    hosts: Vec<&'a str>,
    /// The first day, in days since 1970-01-01, and how many there are from it on.
    days: (i32, i32),
    families: Families,
    strings: Strings,
}

#[derive(Debug, Serialize)]
struct Outcome {
    rules: usize,
    dropped: u64,
}

/// A column each.
#[derive(Debug, Default, Serialize)]
struct Families {
    /// 17 or 18.
    kind: Vec<u32>,
    name: Vec<Text>,
    image: Vec<Text>,
    product: Vec<Text>,
    /// What the guards say: 0 exclude, 1 review, 2 keep.
    guards: Vec<u8>,
    /// What became of it in the undecided draft.
    verdict: Vec<u8>,
    /// Whether nothing could tell it there from what must stay, so that it had no rule.
    blocked: Vec<bool>,
    events: Vec<u64>,
    /// Milliseconds since 1970; absent where no event has a time.
    first: Vec<Option<i64>>,
    last: Vec<Option<i64>>,
    /// Host, day (from the first one on, -1 where the clock was wrong), events; one after the other.
    cells: Vec<Vec<i64>>,
    /// Host, hour of the day (UTC), events; one after the other. Events of which the hour is not known are not there.
    hours: Vec<Vec<u64>>,
    users: Vec<Vec<Text>>,
    names: Vec<Vec<Text>>,
    name_count: Vec<usize>,
    images: Vec<Vec<Text>>,
    /// Guard, verdict, sentence; one after the other.
    reasons: Vec<Vec<Text>>,
    /// What rules are grouped by: beginning, parts, end of the names (none where there is one name only) …
    name_shape: Vec<Vec<Text>>,
    /// … and of the images.
    image_shape: Vec<Vec<Text>>,
    /// The lines of the rule that it would have by itself.
    rule: Vec<Vec<Text>>,
    /// Events of its own that this rule drops.
    alone: Vec<u64>,
    /// Other families that this rule would drop events of.
    others: Vec<Vec<usize>>,
    /// How many pairs that attackers use this rule would hide.
    hidden: Vec<usize>,
    /// The first of them: kind, name, image, what is known; one after the other.
    hides: Vec<Vec<Text>>,
    /// Why the rule is refused, whatever is decided.
    refused: Vec<Option<Text>>,
    /// Events that the undecided draft drops.
    dropped: Vec<u64>,
    /// Events that the config in use drops.
    current: Vec<u64>,
    /// Whether a file of decisions can name it.
    decidable: Vec<bool>,
}

/// As many names are shown in all, where there are many families.
const NAMES: usize = 60_000;
/// As many names of each family are shown at least.
const LEAST: usize = 4;

impl<'a> Data<'a> {
    pub(super) fn of(review: &'a Review<'_>) -> Self {
        let baseline = &review.source.scan.baseline;
        let numbers = baseline.days().filter(|day| day.is_plausible()).map(|day| day.number());
        let (first, last) = numbers.fold((i32::MAX, i32::MIN), |(first, last), day| {
            (first.min(day), last.max(day))
        });
        let days = if first > last {
            (0, 0)
        } else {
            (first, last - first + 1)
        };
        let mut strings = Strings::default();
        let families = Families::of(review, first, &mut strings);
        let outcome = |draft: &crate::draft::Draft| Outcome {
            rules: draft.rules.len(),
            dropped: draft.dropped,
        };
        let has_lists = review.source.options.schema >= Condition::IsAny.since();
        Self {
            events: baseline.events(),
            undecided: outcome(&review.undecided),
            decided: review.decided.as_ref().map(outcome),
            decisions: review.source.decisions,
            current: review.source.current.map(|(name, _)| name),
            list: if has_lists { LIST } else { 1 },
            witnesses: review.witnesses,
            hosts: baseline.host_numbers().map(|host| baseline.host(host)).collect(),
            days,
            families,
            strings,
        }
    }
}

impl Families {
    fn of(review: &Review<'_>, first_day: i32, strings: &mut Strings) -> Self {
        let mut families = Self::default();
        let candidates = &review.undecided.candidates;
        let names = (NAMES / candidates.len().max(1)).clamp(LEAST, NAMES_SHOWN);
        for (index, candidate) in candidates.iter().enumerate() {
            families.shape(candidate, review, names, strings);
            families.evidence(candidate, review, first_day, strings);
            families.hours(index, review);
            families.rule(index, review, strings);
        }
        families
    }

    fn shape(&mut self, candidate: &Candidate, review: &Review<'_>, names: usize, strings: &mut Strings) {
        let family = &candidate.family;
        let product = family.images.first();
        let product = product.map_or("", |image| review.source.knowledge.product(image));
        let (name, image) = (family.name.to_string(), family.image.to_string());
        self.kind.push(family.kind.event_id());
        self.name.push(strings.number(&name));
        self.image.push(strings.number(&image));
        self.product.push(strings.number(product));
        self.names
            .push(strings.numbers(family.names.iter().take(names).map(String::as_str)));
        self.name_count.push(family.name_count);
        self.images
            .push(strings.numbers(family.images.iter().map(String::as_str)));
        self.name_shape.push(parts(&family.name, strings));
        self.image_shape.push(parts(&family.image, strings));
        self.guards.push(number(candidate.said_by_guards()));
        self.verdict.push(number(candidate.verdict));
        self.blocked.push(
            candidate
                .reasons
                .iter()
                .any(|reason| reason.code == ReasonCode::Overlap),
        );
        let mut reasons = Vec::new();
        for reason in &candidate.reasons {
            reasons.extend(strings.numbers([reason.code.word(), reason.verdict.word(), &reason.text]));
        }
        self.reasons.push(reasons);
        self.decidable.push(is_decidable(candidate, &name, &image));
    }

    fn evidence(&mut self, candidate: &Candidate, review: &Review<'_>, first_day: i32, strings: &mut Strings) {
        let baseline = &review.source.scan.baseline;
        let evidence = &candidate.family.evidence;
        self.events.push(evidence.events());
        self.first.push(evidence.first_seen.map(|time| time.0));
        self.last.push(evidence.last_seen.map(|time| time.0));
        let mut cells = Vec::new();
        for ((host, day), events) in evidence.by_host_day.iter() {
            let day = if day.is_plausible() {
                i64::from(day.number() - first_day)
            } else {
                -1
            };
            cells.extend([i64::from(host), day, i64::try_from(events).unwrap_or(i64::MAX)]);
        }
        self.cells.push(cells);
        let users = evidence.users.keys().map(|user| baseline.user(user));
        self.users.push(strings.numbers(users.filter(|user| *user != EMPTY)));
    }

    fn hours(&mut self, index: usize, review: &Review<'_>) {
        let hours = review.hours.get(index).into_iter().flat_map(|hours| hours.iter());
        let flat = hours.flat_map(|((host, hour), events)| [u64::from(host), u64::from(hour), events]);
        self.hours.push(flat.collect());
    }

    fn rule(&mut self, index: usize, review: &Review<'_>, strings: &mut Strings) {
        let Some(alone) = review.alone.get(index) else { return };
        let element = alone.rule.as_ref().and_then(|rule| element(rule, "").ok());
        self.rule
            .push(strings.numbers(element.as_deref().unwrap_or_default().lines()));
        self.alone.push(alone.dropped);
        self.others.push(alone.others.clone());
        self.hidden.push(alone.hidden);
        let mut hides = Vec::new();
        for hidden in &alone.hides {
            let texts = [hidden.kind.event_type(), &hidden.pipe_name, &hidden.image, &hidden.what];
            hides.extend(strings.numbers(texts));
        }
        self.hides.push(hides);
        self.refused
            .push(alone.refused.as_deref().map(|why| strings.number(why)));
        let of = |counts: &[u64]| counts.get(index).copied().unwrap_or_default();
        self.dropped.push(of(&review.dropped));
        if let Some(current) = &review.current {
            self.current.push(of(current));
        }
    }
}

fn number(verdict: Verdict) -> u8 {
    match verdict {
        Verdict::Exclude => 0,
        Verdict::Review => 1,
        Verdict::Keep => 2,
    }
}

/// Without ASCII case, as rules are compared.
fn parts(shape: &Shape, strings: &mut Strings) -> Vec<Text> {
    match shape {
        Shape::Exact(_) => Vec::new(),
        Shape::Affixes { begin, middle, end, .. } => [begin]
            .into_iter()
            .chain(middle)
            .chain([end])
            .map(|part| strings.number(&part.to_ascii_lowercase()))
            .collect(),
    }
}

/// Whether a line of a file of decisions comes back as one about this candidate.
fn is_decidable(candidate: &Candidate, name: &str, image: &str) -> bool {
    let kind = match candidate.family.kind {
        Kind::Created => "created",
        Kind::Connected => "connected",
    };
    let line = format!("keep\t{kind}\t{name}\t{image}\twhy\n");
    Decisions::parse(&line).is_ok_and(|decisions| decisions.fit(candidate))
}
