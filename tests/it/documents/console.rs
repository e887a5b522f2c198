//! Blocks marked `console`: the commands in them, what each is said to print, and how a page is brought up to date.

use std::ops::Range;

/// Where a line says this, any number of lines is left out.
const LEFT_OUT: &str = "[…]";

/// A command of a page, and what the page says that it prints.
#[derive(Debug)]
pub(super) struct Shown {
    pub(super) command: String,
    pub(super) output: String,
    /// Where the output stands in the page: from the end of the command to the end of the last line that is not blank.
    place: Range<usize>,
}

/// The commands in the blocks marked `console`, each with what it is said to print.
pub(super) fn shown(page: &str) -> Vec<Shown> {
    let mut shown = Vec::new();
    for (opening, mark) in page.match_indices("```console\n") {
        // Begins with the line end of the mark, so that each command follows a line end.
        let start = opening + mark.len() - 1;
        let block = &page[start..];
        let block = &block[..block.find("\n```").unwrap_or(block.len())];
        let mut commands = block.match_indices("\n$ ").map(|(at, _)| at).peekable();
        while let Some(at) = commands.next() {
            let run = &block[at + 3..commands.peek().copied().unwrap_or(block.len())];
            let command = run.lines().next().unwrap_or("");
            let output = run[command.len()..].trim_end();
            let place = start + at + 3 + command.len();
            shown.push(Shown {
                command: command.to_owned(),
                output: output.trim_start_matches('\n').to_owned(),
                place: place..place + output.len(),
            });
        }
    }
    shown
}

/// Whether all that is shown is printed, in this order, and nothing else where nothing is left out; the error says what is not.
pub(super) fn compare(shown: &str, printed: &str) -> Result<(), String> {
    let shown: Vec<&str> = shown.trim_end().lines().collect();
    let printed: Vec<&str> = printed.trim_end().lines().collect();
    let mut pieces: Vec<&[&str]> = shown.split(|line| is_left_out(line)).collect();
    let last = pieces.pop().unwrap_or_default();
    let mut rest = printed.as_slice();
    for (number, piece) in pieces.iter().enumerate().filter(|(_, piece)| !piece.is_empty()) {
        let found = rest.windows(piece.len()).position(|window| window == *piece);
        match found {
            Some(at) if at == 0 || number > 0 => rest = &rest[at + piece.len()..],
            _ => return Err(missing(piece, rest)),
        }
    }
    let ends = rest.ends_with(last) && (!pieces.is_empty() || rest.len() == last.len());
    // What is left out last may be anything.
    if last.is_empty() && !pieces.is_empty() || ends {
        Ok(())
    } else {
        Err(missing(last, rest))
    }
}

fn missing(piece: &[&str], rest: &[&str]) -> String {
    format!("--- shown\n{}\n--- printed\n{}", piece.join("\n"), rest.join("\n"))
}

fn is_left_out(line: &str) -> bool {
    line.trim() == LEFT_OUT
}

/// What is to be shown in place of what was shown, now that this is printed: the same parts of it, as far as they can be
/// recognised.
pub(super) fn renewed(shown: &str, printed: &str) -> String {
    let shown: Vec<&str> = shown.trim_end().lines().collect();
    let printed: Vec<&str> = printed.trim_end().lines().collect();
    let costs = costs(&shown, &printed);
    let (mut at, mut next) = (0, 0);
    let mut lines = Vec::new();
    while at < shown.len() || next < printed.len() {
        let step = cheapest(&costs, &shown, &printed, at, next).1;
        match step {
            Step::LeaveOut => {}
            Step::EndOfLeftOut => lines.push(shown[at]),
            Step::Gone => {}
            Step::Show => lines.push(printed[next]),
            Step::Add => lines.push(printed[next]),
        }
        let (shown, printed) = step.takes();
        at += shown;
        next += printed;
    }
    lines.join("\n")
}

/// What is done with the next line that was shown, and the next that is printed.
#[derive(Clone, Copy)]
enum Step {
    /// The printed line is among those left out.
    LeaveOut,
    /// No further line is left out.
    EndOfLeftOut,
    /// The printed line takes the place of the shown one.
    Show,
    /// The shown line is printed no more.
    Gone,
    /// The printed line is new.
    Add,
}

impl Step {
    /// How many lines it takes of those shown, and of those printed.
    fn takes(self) -> (usize, usize) {
        match self {
            Self::LeaveOut | Self::Add => (0, 1),
            Self::EndOfLeftOut | Self::Gone => (1, 0),
            Self::Show => (1, 1),
        }
    }
}

/// What the rest costs from each line that was shown and each that is printed; the least cost is the best likeness.
fn costs(shown: &[&str], printed: &[&str]) -> Vec<Vec<u32>> {
    let mut costs = vec![vec![0; printed.len() + 1]; shown.len() + 1];
    for at in (0..=shown.len()).rev() {
        for next in (0..=printed.len()).rev() {
            if at < shown.len() || next < printed.len() {
                costs[at][next] = cheapest(&costs, shown, printed, at, next).0;
            }
        }
    }
    costs
}

fn cheapest(costs: &[Vec<u32>], shown: &[&str], printed: &[&str], at: usize, next: usize) -> (u32, Step) {
    let steps: Vec<(u32, Step)> = match (shown.get(at), printed.get(next)) {
        (Some(line), None) if is_left_out(line) => vec![(0, Step::EndOfLeftOut)],
        (Some(line), Some(_)) if is_left_out(line) => vec![(0, Step::EndOfLeftOut), (0, Step::LeaveOut)],
        (Some(_), None) => vec![(GONE, Step::Gone)],
        (None, _) => vec![(NEW, Step::Add)],
        (Some(line), Some(other)) => vec![
            (unlikeness(line, other), Step::Show),
            (GONE, Step::Gone),
            (NEW, Step::Add),
        ],
    };
    let all = steps.into_iter().map(|(cost, step)| {
        let (shown, printed) = step.takes();
        (cost + costs[at + shown][next + printed], step)
    });
    all.min_by_key(|(cost, _)| *cost).unwrap()
}

/// What a line costs that is printed no more. It is dearer than a new one, so that a part that is shown keeps its lines.
const GONE: u32 = 150;
const NEW: u32 = 70;

/// 0 for equal lines, and [`GONE`] for those that have no word in common.
fn unlikeness(line: &str, other: &str) -> u32 {
    if line == other {
        return 0;
    }
    let words: Vec<&str> = line.split_whitespace().collect();
    let mut rest: Vec<&str> = other.split_whitespace().collect();
    let most = words.len().max(rest.len()).max(1);
    let mut equal = 0;
    for word in words {
        if let Some(found) = rest.iter().position(|other| *other == word) {
            rest.swap_remove(found);
            equal += 1;
        }
    }
    GONE - GONE * u32::try_from(equal).unwrap() / u32::try_from(most).unwrap()
}

/// The page with these outputs in place of those that it shows.
pub(super) fn rewrite(page: &str, shown: &[Shown], outputs: &[String]) -> String {
    let mut page = page.to_owned();
    for (shown, output) in shown.iter().zip(outputs).rev() {
        let output = output.trim_end();
        let line_end = if output.is_empty() { "" } else { "\n" };
        page.replace_range(shown.place.clone(), &format!("{line_end}{output}"));
    }
    page
}

#[test]
fn what_a_page_leaves_out_is_no_licence() {
    let printed = "a\nb\nc\nd";
    for right in ["a\nb\nc\nd", "a\n[…]\nc\nd", "[…]\nb\n[…]", "[…]", "a\n[…]\nd"] {
        assert_eq!(compare(right, printed), Ok(()), "{right}");
    }
    for wrong in [
        "",
        "b\n[…]",
        "a\n[…]\nc",
        "[…]\nc\n[…]\nb\n[…]",
        "a\nb",
        "a\nb\nc\nd\ne",
        "[…]\ne",
        "b\nc\nd",
    ] {
        assert!(compare(wrong, printed).is_err(), "{wrong}");
    }
}

#[test]
fn what_is_renewed_is_right_and_as_short_as_before() {
    let printed = "head 4\none 1\ntwo 2\nnew\nthree 3\nfour 4\nfoot of it";
    for (shown, expected) in [
        ("head\none", printed),
        ("head 3\n[…]", "head 4\n[…]"),
        ("[…]\ntwo 1\nthree 3\n[…]", "[…]\ntwo 2\nnew\nthree 3\n[…]"),
        ("head 3\n[…]\nfoot of that", "head 4\n[…]\nfoot of it"),
        ("head 4\none 1\nold\ntwo 2\n[…]", "head 4\none 1\ntwo 2\n[…]"),
        ("[…]\nfour 5\nfoot of that", "[…]\nfour 4\nfoot of it"),
    ] {
        let renewed = renewed(shown, printed);
        assert_eq!(renewed, expected, "{shown}");
        assert_eq!(compare(&renewed, printed), Ok(()), "{shown}");
    }
}

#[test]
fn a_page_is_rewritten_in_place() {
    let page = "# A\n```console\n$ one\n1\n\n$ two\n$ three\n3\n3\n```\nbetween\n```console\n$ four\n4\n```\nend\n";
    let found = shown(page);
    let texts: Vec<_> = found.iter().map(|run| (&*run.command, &*run.output)).collect();
    assert_eq!(texts, [("one", "1"), ("two", ""), ("three", "3\n3"), ("four", "4")]);
    let same: Vec<String> = found.iter().map(|run| run.output.clone()).collect();
    assert_eq!(rewrite(page, &found, &same), page);
    let outputs = ["", "2", "3", "4\n4\n"].map(str::to_owned);
    assert_eq!(
        rewrite(page, &found, &outputs),
        "# A\n```console\n$ one\n\n$ two\n2\n$ three\n3\n```\nbetween\n```console\n$ four\n4\n4\n```\nend\n"
    );
}
