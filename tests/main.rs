//! Everything that is tested from outside a crate, in one binary.

mod architecture;
mod audit;
mod contracts;
mod process;
mod scenarios;
mod schedules;
