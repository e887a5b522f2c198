//! Spreads work over threads: a number of threads in, what their tasks return out, in the order of the tasks.

use rayon::iter::{IndexedParallelIterator, IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use crate::baseline::{Baseline, GroupView, Part};

/// So many threads; 0 is one for each core.
pub(crate) fn pool(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(threads).build()
}

/// What `work` returns, with so many threads for what it spreads.
pub(crate) fn with_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    match pool(threads) {
        Ok(pool) => pool.install(work),
        // Where no thread can be had, this one does it all.
        Err(_) => work(),
    }
}

/// What is worked out by threads is cut into so many pieces: what comes first often takes longest, and a thread that has
/// done its pieces takes some of another's.
const PIECES: usize = 128;

fn piece(count: usize) -> usize {
    count.div_ceil(PIECES).max(1)
}

/// The results of `task` for each number below `count`, in their order: worked out by the threads that
/// [`with_threads`] gave, or by this one.
pub(crate) fn by_threads<T: Send>(count: usize, task: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    match rayon::current_thread_index() {
        Some(_) => (0..count)
            .into_par_iter()
            .with_max_len(piece(count))
            .map(task)
            .collect(),
        None => (0..count).map(task).collect(),
    }
}

/// The results of `task` for each item, in their order: as [`by_threads`].
pub(crate) fn each_by_threads<I: Send, T: Send>(items: Vec<I>, task: impl Fn(I) -> T + Sync + Send) -> Vec<T> {
    let piece = piece(items.len());
    match rayon::current_thread_index() {
        Some(_) => items.into_par_iter().with_max_len(piece).map(task).collect(),
        None => items.into_iter().map(task).collect(),
    }
}

/// The items, sorted by a key that takes a while to make: those of [`by_threads`].
pub(crate) fn sorted_by_threads<I: Send + Sync, K: Ord + Send>(
    items: Vec<I>,
    key: impl Fn(&I) -> K + Sync + Send,
) -> Vec<I> {
    let keys = by_threads(items.len(), |index| key(&items[index]));
    let mut keyed: Vec<(K, I)> = keys.into_iter().zip(items).collect();
    keyed.sort_by(|(a, _), (b, _)| a.cmp(b));
    keyed.into_iter().map(|(_, item)| item).collect()
}

/// The results of `task` for each group of a part of a baseline, with its image, in their order: as [`by_threads`].
pub(crate) fn by_groups<'a, T: Send>(
    baseline: &'a Baseline,
    part: Part<'a>,
    task: impl Fn(GroupView<'a>, &'a str) -> T + Sync + Send,
) -> Vec<T> {
    let images = baseline.images();
    let groups: Vec<GroupView<'_>> = baseline.groups(part).collect();
    by_threads(groups.len(), |index| {
        let group = groups[index];
        task(group, images.get(group.image() as usize).copied().unwrap_or_default())
    })
}
