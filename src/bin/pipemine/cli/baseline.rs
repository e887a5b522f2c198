//! The arguments of `baseline`.

use clap::Args;

use super::output::Output;
use super::sources::Sources;

/// Save what was learned from logs in a small file, which every command takes in place of the logs
///
/// It holds which events it was made from, so adding a log twice, or overlapping exports, changes nothing. The file is
/// text, the same for the same logs, and fit for version control; docs/baseline-format.md describes it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine baseline -o week12.base logs/            packed where the name ends in .gz or .zst
  pipemine baseline -o all.base all.base logs/      adds to what is there
  pipemine baseline -o all.base.zst *.base          merges
  cat *.base | pipemine baseline -o - - | ssh …     as a filter")]
pub(crate) struct BaselineArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) output: Output,
}
