//! The arguments of `check`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use pipemine::check::Show;
use pipemine::event::Kind;
use pipemine::sysmon::schema::{ReleaseNumber, STORED, SchemaVersion};
use pipemine::sysmon::{Severity, lint};

use super::output::{Output, View};
use super::sources::Sources;

const CHECK_EXAMPLES: &str = r"Examples:
  pipemine check --config sysmon.xml                    what is wrong with it, and what it hides
  pipemine check --config sysmon.xml logs/              also what it would log of these events
  pipemine check --config sysmon.xml logs/ --show dropped --format csv
  pipemine check --config sysmon.xml --pipe '\wkssvc' --image 'C:\Temp\x.exe'    why is this dropped?
  pipemine check --config sysmon.xml --expect must.tsv --fail-on error             in CI
  pipemine check --config sysmon.xml --sigma rules/     which detections would it put to sleep?
  pipemine check --config sysmon.xml --diff             what would be fixed, without losing anything that is logged
  pipemine check --config sysmon.xml --annotate github --exit-code                 findings at their lines, in CI
  pipemine check --explain name-only                    more of a finding

A file of expectations has a line for each event, with tabs between:
  logged    connected  \wkssvc              C:\Temp\x.exe            payloads open it
  dropped   any        \VBoxTrayIPC-alice   C:\...\VBoxTray.exe      half of all our events";

/// Tell what a Sysmon config would log and drop, rule by rule, and what is wrong with it
#[derive(Debug, Args)]
#[command(
    mut_arg("sources", |sources| sources.required(false)),
    after_help = CHECK_EXAMPLES
)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// The Sysmon config
    #[arg(long, value_name = "FILE", required_unless_present = "explain")]
    pub(crate) config: Option<PathBuf>,
    /// Which list csv and jsonl hold, and a table begins with [default: logged with sources, else findings]
    #[arg(long, value_enum, value_name = "LIST")]
    pub(crate) show: Option<ShowName>,
    /// Show the first N rows of each list only; a table shows 20
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Explain a finding, by its code, and do nothing else
    #[arg(long, value_name = "CODE", value_parser = finding, conflicts_with_all = ["config", "sources", "pipe", "sigma"])]
    pub(crate) explain: Option<String>,
    /// The newest schema that the Sysmon knows which shall load the config, such as 4.50
    #[arg(long, value_name = "VERSION", value_parser = any_schema, conflicts_with = "sysmon_version")]
    pub(crate) schema: Option<SchemaVersion>,
    /// The version of the Sysmon which shall load the config, such as 13.30
    #[arg(long, value_name = "VERSION", value_parser = sysmon_version)]
    pub(crate) sysmon_version: Option<ReleaseNumber>,
    /// More that is known of pipe names and images: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Option<PathBuf>,
    /// Sigma rules of category `pipe_created`, below this folder: which of them would the config put to sleep?
    #[arg(long, value_name = "DIR")]
    pub(crate) sigma: Option<PathBuf>,
    /// Leave a file out of `--sigma DIR`: its path below DIR. What its rules detect may then be hidden
    #[arg(long, value_name = "FILE", requires = "sigma")]
    pub(crate) sigma_skip: Vec<PathBuf>,
    /// Tell of one event why it is logged or dropped: its pipe's name …
    #[arg(long, value_name = "NAME", requires = "image", conflicts_with_all = ["sources", "expect", "sigma"])]
    #[arg(help_heading = "One event")]
    pub(crate) pipe: Option<String>,
    /// … the program's path …
    #[arg(long, value_name = "PATH", requires = "pipe", help_heading = "One event")]
    pub(crate) image: Option<String>,
    /// … CreatePipe or 17, ConnectPipe or 18; both where it is not given …
    #[arg(long, value_name = "TYPE", value_parser = event_type, requires = "pipe", help_heading = "One event")]
    pub(crate) event_type: Option<Kind>,
    /// … and who ran it
    #[arg(long, value_name = "NAME", requires = "pipe", help_heading = "One event")]
    pub(crate) user: Option<String>,
    /// Write into the config the fixes that keep every verdict or log more, then check it
    #[arg(long, conflicts_with_all = ["explain", "pipe"], help_heading = "Fixes")]
    pub(crate) fix: bool,
    /// With --fix or --diff: also the fixes that drop more
    #[arg(long = "unsafe", help_heading = "Fixes")]
    pub(crate) unsafe_too: bool,
    /// Print what --fix would change, and do nothing else
    #[arg(long, conflicts_with_all = ["explain", "pipe", "fix", "sources"], help_heading = "Fixes")]
    pub(crate) diff: bool,
    /// Leave out findings of this code; may be given several times
    #[arg(long, value_name = "CODE", value_parser = finding, help_heading = "Fixes")]
    pub(crate) ignore: Vec<String>,
    /// Look for findings of this code only; may be given several times
    #[arg(long, value_name = "CODE", value_parser = finding, help_heading = "Fixes")]
    pub(crate) only: Vec<String>,
    /// Write the findings, and nothing else, in the form of a CI service
    #[arg(long, value_enum, value_name = "FORM", conflicts_with_all = ["explain", "pipe", "diff"], help_heading = "In CI")]
    pub(crate) annotate: Option<Annotate>,
    /// Events that must be logged or dropped; exit with 4 where one is not
    #[arg(long, value_name = "FILE", help_heading = "In CI")]
    pub(crate) expect: Option<PathBuf>,
    /// Exit with 4 on findings of the severity of --fail-on, and where a Sigma rule is put to sleep
    #[arg(long, help_heading = "In CI")]
    pub(crate) exit_code: bool,
    /// Exit with 4 on findings of this severity or worse [default: warning, with --exit-code]
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "In CI")]
    pub(crate) fail_on: Option<SeverityName>,
    #[command(flatten)]
    pub(crate) view: View,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ShowName {
    /// Pairs that would still be logged, by frequency
    Logged,
    /// Pairs that would be dropped, with the rule that drops them
    Dropped,
    /// Every rule with its hits
    Rules,
    /// What is wrong
    Findings,
    /// What attackers do that would not be logged
    Hidden,
    /// Pairs that would be dropped, although attackers do the like
    Suspects,
    /// Sigma rules that would not see all that they fire on, with --sigma
    Asleep,
}

impl From<ShowName> for Show {
    fn from(show: ShowName) -> Self {
        match show {
            ShowName::Logged => Self::Logged,
            ShowName::Dropped => Self::Dropped,
            ShowName::Rules => Self::Rules,
            ShowName::Findings => Self::Findings,
            ShowName::Hidden => Self::Hidden,
            ShowName::Suspects => Self::Suspects,
            ShowName::Asleep => Self::Asleep,
        }
    }
}

/// The forms that CI services read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Annotate {
    /// SARIF 2.1.0, which code scanning shows at the lines
    Sarif,
    /// GitHub's workflow commands, one a line
    Github,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum SeverityName {
    Note,
    Warning,
    Error,
}

impl From<SeverityName> for Severity {
    fn from(severity: SeverityName) -> Self {
        match severity {
            SeverityName::Note => Self::Note,
            SeverityName::Warning => Self::Warning,
            SeverityName::Error => Self::Error,
        }
    }
}

fn finding(code: &str) -> Result<String, String> {
    match lint::explain(code) {
        Some(_) => Ok(code.to_owned()),
        None => Err(format!(
            "there is no such finding; there are {}",
            lint::codes().collect::<Vec<_>>().join(", ")
        )),
    }
}

fn any_schema(text: &str) -> Result<SchemaVersion, &'static str> {
    let version = SchemaVersion::parse(text).filter(|version| *version > STORED[0]);
    version.ok_or("give a schema version from 4.10 on, such as 4.50 or 4.90")
}

fn sysmon_version(text: &str) -> Result<ReleaseNumber, &'static str> {
    let is_known = |release: &ReleaseNumber| release.schema().is_some_and(|schema| schema > STORED[0]);
    let release = ReleaseNumber::parse(text).filter(is_known);
    release.ok_or("give a version of Sysmon from 8.00 on, such as 13.30 or 15.15")
}

fn event_type(text: &str) -> Result<Kind, &'static str> {
    let kinds = [Kind::Created, Kind::Connected];
    let is = |kind: &Kind| text.eq_ignore_ascii_case(kind.event_type()) || text == kind.event_id().to_string();
    kinds
        .into_iter()
        .find(is)
        .ok_or("give CreatePipe (17) or ConnectPipe (18)")
}
