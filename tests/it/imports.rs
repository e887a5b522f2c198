//! The house keeps its order: a module uses only those above it, no files use each other in a circle, and a few crates have
//! one door each.
//!
//! `src/lib.rs` declares the modules from the ground up. What a file uses is read from its text, without comments and
//! without its tests: every path that begins with `crate::`, and every `super::` that leads out of a module.

use std::collections::{BTreeMap, BTreeSet};
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

/// The files of the library by their paths of modules, and what each re-exports by which name.
struct Modules {
    code: BTreeMap<Vec<String>, String>,
    shown: BTreeMap<Vec<String>, BTreeMap<String, Vec<String>>>,
}

impl Modules {
    fn of(files: impl IntoIterator<Item = (String, String)>) -> Self {
        let module = |path: &str| {
            let path = path.strip_suffix(".rs").unwrap();
            let path = path.strip_suffix("/mod").unwrap_or(path);
            path.split('/').map(str::to_owned).collect::<Vec<_>>()
        };
        let code: BTreeMap<_, _> = files.into_iter().map(|(path, code)| (module(&path), code)).collect();
        let mut modules = Self {
            code,
            shown: BTreeMap::new(),
        };
        for (module, code) in &modules.code {
            let (shown, _) = declared(code);
            let named = shown
                .iter()
                .filter_map(|(path, name)| Some((name.clone(), modules.absolute(module, path)?)));
            let named = named.collect();
            modules.shown.insert(module.clone(), named);
        }
        modules
    }

    /// A path as it is from the crate's root; `None` where it leads to another crate, or to an item of the file's own.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Vec<String>> {
        let mut base = module.to_vec();
        let mut rest = path;
        match path.first()?.as_str() {
            "crate" => return Some(path[1..].to_vec()),
            "self" => rest = &path[1..],
            "super" => {
                while rest.first().is_some_and(|name| name == "super") {
                    base.pop();
                    rest = &rest[1..];
                }
            }
            child => {
                base.push(child.to_owned());
                self.code.get(&base)?;
                base.pop();
            }
        }
        base.extend_from_slice(rest);
        Some(base)
    }

    /// The file that defines what a path names, through as many re-exports as there are.
    fn file_of(&self, path: &[String]) -> Option<Vec<String>> {
        let mut path = path.to_vec();
        for _ in 0..8 {
            let depth = (1..=path.len())
                .rev()
                .find(|depth| self.code.contains_key(&path[..*depth]))?;
            let shown = path
                .get(depth)
                .and_then(|name| self.shown.get(&path[..depth])?.get(name));
            let Some(target) = shown else {
                return Some(path[..depth].to_vec());
            };
            path = target.iter().chain(&path[depth + 1..]).cloned().collect();
        }
        None
    }

    /// The files that each file uses. A module and what lies inside it are one here: a child that uses its parent's types,
    /// and a parent that calls its children, are read together.
    fn uses(&self) -> BTreeMap<&[String], BTreeSet<Vec<String>>> {
        let of_file = |(module, code): (&'_ Vec<String>, &String)| -> BTreeSet<Vec<String>> {
            let (_, paths) = declared(code);
            let files = paths
                .iter()
                .filter_map(|path| self.file_of(&self.absolute(module, path)?));
            files
                .filter(|file| !file.starts_with(module) && !module.starts_with(file))
                .collect()
        };
        self.code
            .iter()
            .map(|(module, code)| (module.as_slice(), of_file((module, code))))
            .collect()
    }

    /// Sets of files each of which uses, by way of others, itself.
    fn circles(&self) -> BTreeSet<BTreeSet<String>> {
        let uses = self.uses();
        let reached: BTreeMap<&[String], BTreeSet<&[String]>> = uses
            .keys()
            .map(|file| {
                let mut seen: BTreeSet<&[String]> = BTreeSet::new();
                let mut next: Vec<&[String]> = vec![file];
                while let Some(file) = next.pop() {
                    let used = uses.get(file).into_iter().flatten().map(Vec::as_slice);
                    next.extend(used.filter(|used| seen.insert(used)));
                }
                (*file, seen)
            })
            .collect();
        let circle = |file: &&[String]| -> BTreeSet<String> {
            let others = reached[file].iter().filter(|other| reached[*other].contains(file));
            others.map(|other| other.join("::")).collect()
        };
        uses.keys().map(circle).filter(|circle| !circle.is_empty()).collect()
    }
}

/// A path by its names.
type Names = Vec<String>;

/// What `code` re-exports, with the name that it has there; and all other paths in it.
fn declared(code: &str) -> (Vec<(Names, String)>, Vec<Names>) {
    let (mut shown, mut paths) = (Vec::new(), Vec::new());
    let mut body = String::new();
    let mut statement = String::new();
    for line in code.lines() {
        let bare = line.trim();
        let tree = bare
            .split_once("use ")
            .filter(|(before, _)| before.is_empty() || before.starts_with("pub"));
        // A text can have a line that begins with the word too.
        let is_use = tree.is_some_and(|(_, tree)| tree.split(' ').next().unwrap().contains([':', ';']));
        if statement.is_empty() && !is_use {
            body.push_str(line);
            body.push('\n');
            continue;
        }
        statement.push_str(bare);
        statement.push(' ');
        if bare.ends_with(';') {
            let (visible, tree) = statement.split_once("use ").unwrap();
            let tree = tree.trim_end().trim_end_matches(';');
            for (path, name) in spread(&[], tree) {
                if visible.is_empty() {
                    paths.push(path);
                } else {
                    shown.push((path, name));
                }
            }
            statement.clear();
        }
    }
    let is_of_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':';
    let words = body
        .split(|c: char| !is_of_path(c))
        .map(|word| word.trim_end_matches(':'));
    let found = words.filter(|word| word.contains("::") && !word.starts_with(':'));
    paths.extend(found.map(|word| word.split("::").map(str::to_owned).collect::<Names>()));
    (shown, paths)
}

/// The single paths of a `use` tree, each with the name that it brings in.
fn spread(head: &[String], tree: &str) -> Vec<(Names, String)> {
    let tree = tree.trim();
    let Some(open) = tree.find('{') else {
        let (path, alias) = tree.split_once(" as ").unwrap_or((tree, ""));
        let names = path.split("::").map(|name| name.trim().to_owned());
        let mut path: Names = head.iter().cloned().chain(names).collect();
        if path.last().is_some_and(|name| name == "self") && path.len() > 1 {
            path.pop();
        }
        let name = if alias.is_empty() {
            path.last().unwrap().clone()
        } else {
            alias.trim().to_owned()
        };
        return vec![(path, name)];
    };
    let names = tree[..open].split("::").map(str::trim).filter(|name| !name.is_empty());
    let head: Names = head.iter().cloned().chain(names.map(str::to_owned)).collect();
    let inside = &tree[open + 1..tree.rfind('}').unwrap()];
    let (mut depth, mut start, mut all) = (0, 0, Vec::new());
    for (at, c) in inside.char_indices().chain([(inside.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !inside[start..at].trim().is_empty() {
                    all.extend(spread(&head, &inside[start..at]));
                }
                start = at + 1;
            }
            _ => {}
        }
    }
    all
}

#[test]
fn no_files_use_each_other_in_a_circle() {
    let modules = Modules::of(library().into_iter().map(|file| (file.path, file.code)));
    let edges: usize = modules.uses().values().map(BTreeSet::len).sum();
    assert!(edges > 500, "there is something to look at: {edges} uses");
    assert_eq!(modules.circles(), BTreeSet::new());
}

/// A circle is found through groups, aliases, re-exports and paths in the code, and not where a parent shows its children.
#[test]
fn circles_are_found() {
    let circles = |files: &[(&str, &str)]| {
        let files = files
            .iter()
            .map(|(path, code)| ((*path).to_owned(), (*code).to_owned()));
        let circles = Modules::of(files).circles();
        circles
            .into_iter()
            .map(|circle| circle.into_iter().collect::<Vec<_>>().join(" "))
            .collect::<Vec<_>>()
    };
    let a = ("m/a.rs", "use super::{\n    b::{self, B},\n    c as d,\n};");
    assert_eq!(circles(&[a, ("m/b.rs", "fn f() -> super::a::A {}")]), ["m::a m::b"]);
    assert_eq!(
        circles(&[a, ("m/b.rs", ""), ("m/c.rs", "use crate::m::a::A;")]),
        ["m::a m::c"]
    );
    let shown = ("m/mod.rs", "mod a;\npub use a::A as Shown;\n");
    assert_eq!(circles(&[shown, a, ("m/b.rs", "use super::Shown;")]), ["m::a m::b"]);
    assert_eq!(circles(&[shown, ("m/a.rs", "use super::Other;")]), [""; 0]);
    let three = [
        ("a.rs", "use crate::b::B;"),
        ("b.rs", "use crate::c::C;"),
        ("c.rs", "crate::a::f()"),
    ];
    assert_eq!(circles(&three), ["a b c"]);
    assert_eq!(circles(&three[..2]), [""; 0]);
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
