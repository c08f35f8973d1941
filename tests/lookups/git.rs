//! Git's own server, `git http-backend`, behind a web server that knows as much of CGI as it needs.

use super::{ask, denied, listed, outside, serve, unanswered};
use crate::binary::process::skipped;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use base64::Engine;
use signalbox_backends::Git;
use signalbox_domain::lookup::{Check, Question, Refs, Reply, Source};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

fn git(folder: &Path, arguments: &[&str], input: &str) -> String {
    let mut child = Command::new("git")
        .arg("-C")
        .arg(folder)
        .args(arguments)
        .env_clear()
        .env("PATH", "/usr/local/bin:/usr/bin:/bin")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("HOME", folder)
        .envs([("GIT_AUTHOR_NAME", "Ada"), ("GIT_AUTHOR_EMAIL", "ada@example.com")])
        .envs([("GIT_COMMITTER_NAME", "Ada"), ("GIT_COMMITTER_EMAIL", "ada@example.com")])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap().trim().to_owned()
}

/// A repository with these refs, `None` and SKIPPED without git's server. Tags are of both kinds.
fn repository(refs: &[&str]) -> Option<tempfile::TempDir> {
    let backend = Command::new("git").arg("--exec-path").output().ok();
    let backend = backend.map(|out| PathBuf::from(String::from_utf8(out.stdout).unwrap().trim()));
    if !backend.is_some_and(|folder| folder.join("git-http-backend").exists()) {
        skipped("git over HTTP: needs git with its http-backend");
        return None;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("web.git");
    std::fs::create_dir(&at).unwrap();
    git(&at, &["init", "--bare", "-q", "-b", "main", "."], "");
    let tree = git(&at, &["write-tree"], "");
    let commit = git(&at, &["commit-tree", &tree, "-m", "one"], "");
    let tag = format!("object {commit}\ntype commit\ntag v\ntagger Ada <ada@example.com> 1 +0000\n\nv\n");
    let annotated = git(&at, &["mktag"], &tag);
    let update = |name: &&str| {
        let to = if name.ends_with(".0") { &annotated } else { &commit };
        format!("create {name} {to}\n")
    };
    git(&at, &["update-ref", "--stdin"], &refs.iter().map(update).collect::<String>());
    Some(folder)
}

/// Serves a folder of repositories. `credentials`: the value of `Authorization` that is wanted. `newest`: whether the
/// newer protocol is spoken.
async fn served(root: &Path, credentials: Option<&'static str>, newest: bool) -> String {
    let root = root.to_owned();
    let cgi = move |request: Request| {
        let root = root.clone();
        async move {
            let (parts, body) = request.into_parts();
            let header = |name: &str| parts.headers.get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
            if credentials.is_some_and(|wanted| header("authorization") != wanted) {
                return Response::builder().status(401).body(Body::empty()).unwrap();
            }
            if let Some(path) = parts.uri.path().strip_prefix("/moved") {
                let query = parts.uri.query().map(|q| format!("?{q}")).unwrap_or_default();
                let place = format!("{path}{query}");
                return Response::builder()
                    .status(301)
                    .header("location", place)
                    .body(Body::empty())
                    .unwrap();
            }
            let body = to_bytes(body, 1 << 20).await.unwrap();
            let mut command = Command::new("git");
            command
                .arg("http-backend")
                .env("GIT_PROJECT_ROOT", &root)
                .env("HOME", &root)
                .env("GIT_HTTP_EXPORT_ALL", "1")
                .env("REQUEST_METHOD", parts.method.as_str())
                .env("PATH_INFO", parts.uri.path())
                .env("QUERY_STRING", parts.uri.query().unwrap_or_default())
                .env("CONTENT_TYPE", header("content-type"))
                .env("CONTENT_LENGTH", body.len().to_string());
            // The repositories belong to whoever runs the tests.
            command
                .env("GIT_CONFIG_COUNT", "1")
                .env("GIT_CONFIG_KEY_0", "safe.directory")
                .env("GIT_CONFIG_VALUE_0", "*");
            if newest {
                command.env("GIT_PROTOCOL", header("git-protocol"));
            }
            let out = tokio::task::spawn_blocking(move || {
                let mut child = command
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::null())
                    .spawn()
                    .unwrap();
                child.stdin.take().unwrap().write_all(&body).unwrap();
                child.wait_with_output().unwrap().stdout
            });
            let out = out.await.unwrap();
            let end = out.windows(4).position(|w| w == b"\r\n\r\n").unwrap();
            let mut response = Response::builder();
            for line in std::str::from_utf8(&out[..end]).unwrap().lines() {
                let (name, value) = line.split_once(": ").unwrap();
                response = match name {
                    "Status" => response.status(value[..3].parse::<u16>().unwrap()),
                    name => response.header(name, value),
                };
            }
            response.body(Body::from(out[end + 4..].to_vec())).unwrap()
        }
    };
    serve(Router::new().fallback(cgi)).await
}

fn values(remote: &str, refs: Refs) -> Question {
    Question::Values(Source::Git { remote: remote.to_owned(), refs })
}

fn is_there(remote: &str, refs: Refs, value: &str) -> Question {
    let source = Source::Git { remote: remote.to_owned(), refs };
    Question::Check(Check::Listed { value: value.to_owned(), source })
}

const REFS: [&str; 7] = [
    "refs/heads/main",
    "refs/heads/feature/x",
    "refs/tags/v1.0.0",
    "refs/tags/v1.10.0",
    "refs/tags/v1.2.0",
    "refs/tags/größe",
    "refs/notes/x",
];

#[tokio::test]
async fn branches_and_tags_are_listed_by_both_protocols() {
    let Some(folder) = repository(&REFS) else { return };
    for newest in [true, false] {
        let host = served(folder.path(), None, newest).await;
        let remote = format!("http://{host}/web.git");
        let git = Git(outside(None));
        assert_eq!(
            listed(ask(&git, values(&remote, Refs::Tags)).await),
            (["v1.10.0", "v1.2.0", "v1.0.0", "größe"].map(str::to_owned).to_vec(), false)
        );
        let branches = listed(ask(&git, values(&format!("{remote}/"), Refs::Branches)).await).0;
        assert_eq!(branches, ["feature/x", "main"]);
        for (refs, value, there) in [
            (Refs::Tags, "v1.2.0", true),
            (Refs::Tags, "größe", true),
            (Refs::Branches, "feature/x", true),
            // The beginning of another one is no tag, and a branch is none.
            (Refs::Tags, "v1", false),
            (Refs::Tags, "v1.2.0^{}", false),
            (Refs::Branches, "feature", false),
            (Refs::Branches, "v1.2.0", false),
            (Refs::Tags, "", false),
            (Refs::Tags, "v1\nref-prefix refs/heads/", false),
        ] {
            let reply = ask(&git, is_there(&remote, refs, value)).await;
            if there {
                assert_eq!(reply, Ok(Reply::Holds), "{value}");
            } else {
                assert!(denied(reply).contains(value.lines().next().unwrap_or_default()), "{value}");
            }
        }
    }
}

#[tokio::test]
async fn thousands_of_tags_are_cut_and_one_is_still_found() {
    let names: Vec<String> = (0..6_000).map(|n| format!("refs/tags/v1.{n}.1")).collect();
    let Some(folder) = repository(&names.iter().map(String::as_str).collect::<Vec<_>>()) else { return };
    let remote = format!("http://{}/web.git", served(folder.path(), None, true).await);
    let git = Git(outside(None));
    let (all, more) = listed(ask(&git, values(&remote, Refs::Tags)).await);
    assert_eq!((all.len(), more), (5_000, true));
    let missing =
        names.iter().map(|name| &name[10..]).find(|name| !all.iter().any(|known| known == name)).unwrap();
    assert_eq!(ask(&git, is_there(&remote, Refs::Tags, missing)).await, Ok(Reply::Holds));
}

#[tokio::test]
async fn credentials_are_those_of_the_host() {
    let Some(folder) = repository(&REFS) else { return };
    let token = base64::engine::general_purpose::STANDARD.encode("ada:hunter2");
    let wanted: &'static str = Box::leak(format!("Basic {token}").into_boxed_str());
    let host = served(folder.path(), Some(wanted), true).await;
    let remote = format!("http://{host}/web.git");
    let with = |credentials: Option<&str>| Git(outside(credentials));
    let known = with(Some(&format!("127.0.0.1:1=x:y {host}=ada:hunter2")));
    assert_eq!(listed(ask(&known, values(&remote, Refs::Branches)).await).0.len(), 2);
    let why = unanswered(ask(&with(None), values(&remote, Refs::Tags)).await);
    assert!(why.contains("wants credentials") && why.contains("SIGNALBOX_LOOKUP_CREDENTIALS"), "{why}");
    let wrong = with(Some(&format!("{host}=ada:wrong-one")));
    let why = unanswered(ask(&wrong, is_there(&remote, Refs::Tags, "v1.2.0")).await);
    assert!(why.contains("does not take the credentials") && !why.contains("wrong-one"), "{why}");
}

#[tokio::test]
async fn a_repository_that_moved_is_found_where_it_is() {
    let Some(folder) = repository(&REFS) else { return };
    let host = served(folder.path(), None, true).await;
    let git = Git(outside(None));
    let tags = listed(ask(&git, values(&format!("http://{host}/moved/web.git"), Refs::Tags)).await).0;
    assert_eq!(tags.len(), 4);
}

#[tokio::test]
async fn what_is_no_repository_is_no_answer() {
    let Some(folder) = repository(&REFS) else { return };
    let host = served(folder.path(), None, true).await;
    let page = serve(Router::new().fallback(async || "<html>Sign in</html>")).await;
    let broken = serve(Router::new().fallback(async || {
        let kind = "application/x-git-upload-pack-advertisement";
        Response::builder()
            .header("content-type", kind)
            .body(Body::from("001e# service=git-upload-pack\n0000004d"))
            .unwrap()
    }))
    .await;
    let cut = serve(Router::new().fallback(async || {
        let kind = "application/x-git-upload-pack-advertisement";
        let line = "003f0123456789012345678901234567890123456789 refs/tags/v1.2.0\0\n";
        Response::builder().header("content-type", kind).body(Body::from(line)).unwrap()
    }))
    .await;
    let git = Git(outside(None));
    for (remote, says) in [
        (format!("http://{host}/other.git"), "has no git repository at /other.git"),
        (format!("http://{page}/web.git"), "does not speak git's protocol"),
        (format!("http://{broken}/web.git"), "does not speak git's protocol"),
        (format!("http://{cut}/web.git"), "no whole list"),
        ("http://127.0.0.1:1/web.git".to_owned(), "cannot be called"),
        ("https://git.example.com/web.git".to_owned(), "not listed in SIGNALBOX_EGRESS"),
        (format!("http://ada:hunter2@{host}/web.git"), "no address"),
        (format!("http://{host}/web.git?x=y"), "no `?`"),
        ("ssh://git@example.com/web.git".to_owned(), "no address"),
    ] {
        for question in [values(&remote, Refs::Tags), is_there(&remote, Refs::Tags, "v9")] {
            let why = unanswered(ask(&git, question).await);
            assert!(why.contains(says) && !why.contains("hunter2"), "{remote}: {why}");
        }
    }
}
