//! Says what of a file of rules cannot be read.

/// Why a file or a rule in it cannot be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault {
    /// From 1; 0 for the file as a whole.
    pub(super) line: usize,
    pub(super) what: String,
}
