//! Asks one question after the other, as `git add -p` does: keys in, a decisions file that grows with every answer out.

use std::collections::BTreeSet;
use std::io::{self, BufRead, Write};

use super::lines::Answer;
use super::{Question, questions};
use crate::baseline::Baseline;
use crate::draft::decisions::Decisions;
use crate::draft::{Draft, Options, draft_without_forecast};
use crate::knowledge::Knowledge;
use crate::normalize::day::Day;
use crate::output::escape::visible;
use crate::output::{counted, grouped};
use crate::wording::percent_of;

/// Where a session reads, shows and saves.
#[expect(missing_debug_implementations, reason = "what it borrows has none")]
pub struct Terminal<'a> {
    /// What a person types, a line each.
    pub input: &'a mut dyn BufRead,
    /// What is shown.
    pub out: &'a mut dyn Write,
    /// Saves the whole decisions file.
    pub save: &'a mut dyn FnMut(&str) -> io::Result<()>,
}

/// What a session is about.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The events.
    pub baseline: &'a Baseline,
    /// What is known.
    pub knowledge: &'a Knowledge,
    /// What drafts are to be like.
    pub options: &'a Options,
    /// The decisions file as it is.
    pub decisions: &'a str,
    /// The day on which it is read.
    pub today: Day,
}

/// One run through the questions.
#[derive(Debug)]
struct Session<'a> {
    source: Source<'a>,
    draft: Draft,
    text: String,
    /// What is still asked, from `at` on; what was skipped or answered stands before it.
    queue: Vec<Question>,
    at: usize,
    /// The file, the draft's effect and the place before each answer.
    before: Vec<Before>,
    why: String,
    /// Questions that are not asked again, by their id.
    passed: BTreeSet<String>,
    dropped: u64,
}

#[derive(Debug)]
struct Before {
    text: String,
    at: usize,
    dropped: u64,
    answer: String,
}

const KEYS: &str = "e exclude, u exclude for any user, k keep, s skip, p split, d details, b back, z undo, q quit";

/// Asks all questions.
///
/// # Errors
///
/// What reading, showing or saving fails with.
pub fn run(source: Source<'_>, terminal: &mut Terminal<'_>) -> io::Result<()> {
    let draft = source.draft(source.decisions);
    let queue = questions(&draft, source.baseline, source.knowledge, source.options);
    let mut session = Session {
        dropped: draft.dropped,
        draft,
        text: source.decisions.to_owned(),
        queue,
        at: 0,
        before: Vec::new(),
        why: String::new(),
        passed: BTreeSet::new(),
        source,
    };
    session.run(terminal)
}

impl Source<'_> {
    fn draft(&self, decisions: &str) -> Draft {
        let decisions = Decisions::parse(decisions).unwrap_or_default().on(self.today);
        let options = Options {
            decisions,
            ..self.options.clone()
        };
        draft_without_forecast(self.baseline, self.knowledge, &options)
    }
}

impl Session<'_> {
    fn run(&mut self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        self.show_sum(terminal.out)?;
        while let Some(question) = self.next() {
            self.show(&question, terminal.out)?;
            loop {
                let Some(typed) = prompt(terminal, "decide> ")? else {
                    return self.end(terminal.out);
                };
                let (key, reason) = typed.split_once(' ').unwrap_or((&typed, ""));
                match key {
                    "e" => self.answer(&question, Answer::Exclude, reason, terminal)?,
                    "u" if question.is_in_profile() => {
                        self.answer(&question, Answer::ExcludeAnyUser, reason, terminal)?;
                    }
                    "k" => self.answer(&question, Answer::Keep, reason, terminal)?,
                    "s" => self.at += 1,
                    "p" => {
                        let parts = question.split(&self.draft.candidates);
                        if parts.is_empty() {
                            writeln!(terminal.out, "It is one candidate, and cannot be split.")?;
                            continue;
                        }
                        self.queue.splice(self.at..=self.at, parts);
                    }
                    "d" => {
                        self.details(&question, terminal.out)?;
                        continue;
                    }
                    "b" if self.at > 0 => self.at -= 1,
                    "z" => self.undo(terminal)?,
                    "q" => return self.end(terminal.out),
                    _ => {
                        writeln!(terminal.out, "{}", self.keys(&question))?;
                        continue;
                    }
                }
                break;
            }
        }
        writeln!(terminal.out, "\nNo more questions.")?;
        self.end(terminal.out)
    }

    /// The question that is asked now. Behind the last one, what the answers have raised is asked.
    fn next(&mut self) -> Option<Question> {
        if self.at >= self.queue.len() && !self.before.is_empty() {
            self.passed
                .extend(self.queue.iter().map(|question| question.id(&self.draft.candidates)));
            let draft = self.source.draft(&self.text);
            let raised = questions(&draft, self.source.baseline, self.source.knowledge, self.source.options);
            let raised: Vec<Question> = raised
                .into_iter()
                .filter(|question| !self.passed.contains(&question.id(&draft.candidates)))
                .collect();
            if !raised.is_empty() {
                self.draft = draft;
                self.queue = raised;
                self.at = 0;
                self.before.clear();
            }
        }
        self.queue.get(self.at).cloned()
    }

    fn answer(
        &mut self,
        question: &Question,
        answer: Answer,
        reason: &str,
        terminal: &mut Terminal<'_>,
    ) -> io::Result<()> {
        let mut reason = reason.trim().to_owned();
        if reason.is_empty() {
            let offer = if self.why.is_empty() {
                "reason> ".to_owned()
            } else {
                format!("reason [{}]> ", visible(&self.why))
            };
            reason = prompt(terminal, &offer)?.unwrap_or_default();
        }
        if reason.is_empty() {
            reason.clone_from(&self.why);
        }
        if reason.is_empty() {
            writeln!(
                terminal.out,
                "A decision needs its reason, for whoever reads the file next year."
            )?;
            return Ok(());
        }
        let mut text = self.text.clone();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        text += &question.lines(&self.draft.candidates, answer, &reason);
        (terminal.save)(&text)?;
        let before = self.dropped;
        self.before.push(Before {
            text: std::mem::replace(&mut self.text, text),
            at: self.at,
            dropped: before,
            answer: question.text(&self.draft.candidates),
        });
        self.why = reason;
        let drafted = self.source.draft(&self.text);
        self.dropped = drafted.dropped;
        self.at += 1;
        let share = |dropped| percent_of(dropped, self.draft.events);
        writeln!(
            terminal.out,
            "{} -> {} dropped, question {} of {}",
            share(before),
            share(self.dropped),
            self.at.min(self.queue.len()),
            self.queue.len()
        )
    }

    fn undo(&mut self, terminal: &mut Terminal<'_>) -> io::Result<()> {
        let Some(before) = self.before.pop() else {
            return writeln!(terminal.out, "There is nothing to undo.");
        };
        (terminal.save)(&before.text)?;
        self.text = before.text;
        self.at = before.at;
        self.dropped = before.dropped;
        writeln!(terminal.out, "Undone: {}", visible(&before.answer))
    }

    fn keys(&self, question: &Question) -> String {
        let keys = KEYS.to_owned();
        let keys = if question.is_in_profile() {
            keys
        } else {
            keys.replace("u exclude for any user, ", "")
        };
        let keys = if self.at > 0 {
            keys
        } else {
            keys.replace("b back, ", "")
        };
        format!("{keys}; a reason may follow the letter")
    }

    fn show_sum(&self, out: &mut dyn Write) -> io::Result<()> {
        let open = self.queue.iter().filter(|question| !question.hides()).count() as u64;
        writeln!(
            out,
            "{} of {} are dropped ({}). {}, and {} of which a yes hides what attackers do.",
            grouped(self.draft.dropped),
            counted(self.draft.events, "event"),
            percent_of(self.draft.dropped, self.draft.events),
            counted(open, "question"),
            grouped(self.queue.len() as u64 - open),
        )
    }

    fn show(&self, question: &Question, out: &mut dyn Write) -> io::Result<()> {
        let all = &self.draft.candidates;
        writeln!(
            out,
            "\n[{}/{}] {}",
            self.at + 1,
            self.queue.len(),
            visible(&question.text(all))
        )?;
        writeln!(
            out,
            "  {} ({}) on {}; with a yes {} are dropped",
            counted(question.events, "event"),
            percent_of(question.events, self.draft.events),
            counted(question.hosts as u64, "host"),
            percent_of(self.dropped + question.events, self.draft.events),
        )?;
        for line in question
            .examples()
            .into_iter()
            .chain([question.gain(all), question.stays()])
        {
            writeln!(out, "  {}", visible(&line))?;
        }
        for candidate in question.candidates.iter().filter_map(|index| all.get(*index)).take(3) {
            writeln!(
                out,
                "    {} ({})",
                visible(&candidate.title()),
                counted(candidate.family.evidence.events(), "event")
            )?;
        }
        if question.candidates.len() > 3 {
            writeln!(
                out,
                "    … and {}",
                counted(question.candidates.len() as u64 - 3, "more candidate")
            )?;
        }
        writeln!(out, "  {}", self.keys(question))
    }

    fn details(&self, question: &Question, out: &mut dyn Write) -> io::Result<()> {
        let all = &self.draft.candidates;
        for candidate in question.candidates.iter().filter_map(|index| all.get(*index)) {
            let evidence = &candidate.family.evidence;
            writeln!(
                out,
                "  {}: {}, {}, {}",
                visible(&candidate.title()),
                counted(evidence.events(), "event"),
                counted(evidence.hosts().len() as u64, "host"),
                counted(evidence.days().len() as u64, "day")
            )?;
            for name in candidate
                .family
                .names
                .iter()
                .take(3)
                .filter(|_| !candidate.family.name.is_exact())
            {
                writeln!(out, "      such as {}", visible(name))?;
            }
            for reason in &candidate.reasons {
                writeln!(
                    out,
                    "      {} ({}): {}",
                    reason.verdict,
                    reason.code.word(),
                    visible(&reason.text)
                )?;
            }
        }
        Ok(())
    }

    fn end(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "{} dropped, {} answered, {} left.",
            percent_of(self.dropped, self.draft.events),
            counted(self.before.len() as u64, "question"),
            self.queue.len().saturating_sub(self.before.len())
        )
    }
}

/// A line that a person typed; `None` at the end of the input.
fn prompt(terminal: &mut Terminal<'_>, text: &str) -> io::Result<Option<String>> {
    write!(terminal.out, "{text}")?;
    terminal.out.flush()?;
    let mut line = String::new();
    let read = terminal.input.read_line(&mut line)?;
    Ok((read > 0).then(|| line.trim().to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_support::{CHROME, Events, POWERSHELL, baseline};

    fn session(keys: &str, decisions: &str) -> (String, Vec<String>) {
        let baseline = baseline(&[
            Events::connected(r"\wkssvc", POWERSHELL).times(3),
            Events::connected(r"\srvsvc", POWERSHELL),
            Events::created(r"\openme", r"C:\Users\alice\AppData\Local\slack\app-4.36.140\slack.exe"),
            Events::connected(r"\svcctl", "System").times(9),
            Events::created("<Anonymous Pipe>", CHROME).hosts(2),
        ]);
        let (mut out, mut saved) = (Vec::new(), Vec::new());
        let source = Source {
            baseline: &baseline,
            knowledge: Knowledge::builtin(),
            options: &Options::default(),
            decisions,
            today: Day::parse("2026-12-01").unwrap(),
        };
        let mut save = |text: &str| {
            saved.push(text.to_owned());
            Ok(())
        };
        run(
            source,
            &mut Terminal {
                input: &mut keys.as_bytes(),
                out: &mut out,
                save: &mut save,
            },
        )
        .unwrap();
        (String::from_utf8(out).unwrap(), saved)
    }

    #[test]
    fn each_answer_is_saved_with_its_reason_and_the_last_is_offered_again() {
        let (shown, saved) = session("e\nour scripts\nu\n\nq\n", "# ours");
        assert_eq!(saved.len(), 2, "{shown}");
        assert!(
            saved[0].starts_with("# ours\nexclude\tconnected\t\\wkssvc\t"),
            "{}",
            saved[0]
        );
        assert!(saved[1].ends_with("our scripts\tany user\n"), "{}", saved[1]);
        assert!(
            shown.contains("reason [our scripts]> ") && shown.contains("question 1 of "),
            "{shown}"
        );
        assert!(Decisions::parse(&saved[1]).is_ok());
    }

    #[test]
    fn what_hides_attackers_comes_last_and_says_so() {
        let (shown, saved) = session("s\ns\ns\nq\n", "");
        assert!(saved.is_empty());
        let place = |text: &str| shown.find(text).unwrap_or_else(|| panic!("{text}: {shown}"));
        assert!(place(r"\svcctl opened by System") > place(r"slack.exe"));
        assert!(place("A yes hides") > place("pipes of Windows of shells"));
    }

    #[test]
    fn a_question_is_split_and_an_answer_undone() {
        let (shown, saved) = session("p\ne one\nz\nq\n", "");
        assert!(shown.contains("Undone: "), "{shown}");
        assert_eq!(saved.len(), 2);
        assert_eq!(
            saved[0].lines().count(),
            1,
            "one candidate of the question: {}",
            saved[0]
        );
        assert_eq!(saved[1], "");
    }

    #[test]
    fn a_decision_without_a_reason_is_none() {
        let (shown, saved) = session("e\n\nq\n", "");
        assert!(saved.is_empty() && shown.contains("needs its reason"), "{shown}");
    }
}
