//! `Letters` in the table `state`, all in one partition: if there were many, something else would be very wrong.

use crate::dynamo::DynamoStore;
use crate::failure::unavailable;
use crate::item::{from_letter, letter_key, text, to_letter};
use crate::read::{Where, collect};
use crate::tables::DEAD;
use async_trait::async_trait;
use aws_sdk_dynamodb::types::ReturnValue;
use signalbox_engine::ports::{Letter, Letters, PortError};

#[async_trait]
impl Letters for DynamoStore {
    async fn park(&self, letter: Letter) -> Result<bool, PortError> {
        let request = self.client.put_item().table_name(&*self.state).set_item(Some(from_letter(letter)));
        let answer = request.return_values(ReturnValue::AllOld).send().await;
        Ok(answer
            .map_err(|e| unavailable("keeping a letter", &e))?
            .attributes
            .is_none_or(|old| old.is_empty()))
    }

    async fn letters(&self) -> Result<Vec<Letter>, PortError> {
        let wanted = Where { partition: ("pk", text(DEAD)), sort: None };
        let query = self.client.query().table_name(&*self.state).consistent_read(true);
        let found = collect(wanted.on(query), usize::MAX).await?;
        let mut letters: Vec<Letter> = found.iter().map(to_letter).collect::<Result<_, _>>()?;
        letters.sort_by_key(|l| l.at);
        Ok(letters)
    }

    async fn discard(&self, id: &str) -> Result<bool, PortError> {
        let request = self.client.delete_item().table_name(&*self.state).set_key(Some(letter_key(id)));
        let answer = request.return_values(ReturnValue::AllOld).send().await;
        Ok(answer
            .map_err(|e| unavailable("taking a letter away", &e))?
            .attributes
            .is_some_and(|old| !old.is_empty()))
    }
}
