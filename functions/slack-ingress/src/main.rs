//! Takes Slack's requests in: verify, preview, enqueue, answer. Behind the HTTP API's `/slack/…` and `/healthz`.

use signalbox_doors::{Rotating, SlackDoor, TurnedAway, health_router, slack_router};
use signalbox_engine::Intake;
use signalbox_lambda::Home;
use signalbox_slack::Secrets;
use std::sync::Arc;

const SIGNING: &str = "SLACK_SIGNING_SECRET";
const TOKEN: &str = "SLACK_BOT_TOKEN";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let home = Home::find();
    let intents = home.intents()?;
    // The secrets and the first connections, at the same time.
    home.open_slack();
    let (secrets, ()) = tokio::join!(home.secrets(&[SIGNING, TOKEN]), intents.warm());
    let secrets = secrets?;
    let parse = |list: &str| list.parse::<Secrets>().map_err(|e| e.to_string());
    let signing = parse(secrets.required(SIGNING)?)?;
    let door = SlackDoor {
        secrets: Rotating::new(signing, home.now(), home.reader(SIGNING, parse)),
        intake: Intake {
            catalogue: home.catalogue()?,
            intents: Arc::new(intents),
            views: Arc::new(home.store()?),
            clock: home.clock(),
        },
        client: Arc::new(home.slack(secrets.optional(TOKEN).unwrap_or_default())?),
        turned_away: TurnedAway::default(),
    };
    lambda_http::run(slack_router(door).merge(health_router())).await
}
