//! Systems outside are asked for what a door needs to know, and the answers are kept.

use crate::dispatcher::Dispatcher;
use crate::lookups::{
    FORGOTTEN_AFTER, FRESH_CHECK, JUST_NOW, Questions, after, comparison, keep, lists, memo_of, running,
};
use crate::ports::PortError;
use crate::wire::command::Refresh;
use crate::wire::known::{self, Needed};
use futures::future::join_all;
use signalbox_domain::Operation;
use signalbox_domain::lookup::{Checking, Known, Question};

impl Dispatcher {
    /// Asks what a door needs to know, and keeps the answers.
    pub(crate) async fn refresh(&self, refresh: &Refresh) -> Result<(), PortError> {
        let Some(operation) = self.catalogue.operations.get(&refresh.operation) else { return Ok(()) };
        let questions = match &refresh.parameter {
            Some(name) => lists(operation, &self.catalogue.landscape, refresh)
                .into_iter()
                .filter_map(|(parameter, question, fresh)| (parameter == *name).then_some((question, fresh)))
                .collect(),
            None => self.of_request(operation, refresh).await?,
        };
        let done = join_all(questions.iter().map(|(question, fresh)| self.renew(question, *fresh, refresh)));
        done.await.into_iter().collect()
    }

    /// What is asked when somebody is about to send a request: what it requires, and what changes since what runs.
    async fn of_request(&self, operation: &Operation, refresh: &Refresh) -> Result<Questions, PortError> {
        let landscape = &self.catalogue.landscape;
        let checks = operation.asked_before(landscape, &refresh.values);
        let checks = checks.iter().filter_map(Checking::question);
        let mut questions: Questions = checks.map(|question| (question, FRESH_CHECK)).collect();
        if let Some(shipping) = operation.shipping(landscape, &refresh.values) {
            let running = running(&*self.store, &shipping.place).await?;
            questions.extend(comparison(&shipping, running.as_ref()).map(|question| (question, FRESH_CHECK)));
        }
        Ok(questions)
    }

    async fn renew(&self, question: &Question, fresh: u64, refresh: &Refresh) -> Result<(), PortError> {
        let (memos, key) = (&*self.store, question.key().to_string());
        let (revision, before) = memo_of::<_, Known>(memos, known::SHELF, &key).await?;
        if before.as_ref().is_some_and(|known| known.is_fresh(JUST_NOW, self.clock.now())) {
            return Ok(());
        }
        let answered = self.lookups.ask(question, &*self.clock).await;
        let now = self.clock.now();
        let known = after(before, answered, now);
        // Only lists are kept warm: what is required is asked again when it counts.
        let is_list = matches!(question, Question::Values(_));
        let (needed_revision, needed) = match is_list {
            true => memo_of::<_, Needed>(memos, known::NEEDED, &key).await?,
            false => (0, None),
        };
        let needed_at = needed.filter(|_| refresh.warm).map_or(now, |needed| needed.needed_at);
        let until = needed_at.plus(FORGOTTEN_AFTER);
        keep(memos, (known::SHELF, &key), revision + 1, &known, until).await?;
        if !is_list {
            return Ok(());
        }
        let refresh = Refresh { warm: false, ..refresh.clone() };
        let needed = Needed { refresh, asked_at: now, fresh, needed_at };
        keep(memos, (known::NEEDED, &key), needed_revision + 1, &needed, until).await
    }
}
