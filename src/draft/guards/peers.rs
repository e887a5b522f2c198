//! The families of a baseline in, what they say of each other out.

use std::collections::{BTreeMap, BTreeSet};

use super::{Case, DOUBTS};
use crate::baseline::Threshold;
use crate::event::Kind;
use crate::family::Family;
use crate::knowledge::Knowledge;
use crate::normalize::pipe_name::ANONYMOUS;

/// See the module's text. Texts are without ASCII case.
#[derive(Debug, Default)]
pub(super) struct Peers {
    /// Names that known software was seen to make, as its own family.
    served: BTreeSet<String>,
    /// Names that were made only by programs which something speaks against.
    doubtful: BTreeSet<String>,
    /// By image, the hosts that have a word for a name which no other host has.
    lonely: BTreeMap<String, BTreeSet<u32>>,
}

impl Peers {
    pub(super) fn of(families: &[Family], knowledge: &Knowledge, threshold: Threshold) -> Self {
        let mut peers = Self::default();
        let nothing = Self::default();
        let mut vouched = BTreeSet::new();
        for family in families {
            let case = Case {
                family,
                peers: &nothing,
                knowledge,
                threshold,
            };
            if family.kind == Kind::Created {
                let named = family.names.iter().filter(|name| *name != ANONYMOUS);
                let names = named.map(|name| name.to_ascii_lowercase());
                if case.is_own_family() {
                    peers.served.extend(names.clone());
                }
                if DOUBTS.iter().any(|guard| guard(&case).is_some()) {
                    peers.doubtful.extend(names);
                } else {
                    vouched.extend(names);
                }
            }
            if let Some(host) = lonely_host(family) {
                peers.lonely.entry(image_key(family)).or_default().insert(host);
            }
        }
        peers.doubtful.retain(|name| !vouched.contains(name));
        peers
    }

    /// Whether only programs that something speaks against were seen to make a pipe of this name.
    pub(super) fn is_doubtful(&self, name: &str) -> bool {
        self.doubtful.contains(&name.to_ascii_lowercase())
    }

    /// Whether known software was seen to make a pipe of this name, as its own.
    pub(super) fn is_served(&self, name: &str) -> bool {
        self.served.contains(&name.to_ascii_lowercase())
    }

    /// How many hosts have a word of their own with the images of `family`.
    pub(super) fn hosts_with_own_words(&self, family: &Family) -> usize {
        self.lonely.get(&image_key(family)).map_or(0, BTreeSet::len)
    }
}

fn image_key(family: &Family) -> String {
    family.image.to_string().to_ascii_lowercase()
}

/// The only host that has this name, if the name is one word and nothing else.
pub(super) fn lonely_host(family: &Family) -> Option<u32> {
    let name = family.names.first().filter(|_| family.name.is_exact())?;
    let word = name.strip_prefix('\\').unwrap_or(name);
    let hosts = family.evidence.hosts();
    let is_word = !word.is_empty() && word.bytes().all(|b| b.is_ascii_alphanumeric());
    hosts.first().copied().filter(|_| is_word && hosts.len() == 1)
}
