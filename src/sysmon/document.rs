//! Text in, an XML tree with positions out, or the reason why it is none.
//!
//! The text is hostile: it is tokenised once before the tree is built, so that nothing which costs the tree builder more
//! than linear time or memory ever reaches it. A DOCTYPE is refused here, as Sysmon refuses it (it puts its own in front
//! of the file, and a second one breaks parsing), so there are no entities to expand.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};
use roxmltree::{Document, Error, ParsingOptions};

use super::position::place_in;
use super::reject::{Failure, LoadError, Place};

/// Files beyond this size are not read.
pub(super) const MAX_BYTES: usize = 64 << 20;

/// A tree of more nodes is not built: enough for a quarter of a million filters on lines of their own, more than ten
/// times as many as Sysmon was seen to load.
const MAX_NODES: u32 = 1_000_000;

/// libxml2 refuses longer texts, comments and attribute values (XML_MAX_TEXT_LENGTH).
const MAX_TEXT: usize = 10_000_000;

/// libxml2 refuses deeper nesting (xmlParserMaxDepth).
const MAX_DEPTH: usize = 256;

/// No element of a config may have more than two attributes; the tree builder compares each with each.
const MAX_ATTRIBUTES: usize = 16;

/// Parses `text`.
pub(super) fn parse(text: &str) -> Result<Document<'_>, LoadError> {
    prescan(text)?;
    let options = ParsingOptions {
        allow_dtd: false,
        nodes_limit: MAX_NODES,
        ..ParsingOptions::default()
    };
    Document::parse_with_options(text, options).map_err(|error| ill_formed(&error))
}

fn prescan(text: &str) -> Result<(), LoadError> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.check_end_names = false;
    config.allow_unmatched_ends = true;
    config.allow_dangling_amp = true;
    let mut run = 0;
    let mut depth = 0_usize;
    loop {
        let before = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        let event = reader.read_event().map_err(|error| {
            let at = usize::try_from(reader.error_position()).unwrap_or(text.len());
            LoadError::rejected(
                place_in(text, at),
                format!("the file is no well-formed XML: {error}"),
                MEND_XML,
            )
        })?;
        let after = usize::try_from(reader.buffer_position()).unwrap_or(text.len());
        run = match event {
            // Text and references make one node.
            Event::Text(_) | Event::GeneralRef(_) => run + (after - before),
            _ => after - before,
        };
        if run > MAX_TEXT {
            return Err(LoadError::rejected(
                place_in(text, before),
                "a text of more than 10,000,000 bytes stands here",
                "split the value over several filters",
            ));
        }
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > MAX_DEPTH {
            return Err(LoadError::rejected(
                place_in(text, before),
                "elements are nested more than 256 deep",
                "close those that are open",
            ));
        }
        match event {
            Event::DocType(_) => {
                return Err(LoadError::rejected(
                    place_in(text, before),
                    "the file has a DOCTYPE; Sysmon puts its own in front, and two break parsing",
                    "remove it, and write out the entities that it defines",
                ));
            }
            Event::Start(tag) | Event::Empty(tag) => check_tag(&tag, || place_in(text, before))?,
            Event::Eof => return Ok(()),
            _ => {}
        }
    }
}

/// Refuses what no config may have and what the tree builder is slow at.
fn check_tag(tag: &BytesStart<'_>, place: impl Fn() -> Place) -> Result<(), LoadError> {
    let mut count = 0;
    for attribute in tag.attributes().with_checks(false).flatten() {
        count += 1;
        let key = attribute.key.as_ref();
        if key == "xmlns" || key.starts_with("xmlns:") {
            return Err(LoadError::rejected(
                place(),
                format!("the attribute `{key}` is not allowed: Sysmon's grammar has no namespaces"),
                "remove it",
            ));
        }
        if count > MAX_ATTRIBUTES {
            return Err(LoadError::rejected(
                place(),
                "this element has more attributes than any element of a config",
                "remove those that Sysmon does not know",
            ));
        }
    }
    Ok(())
}

const MEND_XML: &str = "mend the markup here";

fn ill_formed(error: &Error) -> LoadError {
    let at = error.pos();
    let place = Place {
        line: at.row as usize,
        column: at.col as usize,
    };
    let text = error.to_string();
    let what = text.strip_suffix(&format!(" at {at}")).unwrap_or(&text);
    if matches!(
        error,
        Error::NodesLimitReached | Error::AttributesLimitReached | Error::NamespacesLimitReached
    ) {
        return LoadError::rejected(place, "the file has more elements than are read here", "split it")
            .failing(Failure::TooLarge);
    }
    let mend = match error {
        Error::UnknownEntityReference(..) | Error::MalformedEntityReference(_) => {
            "write &amp; for &; the only other names are &lt; &gt; &quot; &apos;"
        }
        Error::UnexpectedDeclaration(_) => "the <?xml ...?> line must be the very first thing in the file",
        Error::InvalidAttributeValue(_) => "write &lt; for <",
        Error::NonXmlChar(..) => "remove the character: XML cannot hold it, not even as a reference",
        Error::UnexpectedCloseTag(..) => "close the elements in the order in which they were opened",
        Error::UnclosedRootNode | Error::UnexpectedEndOfStream => "the file ends too early: close what is open",
        Error::InvalidComment(_) => "write no -- inside a comment",
        Error::DuplicatedAttribute(..) => "keep one of the two",
        _ => MEND_XML,
    };
    LoadError::rejected(place, format!("the file is no well-formed XML: {what}"), mend)
}
