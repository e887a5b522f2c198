//! The compiled engine says what a slow, literal transcription of Sysmon's rules says, on random configs and events.
//!
//! The transcription works on a model of its own and on UTF-16 units, and shares no code with the engine.

use pipemine::sysmon::{Config, Event, ItemId};
use pipemine::utf16;
use proptest::prelude::*;
use proptest::sample::{Index, select};

#[derive(Debug, Clone)]
struct Filter {
    field: usize,
    condition: &'static str,
    value: String,
    name: Option<&'static str>,
}

#[derive(Debug, Clone)]
enum Item {
    Loose(Filter),
    Rule {
        relation: Option<&'static str>,
        name: Option<&'static str>,
        filters: Vec<Filter>,
    },
}

#[derive(Debug, Clone)]
struct Node {
    exclude: bool,
    /// The RuleGroup's relation and name.
    group: Option<(&'static str, Option<&'static str>)>,
    items: Vec<Item>,
}

#[derive(Debug, Clone)]
struct Model {
    schema: &'static str,
    nodes: Vec<Node>,
}

const FIELDS: [&str; 5] = ["EventType", "PipeName", "Image", "User", "RuleName"];
const CONDITIONS: [&str; 16] = [
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
type Units = [Vec<u16>; 5];

fn lower(units: impl IntoIterator<Item = u16>) -> Vec<u16> {
    units
        .into_iter()
        .map(|u| if (0x41..=0x5A).contains(&u) { u + 0x20 } else { u })
        .collect()
}

fn is_in(needle: &[u16], hay: &[u16]) -> bool {
    needle.is_empty() || hay.windows(needle.len()).any(|window| window == needle)
}

/// The list items, an empty one that is not the last being the rest of the text.
fn items(value: &[u16]) -> Vec<&[u16]> {
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

fn condition_holds(condition: &str, v: &[u16], x: &[u16]) -> bool {
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

fn holds(filter: &Filter, event: &Units) -> bool {
    condition_holds(
        filter.condition,
        &lower(filter.value.encode_utf16()),
        &event[filter.field],
    )
}

/// The label of a filter: its own name, else its rule's, else the group's; an empty one ends the search and is none.
fn label<'m>(filter: &'m Filter, rule: Option<&'m str>, node: &'m Node) -> Option<&'m str> {
    let group = node.group.and_then(|(_, name)| name);
    filter.name.or(rule).or(group).filter(|label| !label.is_empty())
}

fn item_holds<'m>(item: &'m Item, node: &'m Node, event: &Units, pending: &mut Option<&'m str>) -> bool {
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

fn node_matches<'m>(node: &'m Node, schema: &str, event: &Units, pending: &mut Option<&'m str>) -> bool {
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
fn verdict<'m>(model: &'m Model, event: &Units) -> (bool, Option<&'m str>) {
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

fn xml(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn name_attribute(name: Option<&str>) -> String {
    name.map(|n| format!(" name=\"{}\"", xml(n))).unwrap_or_default()
}

fn filter_xml(filter: &Filter) -> String {
    let field = FIELDS[filter.field];
    let name = name_attribute(filter.name);
    format!(
        "<{field} condition=\"{}\"{name}>{}</{field}>",
        filter.condition,
        xml(&filter.value)
    )
}

fn render(model: &Model) -> String {
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

const PIECES: [&str; 22] = [
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

fn text(pieces: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&PIECES[..]), pieces).prop_map(|all| all.concat())
}

fn name() -> impl Strategy<Value = Option<&'static str>> {
    select(
        &[
            None,
            None,
            Some(""),
            Some("one"),
            Some("two"),
            Some("three & \u{1F600}"),
        ][..],
    )
}

fn filter() -> impl Strategy<Value = Filter> {
    (0..FIELDS.len(), select(&CONDITIONS[..]), text(0..4), name()).prop_map(|(field, condition, value, name)| Filter {
        field,
        condition,
        value,
        name,
    })
}

fn item() -> impl Strategy<Value = Item> {
    let relation = select(
        &[
            None,
            Some("or"),
            Some("and"),
            Some("and"),
            Some("OR"),
            Some("xor"),
            Some(""),
        ][..],
    );
    prop_oneof![
        filter().prop_map(Item::Loose),
        (relation, name(), proptest::collection::vec(filter(), 0..4)).prop_map(|(relation, name, filters)| {
            Item::Rule {
                relation,
                name,
                filters,
            }
        }),
    ]
}

fn node(items: std::ops::Range<usize>) -> impl Strategy<Value = Node> {
    let group = prop_oneof![Just(None), (select(&["or", "and"][..]), name()).prop_map(Some)];
    (any::<bool>(), group, proptest::collection::vec(item(), items)).prop_map(|(exclude, group, items)| Node {
        exclude,
        group,
        items,
    })
}

fn model() -> impl Strategy<Value = Model> {
    let nodes = prop_oneof![
        proptest::collection::vec(node(0..5), 0..4),
        // Enough literals of one field for the automaton.
        proptest::collection::vec(node(10..30), 1..3),
    ];
    (select(&["4.80", "4.81", "4.90"][..]), nodes).prop_map(|(schema, nodes)| Model { schema, nodes })
}

/// A field's value in the form that names have in the library, sometimes with a lone surrogate.
fn value() -> impl Strategy<Value = String> {
    let lone = proptest::option::weighted(0.1, select(&[0xD83Du16, 0xDE00, 0xDBFE][..]));
    (text(0..5), lone).prop_map(|(text, lone)| {
        let mut name = String::new();
        utf16::push_units(text.encode_utf16().chain(lone), &mut name);
        name
    })
}

fn event() -> impl Strategy<Value = [String; 4]> {
    let kind = select(&["CreatePipe", "ConnectPipe"][..]).prop_map(str::to_owned);
    (kind, value(), value(), value()).prop_map(|(kind, pipe, image, user)| [kind, pipe, image, user])
}

fn as_event(fields: &[String; 4]) -> Event<'_> {
    let [event_type, pipe_name, image, user] = fields.each_ref().map(String::as_str);
    Event {
        event_type,
        pipe_name,
        image,
        user,
    }
}

fn as_units(fields: &[String; 4]) -> Units {
    let value = |text: &str| {
        if text.is_empty() {
            vec![u16::from(b'-')]
        } else {
            lower(utf16::units(text))
        }
    };
    let [event_type, pipe_name, image, user] = fields.each_ref().map(|text| value(text));
    [event_type, pipe_name, image, user, value("")]
}

/// The verdicts of the engine alone.
fn logged(model: &Model, events: &[[String; 4]]) -> Vec<bool> {
    let engine = Config::load(render(model).as_bytes()).unwrap().engine();
    events
        .iter()
        .map(|fields| engine.verdict(&as_event(fields)).logged)
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn the_engine_agrees_with_the_specification(model in model(), events in proptest::collection::vec(event(), 8)) {
        let config = Config::load(render(&model).as_bytes()).unwrap();
        let engine = config.engine();
        for fields in &events {
            let units = as_units(fields);
            let got = engine.verdict(&as_event(fields));
            prop_assert_eq!((got.logged, got.rule_name), verdict(&model, &units), "{:?}\n{}", fields, render(&model));

            let mut expected = Vec::new();
            for (n, node) in model.nodes.iter().enumerate() {
                for (i, item) in node.items.iter().enumerate() {
                    let is_there = !matches!(item, Item::Rule { filters, .. } if filters.is_empty());
                    if is_there && item_holds(item, node, &units, &mut None) {
                        expected.push(ItemId { node: n, item: i });
                    }
                }
            }
            let mut found = Vec::new();
            prop_assert_eq!(engine.outcome(&as_event(fields), &mut found), got);
            let mut items: Vec<ItemId> = found.iter().map(|found| found.item).collect();
            items.dedup();
            prop_assert_eq!(&items, &expected, "{:?}\n{}", fields, render(&model));
            for found in found {
                let item = config.item(found.item).unwrap();
                let mut holds = vec![false; item.filters().len()];
                engine.holding(&as_event(fields), |id, holding| {
                    if id == found.item {
                        holds = holding.collect();
                    }
                });
                prop_assert!(found.filter.map_or_else(|| holds.iter().all(|h| *h), |filter| holds[filter]));
            }
            prop_assert_eq!(engine.matches(&as_event(fields)), expected, "{:?}\n{}", fields, render(&model));

            if let Some(decision) = got.decided_by {
                let node = &model.nodes[decision.node];
                prop_assert_eq!(node.exclude, !got.logged);
                if let Some(item) = decision.item {
                    prop_assert!(item_holds(&node.items[item], node, &units, &mut None));
                }
            }
        }
    }

    #[test]
    fn order_and_repetition_in_an_or_node_change_no_verdict(
        node in node(1..8),
        moves in proptest::collection::vec((any::<Index>(), any::<Index>(), any::<bool>()), 1..6),
        events in proptest::collection::vec(event(), 8),
    ) {
        let mut model = Model { schema: "4.81", nodes: vec![Node { group: Some(("or", None)), ..node }] };
        let before = logged(&model, &events);
        let items = &mut model.nodes[0].items;
        for (from, to, repeat) in moves {
            let item = items[from.index(items.len())].clone();
            if repeat {
                items.insert(to.index(items.len()), item);
            } else {
                let (a, b) = (from.index(items.len()), to.index(items.len()));
                items.swap(a, b);
            }
        }
        prop_assert_eq!(logged(&model, &events), before);
    }

    #[test]
    fn a_printed_config_says_the_same(model in model(), events in proptest::collection::vec(event(), 4)) {
        let config = Config::load(render(&model).as_bytes()).unwrap();
        let printed = config.print().unwrap();
        let again = Config::load(printed.as_bytes()).unwrap();
        prop_assert_eq!(again.print().unwrap(), printed);
        let (one, other) = (config.engine(), again.engine());
        for fields in &events {
            let (a, b) = (one.verdict(&as_event(fields)), other.verdict(&as_event(fields)));
            prop_assert_eq!((a.logged, a.rule_name), (b.logged, b.rule_name));
        }
    }
}
