//! What a test may see of a Jenkins.

use serde_json::Value;

/// One call, as it came and as it was answered.
#[derive(Clone, Debug)]
pub struct JenkinsCall {
    /// `GET`, …
    pub method: String,
    /// The path with its query, as sent.
    pub path: String,
    /// The HTTP status of the answer.
    pub status: u16,
    /// When it came, by Jenkins' clock.
    pub at_ms: i64,
    /// The body as sent.
    pub body: String,
    /// How many bytes the answer's body had.
    pub answered: u64,
}

impl JenkinsCall {
    /// The value of a form field, of the body or the query.
    pub fn field(&self, name: &str) -> Option<String> {
        let query = self.path.split_once('?').map_or("", |(_, query)| query);
        let fields =
            form_urlencoded::parse(self.body.as_bytes()).chain(form_urlencoded::parse(query.as_bytes()));
        fields.into_iter().find(|(field, _)| field == name).map(|(_, value)| value.into_owned())
    }
}

/// What may go wrong with one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JenkinsFault {
    /// Jenkins' own error page with this status; not carried out.
    Status(u16),
    /// Carried out; the answer is a proxy's bare 502, so the caller cannot know.
    LostAnswer,
    /// A proxy sends the caller to a login elsewhere; not carried out.
    Login,
    /// A proxy shows its login page, with status 200; not carried out.
    LoginPage,
    /// A proxy's HTML page with this status; not carried out.
    Html(u16),
    /// Jenkins' 403 for a request without a valid crumb; not carried out.
    Crumb,
    /// Jenkins' own redirect to its login; not carried out.
    OwnLogin,
    /// Jenkins' own login page, with status 200; not carried out.
    OwnLoginPage,
    /// Jenkins' own page with this status, that says this; not carried out.
    Says(u16, String),
}

/// A build, as it is by now.
#[derive(Clone, Debug)]
pub struct BuildView {
    /// The job's path, as in the settings.
    pub job: String,
    pub number: u32,
    /// The queue item it was.
    pub queue_id: u64,
    /// How many requests it stands for.
    pub causes: usize,
    /// Names and values; booleans as `true` and `false`.
    pub parameters: Vec<(String, String)>,
    /// When it began.
    pub begun_ms: i64,
    /// Whether it is running.
    pub building: bool,
    /// `SUCCESS`, … once it is over.
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
    /// The job's path, as in the settings.
    pub job: String,
    /// How many requests it stands for.
    pub causes: usize,
    /// Names and values; booleans as `true` and `false`.
    pub parameters: Vec<(String, String)>,
    /// Since when it is there.
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
    /// The job's path, as in the settings; the body says less.
    pub job: String,
    /// What was posted.
    pub body: Value,
    /// What the app answered; none if it was lost, or if no app is attached.
    pub status: Option<u16>,
    /// It was not posted, by order of the test.
    pub lost: bool,
}

/// What becomes of notifications.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Notifications {
    /// Each is posted once.
    #[default]
    Deliver,
    /// None is posted, ever.
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
