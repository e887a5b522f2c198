//! Comments that accept a finding in, which findings they accept out.
//!
//! `<!-- pipemine: accept CODE reason -->` accepts what is found with that code in the element that follows the comment, all
//! that is in it included, and in the line that the comment begins in. Before the root element it accepts the code in the
//! whole file.

use roxmltree::{Node as Xml, NodeType};

use super::Severity::Warning;
use super::{Finding, registry};
use crate::sysmon::config::Config;
use crate::sysmon::document;
use crate::sysmon::position::Places;
use crate::sysmon::reject::Place;

const MARK: &str = "pipemine:";
const WORD: &str = "accept";

/// A finding that somebody accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accepted {
    /// The finding.
    pub finding: Finding,
    /// Why, in the words of whoever accepted it.
    pub reason: String,
    /// Where that stands.
    pub place: Place,
}

/// Findings, without those that were accepted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sorted {
    /// What nobody accepted, and acceptances that accept nothing.
    pub open: Vec<Finding>,
    /// What was accepted.
    pub accepted: Vec<Accepted>,
}

struct Acceptance {
    code: String,
    reason: String,
    place: Place,
    from: Place,
    to: Place,
    is_used: bool,
}

impl Acceptance {
    fn is_of(&self, finding: &Finding) -> bool {
        let place = finding.place;
        self.code == finding.code && ((self.from <= place && place < self.to) || place.line == self.place.line)
    }
}

/// Sorts findings of `config` by what its comments accept. `is_asked` says which codes were looked for: an acceptance of
/// another one is not called unused.
#[must_use]
pub fn accept(config: &Config, findings: Vec<Finding>, is_asked: impl Fn(&str) -> bool) -> Sorted {
    let mut acceptances = acceptances(config);
    let mut sorted = Sorted::default();
    for finding in findings {
        match acceptances.iter_mut().find(|acceptance| acceptance.is_of(&finding)) {
            None => sorted.open.push(finding),
            Some(acceptance) => {
                acceptance.is_used = true;
                sorted.accepted.push(Accepted {
                    finding,
                    reason: acceptance.reason.clone(),
                    place: acceptance.place,
                });
            }
        }
    }
    let unused = acceptances
        .iter()
        .filter(|acceptance| !acceptance.is_used && is_asked(&acceptance.code) && is_asked(UNUSED));
    sorted.open.extend(unused.map(Acceptance::unused));
    super::sort(&mut sorted.open);
    sorted
}

const UNUSED: &str = "unused-acceptance";

impl Acceptance {
    fn unused(&self) -> Finding {
        let what = match registry::kind(&self.code) {
            Some(_) => format!("this accepts {}, which is not found here", self.code),
            None => format!("this accepts {}, and there is no such finding", self.code),
        };
        Finding {
            code: UNUSED,
            severity: Warning,
            place: self.place,
            item: None,
            what,
            mend: "remove the comment, or put it directly before what it is about".to_owned(),
            fix: None,
        }
    }
}

fn acceptances(config: &Config) -> Vec<Acceptance> {
    let text = config.text().as_str();
    // Nearly no config has any, and reading the file again takes time.
    if !text.contains(MARK) {
        return Vec::new();
    }
    let Ok(document) = document::parse(text) else {
        return Vec::new();
    };
    let places = Places::new(text);
    let comments = document
        .descendants()
        .filter(|node| node.node_type() == NodeType::Comment);
    comments.filter_map(|comment| acceptance(comment, &places)).collect()
}

fn acceptance(comment: Xml<'_, '_>, places: &Places<'_>) -> Option<Acceptance> {
    let said = comment
        .text()?
        .trim()
        .strip_prefix(MARK)?
        .trim_start()
        .strip_prefix(WORD)?;
    let mut words = said.split_whitespace();
    let code = words.next()?.to_owned();
    let reason = words.collect::<Vec<_>>().join(" ");
    let place = places.at(comment.range().start);
    let next = comment
        .next_siblings()
        .find(|node| node.is_element() && node.range().start > comment.range().start);
    let (from, to) = next.map_or((place, place), |next| {
        (places.at(next.range().start), places.at(next.range().end))
    });
    Some(Acceptance {
        code,
        reason,
        place,
        from,
        to,
        is_used: false,
    })
}
