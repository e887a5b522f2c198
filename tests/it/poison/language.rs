//! Names that would change what the config says: markup, lists, variables, characters that XML has not.

use super::attack::{used, used_by, used_in};
use super::fleet::{CLEAN, Made, play, poisoned, stays};
use super::{CHROME, SVCHOST, VENDOR};
use pipemine::draft::Options;

#[test]
fn markup_in_a_name() {
    let names = [
        r#"\a</PipeName><PipeName condition="contains"></PipeName>"#,
        r"\--><PipeEvent onmatch='exclude'/><!--",
        r"\]]></PipeName>",
        r"\&lt;Anonymous Pipe&gt;",
        r"\&#92;wkssvc",
        r"\<Anonymous Pipe>",
    ];
    stays(used(names, SVCHOST));
    stays(used(names, CHROME));
}

/// What an attacker names may be dropped where nothing tells it from noise; but it must not drop anything else.
#[test]
fn markup_in_the_names_of_a_vendors_program_drops_nothing_else() {
    let names = [
        r#"\a"</PipeName><Image condition="contains">\</Image>"#,
        r"\b--><!--",
        r"\c&amp;&lt;*",
    ];
    let image = r"C:\Program Files\--><Rule groupRelation='or'>\x.exe";
    let traces = play(&used(names, image));
    let bystanders = play(&used([r"\a", r"\x", r"\b"], r"C:\Users\Public\c2.exe"));
    let all: Vec<_> = traces.iter().chain(&bystanders).cloned().collect();
    let made = Made::of(&poisoned(&all), &Options::default());
    super::fleet::assert_stays(0, &bystanders, &made);
    assert_eq!(
        made.count(&CLEAN.events),
        Made::of(&poisoned(&[]), &Options::default()).count(&CLEAN.events)
    );
}

#[test]
fn separators_of_lists() {
    let names = [r"\a;\lsadump", r"\wkssvc;", r";\wkssvc", r"\a;;b", r";"];
    stays(used_in(names, [SVCHOST, CHROME, VENDOR]));
    stays(used_by(
        r"\AppPipe",
        [r"C:\Program Files\a;b\x.exe", r"C:\Program Files\C;C:\Windows\x.exe"],
    ));
}

#[test]
fn variables() {
    stays(used_in(
        [r"\%USERNAME%", r"\app%TEMP%", "%", r"\100%"],
        [SVCHOST, VENDOR],
    ));
    stays(used_by(r"\AppPipe", [r"%windir%\x.exe", r"C:\Program Files\%a%\x.exe"]));
}

#[test]
fn characters_that_cannot_be_written() {
    let names = [
        "\\a\u{0}b",
        "\\a\u{1b}[31m",
        "\\a\rb",
        "\\a\nb",
        "\\a\tb",
        "\\a\u{FFFE}",
        "\\a\u{FFFF}",
        "\\a\u{10F800}",
        "\\a\u{10FC00}\u{10F800}",
        "\\a\u{85}",
    ];
    stays(used_in(names, [SVCHOST, CHROME, VENDOR]));
}

#[test]
fn characters_that_are_not_seen_or_turn_the_text_around() {
    let names = [
        "\\wkssvc\u{200b}",
        "\\\u{202e}cvsskw",
        "\\l\u{ad}sass",
        "\\mojo\u{2060}.1.2",
        "\\a\u{2028}b",
        "\\\u{feff}x",
    ];
    stays(used_in(names, [SVCHOST, CHROME, VENDOR]));
}

#[test]
fn blanks_and_backslashes_at_the_ends() {
    let names = [
        r"\wkssvc ",
        r" \wkssvc",
        "\\wkssvc\u{a0}",
        r"\\wkssvc",
        r"\wkssvc\",
        r"\",
        "\\ ",
        r"\\PSEXESVC",
        r"\.\wkssvc",
    ];
    stays(used_in(names, [SVCHOST, CHROME, VENDOR]));
}

#[test]
fn very_long_names() {
    let long = format!(r"\{}", "a".repeat(20_000));
    let bad = format!(r"\postex_{}", "a".repeat(20_000));
    stays(used_in([long.as_str(), bad.as_str()], [SVCHOST, VENDOR]));
}

#[test]
fn every_way_to_address_a_pipe() {
    let names = [
        r"\\.\pipe\PSEXESVC",
        r"\Device\NamedPipe\PSEXESVC",
        r"\??\pipe\PSEXESVC",
        r"\pipe\PSEXESVC",
        r"PSEXESVC",
    ];
    stays(used_in(names, [SVCHOST, VENDOR]));
}
