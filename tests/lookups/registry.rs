//! A real registry, Debian's `docker-registry`, with and without passwords; and one of this process that hands out
//! tokens as the large ones do.

use super::{ask, denied, listed, outside, serve, unanswered};
use crate::binary::process::{PATIENCE, skipped};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use bytes::Bytes;
use serde_json::json;
use sha2::{Digest, Sha256};
use signalbox_backends::Registry;
use signalbox_domain::lookup::{Check, Question, Reply, Source};
use signalbox_engine::ports::Transport;
use signalbox_transport::Reqwest;
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// `ada` with the password `hunter2`, as `htpasswd -nbB` writes it.
const HTPASSWD: &str = "ada:$2y$05$abcdefghijklmnopqrstuuoXuKqgZXLiJqzfmMXDDhSFPIvxV7t8.\n";

struct Server {
    child: Child,
    host: String,
    authorization: Option<&'static str>,
    _folder: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    /// `None`, and SKIPPED, if there is no registry on this machine.
    fn start(passwords: bool) -> Option<Self> {
        if !Path::new("/usr/bin/docker-registry").exists() {
            skipped("a registry: needs Debian's docker-registry");
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        std::fs::write(at("htpasswd"), HTPASSWD).unwrap();
        let deadline = Instant::now() + PATIENCE;
        // Another process may take the port before the registry does; then it ends, and another port is tried.
        while Instant::now() < deadline {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let host = format!("127.0.0.1:{port}");
            let auth = json!({"htpasswd": {"realm": "tests", "path": at("htpasswd")}});
            let mut config = json!({
                "version": 0.1, "log": {"level": "error"}, "http": {"addr": host},
                "storage": {"filesystem": {"rootdirectory": at("data")}, "delete": {"enabled": true}},
            });
            if passwords {
                config["auth"] = auth;
            }
            // JSON is YAML.
            std::fs::write(at("config.yml"), config.to_string()).unwrap();
            let mut command = Command::new("/usr/bin/docker-registry");
            command.arg("serve").arg(at("config.yml")).stdout(Stdio::null()).stderr(Stdio::null());
            let mut child = command.spawn().unwrap();
            while child.try_wait().unwrap().is_none() && Instant::now() < deadline {
                if TcpStream::connect(&host).is_ok() && child.try_wait().unwrap().is_none() {
                    let authorization = passwords.then_some("Basic YWRhOmh1bnRlcjI=");
                    return Some(Self { child, host, authorization, _folder: folder });
                }
                std::thread::sleep(Duration::from_millis(50));
            }
            child.kill().ok();
            child.wait().ok();
        }
        panic!("the registry does not start");
    }

    async fn send(&self, method: &str, path: &str, kind: &str, body: Vec<u8>) -> http::Response<Bytes> {
        let url =
            if path.starts_with("http") { path.to_owned() } else { format!("http://{}{path}", self.host) };
        let mut request = http::Request::builder().method(method).uri(url).header("content-type", kind);
        if let Some(value) = self.authorization {
            request = request.header("authorization", value);
        }
        let request = request.body(Bytes::from(body)).unwrap();
        Reqwest::new().unwrap().call(request, Duration::from_secs(30)).await.unwrap()
    }

    /// Pushes an empty image under these tags.
    async fn push(&self, name: &str, tags: impl IntoIterator<Item = String>) {
        let config = b"{}".to_vec();
        let digest = format!("sha256:{}", hex(&Sha256::digest(&config)));
        let begun = self.send("POST", &format!("/v2/{name}/blobs/uploads/"), "", vec![]).await;
        let place = begun.headers()["location"].to_str().unwrap().to_owned();
        let more = if place.contains('?') { '&' } else { '?' };
        let put = self
            .send("PUT", &format!("{place}{more}digest={digest}"), "application/octet-stream", config)
            .await;
        assert_eq!(put.status(), 201);
        let kind = "application/vnd.oci.image.manifest.v1+json";
        let manifest = json!({
            "schemaVersion": 2, "mediaType": kind, "layers": [],
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": 2},
        });
        for tag in tags {
            let path = format!("/v2/{name}/manifests/{tag}");
            let put = self.send("PUT", &path, kind, manifest.to_string().into_bytes()).await;
            assert_eq!(put.status(), 201, "{tag}");
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn tags(host: &str, name: &str) -> Question {
    Question::Values(Source::Oci { repository: format!("{host}/{name}") })
}

fn is_there(host: &str, name: &str, tag: &str) -> Question {
    let source = Source::Oci { repository: format!("{host}/{name}") };
    Question::Check(Check::Listed { value: tag.to_owned(), source })
}

#[tokio::test]
async fn tags_are_listed_and_found() {
    let Some(server) = Server::start(false) else { return };
    server.push("acme/web", ["1.2.0", "1.10.0", "latest"].map(str::to_owned)).await;
    let (registry, host) = (Registry(outside(None)), &server.host);
    assert_eq!(
        listed(ask(&registry, tags(host, "acme/web")).await),
        (["1.10.0", "1.2.0", "latest"].map(str::to_owned).to_vec(), false)
    );
    assert_eq!(ask(&registry, is_there(host, "acme/web", "1.2.0")).await, Ok(Reply::Holds));
    assert_eq!(
        denied(ask(&registry, is_there(host, "acme/web", "1.2")).await),
        format!("{host}/acme/web has no tag 1.2")
    );
    assert!(denied(ask(&registry, is_there(host, "acme/web", "../x")).await).contains("can be called ../x"));
    // This registry says of a repository that it does not know only that the tag is unknown.
    assert!(unanswered(ask(&registry, tags(host, "acme/other")).await).contains("has no repository"));
    for no in ["acme/../web", "Acme/web", "acme/web?n=1", ""] {
        assert!(
            unanswered(ask(&registry, tags(host, no)).await).contains("no repository of a registry"),
            "{no}"
        );
    }
}

#[tokio::test]
async fn passwords_are_sent_to_their_host() {
    let Some(server) = Server::start(true) else { return };
    server.push("acme/web", ["1.0.0".to_owned()]).await;
    let host = &server.host;
    let known = Registry(outside(Some(&format!("{host}=ada:hunter2"))));
    assert_eq!(listed(ask(&known, tags(host, "acme/web")).await).0, ["1.0.0"]);
    assert_eq!(ask(&known, is_there(host, "acme/web", "1.0.0")).await, Ok(Reply::Holds));
    denied(ask(&known, is_there(host, "acme/web", "2.0.0")).await);
    for (credentials, says) in [
        (None, "wants credentials"),
        (Some(format!("{host}=ada:other")), "does not take the credentials"),
        (Some("example.com=ada:hunter2".to_owned()), "wants credentials"),
    ] {
        let registry = Registry(outside(credentials.as_deref()));
        for question in
            [tags(host, "acme/web"), is_there(host, "acme/web", "1.0.0"), is_there(host, "acme/web", "2.0.0")]
        {
            let why = unanswered(ask(&registry, question).await);
            assert!(why.contains(says) && !why.contains("other"), "{why}");
        }
    }
}

/// A registry in this process: it hands out tokens, and gives at most two tags at once.
async fn token_registry(tags: Vec<String>) -> (String, Arc<Mutex<Vec<String>>>) {
    let seen: Arc<Mutex<Vec<String>>> = Arc::default();
    let (noted, all) = (seen.clone(), Arc::new(tags));
    let answer = move |request: Request| {
        let (noted, all) = (noted.clone(), all.clone());
        async move {
            let header =
                |name: &str| request.headers().get(name).map_or("", |v| v.to_str().unwrap()).to_owned();
            let (path, query) =
                (request.uri().path().to_owned(), request.uri().query().unwrap_or_default().to_owned());
            let (authorization, host) = (header("authorization"), header("host"));
            noted.lock().unwrap().push(format!("{} {path}?{query} {authorization}", request.method()));
            let json = |status: u16, body: serde_json::Value| {
                Response::builder().status(status).body(Body::from(body.to_string())).unwrap()
            };
            if path == "/token" {
                if authorization != "Basic YWRhOmh1bnRlcjI=" {
                    return json(401, json!({}));
                }
                return json(200, json!({"access_token": "short-lived"}));
            }
            if authorization != "Bearer short-lived" {
                let challenge = format!(
                    r#"Bearer realm="http://{host}/token",service="the registry",scope="repository:acme/web:pull""#
                );
                return Response::builder()
                    .status(401)
                    .header("www-authenticate", challenge)
                    .body(Body::empty())
                    .unwrap();
            }
            if let Some(tag) = path.strip_prefix("/v2/acme/web/manifests/") {
                let known = all.iter().any(|known| known == tag);
                return if known {
                    json(200, json!({}))
                } else {
                    json(404, json!({"errors": [{"code": "MANIFEST_UNKNOWN"}]}))
                };
            }
            if path != "/v2/acme/web/tags/list" {
                return json(404, json!({"errors": [{"code": "NAME_UNKNOWN"}]}));
            }
            let last = form_urlencoded::parse(query.as_bytes())
                .find(|(name, _)| name == "last")
                .map(|(_, v)| v.into_owned());
            let from = last.map_or(0, |last| all.iter().position(|tag| *tag == last).unwrap() + 1);
            let page: Vec<_> = all.iter().skip(from).take(2).collect();
            let link = (from + 2 < all.len())
                .then(|| format!("</v2/acme/web/tags/list?last={}&n=2>; rel=\"next\"", page[1]));
            let mut response = Response::builder();
            if let Some(link) = link {
                response = response.header("link", link);
            }
            let tags = if all.is_empty() { json!(null) } else { json!(page) };
            response.body(Body::from(json!({"name": "acme/web", "tags": tags}).to_string())).unwrap()
        }
    };
    (serve(Router::new().fallback(answer)).await, seen)
}

#[tokio::test]
async fn a_registry_that_wants_a_token_and_gives_little_at_once_is_read_to_its_end() {
    let names = ["1.0.0", "1.1.0", "1.2.0", "1.3.0", "1.4.0"].map(str::to_owned).to_vec();
    let (host, seen) = token_registry(names).await;
    let registry = Registry(outside(Some(&format!("{host}=ada:hunter2"))));
    assert_eq!(
        listed(ask(&registry, tags(&host, "acme/web")).await),
        (["1.4.0", "1.3.0", "1.2.0", "1.1.0", "1.0.0"].map(str::to_owned).to_vec(), false)
    );
    let calls = seen.lock().unwrap().clone();
    // The first is refused, one is for the token, and there are three pages.
    assert_eq!(calls.len(), 5, "{calls:#?}");
    assert_eq!(
        calls[1],
        "GET /token?service=the%20registry&scope=repository%3Aacme%2Fweb%3Apull Basic YWRhOmh1bnRlcjI="
    );
    assert_eq!(ask(&registry, is_there(&host, "acme/web", "1.4.0")).await, Ok(Reply::Holds));
    denied(ask(&registry, is_there(&host, "acme/web", "9")).await);
    // A repository that the registry does not show proves nothing about its tags.
    unanswered(ask(&registry, is_there(&host, "acme/other", "9")).await);
    unanswered(ask(&registry, tags(&host, "acme/other")).await);
    let unknown = Registry(outside(None));
    assert!(unanswered(ask(&unknown, tags(&host, "acme/web")).await).contains("wants credentials for token"));
    let (host, _) = token_registry(vec![]).await;
    let registry = Registry(outside(Some(&format!("{host}=ada:hunter2"))));
    assert_eq!(listed(ask(&registry, tags(&host, "acme/web")).await), (vec![], false));
}

#[tokio::test]
async fn no_credentials_go_where_a_registry_sends_us() {
    let (other, seen) = token_registry(vec![]).await;
    let evil = serve(Router::new().fallback(move |request: Request| {
        let realm = match request.uri().path() {
            "/v2/plain/web/tags/list" => "http://example.com/token".to_owned(),
            "/v2/unlisted/web/tags/list" => "https://example.com/token".to_owned(),
            _ => format!("http://{other}/token"),
        };
        let challenge = format!("Bearer realm=\"{realm}\"");
        async move {
            Response::builder().status(401).header("www-authenticate", challenge).body(Body::empty()).unwrap()
        }
    }))
    .await;
    let registry = Registry(outside(Some(&format!("{evil}=ada:hunter2"))));
    assert!(unanswered(ask(&registry, tags(&evil, "plain/web")).await).contains("nothing is encrypted"));
    assert!(unanswered(ask(&registry, tags(&evil, "unlisted/web")).await).contains("not listed"));
    unanswered(ask(&registry, tags(&evil, "acme/web")).await);
    let calls = seen.lock().unwrap().clone();
    assert!(calls.len() == 1 && !calls[0].contains("Basic"), "{calls:?}");
}
