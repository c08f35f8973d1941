//! Loki's paging, over a small Loki in memory that may order the lines of a nanosecond in any way.

use super::*;
use async_trait::async_trait;
use bytes::Bytes;
use http::{Request, Response};
use proptest::prelude::*;
use signalbox_engine::ports::TransportError;
use std::collections::HashMap;
use std::sync::Mutex;

/// Its entries, how many it gives at once, and the requests it got.
struct Fake {
    /// Nanosecond, stream, line.
    entries: Vec<(i64, u8, String)>,
    cap: usize,
    asked: Mutex<Vec<Request<Bytes>>>,
    answer: Option<(u16, String)>,
    /// Answers with more lines than this do not arrive.
    chokes_at: usize,
}

impl Fake {
    fn new(entries: Vec<(i64, u8, String)>, cap: usize) -> Self {
        Self { entries, cap, asked: Mutex::default(), answer: None, chokes_at: usize::MAX }
    }

    fn refuses(status: u16, text: &str) -> Self {
        Self { answer: Some((status, text.to_owned())), ..Self::new(vec![], 1) }
    }

    fn lines(&self, arguments: &HashMap<String, String>, nth: usize) -> Result<String, String> {
        let number = |name: &str| arguments[name].parse::<i64>().unwrap();
        let limit = usize::try_from(number("limit")).unwrap();
        if limit > self.cap {
            let text = "max entries limit per query exceeded, limit > max_entries_limit_per_query";
            return Err(format!("{text} ({limit} > {})", self.cap));
        }
        assert_eq!(arguments["direction"], "forward");
        let wanted = |ns: i64| ns >= number("start") && ns < number("end");
        let mut found: Vec<_> = self.entries.iter().filter(|e| wanted(e.0)).collect();
        // The order within a nanosecond is different each time.
        let order = |e: &(i64, u8, String)| (e.2.len() * 31 + usize::from(e.1) * 7) * (nth * 2 + 1) % 13;
        found.sort_by_key(|e| (e.0, order(e)));
        found.truncate(limit);
        let mut streams: BTreeMap<u8, Vec<(String, &str)>> = BTreeMap::new();
        for (ns, stream, line) in found {
            streams.entry(*stream).or_default().push((ns.to_string(), line));
        }
        let streams = streams.iter().map(|(s, values)| {
            serde_json::json!({ "stream": { "s": s.to_string(), "app": "web" }, "values": values })
        });
        let result: Vec<_> = streams.collect();
        Ok(serde_json::json!({ "data": { "resultType": "streams", "result": result } }).to_string())
    }
}

#[async_trait]
impl Transport for Fake {
    async fn call(
        &self,
        request: Request<Bytes>,
        _timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let uri = request.uri().clone();
        let mut asked = self.asked.lock().unwrap();
        asked.push(request);
        let arguments: HashMap<String, String> =
            form_urlencoded::parse(uri.query().unwrap().as_bytes()).into_owned().collect();
        let (status, body) = match &self.answer {
            Some((status, text)) => (*status, text.clone()),
            None if uri.path() == "/loki/api/v1/query" => {
                assert!(arguments["query"].starts_with("sum(count_over_time({app=\"web\"} ["));
                let value = serde_json::json!([1, self.entries.len().to_string()]);
                let result = serde_json::json!([{ "metric": {}, "value": value }]);
                (200, serde_json::json!({ "data": { "resultType": "vector", "result": result } }).to_string())
            }
            None => {
                assert!(uri.path().ends_with("/loki/api/v1/query_range"), "{uri}");
                if arguments["limit"].parse::<usize>().unwrap() > self.chokes_at {
                    return Err(TransportError::NoAnswer("the answer is longer than 8388608 bytes".into()));
                }
                match self.lines(&arguments, asked.len()) {
                    Ok(body) => (200, body),
                    Err(text) => (400, text),
                }
            }
        };
        Ok(Response::builder().status(status).body(body.into()).unwrap())
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(future)
}

const SPAN: Span = Span { from: Timestamp(1000), to: Timestamp(2000) };

/// All lines of the span, page by page; each page is asked for twice.
fn all(loki: &Loki) -> Result<Vec<(i64, String, String)>, SourceError> {
    wait(async {
        let (mut position, mut lines) = (None::<String>, vec![]);
        for page in 0.. {
            assert!(page < 3000, "it never ends");
            let first = loki.read(SPAN, position.as_deref()).await?;
            lines.extend(first.lines.into_iter().map(|l| (l.at.0, l.stream, l.text)));
            match first.more {
                More::At(next) => position = Some(next),
                More::End(end) => {
                    assert_eq!(end, None);
                    break;
                }
            }
        }
        Ok(lines)
    })
}

fn loki(fake: Fake, limit: usize) -> (Loki, Arc<Fake>) {
    let fake = Arc::new(fake);
    let settings = LokiSettings { limit, ..LokiSettings::new("http://loki.example:3100/") };
    (Loki::new(settings, "{app=\"web\"}", fake.clone()).unwrap(), fake)
}

fn as_given(entries: &[(i64, u8, String)]) -> Vec<(i64, String, String)> {
    let inside = |ns: i64| (1_000_000_000..2_000_000_000).contains(&ns);
    let inside = entries.iter().filter(|e| inside(e.0));
    let mut all: Vec<_> = inside
        .map(|(ns, s, line)| (ns / NS_PER_MS, format!("{{app=\"web\", s=\"{s}\"}}"), line.clone()))
        .collect();
    all.sort();
    all
}

proptest! {
    #[test]
    fn each_line_exactly_once(
        entries in prop::collection::vec((995i64..1003, 0i64..3, 0u8..3, "[ab]{0,2}"), 0..80),
        limit in 1usize..30,
        cap in 1usize..200,
    ) {
        // Few moments with many lines in each, and both ends of the span among them.
        let entries: Vec<_> =
            entries.into_iter().map(|(ms, ns, s, line)| (ms * NS_PER_MS + ns, s, line)).collect();
        let mut sizes: HashMap<i64, usize> = HashMap::new();
        for (ns, ..) in entries.iter().filter(|e| e.0 >= 1000 * NS_PER_MS) {
            *sizes.entry(*ns).or_default() += 1;
        }
        let largest = sizes.into_values().max().unwrap_or(0);
        let (loki, fake) = loki(Fake::new(entries, cap), limit);
        match all(&loki) {
            Ok(mut got) => {
                prop_assert!(got.is_sorted_by_key(|l| l.0));
                got.sort();
                prop_assert_eq!(got, as_given(&fake.entries));
            }
            // This may happen only if a nanosecond has as many lines as the server gives at once.
            Err(error) => prop_assert!(largest >= cap, "{error}"),
        }
    }
}

fn numbered(count: i64) -> Vec<(i64, u8, String)> {
    (0..count).map(|n| (1_000_000_000 + n, 0, n.to_string())).collect()
}

#[test]
fn a_smaller_server_is_asked_for_less() {
    let (loki, fake) = loki(Fake::new(numbered(250), 100), 5000);
    assert_eq!(all(&loki).unwrap().len(), 250);
    let asked = fake.asked.lock().unwrap();
    let limits: Vec<_> = asked.iter().filter_map(|r| r.uri().query()?.split("limit=").nth(1)).collect();
    let limits: Vec<_> = limits.iter().map(|l| l.split('&').next().unwrap()).collect();
    assert_eq!(limits, ["5000", "100", "100", "100"]);
}

#[test]
fn an_answer_that_is_too_large_is_asked_for_in_parts() {
    let (loki, _) = loki(Fake { chokes_at: 700, ..Fake::new(numbered(1200), 5000) }, 5000);
    assert_eq!(all(&loki).unwrap().len(), 1200);
    let (loki, _) = self::loki(Fake { chokes_at: 1, ..Fake::new(numbered(9), 5000) }, 5000);
    assert!(all(&loki).unwrap_err().why.contains("did not answer"));
}

#[test]
fn a_nanosecond_with_more_than_a_page_says_so() {
    let same: Vec<_> = (0..90u8).map(|n| (1_500_000_000, n, "x".to_owned())).collect();
    let (small, _) = loki(Fake::new(same.clone(), 50), 10);
    let error = all(&small).unwrap_err();
    assert!(error.why.contains("max_entries_limit_per_query") && !error.lost, "{error}");
    let (large, _) = loki(Fake::new(same, 5000), 10);
    assert_eq!(all(&large).unwrap().len(), 90);
}

#[test]
fn the_first_page_says_how_many_there_are() {
    let (loki, _) = loki(Fake::new(numbered(30), 5000), 20);
    let first = wait(loki.read(SPAN, None)).unwrap();
    assert_eq!((first.lines.len(), first.about), (20, Some(30)));
    let More::At(next) = first.more else { panic!() };
    let second = wait(loki.read(SPAN, Some(&next))).unwrap();
    assert_eq!((second.lines.len(), second.about, second.more), (10, None, More::End(None)));
}

#[test]
fn a_position_stays_small_whatever_shares_a_nanosecond() {
    let mut entries = numbered(10);
    let same = entries.last().unwrap().0 + 1;
    entries.extend((0..30_000).map(|n| (same, 0, format!("line {n}"))));
    entries.extend((1..10).map(|n| (same + n, 0, format!("after {n}"))));
    let expect = as_given(&entries);
    let (loki, _) = loki(Fake::new(entries, 80_000), 5000);
    let mut lines = vec![];
    let mut position: Option<String> = None;
    loop {
        let page = wait(loki.read(SPAN, position.as_deref())).unwrap();
        lines.extend(page.lines.into_iter().map(|l| (l.at.0, l.stream, l.text)));
        let More::At(next) = page.more else { break };
        assert!(next.len() < 32_000, "{} bytes", next.len());
        position = Some(next);
    }
    lines.sort();
    assert!(lines == expect, "{} lines of {}", lines.len(), expect.len());
}

#[test]
fn a_position_of_somebody_else_is_lost() {
    let (loki, _) = loki(Fake::new(numbered(1), 5000), 20);
    assert!(wait(loki.read(SPAN, Some("{}"))).unwrap_err().lost);
}

#[test]
fn who_asks_is_said_in_headers_alone() {
    let basic = |url: &str, access, tenant: Option<&str>| {
        let fake = Arc::new(Fake::new(vec![], 5000));
        let settings = LokiSettings { access, tenant: tenant.map(Into::into), ..LokiSettings::new(url) };
        let loki = Loki::new(settings, "{app=\"web\"}", fake.clone()).unwrap();
        wait(loki.read(SPAN, None)).unwrap();
        let request = fake.asked.lock().unwrap().remove(0);
        let header = |n: &str| request.headers().get(n).map(|v| v.to_str().unwrap().to_owned());
        let uri = request.uri();
        (
            format!("{}{}", uri.authority().unwrap(), uri.path()),
            header("authorization"),
            header("x-scope-orgid"),
        )
    };
    let at = |host: &str| format!("{host}/loki/api/v1/query_range");
    let u_p = Some("Basic dTpw".to_owned());
    let given = LokiAccess::Basic { user: "u".into(), password: "p".into() };
    assert_eq!(basic("http://l.example/", LokiAccess::Open, None), (at("l.example"), None, None));
    assert_eq!(basic("http://u:p@l.example", LokiAccess::Open, None), (at("l.example"), u_p.clone(), None));
    assert_eq!(basic("http://x:y@l.example", given, Some("a|b")), (at("l.example"), u_p, Some("a|b".into())));
    assert_eq!(
        basic("http://l.example:1/p/loki/api/v1", LokiAccess::Bearer("t\n".into()), None),
        (at("l.example:1/p"), Some("Bearer t".into()), None)
    );
}

#[test]
fn errors_say_what_to_do_and_no_secret() {
    for (status, body, says) in [
        (400, "parse error at line 1, col 9: unexpected IDENTIFIER", "refuses the query (400): parse error"),
        (401, "no credentials s3cret-t0ken", "does not take the credentials (401): check them"),
        (404, "page not found", "no Loki at loki.example (404)"),
        (429, "", "asks to be asked less (429)"),
        (302, "", "sends elsewhere (302)"),
        (502, "password=hunter22hunter22\n\x1b[1mBad", "answered 502"),
        (200, "<html>", "cannot be read"),
    ] {
        let access = LokiAccess::Bearer("s3cret-t0ken".into());
        let url = "https://user:pa55word@loki.example";
        let settings = LokiSettings { access, ..LokiSettings::new(url) };
        let loki = Loki::new(settings, "{", Arc::new(Fake::refuses(status, body))).unwrap();
        let error = wait(loki.read(SPAN, None)).unwrap_err();
        assert!(error.why.contains(says) && !error.lost, "{error}");
        for secret in ["s3cret", "pa55word", "hunter22", "\n", "\x1b"] {
            assert!(!error.why.contains(secret), "{error}");
        }
    }
    let long = Fake::refuses(500, &"very long ".repeat(1000));
    let error = wait(loki(long, 1).0.read(SPAN, None)).unwrap_err();
    assert!(error.why.chars().count() < 400);
}

#[test]
fn settings_that_are_none() {
    let fake = Arc::new(Fake::new(vec![], 1));
    for url in ["", "loki", "ftp://l.example", "https://", "http://user:pa55word@"] {
        let error = Loki::new(LokiSettings::new(url), "{}", fake.clone()).err().unwrap();
        assert!(error.contains("address is none") && !error.contains("pa55"), "{url}: {error}");
    }
    let access = LokiAccess::Bearer("a\u{1}b".into());
    let settings = LokiSettings { access, ..LokiSettings::new("http://l.example") };
    assert!(Loki::new(settings, "{}", fake).err().unwrap().contains("header"));
}
