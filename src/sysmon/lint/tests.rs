//! Each finding has a config that has it, and one like it, mended, that has not.

mod proofs;

use indexmap::IndexSet;

use super::*;

/// In an exclude node of a RuleGroup by `or`.
fn in_node(content: &str) -> String {
    in_group("or", "exclude", content)
}

fn in_group(relation: &str, on_match: &str, content: &str) -> String {
    format!(
        "<RuleGroup groupRelation=\"{relation}\"><PipeEvent onmatch=\"{on_match}\">{content}</PipeEvent></RuleGroup>"
    )
}

fn findings_in(schema: &str, filtering: &str, options: &LintOptions) -> Vec<Finding> {
    let file = format!("<Sysmon schemaversion=\"{schema}\"><EventFiltering>{filtering}</EventFiltering></Sysmon>");
    lint(&Config::load(file.as_bytes()).unwrap(), options)
}

fn findings(filtering: &str) -> Vec<Finding> {
    findings_in("4.90", filtering, &LintOptions::default())
}

fn pipe(condition: &str, value: &str) -> String {
    format!("<PipeName condition=\"{condition}\">{value}</PipeName>")
}

fn image(condition: &str, value: &str) -> String {
    format!("<Image condition=\"{condition}\">{value}</Image>")
}

fn rule(relation: &str, filters: &[String]) -> String {
    format!("<Rule groupRelation=\"{relation}\">{}</Rule>", filters.concat())
}

/// A pair, as an exclusion should be.
fn pair(name: &str) -> String {
    rule(
        "and",
        &[pipe("is", name), image("is", r"C:\Windows\System32\svchost.exe")],
    )
}

const EXE: &str = r"C:\Windows\System32\svchost.exe";

const SESSION: &str = "<Rule groupRelation=\"and\"><PipeName condition=\"begin with\">\\PSHost</PipeName>\
                       <Image condition=\"is not\">C:\\Windows\\{}.exe</Image></Rule>";
const CATCH_ALL: &str = "<Rule groupRelation=\"and\"><PipeName condition=\"begin with\">\\</PipeName>\
                         <EventType>CreatePipe</EventType></Rule>";
const NAMED: &str = "<PipeName name=\"Acme relay\" condition=\"begin with\">\\acme_relay_</PipeName>";

/// Code, a filtering that has it, the same mended.
fn cases() -> Vec<(&'static str, String, String)> {
    let good = || in_node(&pair(r"\a"));
    let node = |bad: String, mended: String| (in_node(&bad), in_node(&mended));
    let with = |code, (bad, mended): (String, String)| (code, bad, mended);
    let foreign = in_node("<Rule><TargetObject>x</TargetObject></Rule>");
    vec![
        ("no-pipe-node", String::new(), good()),
        ("several-excludes", good() + &good(), good()),
        (
            "exclude-and-include",
            good() + &in_group("or", "include", &pipe("is", r"\b")),
            good(),
        ),
        (
            "several-includes",
            in_group("or", "include", &pipe("is", r"\b")).repeat(2),
            good(),
        ),
        ("empty-exclude", in_node(""), good()),
        ("empty-include", in_group("or", "include", ""), good()),
        ("skipped-node", "<PipeEvent/>".to_owned(), good()),
        ("discarded-node", foreign.clone(), good()),
        ("ignored-node", foreign + &good(), good()),
        (
            "and-by-default",
            format!(
                "<PipeEvent onmatch=\"exclude\">{}{}</PipeEvent>",
                pair(r"\a"),
                pair(r"\b")
            ),
            format!(
                "<PipeEvent onmatch=\"exclude\">{}{}</PipeEvent>",
                pipe("is", r"\a"),
                pipe("is", r"\b")
            ),
        ),
        (
            "and-node",
            in_group("and", "exclude", &(pair(r"\a") + &pair(r"\b"))),
            in_node(&(pair(r"\a") + &pair(r"\b"))),
        ),
        (
            "and-node",
            in_group(
                "and",
                "exclude",
                &(rule("and", &[pipe("is", r"\a"), image("is", EXE)])
                    + &rule("and", &[pipe("begin with", r"\a"), image("is", EXE)])),
            ),
            in_group(
                "and",
                "include",
                &(pipe("is", r"\a") + "<EventType>CreatePipe</EventType>"),
            ),
        ),
        with(
            "or-rule",
            node(rule("or", &[pipe("is", r"\a"), image("is", EXE)]), pair(r"\a")),
        ),
        with(
            "odd-relation",
            node(rule("xor", &[pipe("is", r"\a")]), rule("AND", &[pipe("is", r"\a")])),
        ),
        with(
            "contradiction",
            node(
                rule("and", &[pipe("is", r"\a"), pipe("begin with", r"\b")]),
                rule("and", &[pipe("is", r"\A"), pipe("begin with", r"\a")]),
            ),
        ),
        (
            "contradiction",
            in_group("and", "exclude", &(pair(r"\a") + &pair(r"\b"))),
            in_group("and", "exclude", &pair(r"\a")),
        ),
        with(
            "contradiction",
            node(
                rule(
                    "and",
                    &[image("is", EXE), pipe("end with", ".one"), pipe("end with", ".two")],
                ),
                rule(
                    "and",
                    &[image("is", EXE), pipe("begin with", r"\a"), pipe("end with", ".two")],
                ),
            ),
        ),
        with(
            "contradiction",
            node(
                rule(
                    "and",
                    &[image("is", EXE), pipe("contains", "acme12"), pipe("excludes", "acme")],
                ),
                rule(
                    "and",
                    &[image("is", EXE), pipe("contains", "acme"), pipe("excludes", "acme12")],
                ),
            ),
        ),
        (
            "never-matches",
            in_group("or", "include", &image("begin with", "C:\\*")),
            in_group("or", "include", &image("begin with", "C:\\")),
        ),
        (
            "always-matches",
            in_group("or", "include", &(pipe("more than", " ") + &pipe("is", r"\a"))),
            in_group("or", "include", &(pipe("more than", r"\") + &pipe("is", r"\a"))),
        ),
        (
            "cancelled-negation",
            in_group(
                "or",
                "include",
                &(SESSION.replace("{}", "a") + &SESSION.replace("{}", "b")),
            ),
            in_group("or", "include", &SESSION.replace("{}", "a")),
        ),
        (
            "nothing-logged",
            in_group("or", "include", &pipe("is", "a")),
            in_group("or", "include", &pipe("is", r"\a")),
        ),
        (
            "excluded-include",
            in_node(&pair(r"\a")) + &in_group("or", "include", &(pair(r"\a") + &pair(r"\b"))),
            in_node(&pair(r"\a")) + &in_group("or", "include", &pipe("is", r"\a")),
        ),
        (
            "masked-name",
            in_group("or", "include", &(CATCH_ALL.to_owned() + NAMED)),
            in_group("or", "include", &(NAMED.to_owned() + CATCH_ALL)),
        ),
        with(
            "pipe-word",
            node(pipe("contains", r"\pipe\"), pipe("contains", r"\pipeline")),
        ),
        with("empty-rule", node("<Rule> </Rule>".to_owned(), pair(r"\a"))),
        with("blank-in-value", node(pipe("is", "\n\\a\n"), pipe("is", r"\a"))),
        with(
            "quotes-in-value",
            node(image("is", &format!("\"{EXE}\"")), image("is", EXE)),
        ),
        with("wildcard", node(pipe("is", r"\mojo.*"), pipe("begin with", r"\mojo."))),
        with(
            "escaped-twice",
            node(
                pipe("is", "&amp;lt;Anonymous Pipe&amp;gt;"),
                pipe("is", "&lt;Anonymous Pipe&gt;"),
            ),
        ),
        with(
            "percent",
            node(image("is", r"%SystemRoot%\a.exe"), image("is", r"C:\Windows\a.exe")),
        ),
        with("other-letters", node(pipe("is", "\\é"), pipe("is", "\\漢"))),
        with("order-of-text", node(pipe("less than", "9"), pipe("is", r"\9"))),
        with("empty-value", node(pipe("contains", ""), pipe("contains", "abcd"))),
        with(
            "rule-name-field",
            node("<RuleName>-</RuleName>".to_owned(), pair(r"\a")),
        ),
        with(
            "passing-field",
            node("<ProcessId>4</ProcessId>".to_owned(), image("is", "System")),
        ),
        with(
            "event-type-value",
            node(
                "<EventType>17</EventType>".to_owned(),
                "<EventType>createpipe</EventType>".to_owned(),
            ),
        ),
        with(
            "list-in-plain-condition",
            node(
                pipe("begin with", r"\crashpad_;\mojo.;\uv\"),
                pipe("contains any", r"\crashpad_;\mojo."),
            ),
        ),
        with(
            "blank-in-list",
            node(pipe("is any", r"\a; \b"), pipe("is any", r"\a;\b")),
        ),
        with(
            "empty-list-item",
            node(pipe("contains any", r"\abc;"), pipe("contains any", r"\abc;\def")),
        ),
        with(
            "empty-list-item",
            node(pipe("contains any", r"\abc;;\def"), pipe("contains any", r"\abc;\def")),
        ),
        with(
            "empty-list-item",
            node(pipe("is any", r"\abc;"), pipe("is any", r"\abc")),
        ),
        with("no-backslash", node(pipe("is", "srvsvc"), pipe("is", r"\srvsvc"))),
        with(
            "no-backslash",
            node(pipe("is", "Anonymous Pipe"), pipe("begin with", "&lt;anon")),
        ),
        with(
            "no-backslash",
            node(pipe("is any", r"\a;srvsvc"), pipe("end with", "srvsvc")),
        ),
        with(
            "pipe-path",
            node(pipe("is", r"\\.\pipe\srvsvc"), pipe("contains", r"\pipe\")),
        ),
        with(
            "image-without-path",
            node(image("is", "svchost.exe"), image("is", "System")),
        ),
        with(
            "image-without-drive",
            node(
                image("is", r"Program Files (x86)\a.exe"),
                image("end with", r"\a\b.exe"),
            ),
        ),
        with(
            "image-without-drive",
            node(image("begin with", r"\Program Files"), image("begin with", "C:")),
        ),
        with(
            "image-with-backslash",
            node(image("image", r"\svchost.exe"), image("image", r"C:\a\svchost.exe")),
        ),
        with("name-only", node(pipe("is", r"\lsass"), pair(r"\lsass"))),
        with("image-only", node(image("is", EXE), pair(r"\a"))),
        with(
            "writable-image",
            node(
                image("begin with", r"C:\Users\"),
                image("begin with", r"C:\Program Files\a\"),
            ),
        ),
        with("image-by-name", node(image("image", "a.exe"), image("image", "System"))),
        with(
            "image-by-name",
            node(
                rule("and", &[pipe("is", r"\a"), image("end with", r"\a.exe")]),
                rule(
                    "and",
                    &[
                        pipe("is", r"\a"),
                        image("begin with", r"C:\Program Files\a\"),
                        image("end with", r"\a.exe"),
                    ],
                ),
            ),
        ),
        with(
            "writable-image",
            node(
                image("is", r"C:\ProgramData\a\a.exe"),
                image(
                    "is",
                    r"C:\ProgramData\Microsoft\Windows Defender\Platform\4.18\MsMpEng.exe",
                ),
            ),
        ),
        with(
            "no-name-no-image",
            node("<EventType>CreatePipe</EventType>".to_owned(), pair(r"\a")),
        ),
        with("no-name-no-image", node("<User>a</User>".to_owned(), pair(r"\a"))),
        with(
            "only-negations",
            node(
                pipe("is not", r"\a"),
                rule("and", &[pipe("is not", r"\a"), image("is", EXE)]),
            ),
        ),
        with("short-text", node(pipe("contains", "ab"), pipe("contains", "abcdef"))),
        with(
            "short-text",
            node(pipe("begin with", r"\"), pipe("begin with", r"\abc")),
        ),
        with(
            "duplicate",
            node(pair(r"\a") + &pair(r"\A"), pair(r"\a") + &pair(r"\b")),
        ),
        with(
            "covered",
            node(
                pipe("is", r"\abcd") + &pipe("contains", "BCD"),
                pipe("is", r"\abcd") + &pipe("contains", "bce"),
            ),
        ),
        with(
            "covered",
            node(
                pair(r"\abcd") + &pipe("is", r"\abcd"),
                pair(r"\abcd") + &rule("and", &[pipe("is", r"\abcd"), "<User>u</User>".to_owned()]),
            ),
        ),
    ]
}

#[test]
fn each_finding_is_made_where_it_is_due_and_not_where_it_is_mended() {
    for (code, bad, mended) in cases() {
        assert!(
            findings(&bad).iter().any(|f| f.code == code),
            "{code} is missing in {bad}:\n{:#?}",
            findings(&bad)
        );
        assert!(
            !findings(&mended).iter().any(|f| f.code == code),
            "{code} in {mended}:\n{:#?}",
            findings(&mended)
        );
    }
}

#[test]
fn findings_about_versions() {
    let default = LintOptions::default();
    let has = |schema: &str, content: &str, options: &LintOptions, code: &str| {
        findings_in(schema, &in_node(content), options)
            .iter()
            .any(|f| f.code == code)
    };
    assert!(has("4.95", "", &default, "unknown-schema") && !has("4.90", "", &default, "unknown-schema"));
    let any = pipe("contains any", r"\abcd;\efgh");
    assert!(has("4.10", &any, &default, "condition-after-schema"));
    assert!(!has("4.22", &any, &default, "condition-after-schema"));
    let user = "<Rule><User>a</User></Rule>";
    assert!(has("4.50", user, &default, "field-after-schema") && !has("4.80", user, &default, "field-after-schema"));
    let old = LintOptions {
        binary: SchemaVersion::new(4, 21),
        release: None,
    };
    assert!(
        has("4.10", &any, &old, "refused-by-version") && !has("4.10", &pipe("is", r"\a"), &old, "refused-by-version")
    );
}

#[test]
fn the_page_explains_every_code_and_no_other() {
    let on_page: IndexSet<&str> = codes().collect();
    let mut made: IndexSet<&str> = cases().into_iter().map(|(code, ..)| code).collect();
    made.extend([
        "unknown-schema",
        "condition-after-schema",
        "field-after-schema",
        "refused-by-version",
        "flawed-release",
        "unused-acceptance",
    ]);
    assert_eq!(
        on_page.iter().filter(|code| !made.contains(*code)).collect::<Vec<_>>(),
        Vec::<&&str>::new()
    );
    assert_eq!(
        made.iter().filter(|code| !on_page.contains(*code)).collect::<Vec<_>>(),
        Vec::<&&str>::new()
    );
    for code in on_page {
        let text = explain(code).unwrap();
        assert!(
            text.starts_with("**") && text.len() > 40 && !text.contains("##"),
            "{code}: {text}"
        );
    }
    assert_eq!(explain("nothing"), None);
}

#[test]
fn a_good_exclusion_has_no_finding() {
    assert_eq!(findings(&in_node(&(pair(r"\a") + &pair(r"\b")))), []);
}

#[test]
fn include_nodes_are_not_called_wide() {
    let wide = pipe("begin with", r"\a") + &image("image", "a.exe") + "<EventType>CreatePipe</EventType>";
    assert_eq!(findings(&in_group("or", "include", &wide)), []);
}

#[test]
fn values_are_shown_on_one_line() {
    assert_eq!(shown("\\a\n"), r"`\a\n`");
    assert_eq!(shown(&"x".repeat(100)).chars().count(), 63);
}

#[test]
fn the_worst_findings_come_first_and_else_their_order_is_the_files() {
    let found = findings(&in_node(
        &(pipe("is", "x") + "\n" + &pipe("is", "y") + &image("is", "z") + &pipe("is", r"\ok")),
    ));
    let order = |finding: &Finding| (std::cmp::Reverse(finding.severity), finding.place);
    assert!(found.is_sorted_by_key(order) && found.len() >= 4);
    let two = in_node(&pipe("is", r"\a")) + "\n" + &in_node(&pair(r"\b"));
    let codes: Vec<&str> = findings(&two).iter().map(|finding| finding.code).collect();
    assert_eq!(codes.first(), Some(&"several-excludes"), "{codes:?}");
}
