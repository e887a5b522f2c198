//! A baseline and what is known in, the names out that no family of others may take in.
//!
//! - A name that is known by itself, bad or well-known, is a family of one: else an attacker could draw it into a family
//!   with names that he chooses.
//! - Where creator and client of a pipe are one process (Chromium's `\mojo.<pid>.…`), a client with another id is believed
//!   only if the pipe was seen to be made by the process whose id is in the name.
//! - A client of a pipe that only programs made which anybody can put in their place, or which are disguised, is not
//!   believed, whatever the name looks like. Where pairs that made pipes were left out, any program may have made one that
//!   none which is kept was seen to make.

use indexmap::IndexSet;

use super::pieces;
use crate::baseline::{Baseline, GroupView, Part};
use crate::event::Kind;
use crate::knowledge::{Knowledge, PidProof, Proof};
use crate::normalize::fold::generous;
use crate::template::Template;

/// See the module's text.
pub(super) struct LoneNames<'a> {
    knowledge: &'a Knowledge,
    /// Names that were made by the process whose id they hold, without ASCII case.
    answered: IndexSet<String>,
    /// Names that only programs made which are not to be trusted, without the case of any letter.
    planted: IndexSet<String>,
    /// Names that programs made which are to be trusted, where it matters: where not all that made pipes are known.
    vouched: Option<IndexSet<String>>,
}

impl<'a> LoneNames<'a> {
    pub(super) fn find(baseline: &Baseline, part: Part<'_>, knowledge: &'a Knowledge) -> Self {
        let mut apart = Self {
            knowledge,
            answered: IndexSet::new(),
            planted: IndexSet::new(),
            vouched: baseline.lacks_makers().then(IndexSet::new),
        };
        let images = baseline.images();
        let is_trusted: Vec<bool> = images.iter().map(|image| apart.is_trusted(image)).collect();
        let is_trusted = |group: &GroupView<'_>| is_trusted.get(group.image() as usize) == Some(&true);
        let made = |group: &GroupView<'_>| -> Vec<String> {
            group
                .names(Kind::Created)
                .map(|(name, _)| name.to_ascii_lowercase())
                .collect()
        };
        for group in baseline.groups(part) {
            let image = images.get(group.image() as usize).copied().unwrap_or_default();
            let template = group.template();
            if template.proves_pid() && apart.proof(&template, image) == Some(PidProof::Proved) {
                apart.answered.extend(made(&group));
            }
            if !is_trusted(&group) {
                let unknown = made(&group)
                    .into_iter()
                    .filter(|name| knowledge.well_known(name).is_none());
                apart.planted.extend(unknown);
            }
        }
        if !apart.planted.is_empty() || apart.vouched.is_some() {
            for group in baseline.groups(part).filter(is_trusted) {
                for name in made(&group) {
                    apart.planted.swap_remove(&name);
                    if let Some(vouched) = &mut apart.vouched {
                        vouched.insert(name);
                    }
                }
            }
        }
        // Only now: that a trusted program made a name vouches for no other one.
        apart.planted = apart.planted.iter().map(|name| generous(name)).collect();
        apart
    }

    /// Whether only administrators can put the program where it is, or it is a known product in a profile.
    fn is_trusted(&self, image: &str) -> bool {
        let knowledge = self.knowledge;
        knowledge.known_product_in_profile(image).is_some()
            || (knowledge.masquerade(image).is_none() && knowledge.writable(image).is_none())
    }

    /// Whether only programs made the pipe that are not to be trusted.
    pub(super) fn is_planted(&self, name: &str) -> bool {
        !self.planted.is_empty() && self.planted.contains(&generous(name))
    }

    /// Whether a program may have made the pipe that was left out, and none that is to be trusted was seen to.
    pub(super) fn lacks_its_maker(&self, name: &str) -> bool {
        let is_vouched = |vouched: &IndexSet<String>| vouched.contains(&name.to_ascii_lowercase());
        let vouched = self.vouched.as_ref();
        vouched.is_some_and(|vouched| !is_vouched(vouched) && self.knowledge.well_known(name).is_none())
    }

    /// Whether such names are known, and to vary, of such a program.
    pub(super) fn knows_family(&self, template: &Template, image: &str) -> bool {
        let parts = template.parts();
        let look = self.knowledge.family(pieces(&parts), image);
        look.is_some_and(|look| look.is_user && look.family.group.is_some() && !look.family.pattern.is_exact())
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
        !template.is_literal() && self.proof(template, image) == Some(PidProof::NotOwn)
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
