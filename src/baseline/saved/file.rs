//! Packs a saved baseline as its file's name says, and tells whether a file holds saved baselines.

use std::borrow::Cow;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::baseline::Baseline;
use crate::event::PipeEvent;
use crate::source::Sink;
use crate::source::container::{self, Input, Limits};
use crate::source::detect::FIRST_LOOK;
use crate::source::saved::Lines;

/// How far packed text shrinks before it takes much longer: zstd's own default.
const ZSTD_LEVEL: i32 = 3;

/// How a baseline is packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packing {
    /// Lines of JSON as they are.
    Plain,
    /// gzip: `.gz`.
    Gzip,
    /// Zstandard: `.zst`.
    Zstd,
}

impl Packing {
    /// As the name of the file says; `None` is standard output.
    #[must_use]
    pub fn of(path: Option<&Path>) -> Self {
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

    /// Saves a baseline, packed. Neither form of packing is given a time or a name, so that the same logs give the same bytes.
    ///
    /// # Errors
    ///
    /// Those of `out`.
    pub fn save(self, baseline: &Baseline, out: &mut dyn Write) -> io::Result<()> {
        match self {
            Self::Plain => baseline.save(out),
            Self::Gzip => {
                let mut packed = GzEncoder::new(out, Compression::default());
                baseline.save(&mut packed)?;
                packed.finish().map(drop)
            }
            Self::Zstd => {
                let mut packed = zstd::Encoder::new(out, ZSTD_LEVEL)?;
                packed.include_checksum(true)?;
                baseline.save(&mut packed)?;
                packed.finish().map(drop)
            }
        }
    }
}

/// Whether a file holds saved baselines, packed or not: its beginning tells. What is no file, or cannot be read, holds none.
#[must_use]
pub fn holds_baselines(path: &Path) -> bool {
    let is_file = fs::metadata(path).is_ok_and(|metadata| metadata.is_file());
    let Some(file) = is_file.then(|| File::open(path).ok()).flatten() else {
        return false;
    };
    let mut look = Look(false);
    let mut beginning = file.take(FIRST_LOOK as u64);
    // What is packed ends too early, which is no matter: it has told by then.
    let _ = container::read(Input::Stream(&mut beginning), None, &Limits::default(), &mut look);
    look.0
}

/// Sees whether there are baselines.
struct Look(bool);

impl Sink for Look {
    fn records(&mut self, _: u64) {}
    fn pipe_event(&mut self, _: &PipeEvent<'_>) {}
    fn skip(&mut self, _: u64, _: Cow<'static, str>) {}
    fn baselines(&mut self, _: &mut Lines<'_>) -> io::Result<()> {
        self.0 = true;
        Ok(())
    }
}
