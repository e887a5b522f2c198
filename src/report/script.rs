//! The files in `page/` in, the page's one script out.
//!
//! They are ES modules, so that an editor, the type checker and tests can read each by itself. A page that is opened from
//! a folder can load no module from a file beside it, so they are put together here: lines that import are left out, and
//! the word `export` before what a module gives. Names at the top of a module are unique over all of them.

/// The modules, each after those that it imports.
pub(super) const MODULES: [(&str, &str); 13] = [
    ("text.js", include_str!("page/text.js")),
    ("element.js", include_str!("page/element.js")),
    ("data.js", include_str!("page/data.js")),
    ("decisions.js", include_str!("page/decisions.js")),
    ("kept.js", include_str!("page/kept.js")),
    ("effect.js", include_str!("page/effect.js")),
    ("choice.js", include_str!("page/choice.js")),
    ("plot.js", include_str!("page/plot.js")),
    ("list.js", include_str!("page/list.js")),
    ("evidence.js", include_str!("page/evidence.js")),
    ("detail.js", include_str!("page/detail.js")),
    ("keys.js", include_str!("page/keys.js")),
    ("main.js", include_str!("page/main.js")),
];

/// All modules as one script. Without it the names of one would be those of the page.
pub(super) fn script() -> String {
    let mut script = String::from("\"use strict\";\n{\n");
    for (_, text) in MODULES {
        for line in text.lines().filter(|line| !line.starts_with("import ")) {
            script.push_str(line.strip_prefix("export ").unwrap_or(line));
            script.push('\n');
        }
    }
    script.push_str("}\n");
    script
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_stand_after_those_that_they_import() {
        for (place, (name, text)) in MODULES.iter().enumerate() {
            for line in text.lines().filter(|line| line.starts_with("import ")) {
                let imported = line.split("\"./").nth(1).and_then(|rest| rest.split('"').next());
                let found = MODULES.iter().position(|(other, _)| Some(*other) == imported);
                assert!(found.is_some_and(|found| found < place), "{name}: {line}");
            }
        }
    }

    #[test]
    fn nothing_in_the_script_ends_its_element_or_makes_html_of_text() {
        let script = script();
        for word in [
            "</script",
            "<!--",
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "DOMParser",
            "fetch(",
            "XMLHttpRequest",
            "\nimport ",
            "\nexport ",
        ] {
            assert!(!script.contains(word), "{word}");
        }
    }
}
