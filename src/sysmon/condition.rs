//! The sixteen conditions: a rule's text and a field's value in, whether the filter holds out.
//!
//! This is the plain reading of rules.c (MatchFilterOnSpecificRule); the compiled engine says the same, faster. Both
//! texts must be folded already.

use super::schema::SchemaVersion;
use crate::normalize::image::file_name;
use crate::utf16;

/// How a filter compares its value with a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Condition {
    /// The field equals the value. This is what a filter without a condition does.
    Is,
    /// The field does not equal the value.
    IsNot,
    /// The value is somewhere in the field.
    Contains,
    /// Some item of the list is in the field.
    ContainsAny,
    /// The field equals an item of the list.
    IsAny,
    /// Every item of the list is in the field.
    ContainsAll,
    /// The value is not in the field.
    Excludes,
    /// No item of the list is in the field: the negation of [`Self::ContainsAny`].
    ExcludesAny,
    /// At least one item of the list is not in the field: the negation of [`Self::ContainsAll`].
    ExcludesAll,
    /// The field begins with the value.
    BeginWith,
    /// The field does not begin with the value.
    NotBeginWith,
    /// The field ends with the value.
    EndWith,
    /// The field does not end with the value.
    NotEndWith,
    /// The field sorts before the value, by code units, not as a number.
    LessThan,
    /// The field sorts after the value.
    MoreThan,
    /// A value without a backslash is compared with what follows the field's last one, any other with the whole.
    Image,
}

use Condition::*;

impl Condition {
    /// All of them, in the manifest's order.
    pub const ALL: [Self; 16] = [
        Is,
        IsNot,
        Contains,
        ContainsAny,
        IsAny,
        ContainsAll,
        Excludes,
        ExcludesAny,
        ExcludesAll,
        BeginWith,
        NotBeginWith,
        EndWith,
        NotEndWith,
        LessThan,
        MoreThan,
        Image,
    ];

    /// The name in a config.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Is => "is",
            IsNot => "is not",
            Contains => "contains",
            ContainsAny => "contains any",
            IsAny => "is any",
            ContainsAll => "contains all",
            Excludes => "excludes",
            ExcludesAny => "excludes any",
            ExcludesAll => "excludes all",
            BeginWith => "begin with",
            NotBeginWith => "not begin with",
            EndWith => "end with",
            NotEndWith => "not end with",
            LessThan => "less than",
            MoreThan => "more than",
            Image => "image",
        }
    }

    /// Reads a `condition` attribute: ASCII case does not matter, spacing does, and an empty one is `is`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        if name.is_empty() {
            return Some(Is);
        }
        Self::ALL.into_iter().find(|c| c.name().eq_ignore_ascii_case(name))
    }

    /// The first schema whose manifest lists it. A Sysmon whose newest schema is older rejects a config that uses it;
    /// what the config itself declares does not matter.
    #[must_use]
    pub fn since(self) -> SchemaVersion {
        match self {
            Is | IsNot | Contains | Excludes | BeginWith | EndWith | LessThan | MoreThan | Image => {
                SchemaVersion::new(2, 0)
            }
            ContainsAny | ContainsAll => SchemaVersion::new(4, 22),
            ExcludesAny | ExcludesAll => SchemaVersion::new(4, 23),
            IsAny => SchemaVersion::new(4, 31),
            NotBeginWith | NotEndWith => SchemaVersion::new(4, 70),
        }
    }

    /// Whether the value is a list, split at semicolons.
    #[must_use]
    pub fn takes_list(self) -> bool {
        matches!(self, ContainsAny | ContainsAll | ExcludesAny | ExcludesAll | IsAny)
    }

    /// The condition that this one negates.
    #[must_use]
    pub fn negates(self) -> Option<Self> {
        match self {
            IsNot => Some(Is),
            Excludes => Some(Contains),
            ExcludesAny => Some(ContainsAny),
            ExcludesAll => Some(ContainsAll),
            NotBeginWith => Some(BeginWith),
            NotEndWith => Some(EndWith),
            _ => None,
        }
    }

    /// Whether the filter holds for a field's value. Both texts are folded; `field` is not empty (Sysmon puts `-` for
    /// an empty value before it filters).
    #[must_use]
    pub fn holds(self, value: &str, field: &str) -> bool {
        match self {
            Is => field == value,
            Contains => field.contains(value),
            BeginWith => field.starts_with(value),
            EndWith => field.ends_with(value),
            ContainsAny => search_items(value).any(|item| field.contains(item)),
            ContainsAll => search_items(value).all(|item| field.contains(item)),
            IsAny => value.split(';').any(|item| item == field),
            LessThan => utf16::units(field).lt(utf16::units(value)),
            MoreThan => utf16::units(field).gt(utf16::units(value)),
            Image if value.contains('\\') => field == value,
            Image => file_name(field) == value,
            IsNot | Excludes | ExcludesAny | ExcludesAll | NotBeginWith | NotEndWith => {
                self.negates().is_some_and(|positive| !positive.holds(value, field))
            }
        }
    }
}

/// The items that the list conditions on substrings search for. Sysmon takes an item's length from the list but reads a
/// length of 0 as "to the end of the text": an empty item that is not the last is the whole rest from there (`a;;b`
/// searches `a`, `;b` and `b`), and an empty last item is found in everything.
pub fn search_items(value: &str) -> impl Iterator<Item = &str> {
    let mut at = 0;
    value.split(';').map(move |item| {
        let rest = value.get(at..).unwrap_or_default();
        at += item.len() + 1;
        if item.is_empty() { rest } else { item }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_without_case_but_with_their_spacing() {
        assert_eq!(Condition::parse("Contains Any"), Some(ContainsAny));
        assert_eq!(Condition::parse(""), Some(Is));
        for unknown in ["begins with", "contains  any", " is", "is ", "LessThan", "beginwith"] {
            assert_eq!(Condition::parse(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn an_empty_item_is_the_rest_of_the_list() {
        let items = |value| search_items(value).collect::<Vec<_>>();
        assert_eq!(items("a;b"), ["a", "b"]);
        assert_eq!(items("a;;b"), ["a", ";b", "b"]);
        assert_eq!(items(";a"), [";a", "a"]);
        assert_eq!(items("a;"), ["a", ""]);
        assert_eq!(items(""), [""]);
    }

    #[test]
    fn a_trailing_semicolon_matches_everything() {
        assert!(ContainsAny.holds(r"\a;", "x"));
        assert!(!ExcludesAny.holds(r"\a;", "x"));
        assert!(!IsAny.holds(r"\a;", "x"));
    }

    #[test]
    fn image_compares_the_file_name_unless_the_value_has_a_backslash() {
        assert!(Image.holds("svchost.exe", r"c:\windows\system32\svchost.exe"));
        assert!(!Image.holds(r"\svchost.exe", r"c:\windows\system32\svchost.exe"));
        assert!(Image.holds("wkssvc", r"\wkssvc"));
        assert!(Image.holds("", r"c:\a\"));
        assert!(Image.holds("a", "a"));
    }

    #[test]
    fn order_is_by_code_unit_and_not_by_number() {
        assert!(!LessThan.holds("10", "9"));
        // U+FF01 is one unit above the surrogates, so it sorts after an emoji, whatever their code points.
        assert!(MoreThan.holds("\u{1F600}", "\u{FF01}"));
        assert!(MoreThan.holds("", "-") && !LessThan.holds("", "-"));
    }

    #[test]
    fn an_empty_value_decides_by_condition_alone() {
        for condition in Condition::ALL {
            let always = matches!(
                condition,
                IsNot | Contains | ContainsAny | ContainsAll | BeginWith | EndWith | MoreThan
            );
            assert_eq!(condition.holds("", r"\a"), always, "{}", condition.name());
        }
    }
}
