//! The config of the first step logs every pipe event and nothing else, in every schema from 4.22 on.

use insta::assert_snapshot;
use roxmltree::Document;

use crate::harness::Folder;

#[test]
fn one_pipe_node_that_excludes_nothing() {
    for schema in ["4.22", "4.50", "4.90"] {
        let text = Folder::new()
            .run(&["collect", "--schema", schema])
            .exits(0)
            .quietly()
            .stdout();
        let document = Document::parse(&text).unwrap();
        let root = document.root_element();
        assert!(root.has_tag_name("Sysmon"));
        assert_eq!(root.attribute("schemaversion"), Some(schema));
        let filtering: Vec<_> = root.children().filter(|node| node.is_element()).collect();
        assert!(filtering.len() == 1 && filtering[0].has_tag_name("EventFiltering"));
        let events = || filtering[0].children().filter(|node| node.is_element());
        let pipes: Vec<_> = events().filter(|node| node.has_tag_name("PipeEvent")).collect();
        // Two exclude nodes would silence everything.
        assert_eq!(pipes.len(), 1, "{text}");
        assert_eq!(pipes[0].attribute("onmatch"), Some("exclude"));
        // Any other node includes nothing: it switches off what Sysmon logs by default.
        for event in events().filter(|node| !node.has_tag_name("PipeEvent")) {
            assert_eq!(event.attribute("onmatch"), Some("include"), "{text}");
        }
        for event in events() {
            assert!(!event.has_children() && event.attributes().len() == 1, "{text}");
        }
    }
}

#[test]
fn to_the_byte() {
    let run = Folder::new().run(&["collect"]).exits(0).quietly();
    assert_snapshot!(run.stdout(), @r#"
    <!-- Logs every named pipe that is created (EventID 17) or connected to (EventID 18), and nothing else.
         For a few hosts and some days: a busy host writes many thousand of these events a day.
         Install or update, as administrator: sysmon -c collect.xml -->
    <Sysmon schemaversion="4.22">
      <EventFiltering>
        <PipeEvent onmatch="exclude"/>
        <ProcessCreate onmatch="include"/>
        <FileCreateTime onmatch="include"/>
        <ProcessTerminate onmatch="include"/>
        <DriverLoad onmatch="include"/>
      </EventFiltering>
    </Sysmon>
    "#);
}

#[test]
fn into_a_file() {
    let folder = Folder::new();
    folder
        .run(&["collect", "-o", "collect.xml"])
        .exits(0)
        .quietly()
        .prints_nothing();
    assert_eq!(folder.read("collect.xml"), folder.run(&["collect"]).stdout());
}

#[test]
fn a_schema_that_is_none_or_too_old_is_refused() {
    let folder = Folder::new();
    folder
        .run(&["collect", "--schema", "4.21"])
        .exits(1)
        .prints_nothing()
        .says_in_one_line(&["4.21 is too old"]);
    folder
        .run(&["collect", "--schema", "new"])
        .exits(1)
        .prints_nothing()
        .says_in_one_line(&["no schema version"]);
}
