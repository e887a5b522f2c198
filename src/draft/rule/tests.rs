use super::*;
use crate::baseline::{Part, Threshold};
use crate::draft::candidate::judge;
use crate::family::families;
use crate::test_support::{APP, Events, baseline};

/// What carves out one of its own names is for the candidate all the same: else it would say that it stands for nothing,
/// and be taken for a rule that is no longer borne out.
#[test]
fn a_rule_that_carves_out_a_name_of_its_candidate_drops_some_of_it() {
    let events =
        ["red", "green", "blue", "grey", "pink", "teal"].map(|word| Events::created(&format!(r"\AppPipe-{word}"), APP));
    let families = families(&baseline(&events), Part::ALL);
    let candidates = judge(families, Knowledge::builtin(), Threshold::default());
    let [candidate] = candidates.as_slice() else {
        panic!("{candidates:?}")
    };
    let rule = |filters: Vec<Filter>| Rule {
        product: String::new(),
        filters,
        candidates: vec![0],
        is_decided: false,
        evidence: Evidence::default(),
    };
    let name = |condition, value| Filter::new(Field::PipeName, condition, value);
    let shape = name(Condition::BeginWith, r"\AppPipe-");
    let whole = rule(vec![shape.clone()]);
    let carving = rule(vec![shape.clone(), name(Condition::IsNot, r"\AppPipe-red")]);
    let of_another = rule(vec![shape, Filter::new(Field::Image, Condition::Is, r"C:\other.exe")]);
    assert!(whole.covers(candidate) && whole.touches(candidate));
    assert!(!carving.covers(candidate) && carving.touches(candidate));
    assert!(!of_another.covers(candidate) && !of_another.touches(candidate));
}
