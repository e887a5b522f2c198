//! How a result is shown, and where it goes.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// How a result is shown.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct View {
    /// The format; by default a table on a terminal, and csv elsewhere
    #[arg(long, value_enum)]
    pub(crate) format: Option<FormatName>,
    /// Colour in tables
    #[arg(long, value_enum, default_value_t = Colour::Auto, value_name = "WHEN")]
    pub(crate) color: Colour,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum FormatName {
    /// For people; long names are shortened to fit
    Table,
    /// With a header; what a spreadsheet would run as a formula is made harmless
    Csv,
    /// One object: summary and rows
    Json,
    /// One object a row
    Jsonl,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(crate) enum Colour {
    Auto,
    Always,
    Never,
}

/// Where a result goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Write to this file, which appears whole or not at all; by default to standard output
    #[arg(long = "output", short = 'o', value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
}
