//! Questions to GitHub, over the simulated one.

use super::{ask, clock, denied, listed, unanswered};
use signalbox_backends::{Credentials, GitHub, GitHubSettings, github};
use signalbox_catalogue::workflow;
use signalbox_domain::catalogue::{GitHubTarget, Target};
use signalbox_domain::intent::Work;
use signalbox_domain::lookup::{Changes, Check, Comparison, GitHubList as List, Question, Reply, Source};
use signalbox_simulator::github::{
    self as simulated, Check as Checked, Commit, GitHubFault as Fault, InputKind, Release, Repository,
    Workflow,
};
use signalbox_transport::InMemory;
use std::sync::Arc;

struct Hub {
    simulated: simulated::GitHub,
    github: GitHub,
}

fn hub(repository: Repository) -> Hub {
    hub_with(repository, |_| ())
}

fn hub_with(repository: Repository, change: impl FnOnce(&mut simulated::GitHubSettings)) -> Hub {
    let mut settings = simulated::GitHubSettings::new(Arc::new(|| 1_795_219_200_000));
    settings.repositories = vec![repository];
    change(&mut settings);
    let token = settings.token.clone();
    let simulated = simulated::GitHub::new(settings);
    let settings = GitHubSettings {
        api_url: "https://api.github.com".into(),
        credentials: Credentials::Token(token),
        timing: github::TIMING,
    };
    let transport = Arc::new(InMemory(simulated.api()));
    let github = GitHub::new(settings, transport, clock()).unwrap().reading(workflow::refusals);
    Hub { simulated, github }
}

fn shop() -> Repository {
    Repository::new("acme", "shop").branch("feature/x").tag("v1.2.0").tag("v1.10.0")
}

impl Hub {
    async fn values(&self, list: List) -> Result<Reply, String> {
        let repository = "acme/shop".to_owned();
        ask(&self.github, Question::Values(Source::GitHub { repository, list })).await
    }

    async fn has(&self, list: List, value: &str) -> Result<Reply, String> {
        let source = Source::GitHub { repository: "acme/shop".to_owned(), list };
        ask(&self.github, Question::Check(Check::Listed { value: value.to_owned(), source })).await
    }

    async fn green(&self, commit: &str) -> Result<Reply, String> {
        let (repository, commit) = ("acme/shop".to_owned(), commit.to_owned());
        ask(&self.github, Question::Check(Check::Green { repository, commit })).await
    }

    async fn ready(&self, git_ref: &str, inputs: &[(&str, &str)]) -> Result<Reply, String> {
        let target = GitHubTarget {
            repository: "acme/shop".into(),
            workflow: "release.yml".into(),
            git_ref: git_ref.into(),
            inputs: inputs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
            run_input: Some("run".into()),
        };
        ask(&self.github, Question::Check(Check::Ready(Work(Target::GitHub(target))))).await
    }

    async fn changes(&self, from: &str, to: &str) -> Result<Reply, String> {
        let comparison = Comparison { repository: "acme/shop".into(), from: from.into(), to: to.into() };
        ask(&self.github, Question::Changes(comparison)).await
    }

    fn calls(&self) -> usize {
        self.simulated.calls().len()
    }
}

const LISTS: [(List, &str); 4] = [
    (List::Branches, "/branches"),
    (List::Tags, "/tags"),
    (List::Releases, "/releases"),
    (List::Environments, "/environments"),
];

#[tokio::test]
async fn lists_are_read_and_each_is_asked_for_by_its_name() {
    let release = |tag: &str, draft| Release { tag: tag.to_owned(), draft, prerelease: false };
    let hub = hub(Repository {
        releases: vec![release("v2.0.0", true), release("v1.10.0", false), release("v1.2.0", false)],
        environments: vec!["production".to_owned(), "a b/c".to_owned()],
        ..shop()
    });
    for (list, all, there, missing) in [
        (List::Branches, vec!["feature/x", "main"], "feature/x", "feature"),
        (List::Tags, vec!["v1.10.0", "v1.2.0"], "v1.2.0", "v1.2"),
        (List::Releases, vec!["v1.10.0", "v1.2.0"], "v1.10.0", "v2.0.0"),
        (List::Environments, vec!["production", "a b/c"], "a b/c", "Production"),
    ] {
        assert_eq!(listed(hub.values(list).await), (all.into_iter().map(str::to_owned).collect(), false));
        let before = hub.calls();
        assert_eq!(hub.has(list, there).await, Ok(Reply::Holds));
        assert_eq!(hub.calls(), before + 1, "one call is enough: {there}");
        assert!(denied(hub.has(list, missing).await).starts_with("acme/shop has no "), "{missing}");
    }
    assert_eq!(denied(hub.has(List::Branches, "a..b").await), "no branch on GitHub can be called a..b");
}

#[tokio::test]
async fn long_lists_are_read_in_full_and_those_too_long_are_cut() {
    let tags = |count: usize| (0..count).map(|n| format!("v1.{n}.0")).collect();
    for (count, read, more) in [
        (100, 100, false),
        (101, 101, false),
        (1_234, 1_234, false),
        (5_000, 5_000, false),
        (5_200, 5_000, true),
    ] {
        let hub = hub_with(Repository { tags: tags(count), ..shop() }, |settings| {
            settings.secondary_limit = u32::MAX;
        });
        // The second time it is not sent again, and an answer that did not change says nothing of the next page.
        for _ in 0..2 {
            let (all, cut) = listed(hub.values(List::Tags).await);
            assert_eq!((all.len(), cut), (read, more), "{count}");
        }
        assert!(hub.simulated.calls().iter().any(|call| call.status == 304));
    }
}

#[tokio::test]
async fn what_may_be_a_missing_right_is_no_answer() {
    for (list, path) in LISTS {
        let item = match list {
            List::Branches | List::Tags => "/git/ref/",
            List::Releases => "/releases/tags/",
            List::Environments => "/environments/",
        };
        for fault in [
            Fault::Status(404),
            Fault::Status(401),
            Fault::Says(403, "Resource not accessible by personal access token".into(), None),
            Fault::Status(500),
            Fault::Html(404),
            Fault::Html(200),
            Fault::SecondaryLimit { retry_after_s: Some(5) },
            Fault::LostAnswer,
        ] {
            let hub = hub(shop());
            // The list is hidden, and with it what is on it.
            hub.simulated.trouble(path, "GET", fault.clone());
            hub.simulated.trouble(item, "GET", fault.clone());
            let said = unanswered(hub.has(list, "nope").await);
            assert!(!said.is_empty() && !said.contains("has no "), "{fault:?}: {said}");
            unanswered(hub.values(list).await);
        }
        let hub = hub(shop());
        hub.simulated.trouble(
            path,
            "GET",
            Fault::Says(403, "Resource not accessible by integration".into(), None),
        );
        let said = unanswered(hub.values(list).await);
        assert!(said.contains(": read\" on acme/shop"), "{said}");
    }
    let hub = hub(shop());
    for repository in ["acme/other", "acme", "acme/..", "acme/shop/../x"] {
        let source = Source::GitHub { repository: repository.to_owned(), list: List::Tags };
        unanswered(ask(&hub.github, Question::Values(source.clone())).await);
        unanswered(ask(&hub.github, Question::Check(Check::Listed { value: "v1".into(), source })).await);
    }
    assert!(hub.simulated.calls().iter().all(|call| call.path.starts_with("/repos/acme/other/")));
}

#[tokio::test]
async fn a_repository_that_was_renamed_still_answers() {
    let hub = hub(Repository { tags: (0..250).map(|n| format!("v1.{n}.0")).collect(), ..shop() });
    hub.simulated.renames();
    assert_eq!(listed(hub.values(List::Tags).await).0.len(), 250);
    assert_eq!(hub.has(List::Branches, "main").await, Ok(Reply::Holds));
}

fn run(name: &str, status: &'static str, conclusion: Option<&'static str>) -> Checked {
    Checked::Run(name.to_owned(), status, conclusion)
}

#[tokio::test]
async fn a_commit_is_green_if_all_its_checks_are() {
    let good = || run("unit", "completed", Some("success"));
    let many = |last| {
        let mut all: Vec<_> =
            (0..150).map(|n| run(&format!("job {n}"), "completed", Some("success"))).collect();
        all.extend((0..150).map(|n| Checked::Status(format!("ci/{n}"), "success")));
        all.push(last);
        all
    };
    for (checks, why) in [
        (vec![good(), run("lint", "completed", Some("skipped"))], None),
        (vec![Checked::Status("ci/x".into(), "success")], None),
        (many(good()), None),
        (vec![], Some("there are no checks of v1.2.0")),
        (vec![good(), run("e2e", "in_progress", None)], Some("e2e is still running")),
        (vec![good(), Checked::Status("ci/x".into(), "pending")], Some("ci/x is still running")),
        (vec![good(), run("e2e", "completed", Some("failure"))], Some("e2e failed")),
        (vec![Checked::Status("ci/x".into(), "error"), run("e2e", "queued", None)], Some("ci/x failed")),
        (many(run("last", "completed", Some("timed_out"))), Some("last took too long")),
        (many(Checked::Status("last".into(), "failure")), Some("last failed")),
    ] {
        let hub = hub(Repository { checks: [("v1.2.0".to_owned(), checks)].into(), ..shop() });
        let reply = hub.green("v1.2.0").await;
        match why {
            None => assert_eq!(reply, Ok(Reply::Holds)),
            Some(why) => assert_eq!(denied(reply), why),
        }
    }
    let hub = hub(shop());
    assert!(unanswered(hub.green("nope").await).contains("does not show"));
    assert!(denied(hub.green(&"0".repeat(40)).await).contains("has no commit"));
    denied(hub.green("a b").await);
    for path in ["/status", "/check-runs"] {
        let hub = self::hub(Repository { checks: [("v1.2.0".to_owned(), vec![good()])].into(), ..shop() });
        hub.simulated.trouble(
            path,
            "GET",
            Fault::Says(403, "Resource not accessible by integration".into(), None),
        );
        let said = unanswered(hub.green("v1.2.0").await);
        assert!(said.contains("Checks: read") || said.contains("Commit statuses: read"), "{said}");
    }
}

fn release() -> Workflow {
    let mut release =
        Workflow::new("release.yml").run_name("x ${{ inputs.run }}").required_input("service").input("run");
    let mut size = release.inputs[0].clone();
    size.name = "size".to_owned();
    size.required = false;
    size.kind = InputKind::Choice(vec!["s".to_owned(), "m".to_owned()]);
    release.inputs.push(size);
    release
}

#[tokio::test]
async fn a_workflow_that_takes_what_it_is_given_is_ready() {
    let hub = hub(shop().workflow(release()));
    assert_eq!(hub.ready("main", &[("service", "web"), ("size", "m")]).await, Ok(Reply::Holds));
    // Braces of a value are no placeholders any more.
    assert_eq!(hub.ready("v1.2.0", &[("service", "{web}")]).await, Ok(Reply::Holds));
    for (git_ref, inputs, why) in [
        ("main", &[][..], "requires the input `service`"),
        ("main", &[("service", "")], "sends an empty text"),
        ("main", &[("service", "web"), ("sise", "m")], "does not declare the input `sise`"),
        ("main", &[("service", "web"), ("size", "xl")], "does not have `xl`"),
        ("main", &[("service", "web"), ("size", "{m}")], "does not have `{m}`"),
        ("gone", &[("service", "web")], "acme/shop has no workflow release.yml on gone"),
    ] {
        let said = denied(hub.ready(git_ref, inputs).await);
        assert!(said.contains(why), "{said}");
    }
}

#[tokio::test]
async fn a_workflow_that_cannot_be_started_is_not_ready() {
    let given = [("service", "web")];
    let of = |change: fn(&mut Workflow)| {
        let mut workflow = release();
        change(&mut workflow);
        hub(shop().workflow(workflow))
    };
    let disabled = of(|workflow| workflow.state = "disabled_inactivity");
    assert!(denied(disabled.ready("main", &given).await).contains("it is disabled_inactivity"));
    let pushed = of(|workflow| workflow.dispatchable = false);
    assert!(denied(pushed.ready("main", &given).await).contains("no `workflow_dispatch`"));
    let many = of(|workflow| {
        let one = workflow.inputs[1].clone();
        workflow.inputs.extend((0..24).map(|n| {
            let mut input = one.clone();
            input.name = format!("more-{n}");
            input
        }));
    });
    assert!(
        denied(many.ready("main", &given).await).contains("declares 27 inputs, and GitHub takes at most 25")
    );
    let none = hub(shop().workflow(Workflow::new("other.yml")));
    assert!(denied(none.ready("main", &given).await).contains("on its default branch"));
    for path in ["/actions/workflows", "/contents/"] {
        for fault in [Fault::Status(404), Fault::Status(503), Fault::Html(200)] {
            let hub = of(|_| ());
            hub.simulated.trouble(path, "GET", fault.clone());
            let both = path == "/contents/" && matches!(fault, Fault::Status(404));
            if both {
                hub.simulated.trouble("/branches", "GET", fault);
            }
            unanswered(hub.ready("main", &given).await);
        }
    }
    let strange = of(|workflow| workflow.run_name = "x".repeat(2 << 20));
    assert!(unanswered(strange.ready("main", &given).await).contains("not read"));
}

#[tokio::test]
async fn what_changed_is_told_with_the_latest_first() {
    let commit = |message: String, author: Result<&str, &str>| {
        let author = author.map(str::to_owned).map_err(str::to_owned);
        Commit { message, author }
    };
    let mut commits: Vec<Commit> =
        (1..=250).map(|n| commit(format!("Change {n} (#{n})\n\nmore"), Ok("ada"))).collect();
    commits.push(commit("Merge pull request #900 from acme/x\n\nx".into(), Err("Brit O'Neill")));
    commits.push(commit("token=hunter2hunter2hunter2".into(), Ok("cleo[bot]")));
    let has = [("v1.2.0", 10), ("v1.10.0", 252), ("main", 252)]
        .map(|(name, count)| (name.to_owned(), count))
        .into();
    let hub = hub(Repository { commits, has, ..shop() });
    let Ok(Reply::Changes(changes)) = hub.changes("v1.2.0", "v1.10.0").await else { panic!() };
    let Changes { commits, behind, subjects, authors, pulls, link } = changes;
    assert_eq!((commits, behind, subjects.len(), pulls.len()), (242, None, 20, 100));
    assert_eq!(subjects[1..3], ["Merge pull request #900 from acme/x", "Change 250 (#250)"]);
    assert!(!subjects[0].contains("hunter2"), "{}", subjects[0]);
    assert_eq!(authors, ["cleo[bot]", "Brit O'Neill", "ada"]);
    assert_eq!(pulls[..3], [900, 250, 249]);
    assert_eq!(link.as_deref(), Some("https://github.com/acme/shop/compare/v1.2.0...v1.10.0"));
    let Ok(Reply::Changes(back)) = hub.changes("v1.10.0", "v1.2.0").await else { panic!() };
    assert_eq!((back.commits, back.behind, back.subjects.len()), (0, Some(242), 0));
    let Ok(Reply::Changes(same)) = hub.changes("v1.10.0", "main").await else { panic!() };
    assert_eq!((same.commits, same.behind), (0, None));
    for (from, to) in [("nope", "main"), ("main", "nope"), ("a...b", "main"), ("main", "")] {
        unanswered(hub.changes(from, to).await);
    }
}
