//! What a guard looks at, and how it answers.

use super::peers::Peers;
use crate::baseline::Threshold;
use crate::draft::reason::{Reason, ReasonCode, Verdict};
use crate::event::Kind;
use crate::family::{self, Family, Shape};
use crate::knowledge::{FamilyMatch, Knowledge, PidProof, Piece, Proof};
use crate::template::Template;

/// What a guard looks at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Case<'a> {
    pub(super) family: &'a Family,
    /// What the other families say of it.
    pub(super) peers: &'a Peers,
    pub(super) knowledge: &'a Knowledge,
    pub(super) threshold: Threshold,
}

pub(super) fn keep(code: ReasonCode, text: String) -> Option<Reason> {
    Some(Reason::new(code, Verdict::Keep, text))
}

pub(super) fn review(code: ReasonCode, text: String) -> Option<Reason> {
    Some(Reason::new(code, Verdict::Review, text))
}

pub(super) fn exclude(code: ReasonCode, text: String) -> Option<Reason> {
    Some(Reason::new(code, Verdict::Exclude, text))
}

impl<'a> Case<'a> {
    /// The known family that a template looks like, as this family's images use it; the least trustworthy of several. A name
    /// that stands alone is known by itself too: what looks variable in it is the same for all (`\FlexNet …<guid>`).
    pub(super) fn look(&self, template: &Template) -> Option<FamilyMatch<'a>> {
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
    pub(super) fn is_well_known(&self) -> bool {
        self.names_all(|name| {
            self.knowledge
                .well_known(name)
                .is_some_and(|pipe| !pipe.owners.is_empty())
        })
    }

    /// Whether each pipe is created here by the program of Windows that owns it.
    pub(super) fn is_created_by_owner(&self) -> bool {
        self.family.kind == Kind::Created
            && self.names_all(|name| {
                self.family
                    .images
                    .iter()
                    .all(|image| self.knowledge.is_owner(name, image))
            })
    }

    /// Whether the names are those of a known kind of software, and the images are of it.
    pub(super) fn is_own_family(&self) -> bool {
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
    pub(super) fn is_service_socket(&self) -> bool {
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
    pub(super) fn is_client_of_known_service(&self) -> bool {
        self.family.kind == Kind::Connected && self.names_all(|name| self.peers.is_served(name))
    }

    /// Whether the names are of families that hold no process id.
    pub(super) fn is_without_pid(&self) -> bool {
        let mut looks = self.family.templates.iter().map(|template| self.look(template));
        looks.all(|look| look.is_some_and(|look| look.family.proof == Proof::None))
    }

    /// Whether all images are those of known products in their users' profiles.
    pub(super) fn is_product_in_profile(&self) -> bool {
        self.family
            .images
            .iter()
            .all(|image| self.knowledge.known_product_in_profile(image).is_some())
    }

    pub(super) fn names_all(&self, holds: impl Fn(&str) -> bool) -> bool {
        !self.family.names.is_empty() && self.family.names.iter().all(|name| holds(name))
    }

    pub(super) fn is_in_windows(&self) -> bool {
        self.family.images.iter().any(|image| {
            let windows = r"C:\Windows\";
            image
                .get(..windows.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(windows))
        })
    }
}
