//! What this build is made of in, for `--version` out: the target, and in a release build the commit where one is known.
//!
//! A debug build has no commit, so that a commit does not mean to build everything anew.

#![allow(clippy::print_stdout, reason = "this is how a build script speaks")]

use std::path::Path;
use std::process::Command;
use std::{env, fs};

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-env-changed=PIPEMINE_COMMIT");
    let target = env::var("TARGET").unwrap_or_else(|_| "unknown target".to_owned());
    let is_release = env::var("PROFILE").is_ok_and(|profile| profile == "release");
    let commit = env::var("PIPEMINE_COMMIT").ok().filter(|commit| !commit.is_empty());
    let commit = commit.or_else(|| {
        if is_release {
            packaged().or_else(checked_out)
        } else {
            None
        }
    });
    let build = commit.map_or(target.clone(), |commit| format!("{commit}, {target}"));
    println!("cargo:rustc-env=PIPEMINE_BUILD={build}");
}

/// The commit that `cargo package` noted down in what it packed.
fn packaged() -> Option<String> {
    let noted = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let commit = noted.split("\"sha1\": \"").nth(1)?.split('"').next()?;
    Some(commit.get(..10)?.to_owned())
}

/// The commit that is checked out here, and whether something was changed. A source tree that lies unpacked inside of
/// somebody's repository is none of its commits.
fn checked_out() -> Option<String> {
    if !Path::new(".git").exists() {
        return None;
    }
    let path = |name| git(Command::new("git").args(["rev-parse", "--git-path", name]));
    let index = path("index")?;
    println!("cargo:rerun-if-changed={}", path("HEAD")?);
    println!("cargo:rerun-if-changed={index}");
    // `--dirty` writes into the index when each file was looked at. In the checkout's own index that would be a change, and
    // the next build would build everything once more.
    let copy = Path::new(&env::var_os("OUT_DIR")?).join("index");
    fs::copy(index, &copy).ok()?;
    let describe = ["describe", "--always", "--dirty", "--abbrev=10", "--exclude=*"];
    git(Command::new("git").args(describe).env("GIT_INDEX_FILE", copy))
}

fn git(command: &mut Command) -> Option<String> {
    let output = command.output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?.trim().to_owned();
    (output.status.success() && !text.is_empty()).then_some(text)
}
