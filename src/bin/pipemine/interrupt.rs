//! Ctrl-C in, an end without unfinished files out.
//!
//! A signal runs no destructor: what [`Target`](crate::target::Target) has not finished is kept here by name, and removed.

use std::fs;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// As a shell says of a program that SIGINT has ended: 128 and the signal's number.
const INTERRUPTED: i32 = 130;

static UNFINISHED: Mutex<Vec<PathBuf>> = Mutex::new(Vec::new());

/// The files that are being written. While this is held, no interruption takes effect.
pub(crate) fn unfinished() -> MutexGuard<'static, Vec<PathBuf>> {
    UNFINISHED.lock().unwrap_or_else(PoisonError::into_inner)
}

/// From now on, Ctrl-C (and on Unix SIGTERM and SIGHUP) removes what is unfinished and ends the program.
pub(crate) fn watch() {
    #[expect(clippy::exit, reason = "the program was told to end, wherever it is")]
    let end = || {
        let unfinished = unfinished();
        for file in unfinished.iter() {
            // It may be gone already.
            let _ = fs::remove_file(file);
        }
        std::process::exit(INTERRUPTED)
    };
    // Where no handler can be had, the system's own way to end the program is as good as it was.
    let _ = ctrlc::set_handler(end);
}
