//! Where events come from, and which of them count: what every command takes that reads logs.

use std::path::PathBuf;

use clap::Args;
use pipemine::event::Millis;
use pipemine::normalize::day::DAY_MILLIS;
use pipemine::normalize::time::parse_utc_time;
use pipemine::source::format::{Format, UnknownFormat};

/// Where events come from, and which of them count.
#[derive(Debug, Args)]
pub(crate) struct Sources {
    /// Logs, saved baselines, or folders that are searched for them; `-` is standard input. Told by content, not by name
    #[arg(required = true, value_name = "SOURCE")]
    pub(crate) sources: Vec<PathBuf>,
    /// Only events of this host, however its name is spelled; may be given several times
    #[arg(long, value_name = "NAME", help_heading = "Which events")]
    pub(crate) host: Vec<String>,
    /// Only events from this day or time (UTC) on: 2024-03-04 or 2024-03-04T12:30:00Z
    #[arg(long, value_name = "TIME", value_parser = since, help_heading = "Which events")]
    pub(crate) since: Option<Millis>,
    /// Only events until the end of this day, or before this time (UTC)
    #[arg(long, value_name = "TIME", value_parser = until, help_heading = "Which events")]
    pub(crate) until: Option<Millis>,
    /// Take every source for this form, whatever its content tells
    #[arg(long, value_name = "FORM", value_parser = source_format)]
    pub(crate) source_format: Option<Format>,
    /// How many GiB a packed source may unpack to [default: 256, and 200 times its size from 1 GiB on]
    #[arg(long, value_name = "GIB")]
    pub(crate) unpack_limit: Option<u64>,
    /// How many threads to use; 0 is one for each core
    #[arg(long, value_name = "N", default_value_t = 0)]
    pub(crate) threads: usize,
    /// Say nothing on standard error but what went wrong
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

fn source_format(text: &str) -> Result<Format, String> {
    text.parse().map_err(|error: UnknownFormat| error.to_string())
}

const TIMES: &str = "give a day (2024-03-04) or a time in UTC (2024-03-04T12:30:00Z)";

fn since(text: &str) -> Result<Millis, &'static str> {
    parse_utc_time(text).or_else(|| midnight(text)).ok_or(TIMES)
}

fn until(text: &str) -> Result<Millis, &'static str> {
    let end_of_day = || midnight(text).map(|Millis(day)| Millis(day + DAY_MILLIS));
    parse_utc_time(text).or_else(end_of_day).ok_or(TIMES)
}

fn midnight(day: &str) -> Option<Millis> {
    parse_utc_time(format!("{day} 00:00:00"))
}
