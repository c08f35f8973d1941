//! Asks systems outside, and keeps what they answered: lists of values for forms, what an operation requires, what changed
//! between two versions. The dispatcher asks, for it alone holds tokens.

use crate::bounds::{clean_not_seen, clean_reply};
use crate::ports::{Clock, Lookup, Memo, Memos, NoReply, PortError};
use crate::wire::command::Refresh;
use crate::wire::counts;
use crate::wire::known::{self, Running};
use futures::future::join_all;
use serde::{Deserialize, Serialize};
use signalbox_domain::landscape::Landscape;
use signalbox_domain::lookup::{
    Check, Checking, Comparison, Failed, Known, Question, Reply, Shipment, Shipping, System, Verifying,
};
use signalbox_domain::parameter::version;
use signalbox_domain::run::Asked;
use signalbox_domain::{Operation, ParameterName, RunHead, Timestamp};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How long a system may take to answer. Several are asked at once, and the dispatcher's time is short.
const PATIENCE: Duration = Duration::from_secs(8);
/// What was asked a moment ago is not asked again, however many people open the form.
pub(crate) const JUST_NOW: u64 = 3;
/// For how many seconds what is known of a check or of a comparison counts as fresh.
pub(crate) const FRESH_CHECK: u64 = 60;
/// What nobody needed for so long is forgotten.
pub(crate) const FORGOTTEN_AFTER: Duration = Duration::from_secs(7 * 86_400);

/// Who is asked, for each kind of question.
#[derive(Clone, Default)]
pub struct Lookups(HashMap<System, Arc<dyn Lookup>>);

impl Lookups {
    /// Asks; cleans what comes back.
    pub(crate) async fn ask(&self, question: &Question, clock: &dyn Clock) -> Result<Reply, NoReply> {
        let Some(system) = question.system() else { return Ok(Reply::Holds) };
        let Some(lookup) = self.0.get(&system) else {
            let why = format!("{} is not set up here, so it cannot be asked", system.name());
            return Err(NoReply::because(why));
        };
        let reply = lookup.ask(question, clock.now().plus(PATIENCE)).await;
        reply.map(clean_reply).map_err(|no| NoReply::because(clean_not_seen(&no.why)))
    }

    /// Asks all that a run requires, at once.
    pub(crate) async fn check<M: Memos + ?Sized>(
        &self,
        all: &[Checking],
        memos: &M,
        clock: &dyn Clock,
    ) -> Result<Vec<Asked>, PortError> {
        let asked = join_all(all.iter().map(|one| async move {
            match one {
                Checking::Outside { check, stale } => self.holds(check, *stale, memos, clock).await,
                Checking::NotOlder { place, version } => {
                    let running = running(memos, place).await?;
                    let older = is_older(version, running.as_ref());
                    let not = |why| Asked::Not(Failed { what: one.what(), why, unasked: false });
                    Ok(older.map_or(Asked::Holds, not))
                }
            }
        }));
        asked.await.into_iter().collect()
    }

    async fn holds<M: Memos + ?Sized>(
        &self,
        check: &Check,
        stale: bool,
        memos: &M,
        clock: &dyn Clock,
    ) -> Result<Asked, PortError> {
        let failed = |why, unasked| Failed { what: check.what(), why, unasked };
        Ok(match self.ask(&Question::Check(check.clone()), clock).await {
            Ok(Reply::Holds) => Asked::Holds,
            Ok(Reply::DoesNotHold(why)) => Asked::Not(failed(why, false)),
            Ok(Reply::Values(_) | Reply::Changes(_)) => {
                Asked::Unasked(failed("the answer has no yes or no in it".to_owned(), true))
            }
            Err(_) if stale && was_listed(check, memos).await? => Asked::Holds,
            Err(no) => Asked::Unasked(failed(no.why, true)),
        })
    }

    /// What a run ships, compared with what runs there. That the comparison cannot be had stops nothing.
    pub(crate) async fn shipment<M: Memos + ?Sized>(
        &self,
        shipping: Option<Shipping>,
        memos: &M,
        clock: &dyn Clock,
    ) -> Result<Option<Shipment>, PortError> {
        let Some(shipping) = shipping else { return Ok(None) };
        let running = running(memos, &shipping.place).await?;
        let changes = match comparison(&shipping, running.as_ref()) {
            Some(question) => match self.ask(&question, clock).await {
                Ok(Reply::Changes(changes)) => Some(changes),
                Ok(Reply::Values(_) | Reply::Holds | Reply::DoesNotHold(_)) => None,
                Err(no) => {
                    tracing::warn!(why = %no.why, "what a run changes could not be asked");
                    None
                }
            },
            None => None,
        };
        Ok(Some(Shipment { from: running.map(|running| running.shipping.version), shipping, changes }))
    }

    /// Asks what has to hold after a run succeeded, which was then.
    pub(crate) async fn verify<M: Memos + ?Sized>(
        &self,
        all: Vec<(Verifying, u64)>,
        since: Timestamp,
        memos: &M,
        clock: &dyn Clock,
    ) -> Result<Vec<(Asked, u64)>, PortError> {
        let asked = join_all(all.into_iter().map(|(asked, within)| async move {
            match asked {
                Verifying::Outside(check) => {
                    self.holds(&check, false, memos, clock).await.map(|asked| (asked, within))
                }
                Verifying::Counted(counting) => {
                    let counts = counts::of(memos, &counting.watch).await?;
                    let asked = counts.judged(&counting, since);
                    // More lines will not be fewer.
                    let within = if matches!(asked, Asked::Not(_)) { 0 } else { within };
                    Ok((asked, within))
                }
            }
        }));
        asked.await.into_iter().collect()
    }
}

/// Whether the list that was read last has the value.
async fn was_listed<M: Memos + ?Sized>(check: &Check, memos: &M) -> Result<bool, PortError> {
    let Check::Listed { value, source } = check else { return Ok(false) };
    let key = Question::Values(source.clone()).key().to_string();
    let (_, known) = memo_of::<_, Known>(memos, known::SHELF, &key).await?;
    Ok(known.as_ref().and_then(Known::values).is_some_and(|values| values.all.contains(value)))
}

/// Why a version is older than what runs in its place, if it is, or nobody can say.
pub(crate) fn is_older(version: &str, running: Option<&Running>) -> Option<String> {
    let running = running?;
    let is = &running.shipping.version;
    match (version::read(is), version::read(version)) {
        (Some(runs), Some(wanted)) if wanted < runs => {
            Some(format!("{is} runs there since the run {}", running.run.short()))
        }
        (Some(_), Some(_)) => None,
        (_, _) if is == version => None,
        (_, _) => Some(format!("{is} runs there, and nobody can say which of the two is older")),
    }
}

/// What runs in a place.
pub(crate) async fn running<M: Memos + ?Sized>(memos: &M, place: &str) -> Result<Option<Running>, PortError> {
    let memo = memos.memo(known::SHELF, &known::place_key(place).to_string()).await?;
    Ok(memo.map(|memo| known::decode(&memo.body)).transpose()?)
}

/// Notes that this run's version runs now in its place, unless a later run's does.
pub(crate) async fn note_shipped<M: Memos + ?Sized>(
    memos: &M,
    head: &RunHead,
    shipping: Shipping,
) -> Result<(), PortError> {
    let key = known::place_key(&shipping.place).to_string();
    let running = Running { shipping, run: head.run.clone(), since: head.changed_at };
    loop {
        let memo = memos.memo(known::SHELF, &key).await?;
        if let Some(memo) = &memo
            && known::decode::<Running>(&memo.body).is_ok_and(|is| is.since >= running.since)
        {
            return Ok(());
        }
        let put = memos.put_memo(Memo {
            shelf: known::SHELF.to_owned(),
            key: key.clone(),
            revision: memo.map_or(0, |memo| memo.revision) + 1,
            body: known::encode(&running)?,
            until: None,
        });
        match put.await {
            Err(PortError::Conflict) => {}
            done => return done,
        }
    }
}

/// A memo of this kind, and its revision; 0 where there is none that can be read.
pub(crate) async fn memo_of<M: Memos + ?Sized, T: for<'b> Deserialize<'b>>(
    memos: &M,
    shelf: &str,
    key: &str,
) -> Result<(u64, Option<T>), PortError> {
    let Some(memo) = memos.memo(shelf, key).await? else { return Ok((0, None)) };
    let read = known::decode(&memo.body).inspect_err(|error| {
        tracing::warn!(%error, "what was known of an answer cannot be read; it is asked for anew");
    });
    Ok((memo.revision, read.ok()))
}

pub(crate) async fn keep<M: Memos + ?Sized, T: Serialize>(
    memos: &M,
    (shelf, key): (&str, &str),
    revision: u64,
    value: &T,
    until: Timestamp,
) -> Result<(), PortError> {
    let (shelf, key, body) = (shelf.to_owned(), key.to_owned(), known::encode(value)?);
    match memos.put_memo(Memo { shelf, key, revision, body, until: Some(until) }).await {
        // Somebody else asked at the same time, and knows as much.
        Err(PortError::Conflict) => Ok(()),
        done => done,
    }
}

/// One for each system; of several the last.
impl FromIterator<Arc<dyn Lookup>> for Lookups {
    fn from_iter<I: IntoIterator<Item = Arc<dyn Lookup>>>(all: I) -> Self {
        Self(all.into_iter().map(|lookup| (lookup.system(), lookup)).collect())
    }
}

/// What is asked for a request: each question, and for how many seconds its answer counts as fresh.
pub(crate) type Questions = Vec<(Question, u64)>;

/// What is known after a question was asked once more.
pub(crate) fn after(before: Option<Known>, answered: Result<Reply, NoReply>, now: Timestamp) -> Known {
    match answered {
        Ok(reply) => Known { reply: Some(reply), at: now, trouble: None },
        Err(no) => {
            let before = before.unwrap_or_default();
            let since = before.trouble.as_ref().map_or(now, |(since, _)| *since);
            Known { trouble: Some((since, no.why)), ..before }
        }
    }
}

/// The questions for the lists of an operation's parameters.
pub(crate) fn lists(
    operation: &Operation,
    landscape: &Landscape,
    refresh: &Refresh,
) -> Vec<(ParameterName, Question, u64)> {
    let all = operation.lists(landscape, &refresh.values).into_iter();
    all.filter_map(|(parameter, source)| {
        let fresh = parameter.from.as_ref()?.fresh;
        Some((parameter.name.clone(), Question::Values(source), fresh))
    })
    .collect()
}

/// What changed between what runs and what is asked for, where there is something to compare.
pub(crate) fn comparison(shipping: &Shipping, running: Option<&Running>) -> Option<Question> {
    let (repository, from) = (shipping.repository.clone()?, &running?.shipping.version);
    let differs = *from != shipping.version;
    let compared = || Comparison { repository, from: from.clone(), to: shipping.version.clone() };
    differs.then(|| Question::Changes(compared()))
}
