//! The flat, name-only list that many published configs use, with a warning of what it hides.

use std::io::{self, Write};

use super::candidate::{Candidate, Verdict};
use crate::family::Shape;
use crate::sysmon::schema::SchemaVersion;
use crate::sysmon::write::{comment, filter};
use crate::sysmon::{Condition, Field};

/// What such a list hides, in the file and on standard error.
pub const WARNING: &str = "These rules exclude by name alone: whoever uses such a name is never logged, malware that opens \
    \\wkssvc or \\lsass included. On real captures lists like this hid nine in ten of the attackers' pipe events. A draft in \
    the usual style pins name and image together.";

/// Writes the names of all candidates that may be excluded. What a person decided against guards is left out: a decision
/// is about a name with an image, and this list would make it one about everybody.
///
/// # Errors
///
/// What writing to `out` fails with.
pub fn write(candidates: &[Candidate], schema: SchemaVersion, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{}", comment(WARNING))?;
    writeln!(out, "<Sysmon schemaversion=\"{schema}\">\n  <EventFiltering>")?;
    writeln!(
        out,
        "    <RuleGroup name=\"\" groupRelation=\"or\">\n      <PipeEvent onmatch=\"exclude\">"
    )?;
    let mut written: Vec<String> = Vec::new();
    for candidate in candidates
        .iter()
        .filter(|candidate| candidate.verdict == Verdict::Exclude && candidate.said_by_guards() == Verdict::Exclude)
    {
        let (condition, value) = match &candidate.family.name {
            Shape::Exact(name) => (Condition::Is, name),
            Shape::Affixes { begin, .. } => (Condition::BeginWith, begin),
        };
        let line = filter(Field::PipeName, condition, value, None).map_err(io::Error::other)?;
        if !written.iter().any(|before| before.eq_ignore_ascii_case(&line)) {
            writeln!(out, "        {line}")?;
            written.push(line);
        }
    }
    writeln!(
        out,
        "      </PipeEvent>\n    </RuleGroup>\n  </EventFiltering>\n</Sysmon>"
    )
}
