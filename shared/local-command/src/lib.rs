//! The `command` target: runs an argument vector on this machine. It never uses a shell, and runs only programs of the
//! catalogue's allowlist.
//!
//! Each attempt has a folder. A small detached process of our own, the shim, claims the attempt there, runs the program
//! and writes down how it went. So after a server was killed, the next one finds what is still running or has ended.
//! The claim is one atomic link: whoever makes it first, the shim or a search that declares the attempt abandoned,
//! wins. That is why "not found" proves absence here.

mod backend;
mod files;
mod lookup;
mod output;
mod programs;
mod shim;

pub use backend::{LocalCommand, Watched};
pub use programs::{ProgramMissing, resolve_programs};
pub use shim::run_shim;
