//! A family in, a candidate out: whether it may be excluded, with all of the reasons.

pub use super::reason::{Reason, ReasonCode, Verdict};

use super::guards;
use crate::baseline::Threshold;
use crate::family::{Family, pieces};
use crate::knowledge::{Knowledge, Whose, Witness};
use crate::template::Template;

/// A family that was considered for exclusion.
#[derive(Debug, Clone)]
pub struct Candidate {
    /// What it is about.
    pub family: Family,
    /// Whose its pipe is by the name, and its program by the place.
    pub whose: Whose,
    /// What becomes of it.
    pub verdict: Verdict,
    /// All reasons, those that decide first.
    pub reasons: Vec<Reason>,
    /// Whether the config that the draft is for drops all of it already: it needs no rule.
    pub is_covered: bool,
    /// Whether a person decided that its rule is for any user's profile, and not only for those that were seen.
    pub opens_users: bool,
    /// Whether it is what a decision on a family leaves of it, since none of these names was seen widely by itself.
    pub is_left_over: bool,
}

impl Candidate {
    /// Adds a reason; the strictest decides.
    pub(super) fn object(&mut self, reason: Reason) {
        self.verdict = self.verdict.max(reason.verdict);
        let after = self.reasons.partition_point(|other| other.verdict >= reason.verdict);
        self.reasons.insert(after, reason);
    }

    /// What the guards say: before anybody decided, and before rules were written and tested.
    #[must_use]
    pub fn said_by_guards(&self) -> Verdict {
        let of_guards = self.reasons.iter().filter(|reason| reason.code.is_of_guard());
        of_guards.map(|reason| reason.verdict).max().unwrap_or(Verdict::Keep)
    }

    /// Whether what attackers use is this very pair, and guards leave it to a person: who decides to exclude it knows.
    #[must_use]
    pub fn leaves_to_a_person(&self, witness: &Witness<'_>) -> bool {
        let family = &self.family;
        let is_its_name = |name: &str| name.eq_ignore_ascii_case(&witness.pipe_name);
        family.kind == witness.event
            && family.name.exact().is_some_and(is_its_name)
            && family
                .images
                .iter()
                .any(|image| image.eq_ignore_ascii_case(witness.image))
            && self.said_by_guards() == Verdict::Review
    }

    /// One line that names it: `\mojo.<pid>.<n>.<n> created by C:\…\chrome.exe`.
    #[must_use]
    pub fn title(&self) -> String {
        let did = match self.family.kind {
            crate::event::Kind::Created => "created by",
            crate::event::Kind::Connected => "opened by",
        };
        format!("{} {did} {}", self.family.name, self.family.image)
    }
}

/// Asks every guard about every family.
#[must_use]
pub fn judge(families: Vec<Family>, knowledge: &Knowledge, threshold: Threshold) -> Vec<Candidate> {
    let reasons = guards::ask(&families, knowledge, threshold);
    families
        .into_iter()
        .zip(reasons)
        .map(|(family, reasons)| of_reasons(family, reasons, knowledge))
        .collect()
}

/// A family with what guards say of it.
pub(super) fn of_reasons(family: Family, mut reasons: Vec<Reason>, knowledge: &Knowledge) -> Candidate {
    reasons.sort_by_key(|reason| std::cmp::Reverse(reason.verdict));
    let verdict = reasons.first().map_or(Verdict::Keep, |reason| reason.verdict);
    Candidate {
        whose: whose(&family, knowledge),
        family,
        verdict,
        reasons,
        is_covered: false,
        opens_users: false,
        is_left_over: false,
    }
}

/// By the first of its names and images: all have one shape.
fn whose(family: &Family, knowledge: &Knowledge) -> Whose {
    let (Some(name), Some(image)) = (family.names.first(), family.images.first()) else {
        return Whose::default();
    };
    let parts = family.templates.first().map(Template::parts).unwrap_or_default();
    knowledge.whose(pieces(&parts), name, image)
}
