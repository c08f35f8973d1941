//! What changed between two versions: <https://docs.github.com/en/rest/commits/commits#compare-two-commits>.

use super::{PAGE, Session, name};
use crate::outside::names::is_ref;
use serde::Deserialize;
use signalbox_domain::lookup::{Changes, Comparison, Reply};
use signalbox_domain::redact::words;
use signalbox_engine::ports::NoReply;

/// At most this many first lines.
const MOST_SUBJECTS: usize = 20;
/// At most this many pages of commits, the latest ones. Authors and pull requests of older commits are not told.
const MOST_PAGES: usize = 5;
/// At most this many authors and pull requests.
const MOST_OF_EACH: usize = 100;

#[derive(Deserialize)]
struct Compared {
    html_url: Option<String>,
    #[serde(default)]
    behind_by: u64,
    total_commits: u64,
    /// The oldest first.
    #[serde(default)]
    commits: Vec<Commit>,
}

#[derive(Deserialize)]
struct Commit {
    commit: Written,
    author: Option<User>,
}

#[derive(Deserialize)]
struct Written {
    message: String,
    author: Option<Person>,
}

#[derive(Deserialize)]
struct Person {
    name: Option<String>,
}

/// GitHub gives an empty object where it knows nobody.
#[derive(Deserialize)]
struct User {
    login: Option<String>,
}

impl Session<'_> {
    pub(super) async fn changes(&self, comparison: &Comparison) -> Result<Reply, NoReply> {
        let Comparison { from, to, .. } = comparison;
        for version in [from, to] {
            if !is_ref(version) {
                let shown = words(version, None);
                return Err(NoReply::because(format!("no commit, branch or tag can be called {shown}")));
            }
        }
        let first = self.compared(from, to, 1).await?;
        let pages = usize::try_from(first.total_commits).unwrap_or(usize::MAX).div_ceil(PAGE).max(1);
        let earliest = pages.saturating_sub(MOST_PAGES) + 1;
        let mut commits = vec![];
        for page in (earliest..=pages).rev() {
            let mut these = match page {
                1 => first.commits.iter().map(told).collect(),
                page => self.compared(from, to, page).await?.commits.iter().map(told).collect::<Vec<_>>(),
            };
            these.reverse();
            commits.extend(these);
        }
        let link = first.html_url.filter(|link| link.starts_with("https://") || link.starts_with("http://"));
        Ok(Reply::Changes(Changes {
            commits: first.total_commits,
            behind: (first.behind_by > 0).then_some(first.behind_by),
            subjects: commits.iter().take(MOST_SUBJECTS).map(|(subject, _)| subject.clone()).collect(),
            authors: once(commits.iter().filter_map(|(_, author)| author.clone())),
            pulls: once(commits.iter().filter_map(|(subject, _)| pull(subject))),
            link,
        }))
    }

    async fn compared(&self, from: &str, to: &str, page: usize) -> Result<Compared, NoReply> {
        let both = format!("{}...{}", crate::segment(from), crate::segment(to));
        let path = self.path(&format!("compare/{both}?per_page={PAGE}&page={page}"));
        let answer = self.get(&path).await?;
        self.shown(&answer, "Contents: read", &format!("{} and {}", words(from, None), words(to, None)))
    }
}

/// Its first line, and who wrote it.
fn told(commit: &Commit) -> (String, Option<String>) {
    let subject = name(commit.commit.message.lines().next().unwrap_or_default());
    let login = commit.author.as_ref().and_then(|user| user.login.clone());
    let author = login.or_else(|| commit.commit.author.as_ref()?.name.clone());
    (subject, author.map(|author| name(&author)).filter(|author| !author.is_empty()))
}

/// The pull request that a first line names: `Merge pull request #12 from …`, or `… (#12)` at its end.
fn pull(subject: &str) -> Option<u64> {
    if let Some(rest) = subject.strip_prefix("Merge pull request #") {
        return rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok();
    }
    let (_, number) = subject.trim_end().strip_suffix(')')?.rsplit_once("(#")?;
    Some(number).filter(|number| number.bytes().all(|b| b.is_ascii_digit()))?.parse().ok()
}

fn once<T: PartialEq>(all: impl Iterator<Item = T>) -> Vec<T> {
    let mut found: Vec<T> = vec![];
    for one in all {
        if found.len() < MOST_OF_EACH && !found.contains(&one) {
            found.push(one);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_lines_name_their_pull_requests() {
        for (subject, number) in [
            ("Fix the cart (#12)", Some(12)),
            ("Fix #7 in the cart (#12)", Some(12)),
            ("Revert \"Fix (#11)\" (#13)", Some(13)),
            ("Merge pull request #14 from acme/fix", Some(14)),
            ("Merge branch 'main'", None),
            ("Fix #7", None),
            ("Fix (#x)", None),
            ("Fix (#)", None),
            ("Fix (#1) again", None),
            ("(#99999999999999999999999)", None),
            ("", None),
        ] {
            assert_eq!(pull(subject), number, "{subject}");
        }
    }
}
