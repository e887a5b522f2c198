//! What one of the team's Sigma rules fires on stays logged, or the detection would fall asleep.

use crate::draft::candidate::Candidate;
use crate::draft::reason::{Reason, ReasonCode, Verdict};
use crate::sigma::Watch;

/// Whether all that is said against a candidate is that Sigma rules fire on it.
pub(in crate::draft) fn is_alone(reasons: &[Reason]) -> bool {
    let mut objections = reasons
        .iter()
        .filter(|reason| reason.verdict != Verdict::Exclude)
        .peekable();
    objections.peek().is_some() && objections.all(|reason| reason.code == ReasonCode::Sigma)
}

/// Keeps every candidate that a rule fires on.
pub(in crate::draft) fn guard(candidates: &mut [Candidate], watch: &Watch<'_>) {
    for candidate in candidates {
        let family = &candidate.family;
        let pairs = family
            .names
            .iter()
            .flat_map(|name| family.images.iter().map(move |image| (name, image)));
        let mut fired = pairs.filter_map(|(name, image)| Some((name, watch.first(family.kind, name, image)?)));
        let Some((name, rule)) = fired.next() else { continue };
        let text = format!("Your Sigma rule {} fires on it ({name}).", rule.name());
        candidate.object(Reason::new(ReasonCode::Sigma, Verdict::Keep, text));
    }
}
