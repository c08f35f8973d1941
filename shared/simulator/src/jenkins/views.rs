//! What a test can see of a Jenkins.

use serde_json::Value;

/// One call and the status of its answer.
#[derive(Clone, Debug)]
pub struct JenkinsCall {
    /// `GET`, …
    pub method: String,
    /// The path with its query, as it was sent.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// When the call came, by Jenkins' clock.
    pub at_ms: i64,
    /// The body as it was sent.
    pub body: String,
    /// How many bytes the answer's body had.
    pub answered: u64,
}

impl JenkinsCall {
    /// The value of a form field in the body or in the query.
    pub fn field(&self, name: &str) -> Option<String> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let fields =
            form_urlencoded::parse(self.body.as_bytes()).chain(form_urlencoded::parse(query.as_bytes()));
        fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
    }
}

/// What may go wrong with one call. Every fault says whether the call is carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JenkinsFault {
    /// Jenkins' own error page with this status. Not carried out.
    Status(u16),
    /// Carried out, but the answer is a proxy's bare 502, so the caller cannot know.
    LostAnswer,
    /// A proxy redirects the caller to a login on another host. Not carried out.
    Login,
    /// A proxy shows its login page with status 200. Not carried out.
    LoginPage,
    /// A proxy's HTML page with this status. Not carried out.
    Html(u16),
    /// Jenkins' 403 for a request without a valid crumb. Not carried out.
    Crumb,
    /// Jenkins' own redirect to its login. Not carried out.
    OwnLogin,
    /// Jenkins' own login page with status 200. Not carried out.
    OwnLoginPage,
    /// Jenkins' own error page with this status and text. Not carried out.
    Says(u16, String),
}

/// A build as it is now.
#[derive(Clone, Debug)]
pub struct BuildView {
    /// The job's path as it is in the settings.
    pub job: String,
    pub number: u32,
    /// The id of the queue item that became this build.
    pub queue_id: u64,
    /// How many requests were merged into it.
    pub causes: usize,
    /// Names and values. Booleans are `true` and `false`.
    pub parameters: Vec<(String, String)>,
    /// When it began.
    pub begun_ms: i64,
    /// Whether it is running.
    pub building: bool,
    /// `SUCCESS`, … when it is over.
    pub result: Option<&'static str>,
}

impl BuildView {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        value_of(&self.parameters, name)
    }
}

/// An item that is still in the queue.
#[derive(Clone, Debug)]
pub struct QueueView {
    pub id: u64,
    /// The job's path as it is in the settings.
    pub job: String,
    /// How many requests were merged into it.
    pub causes: usize,
    /// Names and values. Booleans are `true` and `false`.
    pub parameters: Vec<(String, String)>,
    /// When it was put into the queue.
    pub since_ms: i64,
}

impl QueueView {
    /// The value of a parameter.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        value_of(&self.parameters, name)
    }
}

/// One attempt to tell the app about a build.
#[derive(Clone, Debug)]
pub struct NotificationDelivery {
    /// `QUEUED`, `STARTED`, `COMPLETED` or `FINALIZED`.
    pub phase: &'static str,
    /// The job's path as it is in the settings. The body says less.
    pub job: String,
    /// What was posted.
    pub body: Value,
    /// The status of the app's answer. `None` if the notification was lost, or if no app is attached.
    pub status: Option<u16>,
    /// It was not posted because the test asked for that.
    pub lost: bool,
}

/// What happens to notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notifications {
    /// Each is posted once.
    #[default]
    Deliver,
    /// None is ever posted.
    Lose,
    /// Each is posted twice.
    Twice,
}

pub(super) fn texts(values: &[(String, Value)]) -> Vec<(String, String)> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    values.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}

fn value_of<'a>(parameters: &'a [(String, String)], name: &str) -> Option<&'a str> {
    parameters.iter().find(|(parameter, _)| parameter == name).map(|(_, value)| value.as_str())
}
