//! What a story reads of the only run's record.

use super::World;
use signalbox_domain::RecordId;
use signalbox_engine::ports::Views;
use signalbox_engine::wire;

impl World {
    /// All runs, as they stand now.
    pub async fn runs(&self) -> Vec<signalbox_domain::RunHead> {
        let mut runs = vec![];
        for record in self.database.head_records(None, 999).await.unwrap() {
            let row = self.database.head(&record).await.unwrap().unwrap();
            runs.extend(wire::head::decode_any(&row.body).unwrap().into_run());
        }
        runs
    }

    /// The names of the only run's events, in order.
    pub async fn history(&self) -> String {
        let rows = self.database.events(&self.only_run().await).await.unwrap();
        let name = |bytes: &[u8]| {
            let event = format!("{:?}", wire::event::decode(bytes).unwrap().event);
            let kinds = ["Run(", "Alert(", "Bulletin(", "SetAside("];
            let event = kinds.iter().find_map(|kind| event.strip_prefix(kind)).unwrap_or_default();
            event.split([' ', '{']).next().unwrap_or_default().to_owned()
        };
        rows.iter().map(|r| name(&r.bytes)).collect::<Vec<_>>().join(" ")
    }

    /// The whole id of the only run.
    pub async fn only_run(&self) -> RecordId {
        self.database.head_records(None, 1).await.unwrap().remove(0)
    }
}
