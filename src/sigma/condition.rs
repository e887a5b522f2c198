//! A condition's text in, how it combines the selections out.
//!
//! `not` binds tightest, then `and`, then `or`. `1 of x*` and `any of x*` ask for one of the selections whose names fit,
//! `all of x*` for all; `them` are all selections whose names do not begin with an underscore (Sigma specification,
//! "Condition"). What follows a `|` counts events, by Sigma's old notation: each event that it counts is one that the rule
//! needs, so it is passed over.

use super::glob::Glob;
use super::question::Question;

/// Deeper nesting is refused: no condition is written like that.
const DEEPEST: usize = 64;

/// Reads a condition over selections of these names.
pub(super) fn parse(text: &str, names: &[&str]) -> Result<Question, String> {
    let text = text.split('|').next().unwrap_or_default();
    let spaced = text.replace('(', " ( ").replace(')', " ) ");
    let mut parser = Parser {
        words: spaced.split_whitespace().collect(),
        at: 0,
        names,
    };
    let question = parser.any(0)?;
    match parser.peek() {
        None => Ok(question),
        Some(word) => Err(format!(
            "in the condition, `{word}` does not follow from what stands before it"
        )),
    }
}

struct Parser<'t> {
    words: Vec<&'t str>,
    at: usize,
    names: &'t [&'t str],
}

impl<'t> Parser<'t> {
    fn peek(&self) -> Option<&'t str> {
        self.words.get(self.at).copied()
    }

    /// Takes the next word, if it is this one.
    fn take(&mut self, word: &str) -> bool {
        let is_it = self.peek().is_some_and(|next| next.eq_ignore_ascii_case(word));
        self.at += usize::from(is_it);
        is_it
    }

    fn any(&mut self, depth: usize) -> Result<Question, String> {
        let mut any = vec![self.all(depth)?];
        while self.take("or") {
            any.push(self.all(depth)?);
        }
        Ok(one_or(any, Question::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Question, String> {
        let mut all = vec![self.not(depth)?];
        while self.take("and") {
            all.push(self.not(depth)?);
        }
        Ok(one_or(all, Question::All))
    }

    fn not(&mut self, depth: usize) -> Result<Question, String> {
        if depth > DEEPEST {
            return Err("the condition is nested too deep".into());
        }
        if self.take("not") {
            return Ok(Question::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.take("(") {
            let question = self.any(depth + 1)?;
            return if self.take(")") {
                Ok(question)
            } else {
                Err("the condition has a `(` without its `)`".into())
            };
        }
        let word = self.peek().ok_or("the condition ends where a selection is due")?;
        self.at += 1;
        if self.peek().is_some_and(|next| next.eq_ignore_ascii_case("of")) {
            self.at += 1;
            return self.of(word);
        }
        let found = self.names.iter().position(|name| *name == word);
        found
            .map(Question::Selection)
            .ok_or_else(|| format!("the condition names `{word}`, and there is no such selection"))
    }

    /// `1 of selection*`
    fn of(&mut self, quantity: &str) -> Result<Question, String> {
        let which = self
            .peek()
            .ok_or("the condition ends where the names of selections are due")?;
        self.at += 1;
        let names = Glob::parse(which).cased();
        let fits = |name: &str| match which {
            "them" => !name.starts_with('_'),
            _ => names.matches(name),
        };
        let of: Vec<Question> = (0..)
            .zip(self.names)
            .filter(|(_, name)| fits(name))
            .map(|(at, _)| Question::Selection(at))
            .collect();
        match quantity.to_ascii_lowercase().as_str() {
            _ if of.is_empty() => Err(format!(
                "the condition asks for `{which}`, and no selection's name fits"
            )),
            "1" | "any" => Ok(Question::Any(of)),
            "all" => Ok(Question::All(of)),
            _ => Err(format!("`{quantity} of` is not known here: write 1, any or all")),
        }
    }
}

fn one_or(mut questions: Vec<Question>, of_several: fn(Vec<Question>) -> Question) -> Question {
    match questions.len() {
        1 => questions.swap_remove(0),
        _ => of_several(questions),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<String, String> {
        fn show(question: &Question) -> String {
            let each = |all: &[Question], word: &str| {
                let all: Vec<String> = all.iter().map(show).collect();
                format!("({})", all.join(word))
            };
            match question {
                Question::All(all) => each(all, " & "),
                Question::Any(any) => each(any, " + "),
                Question::Not(not) => format!("!{}", show(not)),
                Question::Selection(at) => at.to_string(),
                Question::Leaf(_) => unreachable!("a condition has none"),
            }
        }
        parse(text, &["sel_a", "sel_b", "filter", "_own"]).map(|question| show(&question))
    }

    #[test]
    fn conditions_bind_as_specified() {
        for (text, meaning) in [
            ("sel_a", "0"),
            ("sel_a or sel_b and not filter", "(0 + (1 & !2))"),
            ("(sel_a or sel_b) and not filter", "((0 + 1) & !2)"),
            ("not sel_a and sel_b", "(!0 & 1)"),
            ("not not (sel_a)", "!!0"),
            ("1 of sel_*", "(0 + 1)"),
            ("ALL of sel_* AND NOT 1 of filter*", "((0 & 1) & !(2))"),
            ("any of them", "(0 + 1 + 2)"),
            ("all of _*", "(3)"),
            ("sel_a | count() by Image > 5", "0"),
        ] {
            assert_eq!(read(text).unwrap(), meaning, "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_told() {
        for (text, why) in [
            ("", "ends where"),
            ("sel_a and", "ends where"),
            ("sel_c", "no such selection"),
            ("SEL_A", "no such selection"),
            ("(sel_a", "without its"),
            ("sel_a )", "does not follow"),
            ("sel_a sel_b", "does not follow"),
            ("1 of other*", "no selection's name fits"),
            ("2 of sel_*", "not known here"),
        ] {
            let error = read(text).unwrap_err();
            assert!(error.contains(why), "{text}: {error}");
        }
        assert!(read(&"(".repeat(100_000)).unwrap_err().contains("too deep"));
        assert!(read(&"not ".repeat(100_000)).unwrap_err().contains("too deep"));
    }
}
