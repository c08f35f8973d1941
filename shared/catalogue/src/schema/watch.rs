//! Watches and silences.

use super::shape::{
    Key, formed, has, is, key, key_as, list, map, object, only, refer, some, truth, whole, without,
};
use crate::watch::{self, HEARTBEATS, SEVERITIES, UNLEVELLED, escalate, link, rule, silence, source};
use serde_json::{Value, json};

/// Definitions of watches and all that stands in them.
pub(super) fn definitions() -> Vec<Key> {
    let silences = json!({ "type": "array", "maxItems": silence::MOST, "items": refer("silence") });
    vec![
        ("watch", watch()),
        ("source", source()),
        ("rule", rule()),
        ("silence", silence()),
        ("silences", silences),
    ]
}

fn one_of<T>(words: &[(&str, T)]) -> Value {
    json!({ "enum": words.iter().map(|(word, _)| *word).collect::<Vec<_>>() })
}

fn watch() -> Value {
    let spike = object(
        watch::SPIKE,
        &[],
        vec![
            key("times", "Times as many lines as usual: 3 if left out.", whole(2, 1_000)),
            key("at-least", "And at least so many lines: 20 if left out.", whole(1, 1_000_000)),
        ],
    );
    let escalate = object(
        escalate::KEYS,
        &["to"],
        vec![
            key("after", "After this long: 1m to 24h, 30m if left out.", refer("time")),
            key("to", "A second channel, people and user groups of the same workspace.", {
                let mut to = some(1, &refer("whom"));
                to["anyOf"][1]["maxItems"] = json!(escalate::MOST);
                to
            }),
        ],
    );
    let links = object(
        link::KEYS,
        &[],
        vec![
            key_as(
                "grafana",
                "The address of a Grafana, for links to Explore.",
                only("^https?://"),
                json!(["https://grafana.example.com"]),
            ),
            key("datasource", "The uid of Loki there.", formed(r"^[A-Za-z0-9_-]{1,40}\s*$")),
        ],
    );
    let mut links = links;
    links["dependentRequired"] = json!({ "datasource": ["grafana"] });
    let sources = {
        let mut sources = map(&refer("name"), &refer("source"));
        sources["minProperties"] = json!(1);
        sources
    };
    let mut watch = object(
        watch::KEYS,
        &["channel", "allow"],
        vec![
            key("channel", "Where bulletins and cards go.", refer("channel")),
            key_as(
                "sources",
                "Where lines come from, each under a name.",
                sources,
                json!([{ "app": { "files": ["logs/*.log"] } }]),
            ),
            key(
                "receivers",
                "Alerts of these receivers of Alertmanager, and contact points of Grafana, join in.",
                list(1, &refer("line")),
            ),
            key(
                "every",
                "The length of a window, a divisor of a day: 1m to 24h, 15m if left out.",
                refer("time"),
            ),
            key(
                "delay",
                "How long after its end a window is read, because lines may come late: 0s to 1h.",
                refer("time"),
            ),
            key("least", "Lines below it do not count; `error` if left out.", one_of(&SEVERITIES)),
            key(
                "without-level",
                "Lines whose level cannot be told; `failures` if left out.",
                one_of(&UNLEVELLED),
            ),
            key(
                "most-lines",
                "How many lines are read of one source and window; 1,000,000 if left out.",
                whole(1_000, 10_000_000),
            ),
            key("spike", "When a pattern spikes.", spike),
            key(
                "quiet",
                "After this many days without a line a pattern counts as over: 1d to 90d, 7d if left out.",
                refer("time"),
            ),
            key(
                "cards",
                "How many cards of single patterns there may be in one window; 5 if left out.",
                whole(0, 20),
            ),
            key(
                "heartbeat",
                "Whether a bulletin is posted when there is nothing to say; `never` if left out.",
                one_of(&HEARTBEATS),
            ),
            key(
                "remind",
                "After this long an alert that is acknowledged and still loud is said again: 1h to 30d, 24h if left out.",
                refer("time"),
            ),
            key("escalate", "Who is told of an alert that nobody acknowledged.", escalate),
            key(
                "redact",
                "Fields whose values are never stored or shown.",
                list(1, &formed(r"^[A-Za-z0-9_.-]{1,64}\s*$")),
            ),
            key(
                "rules",
                "What the team adds to the built-in rules of fingerprints.",
                list(0, &refer("rule")),
            ),
            key(
                "deploys",
                "Operations that change what runs. Left out: all of them.",
                list(1, &refer("line")),
            ),
            key("links", "Where people can look further.", links),
            key("silences", "What is not told for some time.", refer("silences")),
            key("allow", "Who may acknowledge, snooze, resolve, mute and assign.", refer("allow")),
        ],
    );
    watch["title"] = json!("Watch");
    watch["anyOf"] = json!([has("sources"), has("receivers")]);
    watch
}

fn source() -> Value {
    let mut groups = list(1, &refer("line"));
    groups["maxItems"] = json!(source::MOST_GROUPS);
    let mut source = object(
        source::KEYS,
        &[],
        vec![
            key_as(
                "files",
                "Files of this machine: below the data folder, or from /. `*` stands for any letters of the file's name.",
                list(1, &refer("line")),
                json!([["logs/web.log"]]),
            ),
            key_as(
                "loki",
                "A LogQL query of lines, which begins with labels in braces.",
                only(r"^\{"),
                json!(["{app=\"web\"}"]),
            ),
            key_as("cloudwatch", "Log groups by name.", groups, json!([["/aws/lambda/web"]])),
            key("filter", "FilterLogEvents' own pattern, so that fewer lines are read.", refer("line")),
            key("insights", "Whether lines are read by Insights queries.", truth()),
        ],
    );
    source["title"] = json!("Source");
    source["oneOf"] = json!(source::KINDS.map(has));
    source["dependentRequired"] = json!({ "filter": ["cloudwatch"], "insights": ["cloudwatch"] });
    source["if"] = is("insights", &json!(true));
    source["then"] = without(&["filter"]);
    source
}

fn rule() -> Value {
    let mut rule = object(
        &rule::KINDS,
        &[],
        vec![
            key_as(
                "mask",
                "The text at `<*>` is a variable wherever the text around it occurs.",
                refer("text"),
                json!(["order-<*>"]),
            ),
            key_as(
                "split",
                "The text at `<*>` is kept: each value is a pattern of its own.",
                refer("text"),
                json!(["status: <*>"]),
            ),
            key_as(
                "merge",
                "All patterns of this form are one.",
                refer("text"),
                json!(["cache <*> evicted"]),
            ),
            key_as(
                "ignore",
                "Lines whose pattern has this form do not count.",
                refer("text"),
                json!(["health check <*>"]),
            ),
        ],
    );
    rule["title"] = json!("Rule");
    rule["minProperties"] = json!(1);
    rule["maxProperties"] = json!(1);
    rule
}

fn silence() -> Value {
    let mut labels = map(&only("^[A-Za-z_][A-Za-z0-9_]{0,199}$"), &refer("line"));
    labels["minProperties"] = json!(1);
    labels["maxProperties"] = json!(silence::MOST_LABELS);
    let moment = || json!({ "type": "string", "examples": ["2026-12-05T22:00:00+01:00"] });
    let mut silence = object(
        silence::KEYS,
        &["owner", "reason", "from", "until"],
        vec![
            key(
                "labels",
                "Alerts of an alert manager that have all of these labels with these values.",
                labels,
            ),
            key_as(
                "words",
                "Patterns and alerts whose title has these words; `<*>` stands for any text.",
                refer("line"),
                json!(["cannot reach node <*>"]),
            ),
            key("all", "Everything that the watch finds.", json!({ "const": true })),
            key("owner", "Whose decision it is.", refer("user")),
            key(
                "reason",
                "Why, in at most 200 bytes: people who would have been called read it.",
                refer("line"),
            ),
            key("from", "Its first moment, with a zone.", moment()),
            key("until", "The first moment after it, with a zone; at most 90 days later.", moment()),
        ],
    );
    silence["title"] = json!("Silence");
    silence["oneOf"] = json!(silence::SCOPES.map(has));
    silence
}
