//! Names that are random and nothing else: no rule can tell them from an attacker's.
//!
//! Tools make up names such as `\rtcpef` and `\qfhaer` (seen in OTRF's captures of Empire and Covenant).

use super::{Case, Reason, ReasonCode, keep, review};
use crate::family::Shape;
use crate::template::{Part, Template, Variable};

/// Fewer letters and digits than this do not hold a family together, unless it is a known one.
const TELLING: usize = 4;

/// A name that as many hosts have was not made up on one of them: whoever installed the program brought it along. That may be
/// an abbreviation, or an attacker's constant, which is for a person to tell.
const SHARED: usize = 3;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    let family = case.family;
    let known = case.is_well_known() || case.is_own_family();
    if !family.name.is_exact() && family.name.literal_letters() < if known { 1 } else { TELLING } {
        return keep(
            ReasonCode::Random,
            "What its names have in common is too little to tell them from any others.".into(),
        );
    }
    // A client calls a pipe what its maker calls it.
    if known || case.is_client_of_known_service() {
        return None;
    }
    if let Some(name) = family.names.iter().find(|name| has_false_guid(name)) {
        return keep(
            ReasonCode::Random,
            format!("{name} has the form of a GUID, with letters that no GUID holds: it was made up."),
        );
    }
    let made_up = family.templates.iter().find_map(|template| match &family.name {
        Shape::Exact(name) => made_up(template).map(|word| (name, word)),
        _ => None,
    });
    let (text, is_exact) = match made_up {
        Some((name, word)) => (
            format!("`{word}` in {name} reads as if it was made up at random: no word is spelled so."),
            true,
        ),
        None if family.templates.iter().any(is_all_variable) => {
            let is_exact = family.name.is_exact();
            (
                "The name is a number, or random, and nothing else.".to_owned(),
                is_exact,
            )
        }
        None => return None,
    };
    let hosts = family.evidence.spread().hosts;
    let is_protected = || {
        let mut images = family.images.iter();
        images.all(|image| case.knowledge.writable(image).is_none() && case.knowledge.masquerade(image).is_none())
    };
    if is_exact && hosts >= SHARED && is_protected() {
        return review(
            ReasonCode::Random,
            format!(
                "{text} It is the same on {hosts} hosts, in a program that only administrators can replace, so it may be an \
                 abbreviation: find out which component makes this pipe."
            ),
        );
    }
    keep(ReasonCode::Random, text)
}

/// Whether a template has no text of its own.
fn is_all_variable(template: &Template) -> bool {
    let is_text = |part: &Part| matches!(part, Part::Text(text) if text.chars().any(char::is_alphanumeric));
    !template.parts().iter().any(is_text)
}

/// The first word of a name that nobody would speak. Words stand between separators; identifiers, which are no words, have
/// kinds of their own in the template. Pipe names love abbreviations, so this is about names that nothing is known of.
fn made_up(template: &Template) -> Option<String> {
    let parts = template.parts();
    let words = parts.iter().filter_map(|part| match part {
        Part::Text(text) => {
            let mut words = text.split(|c: char| !c.is_ascii_alphanumeric());
            words.find(|word| is_made_up(word)).map(str::to_owned)
        }
        Part::Variable(Variable::Random) => Some(format!("<{}>", Variable::Random.word())),
        Part::Variable(_) => None,
    });
    // What is random as a whole is told as such.
    words.into_iter().next().filter(|_| !is_all_variable(template))
}

/// Whether a name holds what has the form of a GUID, and letters beyond `f`.
fn has_false_guid(name: &str) -> bool {
    const GROUPS: [usize; 5] = [8, 4, 4, 4, 12];
    let words: Vec<&str> = name.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').collect();
    words.into_iter().any(|word| {
        let groups: Vec<&str> = word.split('-').collect();
        let is_of_form = groups.iter().map(|group| group.len()).eq(GROUPS);
        is_of_form
            && word.bytes().any(|b| b.is_ascii_digit())
            && word.bytes().any(|b| b != b'-' && !b.is_ascii_hexdigit())
    })
}

/// Whether a word is one that nobody would speak. A wrong guess only leaves noise, or a question.
fn is_made_up(word: &str) -> bool {
    let bytes = word.as_bytes();
    if bytes.len() < 4 {
        return false;
    }
    let changes = bytes
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    let odd_q =
        |pair: &[u8]| pair[0].eq_ignore_ascii_case(&b'q') && !matches!(pair[1].to_ascii_lowercase(), b'u' | b'l');
    let spoken = spoken(word);
    changes >= 3 || consonants_in_a_row(bytes, &spoken) >= 4 || (bytes.len() <= 10 && bytes.windows(2).any(odd_q))
}

/// Abbreviations of which Windows, protocols and products make their names: they are spoken letter by letter.
const ABBREVIATIONS: [&str; 33] = [
    "svc", "svr", "srv", "mgr", "msg", "cmd", "ctl", "ctrl", "cfg", "sql", "dns", "dfs", "dhcp", "rpc", "ipc", "http",
    "ssh", "ssl", "tls", "vpn", "wmi", "pdf", "xml", "gpu", "usb", "wks", "lsa", "sys", "drv", "dll", "rdp", "vnc",
    "ntfs",
];

/// For each letter of a word, whether it belongs to an abbreviation.
fn spoken(word: &str) -> Vec<bool> {
    let word = word.to_ascii_lowercase();
    let mut spoken = vec![false; word.len()];
    for abbreviation in ABBREVIATIONS {
        for (at, _) in word.match_indices(abbreviation) {
            spoken
                .iter_mut()
                .skip(at)
                .take(abbreviation.len())
                .for_each(|letter| *letter = true);
        }
    }
    spoken
}

/// The longest run of consonants outside of abbreviations; a capital after a small letter begins another word.
fn consonants_in_a_row(word: &[u8], spoken: &[bool]) -> usize {
    let (mut longest, mut run, mut before) = (0, 0, b'A');
    for (letter, is_spoken) in word.iter().zip(spoken) {
        let begins_word = letter.is_ascii_uppercase() && before.is_ascii_lowercase();
        let is_consonant = letter.is_ascii_alphabetic() && !b"aeiouyAEIOUY".contains(letter);
        run = if !is_consonant || *is_spoken {
            0
        } else if begins_word {
            1
        } else {
            run + 1
        };
        longest = longest.max(run);
        before = *letter;
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::{has_false_guid, made_up};
    use crate::draft::candidate::Verdict;
    use crate::template::Template;
    use crate::test_support::{APP, Events, verdict};

    fn is_made_up(name: &str) -> bool {
        made_up(&Template::of(name, None)).is_some()
    }

    #[test]
    fn random_names_are_kept() {
        for name in [
            r"\rtcpef",
            r"\qfhaer",
            r"\8f2k1x9q",
            r"\12345",
            r"\a1b2c3d4e5",
            r"\{0f1e2d3c-0000-4000-8000-aaaaaaaaaaaa}",
            r"\qzfxk_wrtpl",
            r"\x7Kq_9fTz-Lw2Rb8",
            r"\Kd82x_wQz9-Tm41w_b7",
            r"\update-qzfxk",
        ] {
            let one = Events::created(name, APP).one_host().days(6);
            assert_eq!(verdict(one).0, Verdict::Keep, "{name}");
        }
    }

    #[test]
    fn a_random_name_that_many_hosts_share_is_for_a_person_where_only_administrators_write() {
        for name in [r"\XKCDPipe", r"\MBLG_x", r"\qzfxk_wrtpl"] {
            let shared = |image| Events::created(name, image).hosts(3);
            assert_eq!(verdict(shared(APP)), (Verdict::Review, "random"), "{name}");
            assert_eq!(verdict(shared(r"C:\Users\Public\agent.exe")).0, Verdict::Keep, "{name}");
        }
    }

    #[test]
    fn the_form_of_a_guid_with_other_letters_is_kept_however_many_hosts_have_it() {
        let name = r"\{9a1gk2h3-40z0-4c00-8b00-1234567890xy}";
        assert!(has_false_guid(name));
        assert_eq!(verdict(Events::created(name, APP).hosts(6)), (Verdict::Keep, "random"));
        for real in [
            r"\{9a1b2c3d-4000-4c00-8b00-1234567890ab}",
            r"\FlexNet Licensing ServiceABF27A87-DC96-4b05-A06B-83EB2749B800",
            r"\plug-play-wire-less-connection12",
        ] {
            assert!(!has_false_guid(real), "{real}");
        }
    }

    #[test]
    fn words_are_not_random() {
        for name in [
            r"\AppPipe",
            r"\openssh-ssh-agent",
            r"\docker_engine",
            r"\sql\query",
            r"\SearchTextHarvester",
            r"\vgauth-service",
            r"\netdfs",
            r"\WRSVCPipe",
            r"\stereosvrpipe",
            r"\sqlsatellitelaunch",
        ] {
            assert!(!is_made_up(name), "{name}");
        }
        assert_eq!(verdict(Events::created(r"\AppPipe", APP)).0, Verdict::Exclude);
    }
}
