//! The integration tests: one binary, one file a promise to the user.
//!
//! | file | promise |
//! |---|---|
//! | `harness` | no promise: a folder, a run of the program in it, what is asserted of it |
//! | `scan_formats` | what `scan` prints, to the byte, in every format |
//! | `ground_truth` | every pair of generated logs is counted right, in every form of .evtx, on any number of threads |
//! | `real_logs` | real logs give what independent tools found in them; damage is counted with its place |
//! | `differential` | every log gives what the `evtx` crate's own JSON of it says |
//! | `duplicates` | a log that is there twice, whole or in part, counts once |
//! | `baseline_file` | a saved baseline stands for its logs, whatever way it was put together |
//! | `bad_input` | what cannot be read or written is said in one line, and costs nothing else |
//! | `faults` | whatever breaks meanwhile, output is whole or not there, and nothing hangs |
//! | `fixes` | `check --fix` does away with what is found, and loses nothing unasked |
//! | `mutants` | no damage of any log or export makes the program panic or hang |
//! | `seeds` | what the fuzz targets begin with is read without a panic |
//! | `sinks` | a hostile name does nothing in any output |
//! | `diff` | what is new, gone or changed between two periods, and nothing that is chance |
//! | `gaps` | records that are in no log are told, where whole logs show it |
//! | `exit_codes` | how a run ended can be told from its exit code |
//! | `closed_pipe` | `\| head` is success |
//! | `collect` | the config of the first step logs every pipe event; that of known-bad names logs all of them |
//! | `families` | `scan --by family` shows what belongs together, and what a draft does with it |
//! | `killed` | a run that is killed leaves the old file or the new one, never a torn one |
//! | `two_writers` | of two runs that add to one file at the same time, none undoes what the other wrote |
//! | `knowledge` | what is known is listed, and a file of one's own adds to it |
//! | `decisions` | what a person decided holds, and what it overrules is said |
//! | `sigma` | a draft puts no Sigma rule to sleep |
//! | `merging` | rules are merged into a config, and all else of it stays byte for byte |
//! | `counted` | rows that were counted elsewhere are a source, and evidence of no more than they tell |
//! | `conformance` | the filter engine gives the verdicts that Sysmon's own gave |
//! | `specification` | the engine agrees with a literal reading of the specification |
//! | `loading` | a config loads, or is refused with the reason, as Sysmon does |
//! | `loop_rounds` | rounds of the loop bring the noise down, hide no attacker, and come to rest |
//! | `hostile_config` | no config costs more than its size |
//! | `check` | what a config would log, drop and hide, and what is wrong with it, is told to the byte |
//! | `explaining` | why a rule does not match is said of each filter |
//! | `poison` | an attacker who was there while the baseline was collected stays logged, and the noise does not |
//! | `holdout` | on hosts that it never saw, the draft hides no attacker and drops what it forecasts |
//! | `report` | the review page is the same for the same logs, and no name in it is anything but text |
//! | `help` | what `--help` says of every command |
//! | `man_pages` | every command has a man page, and `--version` tells the build |
//! | `line_ends` | what people write means the same with the line ends of Windows |
//! | `documents` | what the README and `docs/` show is what the program prints; links lead somewhere |
//! | `json_schema` | every member of the JSON is documented |
//! | `windows` | paths, open files, stars and consoles as Windows has them; it is built and run there, and under Wine |
//! | `imports` | the house keeps its order: a module uses only those above it |
//!
//! Logs are made by `testdata/generator`, which shares no code with the readers. Tests on real logs, which are not part of the
//! project, print that they are skipped where `PIPEMINE_REAL_LOGS` names none. Those that would take long are small, and say
//! so, where `PIPEMINE_SLOW_TESTS` is not set.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "a test says by panicking what it misses"
)]

mod bad_input;
mod baseline_file;
mod check;
mod closed_pipe;
mod collect;
mod conformance;
mod counted;
mod decisions;
mod diff;
mod differential;
mod documents;
mod duplicates;
mod exit_codes;
mod explaining;
mod families;
mod faults;
mod fixes;
mod gaps;
mod ground_truth;
mod harness;
mod help;
mod holdout;
mod hostile_config;
mod imports;
mod json_schema;
mod killed;
mod knowledge;
mod line_ends;
mod loading;
mod loop_rounds;
mod merging;
mod mutants;
mod man_pages;
mod poison;
mod real_logs;
mod report;
mod scan_formats;
mod seeds;
mod sigma;
mod sinks;
mod specification;
mod two_writers;
#[cfg(windows)]
mod windows;
