//! The house keeps its order: a module uses only those above it, and a few crates have one door each.
//!
//! `src/lib.rs` declares the modules from the ground up. What a file uses is read from its text, without comments and
//! without its tests: every path that begins with `crate::`, and every `super::` that leads out of a module.

use std::path::{Path, PathBuf};

use crate::harness::files_below;

/// A source file of the library.
struct File {
    /// Its path below `src`, with `/`.
    path: String,
    /// Its text, without comments and tests.
    code: String,
}

impl File {
    /// The top module that it belongs to.
    fn module(&self) -> &str {
        let first = self.path.split('/').next().unwrap();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// How many modules lie between it and the crate's root, its own included.
    fn depth(&self) -> usize {
        let folders = self.path.matches('/').count();
        if self.path.ends_with("/mod.rs") {
            folders
        } else {
            folders + 1
        }
    }
}

/// All files of the library, without the tests among them.
fn library() -> Vec<File> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let relative = |path: &PathBuf| path.strip_prefix(&src).unwrap().to_str().unwrap().replace('\\', "/");
    let is_code = |path: &&PathBuf| path.extension().is_some_and(|extension| extension == "rs");
    let files = files_below(&src);
    let files = files.iter().filter(is_code).map(|path| (relative(path), path));
    let files = files.filter(|(name, _)| {
        !name.starts_with("bin/") && !name.ends_with("/tests.rs") && !name.contains("/tests/") && name != "lib.rs"
    });
    let read = |(path, file): (String, &PathBuf)| File {
        path,
        code: code(&std::fs::read_to_string(file).unwrap()),
    };
    files.map(read).collect()
}

/// `text` without comments, and without what follows `#[cfg(test)]` and a module with a body.
fn code(text: &str) -> String {
    let tests = text
        .find("#[cfg(test)]\nmod ")
        .filter(|at| text[*at..].lines().nth(1).unwrap().ends_with('{'));
    let lines = text[..tests.unwrap_or(text.len())].lines();
    lines
        .map(|line| line.split("//").next().unwrap().to_owned() + "\n")
        .collect()
}

/// The modules in the order of `src/lib.rs`.
fn order() -> Vec<String> {
    let lib = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/lib.rs")).unwrap();
    let declared = |line: &str| {
        let line = line.strip_prefix("pub ").unwrap_or(line);
        Some(line.strip_prefix("mod ")?.strip_suffix(';')?.to_owned())
    };
    lib.lines().filter_map(declared).collect()
}

/// Where `word` stands in `code` as a word of its own: the text behind each place.
fn uses<'a>(code: &'a str, word: &str) -> Vec<&'a str> {
    let in_word = |c: char| c.is_alphanumeric() || c == '_';
    code.match_indices(word)
        .filter(|(at, _)| !code[..*at].ends_with(in_word))
        .map(|(at, _)| &code[at + word.len()..])
        .filter(|rest| word.ends_with([':', '!', '(']) || !rest.starts_with(in_word))
        .collect()
}

/// The first names of a path or of a group of paths: `a::b` is `a`, `{a::b, c::{d, e}}` is `a` and `c`.
fn first_names(paths: &str) -> Vec<&str> {
    let name = |path: &str| {
        path.find(|c: char| !(c.is_alphanumeric() || c == '_'))
            .unwrap_or(path.len())
    };
    let Some(group) = paths.strip_prefix('{') else {
        return vec![&paths[..name(paths)]];
    };
    let (mut names, mut depth, mut start) = (Vec::new(), 0, 0);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                let path = group[start..at].trim();
                if !path.is_empty() {
                    names.push(&path[..name(path)]);
                }
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    names
}

#[test]
fn a_module_uses_only_those_above_it() {
    let order = order();
    let place = |module: &str| order.iter().position(|other| other == module);
    let mut wrong = Vec::new();
    let mut paths = 0;
    for file in library() {
        let own = place(file.module()).unwrap_or_else(|| panic!("src/lib.rs does not declare {}", file.module()));
        for rest in uses(&file.code, "crate::") {
            for name in first_names(rest) {
                paths += 1;
                if place(name).is_none_or(|place| place > own) {
                    wrong.push(format!("src/{} uses crate::{name}, which is not above it", file.path));
                }
            }
        }
        for rest in uses(&file.code, "super::") {
            let further = std::iter::successors(Some(rest), |rest| rest.strip_prefix("super::"));
            if further.count() >= file.depth() {
                wrong.push(format!(
                    "src/{} goes by super:: to the crate's root: write crate::",
                    file.path
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(paths > 50, "there is something to look at: {paths} paths");
}

/// Asserts that none of `words` is used by a file of the library, except by those whose path begins with one of `doors`.
#[track_caller]
fn only(doors: &[&str], words: &[&str]) {
    let library = library();
    let is_door = |file: &&File| doors.iter().any(|door| file.path.starts_with(door));
    let mentions = |file: &&File| words.iter().any(|word| !uses(&file.code, word).is_empty());
    let wrong: Vec<&str> = library
        .iter()
        .filter(|file| !is_door(file))
        .filter(mentions)
        .map(|file| file.path.as_str())
        .collect();
    assert!(wrong.is_empty(), "{words:?} in {wrong:?}");
    assert!(
        doors.is_empty() || library.iter().filter(is_door).any(|file| mentions(&file)),
        "nobody uses {words:?}"
    );
}

#[test]
fn only_the_evtx_reader_knows_the_evtx_crate() {
    only(
        &["source/evtx/"],
        &["use evtx::", "use ::evtx::", "EvtxParser", "EvtxChunkData", "EvtxError"],
    );
}

#[test]
fn only_scan_and_threads_know_the_thread_pool() {
    only(&["scan/", "threads.rs"], &["rayon"]);
}

#[test]
fn only_the_command_line_knows_its_crates() {
    for word in ["clap", "anyhow", "indicatif", "terminal_size"] {
        only(&[], &[word]);
    }
}

#[test]
fn the_library_does_not_print_exit_or_read_the_environment() {
    for word in ["println!", "print!", "eprintln!", "eprint!", "stdout(", "process::"] {
        only(&[], &[word]);
    }
    // A test says that it is skipped, or small, and what a variable asks for.
    for word in ["stderr(", "env::"] {
        only(&["test_support/"], &[word]);
    }
}

/// The test itself can fail: what it looks for is found where it is.
#[test]
fn paths_are_read_as_the_compiler_reads_them() {
    let names = |text: &'static str| {
        uses(text, "crate::")
            .into_iter()
            .flat_map(first_names)
            .collect::<Vec<_>>()
    };
    assert_eq!(
        names("use crate::scan::Scan;\nlet x = crate::utf16::push(1);"),
        ["scan", "utf16"]
    );
    assert_eq!(names("use crate::{a::{b, c}, d, e::f};"), ["a", "d", "e"]);
    assert_eq!(names("use crate::{\n    a,\n    b,\n};"), ["a", "b"]);
    assert_eq!(names("use pipemine_crate::x;"), [""; 0]);
    assert_eq!(
        uses("println!(); eprintln!(); my_env::x; env!(\"A\")", "println!").len(),
        1
    );
    assert_eq!(uses("env!(\"A\"); my_env::x; std::env::var(1)", "env::").len(), 1);
    assert_eq!(code("a // crate::b\n#[cfg(test)]\nmod tests {\n    crate::c\n"), "a \n");
}
