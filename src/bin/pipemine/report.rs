//! `pipemine report`: the page in which a person reviews candidates and decides.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;
use pipemine::baseline::Threshold;
use pipemine::draft::Options;
use pipemine::draft::candidate::Verdict;
use pipemine::draft::decisions::Decisions;
use pipemine::output::counted;
use pipemine::report::{Review, Source};

use crate::check::load;
use crate::cli::report::ReportArgs;
use crate::exit::{Exit, say};
use crate::gather::{exit, gather, threads};
use crate::knowledge::knowledge;
use crate::sigma;
use crate::target::Target;

pub(crate) fn run(args: &ReportArgs) -> anyhow::Result<Exit> {
    let target = Target::open(Some(&args.output), &inputs(args))?;
    let knowledge = knowledge(args.knowledge.as_deref())?;
    let sigma = sigma::rules(args.sigma.as_deref(), args.sources.quiet)?;
    let text = args.decisions.as_ref().map(|path| {
        let told = || path.display().to_string();
        let text = fs::read_to_string(path).with_context(told)?;
        let decisions = Decisions::parse(&text).with_context(told)?;
        anyhow::Ok((text, decisions))
    });
    let (text, decisions) = text.transpose()?.unzip();
    let config = args.config.as_deref().map(load).transpose()?;
    let options = Options {
        threshold: Threshold {
            hosts: args.min_hosts.max(1),
            days: args.min_days.max(1),
        },
        schema: args.schema,
        max_rules: None,
        decisions: decisions.unwrap_or_default(),
        sigma: sigma.rules,
        threads: threads(&args.sources),
        current: None,
    };
    let scan = gather(&args.sources)?;
    let name = args.config.as_ref().map(|path| path.display().to_string());
    let review = Review::of(Source {
        scan: &scan,
        knowledge: &knowledge,
        options: &options,
        decisions: text.as_deref(),
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
    Ok(if sigma.unread == 0 { exit(&scan) } else { Exit::Partial })
}

/// Everything that must not be overwritten.
fn inputs(args: &ReportArgs) -> Vec<PathBuf> {
    let files = [&args.decisions, &args.knowledge, &args.sigma, &args.config];
    let files = files.into_iter().flatten();
    args.sources.sources.iter().chain(files).cloned().collect()
}
