//! The arguments of `knowledge`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use pipemine::knowledge::List;

use super::output::{Output, View};

/// List what is known of pipe names and programs, each entry with its source
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine knowledge --list known-bad                       names that attackers' tools use
  pipemine knowledge --knowledge ours.tsv --format table    with what a file of your own adds

A file of your own has one entry a line, with tabs between the fields:
  known-bad   \\evil_<hex:4>    our red team's tool   exercise of 2024
  protected   D:\\Services\\<*>  our services          only administrators can write there
docs/knowledge.md tells the lists, their keys, and what stands in angle brackets. `draft`, `report`,
`check`, `diff`, `collect --known-bad` and this command read such a file by --knowledge.")]
pub(crate) struct KnowledgeArgs {
    /// Only entries of this list
    #[arg(long, value_name = "LIST", value_parser = list_parser())]
    pub(crate) list: Option<List>,
    /// A file of your own, in the format that is shown below
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) view: View,
    #[command(flatten)]
    pub(crate) output: Output,
}

fn list_parser() -> impl TypedValueParser<Value = List> {
    PossibleValuesParser::new(List::ALL.map(List::word)).try_map(|word| List::from_word(&word).ok_or("no list"))
}
