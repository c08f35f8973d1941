//! What the app can do in a Slack.

/// What the app can do in this Slack.
pub(crate) struct Means<'m> {
    /// The address below which Slack can fetch its pictures.
    pub(crate) public: Option<&'m str>,
    /// The workspace's own name in addresses: links to messages begin with it.
    pub(crate) domain: Option<&'m str>,
}

impl Means<'_> {
    /// No pictures, no links to messages.
    pub(crate) const NONE: Self = Self { public: None, domain: None };
}
