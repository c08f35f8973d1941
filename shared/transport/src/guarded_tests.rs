//! What is called and what is not, over real connections to servers of this process: names are resolved by a table.

use super::*;
use std::collections::HashMap;
use std::sync::Mutex;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

/// Servers on 127.0.0.1 and the requests they got, each a whole head.
#[derive(Clone, Default)]
struct Seen(Arc<Mutex<Vec<String>>>);

impl Seen {
    /// Answers every request: `answer` gives an answer's status and headers for a request's head.
    async fn server(&self, answer: impl Fn(&str) -> String + Send + Sync + 'static) -> u16 {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let seen = self.clone();
        let answer = Arc::new(answer);
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (seen, answer) = (seen.clone(), answer.clone());
                tokio::spawn(async move {
                    let mut head = vec![];
                    while !head.ends_with(b"\r\n\r\n") {
                        match stream.read_u8().await {
                            Ok(byte) => head.push(byte),
                            Err(_) => return,
                        }
                    }
                    let head = String::from_utf8(head).unwrap();
                    let said = answer(&head);
                    seen.0.lock().unwrap().push(head);
                    let whole =
                        format!("HTTP/1.1 {said}\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok");
                    stream.write_all(whole.as_bytes()).await.ok();
                });
            }
        });
        port
    }

    fn all(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Names and what they are resolved to: each time the next, and the last one stays.
fn names(table: &[(&'static str, &[&str])]) -> Names {
    let parsed = |(name, all): &(&'static str, &[&str])| -> (&str, Vec<IpAddr>) {
        (*name, all.iter().map(|ip| ip.parse().unwrap()).collect())
    };
    let table: Mutex<HashMap<_, _>> = Mutex::new(table.iter().map(parsed).collect());
    Arc::new(move |name| {
        let mut table = table.lock().unwrap();
        let found = match table.get_mut(name) {
            Some(all) if all.len() > 1 => Ok(vec![all.remove(0)]),
            Some(all) => Ok(all.clone()),
            None => Err(std::io::Error::other("no such name")),
        };
        Box::pin(std::future::ready(found))
    })
}

fn guarded(egress: &str, table: &[(&'static str, &[&str])]) -> Guarded {
    Guarded::resolving(Egress::read(Some(egress)).unwrap(), names(table))
}

async fn get(guarded: &Guarded, url: String) -> Result<Response<Bytes>, TransportError> {
    let request = Request::get(url).header(AUTHORIZATION, "Bearer secret").body(Bytes::new()).unwrap();
    guarded.call(request, Duration::from_secs(5)).await
}

#[tokio::test]
async fn what_is_listed_is_called_and_nothing_else() {
    let seen = Seen::default();
    let port = seen.server(|_| "200 OK".to_owned()).await;
    let there =
        guarded("in.example 127.0.0.0/8", &[("in.example", &["127.0.0.1"]), ("out.example", &["127.0.0.1"])]);
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("http://in.example:{port}/"),
        format!("http://2130706433:{port}/"),
    ] {
        assert_eq!(get(&there, url.clone()).await.unwrap().body(), "ok", "{url}");
    }
    assert_eq!(seen.all().len(), 3);
    for url in [
        format!("http://out.example:{port}/x?token=y"),
        format!("http://u:p@127.0.0.1:{port}/"),
        format!("https://[::1]:{port}/"),
    ] {
        let why = get(&there, url).await.unwrap_err();
        assert!(
            matches!(&why, TransportError::NotSent(why) if !why.contains("token") && !why.contains("u:p")),
            "{why}"
        );
    }
    assert!(seen.all().is_empty());
}

#[tokio::test]
async fn without_the_setting_nothing_is_called() {
    let seen = Seen::default();
    let port = seen.server(|_| "200 OK".to_owned()).await;
    let none = Guarded::new(Egress::read(None).unwrap());
    let why = get(&none, format!("http://127.0.0.1:{port}/")).await.unwrap_err().to_string();
    assert!(why.contains("SIGNALBOX_EGRESS is not set"), "{why}");
    assert!(seen.all().is_empty());
}

#[tokio::test]
async fn every_address_of_a_name_has_to_be_allowed() {
    let seen = Seen::default();
    let port = seen.server(|_| "200 OK".to_owned()).await;
    let two = |_: &str| -> Found {
        let all = ["127.0.0.1", "169.254.169.254"].map(|ip| ip.parse().unwrap());
        Box::pin(std::future::ready(Ok(all.to_vec())))
    };
    let there = Guarded::resolving(Egress::read(Some("in.example 127.0.0.0/8")).unwrap(), Arc::new(two));
    let why = get(&there, format!("http://in.example:{port}/")).await.unwrap_err();
    assert_eq!(
        why,
        TransportError::NotSent("in.example is 169.254.169.254, which is an address of the link or of a cloud's own services: it is never called, whatever is listed".into())
    );
    for (address, rule) in [
        ("10.0.0.1", "without encryption"),
        ("8.8.8.8", "without encryption"),
        ("::ffff:169.254.169.254", "never called"),
    ] {
        let there = guarded("in.example 127.0.0.0/8", &[("in.example", &[address])]);
        let why = get(&there, format!("http://in.example:{port}/")).await.unwrap_err().to_string();
        assert!(why.contains(rule), "{why}");
    }
    let there = guarded("in.example", &[("in.example", &["127.0.0.1"])]);
    let why = get(&there, format!("https://in.example:{port}/")).await.unwrap_err().to_string();
    assert!(why.contains("in.example is 127.0.0.1, which is not public"), "{why}");
    assert!(seen.all().is_empty());
}

/// A name that is resolved to one address when it is checked, and to another when it is called, is called at neither
/// but the one that was checked: the check is made where the connection gets its address.
#[tokio::test]
async fn a_name_whose_address_changes_leads_nowhere_else() {
    let seen = Seen::default();
    let port = seen.server(|_| "200 OK".to_owned()).await;
    let there = guarded("in.example 127.0.0.0/8", &[("in.example", &["127.0.0.1", "169.254.169.254"])]);
    assert!(get(&there, format!("http://in.example:{port}/")).await.is_ok());
    // The connection was closed, so the name is resolved again.
    let why = get(&there, format!("http://in.example:{port}/")).await.unwrap_err().to_string();
    assert!(why.contains("never called"), "{why}");
    assert_eq!(seen.all().len(), 1);
}

#[tokio::test]
async fn redirects_are_checked_and_credentials_stay() {
    let seen = Seen::default();
    let other = seen.server(|_| "200 OK".to_owned()).await;
    let port = seen
        .server(move |head| {
            let place = match head.split(' ').nth(1).unwrap() {
                "/here" => "/there".to_owned(),
                "/there" => return "200 OK".to_owned(),
                "/other" => format!("http://127.0.0.1:{other}/"),
                "/name" => format!("http://in.example:{other}/"),
                "/metadata" => "http://169.254.169.254/latest?secret=1".to_owned(),
                "/unlisted" => "https://out.example/?secret=1".to_owned(),
                "/file" => "file:///etc/passwd".to_owned(),
                "/user" => format!("http://u:p@127.0.0.1:{other}/"),
                "/loop" => "/loop".to_owned(),
                _ => "http://[".to_owned(),
            };
            format!("302 Found\r\nLocation: {place}")
        })
        .await;
    let there =
        guarded("in.example 127.0.0.0/8", &[("in.example", &["127.0.0.1"]), ("out.example", &["127.0.0.1"])]);
    let at = |path: &str| format!("http://127.0.0.1:{port}{path}");
    let answer = get(&there, at("/here")).await.unwrap();
    assert_eq!(answer.extensions().get::<Uri>().unwrap().path(), "/there");
    let heads = seen.all();
    assert!(
        heads.len() == 2 && heads.iter().all(|head| head.contains("authorization: Bearer secret")),
        "{heads:?}"
    );
    for path in ["/other", "/name"] {
        assert!(get(&there, at(path)).await.is_ok());
        let heads = seen.all();
        assert!(heads[0].contains("Bearer secret") && !heads[1].contains("secret"), "{heads:?}");
    }
    for path in ["/metadata", "/unlisted", "/file", "/user", "/loop", "/broken"] {
        let why = get(&there, at(path)).await.unwrap_err();
        assert!(
            matches!(&why, TransportError::NoAnswer(why) if !why.contains("secret") && !why.contains("u:p")),
            "{why}"
        );
        assert_eq!(seen.all().len(), if path == "/loop" { 6 } else { 1 }, "{path}");
    }
    // What is no GET is not sent again.
    let request = Request::post(at("/here")).body(Bytes::new()).unwrap();
    assert_eq!(there.call(request, Duration::from_secs(5)).await.unwrap().status(), StatusCode::FOUND);
}

#[tokio::test]
async fn the_whole_is_over_by_the_timeout() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    let there = guarded("127.0.0.1", &[]);
    let request = Request::get(url).body(Bytes::new()).unwrap();
    let why = there.call(request, Duration::from_millis(200)).await.unwrap_err();
    assert!(matches!(&why, TransportError::NoAnswer(why) if why.contains("timed out")), "{why}");
}
