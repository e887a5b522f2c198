//! Makes events for tests, folds them into baselines, and keeps what readers tell.

mod event;
mod gathered;
mod seen;

pub(crate) use event::{OwnedEvent, any_event, folded, owned, text};
pub(crate) use gathered::Gathered;
pub(crate) use seen::{APP, CHROME, Events, POWERSHELL, SVCHOST, baseline, verdict, verdicts};

use crate::sigma::{SigmaRule, of_file};

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
