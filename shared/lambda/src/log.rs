//! One JSON object a line on standard output, which Lambda hands to CloudWatch Logs.

use crate::environment::optional;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Starts the log: `SIGNALBOX_LOG` says what is logged, as `info` or `warn,signalbox_engine=debug`. `Targets` reads
/// what `EnvFilter` reads, except spans and fields, and needs no regex engine.
pub(crate) fn start() {
    let wanted = optional("SIGNALBOX_LOG").unwrap_or_else(|| "info".to_owned());
    let (filter, readable) = match wanted.parse() {
        Ok(filter) => (filter, true),
        Err(_) => (Targets::new().with_default(LevelFilter::INFO), false),
    };
    let log = tracing_subscriber::fmt::layer().json().with_current_span(false);
    let log = log.with_span_list(false).flatten_event(true).with_filter(filter);
    tracing_subscriber::registry().with(log).try_init().ok();
    if !readable {
        tracing::warn!(SIGNALBOX_LOG = %wanted, "cannot read SIGNALBOX_LOG, so this is `info`; write it as `info` or `warn,signalbox_engine=debug`");
    }
}
