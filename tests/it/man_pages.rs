//! There is a man page of the program and of each command, which holds all that `--help` tells of; and `--version` tells the
//! build.

use crate::harness::Folder;

fn printed(args: &[&str]) -> String {
    Folder::new().run(args).exits(0).quietly().stdout()
}

/// The text of a page without what roff makes of dashes and backslashes.
fn page(args: &[&str]) -> String {
    printed(&[&["man"], args].concat())
        .replace(r"\-", "-")
        .replace(r"\\", r"\")
}

#[test]
fn every_command_has_a_page_with_all_its_options() {
    let of_program = page(&[]);
    let commands: Vec<&str> = of_program
        .lines()
        .filter_map(|line| line.strip_prefix("pipemine-")?.strip_suffix("(1)"))
        .collect();
    let help = printed(&["--help"]);
    let listed = help.split("Commands:\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let listed = listed
        .lines()
        .filter(|line| line.starts_with("  ") && !line.starts_with("   "));
    let listed: Vec<&str> = listed.map(|line| line.split_whitespace().next().unwrap()).collect();
    assert_eq!([&commands[..], &["help"]].concat(), listed);
    assert!(of_program.contains("4  done, and --exit-code"), "{of_program}");
    for command in commands {
        let page = page(&[command]);
        assert!(page.contains(&format!(".TH pipemine-{command} 1")), "{page}");
        let help = printed(&[command, "--help"]);
        let options: Vec<&str> = help
            .split(|c: char| c.is_whitespace() || ",[].;:`=)".contains(c))
            .filter(|word| word.starts_with("--") && word.len() > 3)
            .collect();
        assert!(options.contains(&"--help"), "{help}");
        for option in options {
            assert!(
                page.contains(option),
                "{option} is not in the page of {command}:\n{page}"
            );
        }
    }
}

#[test]
fn a_page_of_no_command_is_refused() {
    Folder::new()
        .run(&["man", "nothing"])
        .exits(1)
        .prints_nothing()
        .says("pipemine: there is no command nothing; `pipemine --help` lists them");
}

#[test]
fn the_version_tells_the_build() {
    let short = printed(&["-V"]);
    assert_eq!(short, concat!("pipemine ", env!("CARGO_PKG_VERSION"), "\n").to_owned());
    let long = printed(&["--version"]);
    let build = long.strip_prefix(short.trim_end()).unwrap().trim();
    let build = build
        .strip_prefix('(')
        .and_then(|build| build.strip_suffix(')'))
        .unwrap();
    assert!(
        build.split(", ").last().unwrap().starts_with(std::env::consts::ARCH),
        "{long}"
    );
}
