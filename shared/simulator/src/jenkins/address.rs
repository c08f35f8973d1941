//! Jenkins' addresses: `/job/{folder}/job/{name}/…`.
//!
//! In its address, a name is encoded once more than it is stored. Branches are stored encoded, so the branch
//! `feature/x` is the job `feature%2Fx` at `job/feature%252Fx/`.

use std::fmt::Write as _;

use super::settings::Job;

/// The parts of a path, each decoded once. Jenkins ignores repeated and trailing slashes.
pub(super) fn parts(path: &str) -> Vec<String> {
    path.split('/').filter(|part| !part.is_empty()).map(decode).collect()
}

/// What the beginning of a path leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Found {
    Job(usize),
    /// A folder, with its path. The folder with an empty path is Jenkins itself.
    Folder(String),
}

/// Follows the pairs `job/{name}` as far as they go. The remaining parts say what is asked of the folder or job.
/// Gives `None` if there is no such job.
pub(super) fn find<'a>(jobs: &[Job], mut parts: &'a [String]) -> Option<(Found, &'a [String])> {
    let mut folder = String::new();
    while let [job, name, rest @ ..] = parts
        && job == "job"
    {
        if !folder.is_empty() {
            folder.push('/');
        }
        folder.push_str(name);
        parts = rest;
        if let Some(index) = jobs.iter().position(|job| job.path == folder) {
            return Some((Found::Job(index), parts));
        }
        let below = format!("{folder}/");
        jobs.iter().find(|job| job.path.starts_with(&below))?;
    }
    Some((Found::Folder(folder), parts))
}

/// What is directly in a folder, in Jenkins' order, which is by name.
pub(super) fn children(jobs: &[Job], folder: &str) -> Vec<Found> {
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    let mut found: Vec<(String, Found)> = Vec::new();
    for (index, job) in jobs.iter().enumerate() {
        let Some(rest) = job.path.strip_prefix(&prefix) else { continue };
        let child = match rest.split_once('/') {
            None => (rest.to_owned(), Found::Job(index)),
            Some((name, _)) => (name.to_owned(), Found::Folder(format!("{prefix}{name}"))),
        };
        if !found.contains(&child) {
            found.push(child);
        }
    }
    found.sort_by(|(a, _), (b, _)| a.cmp(b));
    found.into_iter().map(|(_, child)| child).collect()
}

/// `job/web/job/deploy/`, the form that Jenkins uses in the `url` of a notification.
pub(super) fn relative(path: &str) -> String {
    path.split('/').filter(|part| !part.is_empty()).fold(String::new(), |mut url, part| {
        let _ = write!(url, "job/{}/", encode(part));
        url
    })
}

/// The name of a job, without its folders.
pub(super) fn name(path: &str) -> &str {
    path.rsplit_once('/').map_or(path, |(_, name)| name)
}

/// The name that people see. A branch has the name that it has in git.
pub(super) fn display_name(path: &str) -> String {
    decode(name(path))
}

/// `web » deploy`
pub(super) fn full_display_name(path: &str) -> String {
    path.split('/').map(decode).collect::<Vec<_>>().join(" » ")
}

fn encode(part: &str) -> String {
    part.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~!$&'()*+,;=:@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

fn decode(part: &str) -> String {
    let bytes = part.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let hex = part.get(at + 1..at + 3).and_then(|hex| u8::from_str_radix(hex, 16).ok());
        match hex {
            Some(decoded) if byte == b'%' => {
                out.push(decoded);
                at += 3;
            }
            _ => {
                out.push(byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str) -> Option<(Found, Vec<String>)> {
        let jobs = ["web/deploy", "shop/release/feature%2Fx", "my job", "web/one/two"].map(Job::pipeline);
        find(&jobs, &parts(path)).map(|(found, rest)| (found, rest.to_vec()))
    }

    #[test]
    fn a_branch_with_a_slash_is_encoded_twice() {
        let there = Some((Found::Job(1), vec!["api".to_owned(), "json".to_owned()]));
        assert_eq!(found("/job/shop/job/release/job/feature%252Fx/api/json"), there);
        assert_eq!(found("/job/shop/job/release/job/feature%2Fx/api/json"), None);
        assert_eq!(relative("shop/release/feature%2Fx"), "job/shop/job/release/job/feature%252Fx/");
        assert_eq!(display_name("shop/release/feature%2Fx"), "feature/x");
        assert_eq!(full_display_name("shop/release/feature%2Fx"), "shop » release » feature/x");
    }

    #[test]
    fn jobs_and_folders_are_found() {
        assert_eq!(found("/job/my%20job/"), Some((Found::Job(2), vec![])));
        assert_eq!(relative("my job"), "job/my%20job/");
        assert_eq!(found("//job/web"), Some((Found::Folder("web".to_owned()), vec![])));
        assert_eq!(
            found("/job/web/deploy"),
            Some((Found::Folder("web".to_owned()), vec!["deploy".to_owned()]))
        );
        assert_eq!(found("/job/none"), None);
        assert_eq!(found("/job/web/job/deploy/7"), Some((Found::Job(0), vec!["7".to_owned()])));
        let jobs = ["web/deploy", "b", "web/one/two", "a"].map(Job::pipeline);
        let top = [Found::Job(3), Found::Job(1), Found::Folder("web".to_owned())];
        assert_eq!(children(&jobs, ""), top);
        assert_eq!(children(&jobs, "web"), [Found::Job(0), Found::Folder("web/one".to_owned())]);
    }
}
