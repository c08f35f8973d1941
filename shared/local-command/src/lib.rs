//! local-command
