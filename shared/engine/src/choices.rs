//! The doors' side of what systems outside know: it is read from what is kept, and asked for anew where that is old. A door
//! asks no system itself, for it holds no tokens.

use crate::intake::Intake;
use crate::lookups::{FRESH_CHECK, comparison, is_older};
use crate::wire::command::Refresh;
use crate::wire::known::{self, Running};
use serde::Deserialize;
use signalbox_domain::asking::{KnownCheck, Shipped};
use signalbox_domain::lookup::{Checking, Known, Lists, Question, Reply};
use signalbox_domain::{Digest, Operation, ParameterName, Value};
use std::collections::BTreeMap;
use std::time::Duration;

/// An answer that was asked for in the same so many seconds is asked for once.
const AT_ONCE: i64 = 3;
/// How long somebody who looks into a menu waits for a list that was never read: Slack waits three seconds in all.
const LOOK_AGAIN: Duration = Duration::from_millis(150);
const LOOKS: u32 = 10;

type Values = BTreeMap<ParameterName, Value>;

impl Intake {
    /// What is known of the lists of an operation's parameters, with these values. What is old is asked for anew, for the
    /// next look.
    pub(crate) async fn lists(&self, operation: &Operation, values: &Values) -> Lists {
        let mut lists = Lists::new();
        for (parameter, source) in operation.lists(&self.catalogue.landscape, values) {
            let known = self.known::<Known>(&Question::Values(source).key()).await;
            let fresh = parameter.from.as_ref().map_or(0, |from| from.fresh);
            let now = self.clock.now();
            if !known.as_ref().is_some_and(|known| known.is_fresh(fresh, now) && known.trouble.is_none()) {
                self.ask_for(operation, Some(&parameter.name), values).await;
            }
            lists.extend(known.map(|known| (parameter.name.clone(), known)));
        }
        lists
    }

    /// The same for one parameter, for somebody who waits: where its list was never read, it is looked for a few times.
    pub(crate) async fn list_now(
        &self,
        operation: &Operation,
        values: &Values,
        parameter: &ParameterName,
    ) -> Lists {
        let mut lists = self.lists(operation, values).await;
        let all = operation.lists(&self.catalogue.landscape, values);
        let Some((_, source)) = all.into_iter().find(|(p, _)| p.name == *parameter) else { return lists };
        let key = Question::Values(source).key();
        for _ in 0..LOOKS {
            if lists.get(parameter).is_some_and(|known| known.reply.is_some() || known.trouble.is_some()) {
                break;
            }
            self.clock.sleep(LOOK_AGAIN).await;
            lists.extend(self.known::<Known>(&key).await.map(|known| (parameter.clone(), known)));
        }
        lists
    }

    /// What a request ships and what changes by it, and what of all that it requires holds, as far as that is known. What
    /// is not known is asked for, and waited for a moment.
    pub(crate) async fn before(
        &self,
        operation: &Operation,
        values: &Values,
    ) -> (Option<Shipped>, Vec<KnownCheck>) {
        let landscape = &self.catalogue.landscape;
        let shipping = operation.shipping(landscape, values);
        let running: Option<Running> = match &shipping {
            Some(shipping) => self.known(&known::place_key(&shipping.place)).await,
            None => None,
        };
        let changes = shipping.as_ref().and_then(|shipping| comparison(shipping, running.as_ref()));
        let checks = operation.asked_before(landscape, values);
        let questions = changes.iter().cloned().chain(checks.iter().filter_map(Checking::question));
        let answers = self.answers(operation, values, &questions.collect::<Vec<_>>()).await;
        let answer = |question: &Question| answers.get(&question.key()).and_then(Option::as_ref);
        let shipped = shipping.map(|shipping| {
            let known = changes.as_ref().and_then(answer);
            let found = known.and_then(|known| known.reply.clone());
            Shipped {
                shipping,
                runs: running.clone().map(|it| (it.shipping.version, it.run.short(), it.since)),
                changes: if let Some(Reply::Changes(changes)) = found { Some(changes) } else { None },
                trouble: known.and_then(|known| known.trouble.clone()).map(|(_, why)| why),
            }
        });
        let checks = checks.into_iter().map(|check| {
            let holds = match &check {
                Checking::NotOlder { version, .. } => Some(match is_older(version, running.as_ref()) {
                    Some(why) => Err(why),
                    None => Ok(()),
                }),
                Checking::Outside { .. } => {
                    check.question().as_ref().and_then(answer).and_then(|known| {
                        match (&known.reply, &known.trouble) {
                            (_, Some((_, why))) | (Some(Reply::DoesNotHold(why)), None) => {
                                Some(Err(why.clone()))
                            }
                            (Some(Reply::Holds), None) => Some(Ok(())),
                            (Some(Reply::Values(_) | Reply::Changes(_)) | None, None) => None,
                        }
                    })
                }
            };
            KnownCheck { what: check.what(), holds }
        });
        (shipped, checks.collect())
    }

    /// What is known of these questions. Where one is old, all that the request asks is asked anew, and waited for.
    async fn answers(
        &self,
        operation: &Operation,
        values: &Values,
        questions: &[Question],
    ) -> BTreeMap<Digest, Option<Known>> {
        let mut answers: BTreeMap<Digest, Option<Known>> =
            questions.iter().map(|question| (question.key(), None)).collect();
        for look in 0..LOOKS {
            for (key, known) in answers.iter_mut().filter(|(_, known)| known.is_none()) {
                let found = self.known::<Known>(key).await;
                let now = self.clock.now();
                *known =
                    found.filter(|it| it.is_fresh(FRESH_CHECK, now) || (look > 0 && it.trouble.is_some()));
            }
            if answers.values().all(Option::is_some) {
                break;
            }
            if look == 0 {
                self.ask_for(operation, None, values).await;
            }
            self.clock.sleep(LOOK_AGAIN).await;
        }
        answers
    }

    async fn known<T: for<'b> Deserialize<'b>>(&self, key: &Digest) -> Option<T> {
        let read = self
            .views
            .known(key)
            .await
            .and_then(|found| Ok(found.map(|bytes| known::decode(&bytes)).transpose()?));
        // A form is of use without it.
        read.inspect_err(|error| tracing::warn!(%error, "what is known of a system outside cannot be read"))
            .ok()
            .flatten()
    }

    /// Has a system outside asked.
    async fn ask_for(&self, operation: &Operation, parameter: Option<&ParameterName>, values: &Values) {
        // Only what the questions name, so that the same question is the same command.
        let of = parameter.and_then(|name| operation.parameters.iter().find(|p| p.name == *name));
        let names: Option<Vec<String>> = match of {
            Some(of) => Some(of.from.iter().flat_map(|from| from.source.placeholders()).collect()),
            None => operation.decides_before(),
        };
        let is_it = |n: &String, name: &ParameterName| n.split('.').next() == Some(name.as_str());
        let named =
            |name: &ParameterName| names.as_ref().is_none_or(|names| names.iter().any(|n| is_it(n, name)));
        let refresh = Refresh {
            operation: operation.name.clone(),
            parameter: parameter.cloned(),
            values: values
                .iter()
                .filter(|(name, _)| named(name))
                .map(|(n, v)| (n.clone(), v.clone()))
                .collect(),
            warm: false,
        };
        let slot = self.clock.now().seconds() / AT_ONCE;
        match refresh.envelope(&slot.to_string()) {
            Ok(envelope) => drop(self.send(&envelope).await),
            Err(error) => tracing::error!(%error, "cannot write a command"),
        }
    }
}
