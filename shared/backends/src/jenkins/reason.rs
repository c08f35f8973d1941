//! Why Jenkins, or something in front of it, refused, in words that tell people what they can do.
//!
//! What it says is outside text: at most the name of a parameter is passed on.

use super::answered::Answered;
use super::wire::Job;
use http::StatusCode;
use serde::de::DeserializeOwned;
use signalbox_domain::catalogue::JenkinsTarget;
use signalbox_domain::observation::cut_middle;

/// The longest name or list that is passed on, in characters.
const LONGEST: usize = 120;

/// What is said if something in front of Jenkins wants a login.
pub(super) const IN_FRONT: &str = "something in front of Jenkins sends us elsewhere, perhaps to log in; check \
                                   JENKINS_URL, and that API tokens may pass";
/// What is said if Jenkins itself wants a login.
pub(super) const LOG_IN: &str =
    "it wants us to log in: it does not take the API token (JENKINS_USER, JENKINS_TOKEN)";

/// Why the answer brought nothing.
pub(super) fn of(answer: &Answered) -> String {
    let code = answer.status.as_u16();
    if !answer.is_jenkinss() {
        return match answer.status {
            s if s.is_redirection() => IN_FRONT.to_owned(),
            s if s.is_success() => page_instead(code),
            _ => format!("something that is not Jenkins answered {code}"),
        };
    }
    match answer.status {
        _ if answer.leads_to_login() => format!("Jenkins sends us to its login; {LOG_IN}"),
        StatusCode::UNAUTHORIZED => {
            "Jenkins does not take the API token: give Signalbox another JENKINS_TOKEN of JENKINS_USER"
                .to_owned()
        }
        StatusCode::FORBIDDEN => {
            "Jenkins does not let its user see this: they need Overall/Read and Job/Read".to_owned()
        }
        s if s.is_success() && answer.is_html() => {
            format!("Jenkins shows a page, perhaps a login page; {LOG_IN}")
        }
        s if s.is_success() => "Jenkins's answer cannot be read".to_owned(),
        _ => format!("Jenkins answered {code}"),
    }
}

impl Answered {
    /// The JSON of the answer, or why there is none.
    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        if !self.is_jenkinss() || !self.status.is_success() {
            return Err(of(self));
        }
        serde_json::from_slice(&self.body).map_err(|_| of(self))
    }
}

/// What is said if something that is not Jenkins answered with a success.
pub(super) fn page_instead(code: u16) -> String {
    format!(
        "a login page or the like of something that is not Jenkins answered {code}; check JENKINS_URL, and that API \
         tokens may pass"
    )
}

/// The parameter that Jenkins names if a value was not one of its choices: it read the parameters, and scheduled
/// nothing.
pub(super) fn illegal_choice(answer: &Answered) -> Option<String> {
    let text = String::from_utf8_lossy(&answer.body);
    let (_, rest) = text.split_once("Illegal choice for parameter ")?;
    let name = rest.split([':', '<', '\n']).next().map(str::trim).filter(|name| !name.is_empty())?;
    Some(format!("what was given for {} is none of the job's choices", cut_middle(name, LONGEST)))
}

/// The first of our parameters whose value the job would refuse, by its present declarations.
pub(super) fn not_among_choices(job: &Job, target: &JenkinsTarget) -> Option<String> {
    target.parameters.iter().find_map(|(name, value)| {
        let choices = job.choices(name)?;
        let allowed = cut_middle(&choices.join(", "), LONGEST);
        let ours = cut_middle(value, LONGEST);
        (!choices.contains(value)).then(|| format!("{name}={ours} is none of the job's choices ({allowed})"))
    })
}
