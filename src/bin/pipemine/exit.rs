//! How a run ends: the exit codes, and the last words.

use std::io::{self, Write};
use std::process::ExitCode;

use pipemine::output::escape::visible;

/// The exit codes. (2, wrong usage, is the argument parser's own.)
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All was done.
    Done,
    /// Nothing was written.
    Failed,
    /// Done, but some input could not be read.
    Partial,
    /// Done, and `--exit-code` asked to be told that there is something to report.
    Found,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Failed => 1,
            Exit::Partial => 3,
            Exit::Found => 4,
        })
    }
}

/// Whether it failed since nobody reads the output any more (`| head`): that is success.
pub(crate) fn is_closed_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let direct = cause.downcast_ref::<io::Error>().map(io::Error::kind);
        direct == Some(io::ErrorKind::BrokenPipe)
    })
}

/// One line on standard error.
pub(crate) fn say(line: &str) {
    // Where standard error is closed there is nobody to tell.
    let _ = writeln!(io::stderr().lock(), "pipemine: {}", visible(line));
}

/// An error with its causes, on one line.
pub(crate) fn complain(error: &anyhow::Error) {
    say(&format!("{error:#}"));
}
