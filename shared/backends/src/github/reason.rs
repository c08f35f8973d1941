//! Why GitHub refused, in words that tell people what they can do:
//! <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>.
//!
//! What GitHub says is outside text: it is cut and passed on, and nothing is decided by it.

use super::answer::Answered;
use http::StatusCode;
use signalbox_domain::time::Timestamp;

/// A longer link is not one that GitHub gives, in bytes.
const LONGEST_LINK: usize = 300;
/// Clocks that differ by less than this are not wrong, in milliseconds.
const SKEW_MS: i64 = 60_000;

/// Why the answer brought nothing.
pub(super) fn of(answer: &Answered) -> String {
    let message = answer.message();
    match answer.status {
        s if s.is_redirection() => moved(answer),
        s if s.is_success() && !answer.is_githubs() => {
            format!(
                "a login page or the like answered {} in GitHub's place; check GITHUB_API_URL and the proxy",
                s.as_u16()
            )
        }
        _ if !answer.is_githubs() => message,
        StatusCode::UNAUTHORIZED => {
            format!(
                "GitHub says the token has ended or is wrong ({message}): give Signalbox another GITHUB_TOKEN, or look \
                 at its GitHub App"
            )
        }
        StatusCode::FORBIDDEN => forbidden(answer, &message),
        s if message.contains(s.as_str()) => message,
        s => format!("GitHub answered {}: {message}", s.as_u16()),
    }
}

/// What is said if GitHub, or something in front of it, points elsewhere.
pub(super) fn moved(answer: &Answered) -> String {
    if answer.is_githubs() {
        "the repository was renamed or moved: write its present name into the catalogue".to_owned()
    } else {
        "something in front of GitHub sends us elsewhere, perhaps to log in; check GITHUB_API_URL and the proxy".to_owned()
    }
}

/// A 403 has many reasons, and a missing permission is only one of them.
fn forbidden(answer: &Answered, message: &str) -> String {
    let says = |part: &str| message.to_ascii_lowercase().contains(part);
    let sso = answer.headers.get("x-github-sso").and_then(|value| value.to_str().ok());
    let advice = if sso.is_some() || says("saml") {
        let link = sso.and_then(link).map(|url| format!(": {url}")).unwrap_or_default();
        format!("the organisation wants single sign-on; whoever owns the token allows it there{link}")
    } else if says("ip allow list") {
        "the organisation's IP allow list lacks this server's address; an owner of the organisation adds it"
            .to_owned()
    } else if says("archived") {
        "the repository is archived; unarchive it, or take it out of the catalogue".to_owned()
    } else if says("suspended") {
        "whoever owns the account, or the App's installation, has that lifted".to_owned()
    } else if says("not accessible by") || answer.headers.contains_key("x-accepted-github-permissions") {
        "the token needs the permission \"Actions: write\" on this repository".to_owned()
    } else {
        return message.to_owned();
    };
    format!("{message}; {advice}")
}

/// The link in `X-GitHub-SSO: required; url=…`.
fn link(header: &str) -> Option<&str> {
    let url = header.split(';').find_map(|part| part.trim().strip_prefix("url="))?;
    let plain = !url.contains(|c: char| c.is_whitespace() || c == '<' || c == '>');
    (url.starts_with("https://") && plain && url.len() <= LONGEST_LINK).then_some(url)
}

/// What is wrong if the App's own proof was refused for its times; `None` if it was not refused for that.
pub(super) fn clocks(answer: &Answered, now: Timestamp) -> Option<String> {
    let message = answer.message();
    let of_time =
        ["'Issued at'", "'Expiration time'", "(iat)", "(exp)"].iter().any(|part| message.contains(part));
    if answer.status != StatusCode::UNAUTHORIZED || !of_time {
        return None;
    }
    let date = answer.headers.get(http::header::DATE).and_then(|date| date.to_str().ok());
    let theirs = date.and_then(|date| jiff::fmt::rfc2822::parse(date).ok())?.timestamp().as_millisecond();
    let ahead = now.0.saturating_sub(theirs);
    let word = if ahead > 0 { "ahead of" } else { "behind" };
    (ahead.abs() >= SKEW_MS).then(|| {
        format!(
            "this server's clock is {} minutes {word} GitHub's, so the App's proof is not valid: set the clock right",
            (ahead.abs() + SKEW_MS / 2) / SKEW_MS
        )
    })
}

/// Why an App is refused when it asks for its installation or for a token.
pub(super) fn of_app(answer: &Answered, path: &str, now: Timestamp) -> String {
    if let Some(why) = clocks(answer, now) {
        return why;
    }
    let message = answer.message();
    let repository = path.strip_prefix("/repos/").and_then(|rest| rest.strip_suffix("/installation"));
    match repository {
        Some(repository) if answer.status == StatusCode::NOT_FOUND && !message.contains("Integration") => {
            format!(
                "the GitHub App is not installed on {repository}, or there is no such repository: an owner installs it there"
            )
        }
        Some(_) | None => format!("the GitHub App is not let in: {message}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_link_of_a_single_sign_on() {
        let url = "https://github.com/orgs/acme/sso?authorization_request=A1";
        assert_eq!(link(&format!("required; url={url}")), Some(url));
        assert_eq!(link("partial-results; organizations=21955855,20582480"), None);
        assert_eq!(link("required; url=javascript:alert(1)"), None);
        assert_eq!(link("required; url=https://x.example/<!channel>"), None);
        assert_eq!(link(&format!("required; url=https://x.example/{}", "a".repeat(300))), None);
    }
}
