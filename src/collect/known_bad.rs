//! What is known of attackers' pipe names in, a config that logs these and nothing else out.
//!
//! Each pattern becomes the condition that says it most tightly. What Sysmon cannot say (that a character is hexadecimal,
//! how many follow, what folder the name stands below) is left open, so that too much is logged rather than too little. A
//! pattern that is bad by who uses the name carves out its rightful users. Every rule has the tool for its name, which Sysmon writes to the event's RuleName.

use indexmap::IndexMap;

use super::nothing_else;
use crate::draft::rule::Filter;
use crate::knowledge::{Entry, Knowledge, List, Outline};
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::write::{attribute, comment, filter};
use crate::sysmon::{Condition, Field};

/// Sysmon rejects a config with a longer name, in bytes.
const LONGEST_NAME: usize = 255;

/// The config, declaring this schema version; no condition is newer.
///
/// # Errors
///
/// Where XML cannot hold what is known.
pub fn known_bad(schema: SchemaVersion, knowledge: &Knowledge) -> Result<String, String> {
    let mut tools: IndexMap<&str, Tool> = IndexMap::new();
    let mut written: Vec<Vec<Filter>> = Vec::new();
    for entry in knowledge.list().filter(|entry| entry.list == List::KnownBad) {
        let tool = tools.entry(tool(entry)).or_default();
        if !tool.sources.contains(&&*entry.source) {
            tool.sources.push(&entry.source);
        }
        for filters in rules(entry, knowledge, schema) {
            // Two patterns that differ in what Sysmon cannot say are one rule.
            if !written.contains(&filters) {
                written.push(filters.clone());
                tool.rules.push(filters);
            }
        }
    }
    let mut text = format!(
        "{}\n{}\n<Sysmon schemaversion=\"{schema}\">\n  <EventFiltering>\n    <RuleGroup name=\"\" \
         groupRelation=\"or\">\n      <PipeEvent onmatch=\"include\">\n",
        comment("Logs named pipes whose names attackers' tools are known to use, and nothing else."),
        comment("A tool that chooses another name comes through: what is not known is not logged."),
    );
    for (name, tool) in tools.iter().filter(|(_, tool)| !tool.rules.is_empty()) {
        let told = format!("{name} ({})", tool.sources.join("; "));
        text += &format!("        {}\n", comment(&told));
        for rule in &tool.rules {
            text += &element(rule, label(name)).map_err(|error| format!("{name}: {error}"))?;
        }
    }
    text += "      </PipeEvent>\n    </RuleGroup>\n";
    text += &nothing_else();
    text += "  </EventFiltering>\n</Sysmon>\n";
    Ok(text)
}

/// What is known of one tool.
#[derive(Default)]
struct Tool<'a> {
    sources: Vec<&'a str>,
    /// Each the filters that have to hold together.
    rules: Vec<Vec<Filter>>,
}

/// What stands before the colon: entries of one tool are told apart behind it.
fn tool(entry: &Entry) -> &str {
    entry.what.split(':').next().unwrap_or_default()
}

/// As much of a text as Sysmon takes for a name.
fn label(text: &str) -> &str {
    let mut end = text.len().min(LONGEST_NAME);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The rules of an entry, one for each alternative of its pattern.
fn rules(entry: &Entry, knowledge: &Knowledge, schema: SchemaVersion) -> Vec<Vec<Filter>> {
    let images = match &entry.image {
        Some(image) => image
            .outlines()
            .iter()
            .map(|outline| of(Field::Image, outline))
            .collect(),
        None => vec![Vec::new()],
    };
    let users: Vec<Filter> = entry
        .unless
        .as_deref()
        .map(|group| others(group, knowledge, schema))
        .unwrap_or_default();
    let names = entry.pattern.outlines();
    let rules = names.iter().flat_map(|outline| {
        let name = of(Field::PipeName, outline);
        let users = &users;
        images.iter().map(move |image| [&*name, image, users].concat())
    });
    rules.filter(|filters| !filters.is_empty()).collect()
}

/// The filters that an outline passes. A pipe's name may stand below a folder (`\LOCAL\postex_ab` in an app container).
fn of(field: Field, outline: &Outline) -> Vec<Filter> {
    let make = |condition, value: &str| filter_of(field, condition, value);
    let Outline { begin, middle, end, .. } = outline;
    let (whole, beginning) = match field {
        Field::PipeName => (Condition::EndWith, Condition::Contains),
        _ => (Condition::Is, Condition::BeginWith),
    };
    if outline.is_exact {
        return vec![make(whole, begin)];
    }
    let mut filters = Vec::new();
    if !begin.is_empty() {
        filters.push(make(beginning, begin));
    }
    if middle.len() > 1 && !middle.iter().any(|part| part.contains(';')) {
        filters.push(make(Condition::ContainsAll, &middle.join(";")));
    } else {
        filters.extend(middle.iter().map(|part| make(Condition::Contains, part)));
    }
    if !end.is_empty() {
        filters.push(make(Condition::EndWith, end));
    }
    // Where one text is all that is fixed, that something more is there can be said.
    if let ([only], true) = (filters.as_slice(), outline.is_longer) {
        let bare = make(Condition::IsNot, &only.value);
        filters.push(bare);
    }
    filters
}

/// The filters that an image passes which is none of a group.
fn others(group: &str, knowledge: &Knowledge, schema: SchemaVersion) -> Vec<Filter> {
    let make = |condition, value: &str| Some(filter_of(Field::Image, condition, value));
    let hosts = knowledge
        .list()
        .filter(|entry| entry.list == List::Host && entry.group.as_deref() == Some(group));
    let without = |outline: Outline| {
        let parts = [
            std::slice::from_ref(&outline.begin),
            &outline.middle,
            std::slice::from_ref(&outline.end),
        ]
        .concat();
        let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
        match parts.as_slice() {
            [_] if outline.is_exact => make(Condition::IsNot, &outline.begin),
            [begin] if schema >= Condition::NotBeginWith.since() && !outline.begin.is_empty() => {
                make(Condition::NotBeginWith, begin)
            }
            [end] if schema >= Condition::NotEndWith.since() && !outline.end.is_empty() => {
                make(Condition::NotEndWith, end)
            }
            // A path holds a drive at its beginning only.
            [part] => make(Condition::Excludes, part),
            // At least one of the parts is missing. Older schemas cannot say so: then the host's pipes are logged too.
            parts if schema >= Condition::ExcludesAll.since() && !parts.iter().any(|part| part.contains(';')) => {
                make(Condition::ExcludesAll, &parts.join(";"))
            }
            _ => None,
        }
    };
    hosts
        .flat_map(|host| host.pattern.outlines())
        .filter_map(without)
        .collect()
}

fn filter_of(field: Field, condition: Condition, value: &str) -> Filter {
    Filter {
        field,
        condition,
        value: value.to_owned(),
    }
}

/// One filter stands by itself, several in a rule of their own.
fn element(filters: &[Filter], name: &str) -> Result<String, crate::sysmon::write::Unwritable> {
    if let [only] = filters {
        return Ok(format!(
            "        {}\n",
            filter(only.field, only.condition, &only.value, Some(name))?
        ));
    }
    let mut text = format!("        <Rule name=\"{}\" groupRelation=\"and\">\n", attribute(name)?);
    for f in filters {
        text += &format!("          {}\n", filter(f.field, f.condition, &f.value, None)?);
    }
    text += "        </Rule>\n";
    Ok(text)
}
