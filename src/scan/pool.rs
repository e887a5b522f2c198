//! A number of threads in, a pool of them out, and tasks that are worked out by one.

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

/// So many threads; 0 is one for each core.
pub(super) fn pool(threads: usize) -> Result<ThreadPool, ThreadPoolBuildError> {
    ThreadPoolBuilder::new().num_threads(threads).build()
}

/// The results of `task` for each number below `count`, in their order, worked out by so many threads.
pub(crate) fn side_by_side<T: Send>(count: usize, threads: usize, task: impl Fn(usize) -> T + Sync + Send) -> Vec<T> {
    match pool(threads) {
        Ok(pool) => pool.install(|| (0..count).into_par_iter().map(task).collect()),
        // Where no thread can be had, this one does it all.
        Err(_) => (0..count).map(task).collect(),
    }
}
