//! todo
use crate::Effort;
pub fn run(_: Effort) -> anyhow::Result<()> {
    Ok(())
}
