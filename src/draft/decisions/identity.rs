//! The pipe and the image of a line in, whether a candidate is what was meant out: not how that day's logs spelled it.
//!
//! - An image stays the same program in a folder of another version, user, GUID or instance.
//! - A name without a variable is that name. A name with variables covers every template whose names it holds too
//!   (`\mojo.<n>.<n>.<n>` covers `\mojo.<pid>.<n>.<n>`, whose process id is a number; not the other way round, since a
//!   proved process id says more).
//!
//! What 0.1.0 wrote is read as it stands there, without case.

use std::fmt;

use crate::family::{Family, Shape, is_made_anew};
use crate::template::{Part, Template, Variable};

/// The pipe of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PipeName {
    text: String,
    symbols: Vec<Symbol>,
}

/// A part of a name: a character without ASCII case, or what varies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Symbol {
    Char(char),
    Variable(Variable),
    /// `<*>`: any text.
    Any,
}

/// How `<` of a name that has it is written where it would read as a variable.
const LESS_THAN: &str = "<lt>";

const VARIABLES: [Variable; 7] = [
    Variable::Pid,
    Variable::PidHex,
    Variable::Guid,
    Variable::Number,
    Variable::Ticks,
    Variable::Hex,
    Variable::Random,
];

/// What a text in angle brackets begins with, if it is a variable's, and how long it is.
fn mark(text: &str) -> Option<(Symbol, usize)> {
    if text.starts_with("<*>") {
        return Some((Symbol::Any, 3));
    }
    VARIABLES.into_iter().find_map(|variable| {
        let word = variable.word();
        let rest = text.strip_prefix('<')?;
        let head = rest.get(..word.len())?;
        (head.eq_ignore_ascii_case(word) && rest.get(word.len()..)?.starts_with('>'))
            .then_some((Symbol::Variable(variable), word.len() + 2))
    })
}

impl PipeName {
    pub(super) fn parse(text: &str) -> Self {
        let mut symbols = Vec::new();
        let mut rest = text;
        while let Some(c) = rest.chars().next() {
            let (symbol, length) = if rest.starts_with(LESS_THAN) {
                (Symbol::Char('<'), LESS_THAN.len())
            } else {
                mark(rest).unwrap_or((Symbol::Char(c.to_ascii_lowercase()), c.len_utf8()))
            };
            symbols.push(symbol);
            rest = rest.get(length..).unwrap_or_default();
        }
        Self {
            text: text.to_owned(),
            symbols,
        }
    }

    /// Whether it is one name.
    pub(super) fn is_exact(&self) -> bool {
        self.symbols.iter().all(|symbol| matches!(symbol, Symbol::Char(_)))
    }

    /// Whether it holds a part of which nothing is said.
    pub(super) fn is_open(&self) -> bool {
        self.symbols.contains(&Symbol::Any)
    }

    /// Whether it is all of a family that was meant.
    pub(super) fn is_of(&self, family: &Family) -> bool {
        match &family.name {
            Shape::Exact(name) => self.is_of_name(name, family.evidence.spread().hosts >= 2),
            Shape::Affixes { shown, .. } => {
                shown.eq_ignore_ascii_case(&self.text)
                    || (!self.is_exact()
                        && !family.templates.is_empty()
                        && family.templates.iter().all(|template| self.is_of_template(template)))
            }
        }
    }

    /// Whether a name is the one that was meant, or one of those. A name that is made anew each time, and is the same on
    /// several hosts, is none of a family that it looks like.
    pub(super) fn is_of_name(&self, name: &str, is_of_several_hosts: bool) -> bool {
        let symbols: Vec<Symbol> = name.chars().map(|c| Symbol::Char(c.to_ascii_lowercase())).collect();
        if self.is_exact() {
            return self.symbols == symbols;
        }
        !(is_of_several_hosts && is_made_anew(name)) && holds(&self.symbols, &symbols)
    }

    /// Whether all names of a template are such as were meant.
    pub(super) fn is_of_template(&self, template: &Template) -> bool {
        if self.is_exact() {
            return false;
        }
        let symbols: Vec<Symbol> = template
            .parts()
            .into_iter()
            .flat_map(|part| match part {
                Part::Text(text) => text.chars().map(|c| Symbol::Char(c.to_ascii_lowercase())).collect(),
                Part::Variable(variable) => vec![Symbol::Variable(variable)],
            })
            .collect();
        holds(&self.symbols, &symbols)
    }
}

/// Whether a pattern holds a text: each variable at least one symbol that it can be made of, all else the same.
fn holds(pattern: &[Symbol], text: &[Symbol]) -> bool {
    // Reachable places of the text behind each symbol of the pattern.
    let mut places = vec![false; text.len() + 1];
    places[0] = true;
    for symbol in pattern {
        let mut next = vec![false; text.len() + 1];
        let mut is_inside = false;
        for (at, of_text) in text.iter().enumerate() {
            let fits = takes(*symbol, *of_text);
            let goes_on = !matches!(symbol, Symbol::Char(_)) && is_inside;
            is_inside = fits && (places[at] || goes_on);
            next[at + 1] = is_inside;
        }
        places = next;
    }
    places.last() == Some(&true)
}

/// Whether what a symbol of a pattern stands for can be made of a symbol of a text.
fn takes(pattern: Symbol, text: Symbol) -> bool {
    use Variable::{Guid, Hex, Number, Pid, PidHex, Random, Ticks};
    match (pattern, text) {
        (Symbol::Any, _) => true,
        (Symbol::Char(a), Symbol::Char(b)) => a == b,
        (Symbol::Variable(variable), Symbol::Char(c)) => match variable {
            Number => c.is_ascii_digit(),
            Hex => c.is_ascii_hexdigit(),
            Random => c.is_ascii_alphanumeric(),
            Pid | PidHex | Guid | Ticks => false,
        },
        (Symbol::Variable(variable), Symbol::Variable(other)) => {
            variable == other
                || match variable {
                    Number => matches!(other, Pid | Ticks),
                    Hex => matches!(other, Pid | PidHex | Number | Ticks),
                    Random => matches!(other, Pid | PidHex | Number | Ticks | Hex),
                    Pid | PidHex | Guid | Ticks => false,
                }
        }
        (Symbol::Char(_) | Symbol::Variable(_), _) => false,
    }
}

/// A name as a line of the file holds it.
#[must_use]
pub fn written(shape: &Shape) -> String {
    match shape {
        Shape::Affixes { shown, .. } => shown.clone(),
        Shape::Exact(name) => {
            let mut text = String::with_capacity(name.len());
            for (at, c) in name.char_indices() {
                let rest = name.get(at..).unwrap_or_default();
                if c == '<' && (mark(rest).is_some() || rest.starts_with(LESS_THAN)) {
                    text.push_str(LESS_THAN);
                } else {
                    text.push(c);
                }
            }
            text
        }
    }
}

/// The image of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ImageName {
    text: String,
    program: String,
}

impl ImageName {
    pub(super) fn parse(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            program: program(text),
        }
    }

    pub(super) fn is_of(&self, family: &Family) -> bool {
        family.image.to_string().eq_ignore_ascii_case(&self.text)
            || (!family.images.is_empty() && family.images.iter().all(|image| program(image) == self.program))
    }
}

/// A program whatever its version, user, GUID or instance: folders that are such are written alike. Without ASCII case.
#[must_use]
pub fn program(image: &str) -> String {
    let mut folders: Vec<String> = image.split('\\').map(str::to_ascii_lowercase).collect();
    let last = folders.len().saturating_sub(1);
    let is_in_windows = folders.get(1).is_some_and(|folder| folder == "windows");
    for depth in 1..last {
        let is_of_user = depth == 2 && folders.get(1).is_some_and(|folder| folder == "users");
        if let Some(folder) = folders.get_mut(depth) {
            if is_of_user {
                "<user>".clone_into(folder);
            } else if !is_in_windows && let Some(same) = varying(folder) {
                *folder = same;
            }
        }
    }
    folders.join("\\")
}

/// The programs that are this one in any user's profile, whatever their version; `None` where it lies in none.
pub(super) fn of_any_user(image: &str) -> Option<Shape> {
    let mut folders: Vec<&str> = image.split('\\').collect();
    let file = folders.pop()?;
    if folders.len() < 4 || !folders.get(1)?.eq_ignore_ascii_case("Users") {
        return None;
    }
    let (mut shown, mut literals, mut text) = (Vec::new(), Vec::new(), String::new());
    for (depth, folder) in folders.iter().enumerate() {
        let word = match depth {
            2 => Some("<user>"),
            _ => is_version(folder).then_some("<version>"),
        };
        shown.push(word.unwrap_or(folder));
        match word {
            Some(_) => literals.push(std::mem::replace(&mut text, String::from('\\'))),
            None => {
                text.push_str(folder);
                text.push('\\');
            }
        }
    }
    text.push_str(file);
    shown.push(file);
    let begin = literals.remove(0);
    Some(Shape::Affixes {
        begin,
        middle: literals,
        end: text,
        shown: shown.join("\\"),
    })
}

/// What a folder is that is another one in each version, installation or instance.
fn varying(folder: &str) -> Option<String> {
    if folder == "<user>" || folder == "<guid>" {
        return Some(folder.to_owned());
    }
    if folder == "<version>" || is_version(folder) {
        return Some("<version>".to_owned());
    }
    if is_guid(folder.trim_start_matches('{').trim_end_matches('}')) {
        return Some("<guid>".to_owned());
    }
    // A packaged app: Contoso.App_1.2.3_x64__8wekyb3d8bbwe.
    if let [name, version, rest @ ..] = folder.split('_').collect::<Vec<_>>().as_slice()
        && rest.len() >= 2
        && is_version(version)
    {
        return Some(format!("{name}_<version>_{}", rest.join("_")));
    }
    // An instance of SQL Server: MSSQL15.SQLEXPRESS.
    let (head, instance) = folder.split_once('.')?;
    let product = ["mssql", "msas", "msrs"]
        .into_iter()
        .find(|product| head.starts_with(product))?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit() || b == b'_');
    (is_number(head.get(product.len()..)?) && !instance.is_empty()).then(|| format!("{product}<instance>"))
}

fn is_version(folder: &str) -> bool {
    let number = match folder.split_once('-') {
        Some((word, number)) if !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphabetic()) => number,
        _ => folder,
    };
    let number = number.split_once('-').map_or(number, |(number, _)| number);
    let parts: Vec<&str> = number.split('.').collect();
    parts.len() >= 2
        && parts
            .iter()
            .all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
}

fn is_guid(text: &str) -> bool {
    let lengths: Vec<usize> = text.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12] && text.bytes().all(|b| b == b'-' || b.is_ascii_hexdigit())
}

impl fmt::Display for PipeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Display for ImageName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_of(line: &str, name: &str, pid: u32) -> bool {
        PipeName::parse(line).is_of_template(&Template::of(name, Some(pid)))
    }

    #[test]
    fn a_template_covers_those_whose_names_it_holds() {
        for (line, name, pid) in [
            (r"\mojo.<n>.<n>.<n>", r"\mojo.1.2.3", 9),
            (r"\MOJO.<n>.<n>.<n>", r"\mojo.4204.2.3", 4204),
            (r"\mojo.<n>.<n>.<n>", r"\mojo.1.2.132362371046452983", 9),
            (r"\x-<hex>-sock", r"\x-1234567-sock", 9),
            (r"\x-<hex>-sock", r"\x-12ab34ef0123-sock", 9),
            (r"\openme-<*>", r"\openme-7", 9),
        ] {
            assert!(is_of(line, name, pid), "{line} {name}");
        }
        for (line, name, pid) in [
            (r"\mojo.<pid>.<n>.<n>", r"\mojo.1.2.3", 9),
            (r"\mojo.<n>.<n>.<n>", r"\mojo.1.2.x3", 9),
            (r"\mojo.<n>.<n>.<n>", r"\mojo.1.2.3.4", 9),
            (r"\mojo.<n>.<n>", r"\mojo.1.2.", 9),
            (r"\openme-7", r"\openme-7", 9),
        ] {
            assert!(!is_of(line, name, pid), "{line} {name}");
        }
    }

    #[test]
    fn a_name_that_spells_a_template_is_written_so_that_it_is_none() {
        let spelled = Shape::Exact(r"\mojo.<n>.<pid>".into());
        let line = PipeName::parse(&written(&spelled));
        assert!(line.is_exact() && line.is_of_name(r"\mojo.<n>.<pid>", false));
        assert!(!PipeName::parse(r"\mojo.<n>.<pid>").is_of_name(r"\mojo.<n>.<pid>", false));
        assert_eq!(written(&Shape::Exact("<Anonymous Pipe>".into())), "<Anonymous Pipe>");
    }

    #[test]
    fn a_program_of_any_user_lies_in_the_same_folders_of_each() {
        let slack = of_any_user(r"C:\Users\alice\AppData\Local\slack\app-4.36.140\slack.exe").unwrap();
        let Shape::Affixes {
            begin,
            middle,
            end,
            shown,
        } = &slack
        else {
            panic!("it varies")
        };
        assert_eq!((begin.as_str(), end.as_str()), (r"C:\Users\", r"\slack.exe"));
        assert_eq!(middle, &[r"\AppData\Local\slack\"]);
        assert_eq!(shown, r"C:\Users\<user>\AppData\Local\slack\<version>\slack.exe");
        assert!(of_any_user(r"C:\Program Files\slack\slack.exe").is_none());
        assert!(
            of_any_user(r"C:\Users\alice\x.exe").is_none(),
            "that is any program of this name"
        );
    }

    #[test]
    fn a_program_is_the_same_in_the_folder_of_another_version_or_user() {
        for (a, b) in [
            (
                r"C:\Users\alice\AppData\Local\slack\app-4.36.140\slack.exe",
                r"c:\users\Bob\appdata\local\slack\app-4.37.0\slack.exe",
            ),
            (
                r"C:\Users\<user>\AppData\Local\slack\<version>\slack.exe",
                r"C:\Users\bob\AppData\Local\slack\app-4.37.0\slack.exe",
            ),
            (
                r"C:\Program Files\Microsoft SQL Server\MSSQL15.A\MSSQL\Binn\sqlservr.exe",
                r"C:\Program Files\Microsoft SQL Server\MSSQL16.B\MSSQL\Binn\sqlservr.exe",
            ),
            (
                r"C:\ProgramData\x\{0f1e2d3c-0000-4000-8000-aaaaaaaaaaaa}\x.exe",
                r"C:\ProgramData\x\{ffffffff-0000-4000-8000-aaaaaaaaaaaa}\x.exe",
            ),
            (
                r"C:\Program Files\WindowsApps\A.B_1.2.3_x64__8wekyb3d8bbwe\a.exe",
                r"C:\Program Files\WindowsApps\A.B_1.3.0_x64__8wekyb3d8bbwe\a.exe",
            ),
        ] {
            assert_eq!(program(a), program(b));
        }
        for (a, b) in [
            (r"C:\Users\alice\Temp\slack.exe", r"C:\Users\alice\Downloads\slack.exe"),
            (r"C:\Windows\1.2.3\x.exe", r"C:\Windows\1.2.4\x.exe"),
            (
                r"C:\Program Files\WindowsApps\A.B_1.2.3_x64__8wekyb3d8bbwe\a.exe",
                r"C:\Program Files\WindowsApps\A.B_1.2.3_x64__q1w2e3r4t5y6u\a.exe",
            ),
            (r"C:\Program Files\A\x.exe", r"C:\Program Files\B\x.exe"),
        ] {
            assert_ne!(program(a), program(b));
        }
    }
}
