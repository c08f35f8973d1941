//! Which Slack this server speaks to: a real one, or the practice one behind the console.

use super::engine::Parts;
use super::{Address, practice, secret};
use crate::environment::Environment;
use axum::Router;
use signalbox_doors::{SlackDoor, charts_router, health_router, slack_router};
use signalbox_engine::ports::Transport;
use signalbox_simulator::{Slack, console};
use signalbox_slack::{DEFAULT_API_URL, Secrets, SlackClient};
use signalbox_transport::{InMemory, Reqwest};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;

/// A Slack, and what its requests are verified by.
pub struct SlackHome {
    pub client: Arc<SlackClient>,
    /// The practice Slack, if the server speaks to that.
    pub practice: Option<Slack>,
    secrets: Secrets,
    token: Option<String>,
}

impl SlackHome {
    /// A real app. The console does not exist with it.
    pub fn real(token: &str, secrets: &str, environment: &Environment) -> anyhow::Result<Self> {
        let transport = Reqwest::new().map_err(anyhow::Error::msg)?;
        let url = environment.slack_api_url.as_deref().unwrap_or(DEFAULT_API_URL);
        let public = environment.public_url.clone();
        let client = client(Arc::new(transport), url, token, public)?;
        Ok(Self { client, practice: None, secrets: secrets.parse()?, token: None })
    }

    /// The practice Slack, in this process, with secrets made for this start.
    pub fn practice(listening: SocketAddr) -> anyhow::Result<Self> {
        let (signing, bot, token) = (secret()?, format!("xoxb-{}", secret()?), secret()?);
        let slack = practice::slack(&signing, &bot);
        let public = Some(format!("http://{listening}"));
        let client = client(Arc::new(InMemory(slack.web_api())), "http://127.0.0.1/api", &bot, public)?;
        Ok(Self { client, practice: Some(slack), secrets: signing.parse()?, token: Some(token) })
    }

    /// The routes of a server with these parts. The practice Slack sends its requests there from now on.
    pub fn router(&self, parts: &Parts, data: &Path) -> anyhow::Result<Router> {
        let door = slack_router(SlackDoor {
            secrets: self.secrets.clone().into(),
            intake: parts.intake(),
            client: self.client.clone(),
            turned_away: signalbox_doors::TurnedAway::default(),
        });
        let router = match (&self.practice, &self.token) {
            (Some(slack), Some(token)) => {
                slack.attach(door.clone());
                door.merge(console::router(slack.clone(), practice::console(token, parts, data)))
            }
            (_, _) => door,
        };
        Ok(router.merge(parts.webhooks()).merge(charts_router()).merge(health_router()))
    }

    /// Where the console is, if there is one.
    pub fn address(&self, listening: SocketAddr) -> Option<Address> {
        self.token.clone().map(|token| Address { url: format!("http://{listening}"), token })
    }
}

fn client(
    transport: Arc<dyn Transport>,
    url: &str,
    token: &str,
    public: Option<String>,
) -> anyhow::Result<Arc<SlackClient>> {
    let client = SlackClient::new(transport, url, token).map_err(anyhow::Error::msg)?;
    Ok(Arc::new(client.with_pictures(public).map_err(anyhow::Error::msg)?))
}
