//! Binary XML: a tree of elements in, its tokens out.
//!
//! Tokens: \[MS-EVEN6\] 2.2.12 and libevtx's "Windows XML Event Log (EVTX)" format description. Where the two leave a
//! choice, the bytes are those that real logs have.

use crate::dictionary::Dictionary;
use crate::text::Text;
use crate::value::{self, STRING};

/// Version 1.1 of binary XML: opens every fragment.
pub(crate) const FRAGMENT: [u8; 4] = [0x0F, 0x01, 0x01, 0x00];
pub(crate) const END: u8 = 0x00;
const OPEN: u8 = 0x01;
const CLOSE_START: u8 = 0x02;
const CLOSE_EMPTY: u8 = 0x03;
const CLOSE: u8 = 0x04;
const VALUE: u8 = 0x05;
const ATTRIBUTE: u8 = 0x06;
const ENTITY: u8 = 0x09;
const SUBSTITUTION: u8 = 0x0D;
const OPTIONAL_SUBSTITUTION: u8 = 0x0E;
/// On OPEN: attributes follow. On ATTRIBUTE, VALUE and ENTITY: another of its kind follows.
const MORE: u8 = 0x40;

/// The element depends on no substitution.
const INDEPENDENT: u16 = 0xFFFF;

/// What stands between tags, or in an attribute.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Element(Element),
    /// Literal text.
    Text(Text),
    /// Literal text in which `&`, `<` and `>` are tokens of their own, as where XML text was read and stored.
    Escaped(Text),
    /// The value of this index and type. An optional one vanishes where its value is null.
    Substitution {
        index: u16,
        code: u8,
        optional: bool,
    },
}

/// An element.
#[derive(Debug, Clone, Default)]
pub(crate) struct Element {
    name: String,
    attributes: Vec<(String, Content)>,
    content: Vec<Content>,
    /// The substitution without whose value the element vanishes.
    depends_on: Option<u16>,
}

impl Element {
    pub(crate) fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            ..Self::default()
        }
    }

    pub(crate) fn attribute(mut self, name: &str, value: Content) -> Self {
        self.attributes.push((name.to_owned(), value));
        self
    }

    pub(crate) fn containing(mut self, content: Content) -> Self {
        self.content.push(content);
        self
    }

    pub(crate) fn child(self, element: Self) -> Self {
        self.containing(Content::Element(element))
    }

    pub(crate) fn depending_on(mut self, index: u16) -> Self {
        self.depends_on = Some(index);
        self
    }
}

/// Writes tokens that will lie at `base` of a chunk.
#[derive(Debug)]
pub(crate) struct Tokens<'a> {
    pub(crate) out: Vec<u8>,
    base: usize,
    dictionary: &'a mut Dictionary,
}

impl<'a> Tokens<'a> {
    pub(crate) fn new(base: usize, dictionary: &'a mut Dictionary) -> Self {
        Self {
            out: Vec::with_capacity(1024),
            base,
            dictionary,
        }
    }

    /// Where the next byte will lie in the chunk.
    pub(crate) fn place(&self) -> u32 {
        to_u32(self.base + self.out.len())
    }

    pub(crate) fn dictionary(&mut self) -> &mut Dictionary {
        self.dictionary
    }

    pub(crate) fn u16(&mut self, n: u16) {
        self.out.extend(n.to_le_bytes());
    }

    pub(crate) fn u32(&mut self, n: u32) {
        self.out.extend(n.to_le_bytes());
    }

    /// A 32-bit size, then what `body` writes, whose size it is.
    pub(crate) fn sized(&mut self, body: impl FnOnce(&mut Self)) {
        let at = self.out.len();
        self.u32(0);
        body(self);
        let size = to_u32(self.out.len() - at - 4);
        if let Some(field) = self.out.get_mut(at..at + 4) {
            field.copy_from_slice(&size.to_le_bytes());
        }
    }

    /// A fragment of one element, its end included.
    pub(crate) fn fragment(&mut self, root: &Element, in_template: bool) {
        self.out.extend(FRAGMENT);
        self.element(root, in_template);
        self.out.push(END);
    }

    /// An element. Only inside a template definition do elements say what they depend on.
    fn element(&mut self, element: &Element, in_template: bool) {
        let more = if element.attributes.is_empty() { 0 } else { MORE };
        self.out.push(OPEN | more);
        if in_template {
            self.u16(element.depends_on.unwrap_or(INDEPENDENT));
        }
        self.sized(|tokens| {
            tokens.name(&element.name);
            if !element.attributes.is_empty() {
                tokens.sized(|tokens| tokens.attributes(&element.attributes));
            }
            if element.content.is_empty() {
                tokens.out.push(CLOSE_EMPTY);
            } else {
                tokens.out.push(CLOSE_START);
                for content in &element.content {
                    tokens.content(content, in_template);
                }
                tokens.out.push(CLOSE);
            }
        });
    }

    fn attributes(&mut self, attributes: &[(String, Content)]) {
        for (i, (name, value)) in attributes.iter().enumerate() {
            let more = if i + 1 < attributes.len() { MORE } else { 0 };
            self.out.push(ATTRIBUTE | more);
            self.name(name);
            self.content(value, false);
        }
    }

    fn content(&mut self, content: &Content, in_template: bool) {
        match content {
            Content::Element(element) => self.element(element, in_template),
            Content::Text(text) => self.text(text.units(), 0),
            Content::Escaped(text) => self.escaped(text.units()),
            Content::Substitution { index, code, optional } => {
                self.out
                    .push(if *optional { OPTIONAL_SUBSTITUTION } else { SUBSTITUTION });
                self.u16(*index);
                self.out.push(*code);
            }
        }
    }

    fn text(&mut self, units: &[u16], more: u8) {
        self.out.extend([VALUE | more, STRING]);
        // A text longer than its length field can say fits into no chunk: the record is refused later.
        self.u16(u16::try_from(units.len()).unwrap_or(u16::MAX));
        value::units(units, &mut self.out);
    }

    fn escaped(&mut self, mut units: &[u16]) {
        if units.is_empty() {
            self.text(units, 0);
        }
        while let Some(first) = units.first() {
            let rest = if let Some(name) = entity(*first) {
                let rest = &units[1..];
                self.out.push(ENTITY | if rest.is_empty() { 0 } else { MORE });
                self.name(name);
                rest
            } else {
                let len = units
                    .iter()
                    .position(|unit| entity(*unit).is_some())
                    .unwrap_or(units.len());
                let (plain, rest) = units.split_at(len);
                self.text(plain, if rest.is_empty() { 0 } else { MORE });
                rest
            };
            units = rest;
        }
    }

    /// A reference to a name; its first use in a chunk carries the name itself.
    fn name(&mut self, name: &str) {
        if let Some(place) = self.dictionary.name(name) {
            self.u32(place);
            return;
        }
        let place = self.place() + 4;
        self.u32(place);
        let definition = self.dictionary.define_name(name, place);
        self.out.extend(definition);
    }
}

fn entity(unit: u16) -> Option<&'static str> {
    match char::from_u32(u32::from(unit))? {
        '&' => Some("amp"),
        '<' => Some("lt"),
        '>' => Some("gt"),
        _ => None,
    }
}

/// A size or place in a chunk, which is always small.
pub(crate) fn to_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
