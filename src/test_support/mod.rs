//! Makes events for tests, folds them into baselines, and keeps what readers tell.

mod event;
mod gathered;
mod seen;

pub(crate) use event::{OwnedEvent, any_event, folded, owned, text};
pub(crate) use gathered::Gathered;
pub(crate) use seen::{APP, CHROME, Events, POWERSHELL, SVCHOST, baseline, verdict, verdicts};

use std::io::Write as _;
use std::path::PathBuf;

use crate::sigma::{SigmaRule, of_file};

/// A file or folder of the real logs that `PIPEMINE_REAL_LOGS` names; they are not part of the project. Says that a test is
/// skipped where it names none.
pub(crate) fn real_logs(name: &str) -> Option<PathBuf> {
    let Some(folder) = std::env::var_os("PIPEMINE_REAL_LOGS") else {
        say(|test| format!("skipped: the real logs of {test}; PIPEMINE_REAL_LOGS names none"));
        return None;
    };
    let path = PathBuf::from(folder).join(name);
    assert!(path.exists(), "PIPEMINE_REAL_LOGS: there is no {}", path.display());
    Some(path)
}

/// `few`, or `many` where `PIPEMINE_SLOW_TESTS` is set. Says so, since the test promises less with few.
pub(crate) fn few_or_many<T>(few: T, many: T) -> T {
    if std::env::var_os("PIPEMINE_SLOW_TESTS").is_some() {
        return many;
    }
    say(|test| format!("small: {test}; PIPEMINE_SLOW_TESTS=1 runs all of it"));
    few
}

/// Tells a person, although the test passes: what `eprintln` writes is only shown where it fails.
fn say(of_test: impl Fn(&str) -> String) {
    let thread = std::thread::current();
    let said = of_test(thread.name().unwrap_or("a test"));
    writeln!(std::io::stderr(), "{said}").unwrap();
}

/// A Sigma rule with this below `detection`.
pub(crate) fn sigma_rule(detection: &str) -> SigmaRule {
    let indented: Vec<String> = detection.lines().map(|line| format!("    {line}")).collect();
    let text = format!(
        "title: Test\nid: 0a1b2c3d-0000-4000-8000-000000000000\nlogsource:\n    product: windows\n    category: \
         pipe_created\ndetection:\n{}\nlevel: high\n",
        indented.join("\n")
    );
    let (mut rules, mut problems) = (Vec::new(), Vec::new());
    of_file("rule.yml", text.as_bytes(), &mut rules, &mut problems);
    assert!(problems.is_empty(), "{problems:?}\n{text}");
    rules.pop().unwrap()
}
