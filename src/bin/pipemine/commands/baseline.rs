//! `pipemine baseline`: sources folded into one saved baseline.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::bail;
use pipemine::baseline::saved::{Packing, holds_baselines};
use pipemine::output::counted;
use pipemine::scan::Scan;

use crate::cli::baseline::BaselineArgs;
use crate::exit::{Exit, say};
use crate::fingerprint::Fingerprint;
use crate::gather::{exit, gather};
use crate::target::Target;

pub(crate) fn run(args: &BaselineArgs) -> anyhow::Result<Exit> {
    let path = args.output.path.as_deref();
    // What a baseline is made of may be its own last version; a log is never overwritten.
    let grows = path.filter(|path| *path != Path::new("-") && holds_baselines(path));
    let fingerprint = grows.map(Fingerprint::of);
    let inputs: &[PathBuf] = if grows.is_some() { &[] } else { &args.sources.sources };
    let target = Target::open(path, inputs)?;
    let scan = gather(&args.sources)?;
    if let Some(path) = grows
        && lost_something(&scan, path)
    {
        bail!("{}: not all of it could be read, so it stays as it is", path.display());
    }
    target.write(|out| {
        Packing::of(path).save(&scan.baseline, out)?;
        // What another run added in the meantime is in none of these sources. Asked last: to save much takes its time.
        fingerprint.iter().try_for_each(Fingerprint::still_holds)
    })?;
    if !args.sources.quiet {
        say(&format!(
            "{} of {} saved",
            counted(scan.baseline.events(), "event"),
            counted(scan.baseline.hosts(), "host")
        ));
    }
    Ok(exit(&scan))
}

/// Whether some of this file was not read.
fn lost_something(scan: &Scan, path: &Path) -> bool {
    let whole = fs::canonicalize(path).ok();
    let is_of_it = |source: &str| whole.is_some() && fs::canonicalize(source).ok() == whole;
    scan.skipped.more > 0 || scan.skipped.iter().any(|skipped| is_of_it(&skipped.source))
}
