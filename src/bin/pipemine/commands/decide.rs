//! `pipemine decide`: the questions that a draft leaves to a person.

use std::path::PathBuf;

use pipemine::draft::{Options, draft_without_forecast};
use pipemine::output::write;
use pipemine::questions::{questions, report};
use pipemine::scan::Scan;

use crate::cli::decide::DecideArgs;
use crate::exit::Exit;
use crate::gather::{exit, gather};
use crate::inputs;
use crate::judging::Judging;
use crate::target::Target;
use crate::view;

pub(crate) fn run(args: &DecideArgs) -> anyhow::Result<Exit> {
    let target = Target::open(args.output.path.as_deref(), &files(args))?;
    let format = view::format(&args.view, &target);
    let mut judging = Judging::of(&args.evidence, &args.known, args.schema, &args.sources)?;
    judging.options.current = args.config.as_deref().map(inputs::config).transpose()?;
    let scan = gather(&args.sources)?;
    let report = ask(&scan, &judging);
    target.write(|out| write(&report, format, out))?;
    Ok(exit(&scan))
}

fn ask(scan: &Scan, judging: &Judging) -> pipemine::output::Report {
    let (knowledge, options): (_, &Options) = (&judging.knowledge, &judging.options);
    let draft = draft_without_forecast(&scan.baseline, knowledge, options);
    let questions = questions(&draft, &scan.baseline, knowledge, options);
    report::report(&questions, &draft)
}

/// Everything that must not be overwritten.
fn files(args: &DecideArgs) -> Vec<PathBuf> {
    let files = args.known.files().chain(&args.config);
    args.sources.sources.iter().chain(files).cloned().collect()
}
