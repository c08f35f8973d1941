//! Decides whom grants name, and has the words for refusals. The questions that are asked are in `rules.rs`.

use crate::grant::Grant;
use crate::ids::WorkspaceId;
use crate::people::{Actor, Chat, Place};
use serde::{Deserialize, Serialize};

/// What the rules say. A refusal always carries its reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Go ahead.
    Allow,
    /// No, for this reason.
    Refuse(ReasonCode),
}

/// Why something was refused: stable words, the same in the card, the audit, the metrics and the docs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReasonCode {
    /// No grant names this person in this channel.
    NotAllowed,
    /// A grant names this person, but for other channels.
    NotInThisChannel,
    /// The catalogue has no such operation (any more).
    UnknownOperation,
    /// A parameter does not fit the catalogue (any more).
    BadParameters,
    /// The rules or the operation changed after the question and before its turn.
    CatalogueChanged,
    /// Something that the operation requires does not hold, or nobody could say whether it does.
    ChecksFailed,
}

impl ReasonCode {
    /// The stable word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NotAllowed => "not_allowed",
            Self::NotInThisChannel => "not_in_this_channel",
            Self::UnknownOperation => "unknown_operation",
            Self::BadParameters => "bad_parameters",
            Self::CatalogueChanged => "catalogue_changed",
            Self::ChecksFailed => "checks_failed",
        }
    }
}

/// Do these grants name this person, here? Deny by default.
#[must_use]
pub fn may(allow: &[Grant], actor: &Actor, place: &Place) -> Verdict {
    // Grants name people and channels of the first chat only, so nobody in another chat has one.
    let known = |chat: &Chat| *chat == Chat::SLACK;
    let Some(person) = actor.as_person().filter(|p| known(&p.chat) && known(&place.chat)) else {
        return Verdict::Refuse(ReasonCode::NotAllowed);
    };
    let names = |g: &Grant| {
        g.users.is_empty() || g.users.iter().any(|(w, u)| *w == person.workspace && *u == person.user)
    };
    let here = |g: &Grant| {
        // A grant without people means a channel's own workspace: guests in a shared channel are not included.
        let own = !g.users.is_empty() || person.workspace == place.workspace;
        let listed = g.channels.iter().any(|(w, c)| *w == place.workspace && *c == place.channel);
        own && (listed || (g.channels.is_empty() && !g.users.is_empty()))
    };
    if allow.iter().any(|g| names(g) && here(g)) {
        Verdict::Allow
    } else if allow.iter().any(|g| !g.users.is_empty() && names(g)) {
        Verdict::Refuse(ReasonCode::NotInThisChannel)
    } else {
        Verdict::Refuse(ReasonCode::NotAllowed)
    }
}

/// The channels of this workspace in which a grant names this person, each once, in the catalogue's order. A grant for
/// everybody in a channel does not count, because nobody here knows who is in it.
#[must_use]
pub fn channels_of(allow: &[Grant], actor: &Actor, workspace: &WorkspaceId) -> Vec<Place> {
    let mut places: Vec<Place> = vec![];
    let Some(person) = actor.as_person().filter(|p| p.chat == Chat::SLACK) else { return places };
    let names = |g: &&Grant| g.users.iter().any(|(w, u)| *w == person.workspace && *u == person.user);
    let channels = allow.iter().filter(names).flat_map(|g| &g.channels);
    for (workspace, channel) in channels.filter(|(w, _)| w == workspace) {
        let place = Place { chat: Chat::SLACK, workspace: workspace.clone(), channel: channel.clone() };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChannelId, UserId};

    fn grant(users: &[(&str, &str)], channels: &[(&str, &str)]) -> Grant {
        Grant {
            users: users.iter().map(|(w, u)| (WorkspaceId::new(*w), UserId::new(*u))).collect(),
            channels: channels.iter().map(|(w, c)| (WorkspaceId::new(*w), ChannelId::new(*c))).collect(),
        }
    }

    #[expect(clippy::needless_pass_by_value, reason = "reads better in the tables below")]
    fn check(allow: Vec<Grant>, actor: (&str, &str), place: (&str, &str), expect: Verdict) {
        let actor = Actor::person(Chat::SLACK, WorkspaceId::new(actor.0), UserId::new(actor.1));
        let place = Place {
            chat: Chat::SLACK,
            workspace: WorkspaceId::new(place.0),
            channel: ChannelId::new(place.1),
        };
        assert_eq!(may(&allow, &actor, &place), expect);
    }

    #[test]
    fn deny_by_default() {
        use ReasonCode::{NotAllowed, NotInThisChannel};
        use Verdict::{Allow, Refuse};
        let ada = ("T1", "UADA");
        check(vec![], ada, ("T1", "C1"), Refuse(NotAllowed));
        check(vec![grant(&[], &[])], ada, ("T1", "C1"), Refuse(NotAllowed));
        check(vec![grant(&[ada], &[])], ada, ("T1", "C1"), Allow);
        check(vec![grant(&[ada], &[("T1", "C2")])], ada, ("T1", "C1"), Refuse(NotInThisChannel));
        check(vec![grant(&[ada], &[("T1", "C2")])], ada, ("T1", "C2"), Allow);
        check(vec![grant(&[], &[("T1", "C1")])], ada, ("T1", "C1"), Allow);
        check(vec![grant(&[], &[("T1", "C1")])], ada, ("T1", "C2"), Refuse(NotAllowed));
    }

    #[test]
    fn a_person_has_a_channel_only_where_a_grant_names_them() {
        let ada = Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"));
        let of = |allow: &[Grant]| -> Vec<String> {
            let places = channels_of(allow, &ada, &WorkspaceId::new("T1"));
            places.into_iter().map(|place| place.channel.as_str().to_owned()).collect()
        };
        let (ada, none) = (("T1", "UADA"), Vec::<String>::new());
        assert_eq!(of(&[grant(&[ada], &[("T1", "C1"), ("T1", "C2")])]), ["C1", "C2"]);
        let twice = [grant(&[ada], &[("T1", "C2")]), grant(&[ada], &[("T1", "C1"), ("T1", "C2")])];
        assert_eq!(of(&twice), ["C2", "C1"]);
        assert_eq!(of(&[grant(&[ada], &[("T2", "C9")])]), none);
        assert_eq!(of(&[grant(&[("T2", "UADA")], &[("T1", "C1")])]), none);
        assert_eq!(of(&[grant(&[], &[("T1", "C1")])]), none);
        assert_eq!(of(&[grant(&[ada], &[])]), none);
    }

    #[test]
    fn an_id_counts_only_with_its_workspace() {
        use ReasonCode::NotAllowed;
        use Verdict::{Allow, Refuse};
        check(vec![grant(&[("T1", "UADA")], &[])], ("T2", "UADA"), ("T1", "C1"), Refuse(NotAllowed));
        // A guest from T2 in a channel shared with T1 is not "anyone in the channel" …
        check(vec![grant(&[], &[("T1", "C1")])], ("T2", "UADA"), ("T1", "C1"), Refuse(NotAllowed));
        // … but may be named.
        check(vec![grant(&[("T2", "UADA")], &[("T1", "C1")])], ("T2", "UADA"), ("T1", "C1"), Allow);
    }

    #[test]
    fn who_is_in_another_chat_or_no_person_has_no_grant() {
        let (workspace, user) = (WorkspaceId::new("T1"), UserId::new("UADA"));
        let here = Place { chat: Chat::SLACK, workspace: workspace.clone(), channel: ChannelId::new("C1") };
        let ada = Actor::person(Chat::SLACK, workspace.clone(), user.clone());
        let everything = [grant(&[("T1", "UADA")], &[]), grant(&[], &[("T1", "C1")])];
        let elsewhere = Chat::try_from("matrix".to_owned()).unwrap();
        assert_eq!(may(&everything, &ada, &here), Verdict::Allow);
        let no = Verdict::Refuse(ReasonCode::NotAllowed);
        for other in [
            Actor::person(elsewhere.clone(), workspace, user),
            Actor::Key("ci".parse().unwrap()),
            Actor::System,
        ] {
            assert_eq!(may(&everything, &other, &here), no, "{other}");
        }
        assert_eq!(may(&everything, &ada, &Place { chat: elsewhere, ..here }), no);
    }
}
