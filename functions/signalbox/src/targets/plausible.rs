//! What practice systems have in their lists, so that a catalogue's lists show something in the console. All of it is
//! made up, and nothing is asked of anybody.

use async_trait::async_trait;
use signalbox_domain::lookup::{Check, Question, Refs, Reply, Source, System, Values};
use signalbox_domain::parameter::Pattern;
use signalbox_domain::{Catalogue, Timestamp};
use signalbox_engine::ports::{Lookup, NoReply};
use signalbox_simulator::github::{Check as RepositoryCheck, Commit, Release, Repository};

/// The versions that there are, the oldest first.
pub const VERSIONS: &[&str] = &["1.3.0", "1.3.1", "1.4.0", "1.4.1", "1.4.2", "1.5.0-rc.1"];
const BRANCHES: &[&str] = &["main", "develop", "feature/login"];
const SUBJECTS: &[&str] = &["Faster search", "Fix the prices", "Update what we depend on", "Clearer words"];

/// The versions, as tags that match this: `v1.4.2` where `1.4.2` does not.
pub fn tags(matching: Option<&Pattern>) -> Vec<String> {
    let prefixed = |version: &&str| format!("v{version}");
    let fits = |tag: &str| matching.is_none_or(|pattern| pattern.matches(tag));
    let wants_prefix =
        VERSIONS.iter().all(|version| !fits(version)) && VERSIONS.iter().any(|v| fits(&prefixed(v)));
    VERSIONS
        .iter()
        .map(|version| if wants_prefix { prefixed(version) } else { (*version).to_owned() })
        .collect()
}

/// Fills a repository: branches, tags and releases, environments of the catalogue, commits, and checks that all
/// succeeded.
pub fn furnish(repository: Repository, tags: &[String], catalogue: &Catalogue) -> Repository {
    let name = |environment: &signalbox_domain::landscape::Environment| environment.name.to_string();
    let commits = SUBJECTS.iter().cycle().take(tags.len() * 2 + SUBJECTS.len()).enumerate();
    let commits: Vec<Commit> = commits
        .map(|(nth, subject)| Commit {
            message: format!("{subject} (#{})", nth + 1),
            author: Ok(if nth % 2 == 0 { "ada" } else { "grace" }.to_owned()),
        })
        .collect();
    let branches: Vec<String> = BRANCHES.iter().map(|&branch| branch.to_owned()).collect();
    let releases = tags.iter().rev().map(|tag| Release {
        tag: tag.clone(),
        draft: false,
        prerelease: tag.contains("-rc"),
    });
    let good = |check: &str| RepositoryCheck::Run(check.to_owned(), "completed", Some("success"));
    let checks = branches.iter().chain(tags).map(|name| (name.clone(), vec![good("build"), good("test")]));
    let has = tags.iter().enumerate().map(|(nth, tag)| (tag.clone(), (nth + 1) * 2));
    Repository {
        releases: releases.collect(),
        environments: catalogue.landscape.environments.iter().map(name).collect(),
        checks: checks.collect(),
        has: has.chain([("main".to_owned(), commits.len())]).collect(),
        commits,
        branches,
        tags: tags.to_vec(),
        ..repository
    }
}

/// A practice system that only answers questions: a git server, a registry, any address.
pub struct Plausible(pub System);

impl Plausible {
    /// What is in its list: `None` where another system has it.
    fn list(source: &Source) -> Option<Values> {
        let both = || {
            let plain = VERSIONS.iter().map(|&version| version.to_owned());
            plain.chain(VERSIONS.iter().map(|version| format!("v{version}"))).chain(["latest".to_owned()])
        };
        match source {
            Source::Git { refs: Refs::Branches, .. } => {
                Some(Values::tidy(BRANCHES.iter().map(|&branch| branch.to_owned()), false))
            }
            Source::Git { refs: Refs::Tags, .. } => Some(Values::tidy(tags(None), false)),
            Source::Oci { .. } | Source::Json { .. } => Some(Values::tidy(both(), false)),
            Source::GitHub { .. } | Source::Jenkins { .. } | Source::Command { .. } => None,
        }
    }
}

#[async_trait]
impl Lookup for Plausible {
    fn system(&self) -> System {
        self.0
    }

    async fn ask(&self, question: &Question, _: Timestamp) -> Result<Reply, NoReply> {
        let other = || NoReply::because("the practice systems do not know that");
        match question {
            Question::Values(source) => Self::list(source).map(Reply::Values).ok_or_else(other),
            Question::Check(Check::Listed { value, source }) => {
                let list = Self::list(source).ok_or_else(other)?;
                Ok(if list.all.contains(value) {
                    Reply::Holds
                } else {
                    Reply::DoesNotHold(format!("there is no {} called {value}", source.of()))
                })
            }
            Question::Check(Check::Answers { .. }) => Ok(Reply::Holds),
            Question::Check(Check::Green { .. } | Check::Ready(_)) | Question::Changes(_) => Err(other()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_as_the_catalogue_wants_them() {
        let pattern = |text: &str| Pattern::try_from(text.to_owned()).unwrap();
        assert_eq!(tags(None)[0], "1.3.0");
        assert_eq!(tags(Some(&pattern("[0-9.]+")))[0], "1.3.0");
        assert_eq!(tags(Some(&pattern("v[0-9.]+")))[0], "v1.3.0");
        assert_eq!(tags(Some(&pattern("release-.*")))[0], "1.3.0");
    }

    #[tokio::test]
    async fn what_is_listed_holds() {
        let registry = Plausible(System::Registry);
        let source = Source::Oci { repository: "registry.example.com/acme/web".to_owned() };
        let Ok(Reply::Values(values)) = registry.ask(&Question::Values(source.clone()), Timestamp(0)).await
        else {
            panic!("it has a list");
        };
        assert_eq!(values.all.first().map(String::as_str), Some("1.5.0-rc.1"));
        for (value, holds) in [("1.4.2", true), ("v1.4.2", true), ("latest", true), ("9.9.9", false)] {
            let check = Check::Listed { value: value.to_owned(), source: source.clone() };
            let reply = registry.ask(&Question::Check(check), Timestamp(0)).await.unwrap();
            assert_eq!(reply == Reply::Holds, holds, "{value}");
        }
        let elsewhere =
            Source::GitHub { repository: "a/b".into(), list: signalbox_domain::lookup::GitHubList::Tags };
        assert!(registry.ask(&Question::Values(elsewhere), Timestamp(0)).await.is_err());
    }
}
