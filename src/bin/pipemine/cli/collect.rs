//! The arguments of `collect`.

use std::path::PathBuf;

use clap::Args;
use pipemine::sysmon::schema::{SchemaVersion, declarable};

use super::output::Output;

/// Print a Sysmon config that logs every pipe event and nothing else: step 1 of the loop
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine collect > collect.xml       then, on a few hosts, as administrator: sysmon -c collect.xml
  pipemine collect --schema 4.90       to declare a newer schema: 4.22 is that of Sysmon 10.4
  pipemine collect --known-bad --schema 4.90 > known-bad.xml
  pipemine collect --known-bad --knowledge ours.tsv")]
pub(crate) struct CollectArgs {
    /// Instead, log only pipes whose names attackers' tools are known to use
    #[arg(long)]
    pub(crate) known_bad: bool,
    /// More names that are known to be bad: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE", requires = "known_bad")]
    pub(crate) knowledge: Option<PathBuf>,
    /// The schema version that the config declares: 4.22 or newer
    #[arg(long, default_value = "4.22", value_name = "VERSION", value_parser = declarable)]
    pub(crate) schema: SchemaVersion,
    #[command(flatten)]
    pub(crate) output: Output,
}
