//! What the app can do where it is.

/// What the app can do in this Slack.
pub(crate) struct Means<'m> {
    /// Where the world finds its pictures.
    pub(crate) public: Option<&'m str>,
    /// The workspace's own name in addresses: links to messages begin with it.
    pub(crate) domain: Option<&'m str>,
}

impl Means<'_> {
    /// No pictures, no links to messages.
    pub(crate) const NONE: Self = Self { public: None, domain: None };
}
