//! Guards, one a file: a family in, a reason against its exclusion out, or none.
//!
//! The strictest guard decides. Every reason is kept: a person shall see all that speaks against an exclusion, and what
//! speaks for it.

mod case;
mod doubtful;
mod each_host;
mod evidence;
mod foreign_code;
mod hosted;
pub(super) mod inexpressible;
mod known_bad;
mod look_alike;
mod masquerade;
mod minority;
mod misspelt;
mod missing;
mod peers;
mod planted;
mod random;
mod remote;
mod sampled;
mod sensitive;
pub(super) mod sigma;
mod squatting;
mod stranger;
mod unknown_name;
mod writable;

use crate::baseline::Threshold;
use crate::event::Kind;
use crate::family::Family;
use crate::knowledge::{Knowledge, PidProof, Proof};
use crate::threads::by_threads;

use super::reason::{Reason, ReasonCode, Verdict};
use case::{Case, exclude, keep, review};
use peers::Peers;

type Guard = fn(&Case<'_>) -> Option<Reason>;

/// All guards, in the order in which their reasons read best.
const GUARDS: [Guard; 21] = [
    missing::guard,
    known_bad::guard,
    look_alike::guard,
    squatting::guard,
    planted::guard,
    doubtful::guard,
    masquerade::guard,
    writable::guard,
    random::guard,
    each_host::guard,
    minority::guard,
    remote::guard,
    foreign_code::guard,
    hosted::guard,
    stranger::guard,
    sensitive::guard,
    unknown_name::guard,
    inexpressible::guard,
    misspelt::guard,
    sampled::guard,
    evidence::guard,
];

/// What the guards say of each of the families of one baseline. Who makes pipes is judged before who opens them: what is
/// doubtful of the one is doubtful of the other.
pub(super) fn ask(families: &[Family], knowledge: &Knowledge, threshold: Threshold) -> Vec<Vec<Reason>> {
    let mut peers = Peers::of(families, knowledge, threshold);
    let ask = |kind: Kind, peers: &Peers| {
        by_threads(families.len(), |index| {
            let family = families.get(index).filter(|family| family.kind == kind)?;
            let case = Case {
                family,
                peers,
                knowledge,
                threshold,
            };
            Some(GUARDS.iter().filter_map(|guard| guard(&case)).collect())
        })
    };
    let mut reasons: Vec<Option<Vec<Reason>>> = ask(Kind::Created, &peers);
    peers.doubt(families, &reasons);
    let of_clients = ask(Kind::Connected, &peers);
    for (reasons, of_client) in reasons.iter_mut().zip(of_clients) {
        *reasons = reasons.take().or(of_client);
    }
    reasons.into_iter().map(Option::unwrap_or_default).collect()
}

/// What the guards say of parts of these families, each as if it alone stood by itself beside them.
pub(super) fn ask_about(
    families: &[Family],
    parts: &[Family],
    knowledge: &Knowledge,
    threshold: Threshold,
) -> Vec<Vec<Reason>> {
    let mut peers = Peers::of(families, knowledge, threshold);
    let ask = |family: &Family, peers: &Peers| -> Vec<Reason> {
        let case = Case {
            family,
            peers,
            knowledge,
            threshold,
        };
        GUARDS.iter().filter_map(|guard| guard(&case)).collect()
    };
    let of_makers = by_threads(families.len(), |index| {
        let family = families.get(index).filter(|family| family.kind == Kind::Created)?;
        Some(ask(family, &peers))
    });
    peers.doubt(families, &of_makers);
    parts.iter().map(|part| ask(part, &peers)).collect()
}

/// Whether all that is said against a candidate is that it was not seen widely enough.
pub(crate) fn lacks_evidence_alone(reasons: &[Reason]) -> bool {
    let mut objections = reasons.iter().filter(|reason| reason.verdict != Verdict::Exclude);
    objections.all(|reason| reason.code == ReasonCode::Evidence)
}
