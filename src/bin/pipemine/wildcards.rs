//! Sources as they were typed in, the files that their wildcards stand for out.
//!
//! On Windows no shell does this: `pipemine scan *.evtx` hands over the star. Elsewhere the shell has done it, and a star
//! that is left is a file's name.

use std::path::{Path, PathBuf};

use glob::{MatchOptions, glob_with};

/// As file names are compared on Windows.
const AS_WINDOWS: MatchOptions = MatchOptions {
    case_sensitive: false,
    require_literal_separator: true,
    require_literal_leading_dot: false,
};

/// Expands `*`, `?` and `**` (any folders), where no shell does. What matches nothing stays as it is, to be told of.
pub(crate) fn expand(sources: &mut Vec<PathBuf>) {
    if cfg!(windows) {
        *sources = sources.drain(..).flat_map(matches).collect();
    }
}

/// The files that one argument stands for, sorted; itself where it has no wildcard, or is there, or nothing matches.
fn matches(source: PathBuf) -> Vec<PathBuf> {
    let Some(pattern) = pattern(&source).filter(|_| !source.exists()) else {
        return vec![source];
    };
    let Ok(found) = glob_with(&pattern, AS_WINDOWS) else {
        return vec![source];
    };
    // A folder that cannot be searched is named like a source, and it is said of it why not.
    let found: Vec<PathBuf> = found
        .map(|entry| entry.unwrap_or_else(|error| error.path().to_owned()))
        .collect();
    if found.is_empty() { vec![source] } else { found }
}

/// The pattern, where there is a wildcard: the `?` of `\\?\` is none, and neither are brackets, which names on Windows may
/// hold and no program there takes for anything else.
fn pattern(source: &Path) -> Option<String> {
    let text = source.to_str()?;
    let name = text.strip_prefix(r"\\?\").unwrap_or(text);
    name.contains(['*', '?']).then(|| text.replace('[', "[[]"))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn wildcards_are_told_from_what_looks_like_them() {
        assert_eq!(pattern(Path::new(r"logs\*.evtx")).as_deref(), Some(r"logs\*.evtx"));
        assert_eq!(
            pattern(Path::new(r"logs[1]\?.evtx")).as_deref(),
            Some(r"logs[[]1]\?.evtx")
        );
        for name in [
            r"\\?\C:\logs\a.evtx",
            "logs[1].evtx",
            "Microsoft-Windows-Sysmon%4Operational.evtx",
            "-",
        ] {
            assert_eq!(pattern(Path::new(name)), None, "{name}");
        }
    }

    #[test]
    fn what_matches_is_sorted_and_what_matches_nothing_stays() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.evtx", "A.EVTX", "[c].evtx", "d.txt"] {
            fs::write(folder.path().join(name), "").unwrap();
        }
        let found = |pattern: &str| -> Vec<String> {
            let found = matches(folder.path().join(pattern)).into_iter();
            found
                .map(|path| path.file_name().unwrap().to_str().unwrap().to_owned())
                .collect()
        };
        assert_eq!(found("*.evtx"), ["A.EVTX", "[c].evtx", "b.evtx"]);
        assert_eq!(found("?.evtx"), ["A.EVTX", "b.evtx"]);
        assert_eq!(found("[*.evtx"), ["[c].evtx"]);
        assert_eq!(found("*.zip"), ["*.zip"]);
        assert_eq!(found("[c].evtx"), ["[c].evtx"]);
    }
}
