//! Everything that is tested from outside a crate, in one binary.

mod architecture;
mod audit;
mod contracts;
mod intake;
mod phrases;
mod process;
mod scenarios;
mod schedules;
