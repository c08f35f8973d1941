//! Forms that ask for an operation: shown, changed as they are filled in, sent. A door shows them; what is asked for in
//! the end is queued like what is typed.

use crate::intake::{Asker, Intake, listed};
use crate::ports::{Listing, PortError};
use crate::wire::head::Head;
use signalbox_domain::answer::{Answer, Home};
use signalbox_domain::asking::{AskForm, Asking, Entered, FieldList, Picker, Placing, Sent};
use signalbox_domain::ids::{OperationName, ParameterName, RecordKind};
use signalbox_domain::lookup::Lists;
use signalbox_domain::parameter::{Context, Given, Kind};
use signalbox_domain::phrase::{Misunderstood, Wanted, partly};
use signalbox_domain::policy::Verdict;
use signalbox_domain::{Intent, Operation};
use std::time::Duration;

/// How many of the latest runs are looked at for what somebody asked for lately.
const LOOKED_AT: usize = 50;
/// How many runs and alerts are shown when somebody opens the app itself.
const MOST_AT_HOME: usize = 5;
/// How many operations are offered as asked for lately.
const MOST_RECENT: usize = 5;

/// What becomes of a form that was sent.
#[derive(Debug, Clone, PartialEq)]
pub enum Submitted {
    /// It stays open: with errors, or with a summary. With the form that was sent, for the names of its fields.
    Stays(Box<AskForm>, Sent),
    /// It was asked for, or it is told why not.
    Answer(Box<Answer>),
}

impl Intake {
    fn asking<'a>(
        &'a self,
        asker: &'a Asker,
        operation: &'a Operation,
        lists: Option<&'a Lists>,
    ) -> Asking<'a> {
        let context = Context {
            landscape: &self.catalogue.landscape,
            place: Some(&asker.place),
            now: self.clock.now(),
            lists,
            steps: Some(&**self.catalogue),
        };
        Asking { operation, context }
    }

    /// What is known of the operation's lists with what is filled in.
    async fn lists_for(&self, asker: &Asker, operation: &Operation, given: &Given) -> Option<Lists> {
        if !operation.has_lists() {
            return None;
        }
        let values = self.asking(asker, operation, None).values(given);
        Some(self.lists(operation, &values).await)
    }

    /// The form with what is given, and with what is known of its lists.
    async fn form_with(&self, asker: &Asker, operation: &Operation, given: &Given) -> AskForm {
        let lists = self.lists_for(asker, operation, given).await;
        self.asking(asker, operation, lists.as_ref()).form(given)
    }

    /// A summary says what changes, too.
    async fn with_changes(&self, operation: &Operation, sent: Sent) -> Sent {
        let Sent::Review(mut form) = sent else { return sent };
        if let Some(review) = &mut form.review {
            (review.shipped, review.checks) = self.before(operation, &review.intent.parameters).await;
        }
        Sent::Review(form)
    }

    /// The operation, if the person may ask for it here; what they are told if not. Nobody is asked to fill in a form
    /// that would be refused.
    fn askable(&self, asker: &Asker, name: &OperationName) -> Result<&Operation, Box<Answer>> {
        self.askable_as(asker, name, false)
    }

    /// The same; with whether the place was chosen, by somebody who may not be in it.
    fn askable_as(
        &self,
        asker: &Asker,
        name: &OperationName,
        placed: bool,
    ) -> Result<&Operation, Box<Answer>> {
        let Some(operation) = self.catalogue.operations.get(name) else {
            return Err(Box::new(self.help(asker)));
        };
        let verdict = match placed {
            true => self.rules().may_choose(name, &asker.actor, &asker.place),
            false => self.rules().may_ask(name, &asker.actor, &asker.place),
        };
        match verdict {
            Verdict::Allow => Ok(operation),
            verdict @ Verdict::Refuse(_) => Err(Box::new(Answer::HelpOn(operation.clone(), verdict))),
        }
    }

    /// The form that asks for an operation, with what is given.
    ///
    /// # Errors
    /// What the person is told instead.
    pub async fn form(
        &self,
        asker: &Asker,
        operation: &OperationName,
        given: &Given,
    ) -> Result<AskForm, Box<Answer>> {
        let operation = self.askable(asker, operation)?;
        Ok(self.form_with(asker, operation, given).await)
    }

    /// The form after something in it changed.
    ///
    /// # Errors
    /// What the person is told instead.
    pub async fn changed(
        &self,
        asker: &Asker,
        operation: &OperationName,
        entered: &Entered,
    ) -> Result<AskForm, Box<Answer>> {
        let operation = self.askable_as(asker, operation, entered.placed)?;
        let given = self.asking(asker, operation, None).still_given(entered);
        Ok(AskForm { placed: entered.placed, ..self.form_with(asker, operation, &given).await })
    }

    /// The form of an operation for a message: its words fill the first text that a person has to give.
    ///
    /// # Errors
    /// What the person is told instead.
    pub async fn form_about(
        &self,
        asker: &Asker,
        operation: &OperationName,
        message: &str,
    ) -> Result<AskForm, Box<Answer>> {
        let operation = self.askable(asker, operation)?;
        let asking = self.asking(asker, operation, None);
        let mut given = Given::new();
        for word in message.split_whitespace() {
            let word =
                word.trim_matches(|c: char| matches!(c, ',' | '.' | '`' | '*' | '_' | '(' | ')' | ':' | '"'));
            // A word of the message is offered for the first parameter that takes it and says which words it takes.
            let fits = operation.parameters.iter().find(|p| {
                let says = !matches!(
                    &p.kind,
                    Kind::String { pattern: None, .. }
                        | Kind::Text { .. }
                        | Kind::Boolean
                        | Kind::Json
                        | Kind::Steps
                );
                says && !given.contains_key(&p.name)
                    && p.fixed.is_none()
                    && p.accept(word, &asking.context).is_ok()
            });
            if let Some(parameter) = fits.filter(|_| !word.is_empty()) {
                given.insert(parameter.name.clone(), word.to_owned());
            }
        }
        Ok(self.form_with(asker, operation, &given).await)
    }

    /// The form of what a line asks for, with all that it gives; the line is as it would be typed after `/signalbox`.
    ///
    /// # Errors
    /// What the person is told instead: what is wrong with the line.
    pub async fn form_of_line(&self, asker: &Asker, line: &str) -> Result<AskForm, Box<Answer>> {
        match partly(&self.catalogue, line) {
            Ok((name, given)) => {
                let operation = self.askable(asker, &name)?;
                let lists = self.lists_for(asker, operation, &given).await;
                let asking = self.asking(asker, operation, lists.as_ref());
                let freeze = |values| {
                    Intent::new(&self.catalogue, operation, values, asker.actor.clone(), asker.place.clone())
                };
                let entered = Entered { given, ..Entered::default() };
                Ok(match self.with_changes(operation, asking.sent(&entered, freeze)).await {
                    Sent::Review(form) => *form,
                    Sent::Ask(_) | Sent::Wrong(_) | Sent::NameDiffers(_) => asking.form(&entered.given),
                })
            }
            Err(problem) => {
                let operation = problem.operation().and_then(|n| self.catalogue.operations.get(n)).cloned();
                Err(Box::new(Answer::Misunderstood(problem, operation)))
            }
        }
    }

    /// The form of an operation that is asked for in no channel, from the app's own page or by a shortcut, and the
    /// person where the form is for. That is where they are, if they may ask for it there; else the only channel in
    /// which a grant names them. Where there are several, they choose.
    pub async fn form_anywhere(
        &self,
        asker: &Asker,
        operation: &OperationName,
    ) -> (Asker, Result<AskForm, Box<Answer>>) {
        let places = self.rules().where_may_ask(operation, &asker.actor, &asker.place);
        match places.as_slice() {
            [place] if *place != asker.place => {
                let asker = Asker { place: place.clone(), ..asker.clone() };
                let form = self.form_in(&asker, operation).await;
                (asker, form)
            }
            [] | [_] => (asker.clone(), self.form(asker, operation, &Given::new()).await),
            [_, _, ..] => {
                let placing = Placing { operation: operation.clone(), places };
                (asker.clone(), Err(Box::new(Answer::Place(placing))))
            }
        }
    }

    /// The form of an operation for the channel that a person chose for it.
    ///
    /// # Errors
    /// What the person is told instead: they may choose only channels in which a grant names them.
    pub async fn form_in(&self, asker: &Asker, operation: &OperationName) -> Result<AskForm, Box<Answer>> {
        let operation = self.askable_as(asker, operation, true)?;
        Ok(AskForm { placed: true, ..self.form_with(asker, operation, &Given::new()).await })
    }

    /// What a person may choose from here.
    pub async fn picker(&self, asker: &Asker) -> Picker {
        self.picker_of(asker, |operation| self.may_see(asker, operation)).await
    }

    async fn picker_of(&self, asker: &Asker, may: impl Fn(&OperationName) -> bool) -> Picker {
        let all = self.catalogue.operations.values().filter(|o| may(&o.name));
        let all: Vec<_> = all.map(|o| (o.name.clone(), o.description.clone())).collect();
        // The form is of use without them.
        let recent = self.recent(asker).await.unwrap_or_default();
        let recent = recent.into_iter().filter(|name| all.iter().any(|(known, _)| known == name)).collect();
        Picker { recent, all }
    }

    /// What a person sees when they open the app itself.
    pub async fn home(&self, asker: &Asker) -> Home {
        let mine = Wanted {
            count: MOST_AT_HOME,
            of: None,
            person: asker.actor.as_person().map(|person| person.user.to_string()),
            state: None,
            within: None,
        };
        let runs = match self.history(asker, &mine).await {
            Ok(Answer::History(lines, _)) => Some(lines),
            Ok(_) | Err(_) => None,
        };
        let all = Wanted { person: None, ..mine };
        let alerts = match self.alerts(asker, &all).await {
            Ok(Answer::Alerts(open)) => Some(open),
            Ok(_) | Err(_) => None,
        };
        let may =
            |operation: &_| !self.rules().where_may_ask(operation, &asker.actor, &asker.place).is_empty();
        Home { picker: self.picker_of(asker, may).await, runs, alerts }
    }

    async fn recent(&self, asker: &Asker) -> Result<Vec<OperationName>, PortError> {
        let under = Listing::of(&asker.place.workspace, RecordKind::Run);
        // What was asked for in this very millisecond counts too.
        let before = self.clock.now().plus(Duration::from_millis(1));
        let rows = self.views.latest(&under, before, LOOKED_AT).await?;
        let mut names: Vec<OperationName> = vec![];
        for row in &rows {
            let Some(Head::Run(head)) = listed(row) else { continue };
            let name = &head.intent.operation;
            if head.intent.requester == asker.actor && !names.contains(name) && names.len() < MOST_RECENT {
                names.push(name.clone());
            }
        }
        Ok(names)
    }

    /// What a person may choose for one parameter, with what is filled in so far.
    pub async fn choices(
        &self,
        asker: &Asker,
        (operation, parameter): (&OperationName, &ParameterName),
        given: &Given,
    ) -> Offered {
        let Ok(operation) = self.askable(asker, operation) else { return Offered::default() };
        // The field itself is not narrowed by what is in it.
        let mut given = given.clone();
        given.remove(parameter);
        let lists = if operation.parameters.iter().any(|p| p.name == *parameter && p.from.is_some()) {
            let values = self.asking(asker, operation, None).values(&given);
            Some(self.list_now(operation, &values, parameter).await)
        } else {
            None
        };
        let asking = self.asking(asker, operation, lists.as_ref());
        let (found, list) = asking.choices(parameter, &given);
        let found = found.into_iter().map(|(value, label)| (value.to_owned(), label.to_owned()));
        Offered { values: found.collect(), list }
    }

    /// A form was sent.
    pub async fn submitted(&self, asker: &Asker, operation: &OperationName, entered: &Entered) -> Submitted {
        let operation = match self.askable_as(asker, operation, entered.placed) {
            Ok(operation) => operation,
            Err(answer) => return Submitted::Answer(answer),
        };
        let lists = self.lists_for(asker, operation, &entered.given).await;
        let asking = self.asking(asker, operation, lists.as_ref());
        let freeze = |values| {
            Intent::new(&self.catalogue, operation, values, asker.actor.clone(), asker.place.clone())
        };
        match self.with_changes(operation, asking.sent(entered, freeze)).await {
            Sent::Ask(intent) => Submitted::Answer(Box::new(self.submit(asker, operation, *intent).await)),
            mut sent @ (Sent::Wrong(_) | Sent::NameDiffers(_) | Sent::Review(_)) => {
                if let Sent::Review(form) = &mut sent {
                    form.placed = entered.placed;
                }
                let form = AskForm { placed: entered.placed, ..asking.form(&entered.given) };
                Submitted::Stays(Box::new(form), sent)
            }
        }
    }

    /// What was typed, if it may be queued as it is.
    ///
    /// # Errors
    /// What the person is told or shown first: the form with its summary, or what is wrong with a value.
    pub(crate) async fn reviewed(
        &self,
        asker: &Asker,
        operation: &Operation,
        intent: Intent,
    ) -> Result<Intent, Box<Answer>> {
        let lists = match operation.has_lists() {
            true => Some(self.lists(operation, &intent.parameters).await),
            false => None,
        };
        let asking = self.asking(asker, operation, lists.as_ref());
        if lists.is_some() {
            let given = intent.parameters.iter().map(|(name, value)| (name.clone(), value.to_string()));
            if let Some((name, mistake)) = asking.mistake(&given.collect()) {
                let problem = Misunderstood::of(&operation.name, name, mistake);
                return Err(Box::new(Answer::Misunderstood(problem, Some(operation.clone()))));
            }
        }
        match self.with_changes(operation, asking.reviewed(intent, &Entered::default())).await {
            Sent::Ask(intent) => Ok(*intent),
            Sent::Review(form) => Err(Box::new(Answer::Form(form))),
            // Nothing was typed into a form, so nothing in it can be wrong.
            Sent::Wrong(_) | Sent::NameDiffers(_) => {
                Err(Box::new(Answer::Form(Box::new(asking.form(&Given::new())))))
            }
        }
    }
}

/// What a person may choose from.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Offered {
    /// Values and labels.
    pub values: Vec<(String, String)>,
    /// How the list stands, if it is one of a system outside.
    pub list: Option<FieldList>,
}
