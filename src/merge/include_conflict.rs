//! A rule in, the wish that it would overrule out: an event which an include node of the config names.
//!
//! Such events need not have been seen. Names and images are made of what the include filters and the rule say, and run
//! through both.

use indexmap::IndexSet;

use crate::draft::candidate::Candidate;
use crate::draft::existing_config::{asked_for_by, made_up, made_up_names};
use crate::draft::rule::{Rule, pass};
use crate::event::Kind;
use crate::sysmon::condition::search_items;
use crate::sysmon::{Condition, Config, Event, Field, Filter, OnMatch, as_name};

/// Why a rule is not written, if it would drop what an include node names.
pub(super) fn overruled(config: &Config, rule: &Rule, candidates: &[Candidate]) -> Option<String> {
    let includes = config
        .nodes()
        .iter()
        .filter(|node| node.is_used() && node.on_match == Some(OnMatch::Include));
    let filters: Vec<&Filter> = includes
        .flat_map(|node| &node.items)
        .flat_map(|item| item.filters())
        .collect();
    if filters.is_empty() {
        return None;
    }
    let engine = config.engine();
    let holds = |field, text: &str| pass(&rule.filters, field, text);
    let (mut names, mut images) = (IndexSet::new(), IndexSet::new());
    for family in rule.families(candidates) {
        names.extend(
            family
                .names
                .iter()
                .cloned()
                .chain(made_up_names(family, None))
                .filter(|name| holds(Field::PipeName, name))
                .take(SHOWN),
        );
        images.extend(
            family
                .images
                .iter()
                .cloned()
                .chain(made_up(&family.image, None))
                .take(SHOWN),
        );
    }
    let of = |field, begin: &str| {
        let of_field = filters.iter().filter(move |filter| filter.field == field);
        let made: IndexSet<String> = of_field.flat_map(|filter| meeting(filter, begin)).collect();
        made.into_iter()
            .filter(move |text| holds(field, text))
            .collect::<Vec<_>>()
    };
    let begin = |field| {
        let mut begins = rule
            .filters
            .iter()
            .filter(|f| f.field == field && f.condition == Condition::BeginWith);
        begins.next().map(|filter| filter.value.as_str()).unwrap_or_default()
    };
    names.extend(of(Field::PipeName, begin(Field::PipeName)));
    // What an include says of a part of the name, within a name that the rule takes.
    let whole: Vec<String> = rule
        .families(candidates)
        .flat_map(|family| made_up_names(family, None))
        .collect();
    let of_names = filters.iter().filter(|filter| filter.field == Field::PipeName);
    let within = of_names.flat_map(|filter| whole.iter().flat_map(|name| set_in(filter, name)));
    names.extend(within.filter(|name| holds(Field::PipeName, name)).take(MOST));
    images.extend(of(Field::Image, begin(Field::Image)));
    names
        .iter()
        .flat_map(|name| images.iter().map(move |image| (name, image)))
        .find_map(|(name, image)| {
            let hit = [Kind::Created, Kind::Connected].into_iter().find(|kind| {
                let event = Event::of(*kind, name, image);
                let dropped = holds(Field::Image, image) && holds(Field::EventType, event.event_type);
                dropped && asked_for_by(&engine, config, &event).is_some()
            });
            hit.map(|_| format!("the config includes {name} of {image} on purpose, and the rule would overrule that"))
        })
}

/// So many names with a part in them are tried.
const MOST: usize = 64;

/// A name with the texts that an include filter asks for in place of a part of it.
fn set_in(filter: &Filter, name: &str) -> Vec<String> {
    let value = as_name(&filter.value);
    let texts: Vec<&str> = match filter.condition {
        Condition::ContainsAny | Condition::ContainsAll => search_items(&value).collect(),
        Condition::BeginWith | Condition::EndWith | Condition::Contains => vec![&value],
        _ => Vec::new(),
    };
    let cuts: Vec<usize> = name.char_indices().map(|(at, _)| at).chain([name.len()]).collect();
    let mut names = Vec::new();
    for text in texts {
        for from in &cuts {
            for to in cuts.iter().filter(|to| *to >= from) {
                let (before, after) = (&name[..*from], &name[*to..]);
                let fits = match filter.condition {
                    Condition::BeginWith => before.is_empty(),
                    Condition::EndWith => after.is_empty(),
                    _ => true,
                };
                names.extend(fits.then(|| format!("{before}{text}{after}")));
            }
        }
    }
    names
}

/// So many names and images of a family are tried with what includes say.
const SHOWN: usize = 4;

/// Texts that an include filter takes, and with `begin` before them, where it does not say how they begin.
fn meeting(filter: &Filter, begin: &str) -> Vec<String> {
    let value = as_name(&filter.value);
    match filter.condition {
        Condition::Is => vec![value.into_owned()],
        Condition::IsAny => value.split(';').map(str::to_owned).collect(),
        Condition::BeginWith => vec![value.to_string(), format!("{value}0")],
        Condition::Image => vec![value.to_string(), format!("{begin}\\{value}")],
        Condition::EndWith | Condition::Contains => vec![value.to_string(), format!("{begin}{value}")],
        Condition::ContainsAny => search_items(&value)
            .flat_map(|item| [item.to_owned(), format!("{begin}{item}")])
            .collect(),
        Condition::ContainsAll => vec![format!("{begin}{}", search_items(&value).collect::<String>())],
        // What is not something, or is ordered, names nothing; what was seen and is made up of the rule tries it.
        _ => Vec::new(),
    }
}
