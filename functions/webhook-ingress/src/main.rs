//! Takes the webhooks of GitHub, Jenkins, Alertmanager and Grafana in, and draws the charts that Slack fetches. Behind
//! the HTTP API's `/webhooks/…` and `/charts/…`.

use signalbox_doors::{Rotating, TurnedAway, WebhookDoor, WebhookSecrets, charts_router, webhook_router};
use signalbox_lambda::{Home, Values};
use std::sync::Arc;

const GITHUB: &str = "GITHUB_WEBHOOK_SECRET";
const JENKINS: &str = "JENKINS_WEBHOOK_SECRET";
const ALERTMANAGER: &str = "ALERTMANAGER_WEBHOOK_SECRET";
const GRAFANA: &str = "GRAFANA_WEBHOOK_SECRET";

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), lambda_http::Error> {
    let home = Home::find();
    let intents = home.intents()?;
    let (secrets, ()) = tokio::join!(home.secrets(&[GITHUB, JENKINS, ALERTMANAGER, GRAFANA]), intents.warm());
    let secrets = secrets?;
    let door = WebhookDoor {
        github: rotating(&home, &secrets, GITHUB)?,
        jenkins: rotating(&home, &secrets, JENKINS)?,
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
