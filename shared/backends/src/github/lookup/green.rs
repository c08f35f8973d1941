//! Whether all checks of a commit have succeeded: check runs, which Actions and Apps make, and commit statuses, which
//! others make. <https://docs.github.com/en/rest/checks/runs>, <https://docs.github.com/en/rest/commits/statuses>

use super::{PAGE, Session, name, words};
use crate::outside::names::is_ref;
use http::StatusCode;
use serde::Deserialize;
use signalbox_domain::lookup::Reply;
use signalbox_engine::ports::NoReply;

/// At most this many checks are named in a sentence.
const MOST_NAMED: usize = 3;

#[derive(Deserialize)]
struct Combined {
    sha: String,
    #[serde(default)]
    total_count: usize,
    #[serde(default)]
    statuses: Vec<Status>,
}

#[derive(Deserialize)]
struct Status {
    context: String,
    state: String,
}

#[derive(Deserialize)]
struct CheckRuns {
    total_count: usize,
    check_runs: Vec<CheckRun>,
}

#[derive(Deserialize)]
struct CheckRun {
    name: String,
    status: String,
    conclusion: Option<String>,
}

/// Where one check stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stand {
    /// With GitHub's word for it.
    Bad,
    Pending,
    Good,
}

impl Status {
    fn stand(&self) -> (Stand, String) {
        match self.state.as_str() {
            "success" => (Stand::Good, String::new()),
            "pending" => (Stand::Pending, "is still running".to_owned()),
            "failure" | "error" => (Stand::Bad, "failed".to_owned()),
            other => (Stand::Bad, format!("is {}", name(other))),
        }
    }
}

impl CheckRun {
    /// `neutral` and `skipped` do not keep a pull request from being merged, so they count as good here too.
    fn stand(&self) -> (Stand, String) {
        if self.status != "completed" {
            return (Stand::Pending, "is still running".to_owned());
        }
        match self.conclusion.as_deref() {
            Some("success" | "neutral" | "skipped") => (Stand::Good, String::new()),
            Some("failure") => (Stand::Bad, "failed".to_owned()),
            Some("timed_out") => (Stand::Bad, "took too long".to_owned()),
            Some("cancelled") => (Stand::Bad, "was cancelled".to_owned()),
            Some("action_required") => (Stand::Bad, "waits for somebody".to_owned()),
            Some("stale") => (Stand::Bad, "was given up by GitHub".to_owned()),
            Some(other) => (Stand::Bad, format!("ended as {}", name(other))),
            None => (Stand::Bad, "ended without a result".to_owned()),
        }
    }
}

impl Session<'_> {
    pub(super) async fn green(&self, commit: &str) -> Result<Reply, NoReply> {
        let (repository, shown) = (self.repository, words(commit, None));
        if !is_ref(commit) {
            return Ok(Reply::DoesNotHold(format!("no commit, branch or tag can be called {shown}")));
        }
        let (needs, what) = ("Commit statuses: read", format!("the statuses of {shown}"));
        let mut found = vec![];
        let mut known: Option<(String, usize)> = None;
        let mut page = 1;
        // The first answer names the commit, so that the rest is asked of the same one even if a branch moves.
        let sha = loop {
            let at = known.as_ref().map_or(commit, |(sha, _)| sha.as_str());
            let path =
                self.path(&format!("commits/{}/status?per_page={PAGE}&page={page}", crate::segment(at)));
            let answer = self.get(&path).await?;
            // GitHub says so itself: https://docs.github.com/en/rest/commits/commits#get-a-commit
            let unknown = answer.status == StatusCode::UNPROCESSABLE_ENTITY && answer.is_githubs();
            if unknown && answer.message().starts_with("No commit found") {
                return Ok(Reply::DoesNotHold(format!("{repository} has no commit {shown}")));
            }
            let combined: Combined = self.shown(&answer, needs, &what)?;
            let (sha, count) = known.get_or_insert((combined.sha, 0));
            *count += combined.statuses.len();
            let empty = combined.statuses.is_empty();
            found.extend(combined.statuses.iter().map(|status| (status.stand(), name(&status.context))));
            if *count >= combined.total_count {
                break sha.clone();
            }
            if empty {
                return Err(incomplete());
            }
            page += 1;
        };
        let (needs, what) = ("Checks: read", format!("the checks of {shown}"));
        let (mut count, mut page) = (0, 1);
        loop {
            let below = format!(
                "commits/{}/check-runs?filter=latest&per_page={PAGE}&page={page}",
                crate::segment(&sha)
            );
            let runs: CheckRuns = self.shown(&self.get(&self.path(&below)).await?, needs, &what)?;
            count += runs.check_runs.len();
            found.extend(runs.check_runs.iter().map(|run| (run.stand(), name(&run.name))));
            if count >= runs.total_count {
                break;
            }
            if runs.check_runs.is_empty() {
                return Err(incomplete());
            }
            page += 1;
        }
        Ok(said(&found, &shown))
    }
}

fn incomplete() -> NoReply {
    NoReply::because("GitHub's list of checks is not whole; ask again")
}

/// What the checks say together: what failed comes before what still runs.
fn said(found: &[((Stand, String), String)], commit: &str) -> Reply {
    if found.is_empty() {
        return Reply::DoesNotHold(format!("there are no checks of {commit}"));
    }
    for which in [Stand::Bad, Stand::Pending] {
        let these: Vec<_> = found.iter().filter(|((stand, _), _)| *stand == which).collect();
        let named: Vec<String> =
            these.iter().take(MOST_NAMED).map(|((_, how), name)| format!("{name} {how}")).collect();
        if named.is_empty() {
            continue;
        }
        let more = match these.len() - named.len() {
            0 => String::new(),
            more => format!(", and {more} more"),
        };
        return Reply::DoesNotHold(format!("{}{more}", named.join(", ")));
    }
    Reply::Holds
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(status: &str, conclusion: Option<&str>) -> Stand {
        let run =
            CheckRun { name: "x".into(), status: status.into(), conclusion: conclusion.map(str::to_owned) };
        run.stand().0
    }

    #[test]
    fn only_what_has_ended_well_is_good() {
        for status in ["queued", "in_progress", "waiting", "requested", "pending", "something new"] {
            assert_eq!(run(status, None), Stand::Pending, "{status}");
        }
        for conclusion in ["success", "neutral", "skipped"] {
            assert_eq!(run("completed", Some(conclusion)), Stand::Good, "{conclusion}");
        }
        for conclusion in
            ["failure", "timed_out", "cancelled", "action_required", "stale", "startup_failure", "new"]
        {
            assert_eq!(run("completed", Some(conclusion)), Stand::Bad, "{conclusion}");
        }
        assert_eq!(run("completed", None), Stand::Bad);
        for (state, stand) in [
            ("success", Stand::Good),
            ("pending", Stand::Pending),
            ("failure", Stand::Bad),
            ("error", Stand::Bad),
            ("new", Stand::Bad),
        ] {
            assert_eq!(Status { context: "x".into(), state: state.into() }.stand().0, stand, "{state}");
        }
    }

    #[test]
    fn what_failed_is_named_before_what_still_runs() {
        let one = |stand, how: &str, name: &str| ((stand, how.to_owned()), name.to_owned());
        let good = || one(Stand::Good, "", "lint");
        let pending = |name| one(Stand::Pending, "is still running", name);
        let bad = |name| one(Stand::Bad, "failed", name);
        let why = |found: Vec<_>| match said(&found, "v1") {
            Reply::DoesNotHold(why) => why,
            other @ (Reply::Values(_) | Reply::Holds | Reply::Changes(_)) => format!("{other:?}"),
        };
        assert_eq!(said(&[good(), good()], "v1"), Reply::Holds);
        assert_eq!(why(vec![]), "there are no checks of v1");
        assert_eq!(why(vec![good(), pending("e2e")]), "e2e is still running");
        assert_eq!(why(vec![pending("e2e"), bad("unit"), good()]), "unit failed");
        assert_eq!(
            why(vec![bad("a"), bad("b"), bad("c"), bad("d")]),
            "a failed, b failed, c failed, and 1 more"
        );
    }
}
