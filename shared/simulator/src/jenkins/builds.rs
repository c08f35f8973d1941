//! What can be done with one build: stop it, and read its log.

use axum::response::Response;
use http::header::HeaderName;

use super::documents::World;
use super::http::Ask;
use super::settings::StopNeeded;
use super::state::{Build, timeline};
use super::{Jenkins, address, pages, trigger};

/// The number of a build. Some builds can also be given by one of the names that Jenkins has for them. `None` if
/// there is no such build.
pub(super) fn number(jenkins: &Jenkins, job: usize, text: &str) -> Option<u32> {
    let (now, state) = (jenkins.now_ms(), jenkins.state());
    let world = World { settings: jenkins.settings(), state: &state, now };
    let known = |build: &Build| build.number;
    match text.parse() {
        Ok(number) => state.build(job, number).map(|(_, build)| known(build)),
        Err(_) => world.named_build(job, text).map(known),
    }
}

/// `POST …/stop`, `…/term`, `…/kill`. The request is accepted even if it is too late or too weak.
pub(super) fn stop(jenkins: &Jenkins, ask: &Ask<'_>, index: usize, number: u32, how: StopNeeded) -> Response {
    let job = &jenkins.jobs()[index];
    if how > StopNeeded::Stop && !job.pipeline {
        return pages::not_found();
    }
    if !ask.post {
        return pages::post_only();
    }
    if job.forbidden {
        return trigger::denied(jenkins, "Cancel");
    }
    let now = jenkins.now_ms();
    let mut state = jenkins.state();
    let Some((build, _)) = state.build(index, number) else { return pages::not_found() };
    state.stop(jenkins.jobs(), build, how, now);
    let root = jenkins.settings().root();
    pages::redirect(302, &format!("{root}{}{number}/", address::relative(&job.path)))
}

/// `…/consoleText`
pub(super) fn console(world: &World<'_>, job: usize, number: u32) -> Response {
    world.state.build(job, number).map_or_else(pages::not_found, |(_, build)| pages::text(log(world, build)))
}

/// `…/logText/progressiveText?start=`. The lines of the answer end in CRLF, but the sizes count the log as it is
/// stored. So the next offset is not the sum of the old one and the length of the body.
pub(super) fn progressive(world: &World<'_>, job: usize, number: u32, start: Option<&str>) -> Response {
    let Some((_, build)) = world.state.build(job, number) else { return pages::not_found() };
    let Ok(start) = start.map_or(Ok(0), str::parse) else { return pages::oops() };
    let log = log(world, build);
    let rest = log.as_bytes().get(start..).unwrap_or(log.as_bytes());
    let mut response = pages::text(String::from_utf8_lossy(rest).replace('\n', "\r\n"));
    pages::header(&mut response, HeaderName::from_static("x-text-size"), &log.len().to_string());
    if timeline(&world.settings.jobs, build).building(world.now) {
        pages::header(&mut response, HeaderName::from_static("x-more-data"), "true");
    }
    response
}

pub(super) fn log(world: &World<'_>, build: &Build) -> String {
    let line = timeline(&world.settings.jobs, build);
    line.log(&world.settings.jobs[build.job], &world.settings.user, &build.stops, world.now)
}
