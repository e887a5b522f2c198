//! The arguments of `completions`.

use clap::Args;

/// Print a script that completes pipemine's arguments in a shell
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}
