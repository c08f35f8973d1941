//! What an answer to `buildWithParameters` means, according to Jenkins's own source,
//! <https://github.com/jenkinsci/jenkins/blob/master/core/src/main/java/hudson/model/ParametersDefinitionProperty.java>.
//!
//! The whole truth table is [`meaning`]. If in doubt, maybe: the search will prove it either way.

use super::answered::Answered;
use super::api::Trouble;
use super::reason;
use super::reference::Reference;
use http::StatusCode;
use signalbox_domain::run::DispatchAnswer;

/// What an answer means.
pub(super) fn meaning(answer: Result<Answered, Trouble>) -> DispatchAnswer {
    let answer = match answer {
        Ok(answer) => answer,
        Err(Trouble::NotSent(why)) => return DispatchAnswer::NotSent { why, rest: None },
        Err(Trouble::NoAnswer(why)) => return DispatchAnswer::MaybeSent { why },
    };
    let code = answer.status.as_u16();
    let refused = |why: &str| DispatchAnswer::Refused { why: format!("Jenkins refused it: {why}") };
    let maybe = |who: &str| DispatchAnswer::MaybeSent { why: format!("{who} answered {code}") };
    if !answer.is_jenkinss() {
        return match answer.status {
            // Something before Jenkins redirected or refused the request, so Jenkins did not see it.
            s if s.is_redirection() => DispatchAnswer::Refused { why: reason::IN_FRONT.to_owned() },
            StatusCode::REQUEST_TIMEOUT => maybe("something in front of Jenkins"),
            s if s.is_client_error() => DispatchAnswer::Refused {
                why: format!("something in front of Jenkins turned it away ({code})"),
            },
            // A login page says 200 too; nobody knows whether Jenkins got the request.
            s if s.is_success() => DispatchAnswer::MaybeSent { why: reason::page_instead(code) },
            _ => maybe("something that is not Jenkins"),
        };
    }
    match answer.status {
        StatusCode::CREATED => sent(&answer, false),
        // An identical item was in the queue already, and ours was merged into it.
        StatusCode::SEE_OTHER if answer.queue_item().is_some() => sent(&answer, true),
        _ if answer.leads_to_login() => refused(reason::LOG_IN),
        // Jenkins points back to the job's page: it scheduled nothing.
        StatusCode::FOUND | StatusCode::SEE_OTHER => {
            refused("it did not schedule the build (a plugin said no, or it is about to shut down)")
        }
        // Jenkins threw this error while it read the parameters, before anything was scheduled.
        s if s.is_client_error() || s.is_server_error() => match reason::illegal_choice(&answer) {
            Some(why) => refused(&why),
            None => otherwise(&answer),
        },
        s if s.is_success() && answer.is_html() => DispatchAnswer::MaybeSent { why: reason::of(&answer) },
        _ => maybe("Jenkins"),
    }
}

/// What an error of Jenkins's own means, by its status.
fn otherwise(answer: &Answered) -> DispatchAnswer {
    let code = answer.status.as_u16();
    let refused = |why: &str| DispatchAnswer::Refused { why: format!("Jenkins refused it: {why}") };
    let maybe = || DispatchAnswer::MaybeSent { why: format!("Jenkins answered {code}") };
    match answer.status {
        StatusCode::BAD_REQUEST => refused("the job takes no parameters, or not these"),
        StatusCode::UNAUTHORIZED => refused("user and API token are not right"),
        StatusCode::FORBIDDEN => refused("the user may not build this job, or this is no API token"),
        StatusCode::NOT_FOUND => refused("there is no such job, or the user may not see it"),
        StatusCode::CONFLICT => refused("the job is disabled, or cannot be built now"),
        StatusCode::REQUEST_TIMEOUT => maybe(),
        s if s.is_client_error() => refused(&format!("it answered {code}")),
        _ => maybe(),
    }
}

fn sent(answer: &Answered, merged: bool) -> DispatchAnswer {
    let reference = answer.queue_item().map(|item| Reference::Queued { item, merged }.to_string());
    DispatchAnswer::Sent { reference, link: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bytes::Bytes;
    use http::{HeaderMap, HeaderValue, header::LOCATION};

    fn answered(status: u16, jenkinss: bool, location: &'static str) -> Result<Answered, Trouble> {
        let mut headers = HeaderMap::new();
        if jenkinss {
            headers.insert("x-jenkins", HeaderValue::from_static("2.579"));
        }
        if !location.is_empty() {
            headers.insert(LOCATION, HeaderValue::from_static(location));
        }
        Ok(Answered { status: StatusCode::from_u16(status).unwrap(), headers, body: Bytes::new() })
    }

    fn word(answer: Result<Answered, Trouble>) -> String {
        match meaning(answer) {
            DispatchAnswer::Sent { reference, .. } => format!("sent {}", reference.unwrap_or_default()),
            DispatchAnswer::NotSent { .. } => "not sent".to_owned(),
            DispatchAnswer::Refused { .. } => "refused".to_owned(),
            DispatchAnswer::MaybeSent { .. } => "maybe".to_owned(),
            DispatchAnswer::Fenced => "fenced".to_owned(),
        }
    }

    /// One by one. If this table changes, change `docs/jenkins.md` too.
    #[test]
    fn what_every_answer_means() {
        let item = "https://ci.example/queue/item/55/";
        for (status, jenkinss, location, expect) in [
            (201, true, item, "sent queue/55"),
            (201, true, "", "sent "),
            (303, true, item, "sent queue/55/merged"),
            (303, true, "/job/deploy/", "refused"),
            (302, true, ".", "refused"),
            (302, true, "https://ci.example/securityRealm/commenceLogin?from=%2F", "refused"),
            (302, true, "/login?from=%2Fjob%2Fdeploy", "refused"),
            (302, false, "https://sso.example/login", "refused"),
            (303, false, item, "refused"),
            (201, false, "", "maybe"),
            (200, true, "", "maybe"),
            (200, false, "", "maybe"),
            (400, true, "", "refused"),
            (401, true, "", "refused"),
            (401, false, "", "refused"),
            (403, true, "", "refused"),
            (404, true, "", "refused"),
            (405, true, "", "refused"),
            (407, false, "", "refused"),
            (408, false, "", "maybe"),
            (409, true, "", "refused"),
            (500, true, "", "maybe"),
            (502, false, "", "maybe"),
            (503, true, "", "maybe"),
            (503, false, "", "maybe"),
            (504, false, "", "maybe"),
        ] {
            assert_eq!(word(answered(status, jenkinss, location)), expect, "{status} {jenkinss} {location}");
        }
        assert_eq!(word(Err(Trouble::NotSent("connection refused".into()))), "not sent");
        assert_eq!(word(Err(Trouble::NoAnswer("timed out".into()))), "maybe");
    }
}
