//! Rows that were counted elsewhere are a source, and evidence of no more than they tell.

use crate::harness::Folder;

const SVCHOST: &str = r"C:\Windows\System32\svchost.exe";

#[test]
fn what_a_query_gave_is_listed_saved_and_drafted_from() {
    let folder = Folder::new();
    let rows = format!(
        "EventID,PipeName,Image,count_,Computer,min_TimeGenerated,max_TimeGenerated\n\
         18,\\wkssvc,{SVCHOST},900,WS01,2025-03-03T08:00:00Z,2025-03-07T08:00:00Z\n\
         18,\\wkssvc,{SVCHOST},100,WS02,2025-03-03T08:00:00Z,2025-03-07T08:00:00Z\n"
    );
    // The same without what a draft would need: who, when, or which of both.
    let poor = format!("PipeName,Image,count,hosts\n\\srvsvc,{SVCHOST},5000,40\n");
    folder.write("lake.csv", &rows).write("poor.csv", &poor);
    let scan = |sources: &[&str]| {
        folder
            .run(&[&["scan", "--format", "json"], sources].concat())
            .exits(0)
            .json()
    };
    let json = scan(&["lake.csv", "poor.csv"]);
    assert_eq!(json["summary"]["pipe_events"], 6000);
    assert_eq!(json["summary"]["hosts"], 2);
    let lacks = serde_json::json!({"events": 6000, "without_host": 5000, "without_day": 5996});
    assert_eq!(json["summary"]["counted"], lacks);
    assert_eq!(json["pairs"][1]["count"], 1000);
    assert_eq!(
        (&json["pairs"][1]["hosts"], &json["pairs"][1]["days"]),
        (&2.into(), &2.into())
    );
    assert_eq!(
        (&json["pairs"][0]["hosts"], &json["pairs"][0]["days"]),
        (&0.into(), &0.into())
    );

    // The same rows again count once, and that is said.
    folder.write("again.csv", &rows);
    let again = scan(&["lake.csv", "poor.csv", "again.csv"]);
    assert_eq!(
        (&again["summary"]["pipe_events"], &again["summary"]["duplicates"]),
        (&6000.into(), &1000.into())
    );

    folder
        .run(&["baseline", "--quiet", "-o", "both.base", "lake.csv", "poor.csv"])
        .exits(0);
    assert_eq!(scan(&["both.base"])["pairs"], json["pairs"]);
    let draft = |sources: &[&str]| folder.run(&[&["draft"], sources].concat()).exits(0).stdout();
    let drafted = draft(&["lake.csv", "poor.csv"]);
    assert!(drafted.contains("wkssvc") && !drafted.contains("srvsvc"), "{drafted}");
    assert_eq!(draft(&["both.base"]), drafted);
    let table = folder
        .run(&["scan", "both.base", "--format", "table"])
        .exits(0)
        .stdout();
    assert!(
        table.contains("6,000 events counted elsewhere: 5,000 without a host, 5,996 without a day"),
        "{table}"
    );
}

#[test]
fn results_that_lie_beside_logs_add_nothing_unless_they_are_named() {
    let folder = Folder::new();
    let event = format!(
        r#"{{"EventID":17,"Channel":"Microsoft-Windows-Sysmon/Operational","Computer":"WS01","EventRecordID":1,"UtcTime":"2025-03-03 08:00:00.000","PipeName":"\\x","Image":"{}"}}"#,
        SVCHOST.replace('\\', r"\\")
    );
    folder.write("logs/events.jsonl", &event);
    folder.run(&["scan", "logs", "-q", "-o", "logs/pairs.csv"]).exits(0);
    let events = |sources: &[&str]| {
        let run = folder.run(&[&["scan", "--format", "json"], sources].concat()).exits(0);
        (run.json()["summary"]["pipe_events"].as_u64(), run.stderr().to_owned())
    };
    let (count, said) = events(&["logs"]);
    assert_eq!(count, Some(1), "{said}");
    assert!(
        said.contains("pairs.csv: passed over, this is rows that were counted elsewhere"),
        "{said}"
    );
    assert_eq!(events(&["logs/pairs.csv", "logs"]).0, Some(2), "as it was asked for");
    folder.write("rows/pairs.csv", folder.read("logs/pairs.csv"));
    let told = events(&["rows", "--source-format", "counted"]);
    assert_eq!(told.0, Some(1), "it was said what it is");
}

/// Whoever can put a row into a data lake chooses its hosts, too: however often he spells one, it is one.
#[test]
fn no_spelling_of_a_host_and_no_number_of_hosts_is_evidence() {
    let folder = Folder::new();
    let image = r"C:\Program Files\Contoso\App\app.exe".replace('\\', r"\\");
    let day = r#""first_seen":"2025-03-03T08:00:00Z","last_seen":"2025-03-03T09:00:00Z""#;
    let row = |hosts: &str| {
        format!(r#"{{"EventID":17,"PipeName":"\\AppPipe","Image":"{image}","count":900,"hosts":{hosts},{day}}}"#)
    };
    let one = [
        r#"["WS01","ws01","WS01.corp.example","WS01."," WS01 ","CORP\\WS01$","WS01:5985"]"#,
        "40",
        r#"["40","41"]"#,
        r#"["","-"]"#,
    ];
    let draft = |hosts: &str| {
        folder.write("rows.jsonl", row(hosts));
        folder.run(&["draft", "rows.jsonl", "-q"]).exits(0).stdout()
    };
    for hosts in one {
        assert!(!draft(hosts).contains("AppPipe"), "{hosts}");
    }
    assert!(draft(r#"["WS01","WS02"]"#).contains("AppPipe"), "two hosts are two");
}
