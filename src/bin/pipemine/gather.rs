//! Sources as the user named them in, a scan out; what could not be read is said on the way.

use std::sync::Arc;

use anyhow::bail;
use pipemine::baseline::Selection;
use pipemine::output::counted;
use pipemine::scan::{Progress, Scan, scan};
use pipemine::source::walk::walk;

use crate::cli::Sources;
use crate::exit::{Exit, say};
use crate::progress::Watch;

/// So many lines of damage are read by a person; the rest is in the JSON.
const SAID: usize = 20;

/// Reads all sources. Fails where none could be read.
pub(crate) fn gather(sources: &Sources) -> anyhow::Result<Scan> {
    let progress = Arc::new(Progress::default());
    let watch = Watch::start(&progress, sources.quiet);
    let result = scan(walk(&sources.sources), sources.threads, &progress);
    drop(watch);
    let mut scan = result?;
    for skipped in scan.skipped.iter().take(SAID) {
        say(&skipped.to_string());
    }
    let unsaid = scan.skipped.len().saturating_sub(SAID) as u64 + scan.skipped_more;
    if unsaid > 0 {
        say(&format!(
            "… and {} more; `--format json` lists them",
            counted(unsaid, "place")
        ));
    }
    if scan.sources == 0 {
        if scan.skipped.is_empty() {
            bail!(
                "no logs found in {}: {} looked at",
                names(sources),
                counted(scan.passed_over, "file")
            );
        }
        bail!("nothing could be read");
    }
    scan.baseline = std::mem::take(&mut scan.baseline).select(&selection(sources));
    Ok(scan)
}

/// How a run ends that read these.
pub(crate) fn exit(scan: &Scan) -> Exit {
    if scan.skipped.is_empty() {
        Exit::Done
    } else {
        Exit::Partial
    }
}

fn names(sources: &Sources) -> String {
    sources
        .sources
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
