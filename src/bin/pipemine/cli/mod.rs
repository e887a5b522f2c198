//! The arguments and their help texts, one file a command; no logic.

pub(crate) mod baseline;
pub(crate) mod check;
pub(crate) mod collect;
pub(crate) mod completions;
pub(crate) mod decide;
pub(crate) mod diff;
pub(crate) mod draft;
pub(crate) mod judging;
pub(crate) mod knowledge;
pub(crate) mod output;
pub(crate) mod report;
pub(crate) mod rows;
pub(crate) mod scan;
pub(crate) mod sources;

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use baseline::BaselineArgs;
use check::CheckArgs;
use collect::CollectArgs;
use completions::{CompletionsArgs, ManArgs};
use decide::DecideArgs;
use diff::DiffArgs;
use draft::DraftArgs;
use knowledge::KnowledgeArgs;
use report::ReportArgs;
use scan::ScanArgs;

/// Mine named-pipe events from exported Sysmon logs, and draft exclusion rules that hide no attacker.
///
/// Sysmon logs EventID 17 when a named pipe is created and 18 when a client connects to one. pipemine serves one loop:
/// log every pipe event on a few hosts (`collect`), see which names occur and from which image (`scan`), exclude what is
/// known good (`draft`), test the filter before it is deployed (`check`), and again.
#[derive(Debug, Parser)]
#[command(name = "pipemine", version, long_version = BUILD, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// The version, and what was built for which machine.
const BUILD: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("PIPEMINE_BUILD"), ")");

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed, nothing written
  2  wrong usage
  3  done, but some input could not be read
  4  done, and --exit-code asked to be told that there is something to report; it outranks 3";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Collect(CollectArgs),
    Scan(ScanArgs),
    Draft(DraftArgs),
    Decide(DecideArgs),
    Check(CheckArgs),
    Diff(DiffArgs),
    Baseline(BaselineArgs),
    Report(ReportArgs),
    Knowledge(KnowledgeArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

impl Command {
    /// Any number of sources, where the command takes that.
    pub(crate) fn sources_mut(&mut self) -> Option<&mut Vec<PathBuf>> {
        let sources = match self {
            Self::Scan(args) => &mut args.sources,
            Self::Draft(args) => &mut args.sources,
            Self::Decide(args) => &mut args.sources,
            Self::Check(args) => &mut args.sources,
            Self::Baseline(args) => &mut args.sources,
            Self::Report(args) => &mut args.sources,
            // Two sources, and no pattern may make three of them.
            Self::Diff(_) => return None,
            Self::Collect(_) | Self::Knowledge(_) | Self::Completions(_) | Self::Man(_) => return None,
        };
        Some(&mut sources.sources)
    }
}
