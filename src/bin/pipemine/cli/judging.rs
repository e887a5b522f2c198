//! What candidates are judged by: what every command takes that drafts.

use std::path::PathBuf;

use clap::Args;

/// How widely a candidate must have been seen.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which rules")]
pub(crate) struct Evidence {
    /// A candidate must be seen on at least N hosts …
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub(crate) min_hosts: usize,
    /// … or on at least N days of one host
    #[arg(long, value_name = "N", default_value_t = 5)]
    pub(crate) min_days: usize,
}

/// What else is known of candidates.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Which rules")]
pub(crate) struct Known {
    /// What people have decided of candidates: a text file, one decision a line
    #[arg(long, value_name = "FILE")]
    pub(crate) decisions: Option<PathBuf>,
    /// More that is known of pipe names and images: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Option<PathBuf>,
    /// Sigma rules of category `pipe_created`, below this folder: no event that one fires on is dropped
    #[arg(long, value_name = "DIR")]
    pub(crate) sigma: Option<PathBuf>,
    /// Leave a file out of `--sigma DIR`: its path below DIR. What its rules detect may then be hidden
    #[arg(long, value_name = "FILE", requires = "sigma")]
    pub(crate) sigma_skip: Vec<PathBuf>,
}

impl Known {
    /// The files that it names, none of which may be overwritten.
    pub(crate) fn files(&self) -> impl Iterator<Item = &PathBuf> {
        self.decisions.iter().chain(&self.knowledge).chain(&self.sigma)
    }
}
