//! A client of a pipe that only a program made which is not to be trusted: both ends are the attacker's.

use super::{Case, Reason, ReasonCode, keep};

pub(super) fn guard(case: &Case<'_>) -> Option<Reason> {
    if !case.family.is_planted {
        return None;
    }
    keep(
        ReasonCode::Planted,
        "Only programs that anybody can put in their place, or that are disguised, were seen to make this pipe: what opens \
         it talks to them."
            .into(),
    )
}

#[cfg(test)]
mod tests {
    use crate::draft::candidate::Verdict;
    use crate::test_support::{APP, Events, verdicts};

    const PAYLOAD: &str = r"C:\Users\Public\c2.exe";

    #[test]
    fn who_opens_a_payloads_pipe_is_kept() {
        let client = Events::connected(r"\AppPipe", APP);
        let all = [client.clone(), Events::created(r"\AppPipe", PAYLOAD)];
        assert!(verdicts(&all).iter().all(|(_, verdict, _)| *verdict == Verdict::Keep));
        let all = [
            client,
            Events::created(r"\AppPipe", PAYLOAD),
            Events::created(r"\AppPipe", APP),
        ];
        assert!(
            verdicts(&all)
                .iter()
                .any(|(_, verdict, _)| *verdict == Verdict::Exclude),
            "the program's own"
        );
    }

    #[test]
    fn a_well_known_name_is_the_systems_whoever_makes_it_too() {
        let all = [Events::connected(r"\wkssvc", APP), Events::created(r"\wkssvc", PAYLOAD)];
        assert!(
            verdicts(&all)
                .iter()
                .any(|(_, verdict, _)| *verdict == Verdict::Exclude)
        );
    }

    #[test]
    fn a_flood_does_not_hide_who_made_the_pipe() {
        let client = Events::connected(r"\AppPipe", APP);
        let server = Events::created(r"\AppPipe", r"C:\Program Files\Contoso\App\server.exe");
        let flood = |kind: fn(&str, &str) -> Events| {
            (0..600).map(move |n| kind(&format!(r"\x{n}"), &format!(r"C:\Users\Public\{n}.exe")).one_host())
        };
        let of_client = |events: &[Events]| {
            let all = verdicts(events);
            let is_sampled = all
                .iter()
                .any(|(name, _, guard)| name == r"\AppPipe" && *guard == "sampled");
            (
                all.iter().any(|(_, verdict, _)| *verdict == Verdict::Exclude),
                is_sampled,
            )
        };
        let all: Vec<Events> = flood(Events::created).chain([client.clone()]).collect();
        assert_eq!(
            of_client(&all),
            (false, true),
            "the maker may be one of those that were left out"
        );
        let all: Vec<Events> = flood(Events::created).chain([client.clone(), server]).collect();
        assert!(of_client(&all).0, "its maker was seen");
        let all: Vec<Events> = flood(Events::connected).chain([client]).collect();
        assert!(of_client(&all).0, "no maker was left out");
    }
}
