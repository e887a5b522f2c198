//! Any bytes as a Sysmon config: it loads or is refused, findings are found, and what is printed loads as the same.

#![no_main]

use libfuzzer_sys::fuzz_target;
use pipemine::sysmon::{Config, Event, LintOptions, lint};

fuzz_target!(|bytes: &[u8]| {
    let Ok(config) = Config::load(bytes) else { return };
    let engine = config.engine();
    let mut events = vec![
        Event {
            event_type: "CreatePipe",
            pipe_name: r"\srvsvc",
            image: r"C:\Windows\System32\svchost.exe",
            user: "",
        },
        Event {
            event_type: "ConnectPipe",
            pipe_name: r"\MSSE-1234-server",
            image: "System",
            user: r"NT AUTHORITY\SYSTEM",
        },
    ];
    // Values that stand in the config itself.
    let filters: Vec<_> = config
        .nodes()
        .iter()
        .flat_map(|node| &node.items)
        .flat_map(|item| item.filters())
        .collect();
    for filter in filters.iter().take(8) {
        events.push(Event {
            event_type: "CreatePipe",
            pipe_name: &filter.value,
            image: &filter.value,
            user: &filter.value,
        });
    }
    for event in &events {
        let verdict = engine.verdict(event);
        let mut matches = Vec::new();
        assert_eq!(engine.outcome(event, &mut matches), verdict);
    }
    let _ = lint(&config, &LintOptions::default());
    if let Ok(printed) = config.print() {
        let again = Config::load(printed.as_bytes()).expect("what is printed loads");
        let other = again.engine();
        for event in &events {
            let (a, b) = (engine.verdict(event), other.verdict(event));
            assert_eq!((a.logged, a.rule_name), (b.logged, b.rule_name), "{event:?}\n{printed}");
        }
    }
});
