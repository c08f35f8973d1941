//! What was filled in, as Slack tells it: <https://docs.slack.dev/reference/views/modal-views>, `view.state`.

use serde::Deserialize;
use signalbox_domain::ParameterName;
use signalbox_domain::parameter::Given;
use signalbox_voice::parameter_of;
use std::collections::BTreeMap;

/// The fields of a view, by block and action.
#[derive(Debug, Deserialize, Default)]
pub(crate) struct State {
    #[serde(default)]
    pub(crate) values: BTreeMap<String, BTreeMap<String, Entry>>,
}

/// What one field holds.
#[derive(Debug, Deserialize)]
pub(crate) struct Entry {
    pub(crate) value: Option<String>,
    pub(crate) selected_option: Option<Chosen>,
    #[serde(default)]
    selected_options: Option<Vec<Chosen>>,
    pub(crate) selected_user: Option<String>,
    selected_channel: Option<String>,
    selected_conversation: Option<String>,
    selected_date: Option<String>,
    selected_time: Option<String>,
    selected_date_time: Option<i64>,
}

/// An option that was chosen.
#[derive(Debug, Deserialize)]
pub(crate) struct Chosen {
    pub(crate) value: Option<String>,
}

impl Entry {
    /// As a person would type it; `None` where nothing is filled in.
    fn text(&self) -> Option<String> {
        let chosen = |chosen: &Chosen| chosen.value.clone();
        let several = |all: &Vec<Chosen>| {
            let all: Vec<String> = all.iter().filter_map(chosen).collect();
            (!all.is_empty()).then(|| all.join(","))
        };
        let channel = self.selected_channel.as_ref().or(self.selected_conversation.as_ref());
        self.value
            .clone()
            .or_else(|| self.selected_option.as_ref().and_then(chosen))
            .or_else(|| self.selected_options.as_ref().and_then(several))
            .or_else(|| self.selected_user.as_ref().map(|id| format!("<@{id}>")))
            .or_else(|| channel.map(|id| format!("<#{id}>")))
            .or_else(|| self.selected_date.clone())
            .or_else(|| self.selected_time.clone())
            .or_else(|| self.selected_date_time.map(|seconds| format!("@{seconds}")))
    }
}

impl State {
    /// What a field holds.
    pub(crate) fn text(&self, field: &str) -> Option<String> {
        self.values.get(field)?.values().find_map(Entry::text)
    }
}

/// What was given for each parameter. A field whose name says what it depended on counts only if it is the one that is
/// in the form now: Slack keeps no other.
pub(crate) fn given(state: &State) -> Given {
    let entries = state.values.keys().filter_map(|field| Some((parameter_of(field)?, state.text(field)?)));
    entries.collect()
}

/// The fields of the form, and what each depended on, as their names say.
pub(crate) fn fields(state: &State) -> BTreeMap<ParameterName, Option<String>> {
    let named = state.values.keys().filter_map(|field| {
        let depends = field.split_once('@').map(|(_, depends)| depends.to_owned());
        Some((parameter_of(field)?, depends))
    });
    named.collect()
}
