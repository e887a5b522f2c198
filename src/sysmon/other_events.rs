//! A config in, what it says of everything but pipes out: to see that a change to its pipe rules changed nothing else.

use std::fmt::Write as _;

use roxmltree::Node as Xml;

use super::config::Config;
use super::document;
use super::reject::LoadError;

impl Config {
    /// Every option and every event element but `PipeEvent`, as Sysmon sees it, in the order of the file: with all
    /// attributes and values, and those of the `RuleGroup` around it. Blanks between elements and comments say nothing.
    ///
    /// # Errors
    ///
    /// Where the text is no XML; that of a config which was loaded is.
    pub fn other_events(&self) -> Result<Vec<String>, LoadError> {
        let document = document::parse(self.text.as_str())?;
        let mut sections = Vec::new();
        collect(document.root_element(), "", &mut sections);
        Ok(sections)
    }

    /// Whether an event of several items, be it pipes or another, stands directly in an `EventFiltering`: how it combines
    /// them depends on the schema.
    pub(super) fn has_bare_events(&self) -> bool {
        let Ok(document) = document::parse(self.text.as_str()) else {
            return true;
        };
        let events = document
            .root_element()
            .children()
            .filter(|child| child.tag_name().name() == "EventFiltering")
            .flat_map(|filtering| filtering.children());
        let mut bare = events.filter(|event| event.is_element() && event.tag_name().name() != "RuleGroup");
        bare.any(|event| event.children().filter(Xml::is_element).count() > 1)
    }
}

fn collect(parent: Xml<'_, '_>, around: &str, sections: &mut Vec<String>) {
    for child in parent.children().filter(Xml::is_element) {
        match child.tag_name().name() {
            "PipeEvent" => {}
            "EventFiltering" => collect(child, around, sections),
            "RuleGroup" => collect(child, &tag(child), sections),
            _ => {
                let mut text = around.to_owned();
                print(child, &mut text);
                sections.push(text);
            }
        }
    }
}

fn print(element: Xml<'_, '_>, out: &mut String) {
    out.push_str(&tag(element));
    let mut children = element.children().filter(Xml::is_element).peekable();
    if children.peek().is_none() {
        let texts = element.children().filter(Xml::is_text).filter_map(|text| text.text());
        // Writing to a string cannot fail.
        let _ = write!(out, "{:?}", texts.collect::<String>());
    }
    children.for_each(|child| print(child, out));
    out.push_str("</>");
}

fn tag(element: Xml<'_, '_>) -> String {
    let mut attributes: Vec<_> = element
        .attributes()
        .map(|a| format!(" {}={:?}", a.name(), a.value()))
        .collect();
    attributes.sort();
    format!("<{}{}>", element.tag_name().name(), attributes.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(inside: &str) -> Vec<String> {
        let text = format!("<Sysmon schemaversion='4.50'>{inside}</Sysmon>");
        Config::load(text.as_bytes()).unwrap().other_events().unwrap()
    }

    #[test]
    fn pipes_blanks_and_comments_make_no_difference_and_all_else_does() {
        let bare = beside(
            "<EventFiltering><ProcessCreate onmatch='include'><Image>a</Image></ProcessCreate></EventFiltering>",
        );
        let with_pipes = beside(
            "\n<EventFiltering> <!-- x --> <ProcessCreate onmatch='include'>\n<Image>a</Image></ProcessCreate>\
             <RuleGroup groupRelation='or'><PipeEvent onmatch='exclude'/></RuleGroup></EventFiltering>",
        );
        assert_eq!(bare, with_pipes);
        for other in [
            "<EventFiltering><ProcessCreate onmatch='exclude'><Image>a</Image></ProcessCreate></EventFiltering>",
            "<EventFiltering><ProcessCreate onmatch='include'><Image>a </Image></ProcessCreate></EventFiltering>",
            "<EventFiltering><RuleGroup groupRelation='or'><ProcessCreate onmatch='include'><Image>a</Image></ProcessCreate>\
             </RuleGroup></EventFiltering>",
            "<HashAlgorithms>md5</HashAlgorithms>\
             <EventFiltering><ProcessCreate onmatch='include'><Image>a</Image></ProcessCreate></EventFiltering>",
        ] {
            assert_ne!(bare, beside(other), "{other}");
        }
    }
}
