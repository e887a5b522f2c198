//! A config's text in, how its lines end and are indented out: what is added to it looks like what was there.

use crate::sysmon::{Config, Element};

use crate::sysmon::Edit;

/// How a file is laid out.
#[derive(Debug)]
pub(super) struct Layout<'t> {
    text: &'t str,
    line_end: &'static str,
    unit: &'t str,
}

/// A line to be written: how deep it is below the first, and what stands in it.
pub(super) type Line = (usize, String);

impl<'t> Layout<'t> {
    pub(super) fn of(config: &'t Config) -> Self {
        let text = config.text().as_str();
        // Published configs mix both: what most lines end with.
        let (all, crlf) = (text.matches('\n').count(), text.matches("\r\n").count());
        let line_end = if crlf * 2 > all { "\r\n" } else { "\n" };
        let mut layout = Self {
            text,
            line_end,
            unit: "  ",
        };
        layout.unit = layout.find_unit(config);
        layout
    }

    /// What a level is indented by, as the elements around and in the pipe rules show it; else two blanks, or a tab where
    /// the file has any.
    fn find_unit(&self, config: &Config) -> &'t str {
        let mut pairs: Vec<(&Element, &Element)> = Vec::new();
        for node in config.nodes() {
            pairs.extend(node.items.iter().map(|item| (&node.element, item.element())));
            pairs.extend(node.group.as_ref().map(|group| (&group.element, &node.element)));
        }
        pairs.extend(
            config
                .event_filterings()
                .iter()
                .map(|filtering| (config.sysmon(), filtering)),
        );
        let step = |(outer, inner): (&Element, &Element)| {
            let (outer, inner) = (self.own_indent(outer.span.start)?, self.own_indent(inner.span.start)?);
            inner.strip_prefix(outer).filter(|step| !step.is_empty())
        };
        let fallback = if self.text.contains("\n\t") { "\t" } else { "  " };
        pairs.into_iter().find_map(step).unwrap_or(fallback)
    }

    /// The blanks that the line of this place begins with.
    fn indent(&self, at: usize) -> &'t str {
        let before = self.text.get(..at).unwrap_or_default();
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        let line = self.text.get(start..at).unwrap_or_default();
        line.get(..line.len() - line.trim_start_matches([' ', '\t']).len())
            .unwrap_or_default()
    }

    /// The same, where nothing else stands before the place in its line.
    fn own_indent(&self, at: usize) -> Option<&'t str> {
        let indent = self.indent(at);
        let before = self.text.get(..at).unwrap_or_default().strip_suffix(indent)?;
        (before.is_empty() || before.ends_with('\n')).then_some(indent)
    }

    fn lines(&self, lines: &[Line], indent: &str) -> String {
        let line = |(depth, text): &Line| format!("{indent}{}{text}{}", self.unit.repeat(*depth), self.line_end);
        lines.iter().map(line).collect()
    }

    /// The edit that puts lines at the end of an element, indented as its last child is.
    pub(super) fn append(&self, element: &Element, name: &str, last_child: Option<&Element>, lines: &[Line]) -> Edit {
        let outer = self.indent(element.span.start);
        let inner = last_child
            .and_then(|child| self.own_indent(child.span.start))
            .map_or_else(|| format!("{outer}{}", self.unit), str::to_owned);
        let lines = self.lines(lines, &inner);
        let Some(end_tag) = &element.end_tag else {
            // It closes itself: the slash goes, and an end tag comes.
            let tag = self.text.get(element.start_tag.clone()).unwrap_or_default();
            let open = tag.trim_end_matches('>').trim_end_matches('/').trim_end();
            return Edit {
                at: element.start_tag.start + open.len()..element.start_tag.end,
                text: format!(">{}{lines}{outer}</{name}>", self.line_end),
            };
        };
        match self.own_indent(end_tag.start) {
            Some(indent) => {
                let at = end_tag.start - indent.len();
                Edit {
                    at: at..at,
                    text: lines,
                }
            }
            None => {
                let text = format!("{}{lines}{outer}", self.line_end);
                Edit {
                    at: end_tag.start..end_tag.start,
                    text,
                }
            }
        }
    }

    /// The edits that put a start tag before an element and an end tag behind it, each in a line of its own.
    pub(super) fn wrap(&self, element: &Element, start: &str, end: &str) -> [Edit; 2] {
        let (indent, line_end) = (self.indent(element.span.start), self.line_end);
        let at = |at| at..at;
        [
            Edit {
                at: at(element.span.start),
                text: format!("{start}{line_end}{indent}"),
            },
            Edit {
                at: at(element.span.end),
                text: format!("{line_end}{indent}{end}"),
            },
        ]
    }
}
