//! One JSON object a line on standard output, which Lambda hands to CloudWatch Logs.

use crate::environment::optional;
use tracing_subscriber::EnvFilter;

/// Starts the log: `SIGNALBOX_LOG` says what is logged, as `info` or `signalbox=debug`.
pub(crate) fn start() {
    let wanted = optional("SIGNALBOX_LOG").unwrap_or_else(|| "info".to_owned());
    let filter = EnvFilter::try_new(wanted).unwrap_or_default();
    let log = tracing_subscriber::fmt().json().with_env_filter(filter).with_current_span(false);
    log.with_span_list(false).flatten_event(true).try_init().ok();
}
