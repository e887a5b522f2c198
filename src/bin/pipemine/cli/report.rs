//! The arguments of `report`.

use std::path::PathBuf;

use clap::Args;
use pipemine::sysmon::schema::{SchemaVersion, declarable};

use super::judging::{Evidence, Known};
use super::sources::Sources;

/// Write one self-contained page in which a person reviews the candidates and decides
#[derive(Debug, Args)]
#[command(
    mut_arg("decisions", |decisions| decisions.help(
        "What people have decided of candidates: a text file, as the page saves it"
    )),
    after_help = "\
Examples:
  pipemine report logs/ -o review.html                      then open it in a browser, decide, save
  pipemine report logs/ -o review.html --decisions decisions.txt       go on with what was decided
  pipemine report logs/ -o review.html --config sysmon.xml  what the config in use drops already
  pipemine draft logs/ --decisions decisions.txt -o exclude.xml        what it comes to"
)]
pub(crate) struct ReportArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) evidence: Evidence,
    /// The schema version that the draft's config declares; no condition is newer
    #[arg(long, default_value = "4.50", value_name = "VERSION", value_parser = declarable, help_heading = "Which rules")]
    pub(crate) schema: SchemaVersion,
    #[command(flatten)]
    pub(crate) known: Known,
    /// The Sysmon config in use: the page tells what it drops already
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) config: Option<PathBuf>,
    /// Write the page to this file, which appears whole or not at all; `-` is standard output
    #[arg(long, short, value_name = "FILE", help_heading = "Output")]
    pub(crate) output: PathBuf,
}
