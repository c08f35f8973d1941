//! `signalbox history`: the latest runs of a workspace.

use crate::cli::History;
use crate::clock;
use crate::paint::{self, Lines};
use crate::records::{Access, open};
use signalbox_domain::Timestamp;
use signalbox_domain::ids::WorkspaceId;
use signalbox_engine::wire;
use std::process::ExitCode;

pub async fn run(options: &History) -> anyhow::Result<ExitCode> {
    let records = open(&options.records, Access::Read).await?;
    let now = Timestamp(clock::now().0 + 1);
    let rows = records.views.latest(&WorkspaceId::new(&options.team), now, options.limit).await?;
    if rows.is_empty() && !options.json {
        outln!("No runs in workspace {} yet; --team names another.", options.team);
        return Ok(ExitCode::SUCCESS);
    }
    let mut lines = Lines::new(&["asked", "run", "state", "what", "who"]);
    for row in &rows {
        let head = match wire::head::decode(&row.body) {
            Ok(head) => head,
            Err(error) => {
                errln!("warning: {} is left out: {error}", row.run);
                continue;
            }
        };
        if options.json {
            outln!("{}", serde_json::to_string(&head)?);
        } else {
            let cells = [
                paint::moment(head.requested_at),
                head.run.short().to_string(),
                head.word().to_owned(),
                head.intent.phrase(),
                head.intent.requester.to_string(),
            ];
            lines.row(&cells, Some(2));
        }
    }
    if !options.json {
        lines.print();
    }
    Ok(ExitCode::SUCCESS)
}
