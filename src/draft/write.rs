//! Rules in, a config out that Sysmon loads.
//!
//! One `RuleGroup` with one `PipeEvent onmatch="exclude"`: two exclude nodes would silence everything. Rules have no
//! `name`: that of a rule which fails can show up as the RuleName of a later match (Sysmon's rules.c).

use std::io::{self, Write};

use indexmap::IndexMap;

use super::candidate::Verdict;
use super::mark::mark;
use super::rule::Rule;
use super::{Draft, Options};
use crate::baseline::Threshold;
use crate::output::{counted, date, grouped, percent_of};
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::write::{Unwritable, comment, filter};
use crate::threads::{by_threads, with_threads};

/// The bare config of some rules.
///
/// # Errors
///
/// Where XML cannot hold a value.
pub fn config(rules: &[Rule], schema: SchemaVersion) -> Result<String, Unwritable> {
    let mut text = format!(
        "<Sysmon schemaversion=\"{schema}\">\n<EventFiltering>\n<RuleGroup name=\"\" groupRelation=\"or\">\n\
         <PipeEvent onmatch=\"exclude\">\n"
    );
    for element in by_threads(rules.len(), |index| element(&rules[index], "")) {
        text += &element?;
    }
    text += "</PipeEvent>\n</RuleGroup>\n</EventFiltering>\n</Sysmon>\n";
    Ok(text)
}

/// One rule as an element, each line indented.
///
/// # Errors
///
/// Where XML cannot hold a value.
pub fn element(rule: &Rule, indent: &str) -> Result<String, Unwritable> {
    let mut text = format!("{indent}<Rule groupRelation=\"and\">\n");
    for f in &rule.filters {
        text += &format!("{indent}  {}\n", filter(f.field, f.condition, &f.value, None)?);
    }
    text += &format!("{indent}</Rule>\n");
    Ok(text)
}

/// Writes the whole draft, with the evidence of each rule in a comment.
///
/// # Errors
///
/// What writing to `out` fails with.
pub fn write(draft: &Draft, options: &Options, made_from: &str, out: &mut dyn Write) -> io::Result<()> {
    for line in head(draft, made_from) {
        writeln!(out, "{}", comment(&line))?;
    }
    writeln!(out, "<Sysmon schemaversion=\"{}\">", options.schema)?;
    writeln!(out, "  <EventFiltering>")?;
    writeln!(out, "    <RuleGroup name=\"\" groupRelation=\"or\">")?;
    writeln!(out, "      <PipeEvent onmatch=\"exclude\">")?;
    let products = by_product(&draft.rules);
    let ordered: Vec<&Rule> = products.iter().flat_map(|(_, rules)| rules).copied().collect();
    let mut texts = with_threads(options.threads, || {
        by_threads(ordered.len(), |index| marked(ordered[index]))
    })
    .into_iter();
    for (product, rules) in &products {
        let events = rules.iter().map(|rule| rule.evidence.events()).sum();
        writeln!(
            out,
            "\n        {}",
            comment(&format!("{product}: {}", counted(events, "event")))
        )?;
        for text in texts.by_ref().take(rules.len()) {
            out.write_all(text.map_err(io::Error::other)?.as_bytes())?;
        }
    }
    writeln!(out, "      </PipeEvent>")?;
    writeln!(out, "    </RuleGroup>")?;
    writeln!(out, "  </EventFiltering>")?;
    writeln!(out, "</Sysmon>")
}

/// One rule as an element, behind a comment with its mark and evidence.
fn marked(rule: &Rule) -> Result<String, Unwritable> {
    let mark = comment(&format!("{} {}", mark(rule), evidence(rule)));
    Ok(format!("        {mark}\n{}", element(rule, "        ")?))
}

/// The rules of each product, the product that drops most first.
fn by_product(rules: &[Rule]) -> Vec<(&str, Vec<&Rule>)> {
    let mut products: IndexMap<&str, Vec<&Rule>> = IndexMap::new();
    for rule in rules {
        products.entry(&rule.product).or_default().push(rule);
    }
    let mut products: Vec<(&str, Vec<&Rule>)> = products.into_iter().collect();
    products.sort_by_key(|(product, rules)| {
        let events: u64 = rules.iter().map(|rule| rule.evidence.events()).sum();
        (std::cmp::Reverse(events), *product)
    });
    products
}

/// One line on how widely a rule's events were seen, and whether it is one that somebody decided.
#[must_use]
pub fn evidence(rule: &Rule) -> String {
    let evidence = &rule.evidence;
    let mut line = format!(
        "{}, {}, {}",
        counted(evidence.events(), "event"),
        counted(evidence.hosts().len() as u64, "host"),
        counted(evidence.days().len() as u64, "day"),
    );
    if let (Some(first), Some(last)) = (evidence.first_seen, evidence.last_seen) {
        line += &match (date(first), date(last)) {
            (first, last) if first == last => format!(", {first}"),
            (first, last) => format!(", {first} to {last}"),
        };
    }
    if rule.is_decided {
        line += ", as decided";
    }
    line
}

/// How many hosts and days such a line tells of; `None` where somebody wrote another.
#[must_use]
pub fn breadth(line: &str) -> Option<Threshold> {
    let figure = |noun: &str| {
        let counted = |part: &str| {
            let figure = part.strip_suffix('s').unwrap_or(part).strip_suffix(noun)?;
            figure.trim_end().replace(',', "").parse().ok()
        };
        // What stands before the figures, a product, may hold anything.
        line.rsplit(", ").find_map(counted)
    };
    Some(Threshold {
        hosts: figure("host")?,
        days: figure("day")?,
    })
}

fn head(draft: &Draft, made_from: &str) -> Vec<String> {
    let (review, keep) = (draft.events_with(Verdict::Review), draft.events_with(Verdict::Keep));
    let candidates = |verdict| counted(draft.with(verdict).count() as u64, "candidate");
    let mut lines = vec![
        format!("Exclusion rules for Sysmon's pipe events, drafted by pipemine from {made_from}."),
        format!(
            "With {}, {} of {} are dropped ({}). Left to be logged: {} for a person to decide ({}), {} kept ({}).",
            counted(draft.rules.len() as u64, "rule"),
            grouped(draft.dropped),
            counted(draft.events, "event"),
            percent_of(draft.dropped, draft.events),
            candidates(Verdict::Review),
            counted(review, "event"),
            candidates(Verdict::Keep),
            counted(keep, "event"),
        ),
    ];
    lines.extend(draft.forecast.as_ref().map(super::forecast::Forecast::line));
    lines.extend(draft.saturation.lines());
    if !draft.refused.is_empty() {
        lines.push(format!(
            "Not written: {} that would have dropped what must stay, or went beyond the number asked for.",
            counted(draft.refused.len() as u64, "rule")
        ));
    }
    lines.push(format!(
        "Every rule pins name and image together. It was run through Sysmon's filter rules on the events it came from: it \
         drops none that is kept or for a person to decide, and no pair that attackers are known to use{}.",
        but_decided(draft)
    ));
    lines.push(
        "Two exclude nodes silence everything: merge these rules into the exclude node that you have, if you have one."
            .into(),
    );
    lines.push(
        "Sysmon's minifilter does not see a pipe which another filter driver of lower altitude blocked first: what is not \
         logged did not necessarily not happen."
            .into(),
    );
    lines
}

/// What the head's promise does not hold for: what people decided against guards.
fn but_decided(draft: &Draft) -> String {
    let against = |verdict, how| {
        let candidates = draft.decided(verdict).count() as u64;
        (candidates > 0).then(|| format!("{} that guards {how}", counted(candidates, "candidate")))
    };
    let all = [
        against(Verdict::Review, "leave to a person"),
        against(Verdict::Keep, "keep"),
    ];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() {
        return String::new();
    }
    format!(", but for what was decided: {}", all.join(" and "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_evidence_is_read_back_behind_any_product() {
        let breadth = |line: &str| breadth(line).map(|breadth| (breadth.hosts, breadth.days));
        assert_eq!(
            breadth("74 events, 1 host, 5 days, 2025-03-03 to 2025-03-07"),
            Some((1, 5))
        );
        assert_eq!(
            breadth("A, 7 hosts, 9 days: 1,074 events, 1,200 hosts, 1 day"),
            Some((1200, 1))
        );
        for other in ["", "ours", "3 hosts", "hosts, days", "x hosts, y days"] {
            assert_eq!(breadth(other), None, "{other}");
        }
    }
}
