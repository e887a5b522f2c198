//! What one thread gathers, and what all of them have gathered in the end.

use std::borrow::Cow;
use std::sync::{Mutex, PoisonError};

use rayon::ThreadPool;

use super::Scan;
use super::kept::Kept;
use crate::baseline::{Baseline, Fold, SharedFold};
use crate::error::Skipped;
use crate::source::evtx;

/// What one thread has gathered, and what it reads with.
#[derive(Default)]
pub(super) struct Worker {
    pub(super) fold: Fold,
    pub(super) records: u64,
    pub(super) pipe_events: u64,
    pub(super) passed_over: Kept<(String, String)>,
    pub(super) skipped: Kept<Skipped>,
    pub(super) evtx: evtx::Reader,
}

impl Worker {
    pub(super) fn skip(&mut self, source: String, offset: Option<u64>, what: Cow<'static, str>) {
        self.skipped.add(Skipped { source, offset, what });
    }
}

pub(super) fn merge(workers: Vec<Mutex<Worker>>, shared_fold: SharedFold, pool: &ThreadPool) -> Scan {
    let mut scan = Scan::default();
    let mut folds = Vec::new();
    for worker in workers {
        let worker = worker.into_inner().unwrap_or_else(PoisonError::into_inner);
        scan.records += worker.records;
        scan.pipe_events += worker.pipe_events;
        scan.passed_over.merge(worker.passed_over);
        scan.skipped.merge(worker.skipped);
        folds.push(worker.fold);
    }
    scan.baseline = pool.install(|| shared_fold.finish(merge_folds(folds)));
    scan.duplicates = scan.pipe_events.saturating_sub(scan.baseline.events());
    scan
}

/// Merges pairwise, both halves at once.
fn merge_folds(mut folds: Vec<Fold>) -> Baseline {
    if folds.len() <= 1 {
        return folds.pop().unwrap_or_default().finish();
    }
    let other = folds.split_off(folds.len() / 2);
    let (a, b) = rayon::join(|| merge_folds(folds), || merge_folds(other));
    a.merge(b)
}
