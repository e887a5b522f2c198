//! A folder in, the Sigma rules for pipe events that are in it out, with what could not be read.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use memchr::memmem;
use walkdir::WalkDir;

use super::fault::Fault;
use super::rule::SigmaRule;
use super::yaml;

/// A larger file is none that people wrote.
const LARGEST: u64 = 4 << 20;

/// A file, or a rule in it, that could not be read: what it detects is not known.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// The file, below the folder that was read.
    pub file: String,
    /// The line, from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.what),
            line => write!(f, "{}:{line}: {}", self.file, self.what),
        }
    }
}

/// Reads every `.yml` and `.yaml` below a folder, or one such file: the rules for pipe events by file and line. Rules for
/// other events are passed over in silence.
#[must_use]
pub fn load(folder: &Path) -> (Vec<SigmaRule>, Vec<Problem>) {
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    for entry in WalkDir::new(folder).sort_by_file_name() {
        match entry {
            Ok(entry) if entry.file_type().is_dir() || !is_yaml(entry.path()) => {}
            Ok(entry) => {
                let path = entry.path();
                let below = path.strip_prefix(folder).ok().filter(|below| below.parent().is_some());
                let name = below.unwrap_or(path).display().to_string().replace('\\', "/");
                match read(path) {
                    Ok(bytes) => of_file(&name, &bytes, &mut rules, &mut problems),
                    Err(error) => problems.push(Problem {
                        file: name,
                        line: 0,
                        what: error.to_string(),
                    }),
                }
            }
            Err(error) => {
                let file = error.path().unwrap_or(folder).display().to_string();
                let what = error
                    .into_io_error()
                    .map_or_else(|| "a folder in itself".into(), |error| error.to_string());
                problems.push(Problem { file, line: 0, what });
            }
        }
    }
    (rules, problems)
}

fn is_yaml(path: &Path) -> bool {
    let ending = path.extension().unwrap_or_default();
    ending.eq_ignore_ascii_case("yml") || ending.eq_ignore_ascii_case("yaml")
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LARGEST {
        return Err(io::Error::other("larger than 4 MiB, so no Sigma rule"));
    }
    Ok(bytes)
}

/// Adds the rules of one file.
pub(crate) fn of_file(name: &str, bytes: &[u8], rules: &mut Vec<SigmaRule>, problems: &mut Vec<Problem>) {
    // A team's folder holds thousands of rules for other events, damaged ones too: these are not our concern.
    let folded = bytes.to_ascii_lowercase();
    let has = |word: &[u8]| memmem::find(&folded, word).is_some();
    let is_for_pipes = has(b"pipe_created") || has(b"sysmon") && (has(b"17") || has(b"18"));
    // What was cut off before it says what it is for may be a rule for pipes.
    if !is_for_pipes && has(b"logsource") {
        return;
    }
    let mut problem = |fault: Fault| {
        problems.push(Problem {
            file: name.to_owned(),
            line: fault.line,
            what: fault.what,
        });
    };
    let Ok(text) = std::str::from_utf8(bytes) else {
        problem(Fault {
            line: 0,
            what: "this is no UTF-8".into(),
        });
        return;
    };
    match yaml::documents(text.strip_prefix('\u{FEFF}').unwrap_or(text)) {
        Ok(documents) => {
            for document in &documents {
                match SigmaRule::parse(document, name) {
                    None => {}
                    Some(Ok(rule)) => rules.push(rule),
                    Some(Err(fault)) => problem(fault),
                }
            }
        }
        Err(fault) => problem(fault),
    }
}
