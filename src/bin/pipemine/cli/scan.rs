//! The arguments of `scan`.

use clap::{Args, ValueEnum};

use super::output::{Output, View};
use super::rows::Filters;
use super::sources::Sources;

/// List unique pipe names with their images, most frequent first
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine scan logs/                          every log below a folder
  pipemine scan logs/ --by pipe --limit 20     the most frequent pipe names
  pipemine scan logs/ --by family              what belongs together, and what a draft does with it
  pipemine scan a.evtx b.evtx --format json    for other programs
  pipemine scan logs/ --host ws01 --since 2024-03-04 --until 2024-03-08")]
pub(crate) struct ScanArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// What one row stands for
    #[arg(long, value_enum, default_value_t = ByName::Pair)]
    pub(crate) by: ByName,
    /// Show the first N rows only
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    #[command(flatten)]
    pub(crate) filter: Filters,
    #[command(flatten)]
    pub(crate) view: View,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum ByName {
    /// A pipe name with an image
    Pair,
    /// A pipe name, whatever the image
    Pipe,
    /// An image, whatever the pipe name
    Image,
    /// Names of one shape, such as `\mojo.<pid>.<n>.<n>`, with what a draft would do with them
    Family,
    /// A host: how long it was watched, whether it fell silent, and what its logs lack
    Host,
}
