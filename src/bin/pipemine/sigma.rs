//! `--sigma DIR`: a team's Sigma rules; what cannot be read of them is said.

use std::path::Path;

use anyhow::{Context, bail};
use pipemine::output::{counted, grouped};
use pipemine::sigma::{SigmaRule, load};

use crate::exit::say;

/// So many problems are read by a person.
const SAID: usize = 20;

/// The rules that were read.
#[derive(Debug, Default)]
pub(crate) struct Sigma {
    pub(crate) rules: Vec<SigmaRule>,
    /// How many could not be read. What they fire on is not looked after, so the run ends as one that lacks input.
    pub(crate) unread: usize,
}

/// The rules below a folder; none where none was asked for.
pub(crate) fn rules(folder: Option<&Path>, quiet: bool) -> anyhow::Result<Sigma> {
    let Some(folder) = folder else {
        return Ok(Sigma::default());
    };
    let told = || folder.display().to_string();
    std::fs::metadata(folder).with_context(told)?;
    let (rules, problems) = load(folder);
    for problem in problems.iter().take(SAID) {
        say(&format!("a Sigma rule that is not looked after: {problem}"));
    }
    if let Some(more) = problems.len().checked_sub(SAID).filter(|more| *more > 0) {
        say(&format!("… and {} more of this kind", grouped(more as u64)));
    }
    if rules.is_empty() && problems.is_empty() {
        bail!("{}: no Sigma rule of category pipe_created below it", told());
    }
    if !quiet {
        say(&format!(
            "{} for pipe events in {}",
            counted(rules.len() as u64, "Sigma rule"),
            told()
        ));
    }
    Ok(Sigma {
        rules,
        unread: problems.len(),
    })
}
