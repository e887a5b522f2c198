//! A family whose names hold a hexadecimal process id in, the texts out that stand in no such name: Windows' process ids
//! are multiples of four (observed in every log at hand), and a constant of an attacker's profile need not be one.
//!
//! `\Winsock2\CatalogChangeListener-<pidx>-<n>` holds `…-106c-0`, and not `…-3a7-0`.

use crate::family::Family;
use crate::template::{Part, Variable};

/// The hexadecimal digits that no multiple of four ends with.
const NEVER_LAST: &str = "1235679abdef";

/// Texts without ASCII case; empty where the id is no part that a text tells.
pub(super) fn texts(family: &Family) -> Vec<String> {
    let Some(after) = after_id(family) else {
        return Vec::new();
    };
    let texts: Vec<String> = NEVER_LAST.chars().map(|digit| format!("{digit}{after}")).collect();
    let is_in_names = |text: &String| {
        family
            .names
            .iter()
            .any(|name| name.to_ascii_lowercase().contains(text.as_str()))
    };
    if texts.iter().any(is_in_names) {
        return Vec::new();
    }
    texts
}

/// What follows the id in each name, if nothing else that varies comes before it.
fn after_id(family: &Family) -> Option<char> {
    let mut after = None;
    for template in &family.templates {
        let parts = template.parts();
        let [
            Part::Text(_),
            Part::Variable(Variable::PidHex),
            Part::Text(text),
            rest @ ..,
        ] = parts.as_slice()
        else {
            return None;
        };
        let next = text.chars().next().filter(char::is_ascii_punctuation)?;
        let comes_again = |part: &Part| matches!(part, Part::Text(text) if text.contains(next));
        if text.matches(next).count() > 1 || rest.iter().any(comes_again) || after.is_some_and(|after| after != next) {
            return None;
        }
        after = Some(next);
    }
    after.filter(|_| !family.name.is_exact())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::baseline::Part as All;
    use crate::family::families;
    use crate::test_support::{Events, SVCHOST, baseline};

    fn texts_of(name: &str) -> Vec<String> {
        texts(&families(&baseline(&[Events::created(name, SVCHOST).own_pid()]), All::ALL)[0])
    }

    #[test]
    fn an_id_that_is_no_multiple_of_four_is_told() {
        let socket = texts_of(r"\Winsock2\CatalogChangeListener-106c-0");
        assert!(
            socket.contains(&"7-".to_owned()) && !socket.contains(&"c-".to_owned()),
            "{socket:?}"
        );
    }

    #[test]
    fn names_without_such_an_id_are_left_alone() {
        for name in [
            r"\mojo.4204.7716.11932764512",
            r"\App-106c",
            r"\App-106c-x-0",
            r"\AppPipe",
        ] {
            assert_eq!(texts_of(name), [""; 0], "{name}");
        }
    }
}
