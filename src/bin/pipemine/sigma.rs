//! `--sigma DIR`: a team's Sigma rules. What cannot be read of them ends the run, since a draft could hide what it detects.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use pipemine::draft::Draft;
use pipemine::output::{counted, grouped};
use pipemine::sigma::{PipeEventView, Problem, SigmaRule, load};

use crate::exit::say;

/// So many problems are read by a person.
const SAID: usize = 20;

/// The rules below a folder, without the files that are to be skipped; none where no folder was asked for.
pub(crate) fn rules(folder: Option<&Path>, skipped: &[PathBuf], quiet: bool) -> anyhow::Result<Vec<SigmaRule>> {
    let Some(folder) = folder else {
        return Ok(Vec::new());
    };
    let told = || folder.display().to_string();
    std::fs::metadata(folder).with_context(told)?;
    let (rules, problems) = load(folder);
    let is_skipped = |file: &str| skipped.iter().any(|skip| is_of(file, skip, folder));
    let (rules, out): (Vec<_>, Vec<_>) = rules.into_iter().partition(|rule| !is_skipped(&rule.file));
    let (skipped_problems, problems): (Vec<_>, Vec<_>) =
        problems.into_iter().partition(|problem| is_skipped(&problem.file));
    for file in skipped {
        let is_of = |found: &str| is_of(found, file, folder);
        let is_there = out.iter().any(|rule| is_of(&rule.file)) || skipped_problems.iter().any(|p| is_of(&p.file));
        if !is_there && !folder.join(file).exists() && !file.exists() {
            bail!("{}: no file to skip below {}", file.display(), told());
        }
    }
    refuse(&problems, folder)?;
    if rules.is_empty() && out.is_empty() && skipped_problems.is_empty() {
        bail!("{}: no Sigma rule of category pipe_created below it", told());
    }
    if !quiet {
        let skipped = match skipped.len() as u64 {
            0 => String::new(),
            count => format!("; {} skipped", counted(count, "file")),
        };
        say(&format!(
            "{} for pipe events in {}{skipped}",
            counted(rules.len() as u64, "Sigma rule"),
            told()
        ));
    }
    Ok(rules)
}

/// Whether a file below the folder is the one that was named, from there or from where the user is.
fn is_of(file: &str, named: &Path, folder: &Path) -> bool {
    Path::new(file) == named || folder.join(file) == named || folder == named
}

/// Ends the run where rules cannot be read.
fn refuse(problems: &[Problem], folder: &Path) -> anyhow::Result<()> {
    let Some(first) = problems.first() else {
        return Ok(());
    };
    for problem in problems.iter().take(SAID) {
        say(&format!("{}: unreadable Sigma rule: {problem}", folder.display()));
    }
    if let Some(more) = problems.len().checked_sub(SAID).filter(|more| *more > 0) {
        say(&format!("… and {} more of this kind", grouped(more as u64)));
    }
    bail!(
        "what {} would detect could be hidden: mend the rule, or leave it out by `--sigma-skip {}`",
        counted(problems.len() as u64, "unreadable Sigma rule"),
        first.file
    )
}

/// Whether a draft has no rule since Sigma rules fire on all that it would exclude; says which.
pub(crate) fn tell_emptied(draft: &Draft, rules: &[SigmaRule]) -> bool {
    let kept: Vec<_> = draft.kept_for_sigma_alone().collect();
    if !draft.rules.is_empty() || kept.is_empty() {
        return false;
    }
    for rule in rules {
        let fires = kept.iter().filter(|candidate| {
            let family = &candidate.family;
            let mut pairs = family
                .names
                .iter()
                .flat_map(|name| family.images.iter().map(move |image| (name, image)));
            pairs.any(|(pipe_name, image)| {
                rule.matches(&PipeEventView {
                    kind: family.kind,
                    pipe_name,
                    image,
                    user: None,
                })
            })
        });
        let fires = fires.count() as u64;
        if fires > 0 {
            say(&format!(
                "the Sigma rule {} ({}:{}) fires on {} of the {} that the draft would exclude: nothing is left of it",
                rule.name(),
                rule.file,
                rule.line,
                grouped(fires),
                counted(kept.len() as u64, "candidate"),
            ));
        }
    }
    true
}
