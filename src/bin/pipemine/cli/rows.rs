//! Which rows are shown.

use clap::Args;

/// Which rows to show.
#[derive(Debug, Args)]
#[command(next_help_heading = "Which rows")]
pub(crate) struct Filters {
    /// Only rows with at least N events
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) min_count: u64,
    /// Only rows seen on at least N hosts
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) min_hosts: usize,
    /// Only rows seen on at least N days
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) min_days: usize,
}
