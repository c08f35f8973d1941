//! Questions to Jenkins, over the simulated one.

use super::{ask, clock, denied, listed, unanswered};
use signalbox_backends::{Jenkins, JenkinsSettings, jenkins};
use signalbox_domain::catalogue::{JenkinsTarget, Target};
use signalbox_domain::intent::Work;
use signalbox_domain::lookup::{Check, Question, Reply, Source};
use signalbox_simulator::jenkins::{self as simulated, Job, ParameterDefinition};
use signalbox_transport::InMemory;
use std::sync::Arc;

fn deploy() -> Job {
    Job::pipeline("web/deploy")
        .parameter(ParameterDefinition::choice("SIZE", &["small", "large"]))
        .parameter(ParameterDefinition::string("VERSION", ""))
        .parameter(ParameterDefinition::string("RUN", ""))
}

fn server(job: Job, token: Option<&str>) -> Jenkins {
    let settings = simulated::JenkinsSettings::new(vec![job], Arc::new(|| 1_795_219_200_000));
    let user = settings.user.clone();
    let token = token.map_or_else(|| settings.token.clone(), str::to_owned);
    let transport = Arc::new(InMemory(simulated::Jenkins::new(settings).http()));
    let settings =
        JenkinsSettings { url: "https://ci.example/".into(), user, token, timing: jenkins::TIMING };
    Jenkins::new(&settings, transport, clock()).unwrap()
}

fn source(job: &str, parameter: &str) -> Source {
    Source::Jenkins { job: job.to_owned(), branch: None, parameter: parameter.to_owned() }
}

async fn ready(server: &Jenkins, job: &str, parameters: &[(&str, &str)]) -> Result<Reply, String> {
    let target = JenkinsTarget {
        job: job.into(),
        branch: None,
        parameters: parameters.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect(),
        run_parameter: Some("RUN".into()),
    };
    ask(server, Question::Check(Check::Ready(Work(Target::Jenkins(target))))).await
}

#[tokio::test]
async fn the_choices_of_a_parameter_are_its_list() {
    let server = server(deploy(), None);
    let of = |job: &str, parameter: &str| Question::Values(source(job, parameter));
    assert_eq!(
        listed(ask(&server, of("web/deploy", "SIZE")).await),
        (vec!["small".into(), "large".into()], false)
    );
    let check = |value: &str| {
        Question::Check(Check::Listed { value: value.into(), source: source("web/deploy", "SIZE") })
    };
    assert_eq!(ask(&server, check("large")).await, Ok(Reply::Holds));
    assert_eq!(
        denied(ask(&server, check("larg")).await),
        "larg is none of the choices of SIZE in the job web/deploy"
    );
    for (job, parameter, says) in [
        ("web/deploy", "VERSION", "has no choices"),
        ("web/deploy", "NOPE", "declares no parameter NOPE"),
        ("web/other", "SIZE", "does not show the job web/other"),
        ("web/../deploy", "SIZE", "no name of a job"),
        ("", "SIZE", "no name of a job"),
    ] {
        let said = unanswered(ask(&server, of(job, parameter)).await);
        assert!(said.contains(says), "{said}");
    }
}

#[tokio::test]
async fn a_job_that_takes_what_it_is_given_is_ready() {
    let known = server(deploy(), None);
    assert_eq!(ready(&known, "web/deploy", &[("SIZE", "small"), ("VERSION", "1")]).await, Ok(Reply::Holds));
    let said = denied(ready(&known, "web/deploy", &[("OTHER", "1")]).await);
    assert!(said.contains("does not declare the parameter OTHER"), "{said}");
    let said = denied(ready(&known, "web/deploy", &[("SIZE", "huge")]).await);
    assert!(said.contains("SIZE=huge is none of the job's choices"), "{said}");
    let disabled = server(Job { disabled: true, ..deploy() }, None);
    assert_eq!(
        denied(ready(&disabled, "web/deploy", &[]).await),
        "the job web/deploy is disabled on Jenkins"
    );
    let without = server(Job::pipeline("web/deploy"), None);
    assert!(denied(ready(&without, "web/deploy", &[]).await).contains("does not declare the parameter RUN"));
    // What cannot be seen may be there.
    unanswered(ready(&known, "web/other", &[]).await);
    unanswered(ready(&known, "web", &[]).await);
    let refused = server(deploy(), Some("another token"));
    assert!(unanswered(ready(&refused, "web/deploy", &[]).await).contains("JENKINS_TOKEN"));
}
