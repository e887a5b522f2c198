//! The commands, a file each: arguments in, a stage of the library run, its result written, how the run ended out.

pub(crate) mod baseline;
pub(crate) mod check;
pub(crate) mod collect;
pub(crate) mod completions;
pub(crate) mod decide;
pub(crate) mod diff;
pub(crate) mod draft;
pub(crate) mod knowledge;
pub(crate) mod report;
pub(crate) mod scan;
