//! Cards and when they are due. The notifier writes them apart from the heads, so that its role need not reach the
//! heads.
//!
//! A card lies at `card:ID`, and the time when it is overdue at `card:due:ID`. **Cards of earlier versions lie beside
//! the head**, at `run:ID`, and the head itself has the time when they are due. Both are read by one call, and the
//! new place counts:
//!
//! - While an earlier version may run beside this one or come back (`with_cards_of_before`), new cards and due times
//!   are written where that version looks.
//! - After that an old card is read where it lies, and its next change is written to the new place, if the old card
//!   is still what was read. The old row stays, and no longer counts.
//!
//! A transaction that makes a card checks that there is none in the other place: so if one writer with the setting
//! and one without it make a card at the same time, only one succeeds.

use crate::dynamo::DynamoStore;
use crate::item::{
    CARD, HEAD, Item, card_key, card_of_before_key, due_key, from_card, get_number, get_text, get_time,
    head_key, number, run_of_state, text, to_card,
};
use crate::read::Where;
use crate::tables::{DUE_CARDS, DUE_RUNS};
use crate::views::sound;
use crate::write::{If, Written, check, delete, put, remove};
use async_trait::async_trait;
use signalbox_domain::ids::RecordId;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Agenda, CardRow, Cards, DueKind, Memos, PortError};
use signalbox_engine::wire::known;
use std::collections::{HashMap, HashSet};
use std::time::Duration;

/// How often a card is put again when a head's transaction crosses it. The message is posted by then; if its place
/// were not noted, it would have to be searched for.
const CROSSINGS: u32 = 3;
/// For so long old due times on heads are looked at, once the setting is off and the notifier no longer takes them
/// away. A head's next change does.
const LEFT_OVER: Duration = Duration::from_secs(86_400);

/// One way to put a card: where, under which condition, and what must hold of the other place.
struct Way {
    key: Item,
    condition: If<'static>,
    other: Option<(Item, If<'static>)>,
}

impl DynamoStore {
    /// A record's card, from the place it is in.
    pub(crate) async fn card_row(&self, record: &RecordId) -> Result<Option<CardRow>, PortError> {
        let new = card_key(record);
        let found = self.items(&[new.clone(), card_of_before_key(record)]).await?;
        let here = found.iter().find(|item| item.get("pk") == new.get("pk"));
        here.or(found.first()).map(to_card).transpose()
    }

    /// The ways to put a card; the first that is possible is taken.
    fn ways(&self, row: &CardRow) -> Vec<Way> {
        let (new, old) = (card_key(&row.record), card_of_before_key(&row.record));
        let absent = || If::Absent("pk");
        let (here, there) = if self.cards_of_before { (old, new) } else { (new, old) };
        let Some(before) = row.revision.checked_sub(1).filter(|before| *before > 0) else {
            return vec![Way { key: here, condition: absent(), other: Some((there, absent())) }];
        };
        let as_read = || If::Is("revision", number(before));
        if self.cards_of_before {
            let first = Way { key: here, condition: as_read(), other: Some((there.clone(), absent())) };
            return vec![first, Way { key: there, condition: as_read(), other: None }];
        }
        let first = Way { key: here.clone(), condition: as_read(), other: None };
        vec![first, Way { key: here, condition: absent(), other: Some((there, as_read())) }]
    }

    /// The records whose cards are overdue, longest first.
    async fn overdue(&self, now: Timestamp, limit: usize) -> Result<Vec<(RecordId, Timestamp)>, PortError> {
        let entries = async |kind, operator, at: Timestamp, limit| {
            let sort = Some((operator, "card_due_at", number(at.0)));
            let found = self.index(DUE_CARDS, Where { partition: ("kind", text(kind)), sort }, limit).await?;
            Ok::<_, PortError>(sound(&found, |i| Ok((run_of_state(i)?, get_time(i, "card_due_at")?))))
        };
        let mut due = entries(CARD, "<=", now, limit).await?;
        if self.cards_of_before {
            due.extend(entries(HEAD, "<=", now, limit).await?);
        } else {
            let since = Timestamp(now.0.saturating_sub(LEFT_OVER.as_millis().try_into().unwrap_or(i64::MAX)));
            let mut left_over = entries(HEAD, ">=", since, usize::MAX).await?;
            left_over.retain(|(_, at)| *at <= now);
            due.extend(self.still_behind(left_over).await?);
        }
        due.sort_by_key(|(_, at)| *at);
        let mut seen = HashSet::new();
        due.retain(|(record, _)| seen.insert(record.clone()));
        due.truncate(limit);
        Ok(due)
    }

    /// Those whose card does not show the present. A due time on a head may be older than the card's last change,
    /// because the notifier writes no heads.
    async fn still_behind(
        &self,
        due: Vec<(RecordId, Timestamp)>,
    ) -> Result<Vec<(RecordId, Timestamp)>, PortError> {
        let of = |record: &RecordId| [head_key(record), card_key(record), card_of_before_key(record)];
        let keys: Vec<Item> = due.iter().flat_map(|(record, _)| of(record)).collect();
        let name = |item: &Item| {
            Some((get_text(item, "pk").ok()?.to_owned(), get_text(item, "sk").ok()?.to_owned()))
        };
        let found = self.items(&keys).await?;
        let found: HashMap<_, _> = found.iter().filter_map(|item| Some((name(item)?, item))).collect();
        let behind = |record: &RecordId| {
            let [head, new, old] = of(record).map(|key| name(&key).and_then(|name| found.get(&name)));
            let version = head.and_then(|head| get_number::<u64>(head, "version").ok());
            let card = new.or(old).and_then(|card| to_card(card).ok());
            match (version, card) {
                (Some(version), Some(card)) => card.shown < version || card.noted < version,
                (None, _) | (_, None) => true,
            }
        };
        Ok(due.into_iter().filter(|(record, _)| behind(record)).collect())
    }
}

#[async_trait]
impl Cards for DynamoStore {
    /// The card and the index are written in one transaction. If they were apart, a crash in between would leave the
    /// record in the index for ever, because a card that shows the present is not put again.
    async fn put_card(&self, row: CardRow) -> Result<(), PortError> {
        let mut with_index = row.shown == row.noted && row.shown > 0;
        let mut crossings = 0;
        let mut ways = self.ways(&row).into_iter();
        let mut way = ways.next();
        while let Some(Way { key, condition, other }) = &way {
            let mut actions = vec![put(&self.state, from_card(row.clone(), key.clone()), condition.clone())?];
            if let Some((key, condition)) = other {
                actions.push(check(&self.state, key.clone(), condition.clone())?);
            }
            let of_the_card = actions.len();
            if with_index {
                let shown = || ("version", number(row.shown));
                actions.push(delete(&self.state, due_key(&row.record), Some(shown()))?);
                if self.cards_of_before {
                    actions.push(remove(&self.state, head_key(&row.record), "card_due_at", shown())?);
                }
            }
            match self.transact("putting a card", actions).await? {
                Written::All => return Ok(()),
                Written::Crossed if crossings < CROSSINGS => crossings += 1,
                Written::Crossed => return Err(PortError::Conflict),
                // The head moved on, so the run stays in the index.
                Written::Refused(at) if with_index && at.iter().all(|at| *at >= of_the_card) => {
                    with_index = false;
                }
                Written::Refused(_) => way = ways.next(),
            }
        }
        Err(PortError::Conflict)
    }
}

#[async_trait]
impl Agenda for DynamoStore {
    async fn due(
        &self,
        kind: DueKind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(RecordId, Timestamp)>, PortError> {
        match kind {
            DueKind::Card => self.overdue(now, limit).await,
            DueKind::Record => {
                let sort = Some(("<=", "due_at", number(now.0)));
                let wanted = Where { partition: ("kind", text(HEAD)), sort };
                let found = self.index(DUE_RUNS, wanted, limit).await?;
                Ok(sound(&found, |i| Ok((run_of_state(i)?, get_time(i, "due_at")?))))
            }
        }
    }

    async fn needed(&self, limit: usize) -> Result<Vec<Vec<u8>>, PortError> {
        // Keys are hexadecimal digits.
        let all = self.memos(known::NEEDED, "", "g", limit).await?;
        Ok(all.into_iter().map(|memo| memo.body).collect())
    }
}
