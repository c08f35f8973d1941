//! What an answer to `workflow_dispatch` means:
//! <https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event>
//!
//! The whole truth table is [`meaning`]: not sent, refused, or maybe sent. If in doubt, maybe.

use super::answer::{Answered, Trouble};
use super::reason;
use http::StatusCode;
use serde::Deserialize;
use signalbox_domain::run::DispatchAnswer;

#[derive(Deserialize)]
struct Started {
    workflow_run_id: Option<u64>,
    html_url: Option<String>,
}

/// What an answer means.
pub(super) fn meaning(answer: Result<Answered, Trouble>) -> DispatchAnswer {
    let answer = match answer {
        Ok(answer) => answer,
        Err(Trouble::NotSent(why, rest)) => return DispatchAnswer::NotSent { why, rest },
        Err(Trouble::NoAnswer(why)) => return DispatchAnswer::MaybeSent { why },
        Err(Trouble::NotLetIn(why)) => return DispatchAnswer::Refused { why },
    };
    if let Some(rest) = answer.limited {
        let why = format!("GitHub's rate limit: {}", answer.message());
        return DispatchAnswer::NotSent { why, rest: Some(rest) };
    }
    if answer.is_too_young {
        let why =
            format!("GitHub does not know the App's new token yet ({}); nothing was sent", answer.message());
        return DispatchAnswer::NotSent { why, rest: None };
    }
    let code = answer.status.as_u16();
    match answer.status {
        // The login page of something in front of GitHub says 200 too; nobody knows whether GitHub got the request.
        s if s.is_success() && !answer.is_githubs() => {
            DispatchAnswer::MaybeSent { why: format!("something that is not GitHub answered {code}") }
        }
        s if s.is_success() => sent(&answer),
        // Our client follows no redirects. A dispatch to a repository that moved started nothing.
        s if s.is_redirection() => DispatchAnswer::Refused { why: reason::moved(&answer) },
        // Something on the way stopped waiting; the request may have been passed on.
        StatusCode::REQUEST_TIMEOUT => {
            DispatchAnswer::MaybeSent { why: format!("no answer in time ({code})") }
        }
        s if s.is_client_error() => DispatchAnswer::Refused { why: refused(&answer) },
        _ => DispatchAnswer::MaybeSent { why: format!("GitHub answered {code}, and may have started it") },
    }
}

fn sent(answer: &Answered) -> DispatchAnswer {
    // Older servers answer 204 and nothing else: the run has to be found by its name.
    let started: Option<Started> = serde_json::from_slice(&answer.body).ok();
    let id = started.as_ref().and_then(|s| s.workflow_run_id);
    DispatchAnswer::Sent { reference: id.map(|id| id.to_string()), link: started.and_then(|s| s.html_url) }
}

fn refused(answer: &Answered) -> String {
    let why = match answer.status {
        StatusCode::NOT_FOUND => format!(
            "{}; the workflow is not on the default branch, or the token may not see the repository",
            answer.message()
        ),
        // What GitHub says about the request itself says enough.
        StatusCode::BAD_REQUEST | StatusCode::UNPROCESSABLE_ENTITY => answer.message(),
        _ => reason::of(answer),
    };
    format!("GitHub refused it: {why}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::HeaderMap;
    use std::time::Duration;

    fn answered(status: u16, githubs: bool, body: &'static str) -> Result<Answered, Trouble> {
        let mut headers = HeaderMap::new();
        if githubs {
            headers.insert("x-github-request-id", http::HeaderValue::from_static("1"));
        }
        let status = StatusCode::from_u16(status).unwrap();
        Ok(Answered {
            status,
            headers,
            body: Bytes::from_static(body.as_bytes()),
            limited: None,
            is_too_young: false,
            is_kept: false,
            unchanged: false,
            version: super::super::answer::VERSION,
        })
    }

    /// The meaning in a word: `sent 7`, `not sent`, `refused` or `maybe`.
    fn word(answer: Result<Answered, Trouble>) -> String {
        match meaning(answer) {
            DispatchAnswer::Sent { reference, .. } => format!("sent {}", reference.unwrap_or_default()),
            DispatchAnswer::NotSent { .. } => "not sent".to_owned(),
            DispatchAnswer::Refused { .. } => "refused".to_owned(),
            DispatchAnswer::MaybeSent { .. } => "maybe".to_owned(),
            DispatchAnswer::Fenced => "fenced".to_owned(),
        }
    }

    /// One by one. If this table changes, change `docs/github.md` too.
    #[test]
    fn what_every_answer_means() {
        for (status, githubs, body, expect) in [
            (200, true, r#"{"workflow_run_id":7,"run_url":"u","html_url":"h"}"#, "sent 7"),
            (200, true, "", "sent "),
            (204, true, "", "sent "),
            (201, true, "{}", "sent "),
            (200, false, "<html>Please log in", "maybe"),
            (204, false, "", "maybe"),
            (301, true, "", "refused"),
            (302, false, "", "refused"),
            (307, true, "", "refused"),
            (400, true, r#"{"message":"Problems parsing JSON"}"#, "refused"),
            (401, true, r#"{"message":"Bad credentials"}"#, "refused"),
            (403, true, r#"{"message":"Resource not accessible by integration"}"#, "refused"),
            (404, true, r#"{"message":"Not Found"}"#, "refused"),
            (407, false, "", "refused"),
            (408, false, "", "maybe"),
            (410, true, "", "refused"),
            (415, true, "", "refused"),
            (422, true, r#"{"message":"Unexpected inputs provided: [\"x\"]"}"#, "refused"),
            (500, true, "", "maybe"),
            (502, false, "", "maybe"),
            (503, false, "", "maybe"),
            (504, false, "", "maybe"),
        ] {
            assert_eq!(word(answered(status, githubs, body)), expect, "{status} {body}");
        }
        let limited =
            answered(403, true, "").map(|a| Answered { limited: Some(Duration::from_secs(9)), ..a });
        assert!(
            matches!(meaning(limited), DispatchAnswer::NotSent { rest: Some(rest), .. } if rest.as_secs() == 9)
        );
        let limited =
            answered(429, true, "").map(|a| Answered { limited: Some(Duration::from_secs(9)), ..a });
        assert_eq!(word(limited), "not sent");
        let young = answered(404, true, "").map(|a| Answered { is_too_young: true, ..a });
        assert_eq!(word(young), "not sent");
        assert_eq!(word(Err(Trouble::NotSent("connection refused".into(), None))), "not sent");
        assert_eq!(word(Err(Trouble::NoAnswer("timed out".into()))), "maybe");
        assert_eq!(word(Err(Trouble::NotLetIn("no such App".into()))), "refused");
    }

    #[test]
    fn a_refusal_says_what_to_do() {
        let DispatchAnswer::Refused { why } =
            meaning(answered(403, true, r#"{"message":"Resource not accessible by integration"}"#))
        else {
            panic!("not refused");
        };
        assert!(why.contains("not accessible") && why.contains("Actions: write"), "{why}");
        let DispatchAnswer::Refused { why } = meaning(answered(403, true, r#"{"message":"Nope"}"#)) else {
            panic!("not refused");
        };
        assert!(why.contains("Nope") && !why.contains("Actions: write"), "nobody knows that: {why}");
    }
}
