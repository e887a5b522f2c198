//! Why an event is dropped or logged: which rules match it, which nearly do, and what a config hides.

use crate::harness::NAMES_ALONE;

use pipemine::event::Kind;
use pipemine::sysmon::lint::{Witness, hidden_witnesses};
use pipemine::sysmon::{Config, Decision, Event, Folding, ItemId};

fn config(filters: &str) -> Config {
    let file = format!(
        "<Sysmon schemaversion=\"4.50\"><EventFiltering><RuleGroup groupRelation=\"or\">\
         <PipeEvent onmatch=\"exclude\">{filters}</PipeEvent></RuleGroup></EventFiltering></Sysmon>"
    );
    Config::load(file.as_bytes()).unwrap()
}

const EVENT: Event<'_> = Event {
    event_type: "ConnectPipe",
    pipe_name: r"\wkssvc",
    image: r"C:\Temp\x.exe",
    user: "",
};

#[test]
fn the_item_that_decides_is_named() {
    let config = config(r"<PipeName>\a</PipeName><PipeName>\WKSSVC</PipeName><Image>c:\temp\x.exe</Image>");
    let engine = config.engine();
    assert_eq!(
        engine.verdict(&EVENT).decided_by,
        Some(Decision { node: 0, item: Some(1) })
    );
    assert_eq!(
        engine.matches(&EVENT),
        [ItemId { node: 0, item: 1 }, ItemId { node: 0, item: 2 }]
    );
}

#[test]
fn a_rule_that_holds_in_part_names_the_filter_that_fails() {
    let config = config(
        r#"<Rule groupRelation="and"><PipeName>\wkssvc</PipeName><Image>C:\Windows\System32\svchost.exe</Image></Rule>
           <PipeName>\lsass</PipeName>"#,
    );
    let near = config.engine().near_misses(&config, &EVENT);
    let [only] = near.as_slice() else { panic!("{near:?}") };
    assert_eq!(only.item, ItemId { node: 0, item: 0 });
    assert_eq!((only.failing.len(), only.failing[0].filter), (1, 1));
    assert_eq!(only.failing[0].actual, r"C:\Temp\x.exe");
}

#[test]
fn a_common_mistake_in_a_value_is_named() {
    for (filter, why) in [
        ("<PipeName>wkssvc</PipeName>", "backslash"),
        ("<PipeName>\n  \\wkssvc\n</PipeName>", "line breaks"),
        (r#"<Image>"C:\Temp\x.exe"</Image>"#, "quotation marks"),
        (r#"<PipeName condition="begin with">\srv;\wks</PipeName>"#, "no list"),
        (
            r#"<PipeName condition="is any">\srvsvc; \wkssvc</PipeName>"#,
            "item of the list",
        ),
        (r#"<Image condition="image">\x.exe</Image>"#, "whole path"),
        (r"<Image>Temp\x.exe</Image>", "end of the path"),
    ] {
        let config = config(filter);
        let near = config.engine().near_misses(&config, &EVENT);
        let found = near.first().and_then(|near| near.failing[0].why).unwrap_or_default();
        assert!(found.contains(why), "{filter}: {found:?}");
    }
    let unrelated = config(r"<PipeName>\lsass</PipeName>");
    assert_eq!(unrelated.engine().near_misses(&unrelated, &EVENT), []);
}

#[test]
fn no_mistake_is_named_where_mending_it_would_not_help() {
    for filter in [
        r#"<Image condition="contains all">C:\Temp\;\agent.exe</Image>"#,
        r#"<Image condition="contains all"> C:\Temp\;\agent.exe</Image>"#,
        r#"<PipeName condition="is any">\srvsvc;\lsass</PipeName>"#,
        "<PipeName>srvsvc</PipeName>",
    ] {
        let config = config(filter);
        assert_eq!(config.engine().near_misses(&config, &EVENT), [], "{filter}");
    }
    let config = config(r#"<Image condition="contains all"> C:\Temp\; x.exe</Image>"#);
    let near = config.engine().near_misses(&config, &EVENT);
    assert!(near[0].failing[0].why.unwrap().contains("blanks"), "{near:?}");
}

#[test]
fn folding_other_letters_is_a_choice() {
    let config = config(r"<PipeName>\É</PipeName>");
    let event = Event {
        pipe_name: r"\é",
        ..EVENT
    };
    assert!(config.engine().verdict(&event).logged);
    assert!(!config.engine_with(Folding::Unicode).verdict(&event).logged);
}

#[test]
fn the_guides_filter_hides_attackers() {
    let engine = Config::load(NAMES_ALONE.as_bytes()).unwrap().engine();
    let witness = |pipe_name| Witness {
        pipe_name,
        image: r"C:\Users\Public\payload.exe",
        kind: Kind::Connected,
    };
    let witnesses = [r"\lsass", r"\PSEXESVC", r"\SrvSvc", "<Anonymous Pipe>", r"\msagent_12"].map(witness);
    let hidden = hidden_witnesses(&engine, &witnesses);
    assert_eq!(hidden.iter().map(|h| h.witness).collect::<Vec<_>>(), [0, 2, 3]);
    assert!(
        hidden
            .iter()
            .all(|h| h.decided_by == Some(Decision { node: 0, item: Some(0) }))
    );
}
