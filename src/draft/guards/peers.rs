//! The families of a baseline in, what they say of each other out.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{Case, Reason};
use crate::baseline::Threshold;
use crate::event::Kind;
use crate::family::Family;
use crate::knowledge::Knowledge;
use crate::normalize::pipe_name::ANONYMOUS;
use crate::threads::by_threads;

/// See the module's text. Texts are without ASCII case.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// Names that known software was seen to make, as its own family.
    served: BTreeSet<String>,
    /// Names that were made only by programs which something speaks against, with the first of these.
    doubtful: BTreeMap<String, Arc<str>>,
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
        for (family, _) in doubtful {
            let maker: Arc<str> = family.image.to_string().into();
            for name in names(family) {
                self.doubtful.entry(name).or_insert_with(|| Arc::clone(&maker));
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
    }

    /// One of the programs that were seen to make a pipe of this name, where something speaks against all of them.
    pub(super) fn doubtful_maker(&self, name: &str) -> Option<&str> {
        self.doubtful.get(&name.to_ascii_lowercase()).map(|maker| &**maker)
    }

    /// Whether known software was seen to make a pipe of this name, as its own.
    pub(super) fn is_served(&self, name: &str) -> bool {
        self.served.contains(&name.to_ascii_lowercase())
    }

    /// How many hosts have a name of their own, of this form, with the images of `family`; and whether all have that
    /// were seen with these.
    pub(super) fn hosts_with_own_names(&self, family: &Family, form: String) -> (usize, bool) {
        let image = image_key(family);
        let all = self.hosts.get(&image).map_or(0, BTreeSet::len);
        let lonely = self.lonely.get(&(image, form)).map_or(0, BTreeSet::len);
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
