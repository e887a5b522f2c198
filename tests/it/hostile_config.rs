//! A config made to harm the reader gets a clear error, soon, and without much memory.

use pipemine::sysmon::{Config, Event, Failure, LintOptions, LoadError, lint};

fn refused(bytes: &[u8]) -> LoadError {
    Config::load(bytes).unwrap_err()
}

fn inside_pipe_event(content: &str) -> String {
    format!(
        "<Sysmon schemaversion=\"4.50\"><EventFiltering><PipeEvent onmatch=\"exclude\">{content}</PipeEvent>\
         </EventFiltering></Sysmon>"
    )
}

#[test]
fn a_million_nested_elements() {
    let deep = |depth: usize| "<a>".repeat(depth) + &"</a>".repeat(depth);
    for content in [deep(1_000_000), "<Rule>".repeat(1_000_000)] {
        assert!(refused(content.as_bytes()).reason.contains("256 deep"));
        assert!(
            refused(inside_pipe_event(&content).as_bytes())
                .reason
                .contains("256 deep")
        );
    }
    assert!(refused(deep(200).as_bytes()).reason.contains("root element is `a`"));
    let rules = inside_pipe_event("<Rule><Rule><a/></Rule></Rule>");
    assert!(
        refused(rules.as_bytes())
            .reason
            .contains("`Rule` is not allowed in `Rule`")
    );
}

#[test]
fn entities_that_multiply() {
    let mut dtd = String::from("<!ENTITY l0 \"lol\">");
    for level in 1..10 {
        let references = format!("&l{};", level - 1).repeat(10);
        dtd += &format!("<!ENTITY l{level} \"{references}\">");
    }
    let body = inside_pipe_event("<PipeName>&l9;</PipeName>");
    let error = refused(format!("<!DOCTYPE Sysmon [{dtd}]>\n{body}").as_bytes());
    assert!(error.reason.contains("DOCTYPE"), "{error}");
    assert_eq!((error.place.line, error.place.column), (1, 1));
    assert!(refused(body.as_bytes()).reason.contains("l9"));
}

#[test]
fn fifty_megabytes_of_text() {
    let long = inside_pipe_event(&format!("<PipeName>{}</PipeName>", "a".repeat(50 << 20)));
    assert!(refused(long.as_bytes()).reason.contains("10,000,000"));
    let in_attribute = inside_pipe_event(&format!("<PipeName name=\"{}\"/>", "a".repeat(11_000_000)));
    assert!(refused(in_attribute.as_bytes()).reason.contains("10,000,000"));
    let too_large = vec![b'<'; (64 << 20) + 1];
    assert_eq!(refused(&too_large).failure, Failure::TooLarge);
}

/// An event of a pipe, by no program in particular.
fn named(pipe_name: &str) -> Event<'_> {
    Event {
        pipe_name,
        ..Event::default()
    }
}

#[test]
fn a_value_of_a_megabyte_and_a_list_of_twenty_thousand_load() {
    let value = "a".repeat(1 << 20);
    let list: Vec<String> = (0..20_000).map(|i| format!("\\pipe{i}")).collect();
    let config = inside_pipe_event(&format!(
        "<PipeName condition=\"contains\">{value}</PipeName><PipeName condition=\"is any\">{}</PipeName>",
        list.join(";")
    ));
    let engine = Config::load(config.as_bytes()).unwrap().engine();
    let logged = |pipe_name| engine.verdict(&named(pipe_name)).logged;
    assert!(!logged(r"\PIPE19999") && !logged(&value) && logged(r"\pipe20000"));
}

#[test]
fn half_a_million_attributes_or_many_namespaces_on_one_element() {
    let attributes: String = (0..500_000).map(|i| format!(" a{i}=\"\"")).collect();
    assert!(
        refused(format!("<Sysmon{attributes}/>").as_bytes())
            .reason
            .contains("more attributes")
    );
    let namespaces: String = (0..100_000).map(|i| format!(" xmlns:a{i}=\"u\"")).collect();
    let error = refused(format!("<Sysmon{namespaces}>{}</Sysmon>", "<a/>".repeat(100_000)).as_bytes());
    assert!(error.reason.contains("namespaces"), "{error}");
}

#[test]
fn a_million_elements_on_one_line_are_placed_in_time() {
    let many = inside_pipe_event(&(r"<PipeName>\a</PipeName>".repeat(300_000) + "<pipename/>"));
    let error = refused(many.as_bytes());
    assert!(error.mend.contains("write PipeName"), "{error}");
    assert!(error.place.column > 6_000_000);
}

#[test]
fn more_elements_than_are_read() {
    let many = inside_pipe_event(&"<a/>".repeat(1_000_001));
    assert_eq!(refused(many.as_bytes()).failure, Failure::TooLarge);
}

#[test]
fn nul_and_other_bytes_that_are_no_text() {
    assert!(
        refused(inside_pipe_event("<PipeName>\0</PipeName>").as_bytes())
            .reason
            .contains("well-formed")
    );
    assert!(
        refused(inside_pipe_event("<PipeName>&#0;</PipeName>").as_bytes())
            .reason
            .contains("well-formed")
    );
    assert!(
        refused(inside_pipe_event("<PipeName>&#x1F;</PipeName>").as_bytes())
            .reason
            .contains("well-formed")
    );
    for bytes in [
        &b""[..],
        b"\0",
        b"\0\0\0\0",
        b"<",
        b"<<",
        b"<?xml",
        b"<!--",
        b"<a",
        b"\xFF\xFE",
        b"\xFF\xFE<",
    ] {
        refused(bytes);
    }
}

#[test]
fn utf16_without_a_mark_loads_and_its_big_end_is_refused() {
    let config = inside_pipe_event("<PipeName>\\é</PipeName>");
    let little: Vec<u8> = config.encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(Config::load(&little).is_ok());
    let big: Vec<u8> = config.encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert!(refused(&big).reason.contains("UTF-16BE"));
}

#[test]
fn a_long_list_to_search_for_compiles_in_time() {
    let list: Vec<String> = (0..100_000).map(|i| format!("\\pipe{i}x")).collect();
    let config = inside_pipe_event(&format!(
        "<PipeName condition=\"contains any\">{}</PipeName>",
        list.join(";")
    ));
    let engine = Config::load(config.as_bytes()).unwrap().engine();
    let logged = |pipe_name| engine.verdict(&named(pipe_name)).logged;
    assert!(!logged(r"\PIPE99999X") && !logged(r"a\pipe0xb") && logged(r"\pipe100000x"));
}

#[test]
fn findings_about_a_rule_made_of_repetitions_come_in_time() {
    let filter = r"<PipeName>\same</PipeName>";
    let one = inside_pipe_event(&format!("<Rule groupRelation=\"and\">{}</Rule>", filter.repeat(30_000)));
    assert!(!lint(&Config::load(one.as_bytes()).unwrap(), &LintOptions::default()).is_empty());
    let wide = r#"<PipeName condition="contains">a</PipeName>"#.repeat(20_000);
    let exact: String = (0..20_000).map(|i| format!(r"<PipeName>\a{i}</PipeName>")).collect();
    let many = Config::load(inside_pipe_event(&(wide + &exact)).as_bytes()).unwrap();
    assert!(lint(&many, &LintOptions::default()).len() > 19_000);
}

#[test]
fn a_cdata_section_between_elements_is_refused_even_if_empty() {
    assert!(
        refused(inside_pipe_event("<![CDATA[]]>").as_bytes())
            .reason
            .contains("CDATA")
    );
    assert!(
        refused(inside_pipe_event(" <![CDATA[ ]]>").as_bytes())
            .reason
            .contains("CDATA")
    );
}

proptest::proptest! {
    #[test]
    fn no_bytes_break_it(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..200)) {
        let _ = Config::load(&bytes);
    }

    #[test]
    fn no_broken_config_breaks_it(
        cut in 0usize..400,
        put in "[<>/&;!\\[\\]?'\"a= -]{0,4}",
        at in 0usize..400,
    ) {
        let mut config = inside_pipe_event(
            "<!-- c --><Rule groupRelation=\"and\" name=\"n\"><PipeName condition=\"is\">\\a</PipeName>\
             <![CDATA[ ]]><?pi?></Rule><Image name=\"&lt;\"><![CDATA[x]]></Image>");
        config.insert_str(at.min(config.len()), &put);
        config.truncate(config.len().saturating_sub(cut % 40));
        if let Ok(config) = Config::load(config.as_bytes()) {
            let _ = config.engine();
        }
    }
}
