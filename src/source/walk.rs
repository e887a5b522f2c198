//! What a user named in, a sorted list of files out.
//!
//! Folders are searched recursively, links followed. What is a log is not decided here: that takes a look at the content.

use std::fs;
use std::path::{Path, PathBuf};

use indexmap::IndexSet;
use walkdir::WalkDir;

use super::refusal::refusal;

/// One thing to read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Input {
    /// Where it is: as named, or the path of the folder that was named with the rest behind it. `-` is standard input.
    pub path: PathBuf,
    /// Whether the user named it, rather than a folder that holds it.
    pub named: bool,
}

impl Input {
    /// Whether it is standard input.
    #[must_use]
    pub fn is_stdin(&self) -> bool {
        self.named && self.path == Path::new("-")
    }
}

/// How the name of a file begins that is being written and will get its own name when it is whole: no input, wherever it is.
pub const UNFINISHED: &str = ".pipemine-";

/// What [`walk`] found.
#[derive(Debug, Default)]
pub struct Walked {
    /// In the order of the arguments; the files of a folder sorted by path.
    pub inputs: Vec<Input>,
    /// Paths that could not be looked at, and why.
    pub failed: Vec<(PathBuf, String)>,
}

/// Finds the files that `named` stand for. The same file named twice, in whatever way, is there once.
#[must_use]
pub fn walk(named: &[PathBuf]) -> Walked {
    let mut walked = Walked::default();
    let mut seen: IndexSet<PathBuf> = IndexSet::new();
    for path in named {
        if path == Path::new("-") {
            if seen.insert(path.clone()) {
                walked.inputs.push(Input {
                    path: path.clone(),
                    named: true,
                });
            }
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk_folder(path, &mut seen, &mut walked),
            Ok(_) => add(path, true, &mut seen, &mut walked),
            Err(error) => walked.failed.push((path.clone(), refusal(path, &error))),
        }
    }
    walked
}

fn walk_folder(folder: &Path, seen: &mut IndexSet<PathBuf>, walked: &mut Walked) {
    for entry in WalkDir::new(folder).follow_links(true).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_name().to_string_lossy().starts_with(UNFINISHED) => {}
            // A pipe or a device in a folder is nobody's log, and reading it may never end.
            Ok(entry) if entry.file_type().is_file() => add(entry.path(), false, seen, walked),
            Ok(_) => {}
            Err(error) if error.loop_ancestor().is_some() => {}
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                let why = error
                    .io_error()
                    .map_or_else(|| error.to_string(), |error| refusal(&path, error));
                walked.failed.push((path, why));
            }
        }
    }
}

fn add(path: &Path, named: bool, seen: &mut IndexSet<PathBuf>, walked: &mut Walked) {
    let identity = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    if seen.insert(identity) {
        walked.inputs.push(Input {
            path: path.to_owned(),
            named,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_searched_sorted_and_a_file_is_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        fs::create_dir(root.join("sub")).unwrap();
        for name in ["b.evtx", "a.evtx", "sub/c.evtx"] {
            fs::write(root.join(name), "").unwrap();
        }
        let walked = walk(&[
            root.join("sub/../b.evtx"),
            root.to_owned(),
            root.join("a.evtx"),
            root.join("missing"),
        ]);
        let names: Vec<_> = walked
            .inputs
            .iter()
            .map(|input| input.path.file_name().unwrap())
            .collect();
        assert_eq!(names, ["b.evtx", "a.evtx", "c.evtx"]);
        assert_eq!(
            walked.inputs.iter().map(|input| input.named).collect::<Vec<_>>(),
            [true, false, false]
        );
        assert_eq!(walked.failed.len(), 1);
        assert!(walked.failed[0].1.contains("No such file") || walked.failed[0].1.contains("cannot find"));
    }
}
