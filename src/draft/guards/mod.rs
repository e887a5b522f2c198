//! Guards, one a file: a family in, a reason against its exclusion out, or none.
//!
//! The strictest guard decides. Every reason is kept: a person shall see all that speaks against an exclusion, and what
//! speaks for it.

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
use crate::family::{self, Family, Shape};
use crate::knowledge::{FamilyMatch, Knowledge, PidProof, Piece, Proof};
use crate::template::Template;
use crate::threads::by_threads;

use super::reason::{Reason, ReasonCode, Verdict};
use peers::Peers;

/// What a guard looks at.
#[derive(Debug, Clone, Copy)]
struct Case<'a> {
    family: &'a Family,
    /// What the other families say of it.
    peers: &'a Peers,
    knowledge: &'a Knowledge,
    threshold: Threshold,
}

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

/// Whether all that is said against a candidate is that it was not seen widely enough.
pub(crate) fn lacks_evidence_alone(reasons: &[Reason]) -> bool {
    let mut objections = reasons.iter().filter(|reason| reason.verdict != Verdict::Exclude);
    objections.all(|reason| reason.code == ReasonCode::Evidence)
}

fn keep(code: ReasonCode, text: String) -> Option<Reason> {
    Some(Reason::new(code, Verdict::Keep, text))
}

fn review(code: ReasonCode, text: String) -> Option<Reason> {
    Some(Reason::new(code, Verdict::Review, text))
}

fn exclude(code: ReasonCode, text: String) -> Option<Reason> {
    Some(Reason::new(code, Verdict::Exclude, text))
}

impl<'a> Case<'a> {
    /// The known family that a template looks like, as this family's images use it; the least trustworthy of several. A name
    /// that stands alone is known by itself too: what looks variable in it is the same for all (`\FlexNet …<guid>`).
    fn look(&self, template: &Template) -> Option<FamilyMatch<'a>> {
        let parts = template.parts();
        let whole = |image: &str| match &self.family.name {
            Shape::Exact(name) => self.knowledge.family([Piece::Text(name)], image),
            _ => None,
        };
        let is_own =
            |look: &FamilyMatch<'_>| look.is_user && look.family.group.is_some() && look.family.proof == Proof::None;
        let looks = self.family.images.iter().map(|image| {
            let by_name = whole(image).filter(is_own);
            by_name.or_else(|| self.knowledge.family(family::pieces(&parts), image))
        });
        looks
            .collect::<Option<Vec<_>>>()?
            .into_iter()
            .min_by_key(|look| look.is_user)
    }

    /// Whether the name is a pipe that some program of Windows is known to make; of several names, all of them.
    fn is_well_known(&self) -> bool {
        self.names_all(|name| {
            self.knowledge
                .well_known(name)
                .is_some_and(|pipe| !pipe.owners.is_empty())
        })
    }

    /// Whether each pipe is created here by the program of Windows that owns it.
    fn is_created_by_owner(&self) -> bool {
        self.family.kind == Kind::Created
            && self.names_all(|name| {
                self.family
                    .images
                    .iter()
                    .all(|image| self.knowledge.is_owner(name, image))
            })
    }

    /// Whether the names are those of a known kind of software, and the images are of it.
    fn is_own_family(&self) -> bool {
        !self.family.templates.is_empty()
            && self.family.templates.iter().all(|template| {
                self.look(template).is_some_and(|look| {
                    let proved = look.family.proof == Proof::None
                        || self.family.kind == Kind::Connected
                        || look.pid == PidProof::Proved;
                    look.is_user && look.family.group.is_some() && proved
                })
            })
    }

    /// Whether these are the sockets of a service of Windows, which hold the id of the process that made them.
    fn is_service_socket(&self) -> bool {
        const SOCKET: &str = r"\Winsock2\CatalogChangeListener-";
        self.family.kind == Kind::Created
            && !self.family.templates.is_empty()
            && self.family.templates.iter().all(|template| {
                self.look(template)
                    .is_some_and(|look| look.pid == PidProof::Proved && look.family.pattern.literal_prefix() == SOCKET)
            })
            && self.family.images.iter().all(|image| self.knowledge.owns_a_pipe(image))
    }

    /// Whether a client opens what a known service, whose own family of names it is, was seen to make.
    fn is_client_of_known_service(&self) -> bool {
        self.family.kind == Kind::Connected && self.names_all(|name| self.peers.is_served(name))
    }

    /// Whether the names are of families that hold no process id.
    fn is_without_pid(&self) -> bool {
        let mut looks = self.family.templates.iter().map(|template| self.look(template));
        looks.all(|look| look.is_some_and(|look| look.family.proof == Proof::None))
    }

    /// Whether all images are those of known products in their users' profiles.
    fn is_product_in_profile(&self) -> bool {
        self.family
            .images
            .iter()
            .all(|image| self.knowledge.known_product_in_profile(image).is_some())
    }

    fn names_all(&self, holds: impl Fn(&str) -> bool) -> bool {
        !self.family.names.is_empty() && self.family.names.iter().all(|name| holds(name))
    }

    fn is_in_windows(&self) -> bool {
        self.family.images.iter().any(|image| {
            let windows = r"C:\Windows\";
            image
                .get(..windows.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(windows))
        })
    }
}
