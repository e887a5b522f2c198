//! The arguments and their help texts; no logic.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Parser, Subcommand, ValueEnum};
use pipemine::check::Show;
use pipemine::event::{Kind, Millis};
use pipemine::knowledge::List;
use pipemine::normalize::day::DAY_MILLIS;
use pipemine::normalize::time::parse_utc_time;
use pipemine::source::format::{Format, UnknownFormat};
use pipemine::sysmon::schema::{STORED, SchemaVersion, schema_of_release};
use pipemine::sysmon::{Severity, lint};

/// Mine named-pipe events from exported Sysmon logs, and draft exclusion rules that hide no attacker.
///
/// Sysmon logs EventID 17 when a named pipe is created and 18 when a client connects to one. pipemine serves one loop:
/// log every pipe event on a few hosts (`collect`), see which names occur and from which image (`scan`), exclude what is
/// known good (`draft`), test the filter before it is deployed (`check`), and again.
#[derive(Debug, Parser)]
#[command(name = "pipemine", version, max_term_width = 100, after_help = EXIT_CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  failed, nothing written
  2  wrong usage
  3  done, but some input could not be read
  4  done, and --exit-code asked to be told that there is something to report";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Collect(CollectArgs),
    Scan(ScanArgs),
    Draft(DraftArgs),
    Check(CheckArgs),
    Diff(DiffArgs),
    Baseline(BaselineArgs),
    Knowledge(KnowledgeArgs),
    Completions(CompletionsArgs),
    /// Print the man page
    Man,
}

/// Print a Sysmon config that logs every pipe event and nothing else: step 1 of the loop
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine collect > collect.xml       then, on a few hosts, as administrator: sysmon -c collect.xml
  pipemine collect --schema 4.50       for an older Sysmon
  pipemine collect --known-bad --schema 4.90 > known-bad.xml
  pipemine collect --known-bad --knowledge ours.tsv")]
pub(crate) struct CollectArgs {
    /// Instead, log only pipes whose names attackers' tools are known to use
    #[arg(long)]
    pub(crate) known_bad: bool,
    /// More names that are known to be bad: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE", requires = "known_bad")]
    pub(crate) knowledge: Option<PathBuf>,
    /// The schema version that the config declares: 4.22 or newer
    #[arg(long, default_value = "4.22", value_name = "VERSION")]
    pub(crate) schema: String,
    #[command(flatten)]
    pub(crate) output: Output,
}

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

/// Draft exclusion rules that drop what is proved to be noise and hide no attacker, as a Sysmon config
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine draft logs/ -o exclude.xml
  pipemine draft logs/ -o exclude.xml --explain why.md      every candidate, its verdict and the reasons
  pipemine draft logs/ --decisions decisions.txt --max-rules 40 --schema 4.90
  pipemine draft logs/ --sigma rules/                       drop nothing that a Sigma rule fires on
  pipemine draft logs/ --style name > names.xml             the flat list that guides print, and what it hides")]
pub(crate) struct DraftArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// A candidate must be seen on at least N hosts …
    #[arg(long, value_name = "N", default_value_t = 2, help_heading = "Which rules")]
    pub(crate) min_hosts: usize,
    /// … or on at least N days of one host
    #[arg(long, value_name = "N", default_value_t = 5, help_heading = "Which rules")]
    pub(crate) min_days: usize,
    /// Write the N rules that drop most, and no more
    #[arg(long, value_name = "N", help_heading = "Which rules")]
    pub(crate) max_rules: Option<usize>,
    /// The schema version that the config declares; no condition is newer
    #[arg(long, default_value = "4.50", value_name = "VERSION", value_parser = schema, help_heading = "Which rules")]
    pub(crate) schema: SchemaVersion,
    /// How rules are written
    #[arg(long, value_enum, default_value_t = Style::Pair, help_heading = "Which rules")]
    pub(crate) style: Style,
    /// What people have decided of candidates: a text file, one decision a line
    #[arg(long, value_name = "FILE", help_heading = "Which rules")]
    pub(crate) decisions: Option<PathBuf>,
    /// More that is known of pipe names and images: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE", help_heading = "Which rules")]
    pub(crate) knowledge: Option<PathBuf>,
    /// Sigma rules of category `pipe_created`, below this folder: no event that one fires on is dropped
    #[arg(long, value_name = "DIR", help_heading = "Which rules")]
    pub(crate) sigma: Option<PathBuf>,
    /// Explain every candidate in this file: Markdown, or JSON where its name ends in .json
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    pub(crate) explain: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Save what was learned from logs in a small file, which every command takes in place of the logs
///
/// It holds which events it was made from, so adding a log twice, or overlapping exports, changes nothing. The file is
/// text, the same for the same events, and fit for version control; docs/baseline-format.md describes it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine baseline -o week12.base logs/            packed where the name ends in .gz or .zst
  pipemine baseline -o all.base all.base logs/      adds to what is there
  pipemine baseline -o all.base.zst *.base          merges
  cat *.base | pipemine baseline -o - - | ssh …     as a filter")]
pub(crate) struct BaselineArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    #[command(flatten)]
    pub(crate) output: Output,
}

/// Show what is new, gone, or changed by more than chance from one source to another
///
/// Known-bad names stand first, then what is new, what is on more hosts, what has grown, gone and shrunk. Periods may
/// differ in length and in hosts: what is compared is events per host and day.
#[derive(Debug, Args)]
#[command(
    mut_arg("sources", |sources| sources.num_args(2).value_names(["OLD", "NEW"]).help(
        "Two sources: logs, folders or saved baselines; one may be `-`, standard input"
    )),
    after_help = "\
Examples:
  pipemine diff week11.base week12.base          what came with last week's software?
  pipemine diff all.base logs/ --by pair --limit 50
  pipemine diff all.base logs/ --exit-code       exits with 4 where something is new"
)]
pub(crate) struct DiffArgs {
    #[command(flatten)]
    pub(crate) sources: Sources,
    /// What one row stands for
    #[arg(long, value_enum, default_value_t = DiffBy::Family)]
    pub(crate) by: DiffBy,
    /// Show the first N rows only
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Exit with 4 where something is new
    #[arg(long)]
    pub(crate) exit_code: bool,
    /// More that is known of pipe names and images: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) view: View,
    #[command(flatten)]
    pub(crate) output: Output,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum DiffBy {
    /// Names and images of one shape, created or connected to
    Family,
    /// A pipe name with an image
    Pair,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Style {
    /// Name and image together
    Pair,
    /// The name alone, as guides print it: hides whoever else uses the name
    Name,
}

fn schema(text: &str) -> Result<SchemaVersion, &'static str> {
    let version = SchemaVersion::parse(text).filter(|version| *version >= SchemaVersion::new(4, 22));
    version.ok_or("give a schema version from 4.22 on, such as 4.50 or 4.90")
}

const CHECK_EXAMPLES: &str = r"Examples:
  pipemine check --config sysmon.xml                    what is wrong with it, and what it hides
  pipemine check --config sysmon.xml logs/              also what it would log of these events
  pipemine check --config sysmon.xml logs/ --show dropped --format csv
  pipemine check --config sysmon.xml --pipe '\wkssvc' --image 'C:\Temp\x.exe'    why is this dropped?
  pipemine check --config sysmon.xml --expect must.tsv --fail-on error             in CI
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
    #[arg(long, value_name = "CODE", value_parser = finding, conflicts_with_all = ["config", "sources", "pipe"])]
    pub(crate) explain: Option<String>,
    /// The newest schema that the Sysmon knows which shall load the config, such as 4.50
    #[arg(long, value_name = "VERSION", value_parser = any_schema, conflicts_with = "sysmon_version")]
    pub(crate) schema: Option<SchemaVersion>,
    /// The version of the Sysmon which shall load the config, such as 13.30
    #[arg(long, value_name = "VERSION", value_parser = sysmon_version)]
    pub(crate) sysmon_version: Option<SchemaVersion>,
    /// More that is known of pipe names and images: a file in the format of `pipemine knowledge`
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Option<PathBuf>,
    /// Tell of one event why it is logged or dropped: its pipe's name …
    #[arg(long, value_name = "NAME", requires = "image", conflicts_with_all = ["sources", "expect"])]
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
    /// Events that must be logged or dropped; exit with 4 where one is not
    #[arg(long, value_name = "FILE", help_heading = "In CI")]
    pub(crate) expect: Option<PathBuf>,
    /// Exit with 4 on findings of the severity of --fail-on
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

/// List what is known of pipe names and programs, each entry with its source
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  pipemine knowledge --list known-bad                       names that attackers' tools use
  pipemine knowledge --knowledge ours.tsv --format table    with what a file of your own adds

A file of your own has one entry a line, with tabs between the fields:
  known-bad   \\evil_<hex:4>    our red team's tool   exercise of 2024
  protected   D:\\Services\\<*>  our services          only administrators can write there
docs/knowledge.md tells the lists, their keys, and what stands in angle brackets. `draft`, `collect
--known-bad` and this command read such a file by --knowledge.")]
pub(crate) struct KnowledgeArgs {
    /// Only entries of this list
    #[arg(long, value_name = "LIST", value_parser = list_parser())]
    pub(crate) list: Option<List>,
    /// A file of your own, in the format that is shown below
    #[arg(long, value_name = "FILE")]
    pub(crate) knowledge: Option<PathBuf>,
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
        }
    }
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

fn sysmon_version(text: &str) -> Result<SchemaVersion, &'static str> {
    let version = schema_of_release(text).filter(|version| *version > STORED[0]);
    version.ok_or("give a version of Sysmon from 8.00 on, such as 13.30 or 15.15")
}

fn event_type(text: &str) -> Result<Kind, &'static str> {
    let kinds = [Kind::Created, Kind::Connected];
    let is = |kind: &Kind| text.eq_ignore_ascii_case(kind.event_type()) || text == kind.event_id().to_string();
    kinds
        .into_iter()
        .find(is)
        .ok_or("give CreatePipe (17) or ConnectPipe (18)")
}

fn list_parser() -> impl TypedValueParser<Value = List> {
    PossibleValuesParser::new(List::ALL.map(List::word)).try_map(|word| List::from_word(&word).ok_or("no list"))
}

/// Print a script that completes pipemine's arguments in a shell
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    pub(crate) shell: clap_complete::Shell,
}

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
    /// No progress on standard error
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

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

/// Where a result goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct Output {
    /// Write to this file, which appears whole or not at all; by default to standard output
    #[arg(long = "output", short = 'o', value_name = "FILE")]
    pub(crate) path: Option<PathBuf>,
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
    /// A host: how long it was watched, and whether it fell silent
    Host,
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
