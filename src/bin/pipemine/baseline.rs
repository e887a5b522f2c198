//! `pipemine baseline`: sources folded into one saved baseline.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::bail;
use flate2::Compression;
use flate2::write::GzEncoder;
use pipemine::baseline::Baseline;
use pipemine::event::PipeEvent;
use pipemine::output::counted;
use pipemine::scan::Scan;
use pipemine::source::Sink;
use pipemine::source::container::{self, Limits};
use pipemine::source::detect::FIRST_LOOK;
use pipemine::source::saved::Lines;

use crate::before::Before;
use crate::cli::baseline::BaselineArgs;
use crate::exit::{Exit, say};
use crate::gather::{exit, gather};
use crate::target::Target;

/// How far packed text shrinks before it takes much longer: zstd's own default.
const ZSTD_LEVEL: i32 = 3;

pub(crate) fn run(args: &BaselineArgs) -> anyhow::Result<Exit> {
    let path = args.output.path.as_deref();
    // What a baseline is made of may be its own last version; a log is never overwritten.
    let grows = path.filter(|path| *path != Path::new("-") && holds_baseline(path));
    let before = grows.map(Before::of);
    let inputs: &[PathBuf] = if grows.is_some() { &[] } else { &args.sources.sources };
    let target = Target::open(path, inputs)?;
    let scan = gather(&args.sources)?;
    if let Some(path) = grows
        && lost_something(&scan, path)
    {
        bail!("{}: not all of it could be read, so it stays as it is", path.display());
    }
    target.write(|out| {
        save(&scan.baseline, Packing::of(path), out)?;
        // What another run added in the meantime is in none of these sources. Asked last: to save much takes its time.
        before.iter().try_for_each(Before::still_holds)
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

/// How a baseline is packed.
#[derive(Debug, Clone, Copy)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    /// As the name of the file says.
    fn of(path: Option<&Path>) -> Self {
        let is = |ending: &str| {
            let own = path.and_then(Path::extension);
            own.is_some_and(|own| own.eq_ignore_ascii_case(ending))
        };
        if is("gz") {
            Self::Gzip
        } else if is("zst") {
            Self::Zstd
        } else {
            Self::Plain
        }
    }
}

/// Neither form of packing is given a time or a name, so that the same logs give the same bytes.
fn save(baseline: &Baseline, packing: Packing, out: &mut dyn Write) -> io::Result<()> {
    match packing {
        Packing::Plain => baseline.save(out),
        Packing::Gzip => {
            let mut packed = GzEncoder::new(out, Compression::default());
            baseline.save(&mut packed)?;
            packed.finish().map(drop)
        }
        Packing::Zstd => {
            let mut packed = zstd::Encoder::new(out, ZSTD_LEVEL)?;
            packed.include_checksum(true)?;
            baseline.save(&mut packed)?;
            packed.finish().map(drop)
        }
    }
}

/// Whether a file holds saved baselines, packed or not: its beginning tells.
fn holds_baseline(path: &Path) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let Some(file) = is_file.then(|| File::open(path).ok()).flatten() else {
        return false;
    };
    let mut look = Look(false);
    let mut beginning = file.take(FIRST_LOOK as u64);
    // What is packed ends too early, which is no matter: it has told by then.
    let _ = container::read(
        container::Input::Stream(&mut beginning),
        None,
        &Limits::default(),
        &mut look,
    );
    look.0
}

/// Sees whether there are baselines.
struct Look(bool);

impl Sink for Look {
    fn records(&mut self, _: u64) {}
    fn pipe_event(&mut self, _: &PipeEvent<'_>) {}
    fn skip(&mut self, _: u64, _: std::borrow::Cow<'static, str>) {}
    fn baselines(&mut self, _: &mut Lines<'_>) -> io::Result<()> {
        self.0 = true;
        Ok(())
    }
}

/// Whether some of this file was not read.
fn lost_something(scan: &Scan, path: &Path) -> bool {
    let whole = fs::canonicalize(path).ok();
    let is_of_it = |source: &str| whole.is_some() && fs::canonicalize(source).ok() == whole;
    scan.skipped.more > 0 || scan.skipped.iter().any(|skipped| is_of_it(&skipped.source))
}
