//! A filter in, what it asks of one field out, in one form for conditions and their negations.

use crate::sysmon::condition::Condition;
use crate::sysmon::config::Filter;
use crate::sysmon::field::Field;
use crate::sysmon::fold::{Folding, as_name};

/// A positive condition on a field, and whether it must hold or must not.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Test {
    pub(super) field: Field,
    pub(super) condition: Condition,
    /// Folded by ASCII.
    pub(super) value: Box<str>,
    pub(super) holds: bool,
}

impl Test {
    /// What a filter asks.
    #[must_use]
    pub(crate) fn of(filter: &Filter) -> Self {
        Self::new(filter.field, filter.condition, &filter.value)
    }

    /// What a filter of that field, condition and value would ask.
    #[must_use]
    pub(crate) fn new(field: Field, condition: Condition, value: &str) -> Self {
        let positive = condition.negates();
        Self {
            field,
            condition: positive.unwrap_or(condition),
            value: Folding::Ascii.fold(&as_name(value)).into(),
            holds: positive.is_none(),
        }
    }

    /// The test that holds where this one does not.
    #[must_use]
    pub(crate) fn negated(&self) -> Self {
        Self {
            holds: !self.holds,
            ..self.clone()
        }
    }

    /// Whether a folded text meets it.
    pub(super) fn is_met_by(&self, text: &str) -> bool {
        self.condition.holds(&self.value, text) == self.holds
    }

    /// Whether both ways of folding make the same of its value.
    pub(super) fn folds_one_way(&self) -> bool {
        Folding::Unicode.fold(&self.value) == *self.value && self.value.is_ascii()
    }

    /// The same where every letter is folded.
    pub(super) fn in_unicode(&self) -> Self {
        Self {
            value: Folding::Unicode.fold(&self.value).into(),
            ..self.clone()
        }
    }
}
