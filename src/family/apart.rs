//! A baseline and what is known in, the names out that no family of others may take in.
//!
//! Two kinds stand apart. A name that is known by itself, bad or well-known, is a family of one: else an attacker could
//! draw it into a family with names that he chooses. And where creator and client of a pipe are one process (Chromium's
//! `\mojo.<pid>.…`), a client with another id is believed only if the pipe was seen to be made by the process whose id is
//! in the name.

use indexmap::IndexSet;

use super::pieces;
use crate::baseline::{Baseline, Part};
use crate::event::Kind;
use crate::knowledge::{Knowledge, PidProof, Proof};
use crate::template::Template;

/// See the module's text.
pub(super) struct Apart<'a> {
    knowledge: &'a Knowledge,
    /// Names that were made by the process whose id they hold, without ASCII case.
    answered: IndexSet<String>,
}

impl<'a> Apart<'a> {
    pub(super) fn find(baseline: &Baseline, part: Part<'_>, knowledge: &'a Knowledge) -> Self {
        let mut apart = Self {
            knowledge,
            answered: IndexSet::new(),
        };
        let images = baseline.images();
        for group in baseline.groups(part) {
            let image = images.get(group.image() as usize).copied().unwrap_or_default();
            if apart.proof(&group.template(), image) == Some(PidProof::Proved) {
                let names = group.names(Kind::Created).map(|(name, _)| name.to_ascii_lowercase());
                apart.answered.extend(names);
            }
        }
        apart
    }

    /// What the process id in the names says, where creator and client should be one process.
    fn proof(&self, template: &Template, image: &str) -> Option<PidProof> {
        let parts = template.parts();
        let look = self.knowledge.family(pieces(&parts), image)?;
        let is_user = look.is_user || self.knowledge.known_product_in_profile(image).is_some();
        (is_user && look.family.proof == Proof::Both).then_some(look.pid)
    }

    /// Whether clients of such names, by such a program, are believed only with an answer.
    pub(super) fn asks_for_an_answer(&self, template: &Template, image: &str) -> bool {
        self.proof(template, image) == Some(PidProof::NotOwn)
    }

    /// Whether the pipe was seen to be made by the process whose id its name holds.
    pub(super) fn is_answered(&self, name: &str) -> bool {
        self.answered.contains(&name.to_ascii_lowercase())
    }

    /// Whether the name is known by itself.
    pub(super) fn stands_alone(&self, name: &str) -> bool {
        let is_exact = |pipe: &crate::knowledge::Entry| pipe.pattern.is_exact();
        self.knowledge.known_bad(name).is_some() || self.knowledge.well_known(name).is_some_and(is_exact)
    }
}
