//! What Sysmon refuses is refused with its place, the reason and the mend; what it loads knows where it stands.

use pipemine::sysmon::schema::SchemaVersion;
use pipemine::sysmon::{Condition, Config, Failure, Fate, Field, LoadError, OnMatch, Relation};

fn in_schema(schema: &str, filtering: &str) -> Result<Config, LoadError> {
    Config::load(
        format!("<Sysmon schemaversion=\"{schema}\"><EventFiltering>{filtering}</EventFiltering></Sysmon>").as_bytes(),
    )
}

fn load(filtering: &str) -> Result<Config, LoadError> {
    in_schema("4.50", filtering)
}

fn in_node(content: &str) -> Result<Config, LoadError> {
    load(&format!(
        "<RuleGroup groupRelation=\"or\"><PipeEvent onmatch=\"exclude\">{content}</PipeEvent></RuleGroup>"
    ))
}

fn value(content: &str) -> String {
    in_node(content).unwrap().nodes()[0].items[0].filters()[0].value.clone()
}

#[test]
fn a_refusal_names_the_place_and_the_mend() {
    let file = "<Sysmon schemaversion=\"4.50\">\n  <EventFiltering>\n    <pipeevent onmatch=\"exclude\"/>\n";
    let error = Config::load(format!("{file}  </EventFiltering>\n</Sysmon>").as_bytes()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 3, column 5: `pipeevent` is not allowed in `EventFiltering`; names are case-sensitive: write PipeEvent"
    );
}

#[test]
fn each_mistake_gets_its_own_mend() {
    let mend = |loaded: Result<Config, LoadError>| loaded.unwrap_err().mend;
    let cases = [
        (
            in_node("<PipeName condition=\"begins with\">a</PipeName>"),
            "write condition=\"begin with\"",
        ),
        (
            in_node("<PipeName condition=\"Ends With\">a</PipeName>"),
            "write condition=\"end with\"",
        ),
        (
            in_node("<PipeName condition=\"LessThan\">a</PipeName>"),
            "write condition=\"less than\"",
        ),
        (in_node("<PipeName Condition=\"is\">a</PipeName>"), "write condition"),
        (in_node("<PipeName>a & b</PipeName>"), "write &amp;"),
        (in_node("<PipeName>&nbsp;</PipeName>"), "write &amp;"),
        (in_node("<PipeName><b>a</b></PipeName>"), "write &lt;"),
        (in_node("<TargetObject>a</TargetObject>"), "field of other events"),
        (in_node("<Rule><Rule/></Rule>"), "move it out"),
        (in_node("<User>a</User>"), "declare schemaversion=\"4.80\""),
        (
            load("<FileBlockExecutable onmatch=\"include\"/>"),
            "declare schemaversion=\"4.82\"",
        ),
        (
            in_schema(
                "4.30",
                "<FileCreate onmatch=\"include\"><Rule><Contents>a</Contents></Rule></FileCreate>",
            ),
            "\"4.31\"",
        ),
        (
            Config::load(b"<Sysmon schemaversion=\"4.22\"><DnsLookup/></Sysmon>"),
            "\"4.30\"",
        ),
        (
            Config::load(b"<Sysmon schemaversion=\"4.22\"><FileCreate/></Sysmon>"),
            "move it into EventFiltering",
        ),
        (
            load("<RuleGroup><PipeEvent onmatch=\"exclude\"/></RuleGroup>"),
            "write groupRelation=\"or\"",
        ),
        (load("<RuleGroup groupRelation=\"OR\"/>"), "in lower case"),
        (load("<PipeEvent onMatch=\"exclude\"/>"), "write onmatch"),
        (load("<PipeEvent onmatch=\"excluded\"/>"), "write include or exclude"),
        (load("text"), "comment"),
        (load("<![CDATA[ ]]>"), "remove it"),
        (
            Config::load(b"<Sysmon><EventFiltering/></Sysmon>"),
            "write schemaversion",
        ),
        (
            Config::load(b"\n<?xml version=\"1.0\"?><Sysmon schemaversion=\"4.50\"/>"),
            "very first thing",
        ),
        (Config::load(b"<sysmon schemaversion=\"4.50\"/>"), "root is Sysmon"),
        (in_schema("3.4", ""), "write schemaversion"),
    ];
    for (loaded, expected) in cases {
        let mend = mend(loaded);
        assert!(mend.contains(expected), "{mend:?} lacks {expected:?}");
    }
}

#[test]
fn what_crashes_the_loader_is_told_from_what_it_rejects() {
    let failure = |loaded: Result<Config, LoadError>| loaded.unwrap_err().failure;
    assert_eq!(failure(in_node("<Rule/>")), Failure::Crash);
    assert_eq!(failure(in_node("<Rule></Rule>")), Failure::Crash);
    assert_eq!(
        failure(load("<ProcessCreate onmatch=\"include\"><Rule/></ProcessCreate>")),
        Failure::Crash
    );
    assert_eq!(failure(in_schema("abc", "")), Failure::Crash);
    assert_eq!(failure(in_schema("0.5", "")), Failure::Rejected);
    for ignored in ["<Rule> </Rule>", "<Rule><!-- c --></Rule>", "<Rule><?pi?></Rule>"] {
        assert!(in_node(ignored).unwrap().nodes()[0].is_empty(), "{ignored}");
    }
}

#[test]
fn errors_in_the_rules_of_other_events_reject_the_whole_file() {
    assert!(load("<ProcessCreate onmatch=\"include\"><Image condition=\"like\">a</Image></ProcessCreate>").is_err());
    assert!(load("<ProcessCreate onmatch=\"include\"><PipeName>a</PipeName></ProcessCreate>").is_err());
    // A node without onmatch is passed over before its conditions are read.
    assert!(load("<ProcessCreate><Image condition=\"like\">a</Image></ProcessCreate>").is_ok());
    // So is what follows a field that the event lacks.
    let foreign = "<Rule><PipeName>a</PipeName><Image condition=\"like\">a</Image></Rule>";
    assert!(load(&format!("<ProcessCreate onmatch=\"include\">{foreign}</ProcessCreate>")).is_ok());
    // The fields of one rule may be those of any one event type of the element.
    let registry = "<Rule><TargetObject>a</TargetObject><NewName condition=\"like\">a</NewName></Rule>";
    assert!(
        load(&format!(
            "<RegistryEvent onmatch=\"include\">{registry}</RegistryEvent>"
        ))
        .is_err()
    );
}

#[test]
fn options_are_held_to_their_schema() {
    let with = |schema: &str, option: &str| {
        Config::load(format!("<Sysmon schemaversion=\"{schema}\">{option}</Sysmon>").as_bytes())
    };
    for (schema, option, loads) in [
        ("4.50", "<HashAlgorithms>*</HashAlgorithms>", true),
        ("4.50", "<CheckRevocation/>", true),
        ("4.50", "<CaptureClipboard />", true),
        ("4.50", "<CaptureClipboard></CaptureClipboard>", true),
        ("4.50", "<CaptureClipboard> </CaptureClipboard>", false),
        ("4.50", "<HashAlgorithms a=\"b\"/>", false),
        ("4.50", "<DriverName><a/></DriverName>", false),
        ("4.23", "<DnsLookup>False</DnsLookup>", false),
        ("4.30", "<DnsLookup>False</DnsLookup>", true),
        ("4.90", "<SigningQueueSize>1</SigningQueueSize>", false),
        ("4.91", "<SigningQueueSize>1</SigningQueueSize>", true),
        ("4.50", "<Install/>", false),
    ] {
        assert_eq!(with(schema, option).is_ok(), loads, "{schema} {option}");
    }
}

#[test]
fn a_rule_may_hold_fields_that_its_own_event_got_later() {
    // The grammar allows any event's field in a Rule, and rules are built from the newest manifest.
    assert!(in_node("<Rule><User>a</User></Rule>").is_ok());
    let config = in_schema(
        "4.20",
        "<PipeEvent onmatch=\"include\"><Rule><EventType>a</EventType></Rule></PipeEvent>",
    );
    assert!(config.unwrap().nodes()[0].is_used());
    assert!(
        in_schema(
            "4.00",
            "<PipeEvent onmatch=\"include\"><Rule><RuleName>a</RuleName></Rule></PipeEvent>"
        )
        .is_err()
    );
}

#[test]
fn an_older_sysmon_refuses_what_came_later() {
    let load_for = |minor, condition: &str| {
        let file = format!(
            "<Sysmon schemaversion=\"4.00\"><EventFiltering><PipeEvent onmatch=\"exclude\">\
             <PipeName condition=\"{condition}\">a</PipeName></PipeEvent></EventFiltering></Sysmon>"
        );
        Config::load_for(file.as_bytes(), SchemaVersion::new(4, minor))
    };
    // The newest accepts every condition, whatever the config declares.
    assert!(load_for(91, "not end with").is_ok());
    assert!(load_for(30, "is any").unwrap_err().mend.contains("schema 4.31"));
    assert!(load_for(31, "is any").is_ok());
}

#[test]
fn every_public_schema_of_the_fifteens_loads() {
    for (schema, newest_event) in [
        ("4.83", "FileBlockShredding"),
        ("4.90", "FileExecutableDetected"),
        ("4.91", "PipeEvent"),
    ] {
        assert!(
            in_schema(schema, &format!("<{newest_event} onmatch=\"include\"/>")).is_ok(),
            "{schema}"
        );
    }
}

#[test]
fn values_are_kept_as_sysmon_keeps_them() {
    assert_eq!(value("<PipeName>\r\n \\a\r\n</PipeName>"), "\n \\a\n");
    assert_eq!(value("<PipeName>\\a<!-- c -->b<?pi?>c</PipeName>"), "\\abc");
    assert_eq!(
        value("<PipeName>&lt;Anonymous<![CDATA[ Pipe>]]></PipeName>"),
        "<Anonymous Pipe>"
    );
    assert_eq!(value("<PipeName><![CDATA[a\r\nb]]></PipeName>"), "a\nb");
    assert_eq!(value("<PipeName>&#13;&#x41;</PipeName>"), "\rA");
    assert_eq!(value("<PipeName/>"), "");
}

#[test]
fn relations_and_names_are_read_as_sysmon_reads_them() {
    let relation = |attribute: &str| match &in_node(&format!("<Rule {attribute}><Image>a</Image></Rule>"))
        .unwrap()
        .nodes()[0]
        .items[0]
    {
        pipemine::sysmon::Item::Rule(rule) => rule.relation,
        pipemine::sysmon::Item::Filter(_) => unreachable!(),
    };
    for or in ["", "groupRelation=\"or\"", "groupRelation=\"OR\""] {
        assert_eq!(relation(or), Relation::Or, "{or}");
    }
    for and in [
        "groupRelation=\"and\"",
        "groupRelation=\"xor\"",
        "groupRelation=\"\"",
        "groupRelation=\" or\"",
    ] {
        assert_eq!(relation(and), Relation::And, "{and}");
    }
    let config = load(
        "<RuleGroup name=\"g\" groupRelation=\" or \"><PipeEvent default=\"include\">\
         <Image>a</Image><Image name=\"\">a</Image><Rule name=\"r\"><Image>a</Image><Image name=\"f\">a</Image></Rule>\
         </PipeEvent></RuleGroup>",
    )
    .unwrap();
    let node = &config.nodes()[0];
    assert_eq!((node.relation, node.on_match), (Relation::Or, Some(OnMatch::Exclude)));
    let labels: Vec<_> = node
        .items
        .iter()
        .flat_map(|item| item.filters())
        .map(|f| f.label.as_deref().unwrap_or("-"))
        .collect();
    assert_eq!(labels, ["g", "-", "r", "f"]);
}

#[test]
fn a_label_has_at_most_255_bytes() {
    let named = |name: &str| in_node(&format!("<Rule name=\"{name}\"><Image>a</Image></Rule>"));
    assert!(named(&"a".repeat(255)).is_ok());
    assert!(named(&"a".repeat(256)).is_err());
    assert!(named(&"é".repeat(128)).is_err());
    assert!(
        in_node(&format!(
            "<Rule name=\"{}\"><Image name=\"\">a</Image></Rule>",
            "a".repeat(300)
        ))
        .is_ok()
    );
}

#[test]
fn nodes_that_sysmon_passes_over_are_kept_but_unused() {
    let good = "<PipeEvent onmatch=\"exclude\"><PipeName>\\b</PipeName></PipeEvent>";
    let foreign = "<PipeEvent onmatch=\"exclude\"><Rule><PipeName>\\a</PipeName><TargetObject>x</TargetObject></Rule></PipeEvent>";
    let config = load(&format!("<PipeEvent/>{good}{foreign}{good}<PipeEvent/>")).unwrap();
    let fates: Vec<_> = config.nodes().iter().map(|node| node.fate.clone()).collect();
    assert!(
        matches!(&fates[..], [Fate::Skipped, Fate::Used, Fate::Discarded { field, .. }, Fate::Ignored, Fate::Ignored] if field == "TargetObject")
    );
    assert!(config.engine().logs_by_default());
}

#[test]
fn spans_and_places_are_those_of_the_text() {
    let file = "\u{FEFF}<?xml version=\"1.0\"?>\r\n<Sysmon schemaversion=\"4.50\" >\r\n <EventFiltering>\r\n\
                <!-- é --><PipeEvent\n onmatch='exclude' ><Rule name='>' groupRelation=\"and\"\t>\n\
                <PipeName condition=\"is\">\\é</PipeName><Image/></Rule\n></PipeEvent ><PipeEvent onmatch=\"include\" />\
                </EventFiltering></Sysmon>";
    let config = Config::load(file.as_bytes()).unwrap();
    let text = config.text().as_str();
    assert!(config.text().has_bom() && !text.starts_with('\u{FEFF}'));
    let [exclude, include] = config.nodes() else {
        unreachable!()
    };
    let rule = &exclude.items[0];
    let [pipe, image] = rule.filters() else { unreachable!() };
    assert_eq!(
        &text[exclude.element.start_tag.clone()],
        "<PipeEvent\n onmatch='exclude' >"
    );
    assert_eq!(&text[exclude.element.end_tag.clone().unwrap()], "</PipeEvent >");
    assert_eq!(
        &text[rule.element().start_tag.clone()],
        "<Rule name='>' groupRelation=\"and\"\t>"
    );
    assert_eq!(&text[rule.element().end_tag.clone().unwrap()], "</Rule\n>");
    assert_eq!(&text[pipe.element.content()], "\\é");
    assert_eq!(&text[image.element.span.clone()], "<Image/>");
    assert_eq!(
        &text[include.element.start_tag.clone()],
        "<PipeEvent onmatch=\"include\" />"
    );
    assert_eq!(
        (include.element.end_tag.clone(), include.element.content().len()),
        (None, 0)
    );
    assert_eq!(
        &text[config.event_filterings()[0].start_tag.clone()],
        "<EventFiltering>"
    );
    assert_eq!(&text[config.sysmon().end_tag.clone().unwrap()], "</Sysmon>");
    assert_eq!((exclude.element.place.line, exclude.element.place.column), (4, 11));
    assert_eq!((pipe.element.place.line, pipe.element.place.column), (6, 1));
    assert_eq!((pipe.field, pipe.condition), (Field::PipeName, Condition::Is));
    assert_eq!(config.text().encode_file(text), file.as_bytes());
}
