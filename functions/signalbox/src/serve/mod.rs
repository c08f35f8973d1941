//! `signalbox serve`: HTTP, queue, dispatcher, notifier and caretaker in one process.

mod address;
mod banner;
mod engine;
mod home;
mod http;
mod key;
mod live;
mod logs;
mod loops;
mod orders;
mod practice;
mod reload;
mod rounds;
mod settle;
mod tidy;
mod tries;

pub use address::{Address, secret};
pub use engine::intents;
pub use reload::Standing;

use crate::cli::Serve;
use crate::environment::Environment;
use crate::targets::{Driven, Wanted};
use crate::{catalogue, clock::SystemClock};
use anyhow::{Context, bail};
use home::SlackHome;
use http::Limits;
use live::Live;
use reload::Reloading;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::watch;

/// The time that work in hand has to end when the server stops, counted from the end of the last connection.
const LAST: Duration = Duration::from_secs(5);

pub async fn run(options: &Serve, environment: &Environment) -> anyhow::Result<ExitCode> {
    start_log(environment);
    environment.check_addresses()?;
    let in_force = reload::seen(&options.catalogue);
    let Some(loaded) = catalogue::load(&options.catalogue, environment) else { return Ok(ExitCode::FAILURE) };
    let data = std::path::absolute(&options.data).context("the data folder")?;
    let database = signalbox_sqlite::Database::open(&data)?;
    let wanted = match (&environment.slack_bot_token, options.real) {
        (Some(_), _) => Wanted::Real,
        (None, true) => Wanted::RealOrPractice,
        (None, false) => Wanted::Practice,
    };
    // The listener comes first, because simulated systems have pages, and the addresses of those pages must be known.
    let listener = TcpListener::bind(options.listen).await.with_context(|| {
        format!("cannot listen on {}\n  help: something else does; choose another with --listen, say --listen 127.0.0.1:0", options.listen)
    })?;
    let listening = listener.local_addr()?;
    let wanted = Driven { wanted, pages: format!("http://{listening}/console") };
    let parts = engine::Parts::new(&database, &data, loaded, environment, Arc::new(SystemClock), &wanted)?;
    for (operation, help) in parts.targets.missing(&parts.catalogue) {
        tracing::warn!(%operation, help, "nothing here can carry out this operation");
    }
    let home = match (&environment.slack_bot_token, &environment.slack_signing_secret) {
        (Some(token), Some(secrets)) => SlackHome::real(token, secrets, environment)?,
        (Some(_), None) => bail!(
            "SLACK_BOT_TOKEN is set and SLACK_SIGNING_SECRET is not\n  help: find it under Basic Information → App Credentials of your Slack app; without it no request can be trusted"
        ),
        (None, Some(_)) => bail!(
            "SLACK_SIGNING_SECRET is set and SLACK_BOT_TOKEN is not\n  help: set both to serve a real Slack app (the token is under OAuth & Permissions), or neither to practise"
        ),
        (None, None) if !options.listen.ip().is_loopback() => bail!(
            "the console may be served on loopback only, and {} is not\n  help: leave --listen out, or set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET to serve a real Slack app",
            options.listen.ip()
        ),
        (None, None) => {
            practice::make_repository(&data, environment)?;
            practice::make_log(&data)?;
            SlackHome::practice(listening)?
        }
    };
    let address = home.address(listening);
    if let Some(address) = &address {
        address.save(&data)?;
    }
    if home.practice.is_none() {
        greet(&home).await;
    }
    let targets = parts.targets.told(&parts.catalogue, environment);
    banner::print(options, &data, &parts.catalogue, listening, address.as_ref(), &targets);

    let (stop, stopped) = watch::channel(false);
    let (live, now) = watch::channel(Arc::new(Live::new(&parts, &home, &data, environment)?));
    let mut loops = loops::start(&parts, &home, &data, &now, &stopped);
    let home = Arc::new(home);
    let reloading = Reloading {
        folder: options.catalogue.clone(),
        in_force,
        data: data.clone(),
        environment: Arc::new(environment.clone()),
        parts,
        home: home.clone(),
        live,
    };
    loops.push(tokio::spawn(reloading.follow(stopped.clone())));
    let hang_up = home.practice.clone();
    let asked = async move {
        asked_to_stop().await;
        stop.send(true).ok();
        if let Some(slack) = hang_up {
            slack.hang_up();
        }
    };
    http::serve(listener, live::router(now), Limits::USUAL, asked).await;
    let ended = async {
        for task in loops {
            task.await?;
        }
        anyhow::Ok(())
    };
    match tokio::time::timeout(LAST, ended).await {
        Ok(ended) => ended?,
        // Nothing is lost by that: work in hand is delivered again.
        Err(_) => tracing::warn!("something outside does not answer, and is not waited for"),
    }
    Address::forget(&data);
    outln!("Stopped. Nothing is lost: what was under way goes on, and the next start takes it up.");
    Ok(ExitCode::SUCCESS)
}

/// Says to whom this Slack belongs, or says early that the token is wrong. The server runs either way: it carries out
/// what people ask for, even though the cards have to wait.
async fn greet(home: &SlackHome) {
    match home.client.auth_test().await {
        Ok(who) => {
            outln!("Slack workspace {} ({})", who.workspace_name, who.workspace);
            for lack in who.missing {
                let word = if lack.needed { "needed" } else { "without it" };
                outln!("  The app lacks the scope {} ({word}): {}", lack.scope, lack.costs);
            }
        }
        Err(error) => {
            tracing::error!(%error, "Slack does not know this token, or cannot be reached: no card can be shown");
        }
    }
}

async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! { _ = tokio::signal::ctrl_c() => {}, _ = terminate.recv() => {} }
        }
        Err(_) => drop(tokio::signal::ctrl_c().await),
    }
}

/// Readable lines on a terminal, JSON elsewhere; to standard error, so that output can be piped.
fn start_log(environment: &Environment) {
    use std::io::IsTerminal;
    let wanted = environment.log.as_deref().unwrap_or("info");
    let filter = tracing_subscriber::EnvFilter::try_new(wanted).unwrap_or_default();
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(|| crate::paint::Log);
    // A second start in one process (tests) keeps the first one's log.
    if std::io::stderr().is_terminal() {
        log.compact().with_target(false).try_init().ok();
    } else {
        log.json().try_init().ok();
    }
}
