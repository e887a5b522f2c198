//! A rule in, the fixed texts that its names have out: what a filter can carve out to leave the rule awake.

use regex_syntax::ParserBuilder;
use regex_syntax::hir::literal::{ExtractKind, Extractor};
use regex_syntax::hir::{Hir, Look};

use super::SigmaRule;
use super::glob::{Glob, Part};
use super::term::names;
use super::test::Test;

/// A fixed text, and where in the name it stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Telling {
    /// It is the name.
    Whole(String),
    /// The name begins with it.
    Begin(String),
    /// The name ends with it.
    End(String),
    /// It is somewhere in the name.
    Part(String),
}

impl Telling {
    /// The text.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Whole(text) | Self::Begin(text) | Self::End(text) | Self::Part(text) => text,
        }
    }
}

impl SigmaRule {
    /// The fixed texts that its conditions on names ask for, the longest first.
    #[must_use]
    pub fn tellings(&self) -> Vec<Telling> {
        let mut all: Vec<Telling> = names(&self.detection).into_iter().flat_map(of_test).collect();
        all.sort_by(|a, b| b.text().len().cmp(&a.text().len()).then_with(|| a.cmp(b)));
        all.dedup();
        all
    }
}

fn of_test(test: &Test) -> Vec<Telling> {
    match test {
        Test::Glob(glob) => of_glob(glob),
        Test::Regex(regex) => of_expression(regex.0.as_str()),
        Test::Null | Test::Exists(_) | Test::Undecided => Vec::new(),
    }
}

fn of_glob(glob: &Glob) -> Vec<Telling> {
    let last = glob.parts().len().saturating_sub(1);
    let telling = |(at, part): (usize, &Part)| match part {
        Part::Text(text) if last == 0 => Some(Telling::Whole(text.clone())),
        Part::Text(text) if at == 0 => Some(Telling::Begin(text.clone())),
        Part::Text(text) if at == last => Some(Telling::End(text.clone())),
        Part::Text(text) => Some(Telling::Part(text.clone())),
        Part::Any | Part::One => None,
    };
    glob.parts().iter().enumerate().filter_map(telling).collect()
}

/// What a match of a regular expression begins with, and what it ends with.
fn of_expression(expression: &str) -> Vec<Telling> {
    let Ok(hir) = ParserBuilder::new().build().parse(expression) else {
        return Vec::new();
    };
    let look = hir.properties();
    let begin = if look.look_set_prefix().contains(Look::Start) {
        Telling::Begin
    } else {
        Telling::Part
    };
    let end = if look.look_set_suffix().contains(Look::End) {
        Telling::End
    } else {
        Telling::Part
    };
    [(ExtractKind::Prefix, begin), (ExtractKind::Suffix, end)]
        .into_iter()
        .flat_map(|(kind, place)| fixed(&hir, kind).into_iter().map(place))
        .collect()
}

fn fixed(hir: &Hir, kind: ExtractKind) -> Vec<String> {
    // A class is more than one text: to carve out each digit tells nothing. Letters of either case are two.
    let texts = Extractor::new().kind(kind).limit_class(2).extract(hir);
    let texts = texts.literals().unwrap_or_default().iter();
    let texts = texts.filter_map(|text| std::str::from_utf8(text.as_bytes()).ok());
    texts.filter(|text| !text.is_empty()).map(str::to_owned).collect()
}
