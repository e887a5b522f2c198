//! A draft in, every candidate with its verdict, reasons, rule and evidence out: Markdown for people, JSON for programs.

use std::io::{self, Write};

use super::Draft;
use super::candidate::{Candidate, Verdict};
use super::write::element;
use crate::baseline::{Baseline, Evidence};
use crate::output::escape::visible;
use crate::output::{self, Column, Format, Report, SCHEMA, Section, Value, counted, rfc3339};

/// Writes the explanation as Markdown.
///
/// # Errors
///
/// What writing to `out` fails with.
pub fn write_markdown(draft: &Draft, baseline: &Baseline, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# What the draft is made of\n")?;
    writeln!(
        out,
        "{} of {} are dropped.",
        output::grouped(draft.dropped),
        counted(draft.events, "event")
    )?;
    for line in draft
        .forecast
        .iter()
        .map(super::forecast::Forecast::line)
        .chain(draft.saturation.lines())
    {
        writeln!(out, "\n{}", plain(&line))?;
    }
    if let Some(forecast) = draft
        .forecast
        .as_ref()
        .filter(|forecast| !forecast.came_through.is_empty())
    {
        writeln!(
            out,
            "\nFamilies that came through, of {} left out:\n",
            counted(forecast.events, "event")
        )?;
        for (family, events) in &forecast.came_through {
            writeln!(out, "- {}: {}", code(family), counted(*events, "event"))?;
        }
    }
    for (verdict, title) in [
        (Verdict::Review, "For a person to decide"),
        (Verdict::Exclude, "Excluded"),
        (Verdict::Keep, "Kept"),
    ] {
        let count = draft.with(verdict).count() as u64;
        writeln!(out, "\n## {title}: {}", counted(count, "candidate"))?;
        for (index, candidate) in draft
            .candidates
            .iter()
            .enumerate()
            .filter(|(_, c)| c.verdict == verdict)
        {
            write_candidate(draft, index, candidate, baseline, out)?;
        }
    }
    if !draft.refused.is_empty() {
        writeln!(out, "\n## Rules that were not written")?;
        for refusal in &draft.refused {
            writeln!(
                out,
                "\n{}:\n\n{}",
                plain(&refusal.why),
                block(&element(&refusal.rule, "").unwrap_or_default())
            )?;
        }
    }
    Ok(())
}

fn write_candidate(
    draft: &Draft,
    index: usize,
    candidate: &Candidate,
    baseline: &Baseline,
    out: &mut dyn Write,
) -> io::Result<()> {
    let family = &candidate.family;
    writeln!(out, "\n### {}\n", code(&candidate.title()))?;
    writeln!(out, "{}\n", plain(&spread(&family.evidence, baseline)))?;
    let whose = &candidate.whose;
    let pipe = whose.pipe.as_deref();
    let pipe = pipe.map(|pipe| format!("; pipe: {}", plain(pipe))).unwrap_or_default();
    writeln!(out, "- program of {}{pipe}", plain(&whose.program))?;
    for reason in &candidate.reasons {
        writeln!(out, "- {} ({}): {}", reason.verdict, reason.code, plain(&reason.text))?;
    }
    if family.name_count > 1 {
        let shown: Vec<String> = family.names.iter().take(NAMES).map(|name| code(name)).collect();
        writeln!(
            out,
            "- {}, such as {}",
            counted(family.name_count as u64, "name"),
            shown.join(", ")
        )?;
    }
    if candidate.is_covered && candidate.verdict == Verdict::Exclude {
        writeln!(out, "- The config drops it already.")?;
    }
    let of_rule = draft.rules.iter().find(|rule| rule.candidates.contains(&index));
    let rule = of_rule.or_else(|| draft.rules.iter().find(|rule| rule.covers(candidate)));
    if let Some(rule) = rule.filter(|_| candidate.verdict == Verdict::Exclude) {
        writeln!(out, "\n{}", block(&element(rule, "").unwrap_or_default()))?;
    }
    if candidate.verdict == Verdict::Review {
        write_request(candidate, baseline, out)?;
    }
    Ok(())
}

/// How many names of a family stand for it.
const NAMES: usize = 3;

/// What the maintainers of a shared config ask for before they exclude something.
fn write_request(candidate: &Candidate, baseline: &Baseline, out: &mut dyn Write) -> io::Result<()> {
    let family = &candidate.family;
    writeln!(out, "\nTo ask for an exclusion:\n")?;
    writeln!(out, "> Event: {} {}", family.kind.event_id(), plain(&candidate.title()))?;
    writeln!(out, "> Rate: {}", plain(&spread(&family.evidence, baseline)))?;
    writeln!(
        out,
        "> Proposed: name {} and image {}, together",
        code(&family.name.to_string()),
        code(&family.image.to_string())
    )?;
    let against = candidate
        .reasons
        .iter()
        .filter(|reason| reason.verdict != Verdict::Exclude);
    let against: Vec<String> = against.map(|reason| plain(&reason.text)).collect();
    writeln!(out, "> Could an attacker abuse it? {}", against.join(" "))
}

/// How often, where and when: with the rate that makes two candidates comparable.
#[must_use]
pub fn spread(evidence: &Evidence, baseline: &Baseline) -> String {
    let hosts = evidence.hosts().len() as u64;
    let cells = (evidence.by_host_day.len() as u64).max(1);
    #[expect(clippy::cast_precision_loss, reason = "a rate for people")]
    let rate = evidence.events() as f64 / cells as f64;
    let mut line = format!(
        "{} on {} of {}, {}; {rate:.1} a host and day",
        counted(evidence.events(), "event"),
        hosts,
        counted(baseline.hosts(), "host"),
        counted(evidence.days().len() as u64, "day"),
    );
    if let (Some(first), Some(last)) = (evidence.first_seen, evidence.last_seen) {
        line += &format!("; first {}, last {}", rfc3339(first), rfc3339(last));
    }
    line
}

/// Text that an attacker may have chosen, as a code span.
pub(crate) fn code(text: &str) -> String {
    let text = visible(text);
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let pad = if text.starts_with('`') || text.ends_with('`') {
        " "
    } else {
        ""
    };
    format!("{fence}{pad}{text}{pad}{fence}")
}

/// Text that an attacker may have chosen, as text: nothing in it is markup.
pub(crate) fn plain(text: &str) -> String {
    let mut escaped = String::new();
    for c in visible(text).chars() {
        if matches!(
            c,
            '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '&'
        ) {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}

fn block(text: &str) -> String {
    let text: Vec<String> = text.lines().map(|line| format!("    {}", visible(line))).collect();
    text.join("\n")
}

/// Writes the explanation as JSON: `{"schema": …, "summary": {…}, "candidates": […]}`, with more members behind the summary.
///
/// # Errors
///
/// What writing to `out` fails with.
pub fn write_json(
    draft: &Draft,
    baseline: &Baseline,
    more: Vec<(&'static str, Value)>,
    out: &mut dyn Write,
) -> io::Result<()> {
    let forecast = draft.forecast.as_ref();
    let summary = Value::Object(vec![
        ("events", draft.events.into()),
        ("dropped", draft.dropped.into()),
        (
            "expected_share",
            forecast.map_or(Value::None, |forecast| Value::Share(forecast.share)),
        ),
        ("seen_already", Value::Share(draft.saturation.seen_already())),
        ("rules", draft.rules.len().into()),
        ("refused", draft.refused.len().into()),
    ]);
    let section = candidates(draft, baseline);
    let report = Report {
        members: [("schema", Value::Count(SCHEMA)), ("summary", summary)]
            .into_iter()
            .chain(more)
            .collect(),
        sections: vec![section],
        ..Report::default()
    };
    output::write(&report, Format::Json, out)
}

/// All candidates as a table: what `scan --by family` and the explanation show.
#[must_use]
pub fn candidates(draft: &Draft, baseline: &Baseline) -> Section {
    let column = Column::new;
    let columns = vec![
        column("verdict", "VERDICT", 0),
        column("pipe_name", "PIPE", 0),
        column("image", "IMAGE", 0),
        column("kind", "KIND", 100),
        column("count", "EVENTS", 0),
        column("names", "NAMES", 110),
        column("hosts", "HOSTS", 0),
        column("days", "DAYS", 0),
        column("first_seen", "FIRST", 150),
        column("last_seen", "LAST", 130),
        column("users", "USERS", u16::MAX),
        column("reasons", "REASONS", u16::MAX),
        column("rule", "RULE", u16::MAX),
        column("product", "PRODUCT", 170),
        column("pipe_of", "PIPE OF", 210),
    ];
    let rows = draft.candidates.iter().enumerate().map(|(index, candidate)| {
        let family = &candidate.family;
        let evidence = &family.evidence;
        let rule = draft.rules.iter().find(|rule| rule.candidates.contains(&index));
        let reasons = candidate.reasons.iter().map(|reason| {
            Value::Object(vec![
                ("guard", reason.code.word().into()),
                ("verdict", reason.verdict.word().into()),
                ("text", reason.text.clone().into()),
            ])
        });
        vec![
            candidate.verdict.word().into(),
            family.name.to_string().into(),
            family.image.to_string().into(),
            family.kind.word().into(),
            evidence.events().into(),
            family.name_count.into(),
            evidence.hosts().len().into(),
            evidence.days().len().into(),
            evidence.first_seen.into(),
            evidence.last_seen.into(),
            Value::List(
                evidence
                    .users
                    .keys()
                    .map(|user| baseline.user(user).to_owned())
                    .collect(),
            ),
            Value::Array(reasons.collect()),
            rule.and_then(|rule| element(rule, "").ok())
                .map_or(Value::None, Value::Text),
            candidate.whose.program.as_str().into(),
            candidate.whose.pipe.as_deref().map_or(Value::None, Into::into),
        ]
    });
    Section {
        key: "candidates",
        title: String::new(),
        rows: rows.collect(),
        columns,
        cut: 0,
    }
}
