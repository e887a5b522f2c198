//! A merge in, what was done to the config out: Markdown for people, a member of the explanation's JSON for programs.

use std::io::{self, Write};

use super::{Merged, WronglyDropped};
use crate::draft::explain::{code, plain};
use crate::output::{Value, counted, grouped};

impl Merged {
    /// Writes a section on the merge, as Markdown.
    ///
    /// # Errors
    ///
    /// What writing to `out` fails with.
    pub fn write_markdown(&self, out: &mut dyn Write) -> io::Result<()> {
        let own = &self.own;
        writeln!(out, "\n## The config\n")?;
        writeln!(
            out,
            "{} added; {} of these events are dropped (before: {}).",
            counted(self.draft.rules.len() as u64, "rule"),
            grouped(self.dropped.after),
            grouped(self.dropped.before)
        )?;
        if !self.undue.is_empty() {
            writeln!(
                out,
                "\nWhat should be logged and is dropped, by rules that the config had before:"
            )?;
        }
        for undue in &self.undue {
            if let Some(candidate) = self.draft.candidates.get(undue.candidate) {
                writeln!(
                    out,
                    "\n- {} ({}): {} of {}, {}",
                    code(&candidate.title()),
                    candidate.verdict,
                    grouped(undue.events),
                    counted(candidate.family.evidence.events(), "event"),
                    dropped_by(undue)
                )?;
            }
        }
        let done = if own.is_applied {
            "taken out"
        } else {
            "no longer borne out"
        };
        for stale in &own.stale {
            let (was, why) = (plain(&stale.was), plain(&stale.why));
            writeln!(out, "\n- line {}: {done} ({was}): {why}", stale.line)?;
        }
        for line in &own.edited {
            writeln!(out, "\n- line {line}: edited since pipemine wrote it, and left alone")?;
        }
        Ok(())
    }

    /// The same as a JSON member.
    #[must_use]
    pub fn value(&self) -> Value {
        let own = &self.own;
        let stale = own.stale.iter().map(|stale| {
            Value::Object(vec![
                ("line", Value::Ordinal(stale.line as u64)),
                ("was", stale.was.clone().into()),
                ("why", stale.why.clone().into()),
                ("undecided", Value::Flag(stale.is_undecided)),
                ("count", stale.events.into()),
            ])
        });
        let undue = self.undue.iter().filter_map(|undue| {
            let candidate = self.draft.candidates.get(undue.candidate)?;
            let lines = undue.lines.iter().map(|line| Value::Ordinal(*line as u64));
            Some(Value::Object(vec![
                ("verdict", candidate.verdict.word().into()),
                ("pipe_name", candidate.family.name.to_string().into()),
                ("image", candidate.family.image.to_string().into()),
                ("kind", candidate.family.kind.word().into()),
                ("dropped", undue.events.into()),
                ("lines", Value::Array(lines.collect())),
            ]))
        });
        let edited = own.edited.iter().map(|line| Value::Ordinal(*line as u64));
        Value::Object(vec![
            ("added", self.draft.rules.len().into()),
            ("dropped_before", self.dropped.before.into()),
            ("dropped_after", self.dropped.after.into()),
            ("dropped_unduly", self.dropped.undue.into()),
            ("undue", Value::Array(undue.collect())),
            ("stale", Value::Array(stale.collect())),
            ("pruned", Value::Flag(own.is_applied)),
            ("edited", Value::Array(edited.collect())),
            ("unjudged", own.unjudged.into()),
            ("narrower", own.narrower.into()),
        ])
    }
}

/// Which lines of the config drop it.
fn dropped_by(undue: &WronglyDropped) -> String {
    let lines: Vec<String> = undue.lines.iter().map(ToString::to_string).collect();
    match lines.as_slice() {
        [] => "since nothing in the config takes them".to_owned(),
        [line] => format!("by line {line}"),
        lines => format!("by lines {}", lines.join(", ")),
    }
}
