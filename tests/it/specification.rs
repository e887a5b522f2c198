//! The compiled engine says what a slow, literal transcription of Sysmon's rules says, on random configs and events.
//!
//! The transcription works on a model of its own and on UTF-16 units, and shares no code with the engine.

mod transcription;

use pipemine::sysmon::{Config, Event, ItemId};
use pipemine::utf16;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use transcription::{
    CONDITIONS, FIELDS, Filter, Item, Model, NAMES, Node, PIECES, Units, item_holds, lower, render, verdict,
};

fn text(pieces: std::ops::Range<usize>) -> impl Strategy<Value = String> {
    proptest::collection::vec(select(&PIECES[..]), pieces).prop_map(|all| all.concat())
}

fn name() -> impl Strategy<Value = Option<&'static str>> {
    select(&NAMES[..])
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
