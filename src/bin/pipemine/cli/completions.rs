//! The arguments of `completions` and `man`.

use clap::Args;

/// Print a script that completes pipemine's arguments in a shell
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

/// Print a man page: of the program, or of one command
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine man | man -l -
  pipemine man scan > pipemine-scan.1")]
pub(crate) struct ManArgs {
    /// The command whose page it is
    #[arg(value_name = "COMMAND")]
    pub(crate) of: Option<String>,
}
