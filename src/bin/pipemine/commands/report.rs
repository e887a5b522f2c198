//! `pipemine report`: the page in which a person reviews candidates and decides.

use std::path::PathBuf;

use pipemine::draft::candidate::Verdict;
use pipemine::output::counted;
use pipemine::report::{Review, Source};

use crate::cli::report::ReportArgs;
use crate::exit::{Exit, say};
use crate::gather::{exit, gather};
use crate::inputs;
use crate::judging::Judging;
use crate::target::Target;

pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<Exit> {
    let target = Target::open(Some(&args.output), &inputs(args))?;
    let judging = Judging::of(&args.evidence, &args.known, args.schema, &args.sources)?;
    let config = args.config.as_deref().map(inputs::config).transpose()?;
    let scan = gather(&args.sources)?;
    let name = args.config.as_ref().map(|path| path.display().to_string());
    let review = Review::of(Source {
        scan: &scan,
        knowledge: &judging.knowledge,
        options: &judging.options,
        decisions: judging.decisions.as_deref(),
        current: name.as_deref().zip(config.as_ref()),
    });
    target.write(|out| review.write(out))?;
    if !args.sources.quiet {
        let left = review.draft().with(Verdict::Review).count() as u64;
        say(&format!(
            "{} for you to decide: open {} in a browser",
            counted(left, "candidate"),
            args.output.display()
        ));
    }
    Ok(exit(&scan))
}

/// Everything that must not be overwritten.
fn inputs(args: &ReportArgs) -> Vec<PathBuf> {
    let files = args.known.files().chain(&args.config);
    args.sources.sources.iter().chain(files).cloned().collect()
}
