//! The app's scopes, and what each is for: if one is missing, people are told what does not work, and everything else
//! still does: <https://docs.slack.dev/reference/scopes>.

/// A scope that the app lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MissingScope {
    /// As Slack calls it: `chat:write`.
    pub scope: &'static str,
    /// What cannot be done without it.
    pub costs: &'static str,
    /// Whether nothing useful works without it.
    pub needed: bool,
}

const fn scope(scope: &'static str, costs: &'static str, needed: bool) -> MissingScope {
    MissingScope { scope, costs, needed }
}

/// The scope for hearing what people say in the threads of public channels.
pub(crate) const HEARING: &str = "channels:history";

const FOUND_AGAIN: &str =
    "a card whose posting was not confirmed is not found again there, and may be followed by a second one";

const ALL: [MissingScope; 8] = [
    scope("commands", "there are no slash commands", true),
    scope("chat:write", "no card can be posted, and nobody is answered in private", true),
    scope(
        "metadata.message:read",
        "a card whose posting was not confirmed is not found again, and may be followed by a second one",
        false,
    ),
    scope(
        HEARING,
        "in public channels words in an alert's thread are not heard; a card whose posting was not confirmed may be followed by a second one",
        false,
    ),
    scope(
        "groups:history",
        "in private channels words in an alert's thread are not heard; a card whose posting was not confirmed may be followed by a second one",
        false,
    ),
    scope("app_mentions:read", "mentions of the app are not heard", false),
    scope("im:history", FOUND_AGAIN, false),
    scope("im:write", FOUND_AGAIN, false),
];

/// The scopes that are missing from a comma-separated list, which Slack sends in `x-oauth-scopes` with each answer
/// (<https://docs.slack.dev/authentication/installing-with-oauth>).
#[must_use]
pub fn missing(granted: &str) -> Vec<MissingScope> {
    let granted: Vec<&str> = granted.split(',').map(str::trim).collect();
    ALL.into_iter().filter(|scope| !granted.contains(&scope.scope)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lacks_is_named() {
        let all: Vec<&str> = ALL.iter().map(|s| s.scope).collect();
        assert_eq!(missing(&all.join(", ")), []);
        let names = |granted: &str| missing(granted).iter().map(|s| s.scope).collect::<Vec<_>>();
        assert_eq!(
            names(
                "commands,chat:write,chat:write.public,metadata.message:read,channels:history,groups:history,im:history,app_mentions:read"
            ),
            ["im:write"]
        );
        assert_eq!(names("").len(), ALL.len());
        assert!(missing("commands").iter().any(|s| s.scope == "chat:write" && s.needed));
    }
}
