//! Permissions, as the catalogue gives them.

use crate::ids::{ChannelId, UserId, WorkspaceId};
use serde::{Deserialize, Serialize};

/// One permission. Both lists must match, where they are given; at least one of them is not empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// These people; empty: anyone (who can type in one of the channels).
    pub users: Vec<(WorkspaceId, UserId)>,
    /// In these channels; empty: anywhere.
    pub channels: Vec<(WorkspaceId, ChannelId)>,
}
