//! A text that is looked for in a field, and where.

/// A text at a field's start, at its end, all of it, or anywhere in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    pub(super) text: String,
    pub(super) at_start: bool,
    pub(super) at_end: bool,
}

impl Literal {
    pub(super) fn anywhere(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            at_start: false,
            at_end: false,
        }
    }

    pub(super) fn start(text: impl Into<String>) -> Self {
        Self {
            at_start: true,
            ..Self::anywhere(text)
        }
    }

    pub(super) fn end(text: impl Into<String>) -> Self {
        Self {
            at_end: true,
            ..Self::anywhere(text)
        }
    }

    pub(super) fn whole(text: impl Into<String>) -> Self {
        Self {
            at_end: true,
            ..Self::start(text)
        }
    }

    pub(super) fn is_in(&self, field: &str) -> bool {
        match (self.at_start, self.at_end) {
            (true, true) => field == self.text,
            (true, false) => field.starts_with(&self.text),
            (false, true) => field.ends_with(&self.text),
            (false, false) => field.contains(&self.text),
        }
    }
}

/// What a text must meet: a form that all conditions but those of order come to.
#[derive(Debug, Default)]
pub(super) struct Demand {
    /// Of each list one must be in it.
    pub(super) some_of: Vec<Vec<Literal>>,
    /// None may be in it.
    pub(super) none: Vec<Literal>,
    /// Of each list one must not be in it.
    pub(super) not_all: Vec<Vec<Literal>>,
    /// How it must compare with these.
    pub(super) orders: Vec<Order>,
}

/// How a text must sort against another.
#[derive(Debug)]
pub(super) struct Order {
    pub(super) against: String,
    pub(super) less: bool,
    pub(super) equal: bool,
    pub(super) more: bool,
}

impl Demand {
    /// Whether a text meets all but the orders.
    pub(super) fn allows(&self, field: &str) -> bool {
        let is_in = |literal: &Literal| literal.is_in(field);
        self.some_of.iter().all(|some| some.iter().any(is_in))
            && !self.none.iter().any(is_in)
            && self.not_all.iter().all(|all| !all.iter().all(is_in))
    }

    /// How much text is in it.
    pub(super) fn size(&self) -> usize {
        let lists = self.some_of.iter().chain(&self.not_all).flatten();
        lists.chain(&self.none).map(|literal| literal.text.len() + 2).sum()
    }
}
