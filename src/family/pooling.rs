//! Decides whether the names of a family speak for one another: whether what was seen of all of them is evidence for each.
//!
//! One event proves that a part varies where it holds the event's own process id, or a GUID: nothing makes these twice. Of any
//! other part only many names show it, and whoever chooses names can choose three that look alike: `\updater-tobaku`,
//! `\updater-mirelo` and `\updater-sadopi`, once on each of three hosts, must not exclude all that begins with `\updater-`.
//! Nor is it needed where such names are known of such a program. Otherwise it takes [`NAMES`] names, and two hosts that each have two of them: software that makes names up does so wherever it
//! runs, and more than once. (docs/drafts.md has the figures by which the number was chosen.) Until then each name needs
//! evidence of its own.

use std::collections::BTreeMap;

use crate::baseline::Evidence;
use crate::template::{Part, Template, Variable};

/// How many names show that a part of them varies.
pub(super) const NAMES: usize = 6;

/// How many show it where such names are known of such a program, or a single event proves another part.
pub(super) const NAMES_OF_KNOWN: usize = 3;

/// How many hosts must have several of the names, and how many each.
const HOSTS: usize = 2;
const NAMES_OF_HOST: usize = 2;

/// Whether a single event of the template proves that a part of its names varies.
pub(super) fn is_proved(template: &Template) -> bool {
    let proves = |part: &Part| matches!(part, Part::Variable(Variable::Pid | Variable::PidHex | Variable::Guid));
    template.parts().iter().any(proves)
}

/// Whether a part of the template is a time, or random: of a known family, a single name shows that it varies. (Of others it
/// shows nothing: an attacker's constant may look as random.)
pub(super) fn is_made_anew(template: &Template) -> bool {
    let varies = |part: &Part| matches!(part, Part::Variable(Variable::Ticks | Variable::Random));
    template.parts().iter().any(varies)
}

/// Whether names with this evidence speak for one another though no event proves that they vary.
pub(super) fn speak_for_one_another<'e>(names: impl IntoIterator<Item = &'e Evidence>) -> bool {
    let mut count = 0;
    let mut of_hosts: BTreeMap<u32, usize> = BTreeMap::new();
    for evidence in names {
        count += 1;
        for host in evidence.hosts() {
            *of_hosts.entry(host).or_default() += 1;
        }
        if count >= NAMES
            && of_hosts
                .values()
                .filter(|names| **names >= NAMES_OF_HOST)
                .take(HOSTS)
                .count()
                == HOSTS
        {
            return true;
        }
    }
    false
}

/// Whether a name may have evidence of its own: more than a single event, or those of a single hour, can give.
pub(super) fn may_stand_alone(evidence: &Evidence) -> bool {
    let spread = evidence.spread();
    spread.hosts > 1 || spread.days > 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_alone_proves_no_variation() {
        for name in [r"\discord-ipc-0", r"\pipe-133581234567890123", r"\agent-x7Kq9fTzLw2R"] {
            assert!(!is_proved(&Template::of(name, Some(9))), "{name}");
        }
        assert!(is_proved(&Template::of(r"\dotnet-diagnostic-4204", Some(4204))));
        assert!(is_proved(&Template::of(
            r"\x-4ef6dd6f-2a1b-49f9-a6fd-8b12c8afbbfd",
            None
        )));
    }
}
