//! Several calls at once at a cold start: what the first learns from its answer, each of the others learns from its
//! own.

use super::*;
use bytes::Bytes;
use http::{Request, Response};
use signalbox_domain::ids::RunId;
use signalbox_engine::ports::TransportError;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;
use std::task::{Context, Poll, Waker};

/// 2026-11-21T00:00:00Z.
struct Noon;

impl Clock for Noon {
    fn now(&self) -> Timestamp {
        Timestamp(1_795_219_200_000)
    }
}

/// A server that answers nobody until all have asked.
struct Together {
    together: usize,
    asked: Mutex<usize>,
    answer: fn(&Request<Bytes>) -> (u16, &'static str),
}

#[async_trait]
impl Transport for Together {
    async fn call(&self, request: Request<Bytes>, _: Duration) -> Result<Response<Bytes>, TransportError> {
        *self.asked.lock().unwrap() += 1;
        std::future::poll_fn(|_| {
            if *self.asked.lock().unwrap() >= self.together { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
        let (status, body) = (self.answer)(&request);
        let answer = Response::builder().status(status).header("x-github-request-id", "1");
        Ok(answer.body(Bytes::from_static(body.as_bytes())).unwrap())
    }
}

fn attempt(n: u64) -> Attempt {
    let target = GitHubTarget {
        repository: "acme/shop".into(),
        workflow: "deploy.yml".into(),
        git_ref: "main".into(),
        inputs: BTreeMap::new(),
        run_input: Some("run".into()),
    };
    Attempt {
        run: RunId::derive("test", "T", &n.to_string()),
        attempt: 1,
        work: Work(Target::GitHub(target)),
        began: Noon.now(),
        reference: None,
        stop_asked: None,
    }
}

fn dispatched_together(
    credentials: Credentials,
    together: usize,
    answer: fn(&Request<Bytes>) -> (u16, &'static str),
) -> Vec<DispatchAnswer> {
    let transport = Arc::new(Together { together, asked: Mutex::default(), answer });
    let settings =
        GitHubSettings { api_url: "https://github.example/api/v3".into(), credentials, timing: TIMING };
    let github = GitHub::new(settings, transport, Arc::new(Noon)).unwrap();
    let attempts: Vec<_> = (0..4).map(attempt).collect();
    let until = Noon.now().plus(Duration::from_secs(10));
    let mut calls: Vec<Pin<Box<dyn Future<Output = DispatchAnswer> + Send + '_>>> =
        attempts.iter().map(|attempt| github.dispatch(attempt, until)).collect();
    let mut answers = vec![];
    while !calls.is_empty() {
        calls.retain_mut(|call| match call.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(answer) => {
                answers.push(answer);
                false
            }
            Poll::Pending => true,
        });
    }
    answers
}

/// All four were sent with the version that an older server refuses; each of them falls back, not only the first.
#[test]
fn of_four_dispatches_at_once_each_falls_back_to_the_version_that_an_older_server_knows() {
    let answers = dispatched_together(Credentials::Token("github_pat_x".into()), 4, |request| {
        if request.headers()["x-github-api-version"] == answer::VERSION {
            (400, r#"{"message": "Invalid API version"}"#)
        } else {
            (204, "")
        }
    });
    let sent = answers.iter().filter(|a| matches!(a, DispatchAnswer::Sent { .. })).count();
    assert_eq!(sent, 4, "{answers:?}");
}
