//! Takes in Slack's requests: verify, preview, enqueue, answer. It stands behind the HTTP API's `/slack/…` and
//! `/healthz`.

use signalbox_doors::{Rotating, SlackDoor, TurnedAway, health_router, slack_router};
use signalbox_engine::{BadKey, CommandKeys, Intake, Vouching};
use signalbox_lambda::Home;
use signalbox_slack::Secrets;
use std::sync::Arc;
use std::time::Duration;

const SIGNING: &str = "SLACK_SIGNING_SECRET";
const TOKEN: &str = "SLACK_BOT_TOKEN";

/// How long the start waits for the secrets. Slack waits three seconds for the whole answer.
const SECRETS: Duration = Duration::from_secs(2);
/// How long the start waits for the connection to the queue. It could go on without that connection.
const WARMING: Duration = Duration::from_millis(250);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let home = Home::find();
    let intents = home.intents()?;
    // Reads the secrets and opens the first connections at the same time. A connection that is not open within a
    // moment is opened in the background, and the start goes on without it.
    home.open_slack();
    let warming = tokio::spawn({
        let intents = intents.clone();
        async move { intents.warm().await }
    });
    let secrets = tokio::time::timeout(SECRETS, home.secrets(&[SIGNING, TOKEN, Home::COMMAND_KEY]));
    let (secrets, warmed) = tokio::join!(secrets, tokio::time::timeout(WARMING, warming));
    if warmed.is_err() {
        tracing::warn!("no connection to the queue yet; the start does not wait for it");
    }
    // Without secrets no request can be verified. Lambda starts again with the next request. Keeping this request
    // waiting would not help, because Slack gives up after three seconds.
    let secrets = match secrets {
        Ok(secrets) => secrets?,
        Err(_) => return Err("the secrets could not be read in time: is SSM reachable?".into()),
    };
    let parse = |list: &str| list.parse::<Secrets>().map_err(|e| e.to_string());
    let signing = parse(secrets.required(SIGNING)?)?;
    let vouching = Vouching::from(secrets.required(Home::COMMAND_KEY)?.parse::<CommandKeys>()?);
    let rotating = home.reader_of(&[SIGNING, Home::COMMAND_KEY], {
        let vouching = vouching.clone();
        move |secrets| {
            let of = |name| secrets.required(name).map_err(|e| e.to_string());
            vouching.replace(of(Home::COMMAND_KEY)?.parse().map_err(|e: BadKey| e.to_string())?);
            parse(of(SIGNING)?)
        }
    });
    let door = SlackDoor {
        secrets: Rotating::new(signing, home.now(), rotating),
        intake: Intake {
            catalogue: home.catalogue()?,
            intents: Arc::new(intents),
            vouching,
            views: Arc::new(home.store()?),
            clock: home.clock(),
        },
        client: Arc::new(home.slack(secrets.optional(TOKEN).unwrap_or_default())?),
        turned_away: TurnedAway::default(),
    };
    lambda_http::run(slack_router(door).merge(health_router())).await
}
