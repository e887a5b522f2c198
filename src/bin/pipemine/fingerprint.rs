//! A file in, whether it still holds what it held before the logs were read: somebody else may have written it meanwhile.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use xxhash_rust::xxh3::{Xxh3, xxh3_128};

/// A file as it was.
#[derive(Debug)]
pub(crate) struct Fingerprint {
    path: PathBuf,
    /// The hash of its bytes: a time and a size stay the same where two write at the same moment. `None` of what is no file,
    /// as what another program gives is, which cannot be read again.
    hash: Option<u128>,
}

impl Fingerprint {
    /// As it is now.
    pub(crate) fn of(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            hash: is_file(path).then(|| hash(path).ok()).flatten(),
        }
    }

    /// With these bytes, which were read from it.
    pub(crate) fn with(path: &Path, bytes: &[u8]) -> Self {
        Self {
            path: path.to_owned(),
            hash: is_file(path).then(|| xxh3_128(bytes)),
        }
    }

    /// Fails where it is not as it was.
    pub(crate) fn still_holds(&self) -> io::Result<()> {
        if Self::of(&self.path).hash == self.hash {
            return Ok(());
        }
        Err(io::Error::other(
            "it has changed while the logs were read; nothing was written",
        ))
    }
}

fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}

fn hash(path: &Path) -> io::Result<u128> {
    let (mut file, mut hash) = (File::open(path)?, Xxh3::new());
    let mut buffer = vec![0; 1 << 16];
    loop {
        match file.read(&mut buffer) {
            Ok(0) => return Ok(hash.digest128()),
            Ok(read) => hash.update(buffer.get(..read).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
}
