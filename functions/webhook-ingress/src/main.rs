//! Takes in the webhooks of the systems that carry out runs, of Alertmanager and of Grafana, and draws the charts
//! that Slack fetches. It stands behind the HTTP API's `/webhooks/…` and `/charts/…`.

use signalbox_backends::Systems;
use signalbox_doors::{Rotating, TurnedAway, WebhookDoor, charts_router, webhook_router};
use signalbox_engine::ports::{Webhook, WebhookSecrets};
use signalbox_lambda::{Home, Values};
use std::sync::Arc;

const ALERTMANAGER: &str = "ALERTMANAGER_WEBHOOK_SECRET";
const GRAFANA: &str = "GRAFANA_WEBHOOK_SECRET";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let home = Home::find();
    let intents = home.intents()?;
    let systems = Systems::webhooks();
    let names = systems.iter().map(|webhook| webhook.secrets()).chain([ALERTMANAGER, GRAFANA]);
    let names: Vec<&'static str> = names.collect();
    let (secrets, ()) = tokio::join!(home.secrets(&names), intents.warm());
    let secrets = secrets?;
    let speaks = |webhook: Arc<dyn Webhook>| {
        let secrets = rotating(&home, &secrets, webhook.secrets())?;
        Ok::<_, String>((webhook, secrets))
    };
    let door = WebhookDoor {
        systems: systems.into_iter().map(speaks).collect::<Result<_, _>>()?,
        alertmanager: rotating(&home, &secrets, ALERTMANAGER)?,
        grafana: rotating(&home, &secrets, GRAFANA)?,
        catalogue: home.catalogue()?,
        intents: Arc::new(intents),
        views: Arc::new(home.store()?),
        clock: home.clock(),
        turned_away: TurnedAway::default(),
    };
    lambda_http::run(webhook_router(door).merge(charts_router())).await
}

fn rotating(
    home: &Home,
    secrets: &Values,
    name: &'static str,
) -> Result<Option<Rotating<WebhookSecrets>>, String> {
    let parse = |list: &str| list.parse::<WebhookSecrets>();
    let rotating = |list| Ok(Rotating::new(parse(list)?, home.now(), home.reader(name, parse)));
    secrets.optional(name).map(rotating).transpose()
}
