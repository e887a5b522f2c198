//! The arguments of `draft`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pipemine::sysmon::schema::{SchemaVersion, declarable};

use super::judging::{Evidence, Known};
use super::output::Output;
use super::sources::Sources;

/// Draft exclusion rules that drop what is proved to be noise and hide no attacker, as a Sysmon config
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine draft logs/ -o exclude.xml
  pipemine draft logs/ -o exclude.xml --explain why.md      every candidate, its verdict and the reasons
  pipemine draft logs/ --decisions decisions.txt --max-rules 40 --schema 4.90
  pipemine draft logs/ --sigma rules/                       drop nothing that a Sigma rule fires on
  pipemine draft logs/ --config sysmon.xml -o sysmon.xml    add what it lacks; all else stays byte for byte
  pipemine draft logs/ --config sysmon.xml --prune          which rules of earlier drafts are no longer borne out?
  pipemine draft logs/ --style name > names.xml             the flat list that guides print, and what it hides")]
pub(crate) struct DraftArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// Merge into this config: rules that it lacks go into its exclude node, all else stays byte for byte
    ///
    /// The result may take its place (`-o` with the same name), since a file is replaced at once or not at all.
    #[arg(long, value_name = "FILE", help_heading = "An existing config", conflicts_with_all = ["schema", "style"])]
    pub(crate) config: Option<PathBuf>,
    /// Tell which rules of earlier drafts are no longer borne out, or take them out; what was edited since is left alone
    #[arg(
        long,
        value_enum,
        value_name = "HOW",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "report",
        requires = "config",
        help_heading = "An existing config"
    )]
    pub(crate) prune: Option<Prune>,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    /// Write the N rules that drop most, and no more; with --config, add no more
    #[arg(long, value_name = "N", help_heading = "Which rules")]
    pub(crate) max_rules: Option<usize>,
    /// The schema version that the config declares; no condition is newer
    #[arg(long, default_value = "4.50", value_name = "VERSION", value_parser = declarable, help_heading = "Which rules")]
    pub(crate) schema: SchemaVersion,
    /// How rules are written
    #[arg(long, value_enum, default_value_t = Style::Pair, help_heading = "Which rules")]
    pub(crate) style: Style,
    #[command(flatten)]
    pub(crate) known: Known,
    /// Explain every candidate in this file: Markdown, or JSON where its name ends in .json
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) explain: Option<PathBuf>,
    /// Exit with 4 where decisions are unused, expired or have no effect
    #[arg(long, help_heading = "Output")]
    pub(crate) exit_code: bool,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Style {
    /// Name and image together
    Pair,
    /// The name alone, as guides print it: hides whoever else uses the name
    Name,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Prune {
    /// Tell them, on standard error and in the explanation
    Report,
    /// Take them out
    Apply,
}
