//! The real binary: started, asked, killed, and looked at in a browser.

pub mod actions;
pub mod catalogue;
pub mod command_line;
pub mod console;
pub mod handover;
pub mod process;
pub mod reload;
pub mod schema;
pub mod slow_clients;
pub mod targets;
pub mod watched;
