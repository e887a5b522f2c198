//! The arguments of `diff`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::output::{Output, View};
use super::sources::Sources;

/// Show what is new, gone, or changed by more than chance from one source to another
///
/// Known-bad names stand first, then what is new, what is on more hosts, what has grown, gone and shrunk. Periods may
/// differ in length and in hosts: what is compared is events per host and day.
#[derive(Debug, Args)]
#[command(
    mut_arg("sources", |sources| sources.action(clap::ArgAction::Set).num_args(2).value_names(["OLD", "NEW"]).help(
        "Two sources: logs, folders or saved baselines; one may be `-`, standard input"
    )),
    after_help = "\
Examples:
  pipemine diff week11.base week12.base          what came with last week's software?
  pipemine diff all.base logs/ --by pair --limit 50
  pipemine diff all.base logs/ --config sysmon.xml   what does the current filter not cover?
  pipemine diff all.base logs/ --exit-code       exits with 4 where something is new"
)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// What one row stands for
    #[arg(long, value_enum, default_value_t = DiffBy::Family)]
    pub(crate) by: DiffBy,
    /// Show the first N rows only
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Exit with 4 where something is new
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// Tell of each change whether this config logs or drops it
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
    /// More that is known of pipe names and images: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) view: View,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffBy {
    /// Names and images of one shape, created or connected to
    Family,
    /// A pipe name with an image
    Pair,
}
