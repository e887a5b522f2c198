//! The compiled engine against the literal transcription of Sysmon's rules, on configs and events made of the input.

#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;
use pipemine::sysmon::{Config, Event};
use pipemine::utf16;

use crate::transcription::{
    CONDITIONS, FIELDS, Filter, Item, Model, NAMES, Node, PIECES, Units, lower, render, verdict,
};

#[allow(dead_code)]
#[path = "../../tests/it/specification/transcription.rs"]
mod transcription;

fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=5)? {
        text += u.choose(&PIECES)?;
    }
    Ok(text)
}

fn value(u: &mut Unstructured<'_>) -> Result<String> {
    let mut name = String::new();
    let mut units: Vec<u16> = text(u)?.encode_utf16().collect();
    if u.ratio(1, 10)? {
        units.push(*u.choose(&[0xD83D, 0xDE00, 0xDBFE])?);
    }
    utf16::push_units(units, &mut name);
    Ok(name)
}

fn name(u: &mut Unstructured<'_>) -> Result<Option<&'static str>> {
    Ok(*u.choose(&NAMES)?)
}

fn filter(u: &mut Unstructured<'_>) -> Result<Filter> {
    Ok(Filter {
        field: u.choose_index(FIELDS.len())?,
        condition: u.choose(&CONDITIONS)?,
        value: text(u)?,
        name: name(u)?,
    })
}

fn item(u: &mut Unstructured<'_>) -> Result<Item> {
    if u.arbitrary()? {
        return Ok(Item::Loose(filter(u)?));
    }
    let mut filters = Vec::new();
    for _ in 0..u.int_in_range(0..=4)? {
        filters.push(filter(u)?);
    }
    Ok(Item::Rule {
        relation: *u.choose(&[None, Some("or"), Some("and"), Some("OR"), Some("xor"), Some("")])?,
        name: name(u)?,
        filters,
    })
}

fn node(u: &mut Unstructured<'_>) -> Result<Node> {
    let group = if u.arbitrary()? {
        Some((*u.choose(&["or", "and"])?, name(u)?))
    } else {
        None
    };
    let most = if u.ratio(1, 6)? { 30 } else { 5 };
    let mut items = Vec::new();
    for _ in 0..u.int_in_range(0..=most)? {
        items.push(item(u)?);
    }
    Ok(Node {
        exclude: u.arbitrary()?,
        group,
        items,
    })
}

fn model(u: &mut Unstructured<'_>) -> Result<(Model, Vec<[String; 4]>)> {
    let mut nodes = Vec::new();
    for _ in 0..u.int_in_range(0..=3)? {
        nodes.push(node(u)?);
    }
    let model = Model {
        schema: u.choose(&["4.80", "4.81", "4.90"])?,
        nodes,
    };
    let mut events = Vec::new();
    for _ in 0..4 {
        let kind = u.choose(&["CreatePipe", "ConnectPipe"])?;
        events.push([(*kind).to_owned(), value(u)?, value(u)?, value(u)?]);
    }
    Ok((model, events))
}

fuzz_target!(|bytes: &[u8]| {
    let Ok((model, events)) = model(&mut Unstructured::new(bytes)) else {
        return;
    };
    let config = Config::load(render(&model).as_bytes()).expect("it loads");
    let engine = config.engine();
    for fields in &events {
        let units = |text: &str| {
            if text.is_empty() {
                vec![u16::from(b'-')]
            } else {
                lower(utf16::units(text))
            }
        };
        let [event_type, pipe_name, image, user] = fields.each_ref().map(|text| units(text));
        let units: Units = [event_type, pipe_name, image, user, units("")];
        let [event_type, pipe_name, image, user] = fields.each_ref().map(String::as_str);
        let got = engine.verdict(&Event {
            event_type,
            pipe_name,
            image,
            user,
        });
        assert_eq!(
            (got.logged, got.rule_name),
            verdict(&model, &units),
            "{fields:?}\n{}",
            render(&model)
        );
    }
});
