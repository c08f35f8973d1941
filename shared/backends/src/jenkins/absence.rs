//! What it proves if neither Jenkins's queue nor its builds show an attempt.
//!
//! If all of this holds, the attempt never ran and never will; otherwise nothing is proven:
//!
//! - The lease is over, and the search lag with it: the engine asks no sooner.
//! - The job declares the parameter that carries the run's id. Jenkins silently drops a parameter that is not
//!   declared.
//! - Every build number is accounted for, from one that is older than the attempt up to the one that the next build
//!   will get. A list alone proves nothing: Jenkins discards old builds, people delete them, and a job that was made
//!   anew begins again with number 1. That is also why one older build has to be there.
//! - Each of those builds says what the parameter was. One that does not began while the job did not declare it (a
//!   pipeline declares its parameters by running), and may be ours.
//!
//! What this cannot know: whether this Jenkins was put back to an older backup of itself since.

use super::wire::Job;
use http::HeaderMap;
use http::header::DATE;
use signalbox_domain::run::Absence;
use signalbox_domain::time::Timestamp;
use std::collections::HashMap;

/// A build counts as older than the attempt if it began this long before: two clocks never agree, and `Date` has only
/// seconds.
const CLOCK_SLACK_MS: i64 = 120_000;

/// A moment of ours on Jenkins's clock, which each answer tells. If an answer does not, the clocks count as equal.
pub(super) fn on_its_clock(moment: Timestamp, headers: &HeaderMap, now: Timestamp) -> Timestamp {
    let date = headers.get(DATE).and_then(|date| date.to_str().ok());
    let theirs = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok());
    let ahead = theirs.map_or(0, |theirs| theirs.timestamp().as_millisecond().saturating_sub(now.0));
    Timestamp(moment.0.saturating_add(ahead))
}

/// What it proves that none of the job's builds has the attempt's id. `began` is when the attempt began, on Jenkins's
/// clock.
pub(super) fn of(job: &Job, parameter: &str, began: Timestamp) -> Absence {
    let Some(next) = job.next_number.filter(|_| job.declares(parameter)) else { return Absence::NotProven };
    let builds: HashMap<u64, _> = job.builds.iter().map(|build| (build.number, build)).collect();
    for number in (1..next).rev() {
        match builds.get(&number) {
            Some(build) if build.timestamp < began.0.saturating_sub(CLOCK_SLACK_MS) => {
                return Absence::Proven;
            }
            Some(build) if build.tells(parameter) => {}
            Some(_) | None => return Absence::NotProven,
        }
    }
    Absence::NotProven
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    const BEGAN: i64 = 1_795_219_200_000;

    /// `(number, seconds since the attempt began, value of the parameter)`.
    fn job(next: &Value, builds: &[(u64, i64, Value)]) -> Job {
        let build = |(number, at, run): &(u64, i64, Value)| {
            let run = if run.is_null() { json!([]) } else { json!([{"name": "RUN", "value": run}]) };
            json!({"number": number, "timestamp": BEGAN + at * 1000, "actions": [{}, {"parameters": run}]})
        };
        let builds: Vec<Value> = builds.iter().map(build).collect();
        let declared = json!([{}, {"parameterDefinitions": [{"name": "RUN"}]}]);
        let job = json!({"nextBuildNumber": next, "allBuilds": builds, "property": declared});
        serde_json::from_value(job).unwrap()
    }

    #[test]
    fn only_numbers_without_a_gap_prove_anything() {
        let (other, empty, nothing) = (json!("another"), json!(""), Value::Null);
        let (old, new) = (-3600, 30);
        for (what, next, builds, proven) in [
            ("all accounted for", json!(9), vec![(7, old, other.clone()), (8, new, other.clone())], true),
            (
                "started by hand, with the default",
                json!(9),
                vec![(7, old, nothing.clone()), (8, new, empty)],
                true,
            ),
            ("nothing since", json!(8), vec![(7, old, other.clone())], true),
            ("one was deleted", json!(10), vec![(7, old, other.clone()), (9, new, other.clone())], false),
            ("the latest was deleted", json!(9), vec![(7, old, other.clone())], false),
            ("older ones were discarded", json!(9), vec![(8, new, other.clone())], false),
            ("all were discarded", json!(9), vec![], false),
            ("never built, or made anew", json!(1), vec![], false),
            ("made anew since", json!(2), vec![(1, new, other.clone())], false),
            (
                "one does not say whose it is",
                json!(9),
                vec![(7, old, other.clone()), (8, new, nothing)],
                false,
            ),
            ("no text", json!(9), vec![(7, old, other.clone()), (8, new, json!(7))], false),
            ("hardly older", json!(9), vec![(7, -100, other.clone()), (8, new, other.clone())], false),
            ("it does not say how far it counted", Value::Null, vec![(7, old, other.clone())], false),
            ("counted back by hand", json!(5), vec![(7, old, other.clone()), (8, new, other.clone())], false),
            ("counted on by hand", json!(50), vec![(7, old, other.clone()), (8, new, other)], false),
        ] {
            let absence = of(&job(&next, &builds), "RUN", Timestamp(BEGAN));
            assert_eq!(absence == Absence::Proven, proven, "{what}");
        }
        let declares_another = of(&job(&json!(8), &[(7, old, json!("x"))]), "OTHER", Timestamp(BEGAN));
        assert_eq!(declares_another, Absence::NotProven);
    }

    /// If Jenkins's clock is slow, builds after the attempt look older than the attempt.
    #[test]
    fn its_own_clock_counts() {
        let mut headers = HeaderMap::new();
        let (now, attempt) = (Timestamp(BEGAN + 60_000), Timestamp(BEGAN));
        assert_eq!(on_its_clock(attempt, &headers, now), attempt);
        headers.insert(DATE, "Sat, 21 Nov 2026 00:11:00 GMT".parse().unwrap());
        let theirs = on_its_clock(attempt, &headers, now).0 - BEGAN;
        assert_eq!(
            theirs,
            "2026-11-21T00:11:00Z".parse::<jiff::Timestamp>().unwrap().as_millisecond() - now.0
        );
        headers.insert(DATE, "yesterday".parse().unwrap());
        assert_eq!(on_its_clock(attempt, &headers, now), attempt);
    }
}
