//! A config as a model of its own and an event in UTF-16 units in, what Sysmon does with the event out: a slow, literal
//! transcription of the rules, which shares no code with the engine. It is shared by a property test and a fuzz target.

#[derive(Debug, Clone)]
pub(crate) struct Filter {
    pub(crate) field: usize,
    pub(crate) condition: &'static str,
    pub(crate) value: String,
    pub(crate) name: Option<&'static str>,
}

#[derive(Debug, Clone)]
pub(crate) enum Item {
    Loose(Filter),
    Rule {
        relation: Option<&'static str>,
        name: Option<&'static str>,
        filters: Vec<Filter>,
    },
}

#[derive(Debug, Clone)]
pub(crate) struct Node {
    pub(crate) exclude: bool,
    /// The RuleGroup's relation and name.
    pub(crate) group: Option<(&'static str, Option<&'static str>)>,
    pub(crate) items: Vec<Item>,
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) schema: &'static str,
    pub(crate) nodes: Vec<Node>,
}

pub(crate) const FIELDS: [&str; 5] = ["EventType", "PipeName", "Image", "User", "RuleName"];
/// What texts are made of.
pub(crate) const PIECES: [&str; 22] = [
    "",
    "\\",
    "a",
    "A",
    "b",
    "B",
    ";",
    "-",
    "_",
    "é",
    "É",
    "\u{1F600}",
    "\u{10F801}",
    "\u{FF01}",
    " ",
    "&",
    "<",
    "\"",
    "%",
    "C:\\w\\",
    "x.exe",
    "Connect",
];
/// What rules are named.
pub(crate) const NAMES: [Option<&str>; 6] = [
    None,
    None,
    Some(""),
    Some("one"),
    Some("two"),
    Some("three & \u{1F600}"),
];
pub(crate) const CONDITIONS: [&str; 16] = [
    "is",
    "is not",
    "contains",
    "contains any",
    "is any",
    "contains all",
    "excludes",
    "excludes any",
    "excludes all",
    "begin with",
    "not begin with",
    "end with",
    "not end with",
    "less than",
    "more than",
    "image",
];

/// Fields in the order of `FIELDS`, as units.
pub(crate) type Units = [Vec<u16>; 5];

pub(crate) fn lower(units: impl IntoIterator<Item = u16>) -> Vec<u16> {
    units
        .into_iter()
        .map(|u| if (0x41..=0x5A).contains(&u) { u + 0x20 } else { u })
        .collect()
}

pub(crate) fn is_in(needle: &[u16], hay: &[u16]) -> bool {
    needle.is_empty() || hay.windows(needle.len()).any(|window| window == needle)
}

/// The list items, an empty one that is not the last being the rest of the text.
pub(crate) fn items(value: &[u16]) -> Vec<&[u16]> {
    let mut all = Vec::new();
    let mut start = 0;
    loop {
        match value[start..].iter().position(|u| *u == u16::from(b';')) {
            None => {
                all.push(&value[start..]);
                return all;
            }
            Some(0) => {
                all.push(&value[start..]);
                start += 1;
            }
            Some(length) => {
                all.push(&value[start..start + length]);
                start += length + 1;
            }
        }
    }
}

pub(crate) fn condition_holds(condition: &str, v: &[u16], x: &[u16]) -> bool {
    let backslash = u16::from(b'\\');
    match condition {
        "is" => x == v,
        "is not" => x != v,
        "contains" => is_in(v, x),
        "excludes" => !is_in(v, x),
        "begin with" => x.len() >= v.len() && x[..v.len()] == *v,
        "not begin with" => !condition_holds("begin with", v, x),
        "end with" => x.len() >= v.len() && x[x.len() - v.len()..] == *v,
        "not end with" => !condition_holds("end with", v, x),
        "less than" => x < v,
        "more than" => x > v,
        "image" if v.contains(&backslash) => x == v,
        "image" => match x.iter().rposition(|u| *u == backslash) {
            Some(last) => x[last + 1..] == *v,
            None => x == v,
        },
        "is any" => v.split(|u| *u == u16::from(b';')).any(|item| item == x),
        "contains any" => items(v).iter().any(|item| is_in(item, x)),
        "contains all" => items(v).iter().all(|item| is_in(item, x)),
        "excludes any" => !condition_holds("contains any", v, x),
        "excludes all" => !condition_holds("contains all", v, x),
        other => unreachable!("{other}"),
    }
}

pub(crate) fn holds(filter: &Filter, event: &Units) -> bool {
    condition_holds(
        filter.condition,
        &lower(filter.value.encode_utf16()),
        &event[filter.field],
    )
}

/// The label of a filter: its own name, else its rule's, else the group's; an empty one ends the search and is none.
pub(crate) fn label<'m>(filter: &'m Filter, rule: Option<&'m str>, node: &'m Node) -> Option<&'m str> {
    let group = node.group.and_then(|(_, name)| name);
    filter.name.or(rule).or(group).filter(|label| !label.is_empty())
}

pub(crate) fn item_holds<'m>(item: &'m Item, node: &'m Node, event: &Units, pending: &mut Option<&'m str>) -> bool {
    let (relation, rule_name, filters) = match item {
        Item::Loose(filter) => ("or", None, std::slice::from_ref(filter)),
        Item::Rule {
            relation: None,
            name,
            filters,
        } => ("or", *name, filters.as_slice()),
        Item::Rule {
            relation: Some(r),
            name,
            filters,
        } if r.eq_ignore_ascii_case("or") => ("or", *name, filters.as_slice()),
        Item::Rule { name, filters, .. } => ("and", *name, filters.as_slice()),
    };
    for filter in filters {
        let true_here = holds(filter, event);
        if true_here && let Some(label) = label(filter, rule_name, node) {
            *pending = Some(label);
        }
        if relation == "or" && true_here {
            return true;
        }
        if relation == "and" && !true_here {
            return false;
        }
    }
    relation == "and"
}

pub(crate) fn node_matches<'m>(node: &'m Node, schema: &str, event: &Units, pending: &mut Option<&'m str>) -> bool {
    let relation = match node.group {
        Some((relation, _)) => relation,
        None if schema.parse::<f64>().unwrap() > 4.1 => "and",
        None => "or",
    };
    let present: Vec<&Item> = node
        .items
        .iter()
        .filter(|i| !matches!(i, Item::Rule { filters, .. } if filters.is_empty()))
        .collect();
    if present.is_empty() {
        return false;
    }
    let mut matched_fields = Vec::new();
    for (at, item) in present.iter().enumerate() {
        if relation == "or" {
            if item_holds(item, node, event, pending) {
                return true;
            }
            continue;
        }
        match item {
            Item::Rule { .. } => {
                if !item_holds(item, node, event, pending) {
                    return false;
                }
            }
            Item::Loose(filter) if matched_fields.contains(&filter.field) => {}
            Item::Loose(filter) => {
                if item_holds(item, node, event, pending) {
                    matched_fields.push(filter.field);
                } else {
                    let again = |i: &&Item| matches!(i, Item::Loose(later) if later.field == filter.field);
                    if !present[at + 1..].iter().any(again) {
                        return false;
                    }
                }
            }
        }
    }
    relation == "and"
}

/// Whether the event is logged, and the RuleName.
pub(crate) fn verdict<'m>(model: &'m Model, event: &Units) -> (bool, Option<&'m str>) {
    let mut pending = None;
    for exclude in [true, false] {
        for node in model.nodes.iter().rev().filter(|node| node.exclude == exclude) {
            if node_matches(node, model.schema, event, &mut pending) {
                return (!exclude, pending);
            }
        }
    }
    (model.nodes.len() == 1 && model.nodes[0].exclude, None)
}

pub(crate) fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

pub(crate) fn name_attribute(name: Option<&str>) -> String {
    name.map(|n| format!(" name=\"{}\"", xml(n))).unwrap_or_default()
}

pub(crate) fn filter_xml(filter: &Filter) -> String {
    let field = FIELDS[filter.field];
    let name = name_attribute(filter.name);
    format!(
        "<{field} condition=\"{}\"{name}>{}</{field}>",
        filter.condition,
        xml(&filter.value)
    )
}

pub(crate) fn render(model: &Model) -> String {
    let mut out = format!("<Sysmon schemaversion=\"{}\"><EventFiltering>", model.schema);
    for node in &model.nodes {
        if let Some((relation, name)) = node.group {
            out += &format!("<RuleGroup groupRelation=\"{relation}\"{}>", name_attribute(name));
        }
        out += &format!(
            "<PipeEvent onmatch=\"{}\">",
            if node.exclude { "exclude" } else { "include" }
        );
        for item in &node.items {
            match item {
                Item::Loose(filter) => out += &filter_xml(filter),
                Item::Rule {
                    relation,
                    name,
                    filters,
                } => {
                    let relation = relation.map(|r| format!(" groupRelation=\"{r}\"")).unwrap_or_default();
                    out += &format!("<Rule{relation}{}> ", name_attribute(*name));
                    filters.iter().for_each(|filter| out += &filter_xml(filter));
                    out += "</Rule>";
                }
            }
        }
        out += if node.group.is_some() {
            "</PipeEvent></RuleGroup>"
        } else {
            "</PipeEvent>"
        };
    }
    out + "</EventFiltering></Sysmon>"
}
