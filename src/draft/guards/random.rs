//! Names that are random and nothing else: no rule can tell them from an attacker's.
//!
//! Tools make up names such as `\rtcpef` and `\qfhaer` (seen in OTRF's captures of Empire and Covenant).

use super::{Case, Reason, keep};
use crate::family::Shape;
use crate::template::Part;

/// Fewer letters and digits than this do not hold a family together, unless it is a known one.
const TELLING: usize = 4;

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    const GUARD: &str = "random";
    let family = case.family;
    let known = case.is_well_known() || case.is_own_family();
    if !family.name.is_exact() && family.name.literal_letters() < if known { 1 } else { TELLING } {
        return keep(
            GUARD,
            "What its names have in common is too little to tell them from any others.".into(),
        );
    }
    if known {
        return None;
    }
    let nothing_but_variables = family.templates.iter().any(|template| {
        !template
            .parts()
            .iter()
            .any(|part| matches!(part, Part::Text(text) if text.chars().any(char::is_alphanumeric)))
    });
    if nothing_but_variables {
        return keep(GUARD, "The name is a number, or random, and nothing else.".into());
    }
    match &family.name {
        Shape::Exact(name) if is_made_up(name) => keep(
            GUARD,
            format!("{name} reads as if it was made up at random: no word is spelled so."),
        ),
        _ => None,
    }
}

/// Whether a name is one word that nobody would speak. Pipe names love abbreviations, so this is about names that nothing
/// is known of, and a wrong guess only leaves noise.
fn is_made_up(name: &str) -> bool {
    let word = name.trim_start_matches('\\');
    let bytes = word.as_bytes();
    if bytes.len() < 4 || !bytes.iter().all(u8::is_ascii_alphanumeric) {
        return false;
    }
    let changes = bytes
        .windows(2)
        .filter(|pair| pair[0].is_ascii_digit() != pair[1].is_ascii_digit())
        .count();
    let odd_q =
        |pair: &[u8]| pair[0].eq_ignore_ascii_case(&b'q') && !matches!(pair[1].to_ascii_lowercase(), b'u' | b'l');
    changes >= 3 || consonants_in_a_row(bytes) >= 4 || (bytes.len() <= 10 && bytes.windows(2).any(odd_q))
}

/// The longest run of consonants; a capital after a small letter begins another word.
fn consonants_in_a_row(word: &[u8]) -> usize {
    let (mut longest, mut run, mut before) = (0, 0, b'A');
    for letter in word {
        let begins_word = letter.is_ascii_uppercase() && before.is_ascii_lowercase();
        let is_consonant = letter.is_ascii_alphabetic() && !b"aeiouyAEIOUY".contains(letter);
        run = if !is_consonant {
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
    use super::is_made_up;
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, verdict};

    #[test]
    fn random_names_are_kept() {
        for name in [
            r"\rtcpef",
            r"\qfhaer",
            r"\8f2k1x9q",
            r"\12345",
            r"\a1b2c3d4e5",
            r"\{0f1e2d3c-0000-4000-8000-aaaaaaaaaaaa}",
        ] {
            assert_eq!(verdict(Events::created(name, APP)).0, Verdict::Keep, "{name}");
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
        ] {
            assert!(!is_made_up(name), "{name}");
        }
        assert_eq!(verdict(Events::created(r"\AppPipe", APP)).0, Verdict::Exclude);
    }
}
