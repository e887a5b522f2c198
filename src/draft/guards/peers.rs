//! The families of a baseline in, what they say of each other out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Case, Reason, Verdict};
use crate::baseline::Threshold;
use crate::event::Kind;
use crate::family::Family;
use crate::knowledge::Knowledge;
use crate::normalize::fold::generous;
use crate::normalize::pipe_name::ANONYMOUS;
use crate::threads::by_threads;

/// See the module's text. Texts are without ASCII case.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// Names that known software was seen to make, as its own family.
    served: BTreeSet<String>,
    /// Names that were made only by programs which something speaks against, with the first of these and the strictest
    /// verdict on them. Without the case of any letter.
    doubtful: BTreeMap<String, (Arc<str>, Verdict)>,
    /// By image and form of the name, the hosts that have a name of this form which no other host has.
    lonely: BTreeMap<(String, String), BTreeSet<u32>>,
    /// By image, all hosts that were seen with it.
    hosts: BTreeMap<String, BTreeSet<u32>>,
}

impl Peers {
    pub(super) fn of(families: &[Family], knowledge: &Knowledge, threshold: Threshold) -> Self {
        let mut peers = Self::default();
        let nothing = Self::default();
        let of_family = |index: usize| {
            let family = families.get(index)?;
            let case = Case {
                family,
                peers: &nothing,
                knowledge,
                threshold,
            };
            let is_served = family.kind == Kind::Created && case.is_own_family();
            Some((family, is_served, image_key(family), lonely_host(family)))
        };
        for (family, is_served, image, lonely) in by_threads(families.len(), of_family).into_iter().flatten() {
            if is_served {
                peers.served.extend(names(family));
            }
            let hosts = peers.hosts.entry(image.clone()).or_default();
            hosts.extend(family.evidence.hosts());
            if let Some((host, form)) = lonely {
                peers.lonely.entry((image, form)).or_default().insert(host);
            }
        }
        peers
    }

    /// Learns what was said of the families whose events create pipes.
    pub(super) fn doubt(&mut self, families: &[Family], of_makers: &[Option<Vec<Reason>>]) {
        let makers = families.iter().zip(of_makers);
        let judged = makers.filter_map(|(family, reasons)| Some((family, reasons.as_ref()?)));
        let (doubtful, vouched): (Vec<_>, Vec<_>) =
            judged.partition(|(_, reasons)| reasons.iter().any(|reason| reason.code.is_about_maker()));
        for (family, reasons) in doubtful {
            let maker: Arc<str> = family.image.to_string().into();
            let of_maker = reasons.iter().filter(|reason| reason.code.is_about_maker());
            let verdict = of_maker.map(|reason| reason.verdict).max().unwrap_or(Verdict::Keep);
            for name in names(family) {
                let (_, strictest) = self
                    .doubtful
                    .entry(name)
                    .or_insert_with(|| (Arc::clone(&maker), verdict));
                *strictest = verdict.max(*strictest);
            }
        }
        for (family, _) in vouched {
            // Mostly there is nothing, and names are many.
            if self.doubtful.is_empty() {
                return;
            }
            for name in names(family) {
                self.doubtful.remove(&name);
            }
        }
        // Only now: that a trusted program made a name vouches for no other one.
        let doubtful = std::mem::take(&mut self.doubtful).into_iter();
        self.doubtful = doubtful.map(|(name, maker)| (generous(&name), maker)).collect();
    }

    /// One of the programs that were seen to make a pipe of this name, where something speaks against all of them.
    pub(super) fn doubtful_maker(&self, name: &str) -> Option<&str> {
        let (maker, _) = self.doubtful.get(&generous(name))?;
        Some(maker)
    }

    /// Whether all that speaks against the programs that were seen to make a pipe of this name is for a person to decide.
    pub(super) fn is_maker_for_a_person(&self, name: &str) -> bool {
        let verdict = self.doubtful.get(&generous(name)).map(|(_, verdict)| *verdict);
        verdict.is_some_and(|verdict| verdict <= Verdict::Review)
    }

    /// How many hosts have the program of a family: those that were seen with any pipe of it.
    pub(super) fn hosts_with_program(&self, family: &Family) -> usize {
        self.hosts.get(&image_key(family)).map_or(0, BTreeSet::len)
    }

    /// Whether known software was seen to make a pipe of this name, as its own.
    pub(super) fn is_served(&self, name: &str) -> bool {
        self.served.contains(&name.to_ascii_lowercase())
    }

    /// How many hosts have a name of their own, of this form, with the images of `family`; and whether all have that
    /// were seen with these.
    pub(super) fn hosts_with_own_names(&self, family: &Family, form: String) -> (usize, bool) {
        let all = self.hosts_with_program(family);
        let lonely = self.lonely.get(&(image_key(family), form)).map_or(0, BTreeSet::len);
        (lonely, lonely == all)
    }
}

/// The names that are known of a family, without those that every program has.
fn names(family: &Family) -> impl Iterator<Item = String> {
    let named = family.names.iter().filter(|name| *name != ANONYMOUS);
    named.map(|name| name.to_ascii_lowercase())
}

fn image_key(family: &Family) -> String {
    family.image.to_string().to_ascii_lowercase()
}

/// The only host that has this name, if the name is one, and its form: what stands between its words.
pub(super) fn lonely_host(family: &Family) -> Option<(u32, String)> {
    let name = family.names.first().filter(|_| family.name.is_exact())?;
    let form: String = name.chars().filter(|c| !c.is_alphanumeric()).collect();
    let has_words = name.chars().any(char::is_alphanumeric);
    let hosts = family.evidence.hosts();
    let host = hosts.first().copied().filter(|_| has_words && hosts.len() == 1)?;
    Some((host, form))
}
