//! `pipemine draft`: candidate exclusion rules as a Sysmon config.

use std::collections::BTreeMap;
use std::mem::ManuallyDrop;

use pipemine::draft::candidate::Verdict;
use pipemine::draft::decisions::{Note, NoteKind};
use pipemine::draft::{Draft, draft, explain, style_name, write};
use pipemine::output::{counted, date, grouped};
use pipemine::scan::Scan;

use crate::cli::draft::{DraftArgs, Style};
use crate::current::Current;
use crate::exit::{Exit, say};
use crate::gather::{exit, gather};
use crate::judging::Judging;
use crate::sigma;
use crate::target::Target;

pub(crate) fn run(args: &DraftArgs) -> anyhow::Result<Exit> {
    let mut inputs = args.sources.sources.clone();
    inputs.extend(args.known.files().cloned());
    // The config may be replaced by what is made of it: it is read before, and appears at once.
    let current = args.config.as_deref().map(Current::read).transpose()?;
    let target = Target::open(args.output.path.as_deref(), &inputs)?;
    inputs.extend(args.config.clone());
    if let Some(path) = args
        .explain
        .as_ref()
        .filter(|path| args.output.path.as_ref() == Some(path))
    {
        anyhow::bail!(
            "{}: the draft goes there already; give the explanation another name",
            path.display()
        );
    }
    let explanation = args
        .explain
        .as_deref()
        .map(|path| Target::open(Some(path), &inputs))
        .transpose()?;
    let mut judging = Judging::of(&args.evidence, &args.known, args.schema, &args.sources)?;
    judging.options.max_rules = args.max_rules;
    let (knowledge, options) = (&judging.knowledge, &judging.options);
    // A million names take a second to free, and this process ends when the draft is written.
    let scan = ManuallyDrop::new(gather(&args.sources)?);
    let merge = |current: &Current| current.merge(&scan.baseline, knowledge, options, args.prune);
    let merged = current.as_ref().map(merge).transpose()?;
    let drafted;
    let draft = match &merged {
        Some(merged) => &merged.draft,
        None => {
            drafted = ManuallyDrop::new(draft(&scan.baseline, knowledge, options));
            &drafted
        }
    };
    refuse_wildcards(draft)?;
    match (&merged, args.style) {
        (Some(merged), _) => {
            current.iter().try_for_each(Current::is_unchanged)?;
            target.write(|out| out.write_all(&merged.bytes))?;
        }
        (None, Style::Pair) => target.write(|out| write::write(draft, options, &made_from(&scan), out))?,
        (None, Style::Name) => {
            say(style_name::WARNING);
            target.write(|out| style_name::write(&draft.candidates, options.schema, out))?;
        }
    }
    if let (Some(target), Some(path)) = (explanation, args.explain.as_deref()) {
        let as_json = path
            .extension()
            .is_some_and(|ending| ending.eq_ignore_ascii_case("json"));
        target.write(|out| {
            if as_json {
                let members = merged.iter().map(|merged| ("merged", merged.value())).collect();
                explain::write_json(draft, &scan.baseline, members, out)
            } else {
                explain::write_markdown(draft, &scan.baseline, out)?;
                merged.iter().try_for_each(|merged| merged.write_markdown(out))
            }
        })?;
    }
    if !args.sources.quiet {
        match (&current, &merged) {
            (Some(current), Some(merged)) => current.sum_up(merged),
            _ => sum_up(draft),
        }
        tell_refused(draft);
        tell_more(draft, args.explain.is_some());
        tell_nameless(&scan);
    }
    // Said even where all else is not: whoever looks at the exit code alone must find why.
    if sigma::tell_emptied(draft, &options.sigma) {
        return Ok(Exit::Found);
    }
    let found = args.exit_code && draft.notes.iter().any(|note| note.kind.is_fault());
    Ok(if found { Exit::Found } else { exit(&scan) })
}

/// What a draft says it was made from: nothing that differs between logs and a baseline of them.
fn made_from(scan: &Scan) -> String {
    let seen = scan
        .baseline
        .seen()
        .map(|(first, last)| format!(", from {} to {}", date(first), date(last)));
    format!(
        "{} of {}{}",
        counted(scan.baseline.events(), "pipe event"),
        counted(scan.baseline.hosts(), "host"),
        seen.unwrap_or_default(),
    )
}

fn sum_up(draft: &Draft) {
    say(&format!(
        "with {}, {} of {} are dropped; {} for a person to decide",
        counted(draft.rules.len() as u64, "rule"),
        grouped(draft.dropped),
        counted(draft.events, "event"),
        counted(draft.with(Verdict::Review).count() as u64, "candidate"),
    ));
}

/// So many reasons are read by a person; the rest is in the explanation.
const SAID: usize = 20;

fn tell_refused(draft: &Draft) {
    let mut refused: BTreeMap<&str, u64> = BTreeMap::new();
    for refusal in &draft.refused {
        *refused.entry(&refusal.why).or_default() += 1;
    }
    for (why, rules) in refused.iter().take(SAID) {
        say(&format!("not written: {}: {why}", counted(*rules, "rule")));
    }
    let unsaid: u64 = refused.values().skip(SAID).sum();
    if unsaid > 0 {
        say(&format!(
            "not written: {}, for other reasons",
            counted(unsaid, "more rule")
        ));
    }
}

/// A draft without rules has its reason here more often than in any log.
fn tell_nameless(scan: &Scan) {
    let nameless = scan.baseline.events_without_host();
    // Of exports it was said when they were read.
    if nameless > scan.without_host.events {
        say(&format!(
            "{} of {} name no host that is known, and are no evidence: give an export that has the computer's name",
            grouped(nameless),
            counted(scan.baseline.events(), "event"),
        ));
    }
}

/// Fails where a decision has a wildcard: who wrote it expects more of it than it does.
pub(crate) fn refuse_wildcards(draft: &Draft) -> anyhow::Result<()> {
    let refused: Vec<&str> = draft
        .notes
        .iter()
        .filter(|note| note.kind == NoteKind::Refused)
        .map(|note| note.text.as_str())
        .collect();
    if !refused.is_empty() {
        anyhow::bail!("decisions: {}", refused.join("; "));
    }
    Ok(())
}

/// What is said of decisions, those first that a person should mend.
pub(crate) fn tell_notes(notes: &[Note]) {
    let (faults, others): (Vec<&Note>, Vec<&Note>) = notes.iter().partition(|note| note.kind.is_fault());
    let all = faults.into_iter().chain(others);
    for note in all.clone().take(SAID) {
        say(&format!("decisions, {}", note.text));
    }
    let unsaid = all.skip(SAID).count() as u64;
    if unsaid > 0 {
        say(&format!(
            "decisions: {} are not shown here",
            counted(unsaid, "more note")
        ));
    }
}

fn tell_more(draft: &Draft, explained: bool) {
    tell_notes(&draft.notes);
    let decided = draft.decided(Verdict::Review).count() as u64;
    if decided > 0 {
        say(&format!(
            "excluded as decided, though guards leave it to a person: {}",
            counted(decided, "candidate")
        ));
    }
    for candidate in draft.with(Verdict::Exclude) {
        if let Some(reason) = candidate.reasons.iter().find(|reason| reason.verdict == Verdict::Keep) {
            say(&format!(
                "{} is excluded as decided, although: {}",
                candidate.title(),
                reason.text
            ));
        }
    }
    if !explained {
        say("`--explain why.md` tells the reasons of every verdict");
    }
}
