//! The arguments of `decide`.

use std::path::PathBuf;

use clap::Args;
use pipemine::sysmon::schema::{SchemaVersion, declarable};

use super::judging::{Evidence, Known};
use super::output::{Output, View};
use super::sources::Sources;

/// Answer the questions that a draft leaves to a person, most noise first
#[derive(Debug, Args)]
#[command(
    mut_arg("decisions", |decisions| decisions.help(
        "What people have decided: a text file, to which each answer is added"
    )),
    after_help = "\
Examples:
  pipemine decide logs/ --decisions decisions.txt           one question after the other, on a terminal
  pipemine decide logs/ --format table                      all questions at once
  pipemine decide logs/ --format json                       the same for programs, with the lines for each answer
  pipemine draft logs/ --decisions decisions.txt -o exclude.xml        what it comes to"
)]
pub(crate) struct DecideArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    /// The schema version that the draft's config declares; no condition is newer
    #[arg(long, default_value = "4.50", value_name = "VERSION", value_parser = declarable, help_heading = "Which rules")]
    pub(crate) schema: SchemaVersion,
    #[command(flatten)]
    pub(crate) known: Known,
    /// The Sysmon config in use: what it drops already is not asked about
    #[arg(long, value_name = "FILE", help_heading = "Which rules")]
    pub(crate) config: Option<PathBuf>,
    /// List the classes that a line of the decisions file can name, and what is of each in these logs
    #[arg(long, help_heading = "Output")]
    pub(crate) classes: bool,
    #[command(flatten)]
    pub(crate) view: View,
    #[command(flatten)]
    pub(crate) output: Output,
}
