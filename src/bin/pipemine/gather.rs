//! Sources as the user named them in, a scan out; what could not be read is said on the way.

use std::num::NonZero;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::bail;
use pipemine::baseline::{Baseline, Selection};
use pipemine::output::{counted, grouped};
use pipemine::scan::{Kept, Progress, Scan, Settings, scan};
use pipemine::source::container::Limits;
use pipemine::source::walk::walk;

use crate::cli::sources::Sources;
use crate::exit::{Exit, say};
use crate::progress::Watch;

/// So many lines of one kind are read by a person; the rest is in the JSON.
const SAID: usize = 20;

/// Reads all sources. Fails where none could be read.
pub(crate) fn gather(sources: &Sources) -> anyhow::Result<Scan> {
    gather_from(sources, &sources.sources)
}

/// Reads these sources, in the way that `sources` says.
pub(crate) fn gather_from(sources: &Sources, paths: &[PathBuf]) -> anyhow::Result<Scan> {
    if let (Some(since), Some(until)) = (sources.since, sources.until)
        && since >= until
    {
        bail!("nothing lies between --since and --until: the first is not before the second");
    }
    let progress = Arc::new(Progress::default());
    let watch = Watch::start(&progress, sources.quiet);
    let settings = Settings {
        threads: sources.threads,
        format: sources.source_format,
        limits: limits(sources),
    };
    let result = scan(walk(paths), &settings, &progress);
    drop(watch);
    let mut scan = result?;
    say_each(
        &scan.skipped,
        |skipped| skipped.to_string(),
        "place that could not be read",
    );
    if !sources.quiet {
        say_each(
            &scan.passed_over,
            |(name, what)| format!("{name}: passed over, this is {what}"),
            "file passed over",
        );
        say_each(
            &scan.silent,
            |(name, why)| format!("{name}: no pipe events: {why}"),
            "source without pipe events",
        );
    }
    if scan.sources == 0 {
        if scan.skipped.is_empty() {
            bail!(
                "no logs found in {}: {} looked at",
                names(paths),
                counted(scan.passed_over.count(), "file")
            );
        }
        bail!("nothing could be read");
    }
    if !sources.quiet {
        tell_unknown_hosts(sources, &scan.baseline);
        tell_lacking(&scan);
    }
    scan.baseline = std::mem::take(&mut scan.baseline).select(&selection(sources));
    if !sources.quiet {
        tell_two_ways(&scan);
    }
    Ok(scan)
}

/// Evidence is counted in hosts and days: what is read without them is evidence of nothing.
fn tell_lacking(scan: &Scan) {
    let lacking = |events| format!("{} of {}", grouped(events), counted(scan.pipe_events, "pipe event"));
    let hosts = &scan.without_host;
    if hosts.events > 0 {
        say(&format!(
            "{} name no host and cannot be evidence for a draft, in {} for example: use an export that includes the \
             computer's name",
            lacking(hosts.events),
            hosts.source,
        ));
    }
    let times = &scan.without_time;
    if times.events > 0 {
        let example = match &times.written {
            Some(written) => format!("{} for example has `{}`", times.source, written),
            None => format!("{} for example has none", times.source),
        };
        say(&format!(
            "{} have no time that is certain and cannot be evidence for a draft: {example}; use an export that includes \
             UtcTime, or times such as 2026-01-05T10:00:00Z",
            lacking(times.events),
        ));
    }
    if scan.of_defender > 0 {
        say(&format!(
            "{} were seen by Microsoft Defender, not by Sysmon: it reports a part of them, and writes images in small \
             letters; draft from Sysmon's events once they are there",
            lacking(scan.of_defender)
        ));
    }
}

/// Who misspells a host gets nothing, which looks like an answer.
fn tell_unknown_hosts(sources: &Sources, baseline: &Baseline) {
    for host in sources.host.iter().filter(|host| !baseline.knows_host(host)) {
        let there: Vec<&str> = baseline.host_names().collect();
        let known = match there.as_slice() {
            [] => "none names its host".to_owned(),
            there => format!("there are {}", some_of(there)),
        };
        say(&format!("--host {host}: no event is of this host; {known}"));
    }
}

/// The same event in two exports counts once only where both tell what makes it the same.
fn tell_two_ways(scan: &Scan) {
    let baseline = &scan.baseline;
    let hosts = baseline.hosts_told_in_two_ways();
    if !hosts.is_empty() {
        say(&format!(
            "of {} ({}) some events have their record's number and some of the same day have none: what is there in both \
             forms counts twice, which may be up to {}; leave out one of the exports",
            counted(hosts.len() as u64, "host"),
            some_of(&hosts),
            counted(baseline.events_told_in_two_ways(), "event"),
        ));
    }
    let twice = if scan.by_written > 0 {
        baseline.events_with_one_number()
    } else {
        0
    };
    if twice > 0 {
        say(&format!(
            "{} may count twice: their records' numbers are there with other times, since an export lacks UtcTime; leave out \
             that export, or include UtcTime",
            counted(twice, "event"),
        ));
    }
}

/// The first of several names.
fn some_of(names: &[&str]) -> String {
    const FIRST: usize = 5;
    let mut told = names.iter().take(FIRST).copied().collect::<Vec<_>>().join(", ");
    if let Some(more) = names.len().checked_sub(FIRST).filter(|more| *more > 0) {
        told += &format!(" and {} more", grouped(more as u64));
    }
    told
}

fn say_each<T: Ord>(all: &Kept<T>, line: impl Fn(&T) -> String, noun: &str) {
    all.iter().take(SAID).for_each(|item| say(&line(item)));
    let unsaid = all.count().saturating_sub(SAID as u64);
    if unsaid > 0 {
        say(&format!("… and {} more of this kind ({noun})", grouped(unsaid)));
    }
}

fn limits(sources: &Sources) -> Limits {
    let mut limits = Limits::default();
    if let Some(gibibytes) = sources.unpack_limit {
        limits.unpacked = gibibytes.saturating_mul(1 << 30);
        limits.free = limits.unpacked;
    }
    limits
}

/// How a run ends that read these.
pub(crate) fn exit(scan: &Scan) -> Exit {
    if scan.skipped.is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    }
}

fn names(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}

fn selection(sources: &Sources) -> Selection {
    let mut selection = Selection::default();
    selection.since = sources.since;
    selection.until = sources.until;
    sources.host.iter().for_each(|host| selection.add_host(host));
    selection
}

/// The threads that are asked for, or one for each core.
pub(crate) fn threads(sources: &Sources) -> usize {
    match sources.threads {
        0 => std::thread::available_parallelism().map_or(1, NonZero::get),
        asked => asked,
    }
}
