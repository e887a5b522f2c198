//! A draft from any events loads in the engine, drops nothing that is to stay, and is the same when it is made again.

#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use pipemine::baseline::Part;
use pipemine::draft::candidate::Verdict;
use pipemine::draft::decisions::Decisions;
use pipemine::draft::{Options, draft_without_forecast, explain, write};
use pipemine::event::Kind;
use pipemine::family::member;
use pipemine::knowledge::Knowledge;
use pipemine::sysmon::{Config, Event};

use crate::events::{Owned, baseline};

#[path = "shared/events.rs"]
mod events;

fuzz_target!(|events: Vec<Owned>| {
    let baseline = baseline(&events);
    let (knowledge, options) = (Knowledge::builtin(), Options::default());
    let draft = draft_without_forecast(&baseline, knowledge, &options);
    let mut text = Vec::new();
    write::write(&draft, &options, "a fuzzer's events", &mut text).unwrap();
    let mut again = Vec::new();
    write::write(
        &draft_without_forecast(&baseline, knowledge, &options),
        &options,
        "a fuzzer's events",
        &mut again,
    )
    .unwrap();
    assert_eq!(text, again);
    let text = String::from_utf8(text).unwrap();
    let config = Config::load(text.as_bytes()).expect("it loads");
    let engine = config.engine();
    // Everything but what is excluded is logged.
    let excluded: BTreeSet<_> = draft
        .with(Verdict::Exclude)
        .flat_map(|candidate| {
            candidate
                .family
                .members
                .iter()
                .map(|member| (candidate.family.kind, format!("{member:?}")))
        })
        .collect();
    let images = baseline.images();
    for group in baseline.groups(Part::ALL) {
        let image = images[group.image() as usize];
        for kind in [Kind::Created, Kind::Connected] {
            for (name, _) in group.names(kind) {
                let may_go = member(&group, name)
                    .iter()
                    .any(|member| excluded.contains(&(kind, format!("{member:?}"))));
                let event = Event {
                    event_type: kind.event_type(),
                    pipe_name: name,
                    image,
                    user: "",
                };
                assert!(
                    may_go || engine.verdict(&event).logged,
                    "{name:?} of {image:?} is dropped by\n{text}"
                );
            }
        }
    }
    explain::write_json(&draft, &baseline, Vec::new(), &mut Vec::new()).unwrap();
    let mut told = Vec::new();
    explain::write_markdown(&draft, &baseline, &mut told).unwrap();
    let told = String::from_utf8(told).unwrap();
    assert!(
        !told.contains(|c| c != '\n' && pipemine::output::escape::is_active(c)),
        "{told:?}"
    );
    let _ = Decisions::parse(&told);
});
