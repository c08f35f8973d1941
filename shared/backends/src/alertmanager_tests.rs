//! What is asked of an Alertmanager, and what its answers mean: over a transport that notes requests and gives
//! answers.

use super::*;
use serde_json::{Value, json};
use signalbox_domain::ids::CommandId;
use std::sync::Mutex;

/// 2026-11-21T00:00:00Z.
const NOW: Timestamp = Timestamp(1_795_219_200_000);
const TOKEN: &str = "of-the-alertmanager";

/// Answers in order; 200 and an empty list when there are no more.
#[derive(Default)]
struct Scripted {
    answers: Mutex<Vec<(u16, String)>>,
    calls: Mutex<Vec<(String, Value)>>,
}

#[async_trait]
impl Transport for Scripted {
    async fn call(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        assert_eq!(timeout, PATIENCE);
        assert_eq!(request.headers()[AUTHORIZATION], format!("Bearer {TOKEN}"));
        let what = format!("{} {}", request.method(), request.uri());
        let body = serde_json::from_slice(request.body()).unwrap_or_default();
        self.calls.lock().unwrap().push((what, body));
        let mut answers = self.answers.lock().unwrap();
        let (status, text) = if answers.is_empty() { (200, "[]".into()) } else { answers.remove(0) };
        if status == 0 {
            return Err(TransportError::NotSent(text));
        }
        Ok(http::Response::builder().status(status).body(text.into()).unwrap())
    }
}

fn alert() -> RecordId {
    RecordId::derive("watch", "T1", "1")
}

fn command(key: &str) -> CommandId {
    CommandId::new(format!("attend:{}:{key}", alert()))
}

fn silence() -> Silence {
    Silence {
        alert: alert(),
        command: command("two"),
        matchers: vec![("job".into(), "web".into()), ("alertname".into(), "a \"b\" \\ c\n".into())],
        from: NOW,
        until: NOW.plus(Duration::from_secs(7200)),
        by: "T1/UADA".into(),
        comment: "acknowledged: on it".into(),
    }
}

fn listed(id: &str, comment: &str, state: &str) -> Value {
    json!({"id": id, "comment": comment, "status": {"state": state}, "matchers": [], "createdBy": "x"})
}

fn over(answers: &[(u16, String)]) -> (Alertmanager, Arc<Scripted>) {
    let scripted = Arc::new(Scripted { answers: Mutex::new(answers.to_vec()), ..Scripted::default() });
    (Alertmanager::new("https://am.example/x/", Some(TOKEN), scripted.clone()).unwrap(), scripted)
}

/// All ports here answer at once.
fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = Box::pin(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("it waits"),
    }
}

#[test]
fn what_is_asked() {
    let (alertmanager, scripted) = over(&[]);
    assert_eq!(now(alertmanager.silence(&silence())), Ok(Silenced::Done));
    let calls = scripted.calls.lock().unwrap();
    assert_eq!(
        calls[0].0,
        "GET https://am.example/x/api/v2/silences?filter=alertname%3D%22a%20%5C%22b%5C%22%20%5C%5C%20c%5Cn%22"
    );
    assert_eq!(calls[1].0, "POST https://am.example/x/api/v2/silences");
    assert_eq!(
        calls[1].1,
        json!({
            "matchers": [
                {"name": "job", "value": "web", "isRegex": false, "isEqual": true},
                {"name": "alertname", "value": "a \"b\" \\ c\n", "isRegex": false, "isEqual": true}
            ],
            "startsAt": "2026-11-21T00:00:00Z",
            "endsAt": "2026-11-21T02:00:00Z",
            "createdBy": "T1/UADA",
            "comment": format!("acknowledged: on it [signalbox attend:{}:two]", alert())
        })
    );
    assert_eq!(calls.len(), 2);
}

#[test]
fn one_command_is_one_silence_and_the_latest_counts() {
    let mark = |key: &str| format!("snoozed [signalbox {}]", command(key));
    let other = RecordId::derive("watch", "T1", "2");
    let all = [
        ("earlier", mark("one"), "active"),
        ("over", mark("zero"), "expired"),
        ("a person's", "known, see the tracker".to_owned(), "active"),
        ("of another alert", format!("[signalbox attend:{other}:one]"), "active"),
        ("quoted", format!("as in {} before", mark("one")), "active"),
    ];
    let mut others: Vec<Value> = all.iter().map(|(id, comment, state)| listed(id, comment, state)).collect();
    let calls = |list: &[Value], end: bool| {
        let (alertmanager, scripted) = over(&[(200, json!(list).to_string())]);
        let done = if end {
            now(alertmanager.end(&alert(), &silence().matchers))
        } else {
            now(alertmanager.silence(&silence()))
        };
        assert_eq!(done, Ok(Silenced::Done));
        let calls = scripted.calls.lock().unwrap();
        let short = |c: &(String, Value)| c.0.replace("https://am.example/x/api/v2/", "");
        calls.iter().skip(1).map(short).collect::<Vec<_>>()
    };
    assert_eq!(calls(&others, false), ["POST silences", "DELETE silence/earlier"]);
    assert_eq!(calls(&others, true), ["DELETE silence/earlier"]);
    for state in ["active", "pending", "expired"] {
        others.push(listed("ours", &mark("two"), state));
        assert_eq!(calls(&others, false), ["DELETE silence/earlier"], "{state}");
        others.pop();
    }
}

#[test]
fn what_answers_mean() {
    let made = |answer: (u16, &str)| {
        let (alertmanager, _) = over(&[(200, "[]".into()), (answer.0, answer.1.into())]);
        now(alertmanager.silence(&silence()))
    };
    let long = "x".repeat(5000);
    for (status, text, refused, part) in [
        (400, "bad matcher", true, "answered 400: bad matcher"),
        (413, "", true, "answered 413"),
        (422, "{\"code\":602}", true, "602"),
        (
            401,
            "who are you, of-the-alertmanager?",
            false,
            "check ALERTMANAGER_TOKEN: who are you, [redacted]?",
        ),
        (403, "", false, "check ALERTMANAGER_TOKEN"),
        (404, "", false, "check its address"),
        (408, "", false, "408"),
        (429, "", false, "429"),
        (302, "", false, "sends elsewhere (302)"),
        (500, long.as_str(), false, "answered 500: xxx"),
        (503, "line\nbreaks\u{7}", false, "503: line breaks"),
        (0, "connection refused", false, "am.example cannot be reached: connection refused"),
    ] {
        let answer = made((status, text));
        let why = match &answer {
            Ok(Silenced::Refused(why)) if refused => why,
            Err(PortError::Unavailable(why)) if !refused => why,
            _ => panic!("{status}: {answer:?}"),
        };
        assert!(why.contains(part) && why.len() < 500 && !why.contains(TOKEN), "{why}");
    }
    let (alertmanager, scripted) = over(&[(200, "<html>log in</html>".into())]);
    let answer = now(alertmanager.silence(&silence()));
    assert!(
        matches!(&answer, Err(PortError::Unavailable(why)) if why.contains("no Alertmanager")),
        "{answer:?}"
    );
    assert_eq!(scripted.calls.lock().unwrap().len(), 1, "nothing is made where nobody knows what there is");
    // Somebody else ended it first.
    let one = listed("1", &format!("x [signalbox {}]", command("one")), "active");
    let (alertmanager, _) = over(&[(200, json!([one]).to_string()), (404, String::new())]);
    assert_eq!(now(alertmanager.end(&alert(), &[])), Ok(Silenced::Done));
}

#[test]
fn what_settings_are_taken() {
    let new = |url: &str, token| Alertmanager::new(url, token, Arc::new(Scripted::default()));
    for (url, base) in [
        ("https://am.example", "https://am.example"),
        (" http://am.example:9093/path/ ", "http://am.example:9093/path"),
        ("https://am.example/api/v2/", "https://am.example"),
    ] {
        assert_eq!(new(url, None).unwrap().base, base);
    }
    for url in
        ["", "am.example", "ftp://am.example", "https://", "https://u:geheim@am.example", "https://am/?a=b"]
    {
        let why = new(url, None).unwrap_err();
        assert!(why.contains("https://alerts.example.com") && !why.contains("geheim"), "{url}: {why}");
    }
    let why = new("https://am.example", Some("ge\nheim")).unwrap_err();
    assert!(why.contains("token") && !why.contains("heim"), "{why}");
    assert!(!format!("{:?}", new("https://am.example", Some(TOKEN)).unwrap()).contains(TOKEN));
    let given = |url: Option<&str>, token: Option<&str>| {
        let read = |setting: &Setting| if setting.name == URL { url } else { token }.map(str::to_owned);
        Alertmanager::given(&Settings::read(SETTINGS, read), Arc::new(Scripted::default()))
    };
    assert!(given(None, None).unwrap().is_none());
    assert!(given(None, Some(TOKEN)).unwrap_err().contains("ALERTMANAGER_URL"));
}
