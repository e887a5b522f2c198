use super::*;
use proptest::prelude::*;

fn matches(pattern: &str, text: &str) -> bool {
    Pattern::parse(pattern).unwrap().matches(text)
}

#[test]
fn a_pattern_describes_the_whole_text_without_case() {
    assert!(matches(r"\lsass", r"\LSASS"));
    assert!(!matches(r"\lsass", r"\lsassw"));
    assert!(!matches(r"\lsass", r"\x\lsass"));
    assert!(!matches(r"\größe", r"\GRÖSSE"), "Sysmon folds A to Z only");
    assert!(!matches(r"\größe", r"\grÖße"), "Sysmon folds A to Z only");
}

#[test]
fn each_word_of_the_notation() {
    for (pattern, yes, no) in [
        (r"\postex_<*>", r"\postex_", r"\postex"),
        (r"\wkssvc<+>", r"\wkssvc1", r"\wkssvc"),
        (r"<*>\mshta.exe", r"C:\x\MSHTA.exe", r"C:\x\mshta.exe.txt"),
        (r"<*>\lsadump<*>", r"\a\lsadumpb", r"\a\lsadum"),
        (r"<*>\MSSE-<*>-server<*>", r"\MSSE-1337-server", r"\MSSE-server"),
        (r"C:\Users\<name>\x.exe", r"C:\Users\a b\x.exe", r"C:\Users\a\b\x.exe"),
        (r"\ntsvcs<hex:2-4>", r"\ntsvcsa1f", r"\ntsvcsa1f00"),
        (r"\ntsvcs<hex:2->", r"\ntsvcsa1f00", r"\ntsvcsa"),
        (r"\abc<digits:3>", r"\abc123", r"\abc12"),
        (
            r"\crashpad_<digits>_<upper:16>",
            r"\crashpad_1_QWERTYUIOPASDFGH",
            r"\crashpad_1_QWERTYUIOPASDFG",
        ),
        (r"\abc<alnum>", r"\abcz9", r"\abcz_9"),
        (
            r"\TSVC-<guid>",
            r"\tsvc-4EF6dd6f-2a1b-49f9-a6fd-8b12c8afbbfd",
            r"\tsvc-4ef6dd6f2a1b49f9a6fd8b12c8afbbfd",
        ),
        (r"\mojo.<pid>.<digits>", r"\mojo.1.2", r"\mojo.a.2"),
        (r"\Cat-<pidx>-<digits>", r"\Cat-3e8-0", r"\Cat-3g8-0"),
        (
            r"C:\Program Files<| (x86)>\<*>",
            r"c:\program files (X86)\a",
            r"C:\Program Files (arm)\a",
        ),
        (
            r"C:\Windows\<System32|SysWOW64>\a.exe",
            r"C:\windows\syswow64\a.exe",
            r"C:\Windows\System\a.exe",
        ),
        (r"<<Anonymous Pipe>", "<anonymous pipe>", r"\<Anonymous Pipe>"),
    ] {
        assert!(matches(pattern, yes), "{pattern} {yes}");
        assert!(!matches(pattern, no), "{pattern} {no}");
    }
}

#[test]
fn a_bad_pattern_says_how_to_mend_it() {
    for (pattern, mend) in [
        (r"\abc<hex", "write `<<`"),
        (r"\abc<what>", "one of <*>"),
        (r"\abc<hex:0>", "<hex:2-4>"),
        (r"\abc<hex:4-2>", "<hex:2-4>"),
    ] {
        let error = Pattern::parse(pattern).unwrap_err();
        assert!(error.contains(mend), "{error}");
    }
    assert!(Pattern::parse(&"\\x".repeat(4000)).is_err());
}

#[test]
fn the_prefix_is_what_every_match_begins_with() {
    let prefix = |text| Pattern::parse(text).unwrap().literal_prefix().to_owned();
    assert_eq!(prefix(r"\postex_<*>"), r"\postex_");
    assert_eq!(prefix(r"<*>\lsadump<*>"), "");
    assert_eq!(prefix(r"C:\Program Files<| (x86)>\a"), r"C:\Program Files");
}

proptest! {
    #[test]
    fn any_pattern_matches_its_own_examples(
        parts in proptest::collection::vec(prop_oneof![
            Just("<*>"), Just("<+>"), Just("<name>"), Just("<hex:2-4>"), Just("<digits>"), Just("<upper:16>"),
            Just("<guid>"), Just("<pid>"), Just("<pidx>"), Just("<|x>"), Just("<<"), Just(r"\ab"), Just("é.")
        ], 0..8)
    ) {
        let pattern = Pattern::parse(&format!("\\abc{}", parts.concat())).unwrap();
        for example in pattern.examples() {
            prop_assert!(pattern.matches(&example), "{pattern} {example}");
            prop_assert!(example.starts_with(pattern.literal_prefix()));
        }
    }

    #[test]
    fn nothing_makes_it_panic(pattern in r"[\\a<>:|*+0-9-]{0,20}", text in ".{0,20}") {
        if let Ok(pattern) = Pattern::parse(&pattern) {
            prop_assert!(!pattern.examples().is_empty());
            prop_assert!(pattern.matches(&text) == pattern.matches(&text.to_ascii_uppercase()));
        }
    }
}

#[test]
fn a_hostile_name_costs_little() {
    let pattern = Pattern::parse(r"<*>\aaa<*>\aaa<hex><*>\aab<name><*>x").unwrap();
    assert!(!pattern.matches(&r"\aaa".repeat(20_000)));
    let pattern = Pattern::parse(r"<*>\<hex><hex><alnum><name>.").unwrap();
    assert!(!pattern.matches(&format!(r"\{}", "a".repeat(60_000))));
}

/// The slow twin of the matcher: tries everything.
fn fits_slowly(parts: &[Part], text: &str) -> bool {
    let Some((part, rest)) = parts.split_first() else {
        return text.is_empty();
    };
    let ends = (0..=text.len()).filter(|end| text.is_char_boundary(*end));
    ends.map(|end| text.split_at(end)).any(|(head, tail)| {
        let fits = match part {
            Part::Literal(literal) => head.eq_ignore_ascii_case(literal),
            Part::Choice(texts) => texts.iter().any(|choice| head.eq_ignore_ascii_case(choice)),
            Part::Run { class, least, most } => {
                (*least..=*most).contains(&head.len()) && head.bytes().all(|byte| class.has(byte))
            }
            _ => unreachable!("not generated"),
        };
        fits && fits_slowly(rest, tail)
    })
}

proptest! {
    #[test]
    fn the_matcher_agrees_with_its_slow_twin(
        parts in proptest::collection::vec(prop_oneof![
            Just("<*>"), Just("<+>"), Just("<name>"), Just("<name:2-3>"), Just("<hex:2-4>"), Just("<digits>"),
            Just("<alnum:2->"), Just("<|a>"), Just("a"), Just("\\"), Just("1"),
        ], 0..6),
        text in r"[aA1g\\]{0,9}",
    ) {
        let pattern = Pattern::parse(&parts.concat()).unwrap();
        prop_assert_eq!(pattern.matches(&text), fits_slowly(&pattern.parts, &text), "{} {}", pattern, text);
    }
}

#[test]
fn everything_of_a_shape_holds_one_of_its_anchors() {
    let anchors = |text: &str| Pattern::parse(text).unwrap().anchors();
    assert_eq!(anchors(r"<*>\mshta.exe"), [r"\mshta.exe"]);
    assert_eq!(anchors(r"<*>\<sc|reg>.exe"), [r"\sc.exe", r"\reg.exe"]);
    assert_eq!(
        anchors(r"C:\Program Files<| (x86)>\App\<*>.exe"),
        [r"C:\Program Files\App\", r"C:\Program Files (x86)\App\"]
    );
    // The longest, and of equals the last.
    assert_eq!(anchors(r"\abc_<hex>_defg<*>xyzwv"), ["xyzwv"]);
    assert_eq!(anchors("<*>"), [""]);
    for entry in crate::knowledge::Knowledge::builtin().list() {
        let anchors = entry.pattern.anchors();
        for example in each_choice(&entry.pattern) {
            let subject = Subject::template(&example, "program", false);
            assert!(entry.pattern.fits(&subject), "{example}");
            assert!(
                anchors.iter().any(|anchor| example.contains(anchor.as_str())),
                "{example}: {anchors:?}"
            );
        }
    }
}

/// Texts of this shape, one for each text of each choice.
fn each_choice(pattern: &Pattern) -> Vec<String> {
    let texts = pattern.parts.iter().map(|part| match part {
        Part::Choice(texts) => texts.len(),
        _ => 1,
    });
    let write = |nth: usize| {
        let mut example = String::new();
        for part in &pattern.parts {
            match part {
                Part::Choice(texts) => example.push_str(&texts[nth % texts.len()]),
                part => part.write_example(true, &mut example),
            }
        }
        example
    };
    (0..texts.max().unwrap_or(1)).map(write).collect()
}
