//! Names and parts of a config in, XML that says exactly these out.
//!
//! What XML cannot hold is refused, never altered: a rule must match what Sysmon sees, or not be written.

use std::fmt::Write as _;

use quick_xml::escape::partial_escape;

use super::condition::Condition;
use super::config::{Config, Filter, Item, Node};
use super::field::Field;
use super::fold::as_name;
use crate::utf16;

/// A text that no config can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unwritable {
    /// XML has no such character, not even as a reference.
    #[error("it holds U+{:04X}, which XML cannot", u32::from(*.0))]
    Character(char),
    /// Half of a character.
    #[error("it holds the lone surrogate U+{0:04X}, which XML cannot")]
    LoneSurrogate(u16),
}

/// A pipe's name, or any text in the form of [`crate::utf16`], as an element's content.
///
/// # Errors
///
/// Where XML cannot hold it.
pub fn text(value: &str) -> Result<String, Unwritable> {
    // A parser makes a line feed of a raw carriage return.
    Ok(partial_escape(&plain(value)?).replace('\r', "&#13;"))
}

/// The same as an attribute's value, without the quotation marks around it.
///
/// # Errors
///
/// Where XML cannot hold it.
pub fn attribute(value: &str) -> Result<String, Unwritable> {
    // A parser makes a blank of each raw tab and line break in an attribute.
    Ok(text(value)?
        .replace('"', "&quot;")
        .replace('\t', "&#9;")
        .replace('\n', "&#10;"))
}

/// Any text as a comment: what would end it, or what XML cannot hold, is replaced, since nothing depends on it.
#[must_use]
pub fn comment(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '-' if safe.ends_with('-') => safe.push_str(" -"),
            c if !is_xml(c) || utf16::surrogate(c).is_some() => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    format!("<!-- {} -->", safe.trim())
}

/// One filter element.
///
/// # Errors
///
/// Where XML cannot hold the value or the name.
pub fn filter(field: Field, condition: Condition, value: &str, name: Option<&str>) -> Result<String, Unwritable> {
    let name = name
        .map(attribute)
        .transpose()?
        .map(|n| format!(" name=\"{n}\""))
        .unwrap_or_default();
    Ok(format!(
        "<{field} condition=\"{}\"{name}>{}</{field}>",
        condition.name(),
        text(value)?
    ))
}

/// The text without the form that lone surrogates have here, checked.
fn plain(value: &str) -> Result<String, Unwritable> {
    char::decode_utf16(utf16::units(value))
        .map(|decoded| match decoded {
            Ok(c) if is_xml(c) => Ok(c),
            Ok(c) => Err(Unwritable::Character(c)),
            Err(lone) => Err(Unwritable::LoneSurrogate(lone.unpaired_surrogate())),
        })
        .collect()
}

/// The characters of XML 1.0.
fn is_xml(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..)
}

impl Config {
    /// The pipe filters that Sysmon uses of this config, as a config of its own that says the same.
    ///
    /// # Errors
    ///
    /// Where XML cannot hold a part; a config that was loaded holds none such.
    pub fn print(&self) -> Result<String, Unwritable> {
        let mut out = format!("<Sysmon schemaversion=\"{}\">\n  <EventFiltering>\n", self.schema());
        for node in self.nodes().iter().filter(|node| node.is_used()) {
            print_node(node, &mut out)?;
        }
        out.push_str("  </EventFiltering>\n</Sysmon>\n");
        Ok(out)
    }
}

fn print_node(node: &Node, out: &mut String) -> Result<(), Unwritable> {
    let named = |name: Option<&str>| -> Result<String, Unwritable> {
        Ok(name
            .map(|n| attribute(&as_name(n)))
            .transpose()?
            .map(|n| format!(" name=\"{n}\""))
            .unwrap_or_default())
    };
    let Some(on_match) = node.on_match else { return Ok(()) };
    // Writing to a string cannot fail.
    if let Some(group) = &node.group {
        let name = named(group.name.as_deref())?;
        let _ = writeln!(out, "    <RuleGroup{name} groupRelation=\"{}\">", node.relation);
    }
    let _ = writeln!(out, "      <PipeEvent onmatch=\"{on_match}\">");
    for item in &node.items {
        match item {
            Item::Filter(filter) => {
                let _ = writeln!(out, "        {}", print_filter(filter)?);
            }
            Item::Rule(rule) if rule.filters.is_empty() => {}
            Item::Rule(rule) => {
                let name = named(rule.name.as_deref())?;
                let _ = writeln!(out, "        <Rule{name} groupRelation=\"{}\">", rule.relation);
                for filter in &rule.filters {
                    let _ = writeln!(out, "          {}", print_filter(filter)?);
                }
                out.push_str("        </Rule>\n");
            }
        }
    }
    out.push_str("      </PipeEvent>\n");
    if node.group.is_some() {
        out.push_str("    </RuleGroup>\n");
    }
    Ok(())
}

fn print_filter(f: &Filter) -> Result<String, Unwritable> {
    filter(
        f.field,
        f.condition,
        &as_name(&f.value),
        f.name.as_deref().map(as_name).as_deref(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_escaped() {
        assert_eq!(text("<Anonymous Pipe>").unwrap(), "&lt;Anonymous Pipe&gt;");
        assert_eq!(text("a&b\r]]>").unwrap(), "a&amp;b&#13;]]&gt;");
        assert_eq!(attribute("\"a\"\n'").unwrap(), "&quot;a&quot;&#10;'");
        assert_eq!(
            filter(Field::PipeName, Condition::Is, r"\a&b", None).unwrap(),
            r#"<PipeName condition="is">\a&amp;b</PipeName>"#
        );
    }

    #[test]
    fn what_xml_cannot_hold_is_refused() {
        assert_eq!(text("\\a\u{1}"), Err(Unwritable::Character('\u{1}')));
        assert_eq!(text("\u{FFFE}"), Err(Unwritable::Character('\u{FFFE}')));
        let mut lone = String::new();
        utf16::push_units([0xDC00], &mut lone);
        assert_eq!(text(&lone), Err(Unwritable::LoneSurrogate(0xDC00)));
    }

    #[test]
    fn characters_that_stand_for_surrogates_elsewhere_are_written_as_themselves() {
        let mut name = String::new();
        utf16::push_char('\u{10F801}', &mut name);
        assert_eq!(text(&name).unwrap(), "\u{10F801}");
    }

    proptest! {
        #[test]
        fn a_written_value_is_read_back_whole(value in "[\\PC\t\r\n<>&\"' ;-]{0,20}", name in "[\\PC\t\n\"<&]{0,20}") {
            let value: String = as_name(&value).into_owned();
            let name: String = as_name(&name).into_owned();
            if let Ok(line) = filter(Field::PipeName, Condition::Is, &value, Some(&name)) {
                let config = format!("<Sysmon schemaversion='4.50'><EventFiltering>{}<PipeEvent onmatch='include'>{line}\
                     </PipeEvent></EventFiltering></Sysmon>", comment(&value));
                let config = Config::load(config.as_bytes()).unwrap();
                let filter = &config.nodes()[0].items[0].filters()[0];
                prop_assert_eq!(as_name(&filter.value), value);
                prop_assert_eq!(as_name(filter.name.as_deref().unwrap()), name);
            }
        }

        #[test]
        fn any_text_is_a_comment(text in "[-<>\\PC\u{0}\u{1}]{0,20}") {
            let file = format!("{}<Sysmon schemaversion='4.50'/>", comment(&text));
            prop_assert!(Config::load(file.as_bytes()).is_ok(), "{}", file);
        }
    }
}
