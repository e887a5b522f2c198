//! Where a result goes. A file appears whole or not at all.

use std::fs::{self, File};
use std::io::{self, BufWriter, Read, Write};
use std::path::{Component, Path, PathBuf, Prefix};

use anyhow::{Context, bail};
use pipemine::source::detect::{Detected, FIRST_LOOK, detect};
use pipemine::source::walk::UNFINISHED;
use tempfile::NamedTempFile;

use crate::interrupt;

/// Opened before the work begins, so that a bad path is told at once.
#[derive(Debug)]
pub(crate) enum Target {
    Stdout,
    /// A file that will be there when all is written.
    New {
        /// As the user named it: what a link or Windows makes of it (`\\?\C:\…`) is for no reader.
        shown: PathBuf,
        path: PathBuf,
        temporary: NamedTempFile,
    },
    /// A device or a named pipe: nothing that could be replaced.
    Special {
        path: PathBuf,
        file: File,
    },
}

impl Target {
    /// `None` and `-` are standard output. `inputs` must not be overwritten.
    pub(crate) fn open(path: Option<&Path>, inputs: &[PathBuf]) -> anyhow::Result<Self> {
        let Some(path) = path.filter(|path| *path != Path::new("-")) else {
            return Ok(Self::Stdout);
        };
        if let Ok(existing) = fs::canonicalize(path)
            && inputs.iter().any(|input| would_be_read(&existing, input))
        {
            bail!(
                "{}: this is also an input, and would be overwritten; give the output another name",
                path.display()
            );
        }
        let told = || path.display().to_string();
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => bail!("{}: this is a folder; name a file in it", path.display()),
            existing if is_device(path) || existing.as_ref().is_ok_and(|metadata| !metadata.is_file()) => {
                let file = File::options().write(true).open(path).with_context(told)?;
                Ok(Self::Special {
                    path: path.to_owned(),
                    file,
                })
            }
            existing => {
                // Through a link, the file that it points to is replaced.
                let shown = path.to_owned();
                let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
                let folder = path
                    .parent()
                    .filter(|folder| !folder.as_os_str().is_empty())
                    .unwrap_or(Path::new("."));
                let mut builder = tempfile::Builder::new();
                builder.prefix(UNFINISHED);
                #[cfg(unix)]
                {
                    // As any program would create it; the default is for the owner's eyes only.
                    use std::os::unix::fs::PermissionsExt;
                    let mode = existing
                        .as_ref()
                        .map_or(0o666, |metadata| metadata.permissions().mode());
                    builder.permissions(fs::Permissions::from_mode(mode));
                }
                #[cfg(not(unix))]
                drop(existing);
                if !folder.is_dir() {
                    bail!("{}: there is no folder {}", path.display(), folder.display());
                }
                // Between the file's creation and its registration no interruption may come.
                let mut unfinished = interrupt::unfinished();
                let temporary = builder.tempfile_in(folder).with_context(told)?;
                unfinished.push(temporary.path().to_owned());
                Ok(Self::New { shown, path, temporary })
            }
        }
    }

    /// Writes everything, then lets it appear.
    pub(crate) fn write(self, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> anyhow::Result<()> {
        match self {
            Self::Stdout => {
                let mut out = BufWriter::with_capacity(1 << 16, io::stdout().lock());
                content(&mut out).and_then(|()| out.flush()).context("standard output")
            }
            Self::Special { path, file } => {
                let mut out = BufWriter::with_capacity(1 << 16, file);
                content(&mut out)
                    .and_then(|()| out.flush())
                    .with_context(|| path.display().to_string())
            }
            Self::New {
                shown,
                path,
                mut temporary,
            } => {
                let told = || shown.display().to_string();
                let mut out = BufWriter::with_capacity(1 << 16, temporary.as_file_mut());
                content(&mut out).and_then(|()| out.flush()).with_context(told)?;
                drop(out);
                temporary.as_file().sync_all().with_context(told)?;
                // Whoever interrupts now finds the old file or the new one.
                let mut unfinished = interrupt::unfinished();
                unfinished.retain(|file| file != temporary.path());
                temporary
                    .persist(&path)
                    .map_err(|error| error.error)
                    .with_context(told)?;
                Ok(())
            }
        }
    }
}

/// Whether Windows takes this for a device: `NUL` in whatever folder. It tells nothing of itself, and cannot be replaced.
/// What has a colon at its end is a whole drive (`\\.\C:`), which nobody means.
fn is_device(path: &Path) -> bool {
    let Ok(path) = std::path::absolute(path) else {
        return false;
    };
    let mut parts = path.components();
    let Some(Component::Prefix(prefix)) = parts.next() else {
        return false;
    };
    let Prefix::DeviceNS(name) = prefix.kind() else {
        return false;
    };
    !name.as_encoded_bytes().ends_with(b":") && parts.all(|part| part == Component::RootDir)
}

/// Whether `existing` is this input, or a log in this folder. What else is in the folder may be replaced.
fn would_be_read(existing: &Path, input: &Path) -> bool {
    let Ok(input) = fs::canonicalize(input) else {
        return false;
    };
    let is_log = || {
        let mut first = Vec::new();
        let file = File::open(existing).map(|file| file.take(FIRST_LOOK as u64).read_to_end(&mut first));
        file.is_ok_and(|read| read.is_ok()) && matches!(detect(&first), Detected::Source(_))
    };
    existing == input || (existing.is_file() && existing.starts_with(&input) && is_log())
}
