//! Answers questions about jobs: which choices a parameter has, whether a job can be started.
//!
//! A job that is not shown may be one that the user may not see, so that is no answer.

use super::api::{Trouble, job_path};
use super::wire::Job;
use super::{Jenkins, reason};
use async_trait::async_trait;
use http::{Method, StatusCode};
use signalbox_domain::catalogue::{JenkinsTarget, Target};
use signalbox_domain::lookup::{Check, Question, Reply, Source, System, Values};
use signalbox_domain::redact::words;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Lookup, NoReply};
use std::collections::BTreeMap;

#[async_trait]
impl Lookup for Jenkins {
    fn system(&self) -> System {
        System::Jenkins
    }

    async fn ask(&self, question: &Question, until: Timestamp) -> Result<Reply, NoReply> {
        match question {
            Question::Values(Source::Jenkins { job, branch, parameter }) => {
                let choices = self.choices(job, branch.as_ref(), parameter, until).await?;
                Ok(Reply::Values(Values::tidy(choices, false)))
            }
            Question::Check(Check::Listed { value, source: Source::Jenkins { job, branch, parameter } }) => {
                let choices = self.choices(job, branch.as_ref(), parameter, until).await?;
                Ok(if choices.contains(value) {
                    Reply::Holds
                } else {
                    let value = words(value, None);
                    Reply::DoesNotHold(format!(
                        "{value} is none of the choices of {parameter} in the job {job}"
                    ))
                })
            }
            Question::Check(Check::Ready(work)) => match &work.0 {
                Target::Jenkins(target) => self.ready(target, until).await,
                Target::GitHub(_) | Target::Command(_) | Target::Batch(_) => Err(no_question()),
            },
            Question::Values(_) | Question::Check(_) | Question::Changes(_) => Err(no_question()),
        }
    }
}

fn no_question() -> NoReply {
    NoReply::because("that is no question to Jenkins")
}

impl Jenkins {
    async fn choices(
        &self,
        job: &str,
        branch: Option<&String>,
        parameter: &str,
        until: Timestamp,
    ) -> Result<Vec<String>, NoReply> {
        let target = JenkinsTarget {
            job: job.to_owned(),
            branch: branch.cloned(),
            parameters: BTreeMap::new(),
            run_parameter: None,
        };
        let declared = self.declared(&target, until).await?;
        if !declared.declares(parameter) {
            let why = format!("the job {job} declares no parameter {parameter}");
            return Err(NoReply::because(why));
        }
        let choices = declared.choices(parameter).ok_or_else(|| {
            NoReply::because(format!("the parameter {parameter} of the job {job} has no choices"))
        })?;
        Ok(choices.to_vec())
    }

    /// What a job says of itself and of its parameters.
    async fn declared(&self, target: &JenkinsTarget, until: Timestamp) -> Result<Job, NoReply> {
        let named = || words(&target.job, None);
        if !is_job(&target.job) {
            return Err(NoReply::because(format!("{} is no name of a job on Jenkins", named())));
        }
        let path = format!(
            "{}/api/json?tree=buildable,property[parameterDefinitions[name,choices]]",
            job_path(target)
        );
        // Encoded, as in every other call: brackets are not allowed in a query.
        let path = path.replace('[', "%5B").replace(']', "%5D");
        let answer = self.api.call(Method::GET, &path, None, until).await;
        let answer = answer.map_err(Trouble::why).map_err(NoReply::because)?;
        if answer.status == StatusCode::NOT_FOUND && answer.is_jenkinss() {
            let at = match &target.branch {
                Some(branch) => format!("{}, branch {}", named(), words(branch, None)),
                None => named(),
            };
            return Err(NoReply::because(format!(
                "Jenkins does not show the job {at}: there is none, or its user may not see it (Job/Read)"
            )));
        }
        answer.read().map_err(NoReply::because)
    }

    async fn ready(&self, target: &JenkinsTarget, until: Timestamp) -> Result<Reply, NoReply> {
        let declared = self.declared(target, until).await?;
        let job = &target.job;
        let undeclared =
            target.parameters.keys().chain(&target.run_parameter).find(|name| !declared.declares(name));
        Ok(match (declared.buildable, undeclared, reason::not_among_choices(&declared, target)) {
            (None, _, _) => {
                return Err(NoReply::because(format!(
                    "Jenkins does not say that {job} is a job that can be built"
                )));
            }
            (Some(false), _, _) => Reply::DoesNotHold(format!("the job {job} is disabled on Jenkins")),
            (Some(true), Some(name), _) => Reply::DoesNotHold(format!(
                "the job {job} does not declare the parameter {name}, so Jenkins would drop it"
            )),
            (Some(true), None, Some(why)) => Reply::DoesNotHold(why),
            (Some(true), None, None) => Reply::Holds,
        })
    }
}

/// Whether it can be a job with its folders: a part of only dots would lead out of its place.
fn is_job(job: &str) -> bool {
    let part = |part: &str| !matches!(part, "." | "..") && !part.chars().any(char::is_control);
    job.split('/').any(|part| !part.is_empty()) && job.split('/').all(part)
}
