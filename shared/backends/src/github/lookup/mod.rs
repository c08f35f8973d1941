//! Answers questions about repositories on GitHub: which branches, tags, releases and environments there are, whether
//! a commit is green, whether a workflow can be started, what changed.
//!
//! A 404 may always mean a missing right: GitHub does not say which. So "it is not there" is an answer only after a
//! second call has shown that the same right lists what is there.

mod changes;
mod green;
mod ready;

pub use ready::ReadsWorkflow;

use super::answer::{Answered, Trouble};
use super::{GitHub, query, read, reason};
use crate::links;
use crate::outside::names::{is_ref, is_repository};
use async_trait::async_trait;
use http::StatusCode;
use http::header::LINK;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use signalbox_domain::catalogue::Target;
use signalbox_domain::lookup::{Check, GitHubList, MOST_LISTED, Question, Reply, Source, System, Values};
use signalbox_domain::redact::words;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Lookup, NoReply, NotSeen};

/// What GitHub gives at once, at most.
const PAGE: usize = 100;

#[async_trait]
impl Lookup for GitHub {
    fn system(&self) -> System {
        System::GitHub
    }

    async fn ask(&self, question: &Question, until: Timestamp) -> Result<Reply, NoReply> {
        match question {
            Question::Values(Source::GitHub { repository, list }) => {
                let (names, more) = self.session(repository, until)?.names(*list).await?;
                Ok(Reply::Values(Values::tidy(names, more)))
            }
            Question::Check(Check::Listed { value, source: Source::GitHub { repository, list } }) => {
                self.session(repository, until)?.has(*list, value).await
            }
            Question::Check(Check::Green { repository, commit }) => {
                self.session(repository, until)?.green(commit).await
            }
            Question::Check(Check::Ready(work)) => {
                let Target::GitHub(target) = &work.0 else { return Err(no_question()) };
                self.session(&target.repository, until)?.ready(target).await
            }
            Question::Changes(comparison) => {
                self.session(&comparison.repository, until)?.changes(comparison).await
            }
            Question::Values(_) | Question::Check(Check::Listed { .. } | Check::Answers { .. }) => {
                Err(no_question())
            }
        }
    }
}

fn no_question() -> NoReply {
    NoReply::because("that is no question to GitHub")
}

/// One question's calls.
struct Session<'g> {
    github: &'g GitHub,
    repository: &'g str,
    until: Timestamp,
}

impl GitHub {
    fn session<'g>(&'g self, repository: &'g str, until: Timestamp) -> Result<Session<'g>, NoReply> {
        if is_repository(repository) {
            return Ok(Session { github: self, repository, until });
        }
        let shown = words(repository, None);
        Err(NoReply::because(format!("{shown} is no repository on GitHub: it looks like acme/web")))
    }
}

/// A list: where it is below the repository, what the token needs for it, and what one of its items is called.
struct List {
    path: &'static str,
    needs: &'static str,
    item: &'static str,
}

fn list(list: GitHubList) -> List {
    let (path, needs, item) = match list {
        GitHubList::Branches => ("branches", "Contents: read", "branch"),
        GitHubList::Tags => ("tags", "Contents: read", "tag"),
        GitHubList::Releases => ("releases", "Contents: read", "release"),
        GitHubList::Environments => ("environments", "Actions: read", "environment"),
    };
    List { path, needs, item }
}

#[derive(Deserialize)]
struct Named {
    name: String,
}

#[derive(Deserialize)]
struct Release {
    tag_name: String,
    draft: bool,
}

#[derive(Deserialize)]
struct Environments {
    #[serde(default)]
    environments: Vec<Named>,
}

impl Session<'_> {
    fn path(&self, below: &str) -> String {
        format!("/repos/{}/{below}", self.repository)
    }

    /// A conditional call.
    async fn get(&self, path: &str) -> Result<Answered, NoReply> {
        self.github.api.get(self.repository, path, self.until).await.map_err(no_answer)
    }

    /// The JSON of a success; else why GitHub does not show it.
    fn shown<T: DeserializeOwned>(&self, answer: &Answered, needs: &str, what: &str) -> Result<T, NoReply> {
        if answer.status.is_success() && answer.is_githubs() {
            return read(answer).map_err(|(why, _)| NoReply::because(why));
        }
        Err(self.refused(answer, needs, what))
    }

    /// Why GitHub does not show `what`, for which the token needs a permission.
    fn refused(&self, answer: &Answered, needs: &str, what: &str) -> NoReply {
        let repository = self.repository;
        let message = answer.message();
        let lacks = answer.headers.contains_key("x-accepted-github-permissions")
            || message.to_ascii_lowercase().contains("not accessible by");
        NoReply::because(match answer.status {
            _ if answer.limited.is_some() => format!("GitHub's rate limit: {message}"),
            _ if !answer.is_githubs() => reason::of(answer),
            StatusCode::NOT_FOUND => format!(
                "GitHub does not show {what} of {repository}: there is no such repository, or the token may not see it \
                 (\"{needs}\")"
            ),
            StatusCode::FORBIDDEN if lacks => {
                format!("{message}; the token needs the permission \"{needs}\" on {repository}")
            }
            _ => reason::of(answer),
        })
    }

    /// All pages of a list, each given to `take`, which says how many items it has. Gives whether there are more than
    /// are wanted.
    async fn pages(
        &self,
        first: String,
        (needs, what): (&str, &str),
        mut take: impl FnMut(&Answered) -> Result<usize, NoReply> + Send,
    ) -> Result<bool, NoReply> {
        let base = &self.github.api.base;
        let (mut path, mut count) = (first.clone(), 0);
        for page in 2.. {
            // A list can wait where calls run short; checks cannot.
            let answer = self.github.api.look(self.repository, &path, self.until).await.map_err(no_answer)?;
            if !answer.status.is_success() || !answer.is_githubs() {
                return Err(self.refused(&answer, needs, what));
            }
            let items = take(&answer)?;
            count += items;
            let links = answer.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
            path = match links.flat_map(|value| value.split(',')).find_map(links::next) {
                Some(next) => {
                    let elsewhere =
                        || NoReply::because("GitHub's list goes on elsewhere; check GITHUB_API_URL");
                    let below = next.strip_prefix(base.as_str()).filter(|below| below.starts_with('/'));
                    below.ok_or_else(elsewhere)?.to_owned()
                }
                // An answer that did not change says nothing of what comes next.
                None if answer.unchanged && items == PAGE => format!("{first}&page={page}"),
                None => return Ok(false),
            };
            if count > MOST_LISTED {
                break;
            }
        }
        Ok(true)
    }

    async fn names(&self, which: GitHubList) -> Result<(Vec<String>, bool), NoReply> {
        let List { path, needs, .. } = list(which);
        let mut all: Vec<String> = vec![];
        let first = self.path(&format!("{path}?per_page={PAGE}"));
        let more = self
            .pages(first, (needs, path), |answer| {
                let unreadable = |(why, _)| NoReply::because(why);
                Ok(match which {
                    GitHubList::Branches | GitHubList::Tags => {
                        let page: Vec<Named> = read(answer).map_err(unreadable)?;
                        let items = page.len();
                        all.extend(page.into_iter().map(|item| item.name));
                        items
                    }
                    GitHubList::Releases => {
                        let page: Vec<Release> = read(answer).map_err(unreadable)?;
                        let items = page.len();
                        all.extend(page.into_iter().filter(|r| !r.draft).map(|release| release.tag_name));
                        items
                    }
                    GitHubList::Environments => {
                        let page: Environments = read(answer).map_err(unreadable)?;
                        let items = page.environments.len();
                        all.extend(page.environments.into_iter().map(|item| item.name));
                        items
                    }
                })
            })
            .await?;
        Ok((all, more))
    }

    /// Whether one of a list is there, asked for by its name.
    async fn has(&self, which: GitHubList, value: &str) -> Result<Reply, NoReply> {
        let List { path, needs, item } = list(which);
        let (repository, shown) = (self.repository, words(value, None));
        let below = match which {
            GitHubList::Branches => format!("git/ref/{}", crate::segment(&format!("heads/{value}"))),
            GitHubList::Tags => format!("git/ref/{}", crate::segment(&format!("tags/{value}"))),
            GitHubList::Releases => format!("releases/tags/{}", crate::segment(value)),
            GitHubList::Environments => format!("environments/{}", crate::segment(value)),
        };
        let can_be = match which {
            GitHubList::Branches | GitHubList::Tags | GitHubList::Releases => is_ref(value),
            GitHubList::Environments => {
                !value.is_empty() && value.len() <= 255 && !matches!(value, "." | "..")
            }
        };
        if !can_be {
            return Ok(Reply::DoesNotHold(format!("no {item} on GitHub can be called {shown}")));
        }
        let answer = self.get(&self.path(&below)).await?;
        if answer.status.is_success() && answer.is_githubs() {
            return Ok(Reply::Holds);
        }
        if self.is_certainly_missing(&answer, path).await {
            return Ok(Reply::DoesNotHold(format!("{repository} has no {item} {shown}")));
        }
        Err(self.refused(&answer, needs, &format!("the {item} {shown}")))
    }

    /// Whether a 404 means that the thing itself is missing: the list that it would be in can be read.
    async fn is_certainly_missing(&self, answer: &Answered, list: &str) -> bool {
        if answer.status != StatusCode::NOT_FOUND || !answer.is_githubs() || answer.is_too_young {
            return false;
        }
        let path = self.path(&format!("{list}?per_page=1"));
        let listed = self.github.api.get(self.repository, &path, self.until).await;
        listed.is_ok_and(|listed| listed.status.is_success() && listed.is_githubs())
    }
}

fn no_answer(trouble: Trouble) -> NoReply {
    let (why, _) = trouble.tell();
    let put_off = why == NotSeen::PUT_OFF;
    NoReply::because(if put_off {
        "GitHub is asked for much at the moment; it is asked again later".into()
    } else {
        why
    })
}

/// A name from outside, short and without secrets.
fn name(text: &str) -> String {
    crate::excerpt::short(&words(text, None))
}
