//! The review page: the same bytes whoever made it, nothing in it that a name could run, nothing that the network could give.

use base64::Engine as _;
use pipemine_testdata::Fleet;
use sha2::{Digest, Sha256};

use crate::harness::Folder;

/// Names that would break out of HTML, of a script, of JSON, or of this project's own templates.
const HOSTILE: [&str; 8] = [
    r"\</script><script>alert(1)</script>",
    r"\<!--<script>",
    r#"\"><img src=x onerror=alert(1)>"#,
    r"\'onmouseover='alert(1)",
    r"\{{data}}{{script}}",
    "\\\u{202E}gpj.exe",
    "\\\u{2028}a\tb",
    r"\&lt;b&gt;",
];

fn hostile() -> String {
    let mut lines = String::new();
    for (number, name) in (1..).zip(HOSTILE.iter().flat_map(|name| [name; 6])) {
        let event = serde_json::json!({
            "EventID": 17, "SourceName": "Microsoft-Windows-Sysmon", "Hostname": format!("<b>H{}", number % 2),
            "RecordNumber": number, "UtcTime": format!("2024-03-0{} 10:00:00.000", 1 + number % 6), "ProcessId": 4,
            "PipeName": name, "Image": format!(r"C:\Program Files\<i>{}\x.exe", name[1..].replace('\t', " ")), "User": "<u>alice",
        });
        lines += &format!("{event}\n");
    }
    lines
}

fn page(folder: &Folder, args: &[&str]) -> String {
    let args: Vec<&str> = [&["report", "-q", "-o", "-"], args].concat();
    folder.run(&args).exits(0).quietly().stdout()
}

/// What stands between two texts.
#[track_caller]
fn between<'a>(text: &'a str, before: &str, after: &str) -> &'a str {
    let (_, rest) = text.split_once(before).unwrap_or_else(|| panic!("no {before}"));
    rest.split_once(after).unwrap_or_else(|| panic!("no {after}")).0
}

fn data(page: &str) -> serde_json::Value {
    let block = between(page, "<script type=\"application/json\"", "</script>");
    serde_json::from_str(block.split_once('>').unwrap().1).unwrap()
}

fn fleet() -> Folder {
    let folder = Folder::new();
    let logs = Fleet::of(3, 6, 5).logs().unwrap();
    logs.write(&folder.path("logs")).unwrap();
    folder
}

#[test]
fn the_same_logs_give_the_same_page_on_any_number_of_threads() {
    let folder = fleet();
    let one = page(&folder, &["logs", "--threads", "1"]);
    assert!(page(&folder, &["logs", "--threads", "7"]) == one);
    folder.run(&["baseline", "-q", "-o", "all.base", "logs"]).exits(0);
    let [of_logs, of_baseline] = [data(&one), data(&page(&folder, &["all.base"]))];
    assert_eq!(of_baseline["events"], of_logs["events"]);
    assert_eq!(of_baseline["families"]["hours"], of_logs["families"]["hours"]);
}

#[test]
fn each_family_tells_the_hours_of_all_of_its_events() {
    let folder = fleet();
    let data = data(&page(&folder, &["logs"]));
    let hosts = data["hosts"].as_array().unwrap().len() as u64;
    let mut seen = [0; 24];
    let families = &data["families"];
    for (place, hours) in families["hours"].as_array().unwrap().iter().enumerate() {
        let numbers: Vec<u64> = hours.as_array().unwrap().iter().map(|n| n.as_u64().unwrap()).collect();
        let mut events = 0;
        for cell in numbers.chunks(3) {
            assert!(cell[0] < hosts);
            seen[usize::try_from(cell[1]).unwrap()] += cell[2];
            events += cell[2];
        }
        assert_eq!(families["events"][place], events);
    }
    // People of this fleet work by day.
    assert!(seen[12] > seen[0], "{seen:?}");
}

#[test]
fn the_page_says_what_a_draft_of_the_same_logs_comes_to() {
    let folder = fleet();
    let data = data(&page(&folder, &["logs"]));
    folder
        .run(&["draft", "logs", "-q", "-o", "x.xml", "--explain", "why.json"])
        .exits(0);
    let why: serde_json::Value = serde_json::from_str(&folder.read("why.json")).unwrap();
    assert_eq!(data["undecided"]["rules"], why["summary"]["rules"]);
    assert_eq!(data["undecided"]["dropped"], why["summary"]["dropped"]);
    let families = &data["families"];
    let by_family = families["dropped"].as_array().unwrap();
    let sum: u64 = by_family.iter().map(|events| events.as_u64().unwrap()).sum();
    assert_eq!(data["undecided"]["dropped"], sum);
    let candidates = why["candidates"].as_array().unwrap();
    assert_eq!(by_family.len(), candidates.len());
    for (place, candidate) in candidates.iter().enumerate() {
        let word =
            ["exclude", "review", "keep"][usize::try_from(families["verdict"][place].as_u64().unwrap()).unwrap()];
        assert_eq!(candidate["verdict"], word);
        assert_eq!(candidate["count"], families["events"][place]);
    }
}

#[test]
fn what_was_decided_before_is_on_the_page_and_a_decision_that_cannot_be_read_ends_the_run() {
    let folder = Folder::new();
    folder.write("x.jsonl", hostile());
    folder.write("decisions.txt", "# ours\nkeep\tany\t\\gone\tC:\\x.exe\twhy\n");
    let page = page(&folder, &["x.jsonl", "--decisions", "decisions.txt"]);
    assert_eq!(data(&page)["decisions"], folder.read("decisions.txt"));
    assert!(page.contains("A decision, line 2: keep \\gone with C:\\x.exe: it fits no candidate"));
    folder.write("decisions.txt", "keep\tany\n");
    let run = folder.run(&[
        "report",
        "x.jsonl",
        "-q",
        "-o",
        "x.html",
        "--decisions",
        "decisions.txt",
    ]);
    run.exits(1).says_in_one_line(&["decisions.txt", "line 1"]);
    assert!(!folder.path("x.html").exists());
}

#[test]
fn the_config_in_use_is_tried_on_each_family() {
    let folder = fleet();
    let config = "<Sysmon schemaversion=\"4.50\"><EventFiltering><PipeEvent onmatch=\"exclude\">\
                  <PipeName condition=\"is\">\\wkssvc</PipeName></PipeEvent></EventFiltering></Sysmon>";
    folder.write("now.xml", config);
    let page = page(&folder, &["logs", "--config", "now.xml"]);
    let data = data(&page);
    let (families, strings) = (&data["families"], &data["strings"]);
    let mut dropped = 0;
    for (place, name) in families["name"].as_array().unwrap().iter().enumerate() {
        let name = strings[usize::try_from(name.as_u64().unwrap()).unwrap()]
            .as_str()
            .unwrap();
        let is_named = name.eq_ignore_ascii_case(r"\wkssvc");
        let expected = if is_named {
            families["events"][place].as_u64().unwrap()
        } else {
            0
        };
        assert_eq!(families["current"][place], expected, "{name}");
        dropped += expected;
    }
    assert!(dropped > 0);
    assert!(page.contains("<code>now.xml</code>, would drop"));
}

#[test]
fn no_name_is_anything_but_text() {
    let folder = Folder::new();
    folder.write("x.jsonl", hostile());
    let page = page(&folder, &["x.jsonl"]);
    // Two scripts: the data, which is none, and the page's own; both end once.
    assert_eq!(page.matches("<script").count(), 2, "a script that is not ours");
    assert_eq!(page.matches("</script").count(), 2);
    for tag in ["<img", "<b>H", "<i>", "<u>", "<!--", "\u{202E}", "\u{2028}"] {
        assert!(!page.contains(tag), "{tag:?}");
    }
    let strings = data(&page)["strings"].clone();
    let strings: Vec<&str> = strings
        .as_array()
        .unwrap()
        .iter()
        .map(|text| text.as_str().unwrap())
        .collect();
    for name in HOSTILE {
        assert!(strings.contains(&name), "{name:?} is in the data as it was");
    }
    assert!(
        page.contains("&lt;/script&gt;&lt;script&gt;alert(1)"),
        "the plain table shows it"
    );
}

#[test]
fn the_policy_names_the_script_and_the_style_and_lets_nothing_else_run() {
    let folder = Folder::new();
    folder.write("x.jsonl", hostile());
    let page = page(&folder, &["x.jsonl"]);
    let policy = between(&page, "http-equiv=\"Content-Security-Policy\" content=\"", "\"");
    let hash = |text: &str| {
        let digest = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text));
        format!("'sha256-{digest}'")
    };
    let script = between(&page, "<script>", "</script>");
    let style = between(&page, "<style>", "</style>");
    assert!(policy.contains(&format!("script-src {};", hash(script))), "{policy}");
    assert!(policy.contains(&format!("style-src {};", hash(style))), "{policy}");
    assert!(
        policy.starts_with("default-src 'none';") && !policy.contains("unsafe"),
        "{policy}"
    );
    for loaded in ["http://", "https://", " style=\"", " onclick=", "@import", "url("] {
        let own = page.replace("http://www.w3.org/2000/svg", "");
        assert!(!own.contains(loaded), "{loaded}");
    }
}

#[test]
fn a_log_without_a_pipe_event_gives_a_page_too() {
    let folder = Folder::new();
    folder.write(
        "x.jsonl",
        r#"{"EventID":1,"SourceName":"Microsoft-Windows-Sysmon","Hostname":"H","UtcTime":"2024-03-04 01:02:03.000"}"#,
    );
    let page = page(&folder, &["x.jsonl"]);
    assert!(page.ends_with("</html>\n"));
    assert_eq!(data(&page)["events"], 0);
}

#[test]
fn a_page_appears_whole_or_not_at_all() {
    let folder = Folder::new();
    folder.write("x.jsonl", hostile());
    folder
        .run(&["report", "x.jsonl", "-o", "x.jsonl"])
        .exits(1)
        .says_in_one_line(&["also an input"]);
    folder
        .run(&["report", "x.jsonl", "-q", "-o", "x.html"])
        .exits(0)
        .quietly();
    assert_eq!(folder.names(), ["x.html", "x.jsonl"]);
    assert!(folder.read("x.html").ends_with("</html>\n"));
}
