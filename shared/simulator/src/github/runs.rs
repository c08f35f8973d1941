//! Reading workflows, runs and jobs, and cancelling runs.
//!
//! <https://docs.github.com/en/rest/actions/workflow-runs> and
//! <https://docs.github.com/en/rest/actions/workflow-jobs>

use std::ops::Range;
use std::sync::Arc;

use serde_json::{Value, json};

use super::GitHub;
use super::reply::{Answer, Reply, not_permitted};
use super::route::Ask;
use super::run::{Place, Run};
use super::settings::Repository;
use super::time::created_filter;
use super::wire;

const RUNS_PAGE: &str = "https://docs.github.com/rest/actions/workflow-runs";
const JOBS_PAGE: &str = "https://docs.github.com/rest/actions/workflow-jobs";
/// The most runs that a search finds.
const MOST_FOUND: usize = 1_000;

impl GitHub {
    /// A workflow by its id or by the name of its file.
    pub(super) fn place(&self, repository: &Repository, id: &str) -> Result<Arc<Place>, Reply> {
        let here = |place: &&Arc<Place>| place.repository.is(&repository.owner, &repository.name);
        let named = |place: &&Arc<Place>| place.workflow.file == id || place.workflow_id.to_string() == id;
        self.inner.places.iter().filter(here).find(named).cloned().ok_or_else(Reply::not_found)
    }

    pub(super) fn show_workflow(&self, ask: &Ask, repository: &Repository, id: &str) -> Answer {
        ask.caller.may("actions", "read")?;
        ask.only(RUNS_PAGE, &[])?;
        let place = self.place(repository, id)?;
        Ok(Reply::json(200, wire::workflow(&place, &self.settings().api_url)))
    }

    pub(super) fn list_workflows(&self, ask: &Ask, repository: &Repository) -> Answer {
        ask.caller.may("actions", "read")?;
        ask.only(RUNS_PAGE, &["per_page", "page"])?;
        let api = self.settings().api_url.as_str();
        let here =
            self.inner.places.iter().filter(|place| place.repository.is(&repository.owner, &repository.name));
        let all = here.map(|place| wire::workflow(place, api)).collect();
        paged(ask, RUNS_PAGE, Some("workflows"), all, api)
    }

    pub(super) fn list_runs(&self, ask: &Ask, repository: &Repository, id: &str) -> Answer {
        ask.caller.may("actions", "read")?;
        ask.only(
            RUNS_PAGE,
            &[
                "actor",
                "branch",
                "event",
                "status",
                "per_page",
                "page",
                "created",
                "exclude_pull_requests",
                "head_sha",
            ],
        )?;
        let place = self.place(repository, id)?;
        let created = match ask.query("created") {
            None => (i64::MIN, i64::MAX),
            Some(text) => created_filter(text).ok_or_else(|| {
                Reply::refusal_of(RUNS_PAGE, 422, format!("Invalid request.\n\n{text:?} is not a date."))
            })?,
        };
        let (now, api) = (ask.now, self.settings().api_url.as_str());
        let state = self.state();
        let shown = state.runs.iter().rev().filter(|run| run.place.workflow_id == place.workflow_id);
        // The comparison uses what GitHub shows, which is whole seconds. So a search that starts half a second before
        // a dispatch does not find its run.
        let in_time = |run: &&Run| {
            let created_ms = run.created_ms.div_euclid(1_000) * 1_000;
            created.0 <= created_ms && created_ms < created.1
        };
        let found: Vec<Value> = shown
            .filter(|run| run.shows(now))
            .filter(in_time)
            .filter_map(|run| wire::workflow_run(run, run.latest(), now, api))
            .filter(|run| ask.wants(run))
            .take(MOST_FOUND)
            .collect();
        drop(state);
        paged(ask, RUNS_PAGE, Some("workflow_runs"), found, api)
    }

    pub(super) fn show_run(
        &self,
        ask: &Ask,
        repository: &Repository,
        id: &str,
        attempt: Option<&str>,
    ) -> Answer {
        ask.caller.may("actions", "read")?;
        ask.only(RUNS_PAGE, &["exclude_pull_requests"])?;
        self.with_run(ask, repository, id, |run| {
            let number = match attempt {
                None => run.latest(),
                Some(number) => number.parse().map_err(|_| Reply::not_found())?,
            };
            let shown = wire::workflow_run(run, number, ask.now, &self.settings().api_url);
            shown.map(|run| Reply::json(200, run)).ok_or_else(Reply::not_found)
        })
    }

    pub(super) fn list_jobs(&self, ask: &Ask, repository: &Repository, id: &str) -> Answer {
        ask.caller.may("actions", "read")?;
        ask.only(JOBS_PAGE, &["filter", "per_page", "page"])?;
        let api = self.settings().api_url.as_str();
        let all = match ask.query("filter") {
            None | Some("latest") => false,
            Some("all") => true,
            Some(other) => {
                let words = format!("Invalid request.\n\n{other} is not a member of [\"latest\", \"all\"].");
                return Err(Reply::refusal_of(JOBS_PAGE, 422, words));
            }
        };
        let jobs = self.with_run(ask, repository, id, |run| {
            let attempts = if all { 1..=run.latest() } else { run.latest()..=run.latest() };
            let mut jobs = Vec::new();
            for number in attempts {
                let plans = run.attempt(number).map(|(_, plan)| plan.jobs).unwrap_or_default();
                let made = plans.iter().filter(|plan| plan.queued <= ask.now);
                jobs.extend(made.map(|plan| wire::job(run, number, plan, ask.now, api)));
            }
            Ok(jobs)
        })?;
        paged(ask, JOBS_PAGE, Some("jobs"), jobs, api)
    }

    /// A second request to cancel is accepted too, and changes nothing.
    pub(super) fn cancel(&self, ask: &Ask, repository: &Repository, id: &str, force: bool) -> Answer {
        ask.caller.may("actions", "write")?;
        let run = self.with_run(ask, repository, id, |run| Ok(run.id))?;
        let mut state = self.state();
        let run = state.runs.iter_mut().find(|known| known.id == run).ok_or_else(Reply::not_found)?;
        if run.view(ask.now).status == "completed" {
            let words = "Cannot cancel a workflow run that is completed.";
            return Err(Reply::refusal_of(RUNS_PAGE, 409, words));
        }
        if let Some(attempt) = run.attempts.last_mut() {
            let asked = if force { &mut attempt.force_ms } else { &mut attempt.cancel_ms };
            asked.get_or_insert(ask.now);
        }
        Ok(Reply::json(202, json!({})))
    }

    /// A run of this repository that is visible already.
    fn with_run<T>(
        &self,
        ask: &Ask,
        repository: &Repository,
        id: &str,
        look: impl FnOnce(&Run) -> Result<T, Reply>,
    ) -> Result<T, Reply> {
        let id: i64 = id.parse().map_err(|_| Reply::not_found())?;
        let state = self.state();
        let here = |run: &&Run| {
            run.id == id && run.shows(ask.now) && run.place.repository.is(&repository.owner, &repository.name)
        };
        if state.deleted.contains(&id) {
            return Err(Reply::not_found());
        }
        look(state.runs.iter().find(here).ok_or_else(Reply::not_found)?)
    }
}

impl Ask {
    /// A query parameter. If it is there several times, the last one counts.
    pub(super) fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// GitHub ignores parameters that it does not know. Here they are refused, because each of them is a mistake of
    /// the caller.
    pub(super) fn only(&self, page: &str, known: &[&str]) -> Result<(), Reply> {
        match self.query.iter().find(|(name, _)| !known.contains(&name.as_str())) {
            None => Ok(()),
            Some((name, _)) => Err(not_permitted(page, name)),
        }
    }

    /// The filters that compare one field. The filter `status` may also name a conclusion.
    fn wants(&self, run: &Value) -> bool {
        let is = |name: &str, field: &Value| self.query(name).is_none_or(|wanted| *field == wanted);
        is("actor", &run["actor"]["login"])
            && is("branch", &run["head_branch"])
            && is("event", &run["event"])
            && is("head_sha", &run["head_sha"])
            && (is("status", &run["status"]) || is("status", &run["conclusion"]))
    }
}

/// One page of a list, with the header `Link`. Without a key the page is an array.
pub(super) fn paged(ask: &Ask, docs: &str, key: Option<&str>, all: Vec<Value>, api: &str) -> Answer {
    let total = all.len();
    let (page, links) = window(ask, docs, total, api)?;
    let shown: Vec<Value> = all.into_iter().skip(page.start).take(page.len()).collect();
    let reply = Reply::json(
        200,
        match key {
            Some(key) => json!({"total_count": total, key: shown}),
            None => Value::Array(shown),
        },
    );
    Ok(match links {
        Some(links) => reply.header("link", links),
        None => reply,
    })
}

/// Which items of a list are asked for, and the header `Link` if they are not all.
pub(super) fn window(
    ask: &Ask,
    docs: &str,
    total: usize,
    api: &str,
) -> Result<(Range<usize>, Option<String>), Reply> {
    let number = |name: &str, default: usize, most: usize| match ask.query(name) {
        None => Ok(default),
        Some(text) => text.parse().ok().filter(|n| (1..=most).contains(n)).ok_or_else(|| {
            // GitHub would take the nearest allowed number. Here it is refused, because the caller has misunderstood
            // the limits.
            Reply::refusal_of(docs, 422, format!("Invalid request.\n\nFor '{name}', {text} is out of range."))
        }),
    };
    let per_page = number("per_page", 30, 100)?;
    let page = number("page", 1, usize::MAX)?;
    let last = total.div_ceil(per_page).max(1);
    let start = (page - 1).saturating_mul(per_page).min(total);
    let shown = start..start.saturating_add(per_page).min(total);
    if last == 1 {
        return Ok((shown, None));
    }
    let to = |page: usize, rel: &str| {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(ask.query.iter().filter(|(name, _)| name != "page"));
        let query = query.append_pair("page", &page.to_string()).finish();
        let path: Vec<String> = ask.segments.iter().map(|segment| escaped(segment)).collect();
        format!("<{api}/{}?{query}>; rel=\"{rel}\"", path.join("/"))
    };
    let mut links = Vec::new();
    if page > 1 {
        links.extend([to(page - 1, "prev"), to(1, "first")]);
    }
    if page < last {
        links.extend([to(page + 1, "next"), to(last, "last")]);
    }
    Ok((shown, Some(links.join(", "))))
}

fn escaped(segment: &str) -> String {
    segment
        .replace('%', "%25")
        .replace('/', "%2F")
        .replace('?', "%3F")
        .replace('#', "%23")
        .replace(' ', "%20")
}
