//! A temporary folder, runs of the built program in it, and readable assertions on what they gave.

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value as Json;
use tempfile::TempDir;

/// A config that excludes by names alone, as guides advise it.
pub(crate) const NAMES_ALONE: &str = r#"<Sysmon schemaversion="4.22">
  <EventFiltering>
    <RuleGroup name="names alone" groupRelation="or">
      <PipeEvent onmatch="exclude">
        <Rule groupRelation="or">
          <!-- Windows -->
          <PipeName condition="is">\ntapvsrq</PipeName>
          <PipeName condition="is">\srvsvc</PipeName>
          <PipeName condition="is">\wkssvc</PipeName>
          <PipeName condition="is">\lsass</PipeName>
          <PipeName condition="is">\winreg</PipeName>
          <PipeName condition="is">\spoolss</PipeName>
          <PipeName condition="contains">Anonymous Pipe</PipeName>
          <Image condition="is">c:\windows\system32\inetsrv\w3wp.exe</Image>
          <!-- SQL Server -->
          <PipeName condition="is">\SQLLocal\MSSQLSERVER</PipeName>
          <Image condition="is">Program Files (x86)\Microsoft SQL Server\110\DTS\binn\dtexec.exe</Image>
        </Rule>
      </PipeEvent>
    </RuleGroup>
  </EventFiltering>
</Sysmon>
"#;

/// The formats of a report, as `--format` names them.
pub(crate) const FORMATS: [&str; 4] = ["table", "csv", "json", "jsonl"];

/// The program (that of `PIPEMINE_PROGRAM`, where another one is to be tested), with nothing of the environment that changes
/// what it prints.
pub(crate) fn pipemine() -> Command {
    let program = std::env::var_os("PIPEMINE_PROGRAM").unwrap_or_else(|| env!("CARGO_BIN_EXE_pipemine").into());
    let mut command = Command::new(program);
    command
        .stdin(Stdio::null())
        .env_remove("COLUMNS")
        .env_remove("NO_COLOR");
    command
}

/// A folder of one test, gone when it is dropped. Runs happen in it, so that paths in messages are short.
pub(crate) struct Folder(TempDir);

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A folder that holds one log.
    pub(crate) fn with(name: &str, log: pipemine_testdata::Log) -> Self {
        let folder = Self::new();
        folder.write(name, log.into_bytes());
        folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes a file, and the folders on the way to it.
    pub(crate) fn write(&self, name: &str, content: impl AsRef<[u8]>) -> &Self {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
        self
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap()
    }

    /// The names of all files in the folder itself, sorted.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.0.path()).unwrap();
        let mut names: Vec<String> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    /// Runs the program with these arguments, and waits for its end.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_by(args, &mut pipemine())
    }

    /// As [`Folder::run`], with a command that was prepared.
    pub(crate) fn run_by(&self, args: &[&str], command: &mut Command) -> Run {
        let output = command.args(args).current_dir(self.0.path()).output().unwrap();
        Run {
            command: args.join(" "),
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("messages are UTF-8"),
        }
    }
}

/// What a run of the program gave.
pub(crate) struct Run {
    command: String,
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: String,
}

impl Run {
    /// Asserts how it ended.
    #[track_caller]
    pub(crate) fn exits(self, code: i32) -> Self {
        assert!(self.code == Some(code), "it should exit with {code}\n{self}");
        self
    }

    /// Asserts that it said nothing on standard error.
    #[track_caller]
    pub(crate) fn quietly(self) -> Self {
        assert!(self.stderr.is_empty(), "it should say nothing\n{self}");
        self
    }

    /// Asserts that it said this one line on standard error, and nothing else.
    #[track_caller]
    pub(crate) fn says(self, line: &str) -> Self {
        let said: Vec<&str> = self.stderr.lines().collect();
        assert!(said == [line], "it should say just\n{line}\n{self}");
        self
    }

    /// Asserts that one line on standard error has all of these in it, and that there is no other line.
    #[track_caller]
    pub(crate) fn says_in_one_line(self, parts: &[&str]) -> Self {
        let one = self.stderr.lines().count() == 1;
        let all = parts.iter().all(|part| self.stderr.contains(part));
        assert!(one && all, "it should say {parts:?} in one line\n{self}");
        self
    }

    /// Asserts that it wrote nothing to standard output.
    #[track_caller]
    pub(crate) fn prints_nothing(self) -> Self {
        assert!(self.stdout.is_empty(), "it should print nothing\n{self}");
        self
    }

    pub(crate) fn stderr(&self) -> &str {
        &self.stderr
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.stdout
    }

    /// What it printed.
    #[track_caller]
    pub(crate) fn stdout(&self) -> String {
        String::from_utf8(self.stdout.clone()).expect("output is UTF-8")
    }

    /// What it printed, as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Json {
        match serde_json::from_slice(&self.stdout) {
            Ok(json) => json,
            Err(error) => panic!("it should print JSON: {error}\n{self}"),
        }
    }

    /// The events of each pair in what it printed as JSON.
    #[track_caller]
    pub(crate) fn pairs(&self) -> Pairs {
        let mut pairs = Pairs::new();
        for row in self.json()["pairs"].as_array().unwrap() {
            let text = |member: &str| row[member].as_str().unwrap();
            let events = row["count"].as_u64().unwrap();
            let before = pairs.insert(pair(text("pipe_name"), text("image")), events);
            assert_eq!(before, None, "a pair has one row: {row}");
        }
        pairs
    }
}

impl fmt::Display for Run {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let code = self.code.map_or("a signal".to_owned(), |code| code.to_string());
        let stdout = String::from_utf8_lossy(&self.stdout);
        writeln!(f, "pipemine {} ended with {code}", self.command)?;
        writeln!(f, "--- standard output\n{}", stdout.get(..4_000).unwrap_or(&stdout))?;
        writeln!(f, "--- standard error\n{}", self.stderr)
    }
}

/// Events of each pair: pipe name and image, ASCII case folded.
pub(crate) type Pairs = BTreeMap<(String, String), u64>;

/// The key of a pair, as Sysmon compares it.
pub(crate) fn pair(pipe_name: &str, image: &str) -> (String, String) {
    (pipe_name.to_ascii_lowercase(), image.to_ascii_lowercase())
}

/// The differences of two sets of pairs, for people; empty where there are none.
pub(crate) fn differences(found: &Pairs, expected: &Pairs) -> String {
    let mut text = String::new();
    for key in found
        .keys()
        .chain(expected.keys().filter(|key| !found.contains_key(*key)))
    {
        let (found, expected) = (found.get(key), expected.get(key));
        if found != expected {
            let count = |count: Option<&u64>| count.map_or("no".to_owned(), u64::to_string);
            text += &format!("{} events instead of {} of {:?}\n", count(found), count(expected), key);
        }
    }
    text
}

/// A file or folder of the real logs that `PIPEMINE_REAL_LOGS` names; they are not part of the project. Says that a test is
/// skipped where it names none.
pub(crate) fn real_logs(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("PIPEMINE_REAL_LOGS") else {
        say(&format!(
            "skipped: the real logs of {}; PIPEMINE_REAL_LOGS names none",
            test()
        ));
        return None;
    };
    let path = Path::new(&folder).join(name);
    assert!(path.exists(), "PIPEMINE_REAL_LOGS: there is no {}", path.display());
    Some(path)
}

/// `few`, or `many` where `PIPEMINE_SLOW_TESTS` is set. Says so, since the test promises less with few.
pub(crate) fn few_or_many<T>(few: T, many: T) -> T {
    if std::env::var_os("PIPEMINE_SLOW_TESTS").is_some() {
        return many;
    }
    say(&format!("small: {}; PIPEMINE_SLOW_TESTS=1 runs all of it", test()));
    few
}

/// The name of the test that runs.
fn test() -> String {
    std::thread::current().name().unwrap_or("a test").to_owned()
}

/// Tells a person, although the test passes: what `eprintln` writes is only shown where it fails.
#[expect(clippy::explicit_write, reason = "see above")]
fn say(what: &str) {
    writeln!(std::io::stderr(), "{what}").unwrap();
}

/// All files below a folder, sorted.
pub(crate) fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
