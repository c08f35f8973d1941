//! A function's environment: tables, queues, secrets, the catalogue, the systems outside.

use crate::clock::SystemClock;
use crate::environment::{optional, required};
use crate::log;
use crate::secrets::{Fresh, Reader, Secrets, Values};
use anyhow::Context;
use signalbox_aws::{Clients, DynamoStore, SqsQueue};
use signalbox_backends::{Holds, Means, ReadsWorkflow, Settings, Systems};
use signalbox_domain::{Frozen, Timestamp};
use signalbox_engine::Admitting;
use signalbox_engine::ports::{Clock, SealCopies, Transport};
use signalbox_slack::{DEFAULT_API_URL, SlackClient};
use signalbox_transport::{Egress, Guarded, Lazy};
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

/// How long the first connection to Slack may take to open.
const OPENING: Duration = Duration::from_secs(2);

/// How far ahead the moment may be until which commands need no MAC: a setting for an upgrade must not stay for ever.
const UPGRADE: Duration = Duration::from_secs(7 * 86_400);

/// A function's environment. Clients connect when they are first used, all over one transport.
pub struct Home {
    pub(crate) clients: Clients,
    network: Arc<dyn Transport>,
}

impl Home {
    /// Starts the log and reads the settings.
    #[must_use]
    pub fn find() -> Self {
        log::start();
        let endpoint = optional("AWS_ENDPOINT_URL");
        let network: Arc<dyn Transport> = Arc::new(Lazy::default());
        let clients = Clients::in_function(optional("AWS_REGION"), endpoint.as_deref(), network.clone());
        Self { clients, network }
    }

    /// What time it is.
    #[must_use]
    pub fn clock(&self) -> Arc<dyn Clock> {
        Arc::new(SystemClock)
    }

    /// Now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        SystemClock.now()
    }

    /// The queue whose address is in this variable.
    ///
    /// # Errors
    /// When it is not set.
    pub fn queue(&self, variable: &str) -> anyhow::Result<SqsQueue> {
        Ok(SqsQueue::new(self.clients.sqs(), &required(variable)?))
    }

    /// The intents queue: `SIGNALBOX_INTENTS_QUEUE_URL`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn intents(&self) -> anyhow::Result<SqsQueue> {
        self.queue("SIGNALBOX_INTENTS_QUEUE_URL")
    }

    /// The outbox: `SIGNALBOX_OUTBOX_QUEUE_URL`.
    ///
    /// # Errors
    /// When it is not set.
    pub fn outbox(&self) -> anyhow::Result<SqsQueue> {
        self.queue("SIGNALBOX_OUTBOX_QUEUE_URL")
    }

    /// The tables: `SIGNALBOX_STATE_TABLE`, `SIGNALBOX_EVENTS_TABLE`. Doors are not told of the second, and may not
    /// read it. `SIGNALBOX_CARDS_OF_BEFORE` is for an upgrade: with `written`, new cards are put where earlier
    /// versions look.
    ///
    /// # Errors
    /// When the first is not set, or the last has a wrong value.
    pub fn store(&self) -> anyhow::Result<DynamoStore> {
        let events = optional("SIGNALBOX_EVENTS_TABLE").unwrap_or_default();
        let of_before = cards_of_before(optional("SIGNALBOX_CARDS_OF_BEFORE").as_deref())?;
        let store = DynamoStore::new(self.clients.dynamodb(), &events, &required("SIGNALBOX_STATE_TABLE")?);
        Ok(store.with_cards_of_before(of_before))
    }

    /// Where copies of the seals are kept, if that is set: `SIGNALBOX_SEAL_COPIES`, as `s3://BUCKET/PREFIX`.
    ///
    /// # Errors
    /// When it has another form.
    pub fn seal_copies(&self) -> anyhow::Result<Option<Arc<dyn SealCopies>>> {
        let Some(url) = optional("SIGNALBOX_SEAL_COPIES") else { return Ok(None) };
        let copies = self.clients.seals(&url, self.network(), self.clock()).map_err(anyhow::Error::msg)?;
        Ok(Some(Arc::new(copies)))
    }

    /// The compiled catalogue: the file `SIGNALBOX_CATALOGUE`, in the function's own folder.
    ///
    /// # Errors
    /// When it cannot be read, or its version is not known.
    pub fn catalogue(&self) -> anyhow::Result<Arc<Frozen>> {
        let file = required("SIGNALBOX_CATALOGUE")?;
        let bytes = std::fs::read(&file).with_context(|| {
            format!("cannot read the catalogue {file}\n  help: `signalbox compile` makes it; it belongs into the zip")
        })?;
        let catalogue =
            signalbox_catalogue::from_artefact(&bytes).with_context(|| format!("the catalogue {file}"))?;
        Ok(Arc::new(catalogue.freeze()))
    }

    /// The present values of these secrets.
    ///
    /// # Errors
    /// When they cannot be read.
    pub async fn secrets(&self, names: &[&'static str]) -> anyhow::Result<Values> {
        Secrets::wanted(names, &self.clients).read().await
    }

    /// Something made of these secrets, made anew when the secrets change.
    ///
    /// # Errors
    /// When they cannot be read, or nothing can be made of their values.
    pub async fn fresh<T>(
        &self,
        names: &[&'static str],
        build: impl Fn(&Values) -> anyhow::Result<T> + Send + Sync + 'static,
    ) -> anyhow::Result<Fresh<T>> {
        Fresh::new(Secrets::wanted(names, &self.clients), self.now(), build).await
    }

    /// Reads one secret again whenever it is called.
    pub fn reader<T: Send + 'static>(
        &self,
        name: &'static str,
        parse: fn(&str) -> Result<T, String>,
    ) -> Reader<T> {
        self.reader_of(&[name], move |values| parse(values.required(name).map_err(|e| e.to_string())?))
    }

    /// Reads several secrets again with one call, whenever it is called.
    pub fn reader_of<T: Send + 'static>(
        &self,
        names: &[&'static str],
        parse: impl Fn(&Values) -> Result<T, String> + Send + Sync + 'static,
    ) -> Reader<T> {
        let (secrets, parse) = (Secrets::wanted(names, &self.clients), Arc::new(parse));
        Arc::new(move || {
            let (secrets, parse) = (secrets.clone(), parse.clone());
            Box::pin(async move { parse(&secrets.read().await.map_err(|e| format!("{e:#}"))?) })
        })
    }

    /// The name of the secret with which doors vouch for people.
    pub const COMMAND_KEY: &str = "SIGNALBOX_COMMAND_KEY";

    /// Decides which commands count as a person's word: by the secret [`Home::COMMAND_KEY`], the door's role
    /// (`SIGNALBOX_PEOPLES_SENDERS`, comma-separated), and, during an upgrade, `SIGNALBOX_ACCEPT_UNSIGNED_UNTIL`.
    ///
    /// # Errors
    /// When there is no key, or one of the settings is wrong.
    pub fn admitting(&self, secrets: &Values) -> anyhow::Result<Admitting> {
        let senders = optional("SIGNALBOX_PEOPLES_SENDERS").unwrap_or_default();
        let senders: BTreeSet<String> =
            senders.split(',').map(str::trim).filter(|s| !s.is_empty()).map(str::to_owned).collect();
        let until = optional("SIGNALBOX_ACCEPT_UNSIGNED_UNTIL");
        let until = until.map(|until| unsigned_until(&until, self.now())).transpose()?;
        Ok(Admitting {
            keys: secrets.required(Self::COMMAND_KEY)?.parse()?,
            unsigned_until: until,
            senders,
            dead: Arc::new(self.queue("SIGNALBOX_INTENTS_DEAD_QUEUE_URL")?),
        })
    }

    /// HTTP to the systems outside, including AWS.
    #[must_use]
    pub fn network(&self) -> Arc<dyn Transport> {
        self.network.clone()
    }

    /// Opens the connection to Slack while the start waits for other things. The start itself must not wait for
    /// Slack, because it would then miss Slack's own time limit. If opening fails, the first call shows it.
    pub fn open_slack(&self) {
        let url = format!("{}/api.test", slack_url().trim_end_matches('/'));
        let Ok(request) = http::Request::get(url).body(bytes::Bytes::new()) else { return };
        let network = self.network();
        tokio::spawn(async move {
            if let Err(error) = network.call(request, OPENING).await {
                tracing::debug!(%error, "no connection to Slack yet");
            }
        });
    }

    /// Slack, at `SLACK_API_URL` if that is set. It fetches pictures below `SIGNALBOX_PUBLIC_URL`; without that there
    /// are no pictures.
    ///
    /// # Errors
    /// When one of the addresses is not valid.
    pub fn slack(&self, token: &str) -> anyhow::Result<SlackClient> {
        SlackClient::new(self.network(), &slack_url(), token)
            .and_then(|client| client.with_pictures(optional("SIGNALBOX_PUBLIC_URL")))
            .map_err(anyhow::Error::msg)
    }

    /// The names of the secrets that [`Home::systems`] and [`Home::admitting`] take.
    #[must_use]
    pub fn dispatcher_secrets() -> Vec<&'static str> {
        Systems::secrets().chain([Self::COMMAND_KEY]).collect()
    }

    /// The systems that carry out runs, silence alerts and answer questions, if they are set. `reads` reads workflow
    /// files of GitHub.
    ///
    /// # Errors
    /// When the settings contradict each other.
    pub fn systems(
        &self,
        network: &Arc<dyn Transport>,
        secrets: &Values,
        reads: ReadsWorkflow,
    ) -> anyhow::Result<Systems> {
        let settings = Settings::read(Systems::settings(), |setting| match setting.holds {
            Holds::Secret => secrets.optional(setting.name).map(str::to_owned),
            Holds::Address(_) | Holds::Word => optional(setting.name),
        });
        let means = Means {
            network: &|| Ok(network.clone()),
            guarded: &|egress| Ok(Arc::new(Guarded::new(Egress::read(egress)?))),
            reads,
        };
        Systems::from_settings(&settings, &means, &self.clock()).map_err(anyhow::Error::msg)
    }
}

/// Whether new cards are written where earlier versions look for them. `allowed`, the step in between, matters only
/// to the role.
fn cards_of_before(setting: Option<&str>) -> anyhow::Result<bool> {
    match setting {
        None | Some("none" | "allowed") => Ok(false),
        Some("written") => Ok(true),
        Some(_) => anyhow::bail!("SIGNALBOX_CARDS_OF_BEFORE is none, written or allowed"),
    }
}

/// A moment that is at most [`UPGRADE`] ahead.
fn unsigned_until(text: &str, now: Timestamp) -> anyhow::Result<Timestamp> {
    let until = text.parse::<jiff::Timestamp>().context(
        "SIGNALBOX_ACCEPT_UNSIGNED_UNTIL is no moment in UTC\n  help: such as 2027-01-31T12:00:00Z",
    )?;
    let until = Timestamp(until.as_millisecond());
    anyhow::ensure!(
        until <= now.plus(UPGRADE),
        "SIGNALBOX_ACCEPT_UNSIGNED_UNTIL is more than a week ahead\n  help: it is for the time that an upgrade takes; give an hour from now, or nothing"
    );
    Ok(until)
}

fn slack_url() -> String {
    optional("SLACK_API_URL").unwrap_or_else(|| DEFAULT_API_URL.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_needs_no_mac_has_an_end_that_is_near() {
        let now = Timestamp(1_795_219_200_000);
        let until = |text| unsigned_until(text, now).map_err(|e| e.to_string());
        assert_eq!(until("2026-11-21T01:00:00Z"), Ok(Timestamp(1_795_222_800_000)));
        assert!(until("2026-11-01T00:00:00Z").is_ok(), "over and done with");
        assert!(until("2026-11-28T00:00:00Z").is_ok());
        for (bad, why) in [
            ("2026-11-28T00:00:01Z", "a week"),
            ("9999-01-01T00:00:00Z", "a week"),
            ("soon", "no moment"),
            ("2026-11-21", "no moment"),
        ] {
            assert!(until(bad).is_err_and(|said| said.contains(why)), "{bad}");
        }
    }
}
