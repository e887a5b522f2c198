//! A pattern's text in, its parts out.

use super::{Class, Part};

/// Longer patterns are refused: no pipe name or path that a pattern is written for comes near.
const LONGEST: usize = 1024;
/// Variable parts in one pattern; more are refused, since each costs a pass.
const MOST_PARTS: usize = 32;

/// Reads a pattern.
///
/// # Errors
/// What is wrong with it, and how to mend it.
pub(super) fn parts(text: &str) -> Result<Vec<Part>, String> {
    if text.len() > LONGEST {
        return Err(format!("the pattern is longer than {LONGEST} bytes; shorten it"));
    }
    let mut parts = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('<') {
        literal.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('<') {
            literal.push('<');
            rest = after;
            continue;
        }
        let Some((word, after)) = rest.split_once('>') else {
            return Err("a `<` has no `>`; write `<<` for the character itself".to_owned());
        };
        if !literal.is_empty() {
            parts.push(Part::Literal(std::mem::take(&mut literal).into()));
        }
        parts.push(part(word)?);
        rest = after;
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        parts.push(Part::Literal(literal.into()));
    }
    if parts.len() > MOST_PARTS {
        return Err(format!("the pattern has more than {MOST_PARTS} parts; use fewer"));
    }
    Ok(parts)
}

/// Reads what stands in angle brackets.
fn part(word: &str) -> Result<Part, String> {
    if word.contains('|') {
        return Ok(Part::Choice(word.split('|').map(Into::into).collect()));
    }
    let any = |least| Part::Run {
        class: Class::Any,
        least,
        most: usize::MAX,
    };
    let (name, count) = word.split_once(':').unwrap_or((word, "1-"));
    let class = match name {
        "*" => return Ok(any(0)),
        "+" => return Ok(any(1)),
        "guid" => return Ok(Part::Guid),
        "pid" => return Ok(Part::Pid { hex: false }),
        "pidx" => return Ok(Part::Pid { hex: true }),
        "stem" => return Ok(Part::Stem),
        "name" => Class::Name,
        "digits" => Class::Digits,
        "hex" => Class::Hex,
        "upper" => Class::Upper,
        "alnum" => Class::Alnum,
        _ => {
            return Err(format!(
                "`<{word}>` is unknown; write `<<` for a left angle bracket, or one of <*> <+> <name> <digits> <hex> \
                 <upper> <alnum> <guid> <pid> <pidx> <stem>"
            ));
        }
    };
    let (least, most) = counts(count)
        .ok_or_else(|| format!("`<{word}>` has a bad count; write it as <{name}:2>, <{name}:2-4> or <{name}:2->"))?;
    Ok(Part::Run { class, least, most })
}

fn counts(text: &str) -> Option<(usize, usize)> {
    let (least, most) = match text.split_once('-') {
        None => {
            let exact = text.parse().ok()?;
            (exact, exact)
        }
        Some((least, "")) => (least.parse().ok()?, usize::MAX),
        Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
    };
    (least >= 1 && least <= most && least <= LONGEST).then_some((least, most))
}
