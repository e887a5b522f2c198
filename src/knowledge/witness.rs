//! All that is known in, pairs of name and image that attackers use out: no rule may hide one.

use super::path::stem;
use super::{Entry, Knowledge, List, Pattern, Piece};
use crate::event::Kind;

/// Why a pair is a witness.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WitnessKind {
    /// The name is of an attackers' tool; the image may be any.
    KnownBad,
    /// The image lies where an attacker can put it, or is disguised.
    Payload,
    /// The image runs other people's code, and the name is none of its own.
    ForeignCode,
    /// `System` connects for somebody on another computer.
    Remote,
}

/// A pair that attackers use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Witness<'a> {
    /// Why it is one.
    pub kind: WitnessKind,
    /// Created or connected.
    pub event: Kind,
    /// The pipe name.
    pub pipe_name: String,
    /// The image.
    pub image: &'a str,
    /// The entry that the pair is made from.
    pub entry: &'a Entry,
}

const SYSTEM: &str = "System";
const BOTH: [Kind; 2] = [Kind::Created, Kind::Connected];

/// Images of the usual kinds, which attackers inject themselves into: a bad name is bad in these too.
const TRUSTED: [&str; 7] = [
    r"C:\Windows\System32\svchost.exe",
    r"C:\Windows\System32\lsass.exe",
    r"C:\Windows\System32\wbem\WmiPrvSE.exe",
    r"C:\Windows\System32\rundll32.exe",
    r"C:\Windows\explorer.exe",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
];

impl Knowledge {
    /// The witnesses: what a config must still log.
    ///
    /// Every known-bad name by payloads, by trusted programs (below `\LOCAL` too) and through `System`; every well-known name and names as
    /// attackers choose them by every payload; the latter by every program that runs foreign code; every well-known
    /// name through `System`; PowerShell's pipe in programs that do not host it, and any pipe of programs that have
    /// none.
    #[must_use]
    pub fn attack_witnesses(&self) -> Vec<Witness<'_>> {
        let mut all = Vec::new();
        for bad in self.of_list(List::KnownBad) {
            match (&bad.image, &bad.unless) {
                (None, None) => self.bad_name(bad, &mut all),
                (Some(image), _) => self.bad_image(bad, image, &mut all),
                (None, Some(group)) => self.strangers(bad, group, &mut all),
            }
        }
        for payload in self.of_list(List::Payload) {
            let image = payload.pattern.literal_prefix();
            for name in self.well_known_names().chain(self.baits()) {
                push(&mut all, WitnessKind::Payload, &BOTH, &name, image, payload);
            }
        }
        for program in self.of_list(List::ForeignCode) {
            let Some(image) = program.path.as_deref() else { continue };
            // A name of a shape that the program rightly uses is no bait in its hands.
            let is_own = |name: &str| {
                self.family([Piece::Text(name)], image)
                    .is_some_and(|found| found.is_user)
            };
            for name in self.baits().filter(|name| !is_own(name)) {
                push(&mut all, WitnessKind::ForeignCode, &BOTH, &name, image, program);
            }
        }
        for pipe in self.of_list(List::WellKnown) {
            for name in pipe.pattern.examples() {
                push(&mut all, WitnessKind::Remote, &[Kind::Connected], &name, SYSTEM, pipe);
            }
        }
        all
    }

    /// A name that is bad whoever uses it.
    fn bad_name<'a>(&'a self, bad: &'a Entry, all: &mut Vec<Witness<'a>>) {
        for name in bad.pattern.examples() {
            let payloads = self.of_list(List::Payload).map(|entry| entry.pattern.literal_prefix());
            for image in payloads.chain(TRUSTED) {
                push(all, WitnessKind::KnownBad, &BOTH, &name, image, bad);
            }
            push(all, WitnessKind::KnownBad, &[Kind::Connected], &name, SYSTEM, bad);
            // An app container's pipes lie in a folder of their own.
            let contained = format!(r"\LOCAL{name}");
            for image in TRUSTED {
                push(all, WitnessKind::KnownBad, &BOTH, &contained, image, bad);
            }
        }
    }

    /// An image whose pipes are bad, whatever their names.
    fn bad_image<'a>(&'a self, bad: &'a Entry, image: &Pattern, all: &mut Vec<Witness<'a>>) {
        let known = self
            .of_list(List::ForeignCode)
            .filter_map(|entry| entry.path.as_deref());
        for image in known.filter(|path| image.matches(path)) {
            for name in self
                .well_known_names()
                .chain(self.baits())
                .filter(|name| bad.pattern.matches(name))
            {
                push(all, WitnessKind::KnownBad, &BOTH, &name, image, bad);
            }
        }
    }

    /// A name that is bad in programs which are not in `group`.
    fn strangers<'a>(&'a self, bad: &'a Entry, group: &str, all: &mut Vec<Witness<'a>>) {
        let foreign = self
            .of_list(List::ForeignCode)
            .filter_map(|entry| entry.path.as_deref());
        let payloads = self.of_list(List::Payload).map(|entry| entry.pattern.literal_prefix());
        for image in foreign
            .chain(payloads)
            .chain(TRUSTED)
            .filter(|image| !self.is_host(group, image))
        {
            let names = bad.pattern.examples().into_iter();
            let powershell = format!(r"\PSHost.132398639893402046.6536.DefaultAppDomain.{}", stem(image));
            for name in names.chain([powershell]).filter(|name| bad.pattern.matches(name)) {
                push(all, WitnessKind::KnownBad, &BOTH, &name, image, bad);
            }
        }
    }

    fn baits(&self) -> impl Iterator<Item = String> {
        self.of_list(List::Bait)
            .map(|entry| entry.pattern.literal_prefix().to_owned())
    }

    fn well_known_names(&self) -> impl Iterator<Item = String> {
        self.of_list(List::WellKnown).flat_map(|entry| entry.pattern.examples())
    }
}

fn push<'a>(
    all: &mut Vec<Witness<'a>>,
    kind: WitnessKind,
    events: &[Kind],
    name: &str,
    image: &'a str,
    entry: &'a Entry,
) {
    let make = |event: &Kind| Witness {
        kind,
        event: *event,
        pipe_name: name.to_owned(),
        image,
        entry,
    };
    all.extend(events.iter().map(make));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_attackers_were_seen_to_do_is_among_them() {
        const NOTEPAD: &str = r"C:\Windows\System32\notepad.exe";
        const CHROME: &str = r"C:\Program Files\Google\Chrome\Application\chrome.exe";
        const RUNDLL32: &str = r"C:\Windows\System32\rundll32.exe";
        const DOWNLOAD: &str = r"C:\Users\alice\Downloads\payload.exe";
        const SCRCONS: &str = r"C:\Windows\System32\wbem\scrcons.exe";
        let all = Knowledge::builtin().attack_witnesses();
        for (kind, event, name, image) in [
            (WitnessKind::KnownBad, Kind::Created, r"\PSEXESVC", DOWNLOAD),
            (WitnessKind::KnownBad, Kind::Connected, r"\PSEXESVC", SYSTEM),
            (
                WitnessKind::KnownBad,
                Kind::Created,
                r"\mojo.5688.8052.1838949397870888777f3a",
                CHROME,
            ),
            (
                WitnessKind::KnownBad,
                Kind::Created,
                r"\PSHost.132398639893402046.6536.DefaultAppDomain.notepad",
                NOTEPAD,
            ),
            (WitnessKind::KnownBad, Kind::Connected, r"\lsass", SCRCONS),
            (WitnessKind::Payload, Kind::Connected, r"\wkssvc", DOWNLOAD),
            (
                WitnessKind::Payload,
                Kind::Created,
                "<Anonymous Pipe>",
                r"C:\Windows \System32\svchost.exe",
            ),
            (WitnessKind::ForeignCode, Kind::Connected, r"\qfhaer", RUNDLL32),
            (WitnessKind::Remote, Kind::Connected, r"\svcctl", SYSTEM),
            (WitnessKind::Remote, Kind::Connected, r"\atsvc", SYSTEM),
        ] {
            let is_it = |witness: &Witness<'_>| {
                (witness.kind, witness.event, &*witness.pipe_name, witness.image) == (kind, event, name, image)
            };
            assert!(all.iter().any(is_it), "{kind:?} {event} {name} {image}");
        }
    }

    #[test]
    fn each_is_bad_for_a_reason_that_the_look_ups_see() {
        let knowledge = Knowledge::builtin();
        for witness in knowledge.attack_witnesses() {
            let (name, image) = (&*witness.pipe_name, witness.image);
            let is_known = match witness.kind {
                WitnessKind::KnownBad => knowledge.known_bad_of(name, &[image]).is_some(),
                WitnessKind::Payload => {
                    let disguise = knowledge.masquerade(image).is_some();
                    disguise
                        || knowledge
                            .writable(image)
                            .or_else(|| knowledge.runs_foreign_code(image))
                            .is_some()
                }
                WitnessKind::ForeignCode => knowledge.runs_foreign_code(image).is_some(),
                WitnessKind::Remote => image == SYSTEM,
            };
            assert!(is_known, "{witness:?}");
            let is_rightful = witness.event == Kind::Created && knowledge.is_owner(name, image);
            assert!(!is_rightful, "{witness:?}");
        }
    }

    #[test]
    fn a_programs_own_shape_is_no_bait() {
        let all = Knowledge::builtin().attack_witnesses();
        let mut foreign = all.iter().filter(|witness| witness.kind == WitnessKind::ForeignCode);
        assert!(!foreign.any(|witness| witness.pipe_name.starts_with(r"\Winsock2\")));
        let is_payloads = |witness: &&Witness<'_>| witness.kind == WitnessKind::Payload;
        assert!(
            all.iter()
                .filter(is_payloads)
                .any(|witness| witness.pipe_name.starts_with(r"\Winsock2\"))
        );
    }

    #[test]
    fn a_users_file_adds_witnesses() {
        let mut knowledge = Knowledge::builtin().clone();
        knowledge
            .extend("payload\tC:\\Drop\\x.exe\tthe drop folder\tours\nbait\t\\our_pipe\tours\tours")
            .unwrap();
        let all = knowledge.attack_witnesses();
        assert!(
            all.iter()
                .any(|witness| witness.image == r"C:\Drop\x.exe" && witness.pipe_name == r"\our_pipe")
        );
    }
}
